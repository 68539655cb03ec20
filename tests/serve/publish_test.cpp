// GET /v1/publish through a real WebSocket, and POST /v1/sends in protobuf.
#include "tests/serve/daemon_under_test.hpp"
#include "tests/serve/publish_socket.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace packledger::serve {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

SendAsked send_of(std::string account, std::string name) {
  return {.account = std::move(account),
          .send = {.send = std::move(name),
                   .units = Units{1},
                   .occurred_at = std::nullopt,
                   .destination = {{'T', 'H'}},
                   .type = TemplateType::verification,
                   .billable = true}};
}

// prefix0, prefix1, ... of acme.
std::vector<SendAsked> sends_named(const std::string& prefix, std::size_t count) {
  std::vector<SendAsked> sends;
  for (std::size_t i = 0; i < count; ++i) {
    sends.push_back(send_of("acme", prefix + std::to_string(i)));
  }
  return sends;
}

// A SendBatch of so many sends with nothing in them.
std::string empty_sends(std::size_t count) {
  std::string message;
  for (std::size_t i = 0; i < count; ++i) message += {'\x12', '\0'};
  return message;
}

// One that is open and has heard the greeting.
class Greeted : public PublishSocket {
 public:
  explicit Greeted(std::uint16_t port) : PublishSocket(port) {
    EXPECT_TRUE(opened());
    const SendResultsRead* greeting = hear_results();
    EXPECT_TRUE(greeting != nullptr && greeting->batch == 0 && greeting->results.empty());
  }
};

class Publish : public ::testing::Test {
 protected:
  explicit Publish(const Start& setup = {}) : daemon(setup) { open_acme(client); }

  [[nodiscard]] Greeted open() const { return Greeted(daemon.port()); }
  // Hears the results of a batch of so many sends that were all recorded.
  static void expect_recorded(PublishSocket& socket, std::uint64_t batch, std::size_t count) {
    const SendResultsRead* results = socket.hear_results();
    ASSERT_NE(results, nullptr) << "batch " << batch;
    EXPECT_EQ(results->batch, batch);
    ASSERT_EQ(results->results.size(), count);
    for (const SendResultRead& result : results->results) {
      EXPECT_EQ(result.outcome, SendOutcome::recorded) << result.code;
    }
  }
  static void expect_closed(PublishSocket& socket, unsigned code) {
    const auto frame = socket.hear();
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->opcode, Opcode::close);
    EXPECT_EQ(frame->close_code(), code) << frame->payload;
    socket.say(Opcode::close, frame->payload);
    EXPECT_FALSE(socket.hear());
    socket.drop();
  }
  std::string metric(const std::string& name) {
    const std::string text = client.call("GET", "/metrics")->body;
    const std::size_t at = text.find("\n" + name + " ");
    if (at == std::string::npos) return "none";
    const std::size_t value = at + name.size() + 2;
    return text.substr(value, text.find('\n', value) - value);
  }
  bool is_recorded(const std::string& send) {
    return client.call("GET", "/v1/accounts/acme/sends/" + send)->status == 200;
  }

  Daemon daemon;
  HttpClient client = daemon.client();
};

// ---- batches and their answers ----

TEST_F(Publish, BeginsWithTheCredit) {
  PublishSocket socket(daemon.port());
  ASSERT_TRUE(socket.opened());
  const SendResultsRead* greeting = socket.hear_results();
  ASSERT_NE(greeting, nullptr);
  EXPECT_EQ(greeting->batch, 0U);
  EXPECT_EQ(greeting->credit, Limits{}.publish_batches_max);
  EXPECT_EQ(metric("packledger_publishers_open"), "1");
}

TEST_F(Publish, RecordsABatchAndAnswersWithItsNumber) {
  Greeted socket = open();
  socket.say_batch(77, sends_named("m-", 3));
  const SendResultsRead* results = socket.hear_results();
  ASSERT_NE(results, nullptr);
  EXPECT_EQ(results->batch, 77U);
  ASSERT_EQ(results->results.size(), 3U);
  EXPECT_EQ(results->results[0].position, Sequence{4});
  EXPECT_EQ(results->results[2].position, Sequence{6});
  const std::string shown = expect(client, 200, "GET", "/v1/accounts/acme/sends/m-2").body;
  EXPECT_THAT(shown, HasSubstr(R"("amount":"0.132")"));
  EXPECT_EQ(metric("packledger_sends_total{result=\"recorded\"}"), "3");
  EXPECT_EQ(metric("packledger_publish_batches_total"), "1");
}

