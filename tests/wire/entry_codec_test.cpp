// Entries keep every member through their bytes; the bytes are those of entry.proto, and no others
// are read.
#include "wire/entry_codec.hpp"

#include "tests/wire/encoded.hpp"
#include "tests/wire/entry_examples.hpp"
#include "tests/wire/watch_examples.hpp"
#include "wire/scalar_codec.hpp"

#include <gmock/gmock.h>
#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <sstream>

namespace packledger::wire_tests {
namespace {

using ::testing::HasSubstr;

bool knows_every_field(const google::protobuf::Message& message) {
  const auto* reflection = message.GetReflection();
  if (!reflection->GetUnknownFields(message).empty()) return false;
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const auto& inner = field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                               : reflection->GetMessage(message, field);
      if (!knows_every_field(inner)) return false;
    }
  }
  return true;
}

TEST(EntryCodec, KeepsEveryMemberOfEveryKind) {
  for (const Entry& entry : entry_examples()) {
    const auto again = decode(bytes_of(entry), entry);
    ASSERT_TRUE(again) << kind_text(entry.input.what) << ": " << again.error().detail;
    EXPECT_EQ(*again, entry) << kind_text(entry.input.what);
  }
  for (const auto& [name, entry] : entry_variants()) {
    const auto again = decode(bytes_of(entry), entry);
    ASSERT_TRUE(again) << name << ": " << again.error().detail;
    EXPECT_EQ(*again, entry) << name;
  }
}

TEST(EntryCodec, KeepsEntriesAtRandomAndTheirLimits) {
  Rng rng(20240601);
  for (int i = 0; i < 20'000; ++i) {
    const Entry entry = random_entry(rng);
    const auto again = decode(bytes_of(entry), entry);
    ASSERT_TRUE(again) << i << " " << kind_text(entry.input.what) << ": " << again.error().detail;
    ASSERT_EQ(*again, entry) << i << " " << kind_text(entry.input.what);
  }
}

TEST(EntryCodec, WritesWhatTheGeneratedCodeWrites) {
  Rng rng(1);
  for (int i = 0; i < 5'000; ++i) {
    const Entry entry = random_entry(rng);
    const std::string bytes = bytes_of(entry);
    const v1::Entry message = generated(bytes);
    ASSERT_TRUE(knows_every_field(message)) << i << " " << message.ShortDebugString();
    ASSERT_EQ(message.SerializeAsString(), bytes) << i << " " << message.ShortDebugString();
  }
}

TEST(EntryCodec, NamesTheFieldOfEachKindAsTheContractDoes) {
  for (const Entry& entry : entry_examples()) {
    const v1::Entry message = generated(bytes_of(entry));
    const auto* field = message.GetReflection()->GetOneofFieldDescriptor(
        message, message.GetDescriptor()->FindOneofByName("input"));
    ASSERT_NE(field, nullptr);
    EXPECT_EQ(field->name(), kind_text(entry.input.what));
  }
}

TEST(EntryCodec, SpendsFewBytesOnASend) {
  const auto stored_bytes = [](const Entry& entry) {
    std::string record;
    encode_entries({&entry, 1}, record);
    return record.size();
  };
  EXPECT_EQ(stored_bytes(common_send()), 52U);
  EXPECT_EQ(stored_bytes(common_send_at_its_largest()), 68U);  // the bound is 80
}

TEST(EntryCodec, SpendsFewBytesOnHoldsAndAlarms) {
  const auto stored_bytes = [](const Entry& entry) {
    std::string record;
    encode_entries({&entry, 1}, record);
    return record.size();
  };
  EXPECT_EQ(stored_bytes(common_hold()), 39U);
  EXPECT_EQ(stored_bytes(common_capture()), 42U);
  EXPECT_EQ(stored_bytes(common_alarm()), 35U);
}

// ---- golden bytes ----

std::string golden_path(std::string_view name) {
  return std::string(PACKLEDGER_SOURCE_DIR) + "/tests/wire/golden/" + std::string(name) + ".hex";
}

// Hex digits with blanks between, up to '#' in each line.
std::string read_golden(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.is_open()) << path << " is missing";
  std::string bytes;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    for (std::string word; words >> word;)
      bytes.push_back(static_cast<char>(std::stoi(word, nullptr, 16)));
  }
  return bytes;
}

void expect_golden(std::string_view name, const Entry& entry) {
  const std::string path = golden_path(name);
  const std::string golden = read_golden(path);
  const auto read = decode(golden, entry);
  ASSERT_TRUE(read) << path << ": " << read.error().detail;
  EXPECT_EQ(*read, entry) << path;
  EXPECT_EQ(bytes_of(entry), golden) << path;
}

