// What is HTTP and what is not: requests as bytes.
#include "tests/serve/daemon_under_test.hpp"
#include "tests/serve/raw_socket.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace packledger::serve {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view last_health =
    "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

class Http : public ::testing::Test {
 protected:
  Http() : daemon(start_with()) {}
  static Start start_with() {
    Start setup;
    setup.limits.body_bytes_max = 100'000;
    return setup;
  }
  std::string exchange(std::string_view bytes) {
    RawSocket socket(daemon.port());
    socket.say(bytes);
    return socket.hear_all();
  }
  Daemon daemon;
};

TEST_F(Http, AnswersPipelinedRequestsInOrder) {
  const std::string heard =
      exchange(std::string(health) + "GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n" +
               "POST /v1/accounts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
               "Content-Length: 2\r\n\r\n{}" +
               std::string(last_health));
  EXPECT_EQ(count(heard, "HTTP/1.1 "), 4U);
  const std::size_t ok = heard.find("{\"status\":\"ok\"}");
  const std::size_t ready = heard.find("{\"status\":\"ready\"");
  const std::size_t invalid = heard.find("invalid_account");
  EXPECT_LT(ok, ready);
  EXPECT_LT(ready, invalid);
  EXPECT_LT(invalid, heard.rfind("{\"status\":\"ok\"}"));
}

TEST_F(Http, UnderstandsARequestSplitAtEachByte) {
  const std::string request =
      "POST /v1/accounts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
      "1e\r\n{\"account\":\"a\",\"currency\":\"CNY\r\n2;x=y\r\n\"}\r\n0\r\n\r\n";
  RawSocket socket(daemon.port());
  for (const char byte : request) socket.say({&byte, 1});
  EXPECT_THAT(socket.hear_all(), StartsWith("HTTP/1.1 201 Created\r\n"));
}

TEST_F(Http, KeepsTheConnectionAsLongAsTheClientWants) {
  RawSocket socket(daemon.port());
  for (int i = 0; i < 3; ++i) {
    socket.say(health);
    EXPECT_THAT(socket.hear_until("\"ok\"}"), HasSubstr("Connection: keep-alive"));
  }
  socket.say("GET /healthz HTTP/1.0\r\n\r\n");
  EXPECT_THAT(socket.hear_all(), HasSubstr("Connection: close"));
}

