#include "tests/cli/run_words.hpp"

#include "app/cli/command.hpp"

#include <sstream>

namespace packledger::cli {

Ran run_words(const std::vector<std::string>& words) {
  std::ostringstream out;
  std::ostringstream err;
  Session session{out, err};
  CommandTree tree{session};
  const ExitCode code = tree.run(words);
  return {.code = code, .out = out.str(), .err = err.str()};
}

}  // namespace packledger::cli
