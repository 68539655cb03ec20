// Every table, by every driver: one test per file and driver, each miss told with file and line.
#include "tests/examples/http_driver.hpp"
#include "tests/examples/law_driver.hpp"
#include "tests/examples/player.hpp"
#include "tests/examples/table.hpp"
#include "tests/examples/table_files.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>

namespace packledger::examples {
namespace {

using MakeDriver = std::unique_ptr<Driver> (*)();

// PACKLEDGER_SCENARIO=A5 plays only the scenarios whose title begins so.
bool wanted(const Scenario& scenario) {
  const char* const only = std::getenv("PACKLEDGER_SCENARIO");  // NOLINT(concurrency-mt-unsafe)
  return only == nullptr || scenario.title.starts_with(only);
}

void play_file(const std::string& file, MakeDriver make_driver) {
  const auto table = read_table(table_folder, file);
  if (!table) {
    const TableFault& fault = table.error();
    ADD_FAILURE_AT((table_folder + fault.place.file).c_str(), fault.place.line) << fault.detail;
    return;
  }
  EXPECT_FALSE(table->scenarios.empty()) << file << " holds no scenario";
  for (const Scenario& scenario : table->scenarios) {
    if (!wanted(scenario)) continue;
    const auto driver = make_driver();
    for (const Miss& miss : Player{*driver, book_folder}.play(scenario)) {
      ADD_FAILURE_AT((table_folder + miss.place.file).c_str(), miss.place.line)
          << scenario.title << "\n  " << miss.detail;
    }
  }
}

class Law : public testing::TestWithParam<const char*> {};
TEST_P(Law, AnswersAsTheTableSays) {
  play_file(std::string(GetParam()) + ".table", [] { return make_law_driver(); });
}

class Http : public testing::TestWithParam<const char*> {};
TEST_P(Http, AnswersAsTheTableSays) {
  play_file(std::string(GetParam()) + ".table", make_http_driver);
}

std::string name_of(const testing::TestParamInfo<const char*>& info) { return info.param; }
INSTANTIATE_TEST_SUITE_P(Tables, Law, testing::ValuesIn(table_files), name_of);
INSTANTIATE_TEST_SUITE_P(Tables, Http, testing::ValuesIn(table_files), name_of);

}  // namespace
}  // namespace packledger::examples
