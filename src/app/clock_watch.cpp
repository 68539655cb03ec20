#include "app/clock_watch.hpp"

#include "app/logging.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <utility>

namespace packledger {
namespace {

// The system's name of this start of the machine: the unit file hands it over, because the service
// does not see that part of /proc.
constexpr const char* boot_id_variable = "PACKLEDGER_BOOT_ID";
constexpr const char* boot_id_file = "/proc/sys/kernel/random/boot_id";

// Smaller moves are not worth a write.
constexpr Duration move_kept_min = seconds(1);

std::string boot_id() {
  std::string id;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it while we run
  const char* const given = std::getenv(boot_id_variable);
  if (given != nullptr) {
    id = given;
  } else {
    std::ifstream{boot_id_file} >> id;
  }
  std::erase(id, '-');  // one writes it with dashes, the other without
  return id;
}

std::string file_in(const std::string& directory) { return directory + "/boot_clock"; }

bool differs(Instant one, Instant other) {
  const Duration by = std::max(one, other) - std::min(one, other);
  return by >= move_kept_min;
}

}  // namespace

ClockNews ClockCalls::next(const ClockLook& look) {
  if (!look.held) return std::exchange(called_at_, {}) ? ClockNews::believed : ClockNews::none;
  if (called_at_ && look.since_boot < *called_at_ + clock_call_interval) return ClockNews::none;
  called_at_ = look.since_boot;
  return ClockNews::held;
}

void ClockWatch::look(const SystemClock& clock) {
  const ClockLook look = clock.look();
  switch (calls_.next(look)) {
    case ClockNews::none: break;
    case ClockNews::held:
      log_event(LogLevel::critical, "clock_held",
                {{"wall", instant_text(look.wall)},
                 {"now", instant_text(look.now)},
                 {"ahead", duration_text(look.wall - look.now)},
                 {"detail",
                  "THE WALL CLOCK LEAPT AHEAD AND IS NOT BELIEVED: time goes on by the boot clock, "
                  "so that nothing ends by mistake. Set the clock right; or, if it is right, say "
                  "so with: packledger clock accept"}});
      break;
    case ClockNews::believed:
      log_event(LogLevel::info, "clock_believed", {{"wall", instant_text(look.wall)}});
      break;
  }
  const Instant started_at = clock.started_at();
  if (!remembered_ || differs(*remembered_, started_at)) remember(started_at);
}

void ClockWatch::remember(Instant started_at) {
  if (!remember_start(directory_, started_at) && !remembered_) {
    log_event(LogLevel::warn, "clock_not_kept",
              {{"directory", directory_},
               {"detail", "a leap of the wall clock during a restart will not be noticed"}});
  }
  remembered_ = started_at;
}

std::optional<Instant> recall_start(const std::string& directory) {
  std::ifstream file{file_in(directory)};
  std::string id;
  Instant started_at;
  if (!(file >> id >> started_at.ms) || id.empty() || id != boot_id()) return std::nullopt;
  return started_at;
}

bool remember_start(const std::string& directory, Instant started_at) {
  const std::string id = boot_id();
  if (id.empty()) return false;
  const std::string file = file_in(directory);
  const std::string fresh = file + ".new";
  {
    std::ofstream out{fresh, std::ios::trunc};
    out << id << ' ' << started_at.ms << '\n';
    if (!out.flush()) return false;
  }
  std::error_code error;
  ::chmod(fresh.c_str(), S_IRUSR | S_IWUSR);
  std::filesystem::rename(fresh, file, error);
  return !error;
}

}  // namespace packledger
