#include "app/free_space.hpp"

#include "app/logging.hpp"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <string_view>
#include <utility>

namespace packledger {
namespace {

// What must be free beyond the reserve before writes are taken again: else each would be the last.
constexpr std::uint64_t again_part = 8;

std::optional<std::uint64_t> free_bytes(const std::string& directory) {
  struct statvfs told{};
  if (::statvfs(directory.c_str(), &told) != 0) return std::nullopt;
  return std::uint64_t{told.f_bavail} * told.f_frsize;
}

}  // namespace

FreeSpace::FreeSpace(std::string directory, std::uint64_t reserve_bytes, Read read)
    : directory_{std::move(directory)}, reserve_{reserve_bytes}, read_{std::move(read)} {
  look();
}

FreeSpace::FreeSpace(std::string directory, std::uint64_t reserve_bytes)
    : FreeSpace{std::move(directory), reserve_bytes, free_bytes} {}

void FreeSpace::look() {
  const auto free = read_(directory_);
  known_ = free.has_value();
  free_ = free.value_or(0);
  const bool was_short = short_;
  const std::uint64_t wanted = was_short ? reserve_ + reserve_ / again_part : reserve_;
  const bool now_short = free && *free < wanted;
  if (now_short == was_short) return;
  short_ = now_short;
  if (now_short) {
    log_event(LogLevel::critical, "storage_full",
              {{"free_bytes", *free},
               {"reserve_bytes", reserve_},
               {"directory", directory_},
               {"detail",
                "THE DISK IS NEARLY FULL AND NO WRITE IS TAKEN: reads go on, and writes do "
                "once there is room"}});
  } else {
    log_event(LogLevel::info, "storage_has_room", {{"free_bytes", free_.load()}});
  }
}

bool FreeSpace::has_room(std::uint64_t bytes) const {
  return !short_ && (!known_ || free_ >= reserve_ + bytes);
}

std::string FreeSpace::metrics() const {
  const auto gauge = [](std::string_view name, std::string_view help, std::uint64_t value) {
    return fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n{0} {2}\n", name, help, value);
  };
  std::string all;
  if (known_)
    all += gauge("packledger_storage_free_bytes", "Free bytes where the journal lies.", free_);
  return all + gauge("packledger_storage_full",
                     "1 while writes are refused because the disk is nearly full.", short_ ? 1 : 0);
}

}  // namespace packledger
