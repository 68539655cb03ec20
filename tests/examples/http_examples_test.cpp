// Every table, asked of the daemon: one test per file, each miss told with file and line.
#include "tests/examples/http_driver.hpp"
#include "tests/examples/lives.hpp"
#include "tests/examples/play_file.hpp"
#include "tests/examples/table_files.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace packledger::examples {
namespace {

class Http : public testing::TestWithParam<const char*> {};
TEST_P(Http, AnswersAsTheTableSays) {
  play_file(std::string(GetParam()) + ".table", make_http_driver);
}

std::string name_of(const testing::TestParamInfo<const char*>& info) { return info.param; }
INSTANTIATE_TEST_SUITE_P(Tables, Http, testing::ValuesIn(table_files), name_of);

TEST(Lives, ThroughTheDaemon) {
  for (std::uint64_t seed = 2'000; seed < 2'008; ++seed) live(*make_http_driver(), seed);
}

}  // namespace
}  // namespace packledger::examples
