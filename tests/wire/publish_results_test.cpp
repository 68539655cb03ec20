// The results of a batch in protobuf: worked bytes, and agreement with the code that protoc made of
// publish.proto.
#include "packledger/ledger/reject.hpp"
#include "packledger/v1/publish.pb.h"
#include "tests/wire/random_wire.hpp"
#include "wire/publish_codec.hpp"

#include <gmock/gmock.h>
#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <concepts>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger::wire_tests {
namespace {

using ::testing::IsEmpty;

const google::protobuf::LogSilencer quiet;  // it complains of every text that is not UTF-8

constexpr auto position_max = std::numeric_limits<std::uint64_t>::max();

SendAnswer recorded(std::uint64_t position) {
  SendAnswer answer;
  answer.sequence = Sequence{position};
  return answer;
}

SendAnswer refused(Reject reject, std::string_view field = {}) {
  SendAnswer answer;
  answer.unrecorded = std::make_unique<Unrecorded>();
  answer.unrecorded->refusal = Refusal{reject, field, Sequence{700}};
  answer.sequence = Sequence{reject == Reject::duplicate ? 700U : 0U};
  return answer;
}

template <std::same_as<SendAnswer>... Answer> std::vector<SendAnswer> answers_of(Answer... answer) {
  std::vector<SendAnswer> all;
  (all.push_back(std::move(answer)), ...);
  return all;
}

struct Told {
  std::vector<SendRefused> refused{};
  std::vector<SendAsked> asked{};
  std::vector<SendAnswer> answers{};
  SendsKept kept = SendsKept::kept;

