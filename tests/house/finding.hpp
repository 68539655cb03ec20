// What a check of the house says: where, and what to do instead.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace packledger::house {

struct Finding {
  std::string path;      // relative to the root of the source tree
  std::size_t line = 0;  // from 1; 0 where the whole file is meant
  std::string message;   // what is wrong, and what to do instead
};

using Findings = std::vector<Finding>;

// One finding a line, as compilers print them, so that editors can jump there.
inline std::string report(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += finding.path + ":" + std::to_string(finding.line) + ": " + finding.message + "\n";
  }
  return text;
}

inline void append(Findings& all, Findings more) {
  for (Finding& finding : more) all.push_back(std::move(finding));
}

}  // namespace packledger::house
