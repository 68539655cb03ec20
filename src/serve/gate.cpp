#include "serve/gate.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace packledger::serve {
namespace asio = boost::asio;

Gate::Gate(asio::any_io_executor executor, std::size_t inside_max)
    : executor_(std::move(executor)), inside_max_(inside_max) {}

asio::awaitable<void> Gate::enter(std::size_t size) {
  size = std::min(size, inside_max_);
  if (waiting_.empty() && inside_max_ - inside_ >= size) {
    inside_ += size;
    co_return;
  }
  const auto place = waiting_.emplace(
      waiting_.end(), asio::steady_timer(executor_, asio::steady_timer::time_point::max()), size);
  while (!place->let_in) co_await place->timer.async_wait(asio::as_tuple(asio::use_awaitable));
  waiting_.erase(place);
}

void Gate::leave(std::size_t size) {
  inside_ -= std::min(size, inside_max_);
  for (Waiting& next : waiting_) {
    if (next.let_in) continue;
    if (inside_max_ - inside_ < next.size) return;
    inside_ += next.size;
    next.let_in = true;
    next.timer.cancel();
  }
}

}  // namespace packledger::serve
