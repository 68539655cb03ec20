// packledger_sim: the campaigns that prove packledger, see docs/proof.md.
#include "tests/sim/campaigns.hpp"
#include "tests/sim/options.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::sim {
namespace {

constexpr int usage_error = 2;

struct Campaign {
  std::string_view name;
  std::string_view about;
  const std::string_view& help;
  int (*run)(std::span<const std::string> words);
};

const std::array campaigns{
    Campaign{"law", "random commands, the law against the naive model", law_help, run_law},
    Campaign{"exhaustive", "power lost at every step of small workloads, in every way",
             exhaustive_help, run_exhaustive},
    Campaign{"swarm", "whole lives with troubles, judged by the naive model", swarm_help,
             run_swarm},
    Campaign{"summary", "the reports of campaigns as one table", summary_help, run_summary},
};

std::string usage() {
  std::string text = "Usage: packledger_sim CAMPAIGN [options]\n\nCampaigns:\n";
  for (const Campaign& campaign : campaigns) {
    text += "  " + std::string(campaign.name);
    text.append(12 - campaign.name.size(), ' ');
    text += std::string(campaign.about) + "\n";
  }
  return text +
         "\n`packledger_sim CAMPAIGN --help` lists the options of one. All but summary take "
         "--report FILE.\n"
         "Exit codes: 0 nothing violated, 1 violated, 2 the command line is wrong.\n";
}

bool asks_for_help(std::string_view word) {
  return word == "--help" || word == "-h" || word == "help";
}

int run(std::span<const std::string> words) {
  if (words.empty()) {
    std::cerr << usage();
    return usage_error;
  }
  if (asks_for_help(words.front())) {
    std::cout << usage();
    return 0;
  }
  const auto found = std::ranges::find(campaigns, words.front(), &Campaign::name);
  if (found == campaigns.end()) {
    std::cerr << "packledger_sim: there is no campaign \"" << words.front() << "\"\n" << usage();
    return usage_error;
  }
  const auto rest = words.subspan(1);
  if (std::ranges::any_of(rest, asks_for_help)) {
    std::cout << "Usage: packledger_sim " << found->name << " [options]\n\n" << found->help;
    return 0;
  }
  try {
    return found->run(rest);
  } catch (const BadOptions& wrong) {
    std::cerr << "packledger_sim " << found->name << ": " << wrong.what() << "\n";
    return usage_error;
  }
}

}  // namespace
}  // namespace packledger::sim

int main(int argc, char** argv) {
  try {
    const std::vector<std::string> words(argv + 1, argv + argc);
    return packledger::sim::run(words);
  } catch (const std::exception& error) {
    std::cerr << "packledger_sim: " << error.what() << "\n";
    return 1;
  }
}
