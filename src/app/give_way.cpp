#include "app/give_way.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace packledger {
namespace {

constexpr int niceness = 15;
constexpr int io_idle = 3 << 13;   // IOPRIO_CLASS_IDLE: the disk is first of all the journal's
constexpr int io_of_a_thread = 1;  // IOPRIO_WHO_PROCESS, which means a thread

}  // namespace

void give_way() {
  sched_param none{};
  ::sched_setscheduler(0, SCHED_BATCH, &none);
  ::setpriority(PRIO_PROCESS, 0, niceness);
  ::syscall(SYS_ioprio_set, io_of_a_thread, 0, io_idle);
}

}  // namespace packledger
