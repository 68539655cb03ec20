// The price book through JSON: the book that is shipped, every member both ways, and what a book
// that cannot be used is told.
#include "wire/price_book_json.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {
namespace {

constexpr Country thailand{{'T', 'H'}};

std::optional<Zone> no_database(std::string_view) { return std::nullopt; }

std::string shipped_book() {
  std::ifstream file{PACKLEDGER_SOURCE_DIR "/config/price_book.example.json"};
  return {std::istreambuf_iterator<char>{file}, {}};
}

TEST(PriceBookJson, ReadsTheShippedBook) {
  const auto book = read_price_book(shipped_book(), no_database);
  ASSERT_TRUE(book) << book.error().detail;
  EXPECT_EQ(book->version, "2024-05-01");
  EXPECT_EQ(instant_text(book->effective_from), "2024-04-30T16:00:00.000Z");
  EXPECT_EQ(book->currency.text(), "CNY");
  EXPECT_EQ(book->products.size(), 10U);
  EXPECT_EQ(book->tariffs.size(), 21U);

  const Product* custom = book->product("cn-custom");
  ASSERT_NE(custom, nullptr);
  EXPECT_EQ(price_of(*custom, Units{9'999}), Money{499'950'000});
  EXPECT_EQ(price_of(*custom, Units{10'000}), Money{470'000'000});
  EXPECT_EQ(price_of(*custom, Units{1'000'000'000}), Money{39'000'000'000'000});

  const Tariff* industry = book->tariff(mainland, TemplateType::notification);
  ASSERT_NE(industry, nullptr);
  EXPECT_TRUE(industry->counts_packages);
  EXPECT_EQ(industry->tiers, (std::vector<Tier>{{Units{1'000'000}, Price{65'000}},
                                                {Units{3'000'000}, Price{60'000}},
                                                {std::nullopt, Price{55'000}}}));
  EXPECT_EQ(book->tariff(thailand, TemplateType::promotion)->tiers.front().price, Price{132'000});
  EXPECT_EQ(book->product("th-10k-1m")->expiry, ExpiryPolicy::start_of_day);
  ASSERT_TRUE(book->renewal);
  EXPECT_EQ(book->renewal->retry_at_minute, 180);
}

TEST(PriceBookJson, GivesBackWhatItTook) {
  const auto book = read_price_book(shipped_book(), no_database);
  ASSERT_TRUE(book);
  const std::string json = price_book_json(*book);
  const auto again = read_price_book(json, no_database);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(*again, *book);
  EXPECT_EQ(price_book_json(*again), json);
}

TEST(PriceBookJson, WritesEveryMember) {
  const std::string json =
      R"({"version":"v1","effective_from":"2024-04-30T16:00:00.000Z","currency":"CNY",)"
      R"("zone":"+08:00","products":[)"
      R"({"product":"c","destinations":["ID","TH"],"templates":["promotion"],)"
      R"("quota":{"min":1000,"max":1000000},"price_bands":[{"from":1000,"unit_price":"0.05"},)"
      R"({"from":10000,"unit_price":"0.047"}],"validity":"P24M","expiry":"exact",)"
      R"("mode":"stop_before_excess","charge":"on_delivery","refund":"prorata_90d","priority":7,)"
      R"("activation_delay":"PT0.010S","renewable":true},)"
      R"({"product":"f","destinations":["*"],"templates":["verification","notification",)"
      R"("promotion"],"quota":100,"price":"50","validity":"P1M10D","expiry":"end_of_day",)"
      R"("mode":"pay_per_use","charge":"on_submit","refund":"none","priority":100}],"payg":[)"
      R"({"destinations":["CN"],"templates":["verification"],"tiers":"volume",)"
      R"("counts_packages":false,"prices":[{"up_to":1,"price":"1"},{"price":"0.5"}]},)"
      R"({"destinations":["TH"],"prices":[{"price":"0"}]}],"account_defaults":{)"
      R"("order":"expiry_first","late_window":"PT1H","acceptance_window":"PT24H",)"
      R"("reversal_window":"PT96H","order_ttl":"PT1S","overdue_grace":"PT12H",)"
      R"("prepaid_strict":true,"absorb_overage":"same_day","reminders":["P7D","PT24H"]},)"
      R"("renewal":{"product":"c","lead":"P10D","discount_bp":9500,"max_per_day":3,)"
      R"("retry_at":"23:05"}})";
  const auto book = read_price_book(json, no_database);
  ASSERT_TRUE(book) << book.error().detail;
  EXPECT_EQ(price_book_json(*book), json);
}

TEST(PriceBookJson, NeedsOnlyItsHead) {
  const auto book = read_price_book(
      R"({"version":"v0","effective_from":"2024-05-01T00:00:00+08:00","currency":"USD"})",
      no_database);
  ASSERT_TRUE(book);
  EXPECT_EQ(book->defaults, AccountSettings{});
  EXPECT_TRUE(book->products.empty() && book->tariffs.empty() && !book->renewal);
}

TEST(PriceBookJson, DefaultsTheTermsOfAProduct) {
  const auto book = read_price_book(
      R"({"version":"v","effective_from":"2024-05-01T00:00:00Z","currency":"CNY","products":[
          {"product":"a","destinations":["CN"],"quota":1,"price":"1","validity":"P1M"},
          {"product":"b","destinations":["TH"],"quota":1,"price":"1","validity":"P1M"}]})",
      no_database);
  ASSERT_TRUE(book) << book.error().detail;
  EXPECT_EQ(book->products[0].expiry, ExpiryPolicy::end_of_day);
  EXPECT_EQ(book->products[1].expiry, ExpiryPolicy::start_of_day);
  EXPECT_EQ(book->products[0].scope.templates, Templates{});
  EXPECT_EQ(book->products[0].priority, 100);
}

// ---- books that cannot be used ----

struct Row {
  std::string_view change;  // a whole body, or members behind a good head
  std::string_view code;
  std::string_view field;
};

constexpr std::string_view head =
    R"("version":"v","effective_from":"2024-05-01T00:00:00Z","currency":"CNY")";

void check(const std::vector<Row>& table) {
  for (const Row& row : table) {
    SCOPED_TRACE(row.change);
    const auto book = read_price_book(row.change, no_database);
    ASSERT_FALSE(book) << "was understood";
    EXPECT_EQ(book.error().code, row.code) << book.error().detail;
    EXPECT_EQ(book.error().field, row.field) << book.error().detail;
  }
}

// The members given, behind a good head.
std::string book_with(std::string_view members) {
  return "{" + std::string{head} + "," + std::string{members} + "}";
}

void check_parts(const std::vector<Row>& table) {
  std::vector<std::string> bodies;
  bodies.reserve(table.size());
  for (const Row& row : table) bodies.push_back(book_with(row.change));
  std::vector<Row> rows = table;
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].change = bodies[i];
  check(rows);
}

TEST(PriceBookJson, RefusesAWrongHead) {
  check({
      {"", "invalid_json", ""},
      {"[]", "invalid_body", ""},
      {"{}", "invalid_version", "version"},
      {R"({"version":"v"})", "invalid_effective_from", "effective_from"},
      {R"({"version":"v","effective_from":"2024-05-01"})", "invalid_effective_from",
       "effective_from"},
      {R"({"version":"v","effective_from":"2024-05-01T00:00:00Z"})", "invalid_currency",
       "currency"},
      {R"({"version":"","effective_from":"2024-05-01T00:00:00Z","currency":"CNY"})",
       "invalid_version", "version"},
      {R"({"version":2,"effective_from":"2024-05-01T00:00:00Z","currency":"CNY"})",
       "invalid_version", "version"},
  });
  check_parts({
      {R"("zone":"Asia/Nowhere")", "invalid_zone", "zone"},
      {R"("price":"1")", "unknown_field", "price"},
      {R"("products":{})", "invalid_products", "products"},
      {R"("payg":null)", "invalid_payg", "payg"},
      {R"("account_defaults":[])", "invalid_account_defaults", "account_defaults"},
      {R"("account_defaults":{"zone":"Z"})", "unknown_field", "account_defaults.zone"},
      {R"("account_defaults":{"late_window":"P99D"})", "invalid_late_window",
       "account_defaults.late_window"},
  });
}

// Each behind the name and the destination of a product.
void check_products(const std::vector<Row>& table) {
  for (const Row& row : table) {
    const std::string product =
        R"("products":[{"product":"a","destinations":["CN"],)" + std::string{row.change} + "}]";
    check_parts({{product, row.code, row.field}});
  }
}

TEST(PriceBookJson, RefusesAWrongProduct) {
  check_products({
      {R"("price":"1","validity":"P1M")", "invalid_quota", "products[0].quota"},
      {R"("quota":0,"price":"1","validity":"P1M")", "invalid_quota", "products[0].quota"},
      {R"("quota":1000000000001,"price":"1","validity":"P1M")", "invalid_quota",
       "products[0].quota"},
      {R"("quota":"10","price":"1","validity":"P1M")", "invalid_quota", "products[0].quota"},
      {R"("quota":{"min":5},"price":"1","validity":"P1M")", "invalid_quota", "products[0].quota"},
      {R"("quota":{"min":5,"max":4},"price_bands":[{"from":1,"unit_price":"1"}],"validity":"P1M")",
       "invalid_quota", "products[0].quota"},
      {R"("quota":{"min":1,"max":4,"step":1},"price":"1","validity":"P1M")", "invalid_quota",
       "products[0].quota"},
      {R"("quota":10,"validity":"P1M")", "invalid_price", "products[0].price"},
      {R"("quota":10,"price":1,"validity":"P1M")", "invalid_price", "products[0].price"},
      {R"("quota":10,"price":"-1","validity":"P1M")", "invalid_price", "products[0].price"},
      {R"("quota":{"min":1,"max":4},"price":"1","validity":"P1M")", "invalid_price",
       "products[0].price"},
      {R"("quota":10,"price":"1","price_bands":[{"from":1,"unit_price":"1"}],"validity":"P1M")",
       "invalid_price", "products[0].price"},
      {R"("quota":10,"price_bands":[],"validity":"P1M")", "invalid_price", "products[0].price"},
      {R"("quota":{"min":1,"max":9},"price_bands":[{"from":2,"unit_price":"1"}],"validity":"P1M")",
       "invalid_price_bands", "products[0].price_bands"},
      {R"("quota":{"min":1,"max":9},"price_bands":[{"from":1,"unit_price":"1"},)"
       R"({"from":1,"unit_price":"2"}],"validity":"P1M")",
       "invalid_price_bands", "products[0].price_bands"},
      {R"("quota":{"min":1,"max":1000000000000},"price_bands":[{"from":1,"unit_price":"10"}],)"
       R"("validity":"P1M")",
       "invalid_price_bands", "products[0].price_bands"},
      {R"("quota":{"min":1,"max":9},"price_bands":[{"from":1,"unit_price":"1"},)"
       R"({"from":3,"unit_price":0.5}],"validity":"P1M")",
       "invalid_unit_price", "products[0].price_bands[1].unit_price"},
      {R"("quota":{"min":1,"max":9},"price_bands":[{"unit_price":"1"}],"validity":"P1M")",
       "invalid_from", "products[0].price_bands[0].from"},
      {R"("quota":10,"price":"1")", "invalid_validity", "products[0].validity"},
      {R"("quota":10,"price":"1","validity":"12M")", "invalid_validity", "products[0].validity"},
      {R"("quota":10,"price":"1","validity":"P1M","expiry":"late")", "invalid_expiry",
       "products[0].expiry"},
      {R"("quota":10,"price":"1","validity":"P1M","templates":["otp"])", "invalid_templates",
       "products[0].templates"},
      {R"("quota":10,"price":"1","validity":"P1M","refund":"all")", "invalid_refund",
       "products[0].refund"},
      {R"("quota":10,"price":"1","validity":"P1M","charge":"later")", "invalid_charge",
       "products[0].charge"},
      {R"("quota":10,"price":"1","validity":"P1M","priority":1.5)", "invalid_priority",
       "products[0].priority"},
      {R"("quota":10,"price":"1","validity":"P1M","activation_delay":"P31D")",
       "invalid_activation_delay", "products[0].activation_delay"},
      {R"("quota":10,"price":"1","validity":"P1M","renewable":"yes")", "invalid_renewable",
       "products[0].renewable"},
      {R"("quota":10,"price":"1","validity":"P1M","gift":true)", "unknown_field",
       "products[0].gift"},
  });
}

TEST(PriceBookJson, RefusesAProductWithoutItsName) {
  check_parts({
      {R"("products":[7])", "invalid_products", "products[0]"},
      {R"("products":[{}])", "invalid_product", "products[0].product"},
      {R"("products":[{"product":"a"}])", "invalid_destinations", "products[0].destinations"},
      {R"("products":[{"product":"a","destinations":["CN"],"quota":1,"price":"1",)"
       R"("validity":"P1M"},)"
       R"({"product":"a","destinations":["TH"],"quota":1,"price":"1","validity":"P1M"}])",
       "invalid_product", "products[1].product"},
  });
}

TEST(PriceBookJson, RefusesAWrongTariff) {
  check_parts({
      {R"("payg":[{"prices":[{"price":"1"}]}])", "invalid_destinations", "payg[0].destinations"},
      {R"("payg":[{"destinations":["CN"]}])", "invalid_prices", "payg[0].prices"},
      {R"("payg":[{"destinations":["CN"],"prices":[]}])", "invalid_prices", "payg[0].prices"},
      {R"("payg":[{"destinations":["CN"],"prices":[{"up_to":5,"price":"1"}]}])", "invalid_prices",
       "payg[0].prices"},
      {R"("payg":[{"destinations":["CN"],"prices":[{"price":"1"},{"price":"2"}]}])",
       "invalid_prices", "payg[0].prices"},
      {R"("payg":[{"destinations":["CN"],"prices":[{"up_to":5,"price":"1"},)"
       R"({"up_to":5,"price":"2"},{"price":"3"}]}])",
       "invalid_prices", "payg[0].prices"},
      {R"("payg":[{"destinations":["CN"],"prices":[{"up_to":0,"price":"1"},{"price":"3"}]}])",
       "invalid_up_to", "payg[0].prices[0].up_to"},
      {R"("payg":[{"destinations":["CN"],"prices":[{"price":"-0.1"}]}])", "invalid_price",
       "payg[0].prices[0].price"},
      {R"("payg":[{"destinations":["CN"],"prices":[{"price":"0.0000001"}]}])", "invalid_price",
       "payg[0].prices[0].price"},
      {R"("payg":[{"destinations":["CN"],"tiers":"steps","prices":[{"price":"1"}]}])",
       "invalid_tiers", "payg[0].tiers"},
      {R"("payg":[{"destinations":["CN"],"prices":[{"price":"1","currency":"CNY"}]}])",
       "unknown_field", "payg[0].prices[0].currency"},
  });
}

TEST(PriceBookJson, RefusesWrongTermsOfRenewal) {
  const std::string products =
      R"("products":[{"product":"a","destinations":["CN"],"quota":1,"price":"1",)"
      R"("validity":"P1M"}],)";
  const auto with = [&](std::string_view renewal) {
    return products + R"("renewal":)" + std::string{renewal};
  };
  check_parts({
      {with(R"({})"), "invalid_product", "renewal.product"},
      {with(R"({"product":"b"})"), "invalid_product", "renewal.product"},
      {with(R"({"product":"a","discount_bp":0})"), "invalid_discount_bp", "renewal.discount_bp"},
      {with(R"({"product":"a","discount_bp":10001})"), "invalid_discount_bp",
       "renewal.discount_bp"},
      {with(R"({"product":"a","max_per_day":0})"), "invalid_max_per_day", "renewal.max_per_day"},
      {with(R"({"product":"a","max_per_day":11})"), "invalid_max_per_day", "renewal.max_per_day"},
      {with(R"({"product":"a","lead":"P366D"})"), "invalid_lead", "renewal.lead"},
      {with(R"({"product":"a","retry_at":"24:00"})"), "invalid_retry_at", "renewal.retry_at"},
      {with(R"({"product":"a","retry_at":"3:00"})"), "invalid_retry_at", "renewal.retry_at"},
      {with(R"({"product":"a","retry_at":"03:60"})"), "invalid_retry_at", "renewal.retry_at"},
  });
}

}  // namespace
}  // namespace packledger
