// The patches of tests/mutants against this tree; planting them is a campaign of its own.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace packledger {
namespace {

TEST(Mutants, EveryPatchApplies) {
  const std::string run = std::string(PACKLEDGER_SOURCE_DIR) + "/tests/mutants/run --check";
  // NOLINTNEXTLINE(concurrency-mt-unsafe,cert-env33-c): one thread, our own script
  EXPECT_EQ(std::system(run.c_str()), 0);
}

}  // namespace
}  // namespace packledger