TEST_F(Publish, TellsOfEverySendWhatBecameOfIt) {
  Greeted socket = open();
  std::vector<SendAsked> sends = sends_named("m-", 1);
  socket.say_batch(1, sends);
  expect_recorded(socket, 1, 1);
  sends.push_back(sends[0]);
  sends.back().send.units = Units{2};
  sends.push_back(send_of("nobody", "m-1"));
  sends.push_back(send_of("acme", "no name"));
  sends.push_back(send_of("acme", "m-1"));
  sends.push_back(sends.back());
  sends.push_back(send_of("acme", "m-2"));
  sends.back().send.units = Units{0};
  socket.say_batch(2, sends);
  const SendResultsRead* told = socket.hear_results();
  ASSERT_NE(told, nullptr);
  const auto& results = told->results;
  ASSERT_EQ(results.size(), 7U);
  EXPECT_EQ(results[0].outcome, SendOutcome::duplicate);
  EXPECT_EQ(results[0].position, Sequence{4});
  EXPECT_EQ(results[1].code, "conflict");
  EXPECT_EQ(results[1].field, "units");
  EXPECT_EQ(results[1].first_position, Sequence{4});
  EXPECT_EQ(results[2].code, "unknown_account");
  EXPECT_EQ(results[3].code, "invalid_send");
  EXPECT_EQ(results[4].outcome, SendOutcome::recorded);
  EXPECT_EQ(results[5].outcome, SendOutcome::duplicate);
  EXPECT_EQ(results[5].position, results[4].position);
  EXPECT_EQ(results[6].code, "invalid_units");
  EXPECT_EQ(metric("packledger_sends_total{result=\"recorded\"}"), "2");
  EXPECT_EQ(metric("packledger_sends_total{result=\"duplicate\"}"), "2");
  EXPECT_EQ(metric("packledger_sends_total{result=\"rejected\"}"), "4");
  EXPECT_EQ(metric("packledger_rejects_total{code=\"conflict\"}"), "1");
}

TEST_F(Publish, AnswersManyInFlightInTheirOrder) {
  Greeted socket = open();
  daemon.inbox().hold(true);
  for (std::uint64_t batch = 1; batch <= 40; ++batch) {
    const std::size_t count = batch % 5;
    if (batch == 17) {
      socket.say(Opcode::binary, empty_sends(sends_per_batch_max + 1));
    } else {
      socket.say_batch(batch, sends_named("b" + std::to_string(batch) + "-", count));
    }
  }
  daemon.inbox().wait_for_waiting(31);  // all but those without sends, and the one too large
  daemon.inbox().hold(false);
  for (std::uint64_t batch = 1; batch <= 40; ++batch) {
    if (batch != 17) {
      expect_recorded(socket, batch, batch % 5);
      continue;
    }
    const SendResultsRead* results = socket.hear_results();
    ASSERT_NE(results, nullptr);
    EXPECT_EQ(results->batch, 0U);
    EXPECT_EQ(results->refused, "too_large");
    EXPECT_TRUE(results->results.empty());
  }
}

TEST_F(Publish, KnowsWhatWasRecordedBeforeARestart) {
  Greeted socket = open();
  socket.say_batch(1, sends_named("m-", 2));
  expect_recorded(socket, 1, 2);
  socket.drop();
  daemon.restart();
  Greeted again = open();
  again.say_batch(2, sends_named("m-", 3));
  const SendResultsRead* results = again.hear_results();
  ASSERT_NE(results, nullptr);
  ASSERT_EQ(results->results.size(), 3U);
  EXPECT_EQ(results->results[1].outcome, SendOutcome::duplicate);
  EXPECT_EQ(results->results[1].position, Sequence{5});
  EXPECT_EQ(results->results[2].outcome, SendOutcome::recorded);
}

