// Numbered batches through a real WebSocket and by HTTP (docs/interface.md).
#include "tests/serve/daemon_under_test.hpp"
#include "tests/serve/publish_socket.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace packledger::serve {
namespace {

using ::testing::HasSubstr;

SendAsked unnamed(std::int64_t units = 1) {
  return {.account = "acme",
          .send = {.send = {},
                   .units = Units{units},
                   .occurred_at = std::nullopt,
                   .destination = {{'T', 'H'}},
                   .type = TemplateType::verification,
                   .billable = true}};
}

BatchHead head(std::uint64_t epoch, std::uint64_t number) {
  return {.batch = 100 + number, .producer = "gw-1", .number = {epoch, number}};
}

// One that is open and has heard the greeting.
class Greeted : public PublishSocket {
 public:
  explicit Greeted(std::uint16_t port) : PublishSocket(port) { EXPECT_NE(hear_results(), nullptr); }
};

class ProducersOnline : public ::testing::Test {
 protected:
  // Entries 1 to 3.
  ProducersOnline() { open_acme(client); }

  // What the daemon says to a batch: "recorded 4 ...", "repeated: ...", "gap 1/2".
  static std::string say(PublishSocket& socket, const BatchHead& batch,
                         const std::vector<SendAsked>& sends) {
    if (!socket.say_batch(batch, sends)) return "gone";
    const SendResultsRead* told = socket.hear_results();
    if (told == nullptr) return "nothing";
    EXPECT_EQ(told->batch, batch.batch);
    return words_of(*told);
  }
  static std::string words_of(const SendResultsRead& told) {
    std::string text = told.repeated ? "repeated:" : "";
    if (told.next != 0)
      text += " " + std::string(told.refused) + " " + std::to_string(told.epoch) + "/" +
              std::to_string(told.next);
    else if (!told.refused.empty())
      text += " " + std::string(told.refused);
    for (const SendResultRead& result : told.results) {
      text += " " + std::string(result.outcome == SendOutcome::recorded    ? "recorded"
                                : result.outcome == SendOutcome::duplicate ? "duplicate"
                                                                           : result.code);
      if (result.position != Sequence{}) text += " " + std::to_string(result.position.value);
    }
    return text;
  }
  [[nodiscard]] Greeted open() const { return Greeted(daemon.port()); }
  std::string post(unsigned status, const BatchHead& batch, const std::vector<SendAsked>& sends,
                   std::string_view query = "") {
    std::string body;
    write_send_batch(batch, sends, body);
    const HttpAnswer answer = expect(client, status, "POST", "/v1/sends" + std::string(query), body,
                                     {{"Content-Type", "application/x-protobuf"}});
    if (status != 200) return member(answer.body, "code") + " " + member(answer.body, "field");
    SendResultsRead told;
    EXPECT_TRUE(read_send_results(answer.body, told));
    return words_of(told);
  }
  std::string metric(const std::string& name) {
    const std::string text = daemon.client().call("GET", "/metrics")->body;
    const std::size_t at = text.find("\n" + name + " ");
    const std::size_t value = at + name.size() + 2;
    return text.substr(value, text.find('\n', value) - value);
  }

