// MostlyDefault: a value that stays T{} for nearly all who have it: a pointer where it does. It is
// read as if it were there, and made when it is first changed. For rows of which there are
// millions. Value, any thread.
#pragma once

#include "packledger/ledger/seldom.hpp"

#include <utility>

namespace packledger {

template <class T> class MostlyDefault {
 public:
  [[nodiscard]] const T& operator*() const { return own_ ? *own_ : nothing(); }
  [[nodiscard]] const T* operator->() const { return &**this; }
  [[nodiscard]] T& change() { return own_ ? *own_ : own_.emplace(); }
  MostlyDefault& operator=(T value) {
    own_ = std::move(value);
    return *this;
  }
  void reset() { own_.reset(); }

 private:
  static const T& nothing() {
    static const T value{};
    return value;
  }

  Seldom<T> own_;
};

}  // namespace packledger
