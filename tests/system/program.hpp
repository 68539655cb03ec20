// A program that a test runs to its end. One thread.
#pragma once

#include <string>
#include <vector>

namespace packledger {

struct ProgramRun {
  int code = -1;       // of its exit; -1: it could not be started, or was killed
  std::string output;  // standard output and errors
};
[[nodiscard]] ProgramRun run_program(std::vector<std::string> words);

// The command line as it was built.
[[nodiscard]] ProgramRun run_packledger(std::vector<std::string> words);

}  // namespace packledger
