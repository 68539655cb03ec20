#include "tests/serve/daemon_under_test.hpp"

#include "query/usage.hpp"
#include "wire/json.hpp"

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <utility>

namespace packledger::serve {
namespace asio = boost::asio;

// ---- inbox ----

bool InboxUnderTest::put(packledger::Request&& request) {
  const std::lock_guard lock(mutex_);
  if (waiting_.size() >= requests_max_) return false;
  waiting_.push_back(std::move(request));
  changed_.notify_all();
  return true;
}

std::optional<packledger::Request> InboxUnderTest::take() {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) return std::nullopt;
  packledger::Request first = std::move(waiting_.front());
  waiting_.pop_front();
  return first;
}

bool InboxUnderTest::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stopped_ || (!held_ && !waiting_.empty()); });
  return !stopped_;
}

void InboxUnderTest::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

void InboxUnderTest::hold(bool held) {
  const std::lock_guard lock(mutex_);
  held_ = held;
  changed_.notify_all();
}

void InboxUnderTest::wait_for_waiting(std::size_t requests) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return waiting_.size() >= requests; });
}

// ---- daemon ----

Daemon::Daemon(const Start& setup) : setup_(setup), ready_(setup.ready) { start(); }

Daemon::~Daemon() { end(); }

void Daemon::start() {
  io_ = std::make_unique<asio::io_context>(1);
  ledger_ = std::make_unique<Ledger>();
  inbox_ = std::make_unique<InboxUnderTest>(setup_.requests_max);
  engine_ = std::make_unique<Engine>(EngineParts{.ledger = *ledger_,
                                                 .journal = journal_,
                                                 .committer = commits_,
                                                 .inbox = *inbox_,
                                                 .outlet = *this,
                                                 .clock = clock_},
                                     EngineLimits{});
  Doors doors{
      .inbox = *inbox_,
      .journal = journal_,
      .find_zone = [](std::string_view) { return std::nullopt; },
      .ask_past =
          [this](PastPoint point, std::move_only_function<void(const Ledger*)> ask) {
            return ask_past(point, std::move(ask));
          },
      .walk_past =
          [this](Sequence from, Journal::Visit visit, std::move_only_function<void(bool)> done) {
            return walk_past(from, std::move(visit), std::move(done));
          },
      .walk_usage =
          [this](const UsageWalk& walk, const UsageVisit& visit,
                 std::move_only_function<void(std::optional<Sequence>)> done) {
            return walk_usage(walk, visit, std::move(done));
          },
      .now = [this] { return clock_.shown(); },
      .test_clock = setup_.test_clock ? &clock_ : nullptr,
      .clock = setup_.clock,
      .ready = &ready_,
      .storage_full = &storage_full_,
      .more_metrics = {}};
  front_ = std::make_unique<Front>(*io_, std::move(doors), setup_.limits);
  recovering_ = true;
  ASSERT_TRUE(recover(*ledger_, journal_, *this));
  recovering_ = false;
  const auto port = front_->start({.host = "127.0.0.1", .port = 0});
  ASSERT_TRUE(port) << port.error().detail;
  port_ = *port;
  front_thread_ = std::thread([this] {
    const auto work = asio::make_work_guard(*io_);
    io_->run();
  });
  engine_thread_ = std::thread([this] {
    while (inbox_->wait()) ASSERT_TRUE(engine_->turn());
  });
}

void Daemon::end() {
  if (past_thread_.joinable()) past_thread_.join();
  inbox_->stop();
  engine_thread_.join();
  io_->stop();
  front_thread_.join();
  front_.reset();
  io_.reset();
  engine_.reset();
}

void Daemon::restart() {
  end();
  start();
}

void Daemon::stop_front() {
  asio::post(*io_, [this] {
    front_->stop([this] {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
      changed_.notify_all();
    });
  });
}

void Daemon::wait_until_stopped() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stopped_; });
}