TEST(EntryCodec, StillReadsAndWritesTheGoldenBytes) {
  for (const Entry& entry : entry_examples()) expect_golden(kind_text(entry.input.what), entry);
  for (const Variant& variant : entry_variants()) expect_golden(variant.golden, variant.entry);
}

TEST(EntryCodec, HasAGoldenFileForEveryKind) {
  std::size_t kind = 0;
  for (const Entry& entry : entry_examples()) EXPECT_EQ(entry.input.what.index(), kind++);
  EXPECT_EQ(kind, std::variant_size_v<What>);
}

// ---- what is refused ----

// Whatever is done to the bytes: they are refused, or they are the one encoding of another entry.
void expect_refused_or_canonical(std::string_view bytes, const Entry& like) {
  const auto entry = decode(bytes, like);
  if (entry) ASSERT_EQ(bytes_of(*entry), bytes);
}

TEST(EntryCodec, ReadsNothingThatItWouldWriteOtherwise) {
  Rng rng(7);
  std::vector<Entry> entries = entry_examples();
  for (const Variant& variant : entry_variants()) entries.push_back(variant.entry);
  for (const Entry& entry : entries) {
    const std::string bytes = bytes_of(entry);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      EXPECT_FALSE(decode(std::string_view(bytes).substr(0, at), entry)) << "cut at " << at;
      for (int bit = 0; bit < 8; ++bit) {
        std::string changed = bytes;
        changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
        expect_refused_or_canonical(changed, entry);
      }
      std::string shorter = bytes;
      expect_refused_or_canonical(shorter.erase(at, 1 + rng() % 3), entry);
      std::string longer = bytes;
      expect_refused_or_canonical(longer.insert(at, 1, static_cast<char>(rng())), entry);
    }
  }
}

TEST(EntryCodec, AnswersForBytesAtRandom) {
  Rng rng(3);
  const Entry like = common_send();
  for (int i = 0; i < 50'000; ++i) {
    std::string bytes(rng() % 64, '\0');
    for (char& byte : bytes) byte = static_cast<char>(rng() >> (rng() % 2 == 0 ? 0 : 5));
    expect_refused_or_canonical(bytes, like);
  }
}

TEST(EntryCodec, RefusesWhatOnlyANewerReleaseKnows) {
  v1::Entry message = generated(bytes_of(common_send()));
  EXPECT_THAT(fault_in(message.SerializeAsString() + std::string("\xA2\x01\x00", 3)),
              HasSubstr("field 20 is unknown here"));
  message.GetReflection()->MutableUnknownFields(&message)->AddVarint(16, 1);
  EXPECT_THAT(fault_in(message), HasSubstr("unknown here"));
  EXPECT_THAT(fault_in(std::string("\x08\x07\xE2\x0F\x00", 5)), HasSubstr("newer release"));
  message = generated(bytes_of(common_send()));
  auto* send = message.mutable_send_recorded();
  send->GetReflection()->MutableUnknownFields(send)->AddVarint(10, 1);
  EXPECT_THAT(fault_in(message), HasSubstr("field 10 is unknown here"));
  message = generated(bytes_of(common_send()));
  message.mutable_send_recorded()->set_type(static_cast<v1::TemplateType>(4));
  EXPECT_THAT(fault_in(message), HasSubstr("field 4 is out of range"));
}

TEST(EntryCodec, RefusesWhatIsMissing) {
  EXPECT_THAT(fault_in(""), HasSubstr("no input"));
  EXPECT_THAT(fault_in("\x08\x07"), HasSubstr("no input"));
  v1::Entry message = generated_example("send_recorded");
  message.clear_account();
  EXPECT_THAT(fault_in(message), HasSubstr("account is missing"));
  message = generated_example("account_opened");
  message.set_account(1);
  EXPECT_THAT(fault_in(message), HasSubstr("too much"));
  message = generated_example("send_recorded");
  message.mutable_send_recorded()->clear_destination();
  EXPECT_THAT(fault_in(message), HasSubstr("field 3 is missing"));
  message = generated_example("send_recorded");
  message.mutable_send_recorded()->clear_units();
  EXPECT_THAT(fault_in(message), HasSubstr("no units"));
  message = generated_example("send_recorded");
  message.mutable_send_recorded()->clear_send();
  EXPECT_THAT(fault_in(message), HasSubstr("name is missing"));
  message = generated_example("package_expired");
  message.mutable_package_expired()->clear_decided();
  EXPECT_THAT(fault_in(message), HasSubstr("field 15 is missing"));
  message = generated_example("package_activated");
  message.mutable_package_activated()->clear_package();
  EXPECT_THAT(fault_in(message), HasSubstr("no package"));
}

