// Promises: the invariants of docs/proof.md by number and name, for the reports of every campaign.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace packledger::sim {

enum class Promise : std::uint8_t {
  rules,
  conservation,
  totals,
  durable,
  prefix,
  once,
  replay,
  timers,
  alarms,
  notices,
  ack_order,
  reads,
  watchers,
  chain,
  one_writer,
  bounds,
  upgrade,
};
inline constexpr std::array<std::string_view, 17> promise_names{
    "decided by the rules",
    "conservation",
    "totals",
    "durable",
    "prefix",
    "once",
    "replay",
    "timers",
    "alarms and renewals",
    "notices",
    "order of acknowledgement",
    "reads",
    "watchers",
    "chain",
    "one writer",
    "bounds",
    "upgrade",
};
inline constexpr std::size_t promises = promise_names.size();
[[nodiscard]] constexpr std::string_view promise_text(Promise promise) {
  return promise_names[static_cast<std::size_t>(promise)];
}

}  // namespace packledger::sim
