// The blocks of a snapshot are the messages of snapshot.proto.
#include "packledger/v1/snapshot.pb.h"
#include "query/notices.hpp"
#include "tests/ledger/lives.hpp"
#include "tests/wire/snapshot_text.hpp"

#include <gmock/gmock.h>
#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace packledger::wire_tests {
namespace {

using Fields = std::set<std::string>;

// The fields of this package's snapshots, as "SnapshotPool.held".
void collect(const google::protobuf::Descriptor& type, Fields& fields) {
  if (!type.file()->name().ends_with("snapshot.proto")) return;
  for (int i = 0; i < type.field_count(); ++i) {
    const auto* field = type.field(i);
    if (!fields.insert(field->full_name()).second) continue;
    if (field->message_type() != nullptr) collect(*field->message_type(), fields);
  }
}

void take_seen(const google::protobuf::Message& message, Fields& unseen) {
  const auto* reflection = message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const auto* field : fields) {
    unseen.erase(field->full_name());
    if (field->message_type() == nullptr) continue;
    if (!field->is_repeated()) {
      take_seen(reflection->GetMessage(message, field), unseen);
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i)
      take_seen(reflection->GetRepeatedMessage(message, field, i), unseen);
  }
}

template <class Message> void expect_is(std::string_view body, Fields& unseen) {
  Message message;
  ASSERT_TRUE(message.ParseFromArray(body.data(), static_cast<int>(body.size())));
  take_seen(message, unseen);
  message.DiscardUnknownFields();
  EXPECT_EQ(message.SerializeAsString(), body) << message.ShortDebugString();
}

void expect_message(const Block& block, Fields& unseen) {
  switch (block.kind) {
    case BlockKind::head: return expect_is<v1::SnapshotHead>(block.body, unseen);
    case BlockKind::books: return expect_is<v1::SnapshotBooks>(block.body, unseen);
    case BlockKind::accounts: return expect_is<v1::SnapshotAccounts>(block.body, unseen);
    case BlockKind::sends: return expect_is<v1::SnapshotSends>(block.body, unseen);
    case BlockKind::keys: return expect_is<v1::SnapshotKeys>(block.body, unseen);
    case BlockKind::passing_keys: return expect_is<v1::SnapshotPassingKeys>(block.body, unseen);
    case BlockKind::timers: return expect_is<v1::SnapshotTimers>(block.body, unseen);
    case BlockKind::aftermath: return expect_is<v1::SnapshotAftermath>(block.body, unseen);
    case BlockKind::notices: return;
    case BlockKind::producers: return expect_is<v1::SnapshotProducers>(block.body, unseen);
    case BlockKind::end: return expect_is<v1::SnapshotEnd>(block.body, unseen);
  }
}

void look_at(const std::string& bytes, std::set<BlockKind>& seen, Fields& unseen) {
  BlockReader reader(source_of(bytes));
  for (auto block = reader.next(); block; block = reader.next()) {
    expect_message(*block, unseen);
    seen.insert(block->kind);
    if (block->kind == BlockKind::end) break;
  }
}

TEST(SnapshotBlocks, AreTheMessagesOfTheContract) {
  std::set<BlockKind> seen;
  Fields unseen;
  const auto* file = v1::SnapshotHead::descriptor()->file();
  for (int i = 0; i < file->message_type_count(); ++i) collect(*file->message_type(i), unseen);
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Ledger ledger;
    for (const Entry& entry : entries_of({.seed = seed, .accounts = 2, .steps = 1'200})) {
      ledger.apply(entry);
      if (entry.sequence.value % 200 == 0) look_at(snapshot_of(ledger), seen, unseen);
    }
  }
  EXPECT_EQ(seen.size(), 10U);
  // The notices are query's to write; the rest of an aftermath has been followed up at the end of a
  // life; these ledgers have no archive.
  std::erase_if(unseen, [](const std::string& field) {
    return field.contains("Notices") || field.contains("SnapshotAftermath") ||
           field.contains("SnapshotSends.archived");
  });
  EXPECT_THAT(unseen, testing::IsEmpty());
}

TEST(SnapshotNotices, AreTheMessageOfTheContract) {
  Fields unseen;
  collect(*v1::SnapshotNotices::descriptor(), unseen);
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    NoticeIndex index;
    for (const Entry& entry : entries_of({.seed = seed, .accounts = 2, .steps = 400}))
      index.learn(entry);
    index.write([&](std::string_view piece) { expect_is<v1::SnapshotNotices>(piece, unseen); });
  }
  EXPECT_THAT(unseen, testing::IsSubsetOf({"packledger.v1.SnapshotNoticesOf.zones"}));
}

}  // namespace
}  // namespace packledger::wire_tests
