// What a client may say on GET /v1/watch, read from its JSON. Pure functions, any thread.
#pragma once

#include "packledger/ledger/id.hpp"
#include "packledger/ledger/result.hpp"
#include "wire/requests.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::serve {

enum class WatchKind : std::uint8_t { balances, entries };
[[nodiscard]] std::string_view kind_text(WatchKind kind);

struct WatchAsked {
  WatchKind kind = WatchKind::balances;
  bool drop = false;  // "unwatch"
  std::vector<std::string> accounts;
  std::optional<Sequence> from;  // what the client has; what comes after it is told
  // What the client has seen last is not in the journal: it gets fresh snapshots, marked as such.
  bool gap = false;
};

// {"watch": "balances" | "entries", "accounts": […], "from"?: n}
// {"unwatch": "balances" | "entries", "accounts"?: […]}; without accounts all of that kind
[[nodiscard]] Result<WatchAsked, RequestFault> read_watch(std::string_view message,
                                                          std::size_t accounts_max);

}  // namespace packledger::serve
