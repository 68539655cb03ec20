#include "app/snapshotter.hpp"

#include "app/logging.hpp"
#include "app/snapshot_process.hpp"
#include "app/system_clock.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <system_error>
#include <utility>

namespace packledger {
namespace {

// A snapshot that failed is tried again after a tenth of the way to the next one, and at a stop in
// good order a twentieth of it is enough to write one.
constexpr std::uint64_t retry_part = 10;
constexpr std::uint64_t stop_part = 20;
// Below what a service manager waits for a stop.
constexpr int stop_wait_ms = 20'000;

std::string text_of(int error) {
  return fmt::format("{} (error {})", std::generic_category().message(error), error);
}

std::string end_of(int status) {
  if (WIFSIGNALED(status)) return fmt::format("its process ended by signal {}", WTERMSIG(status));
  return text_of(WEXITSTATUS(status));
}

std::string seconds_text(std::int64_t us) {
  return fmt::format("{:.6f}", static_cast<double>(us) / 1e6);
}

}  // namespace

Snapshotter::Snapshotter(SnapshotDoors doors, std::uint64_t entries)
    : doors_{std::move(doors)}, entries_{entries} {}

Snapshotter::~Snapshotter() { give_up(); }

void Snapshotter::look(Sequence last) {
  if (child_) reap(false);
  const bool due = entries_ != 0 && last >= next_;
  if (!due || child_ || asked_ || !has_room()) return;
  // A question is asked when everything that was decided is durable.
  asked_ = doors_.inbox.put(Question{[this](const Ledger& ledger) {
    asked_ = false;
    make(ledger);
  }});
}

void Snapshotter::make(const Ledger& ledger) {
  const ChainLink end = doors_.journal_end();
  if (end.sequence != ledger.last() || end.sequence <= newest_) return;
  SnapshotHead head{.sequence = end.sequence,
                    .recorded_at = ledger.recorded_at(),
                    .journal = end.hash,
                    .noticed = {}};
  const std::int64_t before = monotonic_ns();
  int process = -1;
  int error = 0;
  doors_.fanout.between([&](Sequence heard) {
    head.noticed = std::min(heard, head.sequence);
    process = fork_aside([&] {
      const int failure = doors_.files.write(head, ledger, doors_.notices);
      if (failure == 0) doors_.files.prune();
      return failure;
    });
    error = errno;
  });
  const std::int64_t after = monotonic_ns();
  if (process < 0) return failed(head.sequence, "fork: " + text_of(error));
  fork_us_ = (after - before) / 1'000;
  if (doors_.sends != nullptr) doors_.sends->snapshot_begun();
  child_ = Child{.process = process, .sequence = head.sequence, .started_ns = after};
  log_event(LogLevel::info, "snapshot_begun",
            {{"position", head.sequence.value}, {"fork_seconds", seconds_text(fork_us_)}});
}

void Snapshotter::reap(bool wait) {
  int status = 0;
  const pid_t ended = ::waitpid(child_->process, &status, wait ? 0 : WNOHANG);
  if (ended == 0) return;
  const Child child = *std::exchange(child_, std::nullopt);
  if (ended < 0) return failed(child.sequence, "waitpid: " + text_of(errno));
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return written(child);
  failed(child.sequence, end_of(status));
}

void Snapshotter::written(const Child& child) {
  if (doors_.sends != nullptr) doors_.sends->snapshot_written();
  newest_ = child.sequence;
  next_.value = newest_.value + entries_;
  position_ = newest_.value;
  bytes_ = doors_.files.bytes_of(newest_);
  write_ms_ = (monotonic_ns() - child.started_ns) / 1'000'000;
  ++written_;
  log_event(LogLevel::info, "snapshot_written",
            {{"position", newest_.value},
             {"bytes", bytes_.load()},
             {"seconds", seconds_text(write_ms_ * 1'000)}});
}

void Snapshotter::failed(Sequence sequence, const std::string& detail) {
  ++failed_;
  (void)doors_.files.prepare();  // removes what it left; what is wrong is told already
  next_.value = sequence.value + std::max<std::uint64_t>(1, entries_ / retry_part);
  log_event(LogLevel::warn, "snapshot_failed",
            {{"position", sequence.value}, {"detail", detail}, {"next_try", next_.value}});
}

// Whether it has ended after a while.
bool Snapshotter::ends_soon(int process) {
  const auto descriptor = static_cast<int>(::syscall(SYS_pidfd_open, process, 0));
  if (descriptor < 0) return false;
  pollfd watched{.fd = descriptor, .events = POLLIN, .revents = 0};
  const bool ended = ::poll(&watched, 1, stop_wait_ms) == 1;
  ::close(descriptor);
  return ended;
}

void Snapshotter::stop(const Ledger& ledger) {
  const std::uint64_t enough = std::max<std::uint64_t>(1, entries_ / stop_part);
  if (child_) reap(false);
  const Sequence newest = child_ ? child_->sequence : newest_;
  const bool worth_it = entries_ != 0 && ledger.last().value >= newest.value + enough && has_room();
  if (worth_it) {
    give_up();
    make(ledger);
  }
  if (child_ && ends_soon(child_->process)) reap(true);
  give_up();
}

// A snapshot is as large as the one before, or somewhat larger; the journal must not lack its room.
bool Snapshotter::has_room() const {
  const std::uint64_t bytes = doors_.files.bytes_of(newest_);
  return !doors_.has_room || doors_.has_room(bytes + bytes / 4);
}

void Snapshotter::give_up() {
  if (!child_) return;
  ::kill(child_->process, SIGKILL);
  ::waitpid(child_->process, nullptr, 0);
  child_.reset();
  (void)doors_.files.prepare();  // removes what is half written
}

std::string Snapshotter::metrics() const {
  const auto line = [](std::string_view name, std::string_view type, std::string_view help,
                       const auto& value) {
    return fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", name, help, type, value);
  };
  return line("packledger_snapshot_position", "gauge",
              "The last entry in the newest snapshot made since the start; 0: none.",
              position_.load()) +
         line("packledger_snapshot_bytes", "gauge", "The size of that snapshot.", bytes_.load()) +
         line("packledger_snapshot_write_seconds", "gauge", "How long it took to write.",
              seconds_text(write_ms_ * 1'000)) +
         line("packledger_snapshot_fork_seconds", "gauge",
              "How long the engine stood still for the last snapshot.", seconds_text(fork_us_)) +
         line("packledger_snapshots_total", "counter", "Snapshots written.", written_.load()) +
         line("packledger_snapshots_failed_total", "counter", "Snapshots that failed.",
              failed_.load());
}

}  // namespace packledger
