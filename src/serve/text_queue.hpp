// TextQueue: what waits for one client, first in, first out. Empty it takes no memory, as most do
// most of the time; it gives its memory back whenever it becomes empty.
// Owner: a Watcher. Front thread.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace packledger::serve {

template <class Each> class TextQueue {
 public:
  [[nodiscard]] bool empty() const { return taken_ == items_.size(); }
  [[nodiscard]] std::size_t size() const { return items_.size() - taken_; }
  void push(Each each) { items_.push_back(std::move(each)); }
  [[nodiscard]] Each& front() { return items_[taken_]; }
  Each pop() {
    Each first = std::move(items_[taken_++]);
    if (empty()) {
      taken_ = 0;
      items_.clear();
      if (items_.capacity() > kept_max) items_.shrink_to_fit();
    }
    return first;
  }
  // What waits, the oldest first.
  [[nodiscard]] auto begin() { return items_.begin() + static_cast<std::ptrdiff_t>(taken_); }
  [[nodiscard]] auto end() { return items_.end(); }

 private:
  static constexpr std::size_t kept_max = 16;
  std::vector<Each> items_;
  std::size_t taken_ = 0;
};

}  // namespace packledger::serve
