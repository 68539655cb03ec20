// WatermarkKeeper: writes the watermark after each append, at once or behind the back of the next.
//
// Owner: RocksJournal; called by the thread that appends. The file is touched by that thread or by
// the helper thread of one_behind, where it has one, never by both at a time.
// Invariants:
//  1. before_ack: keep returns success when the watermark is on disk.
//  2. one_behind: keep returns success when the watermark before is on disk, so that no more than
//     one acknowledged append lies ahead of the file.
//  3. After a failed write every later keep fails.
#pragma once

#include "store/rocks_journal.hpp"
#include "store/watermark.hpp"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace packledger {

class WatermarkKeeper {
 public:
  // Who writes the watermark of one_behind: a thread of its own, or the next call.
  enum class Behind : std::uint8_t { thread, next_call };
  WatermarkKeeper(WatermarkFile file, WatermarkMode mode, Behind behind);
  ~WatermarkKeeper();  // settles
  WatermarkKeeper(const WatermarkKeeper&) = delete;
  WatermarkKeeper& operator=(const WatermarkKeeper&) = delete;

  [[nodiscard]] Result<void, Fault> keep(const Watermark& watermark);
  // Waits until nothing is left to write.
  [[nodiscard]] Result<void, Fault> settle();

 private:
  void write_behind(const std::stop_token& stop);
  [[nodiscard]] Result<void, Fault> write(const Watermark& watermark);

  WatermarkFile file_;
  WatermarkMode mode_;
  Behind behind_;
  std::mutex mutex_;  // of what follows
  std::condition_variable_any changed_;
  std::optional<Watermark> waiting_;  // until it is on disk
  std::optional<Fault> fault_;
  std::jthread writer_;  // of one_behind; last, so that it ends first
};

}  // namespace packledger