  [[nodiscard]] std::string bytes(std::uint64_t batch, std::uint32_t credit = 0) const {
    std::string out;
    write_send_results({.batch = batch,
                        .credit = credit,
                        .sends = {.shape = SendsShape::protobuf,
                                  .refused = refused,
                                  .asked = asked,
                                  .answers = answers,
                                  .kept = kept}},
                       out);
    return out;
  }
};

TEST(SendResults, AreWrittenAsTheirBytes) {
  const Told told{.answers = answers_of(recorded(812), refused(Reject::duplicate))};
  EXPECT_EQ(told.bytes(7), bytes_of_hex("08 07 12 05 08 01 10 AC06 12 05 08 02 10 BC05 "));
  EXPECT_EQ(Told{}.bytes(0, 64), bytes_of_hex("18 40 "));
  EXPECT_EQ(Told{}.bytes(0), "");
}

TEST(SendResults, TellEverySendInItsOrder) {
  const Told told{
      .refused = {{0, "", "", {"invalid_send", "send", ""}},
                  {2, "", "", {"invalid_destination", "destination", ""}}},
      .answers = answers_of(recorded(1), refused(Reject::quota_exhausted),
                            refused(Reject::conflict, "units"), recorded(position_max))};
  v1::SendResults message;
  const std::string bytes = told.bytes(3, 9);
  ASSERT_TRUE(message.ParseFromString(bytes));
  EXPECT_EQ(message.SerializeAsString().size(), bytes.size());
  EXPECT_EQ(message.batch(), 3U);
  EXPECT_EQ(message.credit(), 9U);
  ASSERT_EQ(message.results_size(), 6);
  EXPECT_EQ(message.results(0).ShortDebugString(),
            R"(result: REJECTED code: "invalid_send" field: "send")");
  EXPECT_EQ(message.results(1).ShortDebugString(), "result: RECORDED position: 1");
  EXPECT_EQ(message.results(2).code(), "invalid_destination");
  EXPECT_EQ(message.results(3).ShortDebugString(), R"(result: REJECTED code: "quota_exhausted")");
  EXPECT_EQ(message.results(4).ShortDebugString(),
            R"(result: REJECTED code: "conflict" field: "units" first_position: 700)");
  EXPECT_EQ(message.results(5).position(), position_max);
}

TEST(SendResults, OfADryRunStandNowhereButWhereTheyWereBefore) {
  const Told told{.answers = answers_of(recorded(812), refused(Reject::duplicate)),
                  .kept = SendsKept::dry_run};
  v1::SendResults message;
  ASSERT_TRUE(message.ParseFromString(told.bytes(1)));
  EXPECT_EQ(message.results(0).ShortDebugString(), "result: RECORDED");
  EXPECT_EQ(message.results(1).ShortDebugString(), "result: DUPLICATE position: 700");
}

TEST(SendResults, TellWhyAWholeBatchWasRefused) {
  std::string bytes;
  write_batch_refusal(5, too_many_sends(), bytes);
  SendResultsRead read;
  ASSERT_TRUE(read_send_results(bytes, read));
  EXPECT_EQ(read.batch, 5U);
  EXPECT_EQ(read.refused, "too_large");
  EXPECT_EQ(read.detail, "expected at most 10000 sends in one request");
  EXPECT_THAT(read.results, IsEmpty());
}

TEST(SendResults, AreReadByTheClient) {
  const Told told{.refused = {{1, "", "", {"invalid_send", "send", ""}}},
                  .answers = answers_of(recorded(812), refused(Reject::conflict, "units"))};
  const std::string bytes = told.bytes(3, 9);
  SendResultsRead read{.results = {{}, {}}, .refused = "old"};
  ASSERT_TRUE(read_send_results(bytes, read));
  EXPECT_EQ(read.batch, 3U);
  EXPECT_EQ(read.credit, 9U);
  EXPECT_EQ(read.refused, "");
  ASSERT_EQ(read.results.size(), 3U);
  EXPECT_EQ(read.results[0].outcome, SendOutcome::recorded);
  EXPECT_EQ(read.results[0].position, Sequence{812});
  EXPECT_EQ(read.results[1].outcome, SendOutcome::rejected);
  EXPECT_EQ(read.results[1].code, "invalid_send");
  EXPECT_EQ(read.results[1].field, "send");
  EXPECT_EQ(read.results[2].first_position, Sequence{700});
}

// The same with the generated code, but for results that only a newer release knows.
void expect_agreement(const std::string& bytes, SendResultsRead& read) {
  v1::SendResults message;
  bool good = message.ParseFromString(bytes);
  for (const v1::SendResult& result : message.results()) {
    good = good && result.result() >= v1::SendResult::RECORDED &&
           result.result() <= v1::SendResult::REJECTED;
  }
  const bool ours = read_send_results(bytes, read).has_value();
  ASSERT_EQ(ours, good) << ::testing::PrintToString(bytes);
  if (!good) return;
  ASSERT_EQ(read.batch, message.batch());
  ASSERT_EQ(read.credit, message.credit());
  ASSERT_EQ(read.refused, message.refused());
  ASSERT_EQ(read.detail, message.detail());
  ASSERT_EQ(read.epoch, message.epoch());
  ASSERT_EQ(read.next, message.next());
  ASSERT_EQ(read.repeated, message.repeated());
  ASSERT_EQ(read.results.size(), static_cast<std::size_t>(message.results_size()));
  for (std::size_t i = 0; i < read.results.size(); ++i) {
    const v1::SendResult& result = message.results(static_cast<int>(i));
    ASSERT_EQ(static_cast<int>(read.results[i].outcome), static_cast<int>(result.result()));
    ASSERT_EQ(read.results[i].position.value, result.position());
    ASSERT_EQ(read.results[i].first_position.value, result.first_position());
    ASSERT_EQ(read.results[i].code, result.code());
    ASSERT_EQ(read.results[i].field, result.field());
  }
}

std::string random_results(Chance& chance) {
  v1::SendResults message;
  message.set_batch(chance() >> (chance() % 64));
  message.set_credit(static_cast<std::uint32_t>(chance() % 100));
  message.set_epoch(chance() >> (chance() % 64));
  message.set_next(chance() >> (chance() % 64));
  message.set_repeated(chance() % 2 == 0);
  for (std::size_t count = chance() % 5; count > 0; --count) {
    v1::SendResult& result = *message.add_results();
    result.set_result(static_cast<v1::SendResult::Result>(1 + chance() % 3));
    result.set_position(chance() >> (chance() % 64));
    if (chance() % 2 == 0) result.set_code("quota_exhausted");
  }
  return message.SerializeAsString();
}

TEST(SendResults, AgreeWithTheGeneratedCode) {
  Chance chance(6);
  SendResultsRead read;
  for (int i = 0; i < 50'000; ++i) {
    expect_agreement(random_results(chance), read);
    expect_agreement(damaged(chance, random_results(chance)), read);
    expect_agreement(random_fields(chance), read);
    ASSERT_FALSE(HasFatalFailure()) << i;
  }
}

}  // namespace
}  // namespace packledger::wire_tests