void Daemon::committed(Committed told) {
  if (recovering_) return front_->learn(*told.batch);
  asio::post(*io_, [this, told = std::move(told)]() mutable {
    if (told.batch != nullptr) front_->committed(told.batch);
    for (Answer& answer : told.answers) answer();
  });
}

bool Daemon::ask_past(PastPoint point, std::move_only_function<void(const Ledger*)> ask) {
  if (past_thread_.joinable()) past_thread_.join();
  past_thread_ = std::thread([this, point, ask = std::move(ask)]() mutable {
    Ledger past;
    const auto read = journal_.read(Sequence{1}, [&](const Entry& entry) {
      if (point.position && entry.sequence > *point.position) return false;
      if (point.at && entry.recorded_at > *point.at) return false;
      past.apply(entry);
      return true;
    });
    ask(read ? &past : nullptr);
  });
  return true;
}

bool Daemon::walk_past(Sequence from, Journal::Visit visit,
                       std::move_only_function<void(bool)> done) {
  if (setup_.past_busy) return false;
  if (past_thread_.joinable()) past_thread_.join();
  past_thread_ =
      std::thread([this, from, visit = std::move(visit), done = std::move(done)]() mutable {
        done(journal_.read(from, visit).has_value());
      });
  return true;
}

// Folded for the occasion.
bool Daemon::walk_usage(const UsageWalk& walk, const UsageVisit& visit,
                        std::move_only_function<void(std::optional<Sequence>)> done) {
  if (setup_.past_busy) return false;
  std::vector<Entry> entries;
  const auto read = journal_.read(Sequence{1}, [&entries](const Entry& entry) {
    entries.push_back(entry);
    return true;
  });
  if (!read || setup_.usage_broken) return done(std::nullopt), true;
  for (const auto& [key, quarters] : fold_usage(entries, {}).rows) {
    const bool within = key.account == walk.range.account && key.hour >= walk.range.hour_from &&
                        key.hour < walk.range.hour_to;
    if (within && !visit({.key = key, .quarters = quarters})) break;
  }
  return done(entries.empty() ? Sequence{} : entries.back().sequence), true;
}

// ---- words ----

HttpAnswer expect(HttpClient& client, unsigned status, std::string_view method,
                  std::string_view target, std::string_view body,
                  std::initializer_list<HttpHeader> headers) {
  const auto answer = client.call(method, target, body, headers);
  if (!answer) {
    ADD_FAILURE() << method << " " << target << ": " << answer.error().detail;
    return {};
  }
  EXPECT_EQ(answer->status, status) << method << " " << target << " " << body << "\n"
                                    << answer->body;
  EXPECT_FALSE(answer->header("Packledger-Position").empty()) << target;
  return *answer;
}

void open_acme(HttpClient& client) {
  expect(client, 200, "PUT", "/v1/price-book", small_book);
  expect(client, 201, "POST", "/v1/accounts", R"({"account":"acme","currency":"CNY"})");
  expect(client, 200, "POST", "/v1/accounts/acme/funds", R"({"amount":"10000"})");
}

std::string member(std::string_view json, std::string_view name) {
  const auto document = parse_json(json);
  if (!document) {
    ADD_FAILURE() << "no JSON: " << json;
    return {};
  }
  const Json* value = document->root().find(name);
  if (value == nullptr) return {};
  if (const auto text = value->text()) return std::string(*text);
  if (const auto integer = value->integer()) return std::to_string(*integer);
  if (const auto flag = value->flag()) return *flag ? "true" : "false";
  return "?";
}

std::string sends_of(std::string_view account, std::string_view prefix, std::size_t count) {
  std::string body = "[";
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) body += ',';
    body += R"({"account":")" + std::string(account) + R"(","send":")" + std::string(prefix) +
            std::to_string(i) + R"(","units":1,"destination":"TH","template":"verification"})";
  }
  return body + "]";
}

}  // namespace packledger::serve
