// Runs the command line inside the test, with streams of its own. One thread.
#pragma once

#include "app/cli/session.hpp"

#include <string>
#include <vector>

namespace packledger::cli {

struct Ran {
  ExitCode code = ExitCode::ok;
  std::string out;
  std::string err;
};

// The words after the program's name.
[[nodiscard]] Ran run_words(const std::vector<std::string>& words);

}  // namespace packledger::cli
