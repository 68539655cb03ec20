#include "app/snapshot_process.hpp"

#include "app/give_way.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <string_view>

namespace packledger {
namespace {

constexpr int unexpected = 125;
constexpr unsigned life_max_s = 3'600;  // on a disk that hangs; then the next one is tried

// The handlers of the daemon would write to its pipes.
void forget_handlers() {
  for (int signal = 1; signal < NSIG; ++signal) {
    if (signal != SIGKILL && signal != SIGSTOP) std::signal(signal, SIG_DFL);
  }
}

// Sockets would stay open for as long as the snapshot takes. The first three numbers stay taken, so
// that nothing that is printed lands in a file.
void close_everything() {
  ::close_range(0, ~0U, 0);
  for (int n = 0; n < 3; ++n) ::open("/dev/null", O_RDWR);  // NOLINT(android-cloexec-open)
}

// Where memory runs out, this one goes first.
void be_the_first_to_go() {
  const int score = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  constexpr std::string_view most = "1000";
  if (score >= 0 && ::write(score, most.data(), most.size()) >= 0) ::close(score);
}

[[noreturn]] void run(const std::function<int()>& work, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(unexpected);
  ::alarm(life_max_s);
  close_everything();
  give_way();
  be_the_first_to_go();
  try {
    ::_exit(work());
  } catch (const std::exception&) {  // no memory
    ::_exit(unexpected);
  }
}

}  // namespace

// Signals wait meanwhile: none may meet a handler of the daemon in the new process.
int fork_aside(const std::function<int()>& work) {
  const pid_t parent = ::getpid();
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t process = ::fork();
  if (process == 0) {
    forget_handlers();
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    run(work, parent);
  }
  const int error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return process;
}

}  // namespace packledger
