// A snapshot is the ledger that was written, in every member, and nothing else is read as one.
#include "tests/ledger/desk.hpp"
#include "tests/ledger/lives.hpp"
#include "tests/wire/snapshot_text.hpp"
#include "wire/crc32c.hpp"
#include "wire/snapshot_codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <span>
#include <sstream>

namespace packledger::wire_tests {
namespace {

using ::testing::HasSubstr;

std::unique_ptr<Ledger> restored(std::string_view bytes) {
  auto ledger = std::make_unique<Ledger>();
  const auto read = read_snapshot(source_of(bytes), *ledger, [](std::string_view) { return true; });
  EXPECT_TRUE(read.has_value()) << read.error().detail;
  return ledger;
}

TEST(Crc32c, IsThatOfTheStandard) {
  EXPECT_EQ(crc32c("123456789"), 0xE306'9283U);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A91'36AAU);
  EXPECT_EQ(crc32c("6789", crc32c("12345")), crc32c("123456789"));
  EXPECT_EQ(crc32c(""), 0U);
}

// The same bytes again mean that nothing of the state was left out that is ever written; that the
// journal goes on over both in the same way, that nothing was left out at all.
TEST(Snapshot, KeepsEverythingOfRandomLivesAndGoesOnFromThere) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const std::vector<Entry> entries = entries_of({.seed = seed, .accounts = 3, .steps = 900});
    const std::size_t cut = entries.size() * (1 + seed % 5) / 6;
    Ledger ledger;
    for (const Entry& entry : std::span{entries}.first(cut)) ledger.apply(entry);
    const std::string bytes = snapshot_of(ledger);
    const auto again = restored(bytes);
    ASSERT_EQ(again->digest(), ledger.digest());
    ASSERT_EQ(snapshot_of(*again), bytes);
    for (const Entry& entry : std::span{entries}.subspan(cut)) {
      ASSERT_EQ(again->consequences(), ledger.consequences());
      ASSERT_EQ(again->due_input(entry.recorded_at), ledger.due_input(entry.recorded_at));
      const auto decided = again->decide(entry.input, entry.recorded_at);
      ASSERT_TRUE(decided.has_value());
      ASSERT_EQ(*decided, entry.decision);
      ledger.apply(entry);
      again->apply(entry);
    }
    ASSERT_EQ(snapshot_of(*again), snapshot_of(ledger));
  }
}

TEST(Snapshot, KeepsALedgerStoppedBeforeWhatFollows) {
  const std::vector<Entry> entries = entries_of({.seed = 7, .accounts = 2, .steps = 200});
  Ledger ledger;
  for (const Entry& entry : entries) {
    ledger.apply(entry);
    if (ledger.consequences().empty()) continue;
    ASSERT_EQ(restored(snapshot_of(ledger))->consequences(), ledger.consequences());
  }
}

// More than one block of each kind, and more settings than a block shares.
TEST(Snapshot, KeepsManyAccountsAndSends) {
  Desk desk{Instant{1'714'536'000'000}};
  for (int i = 0; i < 2'000; ++i) {
    AccountOpened opened{"account-" + std::to_string(i), {{'C', 'N', 'Y'}}, {}};
    opened.settings.order_ttl = minutes(1 + i % 70);
    ASSERT_TRUE(desk.ask("", opened));
    PackageGranted grant;
    grant.package = "p";
    grant.quota = Units{1'000};
    grant.validity = Validity{.months = 12, .rest = {}};
    ASSERT_TRUE(desk.ask(opened.name, grant));
    for (int n = 0; n < 5; ++n) {
      SendRecorded send;
      send.send = "send-" + std::to_string(n);
      send.units = Units{1};
      send.destination = mainland;
      ASSERT_TRUE(desk.ask(opened.name, send));
    }
  }
  const std::string bytes = snapshot_of(desk.ledger());
  EXPECT_GT(bytes.size(), 800'000U);
  EXPECT_EQ(snapshot_of(*restored(bytes)), bytes);
}

TEST(Snapshot, TellsItsHeadAndItsPieces) {
  Ledger ledger;
  for (const Entry& entry : entries_of({.seed = 1, .accounts = 1, .steps = 20}))
    ledger.apply(entry);
  const std::string bytes = snapshot_of(ledger, {"one", "two"});
  EXPECT_EQ(read_snapshot_head(source_of(bytes)), head_of(ledger));
  std::vector<std::string> pieces;
  Ledger again;
  const auto read = read_snapshot(source_of(bytes), again, [&](std::string_view piece) {
    pieces.emplace_back(piece);
    return true;
  });
  EXPECT_EQ(read, head_of(ledger));
  EXPECT_THAT(pieces, testing::ElementsAre("one", "two"));
  Ledger other;
  const auto unread =
      read_snapshot(source_of(bytes), other, [](std::string_view piece) { return piece != "two"; });
  ASSERT_FALSE(unread.has_value());
  EXPECT_THAT(unread.error().detail, HasSubstr("notices cannot be read"));
}

TEST(Snapshot, StopsWhereItsSinkFails) {
  Ledger ledger;
  for (const Entry& entry : entries_of({.seed = 1, .accounts = 1, .steps = 20}))
    ledger.apply(entry);
  for (const int fails_at : {1, 2, 3, 9}) {
    int calls = 0;
    EXPECT_FALSE(write_snapshot(
        head_of(ledger), ledger, [](const PieceVisit&) {},
        [&](std::string_view) { return ++calls < fails_at; }));
    EXPECT_EQ(calls, fails_at);
  }
}

// ---- what is not one ----

struct SmallSnapshot : testing::Test {
  std::string bytes = [] {
    Ledger ledger;
    for (const Entry& entry : entries_of({.seed = 3, .accounts = 1, .steps = 40}))
      ledger.apply(entry);
    return snapshot_of(ledger, {"a piece"});
  }();
};

TEST_F(SmallSnapshot, IsRefusedWithAnyByteFlipped) {
  ASSERT_EQ(fault_in_snapshot(bytes), "none");
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const unsigned mask : {0x01U, 0x80U, 0xFFU}) {
      std::string flipped = bytes;
      flipped[at] = static_cast<char>(static_cast<unsigned char>(flipped[at]) ^ mask);
      ASSERT_NE(fault_in_snapshot(flipped), "none") << at << " " << mask;
    }
  }
}

