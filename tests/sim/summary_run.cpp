// The one table: reads what campaigns have reported and prints it together.
#include "tests/sim/campaigns.hpp"
#include "tests/sim/options.hpp"
#include "tests/sim/report.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>

namespace packledger::sim {
namespace {

Report report_in(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in) throw BadOptions{"cannot read " + file};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  auto report = report_of(text);
  if (!report) throw BadOptions{file + ": " + report.error()};
  return *std::move(report);
}

}  // namespace

const std::string_view summary_help =
    "Prints what the named reports say as one table: FILE...\n"
    "Exit code 1 where any of them tells of a violation.\n";

int run_summary(std::span<const std::string> words) {
  if (words.empty()) throw BadOptions{"name the files that campaigns wrote with --report"};
  std::vector<Report> reports;
  std::ranges::transform(words, std::back_inserter(reports), report_in);
  std::cout << table_of(reports) << std::flush;
  return std::ranges::all_of(reports, &Report::passed) ? 0 : 1;
}

}  // namespace packledger::sim
