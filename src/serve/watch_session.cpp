#include "serve/watch_session.hpp"

#include "serve/frames.hpp"
#include "serve/http_head.hpp"
#include "serve/service.hpp"
#include "serve/watcher.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger::serve {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;
namespace {

constexpr auto waiting = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t texts_bytes_max = std::size_t{64} * 1024;  // of one write
constexpr std::size_t writes_per_turn = 4;  // of one watcher, before the others get their turn
constexpr std::size_t read_bytes = std::size_t{16} * 1024;
constexpr std::size_t reads_per_turn = 4;
// What the system keeps for a client that reads slowly is old when it gets there, and is memory;
// this much still fills a line of 5 MB/s with 50 ms between the ends. (The system doubles it.)
constexpr int socket_bytes = 128 * 1024;
constexpr unsigned quiet_beats_max = 2 * Heartbeat::beats_per_ping;
constexpr unsigned closing_beats_max = 10;  // of waiting for the client's close: about 9 s
constexpr unsigned event_beats = Heartbeat::beats_per_ping / 2;  // between two signs of life
constexpr std::string_view sign_of_life = ": still here\n\n";

enum class Form : std::uint8_t { frames, events };

class WatchSession final : public Connection,
                           public Heartbeat::Listener,
                           public std::enable_shared_from_this<WatchSession> {
 public:
  WatchSession(tcp::socket socket, std::shared_ptr<Service> service, Form form);

  // Comes back when it has ended. `early` came behind the upgrade.
  asio::awaitable<void> run(std::string_view early);
  void watch(const WatchAsked& asked);

  void finish() override;
  void cut() override { end(); }
  void beat() override;

 private:
  // A client that talks without listening is not heard, unless to the end.
  [[nodiscard]] bool listens() const { return closing_ || !watcher_.choked(); }
  void read_on();
  void receive();
  void take_bytes(std::string_view bytes);
  void take_messages();
  void take(const FrameReader::Message& message);

  void flush();
  void fill();
  bool write_some();
  void block();
  void flush_later();
  void after_flush();
  void say(FrameKind kind, std::string_view payload);
  void close(CloseCode code, std::string_view reason);
  void give_up(std::string_view reason);
  void end();
  void append(const WatchText& text, std::string& to) const;

  std::shared_ptr<Service> service_;  // shared: see Service; before the watcher
  tcp::socket socket_;
  asio::steady_timer ended_;  // cancelled at the end
  const Form form_;
  FrameReader frames_;
  Watcher watcher_;

  std::vector<Text> texts_;          // being written
  std::size_t written_ = 0;          // bytes of them
  std::string urgent_;               // whole frames, or lines of events, that go out next
  std::optional<std::string> pong_;  // the payload; the answer to the last ping is enough
  unsigned quiet_ = 0;               // beats since a sign of life, or since the last event
  unsigned blocked_beats_ = 0;       // since the socket has taken something
  const unsigned blocked_beats_max_;
  unsigned closing_beats_ = 0;
  bool reading_ = true;    // waits for the socket, or is about to
  bool unheard_ = false;   // messages have come that wait until the client listens
  bool blocked_ = false;   // the socket takes nothing now
  bool posted_ = false;    // flush() will be called
  bool deaf_ = false;      // what comes is thrown away
  bool closing_ = false;   // nothing is told any more
  bool answered_ = false;  // the client has closed, too
  bool has_ended_ = false;
};

WatchSession::WatchSession(tcp::socket socket, std::shared_ptr<Service> service, Form form)
    : service_(std::move(service)),
      socket_(std::move(socket)),
      ended_(socket_.get_executor(), asio::steady_timer::time_point::max()),
      form_(form),
      frames_(service_->limits.watch_message_bytes_max),
      watcher_(service_->subscriptions, service_->limits, [this] { flush(); }),
      blocked_beats_max_(service_->heartbeat.beats_in(service_->limits.write_timeout)) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::socket_base::send_buffer_size(socket_bytes), ignored);
}

asio::awaitable<void> WatchSession::run(std::string_view early) {
  const Opened opened(*service_, *this);
  const Heartbeat::Place place(service_->heartbeat, *this);
  ++service_->metrics.watchers_open;
  take_bytes(early);
  flush();
  read_on();
  while (!has_ended_) co_await ended_.async_wait(waiting);
  --service_->metrics.watchers_open;
}

