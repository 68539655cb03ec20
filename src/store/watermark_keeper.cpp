#include "store/watermark_keeper.hpp"

#include <utility>

namespace packledger {

WatermarkKeeper::WatermarkKeeper(WatermarkFile file, WatermarkMode mode, Behind behind)
    : file_(std::move(file)), mode_(mode), behind_(behind) {
  if (mode_ != WatermarkMode::one_behind || behind_ != Behind::thread) return;
  writer_ = std::jthread([this](const std::stop_token& stop) { write_behind(stop); });
}

WatermarkKeeper::~WatermarkKeeper() {
  // A fault was told by the append that came upon it, or is found when opening.
  [[maybe_unused]] const auto settled = settle();
}

Result<void, Fault> WatermarkKeeper::keep(const Watermark& watermark) {
  if (auto settled = settle(); !settled) return settled;
  if (mode_ == WatermarkMode::before_ack) return write(watermark);
  const std::lock_guard lock(mutex_);
  waiting_ = watermark;
  changed_.notify_all();
  return {};
}

Result<void, Fault> WatermarkKeeper::write(const Watermark& watermark) {
  auto written = file_.write(watermark);
  if (!written) fault_ = written.error();
  return written;
}

Result<void, Fault> WatermarkKeeper::settle() {
  if (behind_ == Behind::next_call) {
    if (fault_) return std::unexpected{*fault_};
    const auto waiting = std::exchange(waiting_, std::nullopt);
    return waiting ? write(*waiting) : Result<void, Fault>{};
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !waiting_ || fault_; });
  if (fault_) return std::unexpected{*fault_};
  return {};
}

void WatermarkKeeper::write_behind(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return waiting_.has_value(); })) {
    const Watermark watermark = waiting_.value_or(Watermark{});
    lock.unlock();
    auto written = file_.write(watermark);
    lock.lock();
    if (!written) fault_ = std::move(written.error());
    waiting_.reset();
    changed_.notify_all();
    if (fault_) return;
  }
}

}  // namespace packledger
