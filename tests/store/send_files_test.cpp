// Sends in files: found as in memory, taken again by a later run, and never a wrong answer from a
// damaged one.
#include "store/send_files.hpp"

#include "packledger/ledger/seen_sends.hpp"
#include "tests/store/journal_fixture.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace packledger::store_tests {
namespace {

namespace fs = std::filesystem;

struct Damaged : std::runtime_error {
  using std::runtime_error::runtime_error;
};

SendFiles::Told told(std::vector<std::string>* lines = nullptr) {
  return {.damaged = [](const std::string& detail) { throw Damaged{detail}; },
          .unwritten =
              [lines](const std::string& detail) {
                if (lines != nullptr) lines->push_back(detail);
              }};
}

// Remembers the same sends in the same order, whoever runs it.
struct Traffic {
  std::int64_t now = 1'714'492'800'000;
  std::uint64_t sequence = 0;
  std::mt19937_64 chance{5};

  AccountId account() { return AccountId{1 + chance() % 7}; }
  std::string name() { return "message-" + std::to_string(chance() % 60'000); }

  void remember(std::vector<SeenSends*> into, AccountId account, const std::string& name) {
    SendRecorded asked;
    asked.send = name;
    asked.units = Units{static_cast<std::int64_t>(1 + sequence % 4)};
    SendDecision decided;
    decided.lines = {{PackageId{sequence % 9 + 1}, asked.units}};
    const Instant at{now};
    ++sequence;
    for (SeenSends* sends : into) {
      sends->remember(send_key(account, name), {.account = account,
                                                .sequence = Sequence{sequence},
                                                .recorded_at = at,
                                                .reversible_until = at + hours(2),
                                                .forget_at = at + hours(3),
                                                .asked = asked,
                                                .decided = decided});
      sends->forget(at);
    }
  }
};

void expect_same(const SeenSends& one, const SeenSends& other, AccountId account,
                 const std::string& name, std::int64_t now) {
  const auto a = one.find(account, name, Instant{now});
  const auto b = other.find(account, name, Instant{now});
  ASSERT_EQ(a.has_value(), b.has_value()) << name;
  if (!a) return;
  ASSERT_EQ(a->sequence, b->sequence);
  ASSERT_EQ(a->asked, b->asked);
  ASSERT_EQ(a->decided, b->decided);
  ASSERT_EQ(a->reversed(), b->reversed());
}

SendLimits limits_with(SendFiles& files) {
  return {.generation_records_max = 700,
          .chunk_bytes = 4'096,
          .memory_bytes_max = 150'000,
          .archive = &files};
}

// So many steps of the traffic in both; what is in files and what is not is asked for alike.
void live(Traffic& traffic, SeenSends& bounded, SeenSends& plain, int steps) {
  for (int n = 0; n < steps; ++n) {
    traffic.now += static_cast<std::int64_t>(traffic.chance() % 600);
    const AccountId account = traffic.account();
    const std::string name = traffic.name();
    expect_same(bounded, plain, account, name, traffic.now);
    if (const auto seen = plain.find(account, name, Instant{traffic.now})) {
      const Reversal reversal{"r" + std::to_string(n), Units{1}, Sequence{++traffic.sequence}};
      bounded.reverse(*bounded.find(account, name, Instant{traffic.now}), reversal);
      plain.reverse(*seen, reversal);
      continue;
    }
    traffic.remember({&bounded, &plain}, account, name);
  }
  ASSERT_EQ(bounded.sum(Instant{traffic.now}), plain.sum(Instant{traffic.now}));
}

// The same traffic by sends that go to files and by some that stay in memory.
struct Life {
  explicit Life(SendFiles& files) : bounded{limits_with(files)} {}
  void go_on(int steps) { live(traffic, bounded, plain, steps); }

  Traffic traffic;
  SeenSends bounded;
  SeenSends plain;
};

std::string contents_of(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

std::map<fs::path, fs::file_time_type> files_in(const fs::path& directory) {
  std::map<fs::path, fs::file_time_type> files;
  for (const auto& entry : fs::directory_iterator{directory})
    files.emplace(entry.path(), entry.last_write_time());
  return files;
}

TEST(SendFiles, AreAskedAsMemoryIs) {
  const TemporaryDirectory root{TemporaryDirectory::Where::memory};
  SendFiles files{root / "sends", told()};
  Life life{files};
  life.go_on(60'000);
  EXPECT_GT(files.figures().files, 5U);
  EXPECT_EQ(files.figures().files, life.bounded.archived());
  EXPECT_GT(files.figures().memory_bytes, 5U * 700U * 2U);
  EXPECT_LT(life.bounded.memory(), life.plain.memory());
}

TEST(SendFiles, AreTakenAgainAfterASnapshotAndAfterAReplay) {
  const TemporaryDirectory root{TemporaryDirectory::Where::memory};
  SeenSends plain;
  Traffic traffic;
  std::vector<std::pair<SendPortionKind, std::string>> portions;
  {
    SendFiles files{root / "sends", told()};
    SeenSends bounded{limits_with(files)};
    live(traffic, bounded, plain, 20'000);
    ASSERT_GT(bounded.archived(), 5U);
    bounded.save(Instant{traffic.now}, [&portions](const SendPortion& portion) {
      portions.emplace_back(portion.kind, std::string{portion.bytes});
    });
  }
  const auto before = files_in(root / "sends");
  {
    SendFiles files{root / "sends", told()};
    for (int time = 1; time <= 2; ++time) {  // the first may have been given up half-way
      SeenSends bounded{limits_with(files)};
      for (const auto& [kind, bytes] : portions)
        ASSERT_TRUE(bounded.load({.kind = kind, .bytes = bytes}));
      EXPECT_EQ(bounded.sum(Instant{traffic.now}), plain.sum(Instant{traffic.now}));
      if (time == 2) live(traffic, bounded, plain, 2'000);
    }
  }
  // From the start: the same generations come about, and find their files.
  SendFiles files{root / "sends", told()};
  Life{files}.go_on(20'000);
  std::size_t same = 0;
  for (const auto& [path, written] : files_in(root / "sends")) {
    const auto found = before.find(path);
    same += found != before.end() && found->second == written ? 1 : 0;
  }
  EXPECT_GE(same, 5U);
  files.prune();
  for (int snapshot = 1; snapshot <= 2; ++snapshot) {
    files.snapshot_begun();
    files.snapshot_written();
  }
  EXPECT_LE(files_in(root / "sends").size(), files.figures().files + 1);  // one is being written
}

// A file that was dropped behind a snapshot was deleted at once: a restart could not take the
// snapshot up, and had to begin with the first entry of the journal.
TEST(SendFiles, AreThereAsLongAsASnapshotMayNeedThem) {
  const TemporaryDirectory root{TemporaryDirectory::Where::memory};
  SendFiles files{root / "sends", told()};
  Life life{files};
  life.go_on(10'000);
  files.finish();
  ASSERT_GT(files.figures().files, 3U);
  const auto before = files_in(root / "sends");
  files.snapshot_begun();
  files.drop(Sequence{life.traffic.sequence});
  files.snapshot_written();  // it was begun before the drop, and needs all of them
  EXPECT_EQ(files.figures().files, 0U);
  EXPECT_EQ(files_in(root / "sends"), before);
  files.snapshot_begun();
  files.snapshot_written();
  EXPECT_EQ(files_in(root / "sends"), before) << "the snapshot before is kept, too";
  files.snapshot_begun();
  files.snapshot_written();
  EXPECT_TRUE(files_in(root / "sends").empty());
}

// A restart began with a snapshot that knew nothing of the newest file; the file was let go,
// and written again when its sends had come once more. Two snapshots later it was deleted, and the
// snapshots that needed it could not be taken up (`swarm --seed 1532`).
TEST(SendFiles, ThatWereLetGoAndArePutAgainStay) {
  const TemporaryDirectory root{TemporaryDirectory::Where::memory};
  const auto open = [&root] {
    return SendFiles{root / "sends", told(), machine_files(), SendFiles::Writer::caller};
  };
  {
    SendFiles files = open();
    Life{files}.go_on(10'000);
  }
  const std::size_t before = files_in(root / "sends").size();
  ASSERT_GT(before, 3U);
  SendFiles files = open();
  files.prune();
  Life{files}.go_on(10'000);
  ASSERT_EQ(files.figures().files, before);
  for (int snapshot = 1; snapshot <= 2; ++snapshot) {
    files.snapshot_begun();
    files.snapshot_written();
  }
  EXPECT_EQ(files_in(root / "sends").size(), before);
}

TEST(SendFiles, OfOtherSendsAreNotTaken) {
  const TemporaryDirectory root{TemporaryDirectory::Where::memory};
  {
    SendFiles files{root / "sends", told()};
    Life life{files};
    life.go_on(10'000);
    ASSERT_GT(life.bounded.archived(), 3U);
  }
  SendFiles files{root / "sends", told()};
  Life other{files};
  other.traffic.chance.seed(6);
  other.go_on(10'000);
  EXPECT_GT(other.bounded.archived(), 3U);
}

TEST(SendFiles, AreNotWrittenWhereTheDiskHasNoRoom) {
  const TemporaryDirectory root{TemporaryDirectory::Where::memory};
  std::uint64_t room = 0;
  SendFiles::Told asked = told();
  asked.has_room = [&room](std::uint64_t bytes) { return bytes <= room; };
  SendFiles files{root / "sends", asked};
  Life life{files};
  life.go_on(10'000);
  EXPECT_EQ(life.bounded.archived(), 0U);
  EXPECT_TRUE(files_in(root / "sends").empty());
  room = std::uint64_t{1} << 30U;
  life.go_on(5'000);
  EXPECT_GT(life.bounded.archived(), 3U);
}

TEST(SendFiles, ThatCannotBeWrittenLeaveTheSendsInMemory) {
  const TemporaryDirectory root{TemporaryDirectory::Where::memory};
  std::vector<std::string> lines;
  SendFiles files{root / "sends", told(&lines)};
  fs::remove_all(root / "sends");
  Life life{files};
  life.go_on(10'000);
  EXPECT_EQ(life.bounded.archived(), 0U);
  EXPECT_GT(lines.size(), 1U);
  EXPECT_LT(lines.size(), 50U);
  fs::create_directories(root / "sends");
  life.go_on(10'000);
  EXPECT_GT(life.bounded.archived(), 3U);
}

// ---- damage ----

struct OneFile : testing::Test {
  void SetUp() override {
    SendFiles files{root / "sends", told()};
    SeenSends bounded{{.generation_records_max = 300,
                       .chunk_bytes = 4'096,
                       .memory_bytes_max = 1,
                       .archive = &files}};
    Traffic traffic;
    for (std::uint64_t n = 1; n <= 301; ++n) {
      names.push_back("n" + std::to_string(n));
      traffic.remember({&bounded}, AccountId{1}, names.back());
    }
    files.finish();
    names.pop_back();
    path = files_in(root / "sends").begin()->first;
    bytes = contents_of(path);
    ASSERT_GT(bytes.size(), 10'000U);
  }

  // What was wrong: "" where every answer was right, and none was missing.
  std::string fault_in(const std::string& some) {
    std::ofstream{path, std::ios::binary | std::ios::trunc} << some;
    auto file = SendFile::open(machine_files(), path);
    if (!file) return file.error();
    SendFilter all{names.size()};
    if (auto loaded = (*file)->load(all); !loaded) return loaded.error();
    std::string fault;
    for (std::size_t i = 0; i < names.size(); ++i) {
      std::string body;
      const SendKey key = send_key(AccountId{1}, names[i]);
      EXPECT_TRUE((*file)->filter().may_hold(key.hash));
      EXPECT_TRUE(all.may_hold(key.hash));
      const auto found = (*file)->find(key, names[i], body);
      if (!found) fault = found.error();
      if (!found) continue;
      EXPECT_TRUE(*found) << names[i];
      EXPECT_TRUE(body.contains(names[i])) << names[i];
    }
    return fault;
  }

  const TemporaryDirectory root{TemporaryDirectory::Where::memory};
  std::vector<std::string> names;
  fs::path path;
  std::string bytes;
};

TEST_F(OneFile, IsRefusedOrSaysSoWithAnyByteFlipped) {
  ASSERT_EQ(fault_in(bytes), "");
  for (std::size_t at = 0; at < bytes.size(); at += at < 400 ? 1 : 7) {
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(static_cast<unsigned char>(flipped[at]) ^ (1U << at % 8));
    ASSERT_NE(fault_in(flipped), "") << at;
  }
}

TEST_F(OneFile, IsRefusedWhereverItIsCutOff) {
  for (std::size_t size = 0; size < bytes.size(); size += 13)
    ASSERT_NE(fault_in(bytes.substr(0, size)), "") << size;
  ASSERT_NE(fault_in(bytes + "x"), "");
}

TEST_F(OneFile, ThatIsDamagedIsRemovedAndEndsTheProcess) {
  SendFiles files{root / "sends", told()};
  const auto says = SendFile::open(machine_files(), path).value()->generation();
  ASSERT_TRUE(files.take(says));
  std::string damaged = bytes;
  damaged[400] = static_cast<char>(damaged[400] ^ 1);
  std::ofstream{path, std::ios::binary} << damaged;
  std::string body;
  EXPECT_THROW(for (const std::string& name : names) std::ignore =
                   files.find(send_key(AccountId{1}, name), name, body),
               Damaged);
  EXPECT_FALSE(fs::exists(path));
}

// A filter that says no to what it holds would be a send counted twice.
TEST(SendFilter, NeverDeniesWhatItHoldsAndSeldomHoldsWhatItDoesNot) {
  std::mt19937_64 chance{3};
  SendFilter filter{100'000};
  std::vector<std::uint64_t> held;
  for (int n = 0; n < 100'000; ++n) filter.add(held.emplace_back(chance()));
  for (const std::uint64_t hash : held) ASSERT_TRUE(filter.may_hold(hash));
  int wrong = 0;
  for (int n = 0; n < 1'000'000; ++n) wrong += filter.may_hold(chance()) ? 1 : 0;
  EXPECT_LT(wrong, 4'000);
  EXPECT_FALSE(SendFilter{}.may_hold(1));
}

}  // namespace
}  // namespace packledger::store_tests