void WatchSession::watch(const WatchAsked& asked) {
  const bool begins = asked.kind == WatchKind::entries && !asked.gap;
  if (!watcher_.take(asked)) return;
  // A client that goes away before the first entry comes back to where it began.
  if (begins) {
    const Sequence from = asked.from.value_or(service_->positions.last());
    urgent_ += "id: " + std::to_string(from.value) + "\n\n";
  }
}

// ---- its end ----

void WatchSession::finish() { close(CloseCode::going_away, "the daemon stops"); }

void WatchSession::close(CloseCode code, std::string_view reason) {
  if (std::exchange(closing_, true)) return;
  if (form_ == Form::frames) append_close_frame(urgent_, code, reason);
  flush_later();
}

// Ends what has been begun, says why, and does not wait until that is taken: a client that reads on
// later hears it, as far as the system kept it.
void WatchSession::give_up(std::string_view reason) {
  std::string goodbye;
  if (!closing_) {
    std::size_t begins = 0;
    for (const Text& text : texts_) {
      std::string piece;
      append(*text, piece);
      const bool begun = begins < written_ && written_ < begins + piece.size();
      if (begun) goodbye = piece.substr(written_ - begins);
      begins += piece.size();
    }
    if (form_ == Form::frames) {
      append_close_frame(goodbye, CloseCode::policy, reason);
    } else {
      const RequestFault slow{.code = "too_slow", .field{}, .detail{reason}};
      append(*watcher_.fault_text(slow), goodbye);
    }
  }
  error_code ignored;
  socket_.set_option(asio::socket_base::send_buffer_size(2 * socket_bytes), ignored);
  socket_.write_some(asio::buffer(goodbye), ignored);
  end();
}

// Each handler that waits notices; the coroutine of run() lets go of us.
void WatchSession::end() {
  has_ended_ = true;
  error_code ignored;
  socket_.close(ignored);
  ended_.cancel();
}

void WatchSession::beat() {
  ++quiet_;
  if (closing_ && ++closing_beats_ >= closing_beats_max) return end();
  if (blocked_ && ++blocked_beats_ > blocked_beats_max_) {
    service_->metrics.slow(Slow::watcher);
    return give_up("nothing was read for too long");
  }
  if (form_ == Form::frames) {
    if (quiet_ >= quiet_beats_max) {
      service_->metrics.slow(Slow::silence);
      return give_up("no sign of life came for too long");
    }
    if (quiet_ != Heartbeat::beats_per_ping || blocked_) return;
    say(FrameKind::ping, {});
  } else {
    if (blocked_ || quiet_ < event_beats) return;
    urgent_ += sign_of_life;
  }
  flush_later();
}

// ---- what the client says ----

// Unless it is to listen first; then flush() goes on with it.
void WatchSession::read_on() {
  reading_ = !has_ended_ && !unheard_;
  if (!reading_) return;
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](const error_code& failed) {
    if (failed) return self->end();
    self->receive();
  });
}

void WatchSession::receive() {
  std::string& room = service_->watch_read;
  room.resize(read_bytes);
  for (std::size_t i = 0; i < reads_per_turn && !unheard_; ++i) {
    error_code failed;
    const std::size_t bytes = socket_.read_some(asio::buffer(room), failed);
    if (failed == asio::error::would_block) break;
    if (failed) return end();
    if (form_ == Form::frames) quiet_ = 0;
    take_bytes({room.data(), bytes});
  }
  flush();
  read_on();
}

void WatchSession::take_bytes(std::string_view bytes) {
  if (deaf_ || form_ == Form::events) return;  // of events nothing can be asked
  frames_.came(bytes);
  take_messages();
}

void WatchSession::take_messages() {
  unheard_ = false;
  while (!deaf_) {
    unheard_ = !listens();
    if (unheard_) return;
    const auto message = frames_.next();
    if (!message) {
      deaf_ = true;
      return close(message.error().code, message.error().reason);
    }
    if (!*message) return;
    take(**message);
  }
}

void WatchSession::take(const FrameReader::Message& message) {
  switch (message.kind) {
    case FrameKind::text:
    case FrameKind::binary:
      if (!closing_)
        watcher_.take(message.kind == FrameKind::text ? message.payload : std::string_view{});
      return;
    case FrameKind::ping: pong_ = message.payload; return;
    case FrameKind::pong: return;
    case FrameKind::close:
      deaf_ = answered_ = true;
      if (!std::exchange(closing_, true)) say(FrameKind::close, message.payload.substr(0, 2));
      return;
  }
}

// ---- what it is told ----

void WatchSession::say(FrameKind kind, std::string_view payload) {
  append_frame_head(urgent_, kind, payload.size());
  urgent_ += payload;
}

