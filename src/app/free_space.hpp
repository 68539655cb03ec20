// FreeSpace: whether the disk of the journal has room for more. Below a reserve nothing new is
// taken: what was taken is still to be written, and what is due by itself is written all the same.
//
// Owner: daemon. look on the engine's thread, all else on any.
// Invariants:
//  1. Below the reserve there is no room; there is again only well above it.
//  2. Where the system does not tell, there is room: the journal finds out by itself.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace packledger {

class FreeSpace {
 public:
  // Bytes that are free for us where the directory is; nothing where the system does not tell.
  using Read = std::function<std::optional<std::uint64_t>(const std::string& directory)>;

  // `reserve_bytes` 0: there is always room.
  FreeSpace(std::string directory, std::uint64_t reserve_bytes, Read read);
  FreeSpace(std::string directory, std::uint64_t reserve_bytes);

  // Asks the system, and says in the log when room is short, and when it is there again.
  void look();
  // For the front: true while writes are to be refused.
  [[nodiscard]] const std::atomic<bool>& is_short() const { return short_; }
  // Whether so many bytes fit above the reserve, as far as is known.
  [[nodiscard]] bool has_room(std::uint64_t bytes) const;

  // Prometheus text.
  [[nodiscard]] std::string metrics() const;

 private:
  const std::string directory_;
  const std::uint64_t reserve_;
  const Read read_;
  std::atomic<std::uint64_t> free_ = 0;
  std::atomic<bool> known_ = false;
  std::atomic<bool> short_ = false;
};

}  // namespace packledger
