// Bytes change, files are cut off or go missing while the daemon is down: the journal refuses, and
// says so, or nothing was lost. Never is it silent.
#include "store/rocks_journal.hpp"
#include "store/watermark.hpp"
#include "tests/store/journal_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>

namespace packledger::store_tests {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

Result<std::unique_ptr<RocksJournal>, Fault> open(const fs::path& directory) {
  return RocksJournal::open({.directory = directory,
                             .watermark = WatermarkMode::before_ack,
                             .write_buffer_bytes = 64 * 1024,
                             .files = nullptr});
}

// A store with three records, and a copy of it to damage.
class RocksDamage : public ::testing::Test {
 protected:
  enum class Where { log, table };

  // `table`: opened once more, which moves what the log holds to a table.
  void store(Where where) {
    kept_.clear();
    {
      auto journal = open(pristine());
      ASSERT_TRUE(journal) << journal.error().detail;
      ASSERT_TRUE(append_batches(**journal, 3, kept_));
    }
    if (where == Where::table) ASSERT_TRUE(open(pristine()));
    restore();
  }
  void restore() {
    fs::remove_all(damaged());
    fs::copy(pristine(), damaged(), fs::copy_options::recursive);
  }

  [[nodiscard]] fs::path pristine() const { return root_ / "pristine"; }
  [[nodiscard]] fs::path damaged() const { return root_ / "damaged"; }
  [[nodiscard]] fs::path records() const { return damaged() / "records"; }
  [[nodiscard]] const std::vector<Entry>& kept() const { return kept_; }

  enum class Outcome { refused_to_open, refused_to_read, nothing_lost, silent };
  // What comes of opening and reading the damaged copy; brings it back where opening changed it.
  Outcome outcome() {
    auto journal = open(damaged());
    if (!journal) {
      detail_ = journal.error().detail;
      return Outcome::refused_to_open;
    }
    const Contents contents = read_all(**journal);
    journal->reset();
    restore();
    detail_ = contents.fault;
    if (!contents.fault.empty()) return Outcome::refused_to_read;
    return contents.entries == kept_ ? Outcome::nothing_lost : Outcome::silent;
  }
  [[nodiscard]] const std::string& detail() const { return detail_; }

  std::map<Outcome, std::size_t> flip_every_byte(const fs::path& file) {
    std::map<Outcome, std::size_t> outcomes;
    const std::string bytes = read_file(file);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ 1 << at % 8);
      write_file(file, changed);
      const Outcome result = outcome();
      EXPECT_NE(result, Outcome::silent) << file << " at byte " << at;
      ++outcomes[result];
      write_file(file, bytes);
    }
    return outcomes;
  }
  std::map<Outcome, std::size_t> cut_at_every_byte(const fs::path& file, std::size_t step) {
    std::map<Outcome, std::size_t> outcomes;
    const std::string bytes = read_file(file);
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      write_file(file, bytes.substr(0, at));
      const Outcome result = outcome();
      EXPECT_NE(result, Outcome::silent) << file << " cut at byte " << at;
      ++outcomes[result];
      write_file(file, bytes);
    }
    return outcomes;
  }

 private:
  TemporaryDirectory root_{TemporaryDirectory::Where::memory};
  std::vector<Entry> kept_;
  std::string detail_;
};

TEST_F(RocksDamage, IsRefusedForEveryByteOfTheLog) {
  store(Where::log);
  const fs::path log = file_in(records(), ".log");
  const std::size_t bytes = fs::file_size(log);
  ASSERT_GT(bytes, 400U);
  auto flipped = flip_every_byte(log);
  EXPECT_EQ(flipped[Outcome::refused_to_open], bytes);
  EXPECT_THAT(detail(), AllOf(HasSubstr("watermark promises sequence 6"), HasSubstr(".log"),
                              HasSubstr("Restore the whole directory from a backup")));
  auto cut = cut_at_every_byte(log, 7);
  EXPECT_EQ(cut[Outcome::refused_to_open], (bytes + 6) / 7);
}

TEST_F(RocksDamage, IsNeverSilentForAnyByteOfATable) {
  store(Where::table);
  const fs::path table = file_in(records(), ".sst");
  auto flipped = flip_every_byte(table);
  EXPECT_GT(flipped[Outcome::refused_to_open], fs::file_size(table) / 2);
  auto cut = cut_at_every_byte(table, 13);
  EXPECT_EQ(cut[Outcome::nothing_lost], 0U);
}

