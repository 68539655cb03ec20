#include "serve/test_clock.hpp"

#include "serve/asking.hpp"
#include "serve/later.hpp"
#include "serve/service.hpp"

#include <algorithm>
#include <optional>

namespace packledger::serve {
namespace asio = boost::asio;
namespace {

struct Due {
  Sequence position;
  std::optional<Instant> next;
};

// The question makes the engine turn, at the time of the clock as it is now: what is due then fires
// first, then we are answered. Of more timers than one turn takes the rest is still due.
asio::awaitable<std::optional<Due>> turn(Service& service) {
  Later<Due> later(service.executor);
  packledger::Request question = Question{[give = later.giver()](const Ledger& ledger) {
    give(Due{ledger.last(), ledger.next_due()});
  }};
  if (!service.doors.inbox.put(std::move(question))) co_return std::nullopt;
  co_return co_await later.taken();
}

}  // namespace

asio::awaitable<Result<Sequence, Problem>> advance_clock(Service& service, Instant target) {
  TestClock& clock = *service.doors.test_clock;
  for (;;) {
    const std::optional<Due> due = co_await turn(service);
    if (!due) co_return std::unexpected(Problem{.code = "busy"});
    const bool fires = due->next && *due->next <= target;
    if (!fires && clock.now() >= target) co_return due->position;
    clock.set(fires ? std::max(*due->next, clock.now()) : target);
  }
}

}  // namespace packledger::serve
