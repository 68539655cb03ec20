#include "wire/price_book_view.hpp"

#include "wire/rule_members.hpp"
#include "wire/value_views.hpp"
#include "wire/words.hpp"

namespace packledger {

namespace {

void write_tariff(JsonWriter& json, const Tariff& tariff) {
  json.begin_object();
  write_destinations(json, tariff.scope.destinations);
  if (tariff.scope.templates != Templates{}) write_templates(json, tariff.scope.templates);
  if (tariff.counted() || tariff.mode != TierMode::graduated) {
    json.member("tiers", words::word(tariff.mode));
  }
  if (tariff.counted() || tariff.counts_packages) {
    json.member("counts_packages", tariff.counts_packages);
  }
  json.key("prices").begin_array();
  for (const Tier& tier : tariff.tiers) {
    json.begin_object();
    if (tier.up_to) json.member("up_to", tier.up_to->value);
    json.member("price", money_text(tier.price)).end_object();
  }
  json.end_array().end_object();
}

void write_renewal(JsonWriter& json, const RenewalTerms& terms) {
  json.key("renewal").begin_object().member("product", terms.product);
  json.member("lead", duration_text(terms.lead)).member("discount_bp", terms.discount_bp);
  json.member("max_per_day", terms.per_day_max);
  write_minute_of_day(json, "retry_at", terms.retry_at_minute);
  json.end_object();
}

}  // namespace

void write_product(JsonWriter& json, const Product& product) {
  json.begin_object().member("product", product.name);
  write_destinations(json, product.scope.destinations);
  write_templates(json, product.scope.templates);
  json.key("quota");
  if (product.quota_min == product.quota_max) {
    json.value(product.quota_min.value);
  } else {
    json.begin_object().member("min", product.quota_min.value);
    json.member("max", product.quota_max.value).end_object();
  }
  if (product.custom()) {
    json.key("price_bands").begin_array();
    for (const PriceBand& band : product.bands) {
      json.begin_object().member("from", band.from.value);
      json.member("unit_price", money_text(band.unit_price)).end_object();
    }
    json.end_array();
  } else {
    json.member("price", money_text(product.price));
  }
  json.member("validity", validity_text(product.validity));
  json.member("expiry", words::word(product.expiry)).member("mode", words::word(product.mode));
  json.member("charge", words::word(product.charge));
  json.member("refund", words::word(product.refund)).member("priority", product.priority);
  if (product.activation_delay != Duration{0}) {
    json.member("activation_delay", duration_text(product.activation_delay));
  }
  if (product.renewable) json.member("renewable", true);
  json.end_object();
}

void write_price_book(JsonWriter& json, const PriceBook& book) {
  json.begin_object().member("version", book.version);
  json.member("effective_from", instant_text(book.effective_from));
  json.member("currency", book.currency.text()).member("zone", book.defaults.zone.name);
  json.key("products").begin_array();
  for (const Product& product : book.products) write_product(json, product);
  json.end_array().key("payg").begin_array();
  for (const Tariff& tariff : book.tariffs) write_tariff(json, tariff);
  json.end_array().key("account_defaults").begin_object();
  write_settings(json, book.defaults);
  json.end_object();
  if (book.renewal) write_renewal(json, *book.renewal);
  json.end_object();
}

std::string price_book_json(const PriceBook& book) {
  std::string out;
  JsonWriter json{out};
  write_price_book(json, book);
  return out;
}

}  // namespace packledger