TEST_F(Http, AnswersHeadWithoutABody) {
  const std::string heard =
      exchange("HEAD /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(heard, HasSubstr("Content-Length: 15\r\n"));
  EXPECT_THAT(heard, ::testing::EndsWith("\r\n\r\n"));
}

TEST_F(Http, SaysContinueBeforeABodyThatWaitsForIt) {
  RawSocket socket(daemon.port());
  const std::string head =
      "POST /v1/accounts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
      "Connection: close\r\nExpect: 100-continue\r\nContent-Length: ";
  socket.say(head + "32\r\n\r\n");
  EXPECT_EQ(socket.hear_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  socket.say(R"({"account":"a","currency":"CNY"} )");
  EXPECT_THAT(socket.hear_all(), StartsWith("HTTP/1.1 201 "));
  EXPECT_THAT(exchange(head + "200000\r\n\r\n"), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(exchange("GET / HTTP/1.1\r\nHost: a\r\nExpect: more\r\n\r\n"),
              StartsWith("HTTP/1.1 417 "));
}

struct Bad {
  std::string name;
  std::string bytes;
  std::string status;
};

std::vector<Bad> bad_requests() {
  const std::string start = "POST /v1/accounts HTTP/1.1\r\nHost: a\r\n";
  const std::string json = start + "Content-Type: application/json\r\n";
  const std::string body = "\r\n{}";
  return {
      {"not HTTP at all", "hello\r\n\r\n", "400"},
      {"another protocol", "GET / FTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"a newer HTTP", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", "400"},
      {"two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"no host", "GET /healthz HTTP/1.1\r\n\r\n", "400"},
      {"two hosts", "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "400"},
      {"a host with a path", "GET /healthz HTTP/1.1\r\nHost: a/b\r\n\r\n", "400"},
      {"a whole URL", "GET http://a/healthz HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"a star", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"a folded field", "GET /healthz HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n", "400"},
      {"a space before the colon", "GET /healthz HTTP/1.1\r\nHost : a\r\n\r\n", "400"},
      {"a bare line feed", "GET /healthz HTTP/1.1\r\nHost: a\nX: 1\r\n\r\n", "400"},
      {"a bare carriage return", "GET /healthz HTTP/1.1\r\nHost: a\rX: 1\r\n\r\n", "400"},
      {"a NUL", "GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + std::string(1, '\0') + "\r\n\r\n",
       "400"},
      {"two lengths", json + "Content-Length: 2\r\nContent-Length: 2\r\n" + body, "400"},
      {"two other lengths", json + "Content-Length: 2\r\nContent-Length: 3\r\n" + body, "400"},
      {"a list of lengths", json + "Content-Length: 2, 2\r\n" + body, "400"},
      {"a signed length", json + "Content-Length: +2\r\n" + body, "400"},
      {"a negative length", json + "Content-Length: -2\r\n" + body, "400"},
      {"a length of 2^64", json + "Content-Length: 18446744073709551616\r\n" + body, "400"},
      {"both lengths", json + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n" + body, "400"},
      {"both lengths turned round",
       json + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n" + body, "400"},
      {"an unknown coding", json + "Transfer-Encoding: gzip\r\n" + body, "501"},
      {"a list of codings", json + "Transfer-Encoding: gzip, chunked\r\n" + body, "501"},
      {"two codings", json + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" + body,
       "400"},
      {"chunked in HTTP/1.0",
       "POST /v1/accounts HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
      {"a wrong chunk size", json + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n",
       "400"},
      {"a chunk without its end", json + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}0\r\n\r\n",
       "400"},
      {"a body over the limit", json + "Content-Length: 100001\r\n\r\n", "413"},
      {"a chunked body over the limit",
       json + "Transfer-Encoding: chunked\r\n\r\n186a1\r\n" + std::string(100'001, ' '), "413"},
      {"an endless chunk extension",
       json + "Transfer-Encoding: chunked\r\n\r\n2;" + std::string(200'000, 'x'), "400"},
      {"an endless trailer",
       json + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + std::string(200'000, 'x'), "400"},
      {"a head over the limit",
       "GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + std::string(9'000, 'x') + "\r\n\r\n", "431"},
      {"a head without an end", "GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + std::string(9'000, 'x'),
       "431"},
      {"a target over the limit",
       "GET /" + std::string(4'096, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n", "414"},
  };
}

TEST_F(Http, RefusesWhatIsNotUnderstoodAndCloses) {
  for (const Bad& bad : bad_requests()) {
    // What follows a refused request must never be taken for another one.
    const std::string heard = exchange(bad.bytes + std::string(health));
    EXPECT_THAT(heard, StartsWith("HTTP/1.1 " + bad.status + " ")) << bad.name;
    EXPECT_THAT(heard, HasSubstr("Connection: close")) << bad.name;
    EXPECT_THAT(heard, HasSubstr("application/problem+json")) << bad.name;
    EXPECT_EQ(count(heard, "HTTP/1.1 "), 1U) << bad.name << "\n" << heard;
  }
  HttpClient client = daemon.client();
  EXPECT_EQ(member(expect(client, 200, "GET", "/readyz").body, "position"), "0");
}

TEST_F(Http, SurvivesRequestsThatWereDamaged) {
  const std::vector<std::string> whole{
      "POST /v1/accounts?dry_run=true HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
      "Content-Length: 31\r\n\r\n{\"account\":\"a\",\"currency\":\"CNY\"}",
      "POST /v1/sends?dry_run=true HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;a=b\r\n[{\"a\"\r\n3\r\n:1}\r\n1\r\n]\r\n0\r\nX: y\r\n\r\n",
      "GET /v1/journal?from=1&limit=2 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
      "GET /v1/watch HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
      "\x81\x82\x01\x02\x03\x04\x7a\x7f\x88\x80\x01\x02\x03\x04"};
  std::mt19937 dice(20'240'501);  // the same every time
  const auto roll = [&](std::size_t sides) { return dice() % sides; };
  for (int round = 0; round < 1'000; ++round) {
    std::string bytes = whole[roll(whole.size())];
    for (std::size_t hits = 1 + roll(3); hits > 0; --hits) {
      const std::size_t at = roll(bytes.size());
      switch (roll(4)) {
        case 0: bytes[at] = static_cast<char>(dice()); break;
        case 1: bytes.erase(at, 1 + roll(4)); break;
        case 2: bytes.insert(at, 1 + roll(4), static_cast<char>(dice())); break;
        default: bytes.insert(at, bytes.substr(roll(bytes.size()), roll(40))); break;
      }
      if (bytes.empty()) break;
    }
    RawSocket socket(daemon.port());
    socket.say(bytes);
    socket.end();
    EXPECT_THAT(socket.hear_all(), Not(HasSubstr("HTTP/1.1 500"))) << round;
  }
  HttpClient client = daemon.client();
  EXPECT_EQ(member(expect(client, 200, "GET", "/readyz").body, "position"), "0");
}

TEST_F(Http, NeverActsOnABodyThatWasCutShort) {
  const std::string whole =
      "POST /v1/accounts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
      "Content-Length: 31\r\n\r\n{\"account\":\"a\",\"currency\":\"CNY\"}";
  for (std::size_t cut = 1; cut < whole.size() - 1; cut += 7) {
    RawSocket socket(daemon.port());
    socket.say(std::string_view(whole).substr(0, cut));
    socket.end();
    EXPECT_THAT(socket.hear_all(), Not(HasSubstr("HTTP/1.1 2"))) << cut;
  }
  HttpClient client = daemon.client();
  EXPECT_EQ(member(expect(client, 200, "GET", "/readyz").body, "position"), "0");
}

TEST(HttpTimeouts, CloseAStalledPeerAtEveryPlaceThatWaits) {
  using namespace std::chrono_literals;
  Start setup;
  setup.limits.header_timeout = 50ms;
  setup.limits.body_timeout = 50ms;
  setup.limits.idle_timeout = 50ms;
  Daemon daemon(setup);
  const auto heard_after = [&](std::string_view bytes) {
    RawSocket socket(daemon.port());
    socket.say(bytes);
    return socket.hear_all();  // comes back because the daemon closes
  };
  EXPECT_EQ(heard_after(""), "");
  const std::string slow_head = heard_after("GET /hea");
  EXPECT_THAT(slow_head, StartsWith("HTTP/1.1 408 Request Timeout\r\n"));
  EXPECT_THAT(slow_head, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(slow_head, HasSubstr(R"("code":"too_slow")"));
  EXPECT_THAT(slow_head, HasSubstr("0.05 s after its first byte"));
  const std::string slow_body =
      heard_after("POST /v1/sends HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n[");
  EXPECT_THAT(slow_body, StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(slow_body, HasSubstr("has to be here within 0.05 s"));
  // Between two requests nothing is wrong that could be told.
  EXPECT_EQ(count(heard_after(health), "HTTP/1.1 "), 1U);
}

TEST(HttpTimeouts, CloseAPeerThatDoesNotRead) {
  using namespace std::chrono_literals;
  Start setup;
  setup.limits.write_timeout = 50ms;
  setup.limits.connections_max = 1;
  Daemon daemon(setup);
  RawSocket deaf(daemon.port());
  std::string many;
  for (int i = 0; i < 2'000; ++i) many += "GET /openapi.yaml HTTP/1.1\r\nHost: a\r\n\r\n";
  std::thread talker([&] { deaf.say(many); });
  // The only place is taken until the deaf one has been closed.
  HttpClient next = daemon.client();
  expect(next, 200, "GET", "/healthz");
  talker.join();
}

TEST(HttpConnections, WaitForAPlaceWhenAllAreTaken) {
  Start setup;
  setup.limits.connections_max = 2;
  Daemon daemon(setup);
  RawSocket first(daemon.port());
  RawSocket second(daemon.port());
  first.say(health);
  second.say(health);
  EXPECT_THAT(first.hear_until("}"), HasSubstr("200 OK"));
  EXPECT_THAT(second.hear_until("}"), HasSubstr("200 OK"));
  RawSocket third(daemon.port());
  third.say(last_health);
  first.end();
  EXPECT_THAT(third.hear_all(), HasSubstr("200 OK"));
}

TEST(HttpBodies, ShareTheRoomForLargeOnes) {
  Start setup;
  setup.limits.body_bytes_small = 1'000;
  setup.limits.large_bodies_bytes_max = 4'000;
  Daemon daemon(setup);
  const std::string body = "\"" + std::string(3'000, 'x') + "\"";
  const std::string head =
      "POST /v1/accounts HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
      "Content-Type: application/json\r\nContent-Length: ";
  RawSocket first(daemon.port());
  first.say(head + std::to_string(body.size()) + "\r\n\r\n" + body.substr(0, 10));
  RawSocket second(daemon.port());
  second.say(head + std::to_string(body.size()) + "\r\n\r\n" + body);
  RawSocket small(daemon.port());
  small.say(last_health);
  EXPECT_THAT(small.hear_all(), HasSubstr("200 OK"));
  first.say(body.substr(10));
  EXPECT_THAT(first.hear_all(), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(second.hear_all(), StartsWith("HTTP/1.1 400 "));
}

class Listening : public ::testing::Test {
 protected:
  Doors doors() {
    return {.inbox = inbox,
            .journal = journal,
            .find_zone = {},
            .ask_past = {},
            .walk_past = {},
            .walk_usage = {},
            .now = {},
            .test_clock = nullptr,
            .ready = nullptr,
            .more_metrics = {}};
  }
  std::optional<ListenFault> fault_at(const ListenAddress& address) {
    const auto port = front.start(address);
    return port ? std::nullopt : std::optional{port.error().code};
  }
  boost::asio::io_context io;
  InboxUnderTest inbox{1};
  MemoryJournal journal;
  Front front{io, doors(), Limits{}};
};

TEST_F(Listening, SaysWhyItCannotListenThere) {
  const auto port = front.start({.host = "127.0.0.1", .port = 0});
  ASSERT_TRUE(port);
  EXPECT_GT(*port, 0);
  EXPECT_EQ(fault_at({.host = "127.0.0.1", .port = *port}), ListenFault::in_use);
  EXPECT_EQ(fault_at({.host = "192.0.2.1", .port = 0}), ListenFault::forbidden);
  EXPECT_EQ(fault_at({.host = "localhost", .port = 0}), ListenFault::invalid_address);
  EXPECT_EQ(fault_at({.host = "[::1]", .port = 0}), ListenFault::invalid_address);
  EXPECT_EQ(fault_at({.host = "127.0.0.2", .port = *port}), std::nullopt);  // several may be
}

TEST_F(Listening, StopsAtOnceWhereNobodyIsConnected) {
  ASSERT_TRUE(front.start({.host = "127.0.0.1", .port = 0}));
  bool stopped = false;
  front.stop([&] { stopped = true; });
  io.run();
  EXPECT_TRUE(stopped);
}

}  // namespace
}  // namespace packledger::serve
