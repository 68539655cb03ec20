// GET /v1/watch through a real WebSocket.
#include "serve/client_frames.hpp"
#include "serve/frames.hpp"
#include "tests/serve/daemon_under_test.hpp"
#include "tests/serve/raw_socket.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace packledger::serve {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Watch : public ::testing::Test {
 protected:
  Watch() { open_acme(client); }

  WatchClient watch(std::string_view message) {
    WatchClient watcher(daemon.url());
    const auto connected = watcher.connect();
    EXPECT_TRUE(connected) << connected.error().detail;
    EXPECT_TRUE(watcher.send(message));
    return watcher;
  }
  static std::string hear(WatchClient& watcher) {
    const auto text = watcher.next(std::chrono::seconds(20));
    if (!text || !*text) {
      ADD_FAILURE() << "nothing was told";
      return "{}";
    }
    return **text;
  }
  static std::uint64_t position(std::string_view message) {
    return std::stoull(member(message, "position"));
  }
  void send(std::string_view account, std::string_view prefix, std::size_t count) {
    expect(client, 200, "POST", "/v1/sends", sends_of(account, prefix, count));
  }

  Daemon daemon;
  HttpClient client = daemon.client();
};

TEST_F(Watch, TellsASnapshotAndThenChanges) {
  auto watcher = watch(R"({"watch":"balances","accounts":["acme"],"from":3})");
  const std::string snapshot = hear(watcher);
  EXPECT_EQ(member(snapshot, "type"), "snapshot");
  EXPECT_EQ(member(snapshot, "account"), "acme");
  EXPECT_EQ(member(snapshot, "balance"), "10000");
  EXPECT_EQ(position(snapshot), 3U);
  send("acme", "m", 1);
  const std::string change = hear(watcher);
  EXPECT_EQ(member(change, "type"), "change");
  EXPECT_EQ(member(change, "balance"), "9999.868");
  EXPECT_EQ(position(change), 4U);
}

TEST_F(Watch, NeverTellsAnOlderBalanceAfterANewerOneAndEndsWithTheNewest) {
  auto watcher = watch(R"({"watch":"balances","accounts":["acme"]})");
  std::uint64_t last = position(hear(watcher));
  for (int i = 0; i < 200; ++i) send("acme", "m" + std::to_string(i) + "-", 1);
  const std::string newest =
      member(expect(client, 200, "GET", "/v1/accounts/acme").body, "balance");
  std::size_t told = 0;
  for (std::string balance; balance != newest; ++told) {
    const std::string change = hear(watcher);
    EXPECT_GT(position(change), last);
    last = position(change);
    balance = member(change, "balance");
  }
  EXPECT_LE(told, 200U);
}

TEST_F(Watch, TellsEveryEntryOnceAndInOrder) {
  auto watcher = watch(R"({"watch":"entries","accounts":["acme"],"from":0})");
  for (int i = 0; i < 20; ++i) send("acme", "m" + std::to_string(i) + "-", 10);
  // 1 is the price book, which is no account's.
  for (std::uint64_t expected = 2; expected <= 203; ++expected) {
    const std::string entry = hear(watcher);
    EXPECT_EQ(member(entry, "type"), "entry");
    EXPECT_EQ(position(entry), expected);
  }
}

TEST_F(Watch, ResumesWithoutAGapOverManyConnections) {
  std::thread writer([this] {
    HttpClient other = daemon.client();
    for (int i = 0; i < 100; ++i)
      expect(other, 200, "POST", "/v1/sends", sends_of("acme", "w" + std::to_string(i) + "-", 10));
  });
  std::uint64_t last = 3;
  while (last < 1'003) {
    auto watcher =
        watch(R"({"watch":"entries","accounts":["acme"],"from":)" + std::to_string(last) + "}");
    for (int i = 0; i < 37 && last < 1'003; ++i) {
      const std::string entry = hear(watcher);
      EXPECT_EQ(position(entry), last + 1);
      last = position(entry);
    }
  }
  writer.join();
}

TEST_F(Watch, ResumesOverARestartOfTheDaemon) {
  send("acme", "m", 5);
  daemon.restart();
  auto watcher = watch(R"({"watch":"entries","accounts":["acme"],"from":4})");
  for (std::uint64_t expected = 5; expected <= 8; ++expected)
    EXPECT_EQ(position(hear(watcher)), expected);
}

