#include "serve/load_client.hpp"

#include "serve/server_address.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <cstdint>
#include <utility>
#include <vector>

namespace packledger {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t read_bytes = std::size_t{64} * 1024;
constexpr std::string_view hung_up = "the daemon closed the connection";

}  // namespace

class LoadClient::State {
 public:
  State(std::string_view url, LoadOptions options)
      : url_{url}, server_{parse_server_address(url)}, options_{std::move(options)} {
    if (server_) parties_ = {.authority = server_->authority, .key = options_.client.key};
  }

  Result<void, ClientFault> connect() {
    if (!server_) {
      return std::unexpected(ClientFault{ClientFaultCode::invalid_url,
                                         "'" + url_ + "' is not the address of a server"});
    }
    error_code error;
    tcp::resolver resolver{io_};
    const auto endpoints = resolver.resolve(server_->host, server_->port, error);
    if (error) {
      return std::unexpected(ClientFault{ClientFaultCode::unreachable,
                                         server_->host + " is not known here: " + error.message()});
    }
    for (std::size_t i = 0; i < options_.connections; ++i) {
      connections_.push_back(
          std::make_unique<Connection>(io_, i, options_.client.answer_bytes_max));
      if (auto opened = open(*connections_.back(), endpoints); !opened) return opened;
    }
    return {};
  }

  void ask(std::size_t connection, const HttpAsk& ask) {
    Connection& line = *connections_[connection];
    append_request(line.waiting, parties_, ask);
    start_writing(line);
  }

  void send(std::size_t connection, std::string_view message) {
    write_frame(*connections_[connection], FrameKind::binary, message);
  }

  Result<void, ClientFault> wait(std::optional<std::chrono::nanoseconds> timeout,
                                 const Take& take) {
    take_ = &take;
    answers_ = 0;
    for (const auto& line : connections_) {
      if (std::exchange(line->unseen, false)) give(*line);
    }
    if (timeout && timeout->count() <= 0) {
      io_.restart();
      io_.poll();
      return end_wait();
    }
    const std::uint64_t wait = ++waits_;
    bool over = false;
    if (timeout) {
      timer_.expires_after(*timeout);
      timer_.async_wait([this, wait, &over](const error_code& error) {
        if (!error && wait == waits_) over = true;
      });
    }
    io_.restart();
    while (answers_ == 0 && !over && !fault_) {
      if (io_.run_one_for(options_.client.answer_timeout) != 0) continue;
      fault_ = ClientFault{ClientFaultCode::timeout, "the daemon does not answer"};
    }
    // What else is ready is taken along, so that many small answers cost one round.
    if (!over && !fault_) io_.poll();
    if (timeout) {
      timer_.cancel();
      io_.restart();
      io_.poll();  // the timer's handler looks at `over`
    }
    return end_wait();
  }

 private:
  struct Connection {
    Connection(asio::io_context& io, std::size_t index, std::size_t bytes_max)
        : number{index}, socket{io}, reader{bytes_max} {}
    std::size_t number;
    tcp::socket socket;
    ClientReader reader;
    std::string waiting;  // to be written behind what is being written
    std::string writing;
    bool busy = false;    // writing
    bool frames = false;  // the WebSocket is open
    bool unseen = false;  // something may have come that was not given out
  };

  Result<void, ClientFault> end_wait() {
    take_ = nullptr;
    if (fault_) return std::unexpected(*fault_);
    return {};
  }

  Result<void, ClientFault> open(Connection& line, const tcp::resolver::results_type& endpoints) {
    error_code error = asio::error::timed_out;
    bool done = false;
    asio::async_connect(line.socket, endpoints, [&](const error_code& got, const tcp::endpoint&) {
      error = got;
      done = true;
    });
    io_.restart();
    while (!done && io_.run_one_for(options_.client.connect_timeout) != 0) {
    }
    if (error) {
      error_code ignored;
      line.socket.close(ignored);
      if (!done) io_.poll();  // the handler looks at `done`
      return std::unexpected(
          ClientFault{ClientFaultCode::unreachable,
                      "nobody answers at " + server_->authority + ": " + error.message()});
    }
    error_code ignored;
    line.socket.set_option(tcp::no_delay{true}, ignored);  // only speed depends on it
    if (options_.websocket.empty()) {
      start_reading(line);
      return {};
    }
    return shake_hands(line);
  }

  Result<void, ClientFault> shake_hands(Connection& line) {
    append_upgrade(line.waiting, parties_, options_.websocket);
    start_writing(line);
    read_handshake(line);
    io_.restart();
    while (!line.frames && !fault_) {
      if (io_.run_one_for(options_.client.answer_timeout) != 0) continue;
      fault_ = ClientFault{ClientFaultCode::timeout, "the daemon does not answer"};
    }
    if (fault_) return std::unexpected(*fault_);
    start_reading(line);
    return {};
  }

