// Advancing the test clock, from one due timer to the next. Coroutines of the front thread.
#pragma once

#include "packledger/ledger/result.hpp"
#include "packledger/ledger/time.hpp"
#include "serve/problem.hpp"

#include <boost/asio/awaitable.hpp>

namespace packledger::serve {

struct Service;

// Returns when every timer that is due at `target` or before has fired, and the clock stands there.
// Needs the test clock. The position after it.
[[nodiscard]] boost::asio::awaitable<Result<Sequence, Problem>> advance_clock(Service& service,
                                                                              Instant target);

}  // namespace packledger::serve
