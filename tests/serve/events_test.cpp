// GET /v1/watch/sse through a real socket.
#include "store/memory_journal.hpp"
#include "tests/serve/daemon_under_test.hpp"
#include "tests/serve/event_socket.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <thread>

namespace packledger::serve {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Events : public ::testing::Test {
 protected:
  Events() { open_acme(client); }

  EventSocket watch(std::string_view query, std::string_view fields = {}) {
    return EventSocket(daemon.port(), query, fields);
  }
  static SocketEvent hear(EventSocket& watcher) {
    const auto event = watcher.next();
    if (!event) ADD_FAILURE() << "nothing was told";
    SocketEvent none;
    none.data = "{}";
    return event.value_or(none);
  }
  void send(std::string_view prefix, std::size_t count) {
    expect(client, 200, "POST", "/v1/sends", sends_of("acme", prefix, count));
  }
  std::string refusal(std::string_view query, std::string_view fields = {}) {
    EventSocket watcher = watch(query, std::string(fields) + "Connection: close\r\n");
    EXPECT_THAT(watcher.head(), HasSubstr("application/problem+json"));
    const std::string body = watcher.rest();
    return member(body, "status") + " " + member(body, "code") + " " + member(body, "field");
  }

  Daemon daemon;
  HttpClient client = daemon.client();
};

TEST_F(Events, BeginWithAnAnswerThatDoesNotEnd) {
  EventSocket watcher = watch("watch=balances&accounts=acme");
  EXPECT_THAT(watcher.head(), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(watcher.head(), HasSubstr("Content-Type: text/event-stream"));
  EXPECT_THAT(watcher.head(), HasSubstr("Cache-Control: no-store"));
  EXPECT_THAT(watcher.head(), Not(HasSubstr("Content-Length")));
}

TEST_F(Events, TellASnapshotAndThenChanges) {
  EventSocket watcher = watch("watch=balances&accounts=acme&from=3");
  const SocketEvent snapshot = hear(watcher);
  EXPECT_EQ(snapshot.type, "snapshot");
  EXPECT_EQ(snapshot.id, "3");
  EXPECT_EQ(member(snapshot.data, "balance"), "10000");
  EXPECT_EQ(member(snapshot.data, "position"), "3");
  send("m", 1);
  const SocketEvent change = hear(watcher);
  EXPECT_EQ(change.type, "change");
  EXPECT_EQ(change.id, "4");
  EXPECT_EQ(member(change.data, "balance"), "9999.868");
}

TEST_F(Events, TellEveryEntryOfSeveralAccountsInOrder) {
  expect(client, 201, "POST", "/v1/accounts", R"({"account":"beta","currency":"CNY"})");
  EventSocket watcher = watch("watch=entries&accounts=acme,beta&from=0");
  send("m", 10);
  // 1 is the price book, which is no account's.
  for (std::uint64_t expected = 2; expected <= 14; ++expected) {
    const SocketEvent entry = hear(watcher);
    EXPECT_EQ(entry.type, "entry");
    EXPECT_EQ(entry.id, std::to_string(expected));
    EXPECT_EQ(member(entry.data, "position"), entry.id);
  }
}

TEST_F(Events, GoOnBehindTheLastIdOverManyConnections) {
  std::thread writer([this] {
    HttpClient other = daemon.client();
    for (int i = 0; i < 100; ++i)
      expect(other, 200, "POST", "/v1/sends", sends_of("acme", "w" + std::to_string(i) + "-", 10));
  });
  std::uint64_t last = 3;
  while (last < 1'003) {
    // What it has seen wins over where it began.
    EventSocket watcher = watch("watch=entries&accounts=acme&from=3",
                                "Last-Event-ID: " + std::to_string(last) + "\r\n");
    for (int i = 0; i < 37 && last < 1'003; ++i) {
      const SocketEvent entry = hear(watcher);
      EXPECT_EQ(entry.id, std::to_string(last + 1));
      ++last;
    }
  }
  writer.join();
}

TEST_F(Events, SayWhereTheyBeginSoThatACutBeforeTheFirstEntryLosesNothing) {
  EventSocket watcher = watch("watch=entries&accounts=acme");
  const auto first = watcher.next_piece();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->id, "3");
  EXPECT_EQ(first->data, "");
}

TEST_F(Events, SayThatSomethingIsMissingWhereTheClientHasSeenMoreThanTheJournalHolds) {
  EventSocket balances = watch("watch=balances&accounts=acme", "Last-Event-ID: 900\r\n");
  const SocketEvent snapshot = hear(balances);
  EXPECT_EQ(snapshot.type, "snapshot");
  EXPECT_EQ(member(snapshot.data, "gap"), "true");
  EventSocket entries = watch("watch=entries&accounts=acme", "Last-Event-ID: 900\r\n");
  const SocketEvent instead = hear(entries);
  EXPECT_EQ(instead.type, "snapshot");
  EXPECT_EQ(instead.id, "3");
  EXPECT_EQ(member(instead.data, "gap"), "true");
  send("m", 2);
  EXPECT_EQ(hear(entries).id, "4");
  EXPECT_EQ(hear(entries).id, "5");
  const SocketEvent change = hear(balances);
  EXPECT_EQ(change.type, "change");
  EXPECT_EQ(member(change.data, "gap"), "");
}

TEST_F(Events, PauseAClientThatDoesNotReadAndThenTellItEverything) {
  constexpr std::uint64_t calls = 40;  // 12 MB: more than the system's buffers and our own
  EventSocket deaf = watch("watch=entries&accounts=acme&from=3");
  for (std::uint64_t call = 0; call < calls; ++call) send("m" + std::to_string(call) + "-", 1'000);
  std::size_t lags = 0;
  for (std::uint64_t expected = 4; expected < 4 + calls * 1'000;) {
    const SocketEvent event = hear(deaf);
    if (event.type == "lag") {
      ++lags;
      EXPECT_EQ(event.id, std::to_string(expected - 1));
      EXPECT_EQ(member(event.data, "behind"), std::to_string(4 + calls * 1'000 - expected));
      continue;
    }
    ASSERT_EQ(event.id, std::to_string(expected++));
  }
  EXPECT_GE(lags, 1U);
}

TEST_F(Events, AreRefusedWhereTheQuestionIsWrong) {
  EXPECT_EQ(refusal("accounts=acme"), "400 invalid_watch watch");
  EXPECT_EQ(refusal("watch=all&accounts=acme"), "400 invalid_watch watch");
  EXPECT_EQ(refusal("watch=entries"), "400 invalid_accounts accounts");
  EXPECT_EQ(refusal("watch=entries&accounts="), "400 invalid_accounts accounts");
  EXPECT_EQ(refusal("watch=entries&accounts=acme,"), "400 invalid_accounts accounts");
  EXPECT_EQ(refusal("watch=entries&accounts=acme,%20b"), "400 invalid_accounts accounts");
  EXPECT_EQ(refusal("watch=entries&accounts=acme,nobody"), "404 unknown_account accounts[1]");
  EXPECT_EQ(refusal("watch=entries&accounts=acme&from=x"), "400 invalid_from from");
  EXPECT_EQ(refusal("watch=entries&accounts=acme&from=4"), "400 invalid_from from");
  EXPECT_EQ(refusal("watch=entries&accounts=acme&at=4"), "400 unknown_parameter at");
  EXPECT_EQ(refusal("watch=entries&accounts=acme", "Last-Event-ID: -1\r\n"),
            "400 invalid_last_event_id Last-Event-ID");
  EXPECT_EQ(refusal("watch=entries&accounts=acme", "Origin: http://elsewhere.example\r\n"),
            "403 forbidden_origin ");
}

TEST_F(Events, EndWhenTheDaemonStops) {
  EventSocket watcher = watch("watch=balances&accounts=acme");
  EXPECT_EQ(hear(watcher).type, "snapshot");
  daemon.stop_front();
  EXPECT_FALSE(watcher.next());
  daemon.wait_until_stopped();
}

TEST(EventTimeouts, ASignOfLifeComesWhileNothingElseDoes) {
  Start setup;
  setup.limits.ping_interval = std::chrono::milliseconds(100);
  Daemon daemon(setup);
  HttpClient client = daemon.client();
  open_acme(client);
  EventSocket watcher(daemon.port(), "watch=balances&accounts=acme");
  EXPECT_TRUE(watcher.next());
  for (int i = 0; i < 8; ++i) {  // longer than a WebSocket that is silent would live
    const auto sign = watcher.next_piece();
    ASSERT_TRUE(sign);
    EXPECT_TRUE(sign->comment);
  }
}

TEST(EventTimeouts, CloseAClientThatTakesNothing) {
  Start setup;
  setup.limits.write_timeout = std::chrono::milliseconds(200);
  setup.limits.ping_interval = std::chrono::milliseconds(100);
  Daemon daemon(setup);
  HttpClient client = daemon.client();
  open_acme(client);
  EventSocket deaf(daemon.port(), "watch=entries&accounts=acme&from=0");
  for (int call = 0; call < 40; ++call) {
    expect(client, 200, "POST", "/v1/sends",
           sends_of("acme", "m" + std::to_string(call) + "-", 1'000));
  }
  for (std::string open = "1"; open != "0";) {
    const std::string metrics = expect(client, 200, "GET", "/metrics").body;
    const std::size_t at = metrics.find("\npackledger_watchers_open ") + 26;
    open = metrics.substr(at, metrics.find('\n', at) - at);
  }
  std::size_t told = 0;
  while (deaf.next()) ++told;
  EXPECT_LT(told, 40'000U);
}

}  // namespace
}  // namespace packledger::serve
