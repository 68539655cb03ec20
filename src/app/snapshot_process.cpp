#include "app/snapshot_process.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <string_view>

namespace packledger {
namespace {

constexpr int niceness = 10;        // a tenth of what the engine gets where both want the core
constexpr int io_idle = 3 << 13;    // IOPRIO_CLASS_IDLE: the disk is first of all the journal's
constexpr int io_of_a_process = 1;  // IOPRIO_WHO_PROCESS
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

void give_way() {
  sched_param none{};
  ::sched_setscheduler(0, SCHED_BATCH, &none);  // also where the daemon runs in real time
  ::setpriority(PRIO_PROCESS, 0, niceness);
  ::syscall(SYS_ioprio_set, io_of_a_process, 0, io_idle);
  // Where memory runs out, this one goes first.
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
