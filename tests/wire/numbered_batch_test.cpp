// Numbered batches: what their sends are called, when two say the same, what is refused.
#include "wire/numbered_batch.hpp"

#include "packledger/v1/publish.pb.h"
#include "wire/publish_codec.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace packledger::wire_tests {
namespace {

v1::SendBatch batch_of(int sends) {
  v1::SendBatch batch;
  batch.set_producer("gw-1");
  batch.set_epoch(1);
  batch.set_number(42);
  for (int i = 0; i < sends; ++i) {
    v1::Send& send = *batch.add_sends();
    send.set_account("acme");
    send.set_units(3);
    send.set_destination("TH");
    send.set_template_(v1::Send::NOTIFICATION);
  }
  return batch;
}

SendsRead read(const v1::SendBatch& batch) {
  SendsRead read;
  EXPECT_TRUE(read_send_batch(batch.SerializeAsString(), read)) << batch.DebugString();
  return read;
}

std::string fault_in(const v1::SendBatch& batch) {
  SendsRead read;
  const auto good = read_send_batch(batch.SerializeAsString(), read);
  EXPECT_EQ(read.batch, batch.batch());
  return good ? "none" : good.error().code;
}

TEST(NumberedBatch, NamesItsSendsByTheirPlace) {
  v1::SendBatch batch = batch_of(3);
  batch.mutable_sends(1)->set_send("own");
  batch.mutable_sends(0)->set_destination("nowhere");
  const SendsRead told = read(batch);
  ASSERT_EQ(told.sends.size(), 2U);
  EXPECT_EQ(told.sends[0].send.send.view(), "own");
  EXPECT_EQ(told.sends[1].send.send.view(), ":gw-1:1:42:2");
  ASSERT_EQ(told.refused.size(), 1U);
  EXPECT_EQ(told.refused[0].fault.code, "invalid_destination");
}

TEST(NumberedBatch, NamesFitAtTheirLongest) {
  const NumberedBatch longest{.producer = std::string(producer_bytes_max, 'p'),
                              .at = {producer_number_max, producer_number_max}};
  NumberedNames names(longest);
  const std::string last{names.name(sends_per_batch_max - 1)};
  EXPECT_EQ(last.size(), name_bytes_max);
  EXPECT_TRUE(is_name(last));
  EXPECT_TRUE(is_numbered_name(last));
  EXPECT_EQ(names.name(0),
            ":" + std::string(producer_bytes_max, 'p') + ":9007199254740992:9007199254740992:0");
}

TEST(NumberedBatch, IsKnownByWhatItsSendsSay) {
  const std::uint64_t first = read(batch_of(2)).numbered->digest;
  EXPECT_EQ(first, 11'651'716'175'770'279'316U) << "what is stored must be known for ever";
  v1::SendBatch again = batch_of(2);
  again.set_batch(99);  // the number of its message says nothing of its sends
  EXPECT_EQ(read(again).numbered->digest, first);
  const std::vector<std::function<void(v1::SendBatch&)>> changes{
      [](auto& b) { b.mutable_sends(1)->set_account("acm"); },
      [](auto& b) { b.mutable_sends(1)->set_account("acmeacmeacme"); },
      [](auto& b) { b.mutable_sends(1)->set_send("s"); },
      [](auto& b) { b.mutable_sends(1)->set_units(4); },
      [](auto& b) { b.mutable_sends(1)->set_occurred_at(0); },
      [](auto& b) { b.mutable_sends(1)->set_occurred_at(1); },
      [](auto& b) { b.mutable_sends(1)->set_destination("CN"); },
      [](auto& b) { b.mutable_sends(1)->set_destination("wrong"); },
      [](auto& b) { b.mutable_sends(1)->set_template_(v1::Send::PROMOTION); },
      [](auto& b) { b.mutable_sends(1)->set_not_billable(true); },
      [](auto& b) { b.mutable_sends()->RemoveLast(); },
      [](auto& b) { *b.add_sends() = b.sends(0); },
  };
  std::vector<std::uint64_t> seen{first};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    v1::SendBatch other = batch_of(2);
    changes[i](other);
    const std::uint64_t digest = read(other).numbered->digest;
    for (const std::uint64_t before : seen) EXPECT_NE(digest, before) << i;
    seen.push_back(digest);
  }
}

TEST(NumberedBatch, MayStandInAnyOrder) {
  v1::SendBatch sends = batch_of(2);
  sends.clear_producer();
  sends.clear_epoch();
  sends.clear_number();
  const std::string before = batch_of(0).SerializeAsString();
  SendsRead told;
  ASSERT_TRUE(read_send_batch(sends.SerializeAsString() + before, told));
  EXPECT_EQ(told.sends[1].send.send.view(), ":gw-1:1:42:1");
  ASSERT_TRUE(read_send_batch(before + sends.SerializeAsString(), told));
  EXPECT_EQ(told.sends[1].send.send.view(), ":gw-1:1:42:1");
}

TEST(NumberedBatch, IsRefusedWholeWhereItsNumberIsNone) {
  const std::vector<std::pair<std::string, std::function<void(v1::SendBatch&)>>> rows{
      {"none", [](auto&) {}},
      {"invalid_producer", [](auto& b) { b.clear_producer(); }},
      {"invalid_producer", [](auto& b) { b.set_producer("a:b"); }},
      {"invalid_producer", [](auto& b) { b.set_producer(std::string(25, 'a')); }},
      {"none", [](auto& b) { b.set_producer(std::string(24, 'a')); }},
      {"invalid_epoch", [](auto& b) { b.clear_epoch(); }},
      {"invalid_epoch", [](auto& b) { b.set_epoch((1ULL << 53U) + 1); }},
      {"none", [](auto& b) { b.set_epoch(1ULL << 53U); }},
      {"invalid_number", [](auto& b) { b.set_number((1ULL << 53U) + 1); }},
      {"invalid_number", [](auto& b) { b.clear_number(); }},  // there are sends
      {"none",
       [](auto& b) {
         b.clear_number();
         b.clear_sends();
       }},
      {"none", [](auto& b) { b.clear_sends(); }},
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    v1::SendBatch batch = batch_of(1);
    batch.set_batch(7);
    rows[i].second(batch);
    EXPECT_EQ(fault_in(batch), rows[i].first) << "row " << i;
  }
}

TEST(NumberedBatch, IsAnsweredWithHowFarItsProducerIs) {
  std::string bytes;
  write_batch_refusal(5, {"gap", "number", "number: expected 8"}, bytes, {.epoch = 3, .next = 8});
  SendResultsRead told;
  ASSERT_TRUE(read_send_results(bytes, told));
  EXPECT_EQ(told.batch, 5U);
  EXPECT_EQ(told.refused, "gap");
  EXPECT_EQ(told.epoch, 3U);
  EXPECT_EQ(told.next, 8U);
  bytes.clear();
  write_producer(6, {.epoch = 0, .next = 1}, bytes);
  ASSERT_TRUE(read_send_results(bytes, told));
  EXPECT_EQ(told.refused, "");
  EXPECT_EQ(told.epoch, 0U);
  EXPECT_EQ(told.next, 1U);
  EXPECT_FALSE(told.repeated);
  bytes.clear();
  write_send_results({.batch = 7, .repeated = true}, bytes);
  v1::SendResults message;
  ASSERT_TRUE(message.ParseFromString(bytes));
  EXPECT_EQ(message.ShortDebugString(), "batch: 7 repeated: true");
}

}  // namespace
}  // namespace packledger::wire_tests
