// Bytes of everything that is stored change, or are cut off, while no daemon runs. The next start
// refuses and names the file, or the ledger is the same as before; verify says so, too; nothing
// hangs. Never is it silent.
//
// The campaign: scripts/torture --only damage; every byte of every file, as far as time reaches.
#include "serve/client.hpp"
#include "tests/system/campaign.hpp"
#include "tests/system/program.hpp"
#include "tests/system/small_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <optional>

namespace packledger {
namespace {

namespace fs = std::filesystem;
using testing::AnyOf;
using testing::HasSubstr;

constexpr int journal_refused = 3;
constexpr int store_unreadable = 2;
constexpr int store_wrong = 5;
constexpr std::chrono::milliseconds soon{5'000};

struct Wound {
  fs::path file;  // in the directory
  std::size_t at = 0;
  bool cut = false;  // else flipped
};

class Damage : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(store.fault(), ""); }

  // RocksDB's diary, what it might be tuned with, its own name, a lock: they tell of no record.
  static bool is_unread(const std::string& name) {
    return name.starts_with("LOG") || name.starts_with("OPTIONS") || name == "IDENTITY" ||
           name == "lock" || name == "LOCK";
  }
  // Of each file its bytes in an order of chance, a byte of each file in turn.
  [[nodiscard]] std::deque<Wound> wounds(Campaign& campaign) const;
  static void wound(const fs::path& data, const Wound& where) {
    const fs::path file = data / where.file;
    std::string bytes = bytes_of(file);
    if (where.cut)
      bytes.resize(where.at);
    else
      bytes[where.at] = static_cast<char>(bytes[where.at] ^ 1 << where.at % 8);
    put_bytes(file, bytes);
  }
  void expect_not_silent(const fs::path& data, const Wound& where, Campaign& campaign) const;
  void expect_same(const DaemonProcess& daemon, const Wound& where, Campaign& campaign) const;

  SmallStore store;
};

std::deque<Wound> Damage::wounds(Campaign& campaign) const {
  constexpr std::size_t tail_bytes = 512;
  std::map<fs::path, std::vector<Wound>> by_file;
  for (const auto& entry : fs::recursive_directory_iterator{store.path()}) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_regular_file() || entry.file_size() == 0 || is_unread(name)) continue;
    const fs::path file = fs::relative(entry.path(), store.path());
    std::vector<Wound>& all = by_file[file];
    const std::size_t bytes = entry.file_size();
    for (std::size_t at = 0; at < bytes; ++at) {
      all.push_back({.file = file, .at = at});
      if (at + tail_bytes >= bytes) all.push_back({.file = file, .at = at, .cut = true});
    }
    for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[campaign.chance(i)]);
    campaign.count("files");
    campaign.count("bytes", static_cast<double>(bytes));
  }
  std::deque<Wound> in_turn;
  for (std::size_t i = 0; !by_file.empty(); ++i) {
    std::erase_if(by_file, [i](const auto& file) { return file.second.size() <= i; });
    for (const auto& [file, all] : by_file) in_turn.push_back(all[i]);
  }
  return in_turn;
}

void Damage::expect_same(const DaemonProcess& daemon, const Wound& where,
                         Campaign& campaign) const {
  EXPECT_EQ(daemon.logged("ready", "digest"), store.digest()) << "SILENT";
  EXPECT_EQ(daemon.logged("ready", "position"), store.position()) << "SILENT";
  EXPECT_EQ(SmallStore::journal_of(daemon.url()), store.journal()) << "SILENT";
  if (where.file.string().starts_with("usage"))
    EXPECT_EQ(SmallStore::usage_of(daemon.url()), store.usage()) << "SILENT";
  const std::string log = daemon.log();
  const bool said = log.contains("snapshot_refused") || log.contains("usage_made_anew") ||
                    log.contains("usage_failed") || log.contains("clock_held");
  campaign.count(said ? "said and mended" : "nothing changed by it");
}

void Damage::expect_not_silent(const fs::path& data, const Wound& where, Campaign& campaign) const {
  const ProgramRun verified = run_packledger({"verify", "--data", data.string()});
  EXPECT_THAT(verified.code, AnyOf(0, store_unreadable, store_wrong)) << verified.output;
  if (verified.code == 0) EXPECT_THAT(verified.output, HasSubstr(store.digest())) << "SILENT";
  if (verified.code != 0) campaign.count("named by verify");
  DaemonProcess daemon{store.options(data)};
  daemon.spawn();
  if (daemon.wait_ready()) {
    expect_same(daemon, where, campaign);
    daemon.kill();
    return;
  }
  // A hang is none of these.
  EXPECT_EQ(daemon.wait(soon), exited(journal_refused)) << daemon.log();
  const std::string named = where.file.filename().string();
  EXPECT_THAT(daemon.log(), AnyOf(HasSubstr(named), HasSubstr("watermark"), HasSubstr("records"),
                                  HasSubstr("sequence")));
  EXPECT_NE(verified.code, 0) << "the daemon refuses what verify takes\n" << daemon.log();
  campaign.count("refused by the daemon");
}

TEST_F(Damage, IsNeverSilent) {
  Campaign campaign{"damage", {.suite = 24, .campaign = 1'000'000}};
  std::deque<Wound> left = wounds(campaign);
  ASSERT_FALSE(left.empty());
  while (!left.empty() && campaign.more()) {
    const Wound where = left.front();
    left.pop_front();
    SCOPED_TRACE(campaign.where() + ": " + where.file.string() + (where.cut ? " cut" : " flipped") +
                 " at byte " + std::to_string(where.at));
    const fs::path data = store.copy();
    wound(data, where);
    expect_not_silent(data, where, campaign);
    campaign.checked(Invariant::chain);
  }
}

// The canary: what the looks above hold against the ledger tells apart two that differ.
TEST_F(Damage, WouldBeSeen) {
  DaemonProcess daemon{store.options(store.copy())};
  ASSERT_TRUE(daemon.start());
  EXPECT_EQ(SmallStore::journal_of(daemon.url()), store.journal());
  EXPECT_EQ(SmallStore::usage_of(daemon.url()), store.usage());
  EXPECT_THAT(store.usage(), HasSubstr(R"("behind":0)"));
  const auto more = HttpClient{daemon.url()}.call(
      "POST", "/v1/sends",
      R"({"account":"acme","send":"s9","units":1,"destination":"CN","template":"verification"})");
  ASSERT_TRUE(more && more->status == 200);
  EXPECT_NE(SmallStore::journal_of(daemon.url()), store.journal());
  EXPECT_NE(SmallStore::usage_of(daemon.url()), store.usage());
  ASSERT_EQ(daemon.stop(), exited(0));
  EXPECT_NE(daemon.logged("stopped", "digest"), store.digest());
}

}  // namespace
}  // namespace packledger
