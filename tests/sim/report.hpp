// Report: what a campaign has shown, as a table for people and as JSON for the one table that is
// made of all campaigns.
//
// Owner: the campaign; one thread.
#pragma once

#include "packledger/ledger/result.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::sim {

// How often a promise was looked at. Its number is that of docs/proof.md; 0 is the naive model.
struct Invariant {
  int number = 0;
  std::string name;
  std::uint64_t checked = 0;
  std::uint64_t violations = 0;
};

struct Figure {
  std::string name;
  std::uint64_t value = 0;
};

struct Report {
  std::string name;
  std::uint64_t seconds = 0;
  std::vector<Invariant> invariants;
  std::vector<Figure> figures;
  std::vector<std::string> failures;  // each says how to play it again

  // No violation and no failure.
  [[nodiscard]] bool passed() const;
};

[[nodiscard]] std::string table_of(const Report& report);
[[nodiscard]] std::string json_of(const Report& report);
// What json_of wrote, or a script in that form; what is wrong with it, else.
[[nodiscard]] Result<Report, std::string> report_of(std::string_view json);

// The table of many campaigns: each invariant once with what all of them looked at, then their
// figures and failures.
[[nodiscard]] std::string table_of(std::span<const Report> reports);

// Prints the table, writes the JSON where a file is named, and gives the exit code of the program:
// 0 where it passed, 1 where it did not or the file cannot be written.
[[nodiscard]] int finish(const Report& report, const std::string& file);

}  // namespace packledger::sim
