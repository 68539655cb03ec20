// Batches of sends in protobuf: worked bytes, and agreement with the code that protoc made of
// publish.proto, over everything that it takes and everything that it refuses.
#include "wire/publish_codec.hpp"

#include "packledger/ledger/producers.hpp"
#include "packledger/ledger/reject.hpp"
#include "packledger/v1/publish.pb.h"
#include "tests/wire/random_wire.hpp"

#include <gmock/gmock.h>
#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger::wire_tests {
namespace {

using ::testing::IsEmpty;

const google::protobuf::LogSilencer quiet;  // it complains of every text that is not UTF-8

constexpr auto units_max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

SendAsked asked(std::string account, std::string send, std::int64_t units = 1) {
  return {.account = std::move(account),
          .send = {.send = std::move(send),
                   .units = Units{units},
                   .occurred_at = std::nullopt,
                   .destination = {{'T', 'H'}},
                   .type = TemplateType::verification,
                   .billable = true}};
}

bool same(const SendAsked& a, const SendAsked& b) {
  return a.account == b.account && a.send == b.send;
}

// ---- a batch, by us and by the generated code ----

v1::Send good_send() {
  v1::Send send;
  send.set_account("acme");
  send.set_send("m-1001");
  send.set_units(3);
  send.set_destination("TH");
  send.set_template_(v1::Send::NOTIFICATION);
  return send;
}

std::string refusal_of(const v1::Send& send) {
  if (!is_name(send.account())) return "invalid_account";
  if (!is_name(send.send())) return "invalid_send";
  if (send.units() > units_max) return "invalid_units";
  if (send.has_occurred_at() &&
      (send.occurred_at() < instant_min.ms || send.occurred_at() >= instant_max.ms)) {
    return "invalid_occurred_at";
  }
  if (!parse_country(send.destination())) return "invalid_destination";
  const int type = send.template_();
  if (type < 1 || type > 3) return "invalid_template";
  return send.send().starts_with(':') ? "reserved_name" : "";
}

// What the daemon calls those sends of a numbered batch that have no name.
std::string generated_name(const v1::SendBatch& batch, int index) {
  return ":" + batch.producer() + ":" + std::to_string(batch.epoch()) + ":" +
         std::to_string(batch.number()) + ":" + std::to_string(index);
}

std::string refusal_of(const v1::SendBatch& batch) {
  constexpr std::uint64_t most = 1ULL << 53U;
  if (batch.producer().empty() && batch.epoch() == 0 && batch.number() == 0) return "";
  if (!is_producer(batch.producer())) return "invalid_producer";
  if (batch.epoch() > most || (batch.epoch() == 0 && batch.number() != 0)) return "invalid_epoch";
  const bool asks_with_sends = batch.number() == 0 && batch.sends_size() > 0;
  return batch.number() > most || asks_with_sends ? "invalid_number" : "";
}

SendAsked asked_by(const v1::Send& send) {
  SendAsked asked{send.account(), {}};
  asked.send.send = send.send();
  asked.send.units = Units{static_cast<std::int64_t>(send.units())};
  if (send.has_occurred_at()) asked.send.occurred_at = Instant{send.occurred_at()};
  asked.send.destination = *parse_country(send.destination());
  asked.send.type = static_cast<TemplateType>(send.template_());
  asked.send.billable = !send.not_billable();
  return asked;
}

// Reads them both ways; what was read before must not show.
void expect_agreement(const std::string& bytes, SendsRead& read) {
  v1::SendBatch message;
  const bool good = message.ParseFromString(bytes);
  const auto ours = read_send_batch(bytes, read);
  const std::string refusal = good ? refusal_of(message) : "";
  ASSERT_EQ(ours.has_value(), good && refusal.empty()) << ::testing::PrintToString(bytes);
  if (good) ASSERT_EQ(read.batch, message.batch());
  if (!refusal.empty()) {
    ASSERT_EQ(ours.error().code, refusal);
    return;
  }
  if (!good) {
    ASSERT_EQ(ours.error().code, "invalid_protobuf");
    return;
  }
  ASSERT_EQ(read.count(), static_cast<std::size_t>(message.sends_size()));
  const bool numbered = !message.producer().empty();
  ASSERT_EQ(read.numbered.has_value(), numbered);
  if (numbered) {
    ASSERT_EQ(read.numbered->producer.view(), message.producer());
    ASSERT_EQ(read.numbered->at, (BatchNumber{message.epoch(), message.number()}));
  }
  std::size_t kept = 0;
  std::size_t refused = 0;
  for (int i = 0; i < message.sends_size(); ++i) {
    v1::Send send = message.sends(i);
    const bool unnamed = numbered && send.send().empty();
    if (unnamed) send.set_send("m");
    const std::string code = refusal_of(send);
    if (code.empty()) {
      if (unnamed) send.set_send(generated_name(message, i));
      ASSERT_LT(kept, read.sends.size());
      ASSERT_TRUE(same(read.sends[kept++], asked_by(send))) << message.DebugString();
      continue;
    }
    ASSERT_LT(refused, read.refused.size());
    const SendRefused& told = read.refused[refused++];
    ASSERT_EQ(told.index, static_cast<std::size_t>(i));
    ASSERT_EQ(told.fault.code, code) << message.DebugString();
    ASSERT_EQ(code == "reserved_name" ? code : "invalid_" + told.fault.field, code);
  }
}

v1::Send random_send(Chance& chance) {
  v1::Send send = good_send();
  send.set_send(std::string(chance() % 67, chance() % 8 == 0 ? ':' : 'm'));
  if (chance() % 2 == 0) send.set_units(chance() >> (chance() % 64));
  if (chance() % 2 == 0) {
    send.set_occurred_at(static_cast<std::int64_t>(chance()) >> (chance() % 64));
  }
  if (chance() % 4 == 0) send.set_destination(chance() % 2 == 0 ? "CN" : "C");
  if (chance() % 4 == 0) send.set_template_(static_cast<v1::Send::Template>(chance() % 6));
  send.set_not_billable(chance() % 4 == 0);
  return send;
}

std::string random_batch(Chance& chance) {
  v1::SendBatch message;
  message.set_batch(chance() >> (chance() % 64));
  for (std::size_t count = chance() % 5; count > 0; --count) {
    *message.add_sends() = random_send(chance);
  }
  if (chance() % 2 == 0) {
    message.set_producer(std::string(chance() % 26, "g:"[chance() % 16 == 0 ? 1 : 0]));
    message.set_epoch(chance() >> (chance() % 64));
    message.set_number(chance() >> (chance() % 64));
  }
  return message.SerializeAsString();
}

TEST(SendBatch, IsReadFromItsBytes) {
  // batch 7; {acme, m-1, 3 units, at 1970-01-01T00:00:00.001Z, TH, notification, not billable}
  const std::string bytes =
      bytes_of_hex("08 07 12 17 0A 04 61636D65 12 03 6D2D31 18 03 20 02 2A 02 5448 30 02 38 01 ");
  SendsRead read;
  ASSERT_TRUE(read_send_batch(bytes, read));
  EXPECT_EQ(read.batch, 7U);
  ASSERT_EQ(read.sends.size(), 1U);
  SendAsked expected = asked("acme", "m-1", 3);
  expected.send.occurred_at = Instant{1};
  expected.send.type = TemplateType::notification;
  expected.send.billable = false;
  EXPECT_TRUE(same(read.sends[0], expected));
  std::string written;
  write_send_batch(7, read.sends, written);
  EXPECT_EQ(written, bytes);
}

TEST(SendBatch, IsEmptyWhereThereIsNothing) {
  SendsRead read{.shape = {}, .sends = {asked("old", "old")}, .refused = {{}}, .batch = 9};
  ASSERT_TRUE(read_send_batch("", read));
  EXPECT_EQ(read.batch, 0U);
  EXPECT_EQ(read.count(), 0U);
}

TEST(SendBatch, AgreesWithTheGeneratedCodeOnGoodMessages) {
  Chance chance(1);
  SendsRead read;
  for (int i = 0; i < 20'000; ++i) {
    expect_agreement(random_batch(chance), read);
    ASSERT_FALSE(HasFatalFailure()) << i;
  }
}

TEST(SendBatch, AgreesWithTheGeneratedCodeOnDamagedMessages) {
  Chance chance(2);
  SendsRead read;
  for (int i = 0; i < 100'000; ++i) {
    expect_agreement(damaged(chance, random_batch(chance)), read);
    ASSERT_FALSE(HasFatalFailure()) << i;
  }
}

TEST(SendBatch, AgreesWithTheGeneratedCodeOnAnyFields) {
  Chance chance(3);
  SendsRead read;
  std::size_t taken = 0;
  for (int i = 0; i < 200'000; ++i) {
    const std::string bytes = random_fields(chance);
    expect_agreement(bytes, read);
    ASSERT_FALSE(HasFatalFailure()) << i;
    taken += read.count();
  }
  EXPECT_GT(taken, 1'000U);
}

TEST(SendBatch, AgreesWithTheGeneratedCodeOnEveryTruncation) {
  Chance chance(4);
  SendsRead read;
  for (int i = 0; i < 200; ++i) {
    const std::string bytes = i % 2 == 0 ? random_batch(chance) : random_fields(chance);
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
      expect_agreement(bytes.substr(0, size), read);
      ASSERT_FALSE(HasFatalFailure()) << i << " at " << size;
    }
  }
}

// So many groups, one inside the other.
std::string groups(std::size_t count) {
  return std::string(count, '\x7B') + std::string(count, '\x7C');  // field 15
}

TEST(SendBatch, TakesGroupsAsDeepAsTheGeneratedCode) {
  SendsRead read;
  for (std::size_t count = 95; count < 105; ++count) {
    expect_agreement(groups(count), read);
    const std::string inside = groups(count);
    const std::string length = {static_cast<char>(inside.size() | 0x80),
                                static_cast<char>(inside.size() >> 7U)};
    expect_agreement("\x12" + length + inside, read);
  }
  EXPECT_TRUE(read_send_batch(groups(100), read));
  EXPECT_FALSE(read_send_batch(groups(101), read));
}

// ---- what is refused ----

struct Wrong {
  std::string_view code;
  void (*spoil)(v1::Send&);
};

const std::vector<Wrong> wrongs = {
    {"invalid_account", [](v1::Send& send) { send.clear_account(); }},
    {"invalid_account", [](v1::Send& send) { send.set_account("a b"); }},
    {"invalid_account", [](v1::Send& send) { send.set_account(std::string(65, 'a')); }},
    {"invalid_account", [](v1::Send& send) { send.set_account("\xC3\xBC"); }},
    {"invalid_send", [](v1::Send& send) { send.clear_send(); }},
    {"invalid_send", [](v1::Send& send) { send.set_send(std::string(1, '\0')); }},
    {"invalid_units", [](v1::Send& send) { send.set_units(units_max + 1); }},
    {"invalid_occurred_at", [](v1::Send& send) { send.set_occurred_at(-1); }},
    {"invalid_occurred_at", [](v1::Send& send) { send.set_occurred_at(instant_max.ms); }},
    {"invalid_destination", [](v1::Send& send) { send.clear_destination(); }},
    {"invalid_destination", [](v1::Send& send) { send.set_destination("th"); }},
    {"invalid_destination", [](v1::Send& send) { send.set_destination("THA"); }},
    {"invalid_template", [](v1::Send& send) { send.clear_template_(); }},
    {"invalid_template",
     [](v1::Send& send) { send.set_template_(static_cast<v1::Send::Template>(4)); }},
    {"invalid_template",
     [](v1::Send& send) { send.set_template_(static_cast<v1::Send::Template>(-1)); }},
    {"reserved_name", [](v1::Send& send) { send.set_send(":gw:1:1:0"); }},
};

TEST(SendBatch, RefusesAWrongSendByItselfAndTakesTheOthers) {
  for (const Wrong& wrong : wrongs) {
    v1::SendBatch message;
    *message.add_sends() = good_send();
    *message.add_sends() = good_send();
    *message.add_sends() = good_send();
    wrong.spoil(*message.mutable_sends(1));
    SendsRead read;
    ASSERT_TRUE(read_send_batch(message.SerializeAsString(), read)) << wrong.code;
    EXPECT_EQ(read.sends.size(), 2U) << wrong.code;
    ASSERT_EQ(read.refused.size(), 1U) << wrong.code;
    EXPECT_EQ(read.refused[0].index, 1U);
    EXPECT_EQ(read.refused[0].fault.code, wrong.code);
  }
}

TEST(SendBatch, TellsTheMemberThatJsonWouldTell) {
  for (std::size_t first = 0; first + 1 < wrongs.size(); ++first) {  // but for the reserved name
    for (std::size_t second = first + 1; second + 1 < wrongs.size(); ++second) {
      v1::SendBatch message;
      v1::Send& send = *message.add_sends();
      send = good_send();
      wrongs[second].spoil(send);
      wrongs[first].spoil(send);
      SendsRead read;
      ASSERT_TRUE(read_send_batch(message.SerializeAsString(), read));
      ASSERT_EQ(read.refused.size(), 1U);
      EXPECT_EQ(read.refused[0].fault.code, wrongs[first].code);
    }
  }
}

TEST(SendBatch, TakesValuesAtTheirEdges) {
  v1::SendBatch message;
  v1::Send& send = *message.add_sends();
  send = good_send();
  send.set_account(std::string(64, 'Z'));
  send.set_send(std::string(64, '.'));
  send.set_units(units_max);
  send.set_occurred_at(0);
  *message.add_sends() = send;
  message.mutable_sends(1)->set_occurred_at(instant_max.ms - 1);
  message.mutable_sends(1)->set_units(0);  // the law's to refuse
  SendsRead read;
  ASSERT_TRUE(read_send_batch(message.SerializeAsString(), read));
  ASSERT_THAT(read.refused, IsEmpty());
  EXPECT_EQ(read.sends[0].send.units, Units{INT64_MAX});
  EXPECT_EQ(read.sends[0].send.occurred_at, Instant{0});
  EXPECT_EQ(read.sends[1].send.units, Units{0});
}

TEST(SendBatch, OfMoreSendsThanMayBeIsRefusedAndNamed) {
  v1::SendBatch message;
  for (std::size_t i = 0; i < sends_per_batch_max; ++i) {
    *message.add_sends() = i % 2 == 0 ? good_send() : v1::Send{};
  }
  SendsRead read;
  ASSERT_TRUE(read_send_batch(message.SerializeAsString(), read));
  EXPECT_EQ(read.count(), sends_per_batch_max);
  message.add_sends();
  message.set_batch(12);
  std::string bytes = message.SerializeAsString();
  bytes = bytes.substr(2) + bytes.substr(0, 2);  // the number comes last
  const auto refused = read_send_batch(bytes, read);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "too_large");
  EXPECT_EQ(read.batch, 12U);
  EXPECT_EQ(read_send_batch(bytes + "\x07", read).error().code, "invalid_protobuf");
}

