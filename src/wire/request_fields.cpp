#include "wire/request_fields.hpp"

#include "packledger/ledger/id.hpp"
#include "packledger/ledger/utf8.hpp"
#include "wire/words.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace packledger {

namespace {

constexpr std::size_t countries_max = 256;  // ISO 3166 has 249

// "invalid_unit_price" for price_bands[2].unit_price. The members that are read have names without
// dots and brackets, so the last of the path is the one that is meant.
std::string code_of(std::string_view path) {
  while (path.ends_with(']')) path = path.substr(0, path.rfind('['));
  path = path.substr(path.rfind('.') + 1);  // npos + 1 is the start
  return "invalid_" + std::string{path.empty() ? "body" : path};
}

std::string sentence(std::string_view field, std::string_view rest) {
  std::string text{field};
  if (!text.empty()) text += ": ";
  return text += rest;
}

}  // namespace

RequestFault request_fault(const FieldFault& fault) {
  switch (fault.wrong) {
    case FieldWrong::missing:
      return {code_of(fault.field), fault.field,
              sentence(fault.field, "required, expected " + fault.expected)};
    case FieldWrong::refused:
      return {code_of(fault.field), fault.field,
              sentence(fault.field, "expected " + fault.expected)};
    case FieldWrong::unknown:
      return {"unknown_field", fault.field,
              sentence(fault.field, "expected no member of this name")};
  }
  std::unreachable();
}

RequestFault request_fault(const JsonFault& fault) {
  return {fault.too_large ? "too_large" : "invalid_json", fault.path,
          sentence(fault.path, fault.detail) + " at byte " + std::to_string(fault.offset)};
}

Result<JsonDocument, RequestFault> parse_body(std::string_view body) {
  Result<JsonDocument, JsonFault> document = parse_json(body);
  if (!document) return std::unexpected{request_fault(document.error())};
  return std::move(*document);
}

Result<JsonDocument, RequestFault> parse_optional_body(std::string_view body) {
  return parse_body(body.empty() ? "{}" : body);
}

std::optional<std::string_view> optional_name(JsonFields& fields, std::string_view key) {
  const auto name = [](std::string_view text) {
    return is_name(text) ? std::optional{text} : std::nullopt;
  };
  return optional_parsed(fields, key, name, expected::name);
}

std::string_view required_name(JsonFields& fields, std::string_view key) {
  const std::optional<std::string_view> name = optional_name(fields, key);
  if (!name) fields.missing(key, expected::name);
  return name.value_or(std::string_view{});
}

std::optional<std::string_view> parse_pool_name(std::string_view text) {
  return parse_pool(text) ? std::optional{text} : std::nullopt;
}

std::optional<std::string_view> parse_note(std::string_view text) {
  if (text.size() > reason_bytes_max) return std::nullopt;
  for (std::size_t at = 0; at < text.size();) {
    const std::optional<Utf8Character> character = utf8_character(text, at);
    if (!character) return std::nullopt;
    const char32_t value = character->value;
    const bool control = value < 0x20 || (value >= 0x7F && value < 0xA0);
    if (control || value == 0x2028 || value == 0x2029) return std::nullopt;
    at += character->bytes;
  }
  return text;
}

Price required_price(JsonFields& fields, std::string_view key) {
  const auto price = [](std::string_view text) -> std::optional<Price> {
    const std::optional<Money> amount = parse_money(text);
    if (!amount || *amount < Money{0}) return std::nullopt;
    return Price{amount->micros};
  };
  return required_parsed(fields, key, price, expected::price);
}

std::optional<Duration> optional_duration(JsonFields& fields, std::string_view key,
                                          DurationBounds bounds) {
  const Json* value = fields.optional_value(key);
  if (value == nullptr) return std::nullopt;
  const std::optional<Duration> duration =
      value->text() ? parse_duration(*value->text()) : std::nullopt;
  if (duration && *duration >= bounds.min && *duration <= bounds.max) return duration;
  fields.refuse(key, "an ISO 8601 duration without months from " + duration_text(bounds.min) +
                         " to " + duration_text(bounds.max));
  return std::nullopt;
}