TEST_F(Publish, TakesAMessageInPiecesAndAnswersPings) {
  Greeted socket = open();
  std::string message;
  write_send_batch(9, sends_named("m-", 1), message);
  socket.say(Opcode::binary, message.substr(0, 5), false);
  socket.say(Opcode::ping, "hello");
  socket.say(Opcode::more, message.substr(5, 1), false);
  socket.say(Opcode::more, message.substr(6));
  const auto pong = socket.hear();
  ASSERT_TRUE(pong);
  EXPECT_EQ(pong->opcode, Opcode::pong);
  EXPECT_EQ(pong->payload, "hello");
  expect_recorded(socket, 9, 1);
}

// ---- while too much is waiting ----

class PublishToAFullInbox : public Publish {
 protected:
  PublishToAFullInbox() : Publish(Start{.requests_max = 1}) {}
};

TEST_F(PublishToAFullInbox, WaitsWhereOthersAreRefused) {
  Greeted socket = open();
  daemon.inbox().hold(true);
  for (std::uint64_t batch = 1; batch <= 5; ++batch) {
    socket.say_batch(batch, sends_named("b" + std::to_string(batch) + "-", 2));
  }
  daemon.inbox().wait_for_waiting(1);
  expect(client, 503, "POST", "/v1/sends", sends_of("acme", "other", 1));
  daemon.inbox().hold(false);
  for (std::uint64_t batch = 1; batch <= 5; ++batch) expect_recorded(socket, batch, 2);
}

class PublishWithLittleCredit : public Publish {
 protected:
  PublishWithLittleCredit() : Publish(Start{.limits = {.publish_batches_max = 2}}) {}
};

TEST_F(PublishWithLittleCredit, IsNotReadOnBeyondIt) {
  Greeted socket = open();
  daemon.inbox().hold(true);
  for (std::uint64_t batch = 1; batch <= 5; ++batch) {
    socket.say_batch(batch, sends_named("b" + std::to_string(batch) + "-", 2));
  }
  daemon.inbox().wait_for_waiting(2);
  EXPECT_EQ(metric("packledger_publish_batches_total"), "2");
  daemon.inbox().hold(false);
  for (std::uint64_t batch = 1; batch <= 5; ++batch) expect_recorded(socket, batch, 2);
}

class PublishWithLittleRoom : public Publish {
 protected:
  PublishWithLittleRoom()
      : Publish(Start{.limits = {.body_bytes_small = 64,
                                 .large_bodies_bytes_max = 4'096,
                                 .publish_message_bytes_max = 4'096,
                                 .publish_bytes_max = 100,
                                 .publish_answers_bytes_max = 100}}) {}
};

TEST_F(PublishWithLittleRoom, GoesOnOneBatchAfterTheOther) {
  Greeted first = open();
  Greeted second = open();
  for (std::uint64_t batch = 1; batch <= 20; ++batch) {
    first.say_batch(batch, sends_named("a" + std::to_string(batch) + "-", 30));
    second.say_batch(batch, sends_named("b" + std::to_string(batch) + "-", 30));
  }
  for (std::uint64_t batch = 1; batch <= 20; ++batch) {
    expect_recorded(first, batch, 30);
    expect_recorded(second, batch, 30);
  }
}

class PublishWithLittlePatience : public Publish {
 protected:
  PublishWithLittlePatience()
      : Publish(Start{.limits = {.write_timeout = std::chrono::milliseconds(300)}}) {}
};

TEST_F(PublishWithLittlePatience, CutsOffAClientThatDoesNotReadItsAnswers) {
  Greeted socket = open();
  const std::string message = empty_sends(sends_per_batch_max);
  while (socket.say(Opcode::binary, message)) {
  }
  while (metric("packledger_publishers_open") != "0") {
  }
  Greeted other = open();
  other.say_batch(1, sends_named("m-", 1));
  expect_recorded(other, 1, 1);
}

// ---- the end of a connection ----