void WatchSession::flush_later() {
  if (std::exchange(posted_, true)) return;
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    self->posted_ = false;
    self->flush();
  });
}

void WatchSession::flush() {
  bool looked = false;
  for (std::size_t writes = 0; !blocked_ && !has_ended_;) {
    if (texts_.empty()) fill();
    if (texts_.empty()) {
      if (closing_ || looked || !watcher_.behind()) break;
      looked = true;
      watcher_.look();
    } else if (writes++ == writes_per_turn) {
      return flush_later();
    } else if (!write_some()) {
      return block();
    }
  }
  if (!blocked_ && !has_ended_) after_flush();
}

void WatchSession::fill() {
  if (pong_ && form_ == Form::frames) say(FrameKind::pong, *pong_);
  pong_.reset();
  if (!urgent_.empty()) texts_.push_back(std::make_shared<WatchText>(std::exchange(urgent_, {})));
  std::size_t bytes = 0;
  while (!closing_ && bytes < texts_bytes_max) {
    Text text = watcher_.next();
    if (text == nullptr) return;
    bytes += text->size();
    ++service_->metrics.watch_messages;
    texts_.push_back(std::move(text));
  }
}

void WatchSession::append(const WatchText& text, std::string& to) const {
  if (form_ == Form::frames) {
    to += text.frame();
  } else {
    to.append(text.event_head()).append(text.event_body());
  }
}

// False where the socket takes nothing more now.
bool WatchSession::write_some() {
  std::string& room = service_->watch_written;
  room.clear();
  for (const Text& text : texts_) {
    append(*text, room);
  }
  const std::string_view left = std::string_view{room}.substr(written_);
  error_code failed;
  const std::size_t bytes = socket_.write_some(asio::buffer(left), failed);
  if (failed == asio::error::would_block) return false;
  if (failed) {
    end();
    return true;
  }
  ++service_->metrics.watch_writes;
  if (form_ == Form::events) quiet_ = 0;
  written_ += bytes;
  if (written_ < room.size()) return false;
  written_ = 0;
  texts_.clear();
  constexpr std::size_t kept_max = 16;
  if (texts_.capacity() > kept_max) texts_.shrink_to_fit();
  return true;
}

void WatchSession::block() {
  blocked_ = true;
  blocked_beats_ = 0;
  socket_.async_wait(tcp::socket::wait_write,
                     [self = shared_from_this()](const error_code& failed) {
                       self->blocked_ = false;
                       if (failed) return self->end();
                       self->quiet_ = 0;
                       self->flush();
                     });
}

// All is written that there is.
void WatchSession::after_flush() {
  if (closing_) {
    if (answered_ || form_ == Form::events) end();
  } else if (watcher_.failed()) {
    close(CloseCode::internal_error, "the journal failed");
  } else if (watcher_.behind()) {
    flush_later();
  }
  if (has_ended_) return;
  if (unheard_) {
    take_messages();
    flush_later();
  }
  if (!reading_) read_on();
}

// ---- the upgrade ----

// Beast answers it, and nothing else; then the socket is ours. Nothing where it was refused.
asio::awaitable<std::optional<tcp::socket>> shake_hands(tcp::socket socket, std::string_view head,
                                                        const Limits& limits) {
  websocket::stream<beast::tcp_stream> stream(std::move(socket));
  stream.set_option(websocket::stream_base::timeout{.handshake_timeout = limits.header_timeout,
                                                    .idle_timeout = websocket::stream_base::none(),
                                                    .keep_alive_pings = false});
  const auto [failed] = co_await stream.async_accept(asio::buffer(head), waiting);
  if (failed) co_return std::nullopt;
  co_return stream.next_layer().release_socket();
}

}  // namespace

asio::awaitable<void> serve_watch(tcp::socket socket, std::string received,
                                  std::shared_ptr<Service> service) {
  const std::size_t head = head_bytes(received);
  auto open = co_await shake_hands(std::move(socket), std::string_view{received}.substr(0, head),
                                   service->limits);
  if (!open) co_return;
  // Shared by the handlers that wait for the socket.
  const auto session =
      std::make_shared<WatchSession>(std::move(*open), std::move(service), Form::frames);
  co_await session->run(std::string_view{received}.substr(head));
}

asio::awaitable<void> serve_events(tcp::socket socket, WatchAsked asked,
                                   std::shared_ptr<Service> service) {
  const auto session =
      std::make_shared<WatchSession>(std::move(socket), std::move(service), Form::events);
  session->watch(asked);
  co_await session->run({});
}

}  // namespace packledger::serve
