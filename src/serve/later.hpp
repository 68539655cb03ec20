// Later: an answer that comes once, from another thread or from a reply, to a coroutine of the
// front.
//
//   Later<Answer> later(executor);
//   request.reply = later.giver();
//   co_return co_await later.taken();
//
// Owner: the coroutine that waits. giver() may be called on any thread, giver_here() on the
// front's, once; if it is dropped without a call, the coroutine waits until the io_context ends.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace packledger::serve {

template <class Answer> class Later {
 public:
  explicit Later(const boost::asio::any_io_executor& executor)
      : place_(std::make_shared<Place>(executor)) {}

  [[nodiscard]] auto giver() {
    return [place = place_](Answer answer) {
      boost::asio::post(place->timer.get_executor(), [place, answer = std::move(answer)]() mutable {
        place->take(std::move(answer));
      });
    };
  }
  [[nodiscard]] auto giver_here() {
    return [place = place_](Answer answer) { place->take(std::move(answer)); };
  }

  [[nodiscard]] boost::asio::awaitable<Answer> taken() {
    while (!place_->answer)
      co_await place_->timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    co_return std::move(*place_->answer);
  }

 private:
  struct Place {
    explicit Place(const boost::asio::any_io_executor& executor)
        : timer(executor, boost::asio::steady_timer::time_point::max()) {}
    void take(Answer given) {
      answer.emplace(std::move(given));
      timer.cancel();
    }
    boost::asio::steady_timer timer;  // touched on the front thread only
    std::optional<Answer> answer;
  };
  std::shared_ptr<Place> place_;  // shared: the giver lives inside a request of the engine
};

}  // namespace packledger::serve