class PublishToTheEnd : public Publish {
 protected:
  PublishToTheEnd() : Publish(Start{.limits = {.publish_message_bytes_max = 4'096}}) {}

  // With three batches in flight, says this; all three are answered before the connection closes.
  void expect_end(Opcode opcode, std::string_view payload, unsigned code) {
    Greeted socket = open();
    daemon.inbox().hold(true);
    for (std::uint64_t batch = 1; batch <= 3; ++batch) {
      socket.say_batch(batch, sends_named(std::to_string(code) + "-" + std::to_string(batch), 2));
    }
    socket.say(opcode, payload);
    daemon.inbox().wait_for_waiting(3);
    daemon.inbox().hold(false);
    for (std::uint64_t batch = 1; batch <= 3; ++batch) expect_recorded(socket, batch, 2);
    expect_closed(socket, code);
  }
};

TEST_F(PublishToTheEnd, ClosesOnAText) { expect_end(Opcode::text, "{}", 1003); }

TEST_F(PublishToTheEnd, ClosesOnWhatIsNoBatch) { expect_end(Opcode::binary, "\x0A", 1007); }

TEST_F(PublishToTheEnd, ClosesOnAMessageThatIsTooLarge) {
  expect_end(Opcode::binary, empty_sends(2'049), 1009);
}

TEST_F(PublishToTheEnd, TakesTheLargestMessage) {
  Greeted socket = open();
  socket.say(Opcode::binary, empty_sends(2'048));
  const SendResultsRead* results = socket.hear_results();
  ASSERT_NE(results, nullptr);
  EXPECT_EQ(results->results.size(), 2'048U);
  EXPECT_EQ(results->results[0].code, "invalid_account");
}

TEST_F(PublishToTheEnd, DoesNotWaitForAMessageWhoseLengthIsTooMuch) {
  Greeted socket = open();
  // The head of a frame of 2^62 bytes, and a little more than may be of what follows.
  socket.say_raw(std::string("\x82\xFF\x40\0\0\0\0\0\0\0\0\0\0\0", 14) + empty_sends(2'049));
  const auto frame = socket.hear();
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->close_code(), 1009U);
}

TEST_F(PublishToTheEnd, RecordsWhatItTookFromAClientThatIsGone) {
  Greeted socket = open();
  daemon.inbox().hold(true);
  socket.say_batch(1, sends_named("m-", 2));
  daemon.inbox().wait_for_waiting(1);
  socket.drop();
  daemon.inbox().hold(false);
  while (metric("packledger_publishers_open") != "0") {
  }
  EXPECT_TRUE(is_recorded("m-1"));
}

TEST_F(PublishToTheEnd, AnswersWhatIsInFlightWhenTheFrontStops) {
  Greeted socket = open();
  Greeted idle = open();
  daemon.inbox().hold(true);
  for (std::uint64_t batch = 1; batch <= 3; ++batch) {
    socket.say_batch(batch, sends_named("b" + std::to_string(batch) + "-", 2));
  }
  daemon.inbox().wait_for_waiting(3);
  daemon.stop_front();
  expect_closed(idle, 1001);
  daemon.inbox().hold(false);
  for (std::uint64_t batch = 1; batch <= 3; ++batch) expect_recorded(socket, batch, 2);
  expect_closed(socket, 1001);
  daemon.wait_until_stopped();
}

TEST_F(PublishToAFullInbox, PutsWhatItTookWhenTheFrontStops) {
  Greeted socket = open();
  daemon.inbox().hold(true);
  socket.say_batch(1, sends_named("b1-", 2));
  socket.say_batch(2, sends_named("b2-", 2));
  daemon.inbox().wait_for_waiting(1);
  while (metric("packledger_publish_batches_total") != "2") {
  }
  daemon.stop_front();
  daemon.inbox().hold(false);
  expect_recorded(socket, 1, 2);
  expect_recorded(socket, 2, 2);
  expect_closed(socket, 1001);
  daemon.wait_until_stopped();
}

// ---- who may ----

TEST_F(Publish, IsNotForPagesOfAnotherHost) {
  const PublishSocket elsewhere(daemon.port(), "Origin: http://elsewhere\r\n");
  EXPECT_THAT(elsewhere.head(), StartsWith("HTTP/1.1 403 "));
  const std::string here = "http://127.0.0.1:" + std::to_string(daemon.port());
  EXPECT_TRUE(PublishSocket(daemon.port(), "Origin: " + here + "\r\n").opened());
}

class PublishInSilence : public Publish {
 protected:
  PublishInSilence() : Publish(Start{.limits = {.ping_interval = std::chrono::milliseconds(50)}}) {}
};

TEST_F(PublishInSilence, EndsWhereNobodyAnswersThePings) {
  Greeted socket = open();
  const auto ping = socket.hear();
  ASSERT_TRUE(ping);
  EXPECT_EQ(ping->opcode, Opcode::ping);
  EXPECT_FALSE(socket.hear());
}

TEST_F(Publish, SpeaksWebSocketOnly) {
  const HttpAnswer answer = expect(client, 426, "GET", "/v1/publish");
  EXPECT_EQ(member(answer.body, "code"), "upgrade_required");
  EXPECT_EQ(answer.header("Upgrade"), "websocket");
}

// ---- protobuf by HTTP ----

class PublishByHttp : public Publish {
 protected:
  static std::string batch_of(std::uint64_t number, std::span<const SendAsked> sends) {
    std::string body;
    write_send_batch(number, sends, body);
    return body;
  }
  HttpAnswer post(unsigned status, std::string_view body, std::string_view query = "") {
    return expect(client, status, "POST", "/v1/sends" + std::string(query), body,
                  {{"Content-Type", "application/x-protobuf"}});
  }
};

TEST_F(PublishByHttp, IsAnsweredInProtobuf) {
  std::vector<SendAsked> sends = sends_named("m-", 2);
  sends.push_back(send_of("acme", "no name"));
  const HttpAnswer answer = post(200, batch_of(7, sends));
  EXPECT_EQ(answer.header("Content-Type"), "application/x-protobuf");
  EXPECT_EQ(answer.header("Packledger-Position"), "5");
  SendResultsRead read;
  ASSERT_TRUE(read_send_results(answer.body, read));
  EXPECT_EQ(read.batch, 7U);
  ASSERT_EQ(read.results.size(), 3U);
  EXPECT_EQ(read.results[1].position, Sequence{5});
  EXPECT_EQ(read.results[2].code, "invalid_send");
  EXPECT_EQ(metric("packledger_sends_total{result=\"rejected\"}"), "1");
}

TEST_F(PublishByHttp, AnswersNothingToNothing) {
  EXPECT_EQ(post(200, "").body, "");
  EXPECT_EQ(post(200, batch_of(300, {})).body, "\x08\xAC\x02");
}

TEST_F(PublishByHttp, TriesOutWithoutKeeping) {
  const HttpAnswer answer = post(200, batch_of(1, sends_named("m-", 1)), "?dry_run=true");
  SendResultsRead read;
  ASSERT_TRUE(read_send_results(answer.body, read));
  ASSERT_EQ(read.results.size(), 1U);
  EXPECT_EQ(read.results[0].outcome, SendOutcome::recorded);
  EXPECT_EQ(read.results[0].position, Sequence{0});
  EXPECT_FALSE(is_recorded("m-0"));
}

TEST_F(PublishByHttp, IsRefusedAsAProblem) {
  EXPECT_EQ(member(post(400, "\x0A").body, "code"), "invalid_protobuf");
  EXPECT_EQ(member(post(413, empty_sends(sends_per_batch_max + 1)).body, "code"), "too_large");
}

TEST_F(PublishToAFullInbox, ByHttpIsRefusedAsBusy) {
  daemon.inbox().hold(true);
  Greeted socket = open();
  socket.say_batch(1, sends_named("m-", 1));
  daemon.inbox().wait_for_waiting(1);
  std::string body;
  write_send_batch(1, sends_named("n-", 1), body);
  const HttpAnswer answer =
      expect(client, 503, "POST", "/v1/sends", body, {{"Content-Type", "application/x-protobuf"}});
  EXPECT_EQ(answer.header("Retry-After"), "1");
  daemon.inbox().hold(false);
  expect_recorded(socket, 1, 1);
}

}  // namespace
}  // namespace packledger::serve