  void read_handshake(Connection& line) {
    const auto room = line.reader.room(read_bytes);
    line.socket.async_read_some(
        asio::buffer(room.data(), room.size()),
        [this, &line](const error_code& error, std::size_t bytes) {
          if (error) return fail({ClientFaultCode::closed, std::string(hung_up)});
          line.reader.came(bytes);
          const auto answer = line.reader.next_answer();
          if (!answer) return fail(answer.error());
          if (!*answer) return read_handshake(line);
          if ((*answer)->status != 101) {
            return fail({ClientFaultCode::protocol,
                         "no WebSocket: the server answered " + std::to_string((*answer)->status)});
          }
          line.frames = true;
        });
  }

  // What comes while nobody waits stays in the reader.
  void start_reading(Connection& line) {
    if (take_ == nullptr) line.unseen = true;
    if (take_ != nullptr && !give(line)) return;
    const auto room = line.reader.room(read_bytes);
    line.socket.async_read_some(
        asio::buffer(room.data(), room.size()),
        [this, &line](const error_code& error, std::size_t bytes) {
          if (error) {
            return fail({ClientFaultCode::closed, std::string(hung_up) + ": " + error.message()});
          }
          line.reader.came(bytes);
          start_reading(line);
        });
  }

  // Gives out every whole answer; false after a fault.
  bool give(Connection& line) { return line.frames ? give_messages(line) : give_answers(line); }

  bool give_answers(Connection& line) {
    for (;;) {
      const auto answer = line.reader.next_answer();
      if (!answer) return failed(answer.error());
      if (!*answer) return true;
      ++answers_;
      (*take_)({.connection = line.number, .status = (*answer)->status, .body = (*answer)->body});
    }
  }

  bool give_messages(Connection& line) {
    for (;;) {
      const auto message = line.reader.next_message();
      if (!message) return failed(message.error());
      if (!*message) return true;
      const std::string_view payload = (*message)->payload;
      switch ((*message)->kind) {
        case FrameKind::text:
        case FrameKind::binary:
          ++answers_;
          (*take_)({.connection = line.number, .status = 0, .body = payload});
          break;
        case FrameKind::ping: write_frame(line, FrameKind::pong, payload); break;
        case FrameKind::pong: break;
        case FrameKind::close: {
          const std::string why{payload.size() > 2 ? payload.substr(2) : std::string_view{}};
          return failed({ClientFaultCode::closed,
                         why.empty() ? std::string(hung_up) : std::string(hung_up) + ": " + why});
        }
      }
    }
  }

  void write_frame(Connection& line, FrameKind kind, std::string_view payload) {
    // Masks hide patterns from proxies; between us and a daemon that we load there is none, so any
    // changing number will do.
    mask_ = mask_ * 1'664'525U + 1'013'904'223U;
    append_frame(line.waiting, kind, payload, {mask_});
    start_writing(line);
  }

  void start_writing(Connection& line) {
    if (line.busy || line.waiting.empty()) return;
    line.busy = true;
    line.writing.swap(line.waiting);
    line.waiting.clear();
    asio::async_write(
        line.socket, asio::buffer(line.writing),
        [this, &line](const error_code& error, std::size_t) {
          line.busy = false;
          if (error) {
            return fail({ClientFaultCode::closed, std::string(hung_up) + ": " + error.message()});
          }
          start_writing(line);
        });
  }

  // The first fault is the cause of all others.
  void fail(ClientFault fault) {
    if (!fault_) fault_ = std::move(fault);
  }
  bool failed(ClientFault fault) {
    fail(std::move(fault));
    return false;
  }

  std::string url_;
  std::optional<ServerAddress> server_;
  LoadOptions options_;
  HttpParties parties_;
  asio::io_context io_{1};
  asio::steady_timer timer_{io_};
  std::vector<std::unique_ptr<Connection>> connections_;
  const Take* take_ = nullptr;  // of the wait() that runs
  std::size_t answers_ = 0;     // given out by it
  std::uint64_t waits_ = 0;
  std::optional<ClientFault> fault_;
  std::uint32_t mask_ = 1;
};

LoadClient::LoadClient(std::string_view server, LoadOptions options)
    : state_{std::make_unique<State>(server, std::move(options))} {}
LoadClient::~LoadClient() = default;

Result<void, ClientFault> LoadClient::connect() { return state_->connect(); }

void LoadClient::ask(std::size_t connection, const HttpAsk& ask) { state_->ask(connection, ask); }

void LoadClient::send(std::size_t connection, std::string_view message) {
  state_->send(connection, message);
}

Result<void, ClientFault> LoadClient::wait(std::optional<std::chrono::nanoseconds> timeout,
                                           const Take& take) {
  return state_->wait(timeout, take);
}

}  // namespace packledger
