#include "tests/examples/play_file.hpp"

#include "tests/examples/player.hpp"
#include "tests/examples/table.hpp"
#include "tests/examples/table_files.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace packledger::examples {
namespace {

// PACKLEDGER_SCENARIO=A5 plays only the scenarios whose title begins so.
bool wanted(const Scenario& scenario) {
  const char* const only = std::getenv("PACKLEDGER_SCENARIO");  // NOLINT(concurrency-mt-unsafe)
  return only == nullptr || scenario.title.starts_with(only);
}

}  // namespace

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

}  // namespace packledger::examples
