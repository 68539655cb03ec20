// Words: the names that enums have in JSON, both ways. Word n - 1 is that of enumerator n. Part of
// the contract with clients: never rename. Constants, any thread.
#pragma once

#include "packledger/ledger/alarm.hpp"
#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/input.hpp"
#include "packledger/ledger/price_book.hpp"
#include "packledger/ledger/renewal.hpp"
#include "packledger/ledger/time.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace packledger::words {

using namespace std::string_view_literals;

inline constexpr std::array modes{"pay_per_use"sv, "stop_before_excess"sv};
inline constexpr std::array triggers{"on_submit"sv, "on_delivery"sv};
inline constexpr std::array refunds{"none"sv, "unused_only"sv, "prorata_90d"sv};
inline constexpr std::array tiers{"graduated"sv, "volume"sv};
inline constexpr std::array orders{"effective_first"sv, "expiry_first"sv};
inline constexpr std::array absorbs{"none"sv, "same_day"sv};
inline constexpr std::array expiries{"exact"sv, "start_of_day"sv, "end_of_day"sv};
inline constexpr std::array payments{"balance"sv, "external"sv};
inline constexpr std::array alarm_kinds{"total"sv, "per_package"sv, "balance"sv,
                                        "runs_out_within"sv};
inline constexpr std::array alarm_whens{"below"sv, "at_or_below"sv};
inline constexpr std::array renewal_triggers{"threshold"sv, "pre_expiry"sv};
inline constexpr std::array renewal_skips{"not_last"sv, "outstanding"sv};

template <class Enum, std::size_t N>
constexpr std::string_view word_of(const std::array<std::string_view, N>& words, Enum value) {
  return words[static_cast<std::size_t>(value) - 1];
}

constexpr std::string_view word(OverageMode mode) { return word_of(modes, mode); }
constexpr std::string_view word(ChargeTrigger trigger) { return word_of(triggers, trigger); }
constexpr std::string_view word(RefundPolicy refund) { return word_of(refunds, refund); }
constexpr std::string_view word(TierMode mode) { return word_of(tiers, mode); }
constexpr std::string_view word(DeductionOrder order) { return word_of(orders, order); }
constexpr std::string_view word(AbsorbOverage absorb) { return word_of(absorbs, absorb); }
constexpr std::string_view word(ExpiryPolicy expiry) { return word_of(expiries, expiry); }
constexpr std::string_view word(Payment pay) { return word_of(payments, pay); }
constexpr std::string_view word(AlarmKind kind) { return word_of(alarm_kinds, kind); }
constexpr std::string_view word(AlarmWhen when) { return word_of(alarm_whens, when); }
constexpr std::string_view word(RenewalTrigger trigger) {
  return word_of(renewal_triggers, trigger);
}
constexpr std::string_view word(RenewalSkip skip) { return word_of(renewal_skips, skip); }

}  // namespace packledger::words
