// packledger: the command line. What it knows comes from the daemon, through its interface; only
// the commands that take --data open a directory themselves.
#include "app/cli/command.hpp"

#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace {

bool is_set(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): no threads yet
  return value != nullptr && *value != '\0';
}

packledger::cli::Look look_of_terminal() {
  const char* const term = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe)
  const bool terminal = ::isatty(STDOUT_FILENO) == 1;
  const bool dumb = term == nullptr || std::string_view{term} == "dumb";
  const bool bars = ::isatty(STDERR_FILENO) == 1 && !dumb;
  return {
      .blocks = terminal && !dumb, .color = terminal && !dumb && !is_set("NO_COLOR"), .bars = bars};
}

}  // namespace

int main(int argc, char** argv) {
  try {
    packledger::cli::Session session{std::cout, std::cerr};
    session.look = look_of_terminal();
    if (::isatty(STDIN_FILENO) == 1) session.answers = &std::cin;
    session.options.version = PACKLEDGER_VERSION;
    packledger::cli::CommandTree tree{session};
    const std::vector<std::string> words(argv + 1, argv + argc);
    const packledger::cli::ExitCode code = tree.run(words);
    std::cout.flush();
    return static_cast<int>(code);
  } catch (const std::exception& error) {
    std::cerr << "packledger: " << error.what() << '\n';
    return static_cast<int>(packledger::cli::ExitCode::unexpected);
  }
}
