// Reading the journal in pieces, so that a long walk never holds up the other connections.
// Coroutines of the front thread.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/id.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace packledger::serve {

struct Service;

inline constexpr std::size_t entries_per_piece = 2'048;  // well below 10 ms

struct Walk {
  Sequence from;
  Sequence last;                // none after it is looked at
  std::size_t entries_max = 0;  // looked at, not found
};
struct Walked {
  Sequence next;     // where to go on
  bool read = true;  // false: the journal could not be read
};
// Visits entries in order until `visit` returns false or the walk is over.
[[nodiscard]] boost::asio::awaitable<Walked> walk_journal(Service& service, Walk walk,
                                                          std::function<bool(const Entry&)> visit);

// The entries at these positions, all of which the journal has, in the order asked for; nothing
// where it cannot be read.
[[nodiscard]] boost::asio::awaitable<std::optional<std::vector<Entry>>> read_entries(
    Service& service, std::vector<Sequence> positions);

// The last entry that was recorded at that time or before; 0 where there is none.
[[nodiscard]] boost::asio::awaitable<std::optional<Sequence>> position_at(Service& service,
                                                                          Instant at);

}  // namespace packledger::serve