  Daemon daemon;
  HttpClient client = daemon.client();
};

TEST_F(ProducersOnline, AreAnsweredAgainAsTheFirstTime) {
  Greeted socket = open();
  SendAsked wrong = unnamed();
  wrong.account = "no name";
  SendAsked reserved = unnamed();
  reserved.send.send = ":gw-1:1:1:0";
  const std::vector<SendAsked> sends{unnamed(), wrong, unnamed(0), unnamed(2), reserved};
  const std::string first = say(socket, head(1, 1), sends);
  EXPECT_EQ(first, " recorded 4 invalid_account invalid_units recorded 5 reserved_name");
  EXPECT_EQ(say(socket, head(1, 1), sends), "repeated:" + first);
  EXPECT_EQ(say(socket, head(1, 2), {unnamed()}), " recorded 7");
  socket.drop();
  daemon.restart();
  Greeted again = open();
  EXPECT_EQ(say(again, head(1, 1), sends), "repeated:" + first);
  EXPECT_EQ(say(again, head(1, 2), {unnamed()}), "repeated: recorded 7");
  EXPECT_EQ(say(again, head(1, 3), {}), "");
  EXPECT_EQ(say(again, head(1, 4), {unnamed()}), " recorded 10");
  EXPECT_EQ(metric("packledger_sends_total{result=\"recorded\"}"), "1");
  EXPECT_EQ(metric("packledger_sends_total{result=\"duplicate\"}"), "3");
}

TEST_F(ProducersOnline, HearWhatIsExpectedOfThem) {
  Greeted socket = open();
  EXPECT_EQ(say(socket, head(0, 0), {}), "  0/1");  // nobody knows it yet
  EXPECT_EQ(say(socket, head(5, 2), {unnamed()}), " gap 0/1");
  EXPECT_EQ(say(socket, head(5, 1), {unnamed()}), " recorded 4");
  EXPECT_EQ(say(socket, head(0, 0), {}), "  5/2");
  EXPECT_EQ(say(socket, head(5, 4), {unnamed()}), " gap 5/2");
  EXPECT_EQ(say(socket, head(4, 1), {unnamed()}), " stale_epoch 5/2");
  EXPECT_EQ(say(socket, head(5, 1), {unnamed(2)}), " conflict 5/2");
  EXPECT_EQ(say(socket, head(6, 1), {unnamed()}), " recorded 6");
  EXPECT_EQ(say(socket, head(5, 2), {unnamed()}), " stale_epoch 6/2");
}

TEST_F(ProducersOnline, AreTakenBehindTheirOwnBatchesInFlight) {
  Greeted socket = open();
  daemon.inbox().hold(true);
  for (std::uint64_t number = 1; number <= 4; ++number)
    socket.say_batch(head(1, number), std::vector{unnamed()});
  socket.say_batch(head(1, 2), std::vector{unnamed()});
  socket.say_batch(head(0, 0), {});
  daemon.inbox().wait_for_waiting(6);
  daemon.inbox().hold(false);
  for (const char* words : {" recorded 4", " recorded 6", " recorded 8", " recorded 10",
                            "repeated: recorded 6", "  1/5"}) {
    const SendResultsRead* told = socket.hear_results();
    ASSERT_NE(told, nullptr);
    EXPECT_EQ(words_of(*told), words);
  }
}

TEST_F(ProducersOnline, AreNotCutOffForAWrongNumber) {
  Greeted socket = open();
  BatchHead wrong = head(1, 1);
  wrong.producer = "gw 1";
  EXPECT_EQ(say(socket, wrong, {unnamed()}), " invalid_producer");
  EXPECT_EQ(say(socket, head(0, 1), {unnamed()}), " invalid_epoch");
  EXPECT_EQ(say(socket, head(1, 0), {unnamed()}), " invalid_number");
  EXPECT_EQ(say(socket, head(1, 1), {unnamed()}), " recorded 4");
}

TEST_F(ProducersOnline, HaveSendsThatAreSeenAndReversed) {
  Greeted socket = open();
  EXPECT_EQ(say(socket, head(1, 1), {unnamed(), unnamed(3)}), " recorded 4 recorded 5");
  const std::string shown = expect(client, 200, "GET", "/v1/accounts/acme/sends/:gw-1:1:1:1").body;
  EXPECT_EQ(member(shown, "units"), "3");
  expect(client, 201, "POST", "/v1/accounts/acme/sends/:gw-1:1:1:1/reversals",
         R"({"reversal":"r1","units":3})");
  const std::string journal = expect(client, 200, "GET", "/v1/journal?from=6&limit=1").body;
  EXPECT_THAT(journal, HasSubstr(R"("kind":"batch_taken","account":null)"));
  EXPECT_THAT(journal, HasSubstr(R"("producer":"gw-1","epoch":1,"number":1,)"));
}

TEST_F(ProducersOnline, MayAskByHttp) {
  EXPECT_EQ(post(200, head(1, 1), {unnamed()}), " recorded 4");
  EXPECT_EQ(post(200, head(1, 1), {unnamed()}), "repeated: recorded 4");
  EXPECT_EQ(post(200, head(0, 0), {}), "  1/2");
  EXPECT_EQ(post(409, head(1, 3), {unnamed()}), "gap number");
  EXPECT_EQ(post(409, head(1, 1), {unnamed(2)}), "conflict sends");
  EXPECT_EQ(post(200, head(3, 1), {unnamed()}, "?dry_run=true"), " recorded");
  EXPECT_EQ(post(200, head(0, 0), {}, "?dry_run=true"), "  1/2");
}

TEST_F(ProducersOnline, ReserveTheirNamesInJson) {
  const std::string named = R"({"account":"acme","send":":a","units":1,"destination":"TH",)"
                            R"("template":"verification"})";
  const std::string told = expect(client, 200, "POST", "/v1/sends", named).body;
  EXPECT_EQ(member(told, "result"), "rejected");
  EXPECT_EQ(member(told, "code"), "reserved_name");
  EXPECT_EQ(member(told, "field"), "send");
}

}  // namespace
}  // namespace packledger::serve
