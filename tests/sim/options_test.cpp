#include "tests/sim/options.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace packledger::sim {
namespace {

TEST(Options, AreTakenOneByOne) {
  const std::vector<std::string> words{"--seed", "7", "--story", "--report=a.json"};
  Options options(words);
  EXPECT_EQ(options.number("--seed", 1), 7);
  EXPECT_EQ(options.number("--jobs", 2), 2);
  EXPECT_TRUE(options.flag("--story"));
  EXPECT_FALSE(options.flag("--shrink"));
  EXPECT_EQ(options.text("--report", ""), "a.json");
  EXPECT_NO_THROW(options.expect_no_more());
}

TEST(Options, SayWhatIsWrong) {
  const std::vector<std::string> words{"--seed", "x", "--commands", "-1", "--last"};
  Options options(words);
  EXPECT_THROW((void)options.number("--seed", 1), BadOptions);
  EXPECT_THROW((void)options.number("--commands", 1), BadOptions);
  EXPECT_THROW((void)options.text("--last", ""), BadOptions);
  EXPECT_THROW(options.expect_no_more(), BadOptions);
}

}  // namespace
}  // namespace packledger::sim
