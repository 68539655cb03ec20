#include "tests/ledger/both.hpp"

#include "tests/ledger/zones.hpp"

#include <optional>
#include <set>
#include <utility>

namespace packledger {
namespace {

using model::Count;
using model::Ms;

const std::set<std::string> every{"verification", "notification", "promotion"};

constexpr Currency cny{{'C', 'N', 'Y'}};

ExpiryPolicy policy_of(model::Ends ends) {
  if (ends == model::Ends::exact) return ExpiryPolicy::exact;
  return ends == model::Ends::start_of_day ? ExpiryPolicy::start_of_day : ExpiryPolicy::end_of_day;
}

RefundPolicy refund_of(model::Refund refund) {
  if (refund == model::Refund::none) return RefundPolicy::none;
  return refund == model::Refund::unused_only ? RefundPolicy::unused_only
                                              : RefundPolicy::prorata_90d;
}

Product product_of(const model::Product& from) {
  Product product;
  product.name = from.name;
  product.scope = scope_of(from.wares);
  product.mode = mode_of(from.wares.stops);
  product.priority = static_cast<std::int32_t>(from.wares.priority);
  product.quota_min = Units{from.quota_min};
  product.quota_max = Units{from.quota_max};
  product.price = Money{from.price};
  for (const auto& [at, price] : from.bands) product.bands.push_back({Units{at}, Price{price}});
  product.validity = {from.months, Duration{from.rest}};
  product.expiry = policy_of(from.ends);
  product.refund = refund_of(from.refund);
  product.activation_delay = Duration{from.delay};
  product.renewable = from.renewable;
  return product;
}

Tariff tariff_of(const model::Tariff& from) {
  Tariff tariff;
  tariff.scope.destinations.countries = {country_of(from.country)};
  if (!from.every_class) tariff.scope.templates.bits = from.promotion ? 0b1000 : 0b0110;
  tariff.mode = from.volume ? TierMode::volume : TierMode::graduated;
  tariff.counts_packages = from.counted;
  for (const model::Tier& tier : from.tiers) {
    Tier to{std::nullopt, Price{tier.price}};
    if (tier.up_to) to.up_to = Units{*tier.up_to};
    tariff.tiers.push_back(to);
  }
  return tariff;
}

RenewalTerms terms_of(const model::Terms& from) {
  RenewalTerms terms;
  terms.product = from.product;
  terms.lead = Duration{from.lead};
  terms.discount_bp = static_cast<std::int32_t>(from.discount);
  terms.per_day_max = static_cast<std::int32_t>(from.per_day);
  terms.retry_at_minute = static_cast<std::int32_t>(from.retry_minute);
  return terms;
}

model::Product custom(const std::string& name, std::pair<Count, Count> quotas,
                      std::vector<std::pair<Count, Count>> bands, Ms rest) {
  model::Product product;
  product.name = name;
  product.wares = {"CN", every, false, 100};
  product.quota_min = quotas.first;
  product.quota_max = quotas.second;
  product.bands = std::move(bands);
  product.rest = rest;
  return product;
}

model::Product fixed(const std::string& name, const std::string& pool, Count quota, Count price) {
  model::Product product;
  product.name = name;
  product.wares = {pool, every, false, 100};
  product.quota_min = quota;
  product.quota_max = quota;
  product.price = price;
  return product;
}

std::vector<model::Product> products_of_may() {
  model::Product month = fixed("fixed", "CN", 50, 2'000'001);
  month.months = 1;
  month.ends = model::Ends::end_of_day;
  month.refund = model::Refund::prorata;
  model::Product once = fixed("once", "TH", 30, 3'300'000);
  once.rest = 7 * model::day;
  once.refund = model::Refund::unused_only;
  model::Product any = custom("custom", {10, 200}, {{10, 50'000}, {50, 47'000}}, 40 * model::day);
  any.ends = model::Ends::start_of_day;
  model::Product renew =
      custom("renew", {500, 5'000}, {{500, 9'001}, {1'100, 8'503}}, 3 * model::day);
  renew.refund = model::Refund::prorata;
  model::Product five = fixed("five-days", "CN", 1'000, 7'777'777);
  five.rest = 5 * model::day;
  five.ends = model::Ends::end_of_day;
  five.refund = model::Refund::unused_only;
  five.wares.priority = 70;
  model::Product brief = fixed("brief", "CN", 1'000, 1'000'000);
  brief.rest = model::day;
  model::Product spring = fixed("spring", "CN", 1'000, 6'000'000);
  spring.rest = 2 * model::day;
  model::Product later = fixed("later", "TH", 25, 1'500'000);
  later.rest = 2 * model::day;
  later.delay = 2 * model::hour;
  later.refund = model::Refund::unused_only;
  for (model::Product* const product : {&month, &once, &any, &later}) product->renewable = true;
  return {month, once, any, renew, five, brief, later, spring};
}

}  // namespace

Country country_of(const std::string& text) {
  const auto country = parse_country(text);
  ENSURE(country.has_value(), "the model names countries");
  return *country;
}

TemplateType template_of(const std::string& text) {
  const auto type = parse_template(text);
  ENSURE(type.has_value(), "the model names templates");
  return *type;
}

Scope scope_of(const model::Wares& wares) {
  const auto destinations = parse_pool(wares.destinations);
  ENSURE(destinations.has_value(), "the model names pools");
  Scope scope{*destinations, {0}};
  for (const std::string& type : wares.templates) {
    scope.templates.bits = static_cast<std::uint8_t>(
        scope.templates.bits | 1U << static_cast<unsigned>(template_of(type)));
  }
  return scope;
}

OverageMode mode_of(bool stops) {
  return stops ? OverageMode::stop_before_excess : OverageMode::pay_per_use;
}

std::vector<model::Book> model_books() {
  model::Book may{0, products_of_may(), {}, {"renew", model::day, 9'333, 2, 180}};
  may.tariffs = {
      {"CN", false, false, false, true, {{100, 65'000}, {300, 60'000}, {std::nullopt, 55'000}}},
      {"CN", true, false, true, false, {{50, 80'000}, {std::nullopt, 70'000}}},
      {"TH", false, true, false, false, {{std::nullopt, 132'000}}},
  };
  model::Book july{instant("2024-07-09T16:00:00Z").ms,
                   products_of_may(),
                   {},
                   {"five-days", 2 * model::day, 10'000, 3, 870}};
  july.products[0].price = 1'000'003;
  july.products[3].quota_max = 1'500;  // renewals of more can no longer be priced
  july.products.pop_back();            // nor those of "spring"
  july.tariffs = {
      {"CN", false, false, false, false, {{30, 66'000}, {std::nullopt, 56'000}}},
      {"CN", true, false, true, true, {{20, 81'000}, {60, 75'000}, {std::nullopt, 71'000}}},
      {"TH", false, true, false, false, {{std::nullopt, 133'000}}},
  };
  return {may, july};
}

PriceBook law_book(const model::Book& book, const std::string& version) {
  PriceBook law;
  law.version = version;
  law.effective_from = Instant{book.from};
  law.currency = cny;
  for (const model::Product& product : book.products) law.products.push_back(product_of(product));
  for (const model::Tariff& tariff : book.tariffs) law.tariffs.push_back(tariff_of(tariff));
  law.renewal = terms_of(book.terms);
  return law;
}

AccountOpened opening(const std::string& name, const model::Settings& settings) {
  AccountOpened opened;
  opened.name = name;
  opened.currency = cny;
  opened.settings.late_window = Duration{settings.late_window};
  opened.settings.prepaid_strict = settings.strict;
  opened.settings.overdue_grace = Duration{settings.grace};
  if (settings.expiry_first) opened.settings.order = DeductionOrder::expiry_first;
  return opened;
}

}  // namespace packledger
