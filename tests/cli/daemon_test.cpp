// Every command against a real daemon.
#include "tests/cli/cli_daemon.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>

namespace packledger::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST_F(CliDaemon, AnAccountLives) {
  open_account("acme");
  EXPECT_EQ(said({"buy", "acme", "th", "--order", "o", "--dry-run"}),
            "a quote: 1 x th of 100 units for 12 CNY; nothing was bought\n"
            "dry run: nothing was kept; this would be entered:\n"
            "  order_placed          o: 1 x th for 12 CNY, paid from the balance\n");
  EXPECT_EQ(said({"buy", "acme", "th", "--order", "o"}),
            "o: 1 x th of 100 units for 12 CNY, paid, balance 38\nposition 4\n");
  EXPECT_EQ(said({"send", "acme", "--send", "m", "--to", "TH", "--units", "103"}),
            "m: 103 units recorded: o.1 100 + 3 per use at 0.132 = 0.396 CNY, position 5\n");
  EXPECT_EQ(said({"reverse", "acme", "m", "5", "--reversal", "r"}),
            "m: 5 units given back: o.1 2, 3 per use at 0.132 = 0.396 CNY, position 6\n");
  EXPECT_EQ(said({"packages", "acme"}),
            "RANK  PACKAGE    POOL  LEFT                  REMAINING / QUOTA  USED  FORFEITED  "
            "EFFECTIVE         EXPIRES           STATE\n"
            "   1  o.1        TH    #...................            2 / 100    98          0  "
            "2024-04-30 00:00  2024-05-30 00:00  active\n"
            "----------------------------------------------------------------------------------"
            "-----------------------------------------\n"
            "      1 package        #...................            2 / 100    98          0\n"
            "as of position 6, times in +08:00\n");
  EXPECT_THAT(said({"packages", "acme", "--expiring-within", "30d"}), HasSubstr("o.1"));
  EXPECT_THAT(said({"packages", "acme", "--expiring-within", "29d"}),
              StartsWith("acme has no such packages\n"));
  EXPECT_THAT(said({"packages", "acme", "--position", "4"}), HasSubstr("100 / 100"));
  EXPECT_THAT(said({"account", "show", "acme"}), StartsWith("acme: active, balance 38 CNY\n"));
  EXPECT_THAT(said({"send", "acme", "--to", "TH", "--text", "hello", "--dry-run"}),
              HasSubstr("nothing was recorded"));
  EXPECT_THAT(said({"account", "set", "acme", "--mode", "TH=stop_before_excess"}),
              HasSubstr("changed acme"));
  EXPECT_THAT(said({"products"}), HasSubstr("th"));
  EXPECT_THAT(said({"price-book", "show"}), HasSubstr("0.132"));
}

TEST_F(CliDaemon, AnOrderIsPaidElsewhereOrCancelled) {
  open_account("acme");
  EXPECT_THAT(said({"buy", "acme", "th", "--order", "o", "--external", "--copies", "2"}),
              HasSubstr("pay with: packledger order pay acme o"));
  EXPECT_THAT(said({"packages", "acme"}), HasSubstr("pending_payment"));
  EXPECT_THAT(said({"order", "pay", "acme", "o", "--reference", "bank-1"}), HasSubstr("o: paid"));
  EXPECT_THAT(said({"order", "show", "acme", "o"}), HasSubstr("24 CNY"));
  said({"buy", "acme", "th", "--order", "other", "--external"});
  EXPECT_THAT(said({"order", "cancel", "acme", "other"}), HasSubstr("other: cancelled"));
  EXPECT_THAT(said({"grant", "acme", "gift", "--quota", "7", "--to", "TH,ID", "--validity", "P1M"}),
              HasSubstr("granted gift: 7 units in ID+TH"));
}

TEST_F(CliDaemon, ARefusalIsOneSentenceWithItsCode) {
  const Ran unknown = run({"packages", "nobody"});
  EXPECT_EQ(unknown.code, ExitCode::refused);
  EXPECT_THAT(unknown.err, StartsWith("packledger: the daemon refused: unknown_account"));
  open_account("acme");
  const Ran product = run({"buy", "acme", "nothing"});
  EXPECT_EQ(product.code, ExitCode::refused);
  EXPECT_THAT(product.err, HasSubstr("unknown_product"));
  const Ran send = run({"send", "acme", "--to", "TH", "--units", "0"});
  EXPECT_EQ(send.code, ExitCode::refused);
  EXPECT_THAT(send.err, HasSubstr("invalid_units"));
  const Ran json = run({"packages", "nobody", "--json"});
  EXPECT_EQ(json.code, ExitCode::refused);
  EXPECT_THAT(json.out, HasSubstr(R"("code":"unknown_account")"));
}

