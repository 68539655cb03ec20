#include "wire/price_book_json.hpp"

#include "packledger/ledger/renewal.hpp"
#include "wire/json.hpp"
#include "wire/json_fields.hpp"
#include "wire/request_fields.hpp"
#include "wire/words.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace packledger {

namespace {

constexpr std::int32_t minutes_of_day = 24 * 60;
constexpr std::string_view expected_quota =
    "an integer from 1 to 1000000000000, or {\"min\", \"max\"} of two such, the smaller first";

template <class T> using Read = Result<T, FieldFault>;

// The elements of an array, each by `read_one(element, place)`; empty where there is no member.
template <class T, class ReadOne>
Read<std::vector<T>> read_elements(JsonFields& fields, std::string_view key, std::size_t max,
                                   ReadOne read_one) {
  std::vector<T> values;
  const auto elements = fields.optional_array(key);
  if (!elements) return values;
  if (elements->size() > max) {
    fields.refuse(key, "an array of at most " + std::to_string(max) + " elements");
    return values;
  }
  const std::string path = fields.path_of(key);
  for (std::size_t i = 0; i < elements->size(); ++i) {
    Read<T> value = read_one((*elements)[i], JsonPlace{path, i});
    if (!value) return std::unexpected{std::move(value.error())};
    values.push_back(std::move(*value));
  }
  return values;
}

// ---- products ----

void read_quota(JsonFields& fields, Product& product) {
  const Json* quota = fields.optional_value("quota");
  if (quota == nullptr) return fields.missing("quota", expected_quota);
  const bool range = quota->is_object();
  const Json* min = range ? quota->find("min") : quota;
  const Json* max = range ? quota->find("max") : quota;
  const bool whole = min != nullptr && max != nullptr && (!range || quota->members().size() == 2);
  product.quota_min = Units{whole ? min->integer().value_or(0) : 0};
  product.quota_max = Units{whole ? max->integer().value_or(0) : 0};
  const bool fits = product.quota_min >= Units{1} && product.quota_max >= product.quota_min &&
                    product.quota_max <= Units{product_quota_max};
  if (!fits) fields.refuse("quota", expected_quota);
}

Read<PriceBand> read_band(const Json& element, JsonPlace place) {
  JsonFields fields{element, place};
  const Units from{fields.required_integer("from", {1, product_quota_max})};
  const Price unit_price = required_price(fields, "unit_price");
  if (auto fault = fields.finish()) return std::unexpected{std::move(*fault)};
  return PriceBand{from, unit_price};
}

// The most that a whole quota of this product can cost is still an amount.
bool dearest_fits(const Product& product) {
  return std::ranges::all_of(product.bands, [&](const PriceBand& band) {
    return charge(band.unit_price, product.quota_max).has_value();
  });
}

std::optional<FieldFault> read_price(JsonFields& fields, Product& product) {
  const Json* fixed = fields.optional_value("price");
  Read<std::vector<PriceBand>> bands =
      read_elements<PriceBand>(fields, "price_bands", tiers_max, read_band);
  if (!bands) return bands.error();
  product.bands = std::move(*bands);
  if (fixed != nullptr && product.bands.empty()) {
    product.price = Money{required_price(fields, "price").micros};
    if (product.quota_min != product.quota_max) {
      fields.refuse("price", "price_bands for a quota that is a range");
    }
    return std::nullopt;
  }
  if (fixed != nullptr) fields.refuse("price", "no member beside price_bands");
  if (product.bands.empty()) fields.missing("price", std::string{expected::price} + ", or bands");
  const auto falls = [](const PriceBand& a, const PriceBand& b) { return a.from >= b.from; };
  if (std::ranges::adjacent_find(product.bands, falls) != product.bands.end()) {
    fields.refuse("price_bands", "bands with rising from");
  } else if (!product.bands.empty() && product.bands.front().from > product.quota_min) {
    fields.refuse("price_bands", "a first band that begins at the smallest quota or below");
  } else if (!dearest_fits(product)) {
    fields.refuse("price_bands", "prices of which the largest quota stays below 9223372036854");
  }
  return std::nullopt;
}

Read<Product> read_product(const Json& element, JsonPlace place) {
  JsonFields fields{element, place};
  Product product;
  product.name = required_name(fields, "product");
  product.scope = read_scope(fields);
  read_quota(fields, product);
  if (auto fault = read_price(fields, product); fault && fields.ok()) {
    return std::unexpected{std::move(*fault)};
  }
  product.validity = required_parsed(fields, "validity", parse_validity, expected::validity);
  product.expiry = optional_enum<ExpiryPolicy>(fields, "expiry", words::expiries)
                       .value_or(usual_expiry(product.scope.destinations));
  product.mode = optional_enum<OverageMode>(fields, "mode", words::modes).value_or(product.mode);
  product.charge =
      optional_enum<ChargeTrigger>(fields, "charge", words::triggers).value_or(product.charge);
  product.refund =
      optional_enum<RefundPolicy>(fields, "refund", words::refunds).value_or(product.refund);
  product.priority = static_cast<std::int32_t>(
      fields.optional_integer("priority", {0, priority_max}).value_or(product.priority));
  product.activation_delay =
      optional_duration(fields, "activation_delay", {Duration{0}, activation_delay_max})
          .value_or(Duration{0});
  product.renewable = fields.optional_flag("renewable").value_or(false);
  if (auto fault = fields.finish()) return std::unexpected{std::move(*fault)};
  return product;
}

// ---- tariffs ----

Read<Tier> read_tier(const Json& element, JsonPlace place) {
  JsonFields fields{element, place};
  Tier tier;
  if (const auto up_to = fields.optional_integer("up_to", {.min = 1})) tier.up_to = Units{*up_to};
  tier.price = required_price(fields, "price");
  if (auto fault = fields.finish()) return std::unexpected{std::move(*fault)};
  return tier;
}

bool tiers_rise(const std::vector<Tier>& tiers) {
  if (tiers.empty() || tiers.back().up_to) return false;
  Units below{0};
  for (std::size_t i = 0; i + 1 < tiers.size(); ++i) {
    if (!tiers[i].up_to || *tiers[i].up_to <= below) return false;
    below = *tiers[i].up_to;
  }
  return true;
}

Read<Tariff> read_tariff(const Json& element, JsonPlace place) {
  JsonFields fields{element, place};
  Tariff tariff;
  tariff.scope = read_scope(fields);
  tariff.mode = optional_enum<TierMode>(fields, "tiers", words::tiers).value_or(tariff.mode);
  tariff.counts_packages = fields.optional_flag("counts_packages").value_or(false);
  Read<std::vector<Tier>> tiers = read_elements<Tier>(fields, "prices", tiers_max, read_tier);
  if (!tiers && fields.ok()) return std::unexpected{std::move(tiers.error())};
  if (tiers && !tiers_rise(*tiers)) {
    fields.refuse("prices", "at least one price, with rising up_to, the last without up_to");
  }
  if (auto fault = fields.finish()) return std::unexpected{std::move(*fault)};
  tariff.tiers = std::move(*tiers);
  return tariff;
}

// ---- the rest of the book ----

void settle(AccountSettings& settings, const SettingsPatch& patch) {
  settings.order = patch.order.value_or(settings.order);
  settings.late_window = patch.late_window.value_or(settings.late_window);
  settings.acceptance_window = patch.acceptance_window.value_or(settings.acceptance_window);
  settings.reversal_window = patch.reversal_window.value_or(settings.reversal_window);
  settings.order_ttl = patch.order_ttl.value_or(settings.order_ttl);
  settings.overdue_grace = patch.overdue_grace.value_or(settings.overdue_grace);
  settings.prepaid_strict = patch.prepaid_strict.value_or(settings.prepaid_strict);
  settings.absorb_overage = patch.absorb_overage.value_or(settings.absorb_overage);
  if (patch.reminders) settings.reminders = *patch.reminders;
}

std::optional<FieldFault> read_defaults(JsonFields& book, AccountSettings& settings) {
  const Json* object = book.optional_object("account_defaults");
  if (object == nullptr) return std::nullopt;
  const std::string path = book.path_of("account_defaults");
  JsonFields fields{*object, path};
  settle(settings, read_settings(fields));
  return fields.finish();
}

// "03:00": the minute of the day.
std::optional<std::int32_t> minute_of_day(std::string_view text) {
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  if (!digit(0) || !digit(1) || !digit(3) || !digit(4)) return std::nullopt;
  const std::int32_t hour = (text[0] - '0') * 10 + (text[1] - '0');
  const std::int32_t minute = (text[3] - '0') * 10 + (text[4] - '0');
  const bool fits = hour * 60 + minute < minutes_of_day && minute < 60;
  return fits ? std::optional{hour * 60 + minute} : std::nullopt;
}

Read<std::optional<RenewalTerms>> read_renewal(JsonFields& book,
                                               const std::vector<Product>& products) {
  const Json* object = book.optional_object("renewal");
  if (object == nullptr) return std::nullopt;
  const std::string path = book.path_of("renewal");
  JsonFields fields{*object, path};
  RenewalTerms terms;
  terms.product = required_name(fields, "product");
  if (std::ranges::find(products, terms.product, &Product::name) == products.end()) {
    fields.refuse("product", "a product of this book");
  }
  terms.lead =
      optional_duration(fields, "lead", {Duration{0}, renewal_lead_max}).value_or(terms.lead);
  terms.discount_bp = static_cast<std::int32_t>(
      fields.optional_integer("discount_bp", {1, discount_bp_max}).value_or(terms.discount_bp));
  terms.per_day_max =
      static_cast<std::int32_t>(fields.optional_integer("max_per_day", {1, renewals_per_day_max})
                                    .value_or(terms.per_day_max));
  terms.retry_at_minute =
      optional_parsed(fields, "retry_at", minute_of_day, "a time of day like 03:00")
          .value_or(terms.retry_at_minute);
  if (auto fault = fields.finish()) return std::unexpected{std::move(*fault)};
  return terms;
}

std::optional<std::size_t> second_of_name(const std::vector<Product>& products) {
  for (std::size_t i = 0; i < products.size(); ++i) {
    const auto first = std::ranges::find(products, products[i].name, &Product::name);
    if (first != products.begin() + static_cast<std::ptrdiff_t>(i)) return i;
  }
  return std::nullopt;
}

// The parts of the book that are objects themselves, up to the first fault.
std::optional<FieldFault> read_parts(JsonFields& fields, PriceBook& book) {
  auto products = read_elements<Product>(fields, "products", products_max, read_product);
  if (!products) return products.error();
  book.products = std::move(*products);
  if (const auto twice = second_of_name(book.products)) {
    const std::string at = "products[" + std::to_string(*twice) + "].product";
    return FieldFault{FieldWrong::refused, at, "a name that no product before it has"};
  }
  auto tariffs = read_elements<Tariff>(fields, "payg", tariffs_max, read_tariff);
  if (!tariffs) return tariffs.error();
  book.tariffs = std::move(*tariffs);
  if (auto fault = read_defaults(fields, book.defaults)) return fault;
  auto renewal = read_renewal(fields, book.products);
  if (!renewal) return renewal.error();
  book.renewal = std::move(*renewal);
  return std::nullopt;
}

}  // namespace

Result<PriceBook, RequestFault> read_price_book(std::string_view body, const FindZone& find_zone) {
  const auto document = parse_body(body);
  if (!document) return std::unexpected{document.error()};
  JsonFields fields{document->root()};
  PriceBook book;
  book.version = fields.required_text("version", {.bytes_min = 1, .bytes_max = name_bytes_max});
  book.effective_from = required_parsed(fields, "effective_from", parse_instant, expected::instant);
  book.currency = required_parsed(fields, "currency", parse_currency, expected::currency);
  if (auto zone = optional_zone(fields, find_zone)) book.defaults.zone = std::move(*zone);
  if (auto fault = read_parts(fields, book); fault && fields.ok()) {
    return std::unexpected{request_fault(*fault)};
  }
  if (const auto fault = fields.finish()) return std::unexpected{request_fault(*fault)};
  return book;
}

}  // namespace packledger
