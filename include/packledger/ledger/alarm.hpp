// Alarms: tell somebody once when units or money run low (rules §8 R77 to R88). Rule and state of
// one alarm; owned by its Account, changed by Ledger::apply only.
//
//            the condition comes true: AlarmRaised
//     armed ────────────────────────────────────────> fired
//       ^                                               │
//       └────── quota or credit came in, or the rule ───┘
//               changed, and it is false: AlarmCleared
//
// An alarm of kind per_package has such a state for every package of its pool. One of kind
// runs_out_within judges nothing but forecasts, which come from outside (R132).
#pragma once

#include "packledger/ledger/id.hpp"
#include "packledger/ledger/money.hpp"
#include "packledger/ledger/time.hpp"
#include "packledger/ledger/units.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

// Stored in the journal: never renumber, never reuse.
enum class AlarmKind : std::uint8_t {
  total = 1,
  per_package = 2,
  balance = 3,
  runs_out_within = 4
};
enum class AlarmWhen : std::uint8_t { below = 1, at_or_below = 2 };  // R78

struct PackageThreshold {
  std::string package;
  Units units;
  friend bool operator==(const PackageThreshold&, const PackageThreshold&) = default;
};

// units or percent for total; units or percent, or exceptions by package, or both, for per_package;
// amount for balance; within for runs_out_within.
struct AlarmThreshold {
  std::optional<Units> units;                 // from 0
  std::optional<std::int32_t> percent;        // 1 to 100, of the quota
  std::optional<Money> amount;                // any
  std::vector<PackageThreshold> per_package;  // sorted by name, each once; before units or percent
  std::optional<Duration> within{};           // alarm_within_min to alarm_within_max
  friend bool operator==(const AlarmThreshold&, const AlarmThreshold&) = default;
};

struct AlarmRule {
  std::string name;
  std::string pool = "CN";  // empty for balance
  AlarmKind kind = AlarmKind::total;
  AlarmThreshold threshold;
  AlarmWhen when = AlarmWhen::below;
  std::vector<std::string> contacts;  // by name; none: all of the account
  Duration cooldown;                  // after a firing the alarm is silent so long; 0: never
  friend bool operator==(const AlarmRule&, const AlarmRule&) = default;
};

// What an alarm of kind runs_out_within knows (R132).
struct RunOut {
  Sequence known;      // a forecast that knows less of the journal is not believed
  bool eased = false;  // quota came into the pool, or the rule was changed, since it fired
  std::optional<Instant> runs_out_at;  // by the last forecast believed; nothing: not in sight
  Sequence told;                       // the entry of that forecast; 0: there was none
};

struct Alarm {
  AlarmRule rule;
  std::uint64_t number = 0;      // of the entry that first set it: tells alarms of one name apart
  std::uint64_t firings = 0;     // counts up, also over changes of the rule (R116)
  bool fired = false;            // but for per_package
  std::set<PackageId> fired_of;  // of per_package: those that have fired
  std::optional<Instant> fired_at;  // the last time
  std::optional<RunOut> run_out{};  // of runs_out_within

  // Silent because it fired just before; firings of one instant do not silence one another.
  [[nodiscard]] bool cooling(Instant at) const {
    return fired_at && at > *fired_at && at < *fired_at + rule.cooldown;
  }
};

// Whether so much is so little. The percentage is exact: remaining x 100 against percent x quota
// (R79).
[[nodiscard]] bool holds(const AlarmRule& rule, Units remaining, Units quota,
                         std::string_view package);
[[nodiscard]] bool holds(const AlarmRule& rule, Money balance);
[[nodiscard]] bool holds(const AlarmRule& rule, std::optional<Instant> runs_out_at, Instant at);
// Whether a forecast for that pool, which knows the journal up to that entry, counts for it.
[[nodiscard]] bool believes(const Alarm& alarm, std::string_view pool, Sequence position);
// Whether a threshold is set for such a package at all: custom alarms name theirs.
[[nodiscard]] bool applies_to(const AlarmRule& rule, std::string_view package);

inline constexpr std::size_t alarms_per_account_max = 64;     // each send looks at all of them
inline constexpr std::size_t package_thresholds_max = 1'000;  // of one alarm
inline constexpr Duration alarm_cooldown_max = days(31);
inline constexpr Duration alarm_within_min = hours(1);   // forecasts come about once an hour
inline constexpr Duration alarm_within_max = days(365);  // they look a little farther

}  // namespace packledger