// ---- what a client writes ----

TEST(SendBatch, IsWrittenAsTheGeneratedCodeWritesIt) {
  Chance chance(5);
  for (int i = 0; i < 5'000; ++i) {
    v1::SendBatch message;
    message.set_batch(chance() >> (chance() % 64));
    std::vector<SendAsked> sends;
    for (std::size_t count = chance() % 4; count > 0; --count) {
      const v1::Send send = random_send(chance);
      if (!send.send().empty() && !refusal_of(send).empty()) continue;
      if (send.send().empty() && !parse_country(send.destination())) continue;
      *message.add_sends() = send;
      if (!std::in_range<std::int64_t>(send.units())) message.mutable_sends()->RemoveLast();
      if (std::in_range<std::int64_t>(send.units())) sends.push_back(asked_by(send));
    }
    if (chance() % 2 == 0) {
      message.set_producer("gw");
      message.set_epoch(chance() >> (chance() % 64));
      message.set_number(chance() >> (chance() % 64));
    }
    std::string written = "before";
    write_send_batch({.batch = message.batch(),
                      .producer = message.producer(),
                      .number = {message.epoch(), message.number()}},
                     sends, written);
    ASSERT_EQ(written, "before" + message.SerializeAsString()) << message.DebugString();
  }
}

}  // namespace
}  // namespace packledger::wire_tests
