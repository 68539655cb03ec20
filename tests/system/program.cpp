#include "tests/system/program.hpp"

#include "packledger/ledger/result.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace packledger {

ProgramRun run_program(std::vector<std::string> words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  std::array<int, 2> ends{};
  ENSURE(::pipe2(ends.data(), O_CLOEXEC) == 0, "a pipe can be made");
  posix_spawn_file_actions_t actions{};
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  pid_t process = -1;
  const int failed =
      ::posix_spawnp(&process, pointers.front(), &actions, nullptr, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  ProgramRun run;
  std::array<char, 4096> more{};
  for (ssize_t read = 0; failed == 0 && (read = ::read(ends[0], more.data(), more.size())) > 0;)
    run.output.append(more.data(), static_cast<std::size_t>(read));
  ::close(ends[0]);
  int status = 0;
  if (failed == 0 && ::waitpid(process, &status, 0) == process && WIFEXITED(status))
    run.code = WEXITSTATUS(status);
  return run;
}

ProgramRun run_packledger(std::vector<std::string> words) {
  words.insert(words.begin(), PACKLEDGER_BIN_DIR "/packledger");
  return run_program(std::move(words));
}

}  // namespace packledger
