// Price books: which is in force, which tariff serves, what a quota costs (rules §3 R30, §6 R66).
#include "packledger/ledger/price_book.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace packledger {
namespace {

constexpr Country thailand{{'T', 'H'}};
constexpr Currency cny{{'C', 'N', 'Y'}};
constexpr Currency usd{{'U', 'S', 'D'}};

PriceBook book(std::string version, Currency currency, std::int64_t from) {
  PriceBook made;
  made.version = std::move(version);
  made.currency = currency;
  made.effective_from = Instant{from};
  return made;
}

std::string in_force(const PriceBooks& books, Currency currency, std::int64_t t) {
  const PriceBook* found = books.in_force(currency, Instant{t});
  return found == nullptr ? "none" : found->version;
}

TEST(PriceBooks, AreInForceFromTheirInstantOn) {
  PriceBooks books;
  EXPECT_EQ(in_force(books, cny, 100), "none");
  books.publish(book("early", cny, 100));
  books.publish(book("late", cny, 200));
  books.publish(book("dollars", usd, 150));
  EXPECT_EQ(in_force(books, cny, 99), "none");
  EXPECT_EQ(in_force(books, cny, 100), "early");
  EXPECT_EQ(in_force(books, cny, 199), "early");
  EXPECT_EQ(in_force(books, cny, 200), "late");
  EXPECT_EQ(in_force(books, usd, 149), "none");
  EXPECT_EQ(in_force(books, usd, 1'000), "dollars");
  // Published later for an earlier start: the one that starts last still counts.
  books.publish(book("between", cny, 150));
  EXPECT_EQ(in_force(books, cny, 160), "between");
  EXPECT_EQ(in_force(books, cny, 200), "late");
  // Of equal starts the one published last.
  books.publish(book("corrected", cny, 200));
  EXPECT_EQ(in_force(books, cny, 200), "corrected");
  EXPECT_EQ(books.in_force(Instant{99}), nullptr);
  ASSERT_NE(books.in_force(Instant{1'000}), nullptr);
  EXPECT_EQ(books.in_force(Instant{1'000})->version, "corrected");
}

Tariff flat(std::vector<Country> countries, std::uint8_t templates, std::int64_t price) {
  Tariff tariff;
  tariff.scope.destinations.countries = std::move(countries);
  tariff.scope.templates.bits = templates;
  tariff.tiers = {Tier{std::nullopt, Price{price}}};
  return tariff;
}

TEST(Tariff, ThatNamesTheCountryGoesFirst) {
  PriceBook prices = book("b", cny, 0);
  prices.tariffs = {flat({}, 0b1110, 1), flat({thailand}, 0b0110, 2), flat({thailand}, 0b1110, 3)};
  const auto price_of_send = [&](Country country, TemplateType type) {
    const Tariff* tariff = prices.tariff(country, type);
    return tariff == nullptr ? -1 : tariff->tiers[0].price.micros;
  };
  EXPECT_EQ(price_of_send(thailand, TemplateType::verification), 2);
  EXPECT_EQ(price_of_send(thailand, TemplateType::promotion), 3);
  EXPECT_EQ(price_of_send(mainland, TemplateType::promotion), 1);
  prices.tariffs.push_back(flat({}, 0b1110, 4));  // the first of equals counts
  EXPECT_EQ(price_of_send(mainland, TemplateType::promotion), 1);
  prices.tariffs.pop_back();
  prices.tariffs.erase(prices.tariffs.begin());
  EXPECT_EQ(price_of_send(mainland, TemplateType::promotion), -1);
}

TEST(Product, IsPricedByTheBandOfTheWholeQuota) {
  Product custom;
  custom.quota_min = Units{1'000};
  custom.quota_max = Units{1'000'000'000};
  custom.bands = {{Units{1'000}, Price{50'000}},
                  {Units{10'000}, Price{47'000}},
                  {Units{100'000}, Price{42'000}}};
  EXPECT_EQ(price_of(custom, Units{1'000}), Money{50'000'000});
  EXPECT_EQ(price_of(custom, Units{9'999}), Money{499'950'000});
  EXPECT_EQ(price_of(custom, Units{10'000}), Money{470'000'000});
  EXPECT_EQ(price_of(custom, Units{99'999}), Money{4'699'953'000});
  EXPECT_EQ(price_of(custom, Units{100'000}), Money{4'200'000'000});
  EXPECT_EQ(price_of(custom, Units{1'000'000'000}), Money{42'000'000'000'000});
  custom.quota_max = Units{std::numeric_limits<std::int64_t>::max()};
  EXPECT_EQ(price_of(custom, custom.quota_max), std::nullopt);
  Product fixed;
  fixed.price = Money{470};
  EXPECT_EQ(price_of(fixed, Units{10'000}), Money{470});
}

}  // namespace
}  // namespace packledger
