#include "serve/positions.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace packledger::serve {
namespace asio = boost::asio;

void Positions::reached(Sequence last) {
  last_ = last;
  for (Waiter& waiter : waiters_) {
    if (waiter.position <= last_) waiter.timer.cancel();
  }
}

asio::awaitable<void> Positions::wait_for(Sequence position, std::chrono::milliseconds at_most) {
  if (stopped_ || position <= last_ || at_most.count() == 0) co_return;
  const auto waiter = waiters_.emplace(waiters_.end(), position, asio::steady_timer(executor_));
  waiter->timer.expires_after(at_most);
  co_await waiter->timer.async_wait(asio::as_tuple(asio::use_awaitable));
  waiters_.erase(waiter);
}

void Positions::stop() {
  stopped_ = true;
  for (Waiter& waiter : waiters_) waiter.timer.cancel();
}

}  // namespace packledger::serve
