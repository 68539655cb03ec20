// The clock of a daemon whose wall leapt three days ahead, on the command line.
#include "app/cli/command.hpp"
#include "tests/cli/run_words.hpp"
#include "tests/system/daemon_process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace packledger::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class ClockAccept : public testing::Test {
 protected:
  ClockAccept()
      : daemon_{{.environment = {
                     "LD_PRELOAD=" PACKLEDGER_BIN_DIR "/libpackledger_leaping_clock.so",
                     "PACKLEDGER_LEAP=" + (directory_.path() / "leap").string(),
                     "ASAN_OPTIONS=verify_asan_link_order=0",
                 }}} {}

  void SetUp() override {
    const auto started = daemon_.start();
    ASSERT_TRUE(started) << started.error();
  }
  void leap() const { std::ofstream{directory_.path() / "leap"} << "now"; }

  [[nodiscard]] Ran run(std::vector<std::string> words) const {
    words.insert(words.end(), {"--server", daemon_.url()});
    return run_words(words);
  }
  // With a person who types this.
  [[nodiscard]] Ran run_typing(const std::string& typed) const {
    std::istringstream answers{typed};
    std::ostringstream out;
    std::ostringstream err;
    Session session{out, err};
    session.answers = &answers;
    CommandTree tree{session};
    const std::vector<std::string> words{"clock", "accept", "--server", daemon_.url()};
    const ExitCode code = tree.run(words);
    return {.code = code, .out = out.str(), .err = err.str()};
  }

  TemporaryDirectory directory_;
  DaemonProcess daemon_;
};

TEST_F(ClockAccept, HasNothingToDoWhereTheWallIsBelieved) {
  EXPECT_THAT(run({"clock", "show"}).out,
              AllOf(HasSubstr("the real clock"), Not(HasSubstr("HELD"))));
  const Ran ran = run({"clock", "accept"});
  EXPECT_EQ(ran.code, ExitCode::ok);
  EXPECT_THAT(ran.out, HasSubstr("there is nothing to accept\n"));
}

TEST_F(ClockAccept, ShowsHowFarTheWallIsAhead) {
  leap();
  const Ran shown = run({"clock", "show"});
  EXPECT_EQ(shown.code, ExitCode::ok);
  EXPECT_THAT(shown.out, AllOf(HasSubstr("HELD: the wall clock says "), HasSubstr("3 days ahead"),
                               HasSubstr("packledger clock accept")));
  const Ran tried = run({"clock", "accept", "--dry-run"});
  EXPECT_EQ(tried.code, ExitCode::ok);
  EXPECT_EQ(run({"clock", "accept", "--dry-run", "--json"}).code, ExitCode::ok);
  EXPECT_THAT(run({"clock", "show"}).out, HasSubstr("HELD"));
}

TEST_F(ClockAccept, AsksFirst) {
  leap();
  const Ran nobody = run({"clock", "accept"});
  EXPECT_EQ(nobody.code, ExitCode::usage);
  EXPECT_THAT(nobody.err, HasSubstr("--yes"));
  for (const char* typed : {"n\n", "\n", "", "perhaps\n"}) {
    const Ran refused = run_typing(typed);
    EXPECT_EQ(refused.code, ExitCode::ok);
    EXPECT_THAT(refused.out, AllOf(HasSubstr("Is the wall clock right? [y/N] "),
                                   HasSubstr("not accepted; nothing was changed\n")));
  }
  EXPECT_THAT(run({"clock", "show"}).out, HasSubstr("HELD"));
  const Ran agreed = run_typing("y\n");
  EXPECT_EQ(agreed.code, ExitCode::ok) << agreed.err;
  EXPECT_THAT(agreed.out, HasSubstr("accepted: it is "));
  EXPECT_THAT(run({"clock", "show"}).out, Not(HasSubstr("HELD")));
}

TEST_F(ClockAccept, NeedsNoPersonWithYes) {
  leap();
  const Ran ran = run({"clock", "accept", "--yes", "--json"});
  EXPECT_EQ(ran.code, ExitCode::ok) << ran.err;
  EXPECT_THAT(ran.out, AllOf(StartsWith("{"), HasSubstr(R"("held":false)")));
}

}  // namespace
}  // namespace packledger::cli