// What is frequent tells its decision among what was asked.
bool has_none_apart(const Decision& decision) {
  return std::holds_alternative<SendDecision>(decision) ||
         std::holds_alternative<HoldDecision>(decision) ||
         std::holds_alternative<HoldEndDecision>(decision) ||
         std::holds_alternative<AlarmDecision>(decision);
}

TEST(EntryCodec, RefusesEveryKindWithoutItsDecision) {
  for (const Entry& entry : entry_examples()) {
    if (std::holds_alternative<Done>(entry.decision) || has_none_apart(entry.decision)) continue;
    v1::Entry message = generated(bytes_of(entry));
    const auto* reflection = message.GetReflection();
    const auto* kind = reflection->GetOneofFieldDescriptor(
        message, message.GetDescriptor()->FindOneofByName("input"));
    auto* inside = reflection->MutableMessage(&message, kind);
    const auto* decided = kind->message_type()->FindFieldByName("decided");
    ASSERT_NE(decided, nullptr) << kind->name();
    EXPECT_EQ(decided->number(), 15) << kind->name();
    inside->GetReflection()->ClearField(inside, decided);
    EXPECT_THAT(fault_in(message.SerializeAsString(), entry), HasSubstr("field 15 is missing"));
  }
}

TEST(EntryCodec, RefusesWhatIsOutOfRange) {
  v1::Entry message = generated_example("send_recorded");
  message.set_caused_by(1'000);
  EXPECT_THAT(fault_in(message), HasSubstr("cause is not before it"));
  message = generated_example("send_recorded");
  message.set_key(std::string(256, 'k'));
  EXPECT_THAT(fault_in(message), HasSubstr("key is too long"));
  message = generated_example("send_recorded");
  message.mutable_send_recorded()->set_units(1ULL << 63U);
  EXPECT_THAT(fault_in(message), HasSubstr("field 2 is out of range"));
  message = generated_example("send_recorded");
  message.mutable_send_recorded()->set_destination(677);
  EXPECT_THAT(fault_in(message), HasSubstr("field 3 is out of range"));
  message = generated_example("send_recorded");
  message.mutable_send_recorded()->set_lag_ms(std::numeric_limits<std::int64_t>::max());
  EXPECT_THAT(fault_in(message), HasSubstr("field 5 is out of range"));
  message = generated_example("send_recorded");
  message.mutable_send_recorded()->add_lines(9);
  EXPECT_THAT(fault_in(message), HasSubstr("middle of an item"));
  message = generated_example("send_recorded");
  message.mutable_send_recorded()->set_lines(0, 0);
  EXPECT_THAT(fault_in(message), HasSubstr("names no package"));
  message = generated_example("account_opened");
  message.mutable_account_opened()->set_currency("cny");
  EXPECT_THAT(fault_in(message), HasSubstr("three capital letters"));
  message = generated_example("package_granted");
  message.mutable_package_granted()->mutable_scope()->set_countries(0, 66);
  message.mutable_package_granted()->mutable_scope()->add_countries(66);
  EXPECT_THAT(fault_in(message), HasSubstr("do not rise"));
  message = generated_example("package_granted");
  message.mutable_package_granted()->set_expires_at(1);
  EXPECT_THAT(fault_in(message), HasSubstr("either an end or a validity"));
  message = generated_example("funds_credited");
  message.mutable_funds_credited()->set_amount(-1);
  EXPECT_THAT(fault_in(message), HasSubstr("not above zero"));
}

TEST(EntryCodec, RefusesBatchesOutOfRange) {
  struct Row {
    std::string_view fault;
    std::function<void(v1::BatchTaken&)> change;
  };
  const std::vector<Row> rows{
      {"not named as producers are", [](auto& m) { m.clear_producer(); }},
      {"not named as producers are", [](auto& m) { m.set_producer("gw:1"); }},
      {"none", [](auto& m) { m.set_producer(std::string(24, 'p')); }},
      {"not named as producers are", [](auto& m) { m.set_producer(std::string(25, 'p')); }},
      {"number is out of range", [](auto& m) { m.clear_epoch(); }},
      {"number is out of range", [](auto& m) { m.clear_number(); }},
      {"none", [](auto& m) { m.set_number(1ULL << 53U); }},
      {"number is out of range", [](auto& m) { m.set_number((1ULL << 53U) + 1); }},
      {"none", [](auto& m) { m.clear_digest(); }},
      {"do not rise, or are too many", [](auto& m) { m.set_sends(999); }},
      {"do not rise, or are too many", [](auto& m) { m.mutable_not_recorded(1)->set_index(3); }},
      {"too few entries", [](auto& m) { m.set_entries(996); }},
      {"none", [](auto& m) { m.set_entries(999); }},
      {"field 2 is missing", [](auto& m) { m.mutable_not_recorded(1)->clear_why(); }},
      {"field 3 is out of range",
       [](auto& m) { m.mutable_not_recorded(0)->set_field(static_cast<v1::SendMember>(7)); }},
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    v1::Entry message = generated_example("batch_taken");
    rows[i].change(*message.mutable_batch_taken());
    EXPECT_THAT(fault_in(message), HasSubstr(std::string{rows[i].fault})) << "row " << i;
  }
  EXPECT_EQ(v1::SendMember_MAX, static_cast<int>(last_of<SendMember>));
}

TEST(EntryCodec, RefusesTextThatIsNotUtf8AndKeepsKeysAsTheyCame) {
  Entry entry = entry_example("funds_credited");
  entry.input.key = std::string("\xFF\x00\x80", 3);
  const auto again = decode(bytes_of(entry), entry);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->input.key, entry.input.key);
  std::string bytes = bytes_of(entry);
  bytes[bytes.find("bank")] = '\xFF';
  EXPECT_THAT(fault_in(bytes), HasSubstr("field 2 is not UTF-8"));
}

