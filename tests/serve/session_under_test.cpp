#include "tests/serve/session_under_test.hpp"

#include "serve/http_session.hpp"
#include "serve/service.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <utility>

namespace packledger::serve {
namespace asio = boost::asio;
namespace {

constexpr Instant first_of_may{1'714'492'800'000};

// What cannot happen in a test, told loudly also where there is no GoogleTest.
void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

Instant SessionUnderTest::StillClock::now() { return first_of_may; }

SessionUnderTest::SessionUnderTest(const Limits& limits)
    : engine_({.ledger = ledger_,
               .journal = journal_,
               .committer = commits_,
               .inbox = *this,
               .outlet = *this,
               .clock = clock_},
              EngineLimits{}),
      io_(std::make_unique<asio::io_context>(1)) {
  Doors doors{.inbox = *this,
              .journal = journal_,
              .find_zone = [](std::string_view) { return std::nullopt; },
              .ask_past = [](PastPoint, auto) { return false; },
              .walk_past = [](Sequence, auto, auto) { return false; },
              .walk_usage = [](const UsageWalk&, auto, auto) { return false; },
              .now = [] { return first_of_may; },
              .more_metrics = {}};
  service_ = std::make_shared<Service>(io_->get_executor(), std::move(doors), limits);
  std::array<int, 2> ends{};
  must(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
  client_ = ends[0];
  asio::ip::tcp::socket socket(*io_);
  socket.assign(asio::ip::tcp::v4(), ends[1]);  // as good as one for who only reads and writes
  asio::co_spawn(*io_, serve_connection(std::move(socket), service_), asio::detached);
  run();
}

SessionUnderTest::~SessionUnderTest() {
  ::close(client_);
  waiting_.clear();
  service_.reset();
  io_.reset();
}

void SessionUnderTest::say(std::string_view piece) {
  while (!piece.empty() && !closed_) {
    const ssize_t sent = ::send(client_, piece.data(), piece.size(), MSG_NOSIGNAL);
    if (sent > 0) piece.remove_prefix(static_cast<std::size_t>(sent));
    run();
    if (sent <= 0) return;  // nobody takes it
  }
}

void SessionUnderTest::end() {
  ::shutdown(client_, SHUT_WR);
  run();
}

void SessionUnderTest::run() {
  for (bool news = true; news;) {
    io_->restart();
    news = io_->poll() > 0;
    if (!waiting_.empty()) {
      must(engine_.turn().has_value());
      news = true;
    }
    news = hear() || news;
  }
}

bool SessionUnderTest::hear() {
  std::array<char, 65'536> piece;
  bool news = false;
  for (;;) {
    const ssize_t bytes = ::recv(client_, piece.data(), piece.size(), 0);
    if (bytes <= 0) {
      const bool gone = bytes == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
      if (gone && !std::exchange(closed_, true)) news = true;
      return news;
    }
    heard_.append(piece.data(), static_cast<std::size_t>(bytes));
    news = true;
  }
}

void SessionUnderTest::committed(Committed told) {
  if (told.batch != nullptr) {
    for (const Entry& entry : told.batch->entries) {
      service_->directory.learn(entry);
      service_->notices.learn(entry);
    }
    service_->positions.reached(told.batch->entries.back().sequence);
    service_->subscriptions.committed(told.batch->entries);
  }
  for (Answer& answer : told.answers) answer();
}

bool SessionUnderTest::put(packledger::Request&& request) {
  waiting_.push_back(std::move(request));
  return true;
}

std::optional<packledger::Request> SessionUnderTest::take() {
  if (waiting_.empty()) return std::nullopt;
  packledger::Request first = std::move(waiting_.front());
  waiting_.pop_front();
  return first;
}

std::string answers_to(const std::vector<std::string_view>& pieces) {
  SessionUnderTest session;
  for (const std::string_view piece : pieces) session.say(piece);
  session.end();
  return session.heard();
}

std::optional<std::vector<unsigned>> statuses_of(std::string_view heard) {
  std::vector<unsigned> statuses;
  const auto number_behind = [&heard](std::string_view name, std::size_t end) {
    std::size_t number = 0;
    const std::size_t at = heard.substr(0, end).find(name);
    if (at == std::string_view::npos) return number;
    std::from_chars(heard.data() + at + name.size(), heard.data() + end, number);
    return number;
  };
  while (!heard.empty()) {
    const std::size_t end = heard.find("\r\n\r\n");
    if (!heard.starts_with("HTTP/1.1 ") || end == std::string_view::npos) return std::nullopt;
    statuses.push_back(static_cast<unsigned>(number_behind("HTTP/1.1 ", end)));
    if (statuses.back() == 101) break;
    const std::size_t size = end + 4 + number_behind("\r\nContent-Length: ", end);
    if (size > heard.size()) return std::nullopt;
    const bool last = heard.substr(0, end).find("\r\nConnection: close") != std::string_view::npos;
    heard.remove_prefix(size);
    if (last && !heard.empty()) return std::nullopt;
  }
  return statuses;
}

}  // namespace packledger::serve