TEST_F(SmallSnapshot, IsRefusedWhereverItIsCutOff) {
  for (std::size_t size = 0; size < bytes.size(); ++size)
    ASSERT_NE(fault_in_snapshot(std::string_view{bytes}.substr(0, size)), "none") << size;
}

TEST_F(SmallSnapshot, IsRefusedWithAnythingBehindIt) {
  EXPECT_THAT(fault_in_snapshot(bytes + '\0'), HasSubstr("something follows behind the end"));
  EXPECT_NE(fault_in_snapshot(bytes + bytes), "none");
}

TEST_F(SmallSnapshot, IsRefusedWithABlockLeftOutTwiceOrElsewhere) {
  std::vector<std::string> blocks;
  for (std::size_t at = 4; at < bytes.size();) {
    const auto byte = [&](std::size_t i) {
      return std::size_t{static_cast<unsigned char>(bytes[at + i])};
    };
    const std::size_t size = 12 + byte(4) + (byte(5) << 8U) + (byte(6) << 16U);
    blocks.push_back(bytes.substr(at, size));
    at += size;
  }
  ASSERT_GE(blocks.size(), 8U);
  const auto fault_of = [](const std::vector<std::string>& some) {
    std::string joined = "PLS1";
    for (const std::string& block : some) joined += block;
    return fault_in_snapshot(joined);
  };
  ASSERT_EQ(fault_of(blocks), "none");
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    auto without = blocks;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_NE(fault_of(without), "none") << i;
    auto twice = blocks;
    twice.insert(twice.begin() + static_cast<std::ptrdiff_t>(i), blocks[i]);
    EXPECT_NE(fault_of(twice), "none") << i;
    if (i == 0) continue;
    auto swapped = blocks;
    std::swap(swapped[i - 1], swapped[i]);
    EXPECT_NE(fault_of(swapped), "none") << i;
  }
}

TEST_F(SmallSnapshot, OfAnotherFormatSaysSo) {
  bytes[3] = '2';
  Ledger ledger;
  const auto read = read_snapshot(source_of(bytes), ledger, [](std::string_view) { return true; });
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, SnapshotFault::Code::other_format);
}

// Right in every checksum, but not the ledger that was written.
TEST_F(SmallSnapshot, IsRefusedWithTheDigestOfAnotherLedger) {
  std::string forged;
  BlockReader reader(source_of(bytes));
  BlockWriter writer([&](std::string_view some) {
    forged += some;
    return true;
  });
  for (auto block = reader.next(); block && block->kind != BlockKind::end; block = reader.next())
    writer.block(block->kind, block->body);
  writer.end(std::string(32, '0'));
  EXPECT_THAT(fault_in_snapshot(forged), HasSubstr("when it was written"));
}

// ---- golden bytes ----

// The bytes of a format are read as long as its magic is known. To keep those of a new one, run
// with PACKLEDGER_WRITE_GOLDEN=1.
TEST(GoldenSnapshot, IsReadAndWrittenAgain) {
  const std::string path = PACKLEDGER_SOURCE_DIR "/tests/wire/golden/snapshot.bin";
  if (std::getenv("PACKLEDGER_WRITE_GOLDEN") != nullptr) {  // NOLINT(concurrency-mt-unsafe)
    Ledger ledger;
    for (const Entry& entry : entries_of({.seed = 11, .accounts = 2, .steps = 200}))
      ledger.apply(entry);
    std::ofstream{path, std::ios::binary} << snapshot_of(ledger);
  }
  std::ifstream file{path, std::ios::binary};
  std::stringstream golden;
  golden << file.rdbuf();
  ASSERT_GT(golden.str().size(), 1'000U) << path;
  ASSERT_EQ(fault_in_snapshot(golden.str()), "none") << path;
  EXPECT_EQ(snapshot_of(*restored(golden.str())), golden.str()) << path;
}

}  // namespace
}  // namespace packledger::wire_tests
