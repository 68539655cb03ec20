#include "serve/ws_session.hpp"

#include "serve/service.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <spdlog/spdlog.h>

#include <exception>
#include <string_view>
#include <utility>

namespace packledger::serve {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
namespace {

constexpr auto waiting = asio::as_tuple(asio::use_awaitable);

class WatchSession final : public Connection, public std::enable_shared_from_this<WatchSession> {
 public:
  WatchSession(asio::ip::tcp::socket socket, std::shared_ptr<Service> service);

  asio::awaitable<void> run(std::string received);
  void finish() override;
  void cut() override { beast::get_lowest_layer(stream_).close(); }

 private:
  void limit();
  asio::awaitable<void> read();
  asio::awaitable<void> write();
  asio::awaitable<void> close(websocket::close_reason reason);
  void end();

  // Shared: see Service. Before the watcher, which speaks to it when it goes.
  std::shared_ptr<Service> service_;
  websocket::stream<beast::tcp_stream> stream_;
  asio::steady_timer news_;     // cancelled when there may be something to write
  asio::steady_timer drained_;  // cancelled when something was written
  Watcher watcher_;
  bool open_ = true;
  bool finishing_ = false;
};

WatchSession::WatchSession(asio::ip::tcp::socket socket, std::shared_ptr<Service> service)
    : service_(std::move(service)),
      stream_(std::move(socket)),
      news_(stream_.get_executor(), asio::steady_timer::time_point::max()),
      drained_(stream_.get_executor(), asio::steady_timer::time_point::max()),
      watcher_(service_->subscriptions, service_->limits, [this] { news_.cancel(); }) {}

void WatchSession::finish() {
  finishing_ = true;
  news_.cancel();
}

// Ends both halves: each notices at its next step.
void WatchSession::end() {
  open_ = false;
  news_.cancel();
  drained_.cancel();
}

void WatchSession::limit() {
  const Limits& limits = service_->limits;
  stream_.set_option(websocket::stream_base::timeout{.handshake_timeout = limits.header_timeout,
                                                     .idle_timeout = 2 * limits.ping_interval,
                                                     .keep_alive_pings = true});
  stream_.read_message_max(limits.watch_message_bytes_max);
  stream_.text(true);
}

asio::awaitable<void> WatchSession::run(std::string received) {
  const Opened opened(*service_, *this);
  ++service_->metrics.watchers_open;
  limit();
  const auto [failed] = co_await stream_.async_accept(asio::buffer(received), waiting);
  if (!failed) {
    // The reader runs beside us and holds the session until its last read has come back.
    asio::co_spawn(
        stream_.get_executor(),
        [](std::shared_ptr<WatchSession> self) -> asio::awaitable<void> {
          co_await self->read();
        }(shared_from_this()),
        [](const std::exception_ptr&) {});
    co_await write();
  }
  end();
  beast::get_lowest_layer(stream_).close();
  --service_->metrics.watchers_open;
}

asio::awaitable<void> WatchSession::read() {
  beast::flat_buffer buffer;
  while (open_) {
    if (watcher_.choked()) {
      co_await drained_.async_wait(waiting);
      continue;
    }
    const auto [failed, bytes] = co_await stream_.async_read(buffer, waiting);
    if (failed) break;
    const std::string_view message{static_cast<const char*>(buffer.data().data()), buffer.size()};
    watcher_.take(stream_.got_text() ? message : std::string_view{});
    buffer.consume(buffer.size());
  }
  end();
}

asio::awaitable<void> WatchSession::write() {
  while (open_) {
    if (finishing_) {
      co_return co_await close({websocket::close_code::going_away, "the daemon stops"});
    }
    if (const Text text = watcher_.next()) {
      const auto [failed, bytes] = co_await stream_.async_write(asio::buffer(*text), waiting);
      if (failed) co_return;
      ++service_->metrics.watch_messages;
      drained_.cancel();
    } else if (watcher_.failed()) {
      co_return co_await close({websocket::close_code::internal_error, "the journal failed"});
    } else if (watcher_.behind()) {
      co_await asio::post(stream_.get_executor(), waiting);  // the others get their turn
    } else {
      co_await news_.async_wait(waiting);
    }
  }
}

asio::awaitable<void> WatchSession::close(websocket::close_reason reason) {
  co_await stream_.async_close(reason, waiting);
}

}  // namespace

asio::awaitable<void> serve_watch(asio::ip::tcp::socket socket, std::string received,
                                  std::shared_ptr<Service> service) {
  // Shared by the two coroutines that read and write.
  const auto session = std::make_shared<WatchSession>(std::move(socket), std::move(service));
  co_await session->run(std::move(received));
}

}  // namespace packledger::serve
