// Every limit at the edge: of time, of size, of number; who may ask; and what is told.
#include "serve/client_frames.hpp"
#include "serve/frames.hpp"
#include "serve/problem.hpp"
#include "tests/serve/daemon_under_test.hpp"
#include "tests/serve/event_socket.hpp"
#include "tests/serve/publish_socket.hpp"
#include "tests/serve/raw_socket.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <list>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace packledger::serve {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";

std::string metric(HttpClient& client, const std::string& name) {
  const std::string text = expect(client, 200, "GET", "/metrics").body;
  const std::size_t at = text.find("\n" + name + " ");
  if (at == std::string::npos) return "none";
  const std::size_t value = at + name.size() + 2;
  return text.substr(value, text.find('\n', value) - value);
}

std::string slow_metric(HttpClient& client, const std::string& in) {
  return metric(client, "packledger_connections_slow_total{in=\"" + in + "\"}");
}

std::string exchange(std::uint16_t port, std::string_view bytes) {
  RawSocket socket(port);
  socket.say(bytes);
  socket.end();
  return socket.hear_all();
}

// ---- time ----

// A dripping tap keeps every single wait short; what counts is what comes in a while.
TEST(SlowClients, AreClosedThoughTheirBodyDripsOn) {
  Start setup;
  setup.limits.body_pace = 50ms;
  setup.limits.bytes_per_second_min = 1'000'000;
  Daemon daemon(setup);
  HttpClient client = daemon.client();
  RawSocket slow(daemon.port());
  slow.say("POST /v1/sends HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n");
  while (slow_metric(client, "body") == "0") slow.say(" ");
  const std::string told = slow.hear_all();
  EXPECT_THAT(told, StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(told, HasSubstr("50000 bytes, or all that is left, have to come in each 0.05 s"));
  while (metric(client, "packledger_connections_open") != "1") slow.say(" ");  // nor is it heard on
  EXPECT_EQ(metric(client, "packledger_requests_refused_total"), "0");
}

// The time for a head begins with its first byte; what was awaited before is not counted.
TEST(SlowClients, HaveTheirTimeForEachHead) {
  Start setup;
  setup.limits.header_timeout = 300ms;
  Daemon daemon(setup);
  HttpClient client = daemon.client();
  RawSocket patient(daemon.port());
  for (int i = 0; i < 6; ++i) {  // longer than one such time in all
    std::this_thread::sleep_for(100ms);
    patient.say(health);
    EXPECT_THAT(patient.hear_until("}"), HasSubstr("200 OK"));
  }
  patient.say("GET /healthz");
  EXPECT_THAT(patient.hear_all(), HasSubstr("0.3 s after its first byte"));
  EXPECT_EQ(slow_metric(client, "head"), "1");
}

TEST(SlowClients, AreClosedThoughTheyTakeTheirAnswerByteByByte) {
  Start setup;
  setup.limits.write_timeout = 100ms;
  setup.limits.bytes_per_second_min = 1'000'000'000;
  Daemon daemon(setup);
  HttpClient client = daemon.client();
  open_acme(client);
  for (int call = 0; call < 3; ++call)
    expect(client, 200, "POST", "/v1/sends", sends_of("acme", std::to_string(call) + "-", 10'000));
  std::string many;  // more than the system keeps for a client
  for (int i = 0; i < 100; ++i)
    many += "GET /v1/journal?from=1&limit=1000 HTTP/1.1\r\nHost: a\r\n\r\n";
  RawSocket slow(daemon.port());
  slow.say(many);
  while (slow_metric(client, "answer") == "0") slow.hear(1);
  while (metric(client, "packledger_connections_open") != "1") {
  }
}

// Found here: the answer to this failure had a code that was in no table, and that is fatal.
TEST(SlowClients, MayGoAwayBeforeTheyAreToldToContinue) {
  Daemon daemon;
  for (int round = 0; round < 200; ++round) {
    RawSocket gone(daemon.port());
    gone.say(
        "POST /v1/sends HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    gone.reset();
  }
  HttpClient client = daemon.client();
  expect(client, 200, "GET", "/healthz");
}

TEST(SlowPublishers, AreClosedWhereAMessageDoesNotComeOn) {
  Start setup;
  setup.limits.body_timeout = 50ms;
  Daemon daemon(setup);
  HttpClient client = daemon.client();
  open_acme(client);
  PublishSocket slow(daemon.port());
  ASSERT_NE(slow.hear_results(), nullptr);
  slow.say_raw(std::string("\x82\xFE\x01\x00\0\0\0\0", 8) + "a message of 256 bytes");
  const auto frame = slow.hear();
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->close_code(), 1008U);
  EXPECT_FALSE(slow.hear());  // also without a goodbye
  while (metric(client, "packledger_publishers_open") != "0") {
  }
}

TEST(SlowPublishers, MayBeIdleAsLongAsTheyLike) {
  Start setup;
  setup.limits.body_timeout = 1ms;
  Daemon daemon(setup);
  HttpClient client = daemon.client();
  open_acme(client);
  PublishSocket socket(daemon.port());
  ASSERT_NE(socket.hear_results(), nullptr);
  for (int i = 0; i < 50; ++i) expect(client, 200, "GET", "/healthz");
  socket.say(Opcode::binary, "");
  const SendResultsRead* results = socket.hear_results();
  ASSERT_NE(results, nullptr);
  EXPECT_TRUE(results->refused.empty());
}

TEST(SlowWatchers, AreClosedWhereTheyTakeNothing) {
  Start setup;
  setup.limits.write_timeout = 100ms;  // and the silence that is allowed takes a minute
  setup.limits.ping_interval = 1'000ms;
  Daemon daemon(setup);
  HttpClient client = daemon.client();
  open_acme(client);
  EventSocket deaf(daemon.port(), "watch=entries&accounts=acme&from=0");
  for (int call = 0; call < 8; ++call)
    expect(client, 200, "POST", "/v1/sends", sends_of("acme", std::to_string(call) + "-", 10'000));
  while (metric(client, "packledger_watchers_open") != "0") {
  }
  EXPECT_EQ(slow_metric(client, "watcher"), "1");
  SocketEvent last;  // of what the system had kept for it
  for (auto next = deaf.next(); next; next = deaf.next()) last = *next;
  EXPECT_EQ(last.type, "error");
  EXPECT_EQ(member(last.data, "code"), "too_slow");
}

TEST(SlowWatchers, AreToldWhyBehindAWholeFrame) {
  Start setup;
  setup.limits.write_timeout = 100ms;
  setup.limits.ping_interval = 1'000ms;
  Daemon daemon(setup);
  HttpClient client = daemon.client();
  open_acme(client);
  RawSocket deaf(daemon.port());
  std::string said =
      "GET /v1/watch HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  append_frame(said, FrameKind::text, R"({"watch":"entries","accounts":["acme"],"from":0})", {7});
  deaf.say(said);
  for (int call = 0; call < 8; ++call)
    expect(client, 200, "POST", "/v1/sends", sends_of("acme", std::to_string(call) + "-", 10'000));
  while (metric(client, "packledger_watchers_open") != "0") {
  }
  const std::string heard = deaf.hear_all();
  std::string goodbye;
  append_close_frame(goodbye, CloseCode::policy, "nothing was read for too long");
  EXPECT_THAT(heard.substr(heard.size() - 60), EndsWith("}" + goodbye));
}

// ---- number ----

TEST(Crowds, OfOneAddressDoNotKeepOthersOut) {
  Start setup;
  setup.limits.connections_per_address_max = 2;
  Daemon daemon(setup);
  RawSocket first(daemon.port(), "127.0.0.2");
  RawSocket second(daemon.port(), "127.0.0.2");
  first.say(health);
  second.say(health);
  EXPECT_THAT(first.hear_until("}"), HasSubstr("200 OK"));
  EXPECT_THAT(second.hear_until("}"), HasSubstr("200 OK"));
  RawSocket third(daemon.port(), "127.0.0.2");
  const std::string refused = third.hear_until("}");
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(refused, HasSubstr("\"code\":\"busy\""));
  EXPECT_THAT(refused, HasSubstr("Retry-After: 1"));
  HttpClient other = daemon.client();  // from 127.0.0.1
  expect(other, 200, "GET", "/healthz");
  EXPECT_EQ(metric(other, "packledger_connections_refused_total"), "1");
  first.say(health);  // who is at work goes on
  EXPECT_THAT(first.hear_until("}"), HasSubstr("200 OK"));
  first.reset();
  while (metric(other, "packledger_connections_open") != "2") {
  }
  RawSocket next(daemon.port(), "127.0.0.2");
  next.say(health);
  EXPECT_THAT(next.hear_until("}"), HasSubstr("200 OK"));
}

class FewDescriptors {
 public:
  explicit FewDescriptors(rlim_t more) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int next = ::dup(0);
    ::close(next);
    rlimit few = before_;
    few.rlim_cur = static_cast<rlim_t>(next) + more;
    ::setrlimit(RLIMIT_NOFILE, &few);
  }
  ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;

 private:
  rlimit before_{};
};

TEST(Crowds, LeaveSomeDescriptorsForOtherUses) {
  Daemon daemon;
  HttpClient at_work = daemon.client();
  expect(at_work, 200, "GET", "/healthz");
  const FewDescriptors few(64 + 40);  // those that are spared, and 20 connections with both ends
  std::vector<int> crowd;             // of one descriptor each
  const sockaddr_in address{.sin_family = AF_INET,
                            .sin_port = htons(daemon.port()),
                            .sin_addr = {htonl(INADDR_LOOPBACK)},
                            .sin_zero = {}};
  for (int i = 0; i < 40; ++i) {
    crowd.push_back(::socket(AF_INET, SOCK_STREAM, 0));
    ASSERT_EQ(::connect(crowd.back(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
              0);
  }
  for (int i = 0; i < 20; ++i) expect(at_work, 200, "GET", "/healthz");
  EXPECT_LT(std::stoi(metric(at_work, "packledger_connections_open")), 41);
  RawSocket patient(daemon.port());
  patient.say(health);
  for (const int member : crowd) ::close(member);
  EXPECT_THAT(patient.hear_until("}"), HasSubstr("200 OK"));
}

TEST(Crowds, OfIdleConnectionsDoNotDisturbAClientAtWork) {
  Start setup;
  setup.limits.connections_max = 50;
  Daemon daemon(setup);
  HttpClient at_work = daemon.client();
  open_acme(at_work);
  std::list<RawSocket> crowd;
  for (int i = 0; i < 200; ++i) crowd.emplace_back(daemon.port()).say("GET /hea");
  for (int i = 0; i < 20; ++i)
    expect(at_work, 200, "POST", "/v1/sends", sends_of("acme", std::to_string(i), 1));
}

// What an attacker can make a connection hold, whatever it sends and does not read.
TEST(Crowds, TakeLessThanAMebibyteEach) {
  constexpr std::size_t crowd_size = 64;
  const auto resident_bytes = [] {
    std::FILE* file = std::fopen("/proc/self/statm", "r");
    std::size_t pages = 0;
    EXPECT_EQ(std::fscanf(file, "%*u %zu", &pages), 1);
    std::fclose(file);
    return pages * 4'096;
  };
  const std::string chunked =
      "POST /v1/sends HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::string pipeline;
  for (int i = 0; i < 2'000; ++i) pipeline += health;
  const std::vector<std::string> attacks{
      "GET /" + std::string(8'000, 'x'),
      chunked + "2;" + std::string(60'000, 'x'),
      chunked + "0\r\nX: " + std::string(60'000, 'x'),
      "POST /v1/accounts HTTP/1.1\r\nHost: a\r\nContent-Length: 262144\r\n\r\n" +
          std::string(262'000, ' '),
      pipeline,
      "GET /v1/watch HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
      "\x81\xFE\xFF\xFF" +
          std::string(60'000, 'x')};
  Daemon daemon;
  HttpClient client = daemon.client();
  for (const std::string& attack : attacks) {
    const std::size_t before = resident_bytes();
    std::list<RawSocket> crowd;
    for (std::size_t i = 0; i < crowd_size; ++i) crowd.emplace_back(daemon.port()).say(attack);
    expect(client, 200, "GET", "/healthz");
    EXPECT_LT(resident_bytes(), before + crowd_size * 1'048'576) << attack.substr(0, 60);
  }
}

// ---- size ----

TEST(Bodies, AreAsLargeAsTheirRouteNeeds) {
  Start setup;
  setup.limits.command_bytes_max = 1'000;
  setup.limits.body_bytes_max = 10'000;
  Daemon daemon(setup);
  const auto status = [&](const std::string& route, std::size_t bytes, bool chunks) {
    std::string request = route + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
    if (chunks) {
      std::array<char, 20> size{};
      std::snprintf(size.data(), size.size(), "%zx", bytes);
      request += "Transfer-Encoding: chunked\r\n\r\n" + std::string(size.data()) + "\r\n" +
                 std::string(bytes, ' ') + "\r\n0\r\n\r\n";
    } else {
      request += "Content-Length: " + std::to_string(bytes) + "\r\n\r\n" + std::string(bytes, ' ');
    }
    return exchange(daemon.port(), request).substr(9, 3);
  };
  for (const bool chunks : {false, true}) {
    EXPECT_EQ(status("POST /v1/accounts", 1'000, chunks), "400");
    EXPECT_EQ(status("POST /v1/accounts", 1'001, chunks), "413");
    EXPECT_EQ(status("POST /v1/accounts/acme/orders", 1'001, chunks), "413");
    EXPECT_EQ(status("POST /v1/nowhere", 1'001, chunks), "413");
    EXPECT_EQ(status("POST /v1/sends", 10'000, chunks), "400");
    EXPECT_EQ(status("POST /v1/sends", 10'001, chunks), "413");
    EXPECT_EQ(status("PUT /v1/price-book", 10'000, chunks), "400");
    EXPECT_EQ(status("PUT /v1/price-book", 10'001, chunks), "413");
  }
}

TEST(Messages, ComeInSoManyFragmentsAndNoMore) {
  const auto fragment = [](unsigned first) {
    return std::string{static_cast<char>(first), '\x80', '\0', '\0', '\0', '\0'};
  };
  for (const std::size_t more : {fragments_max - 1, fragments_max}) {
    FrameReader reader{100};
    reader.came(fragment(0x01));
    bool refused = false;
    for (std::size_t i = 0; i < more && !refused; ++i) {
      reader.came(fragment(0x00));
      const auto message = reader.next();
      refused = !message && message.error().code == CloseCode::too_big;
    }
    EXPECT_EQ(refused, more == fragments_max);
  }
}

// ---- who may ask ----

class Pages : public ::testing::Test {
 protected:
  Pages() : daemon(start_with()) { open_acme(client); }
  static Start start_with() {
    Start setup;
    setup.limits.origins = {"https://console.example", "http://127.0.0.1:8080"};
    return setup;
  }
  std::string ask(std::string_view line, std::string_view origin,
                  std::string_view host = "127.0.0.1", std::string_view fields = "") {
    RawSocket socket(daemon.port());
    socket.say(std::string(line) + " HTTP/1.1\r\nHost: " + std::string(host) +
               "\r\nOrigin: " + std::string(origin) + "\r\n" + std::string(fields) + "\r\n");
    std::string heard;
    while (!heard.contains("\r\n\r\n")) heard += socket.hear(1);
    return heard;
  }
  std::string upgrade(std::string_view origin, std::string_view host = "127.0.0.1") {
    return ask("GET /v1/watch", origin, host,
               "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
        .substr(9, 3);
  }
  Daemon daemon;
  HttpClient client = daemon.client();
};

TEST_F(Pages, WatchWhereTheyAreListedOrOurs) {
  EXPECT_EQ(upgrade("http://127.0.0.1"), "101");
  EXPECT_EQ(upgrade("https://console.example"), "101");
  EXPECT_EQ(upgrade("http://127.0.0.1:8080"), "101");
  EXPECT_EQ(upgrade("http://console.example"), "403");
  EXPECT_EQ(upgrade("https://console.example.org"), "403");
  EXPECT_EQ(upgrade("http://127.0.0.1:81"), "403");
  EXPECT_EQ(upgrade("null"), "403");
  EXPECT_EQ(upgrade(""), "403");
  // A name that was made to lead here for a moment.
  EXPECT_EQ(upgrade("http://rebound.example", "rebound.example"), "403");
}

TEST_F(Pages, HearEventsAndAreLetThemByTheBrowser) {
  const std::string_view events = "GET /v1/watch/sse?watch=balances&accounts=acme";
  const std::string listed = ask(events, "https://console.example");
  EXPECT_THAT(listed, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(listed, HasSubstr("\r\nAccess-Control-Allow-Origin: https://console.example\r\n"));
  EXPECT_THAT(listed, HasSubstr("\r\nVary: Origin\r\n"));
  EXPECT_THAT(ask(events, "http://127.0.0.1"), Not(HasSubstr("Access-Control")));
  EXPECT_THAT(ask(events, "https://elsewhere.example"), StartsWith("HTTP/1.1 403 "));
}

TEST_F(Pages, WriteOnlyWhereTheyAreOurs) {
  const auto status = [&](std::string_view origin, std::string_view host = "127.0.0.1") {
    return ask("POST /v1/accounts", origin, host, "Content-Length: 0\r\n").substr(9, 3);
  };
  EXPECT_EQ(status("http://127.0.0.1"), "400");  // understood, and empty
  EXPECT_EQ(status("https://console.example"), "403");
  EXPECT_EQ(status("https://elsewhere.example"), "403");
  EXPECT_EQ(status("http://rebound.example", "rebound.example"), "403");
}

// ---- what is told ----

// No file, address, type or place in the program; what a client wrote itself may come back.
TEST(Problems, TellNothingOfTheInside) {
  constexpr std::array<std::string_view, 16> inside{
      "/home", "/var/", "/tmp", "/usr",  "/work",   "src/",      ".cpp",  ".hpp",
      "::",    "std",   "0x",   "boost", "rocksdb", "127.0.0.1", "errno", "exception"};
  const auto is_clean = [&](std::string_view text) {
    for (const std::string_view part : inside) EXPECT_THAT(std::string(text), Not(HasSubstr(part)));
  };
  for (const ProblemRow& row : problem_rows()) {
    is_clean(row.title);
    is_clean(response_of(Problem{.code{row.code}}, Sequence{1}).body);
  }
  Daemon daemon;
  HttpClient client = daemon.client();
  open_acme(client);
  const std::string json =
      " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ";
  const std::vector<std::pair<std::string, std::string>> posts{
      {"POST /v1/accounts", "{"},
      {"POST /v1/accounts", R"({"account":"b","currency":"CNY","zone":"Mars"})"},
      {"POST /v1/accounts/acme/orders", R"({"order":"o","product":"none","pay":"balance"})"},
      {"POST /v1/accounts/acme/funds", R"({"amount":1e400})"},
      {"POST /v1/accounts/nobody/funds", R"({"amount":"1"})"},
      {"PUT /v1/price-book", R"({"version":7})"},
      {"PUT /v1/accounts/acme/contacts", R"({"contacts":[{"email":7}]})"},
      {"POST /v1/sends", R"({"units":"x"})"},
      {"GET /v1/accounts/acme/usage?step=never", ""},
      {"GET /v1/journal?from=-1", ""},
      {"GET /v1/accounts/acme?position=9999999", ""},
      {"GET /%00", ""},
      {"GET /v1/watch", ""},
      {"DELETE /v1/sends", ""},
      {"GET /v1/accounts/acme/invoices/99.html", ""}};
  for (const auto& [line, body] : posts) {
    const std::string heard =
        exchange(daemon.port(), line + json + std::to_string(body.size()) + "\r\n\r\n" + body);
    EXPECT_THAT(heard, Not(StartsWith("HTTP/1.1 2"))) << line;
    is_clean(heard);
  }
}

}  // namespace
}  // namespace packledger::serve