TEST_F(CliDaemon, AFileIsPublishedAgainWithoutCountingTwice) {
  open_account("acme");
  said({"account", "fund", "acme", "1000"});
  const std::string file = directory_.path() / "sends.ndjson";
  {
    std::ofstream lines{file};
    for (int i = 0; i < 2'500; ++i) {
      lines << R"({"account":"acme","send":"m)" << i << R"(","units":1,"destination":"TH",)"
            << R"("template":"verification"})" << '\n';
      if (i == 1'200) lines << "\nnot json\n";
      if (i == 1'300) lines << R"({"account":"acme","send":"no units","destination":"TH"})" << '\n';
    }
  }
  const Ran tried = run({"send", "--file", file, "--dry-run"});
  EXPECT_THAT(tried.out, StartsWith("dry run, nothing was kept: 2,500 recorded, 0 known already"));
  const Ran first = run({"send", "--file", file});
  EXPECT_EQ(first.code, ExitCode::refused);
  EXPECT_THAT(first.out, StartsWith("2,500 recorded, 0 known already, 2 rejected\n"));
  EXPECT_THAT(first.err, StartsWith("packledger: line 1203 is the first that was rejected"));
  const Ran again = run({"send", "--file", file});
  EXPECT_THAT(again.out, StartsWith("0 recorded, 2,500 known already, 2 rejected\n"));
  const Ran rest = run({"send", "--file", file, "--from-line", "2000"});
  EXPECT_EQ(rest.code, ExitCode::ok);
  EXPECT_THAT(rest.out, StartsWith("0 recorded, 504 known already, 0 rejected\n"));
}

TEST_F(CliDaemon, TheJournalIsShownInOrder) {
  open_account("acme");
  EXPECT_THAT(said({"journal"}),
              HasSubstr("funds_credited        acme  50 CNY, balance 50: first"));
  EXPECT_THAT(said({"journal", "--kind", "account_opened", "--json"}),
              StartsWith(R"({"position":2,)"));
  const std::string all = said({"journal", "--limit", "0", "--json"});
  EXPECT_EQ(std::ranges::count(all, '\n'), 3);
  EXPECT_THAT(said({"journal", "--from", "3", "--limit", "1"}), StartsWith("       3  "));
}

TEST_F(CliDaemon, TheClockMovesAndTellsWhatItCaused) {
  open_account("acme");
  said({"buy", "acme", "th", "--order", "o"});
  EXPECT_THAT(said({"clock", "show"}), HasSubstr("2024-04-29T16:00:00.000Z, a test clock"));
  const std::string moved = said({"clock", "advance", "--by", "30d"});
  EXPECT_THAT(moved, HasSubstr("o.1 ends in 7 days: 100 units left, told nobody"));
  EXPECT_THAT(moved, HasSubstr("package_expired"));
  EXPECT_THAT(moved, HasSubstr("it is 2024-05-29T16:00:00.000Z, 2 timers fired"));
  EXPECT_EQ(run({"clock", "advance", "--to", "2024-01-01T00:00:00Z"}).code, ExitCode::refused);
}

TEST_F(CliDaemon, WatchingShowsWhatIsAndWhatComes) {
  open_account("acme");
  const std::string shown = said({"watch", "acme", "--count", "1"});
  EXPECT_THAT(shown, HasSubstr("acme  50 CNY  active"));
  EXPECT_THAT(said({"watch", "acme", "--entries", "--from", "1", "--count", "2"}),
              HasSubstr("funds_credited"));
  EXPECT_EQ(run({"watch", "nobody", "--count", "1"}).code, ExitCode::refused);
}

TEST_F(CliDaemon, TheDemoComesOutAsWorkedOutAndSurvivesAKill) {
  const std::string demo = said({"demo"});
  EXPECT_THAT(demo, HasSubstr("A.1 1 + B.1 2"));
  EXPECT_THAT(demo, HasSubstr("balance 999.736 CNY"));
  EXPECT_THAT(demo, HasSubstr("ops (internal): Alarm low"));
  EXPECT_THAT(demo, HasSubstr("a new package is bought for 50 CNY"));
  EXPECT_THAT(demo, HasSubstr("all are as worked out by hand"));
  const std::string digest = said({"digest"});
  const std::string packages = said({"packages", "demo-1.careful"});
  daemon_.kill();
  ASSERT_TRUE(daemon_.start());
  EXPECT_EQ(said({"digest"}), digest);
  EXPECT_EQ(said({"packages", "demo-1.careful"}), packages);
  // Again, in the next May and with accounts of its own.
  EXPECT_THAT(said({"demo"}), HasSubstr("May 2025"));
}

TEST_F(CliDaemon, AMonthOfTrafficAddsUp) {
  open_account("acme");
  const std::string month =
      said({"traffic", "--accounts", "40", "--sends", "3000", "--days", "32", "--seed", "3"});
  EXPECT_THAT(month, HasSubstr("3,000 sends published"));
  EXPECT_THAT(month, HasSubstr("Nothing was lost and nothing was made"));
}

TEST_F(CliDaemon, TheProgramItselfSpeaksThroughItsExitCode) {
  const std::string program =
      std::string(PACKLEDGER_BIN_DIR) + "/packledger --server " + daemon_.url();
  const auto code = [&](const std::string& words) {
    const int status = std::system((program + " " + words + " >/dev/null 2>&1").c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  };
  EXPECT_EQ(code("digest"), 0);
  EXPECT_EQ(code("nonsense"), 2);
  EXPECT_EQ(code("packages nobody"), 3);
  daemon_.kill();
  EXPECT_EQ(code("digest"), 4);
}

TEST(CliRealTime, TheDemoSaysHowToStartATestClock) {
  DaemonProcess daemon;
  ASSERT_TRUE(daemon.start());
  const Ran ran = run_words({"demo", "--server", daemon.url()});
  EXPECT_EQ(ran.code, ExitCode::refused);
  EXPECT_THAT(ran.err, HasSubstr("packledgerd --test-clock"));
}

}  // namespace
}  // namespace packledger::cli