TEST(EntryCodec, AllocatesNothingForAMillionOfNothing) {
  // A price book of 500,000 products of no bytes: refused at the first.
  std::string products;
  for (int i = 0; i < 500'000; ++i) products += std::string("\x22\x00", 2);
  std::string bytes = "\xC2\x02";
  std::string length;
  for (std::size_t n = products.size(); n > 0; n >>= 7U)
    length.push_back(static_cast<char>(n >= 0x80 ? n | 0x80U : n));
  bytes += length + products;
  const auto entry = decode(bytes, common_send());
  ASSERT_FALSE(entry);
  EXPECT_LT(entry.error().offset, 20U);
  // A length that promises more than there is.
  EXPECT_THAT(fault_in("\x08\x07\x22\xFF\xFF\xFF\xFF\x0F"), HasSubstr("cut off"));
}

TEST(EntryCodecDeathTest, WritesNothingThatItWouldRefuse) {
  std::string out;
  Entry entry = common_send();
  std::get<SendRecorded>(entry.input.what).units = Units{0};
  EXPECT_DEATH(encode_entry(entry, out), "units");
  entry = common_send();
  entry.decision = Done{};
  EXPECT_DEATH(encode_entry(entry, out), "decision of its kind");
  entry = entry_example("funds_credited");
  std::get<FundsCredited>(entry.input.what).reason = "\xFF";
  EXPECT_DEATH(encode_entry(entry, out), "UTF-8");
  entry = common_send();
  std::get<SendRecorded>(entry.input.what).destination = Country{{'c', 'n'}};
  EXPECT_DEATH(encode_entry(entry, out), "can be read");
}

// ---- several entries ----

TEST(EntryCodec, WritesEntriesBehindEachOther) {
  std::vector<Entry> entries = entry_examples();
  for (std::size_t i = 0; i < entries.size(); ++i) entries[i].sequence = Sequence{1'000 + i};
  std::string record;
  encode_entries(entries, record);
  v1::Record message;
  ASSERT_TRUE(message.ParseFromString(record));
  EXPECT_EQ(message.SerializeAsString(), record);
  EXPECT_EQ(count_entries(record), entries.size());
  std::vector<Entry> read;
  const EntriesPlace place{Sequence{1'000}, entries[0].recorded_at, Sequence{1'003}};
  const auto whole = decode_entries(record, place, [&](const Entry& entry) {
    read.push_back(entry);
    return true;
  });
  ASSERT_TRUE(whole && *whole);
  EXPECT_EQ(read, std::vector<Entry>(entries.begin() + 3, entries.end()));
  const auto stopped = decode_entries(record, place, [](const Entry&) { return false; });
  ASSERT_TRUE(stopped);
  EXPECT_FALSE(*stopped);
  EXPECT_FALSE(count_entries(record.substr(0, record.size() - 1)));
  EXPECT_FALSE(count_entries(record + "x"));
}

}  // namespace
}  // namespace packledger::wire_tests
