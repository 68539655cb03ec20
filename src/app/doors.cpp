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
  bool wakes = false;
  {
    const std::lock_guard lock{mutex_};
    if (closed_ || requests_ >= limits_.requests_max) return false;
    if (sends_ + sends > limits_.sends_max) return false;
    const bool question = std::holds_alternative<Question>(request);
    if (question) {
      asked_.push_back(std::move(request));
      ++questions_;
    } else {
      waiting_.push_back(std::move(request));
    }
    ++requests_;
    sends_ += sends;
    // Once is enough: whoever is woken takes all.
    wakes = asleep_ && enough(*asleep_);
    if (wakes) asleep_.reset();
  }
  if (wakes) changed_.notify_one();
  return true;
}

std::optional<Request> FrontDoor::take() {
  if (questions_ > 0) {
    const std::lock_guard lock{mutex_};
    std::optional<Request> question{std::move(asked_.front())};
    asked_.pop_front();
    --questions_;
    --requests_;
    return question;
  }
  if (taken_next_ == taken_.size()) {
    taken_.clear();
    taken_next_ = 0;
    const std::lock_guard lock{mutex_};
    taken_.swap(waiting_);
  }
  if (taken_.empty()) return std::nullopt;
  std::optional<Request> oldest{std::move(taken_[taken_next_++])};
  --requests_;
  sends_ -= sends_in(*oldest);
  return oldest;
}

bool FrontDoor::enough(WakeFor what) const {
  switch (what) {
    case WakeFor::any: return requests_ > 0;
    case WakeFor::many: return sends_ >= sends_many;
    case WakeFor::none: return false;
  }
  return false;
}

void FrontDoor::wait(std::optional<std::chrono::milliseconds> longest, const std::stop_token& stop,
                     WakeFor what) {
  std::unique_lock lock{mutex_};
  const bool to_the_end = what != WakeFor::any;  // of a commit; what was put is still taken
  const auto called = [&] { return enough(what) || woken_ || (closed_ && !to_the_end); };
  asleep_ = what;
  if (longest) {
    changed_.wait_for(lock, stop, *longest, called);
  } else {
    changed_.wait(lock, stop, called);
  }
  asleep_.reset();
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

}  // namespace packledger
