// Stores as released versions wrote them, in tests/system/golden: today's daemon opens each and has
// the digest that was recorded then. And a store that a newer release has opened is refused before
// anything in it is touched.
//
// A release adds its own: PACKLEDGER_GOLDEN=0.2.0 build/dev/bin/system_test
// --gtest_filter='Golden.*'
#include "tests/system/campaign.hpp"
#include "tests/system/program.hpp"
#include "tests/system/small_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>

namespace packledger {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr int journal_refused = 3;

fs::path golden() { return fs::path{PACKLEDGER_SOURCE_DIR} / "tests/system/golden"; }

struct Recorded {
  std::string position;
  std::string digest;
};

Recorded recorded_in(const fs::path& store) {
  Recorded recorded;
  std::ifstream{store / "recorded"} >> recorded.position >> recorded.digest;
  return recorded;
}

std::map<fs::path, std::string> all_bytes(const fs::path& directory) {
  std::map<fs::path, std::string> all;
  for (const auto& each : fs::recursive_directory_iterator(directory)) {
    if (each.is_regular_file() && each.path().filename() != "lock")
      all[each.path()] = bytes_of(each.path());
  }
  return all;
}

// What a release keeps for ever: the journal, its watermark and a snapshot, without diaries.
void record(const SmallStore& store, const fs::path& to) {
  fs::create_directories(to);
  fs::copy(store.path(), to, fs::copy_options::recursive);
  for (const std::string derived : {"usage", "sends", "boot_clock", "lock"})
    fs::remove_all(to / derived);
  std::vector<fs::path> diaries;
  for (const auto& each : fs::directory_iterator{to / "records"}) {
    const std::string name = each.path().filename().string();
    if (name.starts_with("LO") || name.starts_with("OPTIONS")) diaries.push_back(each.path());
  }
  for (const fs::path& diary : diaries) fs::remove(diary);
  std::ofstream{to / "recorded"} << store.position() << " " << store.digest() << "\n";
}

class Golden : public testing::Test {
 protected:
  void SetUp() override {
    const char* const release = std::getenv("PACKLEDGER_GOLDEN");
    if (release != nullptr && !fs::exists(golden() / release)) {
      const SmallStore store;
      ASSERT_EQ(store.fault(), "");
      record(store, golden() / release);
    }
  }
  fs::path copy_of(const fs::path& store) {
    const fs::path to = directory_.path() / store.filename();
    fs::remove_all(to);
    fs::copy(store, to, fs::copy_options::recursive);
    fs::remove(to / "recorded");
    return to;
  }
  // With the watch of a later release over it.
  static void pass_through_newer_release(const fs::path& data);

  TemporaryDirectory directory_;
};

TEST_F(Golden, StoresOfEveryReleaseHaveTheirDigest) {
  Campaign campaign{"golden", {}};
  std::size_t stores = 0;
  ASSERT_TRUE(campaign.more());
  for (const auto& each : fs::directory_iterator{golden()}) {
    SCOPED_TRACE(each.path());
    ++stores;
    const Recorded recorded = recorded_in(each.path());
    ASSERT_FALSE(recorded.digest.empty());
    for (const bool with_snapshot : {true, false}) {
      const fs::path data = copy_of(each.path());
      if (!with_snapshot) fs::remove_all(data / "snapshots");
      const ProgramRun verified = run_packledger({"verify", "--data", data.string()});
      EXPECT_EQ(verified.code, 0) << verified.output;
      EXPECT_THAT(verified.output, HasSubstr(recorded.digest));
      DaemonProcess daemon{{.data = data}};
      const auto started = daemon.start();
      ASSERT_TRUE(started) << started.error();
      EXPECT_EQ(daemon.logged("ready", "digest"), recorded.digest);
      EXPECT_EQ(daemon.logged("ready", "position"), recorded.position);
      EXPECT_EQ(daemon.stop(), exited(0));
      campaign.checked(Invariant::upgrade);
    }
  }
  EXPECT_GT(stores, 0U);
  campaign.figure("releases", static_cast<double>(stores));
}

// The digit of each slot of the watermark rises, and its checksum with it.
void Golden::pass_through_newer_release(const fs::path& data) {
  constexpr std::size_t slot_bytes = 56;
  constexpr std::size_t checksum_at = 52;
  std::string bytes = bytes_of(data / "watermark");
  for (std::size_t slot = bytes.find("PLW1"); slot != std::string::npos;
       slot = bytes.find("PLW1", slot + 1)) {
    ASSERT_LE(slot + slot_bytes, bytes.size());
    bytes[slot + 3] = '2';
    std::uint32_t crc = ~std::uint32_t{0};
    for (std::size_t i = 0; i < checksum_at; ++i) {
      crc ^= static_cast<std::uint8_t>(bytes[slot + i]);
      for (int bit = 0; bit < 8; ++bit) crc = crc >> 1U ^ ((0U - (crc & 1U)) & 0x82F63B78U);
    }
    for (std::size_t i = 0; i < 4; ++i)
      bytes[slot + checksum_at + i] = static_cast<char>(~crc >> 8U * i);
  }
  put_bytes(data / "watermark", bytes);
}

TEST_F(Golden, StoresOfANewerReleaseAreRefusedUntouched) {
  for (const auto& each : fs::directory_iterator{golden()}) {
    const fs::path data = copy_of(each.path());
    pass_through_newer_release(data);
    const auto before = all_bytes(data);
    DaemonProcess daemon{{.data = data}};
    daemon.spawn();
    EXPECT_FALSE(daemon.wait_ready());
    EXPECT_EQ(daemon.wait(), exited(journal_refused)) << daemon.log();
    EXPECT_THAT(daemon.log(), HasSubstr("newer release"));
    EXPECT_EQ(all_bytes(data), before);
    const ProgramRun verified = run_packledger({"verify", "--data", data.string()});
    EXPECT_NE(verified.code, 0);
    EXPECT_THAT(verified.output, HasSubstr("newer_release"));
  }
}

}  // namespace
}  // namespace packledger
