// Shared: a value that never changes and that many have alike, kept once; whoever needs another one
// takes another one. T{} where none was given. Value, any thread.
//
// Alike: gives values that are equal as one Shared. It knows the last few different ones only: what
// is not found is kept twice, which costs memory and nothing else. Engine thread.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace packledger {

template <class T> class Shared {
 public:
  Shared() = default;
  Shared(T value)  // NOLINT(google-explicit-constructor)
      : value_(std::make_shared<const T>(std::move(value))) {}

  [[nodiscard]] const T& operator*() const { return value_ ? *value_ : nothing(); }
  [[nodiscard]] const T* operator->() const { return &**this; }

 private:
  static const T& nothing() {
    static const T value{};
    return value;
  }

  std::shared_ptr<const T> value_;
};

template <class T> class Alike {
 public:
  [[nodiscard]] Shared<T> of(const T& value) {
    for (const Shared<T>& one : recent_) {
      if (*one == value) return one;
    }
    Shared<T> made{value};
    if (recent_.size() < recent_max) {
      recent_.push_back(made);
    } else {
      recent_[oldest_] = made;
      oldest_ = (oldest_ + 1) % recent_max;
    }
    return made;
  }

 private:
  // More are rare, and each new value is compared with all of them.
  static constexpr std::size_t recent_max = 32;

  std::vector<Shared<T>> recent_;
  std::size_t oldest_ = 0;
};

}  // namespace packledger
