// The campaigns of packledger_sim. Each takes the words behind its name and gives the exit code: 0
// where nothing was violated, 1 where something was. Owner: main; one thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace packledger::sim {

// One per file pair; its help lists every option that it takes.
extern const std::string_view law_help;
[[nodiscard]] int run_law(std::span<const std::string> words);
extern const std::string_view exhaustive_help;
[[nodiscard]] int run_exhaustive(std::span<const std::string> words);

extern const std::string_view swarm_help;
[[nodiscard]] int run_swarm(std::span<const std::string> words);

// Not a campaign: the reports of campaigns, named one by one, as one table.
extern const std::string_view summary_help;
[[nodiscard]] int run_summary(std::span<const std::string> words);

}  // namespace packledger::sim
