#include "tests/sim/children.hpp"

#include "packledger/ledger/result.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <iostream>

namespace packledger::sim {

void* shared_bytes(std::size_t size) {
  void* const bytes =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ENSURE(bytes != MAP_FAILED, "there is memory for a page");
  return bytes;
}

::pid_t begin(const std::function<int()>& work) {
  std::cout.flush();
  const ::pid_t child = ::fork();
  ENSURE(child >= 0, "another process can be made");
  if (child > 0) return child;
  const int code = work();
  std::cout.flush();
  ::_exit(code);
}

void be_quiet() {
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) ::dup2(nowhere, STDERR_FILENO);
}

std::string end_of(::pid_t child) {
  int status = 0;
  ENSURE(::waitpid(child, &status, 0) == child, "a child is waited for once");
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    return "signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ")";
  }
  const int code = WEXITSTATUS(status);
  return code == 0 ? "" : "exit code " + std::to_string(code);
}

}  // namespace packledger::sim