std::optional<Zone> optional_zone(JsonFields& fields, const FindZone& find_zone) {
  const auto zone = [&](std::string_view text) -> std::optional<Zone> {
    if (text.empty() || text.size() > zone_name_bytes_max) return std::nullopt;
    if (auto fixed = fixed_zone(text)) return fixed;
    return find_zone ? find_zone(text) : std::nullopt;
  };
  return optional_parsed(fields, "zone", zone, expected::zone);
}

namespace {

// Sorted, as the pool is named; nothing where the array is none of ours.
std::optional<Destinations> destinations_of(std::span<const Json> elements) {
  if (elements.empty() || elements.size() > countries_max) return std::nullopt;
  if (elements.size() == 1 && elements[0].text() == "*") return Destinations{};
  Destinations destinations;
  for (const Json& element : elements) {
    const auto country = parse_country(element.text().value_or(std::string_view{}));
    if (!country) return std::nullopt;
    destinations.countries.push_back(*country);
  }
  std::ranges::sort(destinations.countries);
  const bool twice =
      std::ranges::adjacent_find(destinations.countries) != destinations.countries.end();
  return twice ? std::nullopt : std::optional{std::move(destinations)};
}

std::optional<Templates> templates_of(std::span<const Json> elements) {
  Templates templates{.bits = 0};
  for (const Json& element : elements) {
    const auto type = parse_template(element.text().value_or(std::string_view{}));
    if (!type || templates.covers(*type)) return std::nullopt;
    templates.bits = static_cast<std::uint8_t>(templates.bits | 1U << static_cast<unsigned>(*type));
  }
  return elements.empty() ? std::nullopt : std::optional{templates};
}

std::optional<std::vector<Duration>> reminders_of(std::span<const Json> elements) {
  if (elements.size() > reminders_max) return std::nullopt;
  std::vector<Duration> reminders;
  for (const Json& element : elements) {
    const auto before = parse_duration(element.text().value_or(std::string_view{}));
    if (!before || *before <= Duration{0} || *before > reminder_max) return std::nullopt;
    if (std::ranges::find(reminders, *before) != reminders.end()) return std::nullopt;
    reminders.push_back(*before);
  }
  return reminders;
}

template <class Read>
auto optional_elements(JsonFields& fields, std::string_view key, Read read, std::string_view wanted)
    -> decltype(read(std::span<const Json>{})) {
  const Json* value = fields.optional_value(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_array()) {
    if (auto values = read(value->elements())) return values;
  }
  fields.refuse(key, wanted);
  return std::nullopt;
}

}  // namespace

Scope read_scope(JsonFields& fields) {
  auto destinations =
      optional_elements(fields, "destinations", destinations_of, expected::destinations);
  if (!destinations) fields.missing("destinations", expected::destinations);
  const auto templates = optional_elements(fields, "templates", templates_of, expected::templates);
  return {std::move(destinations).value_or(Destinations{}), templates.value_or(Templates{})};
}

SettingsPatch read_settings(JsonFields& fields) {
  SettingsPatch patch;
  patch.order = optional_enum<DeductionOrder>(fields, "order", words::orders);
  patch.late_window = optional_duration(fields, "late_window", {Duration{0}, late_window_max});
  patch.acceptance_window =
      optional_duration(fields, "acceptance_window", {Duration{0}, acceptance_window_max});
  patch.reversal_window =
      optional_duration(fields, "reversal_window", {Duration{0}, reversal_window_max});
  patch.order_ttl = optional_duration(fields, "order_ttl", {seconds(1), order_ttl_max});
  patch.overdue_grace =
      optional_duration(fields, "overdue_grace", {Duration{0}, overdue_grace_max});
  patch.prepaid_strict = fields.optional_flag("prepaid_strict");
  patch.absorb_overage = optional_enum<AbsorbOverage>(fields, "absorb_overage", words::absorbs);
  patch.reminders = optional_elements(fields, "reminders", reminders_of, expected::reminders);
  return patch;
}

ExpiryPolicy usual_expiry(const Destinations& destinations) {
  const bool mainland_only =
      destinations.countries.size() == 1 && destinations.countries.front() == mainland;
  return mainland_only ? ExpiryPolicy::end_of_day : ExpiryPolicy::start_of_day;
}

}  // namespace packledger
