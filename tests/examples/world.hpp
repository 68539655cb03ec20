// What an Engine needs around itself in a test: a clock set by hand, an inbox that is a queue, an
// outlet that counts and answers. One thread.
#pragma once

#include "packledger/engine/clock.hpp"
#include "packledger/engine/inbox.hpp"
#include "packledger/engine/outlet.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

namespace packledger::examples {

class HandClock final : public Clock {
 public:
  [[nodiscard]] Instant now() override { return now_; }
  void set(Instant now) { now_ = now; }

 private:
  Instant now_;
};

class QueueInbox final : public Inbox {
 public:
  [[nodiscard]] bool put(Request&& request) override {
    requests_.push_back(std::move(request));
    return true;
  }
  [[nodiscard]] std::optional<Request> take() override {
    if (requests_.empty()) return std::nullopt;
    std::optional<Request> first{std::move(requests_.front())};
    requests_.pop_front();
    return first;
  }

 private:
  std::deque<Request> requests_;
};

class DeafOutlet final : public Outlet {
 public:
  void committed(Committed told) override {
    if (told.batch != nullptr) told_ += told.batch->entries.size();
    for (Answer& answer : told.answers) answer();
  }
  [[nodiscard]] std::size_t told() const { return told_; }

 private:
  std::size_t told_ = 0;
};

}  // namespace packledger::examples