TEST_F(Watch, PausesAClientThatDoesNotReadAndThenTellsItEverything) {
  constexpr std::uint64_t calls = 40;  // 12 MB: more than the system's buffers and our own
  auto deaf = watch(R"({"watch":"entries","accounts":["acme"],"from":3})");
  auto reader = watch(R"({"watch":"entries","accounts":["acme"],"from":3})");
  for (std::uint64_t call = 0; call < calls; ++call) {
    send("acme", "m" + std::to_string(call) + "-", 1'000);
    for (std::uint64_t i = 0; i < 1'000; ++i)  // nobody waits for the deaf one
      EXPECT_EQ(position(hear(reader)), 4 + call * 1'000 + i);
  }
  std::size_t lags = 0;
  for (std::uint64_t expected = 4; expected < 4 + calls * 1'000;) {
    const std::string message = hear(deaf);
    if (member(message, "type") == "lag") {
      ++lags;
      EXPECT_EQ(position(message), expected - 1);
      EXPECT_EQ(member(message, "behind"), std::to_string(4 + calls * 1'000 - expected));
      continue;
    }
    ASSERT_EQ(position(message), expected++);
  }
  EXPECT_EQ(lags, 1U);
}

TEST_F(Watch, TellsOnlyTheAccountsThatAreWatched) {
  expect(client, 201, "POST", "/v1/accounts", R"({"account":"beta","currency":"CNY"})");
  expect(client, 200, "POST", "/v1/accounts/beta/funds", R"({"amount":"5"})");
  auto watcher = watch(R"({"watch":"entries","accounts":["beta"]})");
  EXPECT_TRUE(watcher.send(R"({"watch":"balances","accounts":["beta"]})"));
  EXPECT_EQ(member(hear(watcher), "type"), "snapshot");
  send("acme", "a", 3);
  send("beta", "b", 1);
  std::vector<std::string> kinds{member(hear(watcher), "type"), member(hear(watcher), "type")};
  EXPECT_THAT(kinds, ::testing::UnorderedElementsAre("entry", "change"));
  EXPECT_TRUE(watcher.send(R"({"unwatch":"entries","accounts":["beta"]})"));
  EXPECT_EQ(member(hear(watcher), "type"), "unwatched");
  send("beta", "c", 1);
  EXPECT_EQ(member(hear(watcher), "type"), "change");
  EXPECT_TRUE(watcher.send(R"({"unwatch":"balances"})"));
  EXPECT_EQ(member(hear(watcher), "unwatch"), "balances");
}

TEST_F(Watch, AnswersAWrongMessageWithAnError) {
  auto watcher = watch("{");
  const auto error = [&](std::string_view message) {
    EXPECT_TRUE(watcher.send(message));
    const std::string told = hear(watcher);
    EXPECT_EQ(member(told, "type"), "error") << message;
    EXPECT_EQ(member(told, "position"), "3") << message;
    return member(told, "code") + " " + member(told, "field");
  };
  EXPECT_EQ(member(hear(watcher), "code"), "invalid_json");
  EXPECT_EQ(error("[]"), "invalid_body ");
  EXPECT_EQ(error("{}"), "invalid_watch watch");
  EXPECT_EQ(error(R"({"watch":"all","accounts":["acme"]})"), "invalid_watch watch");
  EXPECT_EQ(error(R"({"watch":"entries"})"), "invalid_accounts accounts");
  EXPECT_EQ(error(R"({"watch":"entries","accounts":[]})"), "invalid_accounts accounts");
  EXPECT_EQ(error(R"({"watch":"entries","accounts":["a b"]})"), "invalid_accounts accounts");
  EXPECT_EQ(error(R"({"watch":"entries","accounts":["acme","nobody"]})"),
            "unknown_account accounts[1]");
  EXPECT_EQ(error(R"({"watch":"entries","accounts":["acme"],"from":-1})"), "invalid_from from");
  EXPECT_EQ(error(R"({"watch":"entries","accounts":["acme"],"from":4})"), "invalid_from from");
  EXPECT_EQ(error(R"({"watch":"entries","accounts":["acme"],"x":1})"), "unknown_field x");
  // And goes on.
  EXPECT_TRUE(watcher.send(R"({"watch":"balances","accounts":["acme"]})"));
  EXPECT_EQ(member(hear(watcher), "type"), "snapshot");
}

TEST_F(Watch, ClosesOnAMessageThatIsTooLarge) {
  WatchClient watcher(daemon.url());
  ASSERT_TRUE(watcher.connect());
  // The daemon may close at the head of the message, before the rest of it is sent.
  const bool sent = watcher.send(std::string(70'000, ' ')).has_value();
  EXPECT_FALSE(sent && watcher.next(std::chrono::seconds(20)));
}

TEST_F(Watch, SaysGoodbyeWhenTheDaemonStops) {
  auto watcher = watch(R"({"watch":"balances","accounts":["acme"]})");
  EXPECT_EQ(member(hear(watcher), "type"), "snapshot");
  daemon.stop_front();
  EXPECT_FALSE(watcher.next(std::chrono::seconds(20)));
  daemon.wait_until_stopped();
}

std::string upgrade(std::string_view fields) {
  return "GET /v1/watch HTTP/1.1\r\nHost: 127.0.0.1:7180\r\nUpgrade: websocket\r\n"
         "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
         std::string(fields) + "\r\n";
}

TEST_F(Watch, AnswersAllThatAClientSaysBeforeItListens) {
  std::string said = upgrade("");
  for (int i = 0; i < 500; ++i) append_frame(said, FrameKind::text, "{", {7});
  append_frame(said, FrameKind::ping, "still there?", {7});
  append_frame(said, FrameKind::text, R"({"unwatch":"balances"})", {7});
  RawSocket socket(daemon.port());
  socket.say(said);
  const std::string heard =
      socket.hear_until(R"({"type":"unwatched","unwatch":"balances","position":3})");
  std::size_t errors = 0;
  for (std::size_t at = heard.find("invalid_json"); at != std::string::npos;
       at = heard.find("invalid_json", at + 1))
    ++errors;
  EXPECT_EQ(errors, 500U);
  EXPECT_THAT(heard, HasSubstr("\x8A\x0Cstill there?"));
}

TEST_F(Watch, ClosesAsTheClientDoes) {
  RawSocket socket(daemon.port());
  std::string said = upgrade("");
  append_frame(said, FrameKind::close,
               "\x03\xE8"
               "enough",
               {7});
  socket.say(said);
  EXPECT_THAT(socket.hear_all(), ::testing::EndsWith("\r\n\r\n\x88\x02\x03\xE8"));
}

TEST_F(Watch, ClosesWithTheCodeOfWhatWasWrong) {
  const auto expect_close = [&](FrameKind kind, std::string_view payload, std::string_view close) {
    RawSocket socket(daemon.port());
    std::string said = upgrade("");
    append_frame(said, kind, payload, {7});
    socket.say(said);
    const std::string heard = socket.hear_until(close);
    EXPECT_THAT(heard, ::testing::EndsWith(std::string(close)));
  };
  expect_close(FrameKind::text, "\xFF",
               "\x88\x15\x03\xEF"
               "a text is not UTF-8");
  expect_close(static_cast<FrameKind>(3), "",
               "\x88\x1C\x03\xEA"
               "a frame of an unknown kind");
  expect_close(FrameKind::text, std::string(70'000, ' '),
               "\x88\x1A\x03\xF1"
               "the message is too large");
}

TEST_F(Watch, TakesNoPageOfAnotherHost) {
  const auto first_line = [&](std::string_view fields) {
    RawSocket socket(daemon.port());
    socket.say(upgrade(fields));
    return socket.hear_until("\r\n\r\n");
  };
  EXPECT_THAT(first_line(""), StartsWith("HTTP/1.1 101 "));
  EXPECT_THAT(first_line("Origin: http://127.0.0.1:7180\r\n"), StartsWith("HTTP/1.1 101 "));
  RawSocket other(daemon.port());
  other.say(upgrade("Connection: close\r\nOrigin: http://elsewhere.example\r\n"));
  const std::string refused = other.hear_all();
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(refused, HasSubstr("forbidden_origin"));
}

TEST(WatchTimeouts, CloseAClientThatIsSilent) {
  Start setup;
  setup.limits.ping_interval = std::chrono::milliseconds(50);
  Daemon daemon(setup);
  RawSocket socket(daemon.port());
  socket.say(upgrade(""));
  const std::string heard = socket.hear_all();  // ends: the pings stay unanswered
  EXPECT_THAT(heard, StartsWith("HTTP/1.1 101 "));
  std::string goodbye;
  append_close_frame(goodbye, CloseCode::policy, "no sign of life came for too long");
  EXPECT_THAT(heard, ::testing::EndsWith(goodbye));
}

}  // namespace
}  // namespace packledger::serve
