#include "wire/value_views.hpp"

#include "wire/words.hpp"

#include <string>

namespace packledger {

void write_destinations(JsonWriter& json, const Destinations& destinations) {
  json.key("destinations").begin_array();
  if (destinations.everywhere()) json.value("*");
  for (const Country& country : destinations.countries) json.value(country.text());
  json.end_array();
}

void write_templates(JsonWriter& json, Templates templates) {
  json.key("templates").begin_array();
  for (const auto type :
       {TemplateType::verification, TemplateType::notification, TemplateType::promotion}) {
    if (templates.covers(type)) json.value(template_text(type));
  }
  json.end_array();
}

void write_instant(JsonWriter& json, std::string_view key, Instant t) {
  json.member(key, instant_text(t));
}

void write_money(JsonWriter& json, std::string_view key, Money amount) {
  json.member(key, money_text(amount));
}

void write_duration(JsonWriter& json, std::string_view key, Duration duration) {
  json.member(key, duration_text(duration));
}

namespace {

void write_reminders(JsonWriter& json, const std::vector<Duration>& reminders) {
  json.key("reminders").begin_array();
  for (const Duration before : reminders) json.value(duration_text(before));
  json.end_array();
}

}  // namespace

void write_settings(JsonWriter& json, const AccountSettings& settings) {
  json.member("order", words::word(settings.order));
  write_duration(json, "late_window", settings.late_window);
  write_duration(json, "acceptance_window", settings.acceptance_window);
  write_duration(json, "reversal_window", settings.reversal_window);
  write_duration(json, "order_ttl", settings.order_ttl);
  write_duration(json, "overdue_grace", settings.overdue_grace);
  json.member("prepaid_strict", settings.prepaid_strict);
  json.member("absorb_overage", words::word(settings.absorb_overage));
  write_reminders(json, settings.reminders);
}

void write_settings_with_zone(JsonWriter& json, const AccountSettings& settings) {
  json.member("zone", settings.zone.name);
  write_settings(json, settings);
}

void write_patch(JsonWriter& json, const SettingsPatch& patch) {
  if (patch.zone) json.member("zone", patch.zone->name);
  if (patch.order) json.member("order", words::word(*patch.order));
  if (patch.late_window) write_duration(json, "late_window", *patch.late_window);
  if (patch.acceptance_window) write_duration(json, "acceptance_window", *patch.acceptance_window);
  if (patch.reversal_window) write_duration(json, "reversal_window", *patch.reversal_window);
  if (patch.order_ttl) write_duration(json, "order_ttl", *patch.order_ttl);
  if (patch.overdue_grace) write_duration(json, "overdue_grace", *patch.overdue_grace);
  if (patch.prepaid_strict) json.member("prepaid_strict", *patch.prepaid_strict);
  if (patch.absorb_overage) json.member("absorb_overage", words::word(*patch.absorb_overage));
  if (patch.reminders) write_reminders(json, *patch.reminders);
}

void write_modes(JsonWriter& json, std::span<const PoolMode> modes) {
  json.key("modes").begin_object();
  for (const PoolMode& mode : modes) json.member(mode.pool, words::word(mode.mode));
  json.end_object();
}

void write_lines(JsonWriter& json, std::span<const PackageLine> lines, const Names& names,
                 AccountId account) {
  json.key("lines").begin_array();
  for (const PackageLine& line : lines) {
    json.begin_object().member("package", names.package(account, line.package));
    json.member("units", line.units.value).end_object();
  }
  json.end_array();
}

namespace {

void write_returned(JsonWriter& json, std::span<const ReversalLine> lines, const Names& names,
                    AccountId account) {
  json.begin_array();
  for (const ReversalLine& line : lines) {
    json.begin_object().member("package", names.package(account, line.package));
    json.member("units", line.units.value);
    json.member("to", line.restored ? "remaining" : "forfeited").end_object();
  }
  json.end_array();
}

}  // namespace

void write_reversal_lines(JsonWriter& json, std::span<const ReversalLine> lines, const Names& names,
                          AccountId account) {
  json.key("lines");
  write_returned(json, lines, names, account);
}

void write_given_back(JsonWriter& json, std::span<const ReversalLine> lines, const Names& names,
                      AccountId account) {
  json.key("given_back");
  write_returned(json, lines, names, account);
}

void write_charges(JsonWriter& json, std::span<const ChargeLine> charges, Currency currency) {
  json.key("payg").begin_array();
  for (const ChargeLine& line : charges) {
    const auto amount = charge(line.unit_price, line.units);
    ENSURE(amount.has_value(), "what was charged is an amount");
    json.begin_object().member("units", line.units.value);
    json.member("unit_price", money_text(line.unit_price));
    json.member("amount", money_text(*amount)).member("currency", currency.text()).end_object();
  }
  json.end_array();
}

void write_adjustment(JsonWriter& json, const SendDecision& decision, Currency currency) {
  if (!decision.counter || decision.counter->adjustment == Money{0}) return;
  write_money(json, "adjustment", decision.counter->adjustment);
  json.member("currency", currency.text());
}

void write_package_head(JsonWriter& json, const PackageTerms& terms) {
  json.member("package", terms.name);
  json.member("pool", pool_name(terms.scope.destinations));
  if (!terms.order.empty()) json.member("order", terms.order);
  if (!terms.product.empty()) json.member("product", terms.product);
  json.member("quota", terms.quota.value);
}

void write_package_times(JsonWriter& json, const PackageTerms& terms) {
  const bool agreed = terms.expires_at != Instant{0};
  if (!agreed) {
    json.key("effective_at").null().key("expires_at").null();
    return;
  }
  write_instant(json, "effective_at", terms.effective_at);
  write_instant(json, "expires_at", terms.expires_at);
}

void write_package_terms(JsonWriter& json, const PackageTerms& terms, Currency currency) {
  write_destinations(json, terms.scope.destinations);
  write_templates(json, terms.scope.templates);
  json.member("mode", words::word(terms.mode)).member("priority", terms.priority);
  write_money(json, "price_paid", terms.price_paid);
  json.member("currency", currency.text());
}

}  // namespace packledger
