// LoopDisk: an ext4 file system in a file, mounted over a loop device; and what a power cut would
// leave of it. Needs root and free loop devices.
//
// What a cut takes away is what the kernel had not handed to the device: pages and names that were
// not synced. What the device was handed it keeps, in the order in which it came. A device that
// loses its own cache or reorders is for the simulated disk.
//
// Owner: a test; one thread.
#pragma once

#include "tests/system/daemon_process.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace packledger {

class LoopDisk {
 public:
  explicit LoopDisk(std::uint64_t bytes);
  ~LoopDisk();
  LoopDisk(const LoopDisk&) = delete;
  LoopDisk& operator=(const LoopDisk&) = delete;

  // Why it is not mounted; empty where it is.
  [[nodiscard]] const std::string& fault() const { return fault_; }
  [[nodiscard]] const std::filesystem::path& path() const { return mounted_at_; }

  // The power goes: what the device has at this instant is what is mounted from now on. Whoever
  // writes stands still; `kill` ends them, once the device was copied. False, and fault() says why,
  // where that does not work.
  [[nodiscard]] bool cut(const std::function<void()>& kill);

  // Fills it but for so much with a file of somebody else; and removes that file.
  void fill(std::uintmax_t free_bytes) const;
  void free() const;

 private:
  [[nodiscard]] bool mount();
  void unmount();
  [[nodiscard]] bool copy_when_quiet(const std::filesystem::path& to) const;
  [[nodiscard]] std::string traffic() const;
  bool fail(const std::string& what);

  TemporaryDirectory directory_;
  std::filesystem::path image_ = directory_.path() / "image";
  std::filesystem::path mounted_at_ = directory_.path() / "disk";
  std::string device_;  // "loop3"
  std::string fault_;
};

}  // namespace packledger
