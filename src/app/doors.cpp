#include "app/doors.hpp"

#include "packledger/ledger/result.hpp"

#include <utility>
#include <variant>

namespace packledger {
namespace {

std::size_t sends_in(const Request& request) {
  const auto* batch = std::get_if<SendBatch>(&request);
  return batch == nullptr ? 0 : batch->sends.size();
}

}  // namespace

FrontDoor::FrontDoor(const FrontDoorLimits& limits) : limits_{limits} {
  ENSURE(limits.requests_max > 0, "a door lets something through");
  ENSURE(limits.sends_max >= sends_per_batch_max, "the largest batch fits through the door");
}

bool FrontDoor::put(Request&& request) {
  const std::size_t sends = sends_in(request);
  {
    const std::lock_guard lock{mutex_};
    if (closed_ || waiting_.size() >= limits_.requests_max) return false;
    if (sends_ + sends > limits_.sends_max) return false;
    waiting_.push_back(std::move(request));
    sends_ += sends;
  }
  changed_.notify_one();
  return true;
}

std::optional<Request> FrontDoor::take() {
  const std::lock_guard lock{mutex_};
  if (waiting_.empty()) return std::nullopt;
  std::optional<Request> oldest{std::move(waiting_.front())};
  waiting_.pop_front();
  sends_ -= sends_in(*oldest);
  return oldest;
}

void FrontDoor::wait(std::optional<std::chrono::milliseconds> longest,
                     const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  const auto called = [&] { return !waiting_.empty() || woken_ || closed_; };
  if (longest) {
    changed_.wait_for(lock, stop, *longest, called);
  } else {
    changed_.wait(lock, stop, called);
  }
  woken_ = false;
}

void FrontDoor::wake() {
  {
    const std::lock_guard lock{mutex_};
    woken_ = true;
  }
  changed_.notify_one();
}

void FrontDoor::close() {
  {
    const std::lock_guard lock{mutex_};
    closed_ = true;
  }
  changed_.notify_all();
}

std::size_t FrontDoor::requests() const {
  const std::lock_guard lock{mutex_};
  return waiting_.size();
}

std::size_t FrontDoor::sends() const {
  const std::lock_guard lock{mutex_};
  return sends_;
}

}  // namespace packledger
