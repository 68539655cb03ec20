// Exported entries come back as they were, of every kind; what contradicts them is named by member;
// and protobuf's own code reads the same messages.
#include "wire/exported.hpp"

#include "packledger/v1/export.pb.h"
#include "tests/wire/entry_examples.hpp"
#include "tests/wire/some_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace packledger::wire_tests {
namespace {

using ::testing::HasSubstr;

const SomeNames some_names;

std::string line_of(const ExportedEntry& exported) {
  std::string line;
  append_exported_line(line, exported, some_names);
  return line;
}

// A message without its length, which takes one or more bytes.
std::string message_of(const ExportedEntry& exported) {
  std::string framed;
  append_exported_message(framed, exported);
  std::size_t at = 0;
  while ((static_cast<unsigned char>(framed[at]) & 0x80U) != 0) ++at;
  return framed.substr(at + 1);
}

std::string with(std::string text, const std::string& what, const std::string& into) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), into);
}

TEST(Exported, ComesBackFromItsLineAndFromItsMessage) {
  for (const Entry& entry : entry_examples()) {
    SCOPED_TRACE(kind_text(entry.input.what));
    const ExportedEntry exported{entry, Sequence{990}};
    const std::string line = line_of(exported);
    const auto read = read_exported_line(line);
    ASSERT_TRUE(read) << read.error().member << read.error().detail;
    EXPECT_EQ(read->entry, entry);
    EXPECT_EQ(read->record, Sequence{990});
    EXPECT_FALSE(contradiction(line, *read, some_names));
    const auto message = read_exported_message(message_of(exported));
    ASSERT_TRUE(message) << message.error().detail;
    EXPECT_EQ(message->entry, entry);
    EXPECT_EQ(message->record, Sequence{990});
  }
}

TEST(Exported, KeepsEntriesAtRandom) {
  Rng rng(20240602);
  for (int i = 0; i < 5'000; ++i) {
    const ExportedEntry exported{random_entry(rng), Sequence{1}};
    const auto read = read_exported_message(message_of(exported));
    ASSERT_TRUE(read) << i << ' ' << read.error().member << ' ' << read.error().detail;
    ASSERT_EQ(read->entry, exported.entry);
  }
}

TEST(Exported, IsReadByProtobufsOwnCode) {
  const ExportedEntry exported{common_send(), Sequence{998}};
  v1::ExportedEntry message;
  ASSERT_TRUE(message.ParseFromString(message_of(exported)));
  EXPECT_EQ(message.sequence(), exported.entry.sequence.value);
  EXPECT_EQ(message.recorded_at(), exported.entry.recorded_at.ms);
  EXPECT_EQ(message.record(), 998U);
  EXPECT_EQ(message.entry().account(), exported.entry.input.account.value);
  EXPECT_EQ(message.SerializeAsString(), message_of(exported));
}

TEST(Exported, SaysWhichMemberContradictsWhatWasStored) {
  const ExportedEntry exported{common_send(), Sequence{1'000}};
  const std::string line = line_of(exported);
  const auto fault_of = [&](const std::string& what, const std::string& into) {
    return contradiction(with(line, what, into), exported, some_names).value_or(ExportFault{});
  };
  const std::string units =
      "\"units\":" + std::to_string(std::get<SendRecorded>(exported.entry.input.what).units.value);
  EXPECT_EQ(fault_of(units, "\"units\":77").member, "input.units");
  EXPECT_THAT(fault_of(units, "\"units\":77").detail, HasSubstr("got 77"));
  EXPECT_EQ(fault_of("\"kind\":\"send_recorded\"", "\"kind\":\"send\"").member, "kind");
  EXPECT_EQ(fault_of("\"kind\":\"send_recorded\",", "").member, "kind");
  EXPECT_EQ(fault_of("\"kind\":", "\"more\":1,\"kind\":").member, "more");
  EXPECT_EQ(fault_of("\"account\":\"acme\"", "\"account\":\"beta\"").member, "account");
  EXPECT_EQ(fault_of("\"account\":", " \"account\":").member, "");  // only its form
}

TEST(Exported, RefusesWhatIsNoLine) {
  const std::string line = line_of({common_send(), Sequence{1'000}});
  const auto member_of = [](const std::string& text) {
    const auto read = read_exported_line(text);
    return read ? std::string{"read"} : read.error().member;
  };
  EXPECT_EQ(member_of(with(line, "\"position\":1000", "\"position\":0")), "position");
  EXPECT_EQ(member_of(with(line, "\"record\":1000", "\"record\":\"x\"")), "record");
  EXPECT_EQ(member_of(with(line, "\"recorded_at\":\"2", "\"recorded_at\":\"x")), "recorded_at");
  for (const std::string into : {"\"stored\":\"!", "\"stored\":\"A", "\"stored\":\"=AAA"})
    EXPECT_EQ(member_of(with(line, "\"stored\":\"", into)), "stored") << into;
  EXPECT_EQ(member_of(with(line, "\"stored\":", "\"kept\":")), "stored");
  for (std::size_t cut = 0; cut < line.size(); ++cut)
    EXPECT_NE(member_of(line.substr(0, cut)), "read") << cut;
}

TEST(Exported, RefusesEveryCutMessage) {
  const std::string message = message_of({common_send(), Sequence{1'000}});
  for (std::size_t cut = 0; cut < message.size(); ++cut)
    EXPECT_FALSE(read_exported_message(message.substr(0, cut))) << cut;
  EXPECT_TRUE(read_exported_message(message));
}

}  // namespace
}  // namespace packledger::wire_tests
