// Fields of requests: the values of the ledger read from the members of a JSON object, each with
// the words in which a client is told what was expected.
//
// Owner: wire; whoever decodes a request, on its stack. Pure functions, any thread.
// Invariants:
//  1. After a fault the value returned is a default and means nothing; JsonFields::finish tells it.
//  2. A fault never repeats what the client sent.
#pragma once

#include "packledger/ledger/input.hpp"
#include "packledger/ledger/money.hpp"
#include "packledger/ledger/package.hpp"
#include "packledger/ledger/price_book.hpp"
#include "packledger/ledger/scope.hpp"
#include "packledger/ledger/time.hpp"
#include "packledger/ledger/units.hpp"
#include "wire/json.hpp"
#include "wire/json_fields.hpp"
#include "wire/requests.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace packledger {

// ---- bodies and faults ----

[[nodiscard]] RequestFault request_fault(const FieldFault& fault);
[[nodiscard]] RequestFault request_fault(const JsonFault& fault);

[[nodiscard]] Result<JsonDocument, RequestFault> parse_body(std::string_view body);
// Where every member is optional: no body at all reads as {}.
[[nodiscard]] Result<JsonDocument, RequestFault> parse_optional_body(std::string_view body);

// What was read, unless a member is wrong or nobody asked for it.
template <class T> Result<What, RequestFault> finished(const JsonFields& fields, T what) {
  if (const auto fault = fields.finish()) return std::unexpected{request_fault(*fault)};
  return What{std::move(what)};
}

// ---- one value each ----

namespace expected {
inline constexpr std::string_view name = "a name of 1 to 64 characters of A-Z a-z 0-9 . _ : -";
inline constexpr std::string_view currency = "a currency of three capital letters (ISO 4217)";
inline constexpr std::string_view country = "a country of two capital letters (ISO 3166)";
inline constexpr std::string_view money = "a decimal text with at most 6 decimals, like \"12.5\"";
inline constexpr std::string_view price =
    "a decimal text from 0 with at most 6 decimals, \"0.132\"";
inline constexpr std::string_view instant =
    "an RFC 3339 time from 1970 to 9999 to the millisecond, like 2024-05-01T00:00:00+08:00";
inline constexpr std::string_view validity =
    "an ISO 8601 period above zero, at most 100 years, like P12M";
inline constexpr std::string_view zone = "an offset like +08:00 or the IANA name of a time zone";
inline constexpr std::string_view pool = "a pool: countries in rising order, like ID+TH, or *";
inline constexpr std::string_view destinations =
    "an array of 1 to 256 different countries of two capital letters (ISO 3166), or [\"*\"]";
inline constexpr std::string_view templates =
    "an array of 1 to 3 different of verification, notification, promotion";
inline constexpr std::string_view reminders =
    "an array of at most 8 different durations above zero, at most P365D each";
inline constexpr std::string_view message_template = "one of verification, notification, promotion";
inline constexpr std::string_view note = "a text of at most 256 bytes without control characters";
}  // namespace expected

// What `parse` makes of the member's text; nothing where there is no such member, or a fault.
template <class Parse>
auto optional_parsed(JsonFields& fields, std::string_view key, Parse parse, std::string_view wanted)
    -> decltype(parse(std::string_view{})) {
  const Json* value = fields.optional_value(key);
  if (value == nullptr) return std::nullopt;
  if (const auto text = value->text()) {
    if (auto parsed = parse(*text)) return parsed;
  }
  fields.refuse(key, wanted);
  return std::nullopt;
}

template <class Parse>
auto required_parsed(JsonFields& fields, std::string_view key, Parse parse,
                     std::string_view wanted) {
  auto parsed = optional_parsed(fields, key, parse, wanted);
  if (!parsed) fields.missing(key, wanted);
  return parsed.value_or(typename decltype(parsed)::value_type{});
}

[[nodiscard]] std::string_view required_name(JsonFields& fields, std::string_view key);
[[nodiscard]] std::optional<std::string_view> optional_name(JsonFields& fields,
                                                            std::string_view key);
// A pool's name, as it was given.
[[nodiscard]] std::optional<std::string_view> parse_pool_name(std::string_view text);
// At most reason_bytes_max bytes of one line: none below a space, none that a terminal obeys.
[[nodiscard]] std::optional<std::string_view> parse_note(std::string_view text);
[[nodiscard]] Price required_price(JsonFields& fields, std::string_view key);  // from 0

// Both ends are allowed.
struct DurationBounds {
  Duration min;
  Duration max;
};
[[nodiscard]] std::optional<Duration> optional_duration(JsonFields& fields, std::string_view key,
                                                        DurationBounds bounds);
[[nodiscard]] std::optional<Zone> optional_zone(JsonFields& fields, const FindZone& find_zone);

// "destinations", required; "templates", all three where absent.
[[nodiscard]] Scope read_scope(JsonFields& fields);
// Every setting but the zone.
[[nodiscard]] SettingsPatch read_settings(JsonFields& fields);

// An enum by its words: enumerator n, from 1 on, is words[n - 1].
template <class Enum, std::size_t N>
std::optional<Enum> optional_enum(JsonFields& fields, std::string_view key,
                                  const std::array<std::string_view, N>& words) {
  const std::optional<std::size_t> at = fields.optional_choice(key, words);
  return at ? std::optional{static_cast<Enum>(*at + 1)} : std::nullopt;
}

// How a package ends where nobody said: mainland packages with the day, all others before it.
[[nodiscard]] ExpiryPolicy usual_expiry(const Destinations& destinations);

}  // namespace packledger
