// Every table, asked of the law: one test per file, each miss told with file and line.
#include "tests/examples/law_driver.hpp"
#include "tests/examples/lives.hpp"
#include "tests/examples/play_file.hpp"
#include "tests/examples/table_files.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace packledger::examples {
namespace {

class Law : public testing::TestWithParam<const char*> {};
TEST_P(Law, AnswersAsTheTableSays) {
  play_file(std::string(GetParam()) + ".table", [] { return make_law_driver(); });
}

std::string name_of(const testing::TestParamInfo<const char*>& info) { return info.param; }
INSTANTIATE_TEST_SUITE_P(Tables, Law, testing::ValuesIn(table_files), name_of);

TEST(Lives, ThroughTheEngine) {
  for (std::uint64_t seed = 1'000; seed < 1'040; ++seed) live(*make_law_driver(), seed);
}

}  // namespace
}  // namespace packledger::examples