TEST_F(RocksDamage, IsNeverSilentForAnyByteOfTheManifest) {
  store(Where::table);
  for (const auto& entry : fs::directory_iterator(records())) {
    if (!entry.path().filename().string().starts_with("MANIFEST")) continue;
    flip_every_byte(entry.path());
    cut_at_every_byte(entry.path(), 5);
  }
  flip_every_byte(records() / "CURRENT");
}

TEST_F(RocksDamage, LooksOnlyAndChangesNothingWhenItRefuses) {
  store(Where::log);
  const fs::path log = file_in(records(), ".log");
  std::string bytes = read_file(log);
  bytes[20] ^= 1;
  write_file(log, bytes);
  std::map<fs::path, std::string> before;
  for (const auto& entry : fs::recursive_directory_iterator(damaged())) {
    if (entry.is_regular_file()) before[entry.path()] = read_file(entry.path());
  }
  ASSERT_FALSE(open(damaged()));
  std::map<fs::path, std::string> after;
  for (const auto& entry : fs::recursive_directory_iterator(damaged())) {
    if (entry.is_regular_file()) after[entry.path()] = read_file(entry.path());
  }
  EXPECT_EQ(after, before);
}

TEST_F(RocksDamage, IsNoticedInTheMiddleWhenItIsRead) {
  {
    // Three tables in a row; the watermark sees only the end of the chain.
    std::vector<Entry> kept;
    for (int i = 0; i < 3; ++i) {
      auto journal = open(pristine());
      ASSERT_TRUE(journal && append_batches(**journal, 1, kept));
    }
    ASSERT_TRUE(open(pristine()));
  }
  restore();
  fs::path first;
  for (const auto& entry : fs::directory_iterator(records())) {
    if (entry.path().string().ends_with(".sst") && (first.empty() || entry.path() < first))
      first = entry.path();
  }
  std::string bytes = read_file(first);
  bytes[30] ^= 1;
  write_file(first, bytes);
  const Outcome result = outcome();
  EXPECT_TRUE(result == Outcome::refused_to_open || result == Outcome::refused_to_read);
  EXPECT_THAT(detail(), HasSubstr(first.filename().string()));
}

TEST_F(RocksDamage, IsRefusedWithoutItsFiles) {
  for (const Where where : {Where::log, Where::table}) {
    fs::remove_all(pristine());
    store(where);
    std::vector<fs::path> names;
    for (const auto& entry : fs::directory_iterator(pristine() / "records"))
      names.push_back(entry.path().filename());
    for (const fs::path& name : names) {
      fs::remove(records() / name);
      const Outcome result = outcome();
      EXPECT_NE(result, Outcome::silent) << name;
      restore();
    }
    fs::remove_all(records());
    EXPECT_EQ(outcome(), Outcome::refused_to_open);
    EXPECT_THAT(detail(), HasSubstr("CURRENT is missing"));
    restore();
  }
}

// ---- the watermark ----

TEST_F(RocksDamage, IsRefusedWithoutAWatermark) {
  store(Where::log);
  fs::remove(damaged() / "watermark");
  EXPECT_EQ(outcome(), Outcome::refused_to_open);
  EXPECT_THAT(detail(), HasSubstr("watermark is missing"));
}

TEST_F(RocksDamage, IsRefusedWithAnOldWatermarkOrAnOldStore) {
  store(Where::log);
  const std::string old_watermark = read_file(pristine() / "watermark");
  const fs::path old_store = pristine().string() + ".old";
  fs::copy(pristine(), old_store, fs::copy_options::recursive);
  std::vector<Entry> kept;
  {
    auto journal = open(pristine());
    ASSERT_TRUE(journal && append_batches(**journal, 2, kept));
  }
  restore();
  write_file(damaged() / "watermark", old_watermark);
  EXPECT_EQ(outcome(), Outcome::refused_to_open);
  EXPECT_THAT(detail(), HasSubstr("is an old copy"));
  restore();
  fs::remove_all(records());
  fs::copy(old_store / "records", records(), fs::copy_options::recursive);
  EXPECT_EQ(outcome(), Outcome::refused_to_open);
  EXPECT_THAT(detail(), HasSubstr("ends with sequence 6"));
}

