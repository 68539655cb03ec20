// Rows of usage: what one hour of an account was used for, by who paid, destination and template;
// and their bytes.
//
// Owner: whoever makes them. Values and pure functions, any thread.
//
//   row key   "u" account:8 hour:4 payer:1 package:4 destination:2 template:1    big-endian
//   row       mask:1, then for each of its quarters: sends units reversed amount, zigzag varints
//   hold key  "h" account:8 name
//   hold      destination:2 template:1
#pragma once

#include "packledger/ledger/id.hpp"
#include "packledger/ledger/money.hpp"
#include "packledger/ledger/scope.hpp"
#include "packledger/ledger/time.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace packledger {

// Sums stop at the largest number that there is; nothing a client says can make them wrap.
struct UsageFigures {
  std::int64_t sends = 0;     // of what was sent; a reversal takes none of them back
  std::int64_t units = 0;     // paid, less what was given back
  std::int64_t reversed = 0;  // given back: already off the units
  std::int64_t amount = 0;    // charged in micros, less what was given back

  UsageFigures& operator+=(const UsageFigures& more);
  friend bool operator==(const UsageFigures&, const UsageFigures&) = default;
};

// Who paid. Stored: never renumber.
enum class UsagePayer : std::uint8_t {
  all = 0,      // the sends themselves, whoever paid: what is to be counted once stands here
  payg = 1,     // pay-as-you-go
  package = 2,  // one package
};

// Where the hour is known and these are not: of reversals that do not say which send they are of.
inline constexpr Country destination_unknown{{'-', '-'}};
inline constexpr TemplateType template_unknown{0};

struct UsageKey {
  AccountId account;
  std::int64_t hour = 0;  // of UTC, since 1970
  UsagePayer payer = UsagePayer::all;
  PackageId package;  // of UsagePayer::package
  Country destination = destination_unknown;
  TemplateType type = template_unknown;
  friend auto operator<=>(const UsageKey&, const UsageKey&) = default;
};

// By quarters of the hour, because there are zones whose days begin at a quarter of an hour of UTC.
inline constexpr std::size_t quarters_per_hour = 4;
inline constexpr Duration usage_quarter = minutes(15);
using UsageHour = std::array<UsageFigures, quarters_per_hour>;

struct UsageRow {
  UsageKey key;
  UsageHour quarters{};
};

// Where a send or a hold belongs.
struct UsageSubject {
  Instant at;
  Country destination = destination_unknown;
  TemplateType type = template_unknown;
  friend bool operator==(const UsageSubject&, const UsageSubject&) = default;
};

struct UsageHoldKey {
  AccountId account;
  std::string name;
  friend auto operator<=>(const UsageHoldKey&, const UsageHoldKey&) = default;
};

[[nodiscard]] std::int64_t usage_hour(Instant at);
[[nodiscard]] std::size_t usage_quarter_of(Instant at);  // 0 to 3
[[nodiscard]] Instant usage_start(std::int64_t hour, std::size_t quarter);

// ---- bytes; nothing where they are none of ours ----

[[nodiscard]] std::string usage_key_bytes(const UsageKey& key);
[[nodiscard]] std::optional<UsageKey> parse_usage_key(std::string_view bytes);
// All rows of the account from that hour on follow this key, those of other accounts stand apart.
[[nodiscard]] std::string usage_from_bytes(AccountId account, std::int64_t hour);

[[nodiscard]] std::string usage_hour_bytes(const UsageHour& quarters);
[[nodiscard]] std::optional<UsageHour> parse_usage_hour(std::string_view bytes);

[[nodiscard]] std::string usage_hold_key_bytes(const UsageHoldKey& key);
[[nodiscard]] std::string usage_hold_bytes(const UsageSubject& subject);
[[nodiscard]] std::optional<UsageSubject> parse_usage_hold(std::string_view bytes);

}  // namespace packledger
