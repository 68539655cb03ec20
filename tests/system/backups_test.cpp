// A backup is made while everybody works, brought back elsewhere, and a daemon goes on with it: it
// holds what had been acknowledged up to its end, has the digest of that moment, and its chain goes
// on.
//
// The campaign: scripts/torture --only backup.
#include "tests/system/mixed_daemon.hpp"
#include "tests/system/program.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <string>

namespace packledger {
namespace {

using testing::HasSubstr;

class Backups : public MixedDaemon {
 protected:
  static void runs(const std::vector<std::string>& words) {
    const ProgramRun run = run_packledger(words);
    EXPECT_EQ(run.code, 0) << testing::PrintToString(words) << "\n" << run.output;
  }
  static std::map<std::string, Acknowledged> up_to(std::uint64_t position,
                                                   std::map<std::string, Acknowledged> all) {
    std::erase_if(all, [&](const auto& each) { return each.second.position > position; });
    return all;
  }
  void expect_goes_on(const std::filesystem::path& restored, Campaign& campaign);

  [[nodiscard]] std::filesystem::path backup() const { return files.path() / "backup"; }
};

void Backups::expect_goes_on(const std::filesystem::path& restored, Campaign& campaign) {
  DaemonProcess other{with_small_buffers({.data = restored})};
  const auto started = other.start();
  ASSERT_TRUE(started) << started.error();
  const std::string position = other.logged("ready", "position");
  HttpClient live{daemon.url()};
  EXPECT_EQ(digest_of(live, "?position=" + position).text, other.logged("ready", "digest"));
  campaign.checked(Invariant::replay);

  HttpClient http{other.url()};
  Audit there;
  there.read_on(http);
  for (const Publishers* const each : {&publishers, &named, &numbered}) {
    const auto told = up_to(there.position(), each->acknowledged());
    there.expect_holds(told);
    campaign.checked(Invariant::durable, told.size());
  }
  EXPECT_EQ(std::to_string(there.position()), position);
  Publishers next{{.threads = 1,
                   .sends_per_batch = 20,
                   .accounts = publishers.accounts(),
                   .by = PublishBy::fast_lane,
                   .prefix = "n"}};
  next.send_to(other.url());
  EXPECT_TRUE(next.wait_for(100));
  next.pause();  // on the fast lane nobody ends with a batch in flight
  next.stop();
  there.read_on(http);
  there.expect_holds(next.acknowledged());
  there.expect_balanced(http, publishers.accounts());
  EXPECT_THAT(there.faults(), testing::IsEmpty());
  EXPECT_EQ(other.stop(), exited(0)) << other.log();
  const ProgramRun verified = run_packledger({"verify", "--data", restored.string()});
  EXPECT_EQ(verified.code, 0) << verified.output;
  EXPECT_THAT(verified.output, HasSubstr(other.logged("stopped", "digest")));
  campaign.checked(Invariant::chain);
}

TEST_F(Backups, AreWholeWhereverTheyAreBroughtBack) {
  Campaign campaign{"backup", {.suite = 2, .campaign = 60}};
  while (campaign.more()) {
    SCOPED_TRACE(campaign.where());
    ASSERT_TRUE(let_work(1 + campaign.chance(200)));
    if (campaign.chance(4) == 0) std::filesystem::remove_all(backup());  // else only what is new
    runs({"backup", "--data", daemon.data(), backup()});
    runs({"verify", "--data", backup()});
    const std::filesystem::path restored = files.path() / "restored";
    std::filesystem::remove_all(restored);
    runs({"restore", backup(), "--data", restored});
    expect_goes_on(restored, campaign);
  }
  expect_whole(campaign);
}

}  // namespace
}  // namespace packledger