// Promise 2: the power went while an append of fifty entries was written, before its watermark. A
// numbered batch relies on it: its sends and its number stand in one append.
TEST_F(RocksDamage, HoldsATornAppendWholeOrNotAtAll) {
  std::vector<Entry> first;
  std::string watermark;
  std::size_t whole = 0;  // bytes of the log before the append
  {
    auto journal = open(pristine());
    ASSERT_TRUE(journal && append_batches(**journal, 3, first));
    watermark = read_file(pristine() / "watermark");
    whole = fs::file_size(file_in(pristine() / "records", ".log"));
    const Sequence last = (*journal)->last();
    ASSERT_TRUE((*journal)->append(last, batch(last, 50)));
  }
  const std::string bytes = read_file(file_in(pristine() / "records", ".log"));
  ASSERT_GT(bytes.size(), whole + 1'000);
  std::map<std::size_t, std::size_t> held;
  for (std::size_t size = whole; size <= bytes.size(); size += size + 9 < bytes.size() ? 7 : 1) {
    restore();
    write_file(file_in(records(), ".log"), bytes.substr(0, size));
    write_file(damaged() / "watermark", watermark);
    const auto journal = open(damaged());
    ASSERT_TRUE(journal) << size << ": " << journal.error().detail;
    const Contents contents = read_all(**journal);
    ASSERT_EQ(contents.fault, "");
    ++held[contents.entries.size()];
  }
  EXPECT_EQ(held.size(), 2U);
  EXPECT_GT(held[first.size()], 100U);
  EXPECT_EQ(held[first.size() + 50], 1U);
}

TEST_F(RocksDamage, IsRefusedWithTheWatermarkOfAnotherStore) {
  store(Where::log);
  {
    auto other = open(damaged().string() + ".other");
    ASSERT_TRUE(other);
    std::vector<Entry> entries = batch(Sequence{}, 6);
    ASSERT_TRUE((*other)->append(Sequence{}, entries));
  }
  write_file(damaged() / "watermark", read_file(damaged().string() + ".other/watermark"));
  EXPECT_EQ(outcome(), Outcome::refused_to_open);
  EXPECT_THAT(detail(), HasSubstr("promises sequence 6 with hash"));
}

TEST_F(RocksDamage, OpensWithOneTornSlotAndNotWithTwo) {
  store(Where::log);
  const fs::path file = damaged() / "watermark";
  const std::string bytes = read_file(file);
  ASSERT_EQ(bytes.size(), watermark_file_bytes);
  for (std::size_t at = 0; at < watermark_slot_bytes; at += 5) {
    for (const std::size_t slot : {std::size_t{0}, watermark_slot_distance}) {
      std::string torn = bytes;
      torn[slot + at] ^= 0x10;
      write_file(file, torn);
      EXPECT_EQ(outcome(), Outcome::nothing_lost) << slot + at;
    }
    std::string torn = bytes;
    torn[at] ^= 0x10;
    torn[watermark_slot_distance + watermark_slot_bytes - 1 - at] ^= 0x10;
    write_file(file, torn);
    EXPECT_EQ(outcome(), Outcome::refused_to_open) << at;
    EXPECT_THAT(detail(), HasSubstr("neither slot"));
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{55}}) {
    write_file(file, bytes.substr(0, size));
    EXPECT_EQ(outcome(), Outcome::refused_to_open) << size;
  }
}

// The slot as another release would have written it, with its own CRC-32C.
std::string slot_of_release(std::string slot, char digit) {
  slot[3] = digit;
  std::uint32_t crc = ~std::uint32_t{0};
  for (std::size_t i = 0; i < 52; ++i) {
    crc ^= static_cast<std::uint8_t>(slot[i]);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1U ^ ((0U - (crc & 1U)) & 0x82F63B78U);
  }
  for (std::size_t i = 0; i < 4; ++i) slot[52 + i] = static_cast<char>(~crc >> 8U * i);
  return slot;
}

TEST_F(RocksDamage, IsRefusedAfterANewerReleaseOpenedIt) {
  store(Where::log);
  const fs::path file = damaged() / "watermark";
  const std::string bytes = read_file(file);
  for (const std::size_t at : {std::size_t{0}, watermark_slot_distance}) {
    const std::string slot = bytes.substr(at, watermark_slot_bytes);
    ASSERT_EQ(slot_of_release(slot, '1'), slot);
    std::string newer = bytes;
    newer.replace(at, slot.size(), slot_of_release(slot, '2'));
    write_file(file, newer);
    EXPECT_EQ(outcome(), Outcome::refused_to_open);
    EXPECT_THAT(detail(), HasSubstr("newer release"));
    EXPECT_EQ(read_file(file), newer);
  }
}

}  // namespace
}  // namespace packledger::store_tests
