#include "serve/publish_session.hpp"

#include "packledger/ledger/result.hpp"
#include "serve/asking.hpp"
#include "serve/service.hpp"
#include "wire/publish_codec.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>
#include <deque>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger::serve {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
namespace {

constexpr auto waiting = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t read_bytes = std::size_t{64} * 1024;   // a batch of 1,000 in one piece
constexpr std::size_t answer_bytes = 32;                     // of one send, where it is refused
constexpr std::chrono::milliseconds inbox_pause{1};          // until a full inbox is tried again
constexpr std::chrono::milliseconds goodbye_timeout{1'000};  // of the close of who is too slow

class PublishSession final : public Connection,
                             public std::enable_shared_from_this<PublishSession> {
 public:
  PublishSession(asio::ip::tcp::socket socket, std::shared_ptr<Service> service);

  asio::awaitable<void> run(std::string received);
  void finish() override;
  void cut() override;

 private:
  // A batch that was taken and whose answer was not written yet.
  struct Batch {
    std::uint64_t number = 0;  // the client's
    std::vector<SendRefused> refused;
    std::size_t bytes = 0;         // of its message
    std::size_t answer_bytes = 0;  // about so many; exactly, once it is there
    std::size_t room = 0;          // of large_bodies
    std::optional<std::string> answer;
  };

  void limit();
  asio::awaitable<void> read();
  asio::awaitable<bool> read_message();
  void on_arrival(std::chrono::milliseconds time, void (PublishSession::*then)());
  void give_up_message();
  asio::awaitable<void> take_message();
  asio::awaitable<void> put(SendBatch batch);
  asio::awaitable<void> write();
  asio::awaitable<bool> write_message(const std::string& message);
  [[nodiscard]] bool has_room() const;
  [[nodiscard]] Batch& batch(std::uint64_t place) { return batches_[place - first_place_]; }
  void answered(std::uint64_t place, SendsAnswered told);
  void keep_answer(Batch& batch, std::string answer);
  void end(websocket::close_reason reason);
  void break_off();

  std::shared_ptr<Service> service_;  // shared: see Service
  websocket::stream<beast::tcp_stream> stream_;
  asio::steady_timer news_;      // cancelled when there may be something to write, or to end
  asio::steady_timer drained_;   // cancelled when there may be room again
  asio::steady_timer patience_;  // runs while an answer is written
  asio::steady_timer arrival_;   // runs while a message comes
  beast::flat_buffer buffer_;
  std::size_t room_ = 0;  // of large_bodies, for the message that is being read
  SendsRead read_;        // the last message; used again

  std::deque<Batch> batches_;                   // in the order in which they came
  std::uint64_t first_place_ = 0;               // of batches_.front(), counted from the first ever
  std::size_t asked_ = 0;                       // batches that the engine has, or is to get
  std::size_t bytes_ = 0;                       // of all batches_
  std::size_t answers_bytes_ = 0;               // of all batches_
  std::optional<websocket::close_reason> end_;  // nothing more is taken; why
  std::uint64_t arrivals_ = 0;                  // what arrival_ is set for, counted
  bool coming_ = false;                         // a part of a message is here, arrival_ runs
  bool reading_ = false;                        // the coroutine that reads runs
  bool broken_ = false;                         // nothing more can be written
};

PublishSession::PublishSession(asio::ip::tcp::socket socket, std::shared_ptr<Service> service)
    : service_(std::move(service)),
      stream_(std::move(socket)),
      news_(stream_.get_executor(), asio::steady_timer::time_point::max()),
      drained_(stream_.get_executor(), asio::steady_timer::time_point::max()),
      patience_(stream_.get_executor()),
      arrival_(stream_.get_executor()),
      buffer_(service_->limits.publish_message_bytes_max + 1) {}

// ---- its end ----

void PublishSession::end(websocket::close_reason reason) {
  if (!end_) end_ = std::move(reason);
  news_.cancel();
  drained_.cancel();
}

void PublishSession::finish() { end({websocket::close_code::going_away, "the daemon stops"}); }

void PublishSession::break_off() {
  broken_ = true;
  end({});
}

void PublishSession::cut() {
  beast::get_lowest_layer(stream_).close();
  break_off();
}

// ---- both halves ----

void PublishSession::limit() {
  const Limits& limits = service_->limits;
  stream_.set_option(websocket::stream_base::timeout{.handshake_timeout = limits.header_timeout,
                                                     .idle_timeout = 2 * limits.ping_interval,
                                                     .keep_alive_pings = true});
  stream_.read_message_max(0);  // ours to count: what is in flight is answered before we close
  stream_.auto_fragment(false);
  stream_.binary(true);
}

asio::awaitable<void> PublishSession::run(std::string received) {
  const Opened opened(*service_, *this);
  ++service_->metrics.publishers_open;
  limit();
  const auto [failed] = co_await stream_.async_accept(asio::buffer(received), waiting);
  if (!failed) {
    std::string greeting;
    write_send_results({.credit = static_cast<std::uint32_t>(service_->limits.publish_batches_max)},
                       greeting);
    if (co_await write_message(greeting)) {
      reading_ = true;
      // The reader runs beside us and holds the session until its last read has come back.
      asio::co_spawn(
          stream_.get_executor(),
          [](std::shared_ptr<PublishSession> self) -> asio::awaitable<void> {
            co_await self->read();
          }(shared_from_this()),
          [](const std::exception_ptr&) {});
      co_await write();
    }
  }
  beast::get_lowest_layer(stream_).close();
  break_off();
  while (reading_ || asked_ > 0) co_await news_.async_wait(waiting);
  for (const Batch& left : batches_) service_->large_bodies.leave(left.room);
  --service_->metrics.publishers_open;
}

// ---- reading ----

bool PublishSession::has_room() const {
  const Limits& limits = service_->limits;
  return batches_.size() < limits.publish_batches_max && bytes_ < limits.publish_bytes_max &&
         answers_bytes_ < limits.publish_answers_bytes_max;
}

asio::awaitable<void> PublishSession::read() {
  while (!end_) {
    if (!has_room()) {
      co_await drained_.async_wait(waiting);
    } else if (co_await read_message()) {
      const bool large = room_ > 0;
      co_await take_message();
      buffer_.consume(buffer_.size());
      if (large) buffer_.shrink_to_fit();  // its room is given back once it is answered
    }
  }
  service_->large_bodies.leave(std::exchange(room_, 0));
  reading_ = false;
  news_.cancel();
}

// False where there is none to take: the connection has ended, or is to.
asio::awaitable<bool> PublishSession::read_message() {
  const Limits& limits = service_->limits;
  do {
    if (room_ == 0 && buffer_.size() > limits.body_bytes_small) {
      coming_ = false;  // it is we who make the client wait
      co_await service_->large_bodies.enter(limits.publish_message_bytes_max);
      room_ = limits.publish_message_bytes_max;
    }
    const std::size_t left = buffer_.max_size() - buffer_.size();
    const auto [failed, bytes] =
        co_await stream_.async_read_some(buffer_, std::min(left, read_bytes), waiting);
    if (failed) {
      if (failed == beast::error::timeout) service_->metrics.slow(Slow::silence);
      break_off();
    } else if (stream_.got_text()) {
      end({websocket::close_code::unknown_data, "expected binary messages"});
    } else if (buffer_.size() > limits.publish_message_bytes_max) {
      end({websocket::close_code::too_big, "the message is too large"});
    }
    if (end_) co_return false;
    if (!std::exchange(coming_, true) && !stream_.is_message_done())
      on_arrival(limits.body_timeout, &PublishSession::give_up_message);
  } while (!stream_.is_message_done());
  coming_ = false;
  arrival_.cancel();
  co_return true;
}

void PublishSession::on_arrival(std::chrono::milliseconds time, void (PublishSession::*then)()) {
  arrival_.expires_after(time);
  const std::uint64_t awaited = ++arrivals_;
  arrival_.async_wait(
      [self = weak_from_this(), then, awaited](const boost::system::error_code& cancelled) {
        const auto session = self.lock();
        if (session && !cancelled && session->arrivals_ == awaited) (*session.*then)();
      });
}

void PublishSession::give_up_message() {
  if (!coming_) return;
  service_->metrics.slow(Slow::message);
  end({websocket::close_code::policy_error, "the message takes too long"});
  on_arrival(goodbye_timeout, &PublishSession::cut);
}

asio::awaitable<void> PublishSession::take_message() {
  const std::string_view bytes{static_cast<const char*>(buffer_.data().data()), buffer_.size()};
  read_.sends = service_->sends_spare.take();
  const auto good = read_send_batch(bytes, read_);
  if (!good && good.error().code == "invalid_protobuf") {
    co_return end({websocket::close_code::bad_payload, good.error().detail});
  }
  ++service_->metrics.publish_batches;
  const std::uint64_t place = first_place_ + batches_.size();
  batches_.push_back({.number = read_.batch,
                      .refused = std::move(read_.refused),
                      .bytes = bytes.size(),
                      .answer_bytes = answer_bytes * read_.count(),
                      .room = std::exchange(room_, 0),
                      .answer = std::nullopt});
  bytes_ += batch(place).bytes;
  answers_bytes_ += batch(place).answer_bytes;
  if (!good) {
    std::string refusal;
    write_batch_refusal(read_.batch, good.error(), refusal);
    keep_answer(batch(place), std::move(refusal));
  } else if (read_.sends.empty() && !read_.numbered) {
    answered(place, {});
  } else if (!read_.sends.empty() && service_->storage_full()) {
    std::string refusal;
    const RequestFault full{
        .code = "storage_full", .field = {}, .detail = "the disk has no room for more"};
    write_batch_refusal(read_.batch, full, refusal);
    keep_answer(batch(place), std::move(refusal));
  } else {
    SendBatch asked;
    asked.sends = std::move(read_.sends);
    asked.numbered = read_.numbered;
    // Weak: an engine that ends with requests unanswered must not end a session in its thread.
    asked.reply = [self = weak_from_this(), place](SendsAnswered told) {
      const auto session = self.lock();
      if (!session) return;
      --session->asked_;
      session->service_->requests.leave();
      session->answered(place, std::move(told));
    };
    co_await put(std::move(asked));
  }
}

// Waits while the inbox is full. What was taken is put, whatever becomes of the connection.
asio::awaitable<void> PublishSession::put(SendBatch batch) {
  ++asked_;
  co_await service_->requests.enter();
  packledger::Request request = std::move(batch);
  asio::steady_timer pause(stream_.get_executor());
  while (!service_->doors.inbox.put(std::move(request))) {
    pause.expires_after(inbox_pause);
    co_await pause.async_wait(waiting);
  }
}

// ---- answering ----

void PublishSession::answered(std::uint64_t place, SendsAnswered told) {
  Batch& taken = batch(place);
  count_sends(service_->metrics, taken.refused.size(), told);
  std::string answer;
  if (!broken_) {
    write_batch_answer({.batch = taken.number, .refused = taken.refused, .answered = told}, answer);
  }
  service_->sends_spare.give(std::move(told.sends));
  keep_answer(taken, std::move(answer));
}

void PublishSession::keep_answer(Batch& batch, std::string answer) {
  answers_bytes_ -= batch.answer_bytes;
  batch.answer_bytes = answer.size();
  answers_bytes_ += batch.answer_bytes;
  batch.refused.clear();
  batch.answer = std::move(answer);
  news_.cancel();
}

asio::awaitable<void> PublishSession::write() {
  while (!broken_) {
    if (!batches_.empty() && batches_.front().answer) {
      if (!co_await write_message(*batches_.front().answer)) co_return;
      const Batch& done = batches_.front();
      bytes_ -= done.bytes;
      answers_bytes_ -= done.answer_bytes;
      service_->large_bodies.leave(done.room);
      batches_.pop_front();
      ++first_place_;
      drained_.cancel();
    } else if (end_ && batches_.empty()) {
      co_await stream_.async_close(*end_, waiting);
      co_return;
    } else {
      co_await news_.async_wait(waiting);
    }
  }
}

// A client that does not read for so long holds room that others need.
asio::awaitable<bool> PublishSession::write_message(const std::string& message) {
  patience_.expires_after(service_->limits.write_timeout);
  patience_.async_wait([self = weak_from_this()](const boost::system::error_code& cancelled) {
    const auto session = self.lock();
    if (!session || cancelled) return;
    session->service_->metrics.slow(Slow::answer);
    session->cut();
  });
  const auto [failed, bytes] = co_await stream_.async_write(asio::buffer(message), waiting);
  patience_.cancel();
  co_return !failed;
}

}  // namespace

asio::awaitable<void> serve_publish(asio::ip::tcp::socket socket, std::string received,
                                    std::shared_ptr<Service> service) {
  // Shared by the two coroutines that read and write.
  const auto session = std::make_shared<PublishSession>(std::move(socket), std::move(service));
  co_await session->run(std::move(received));
}

}  // namespace packledger::serve
