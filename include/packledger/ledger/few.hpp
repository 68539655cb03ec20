// Few: a list of values that is short nearly always: up to `here` of them lie in place, more on the
// heap, all behind each other either way. What it offers means what it means of a std::vector.
// Value, any thread.
#pragma once

#include "packledger/ledger/result.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace packledger {

template <class T, std::size_t here> class Few {
  static_assert(std::is_trivially_copyable_v<T> && here > 0);

 public:
  using value_type = T;
  using iterator = T*;
  using const_iterator = const T*;

  Few() = default;
  Few(std::initializer_list<T> values) { assign(values.begin(), values.end()); }
  template <class Iterator> Few(Iterator first, Iterator last) { assign(first, last); }
  Few(const std::vector<T>& values) {  // NOLINT(google-explicit-constructor)
    assign(values.begin(), values.end());
  }
  Few(const Few& other) : size_(other.size_), here_(other.here_) {
    if (other.many_) many_ = std::make_unique<std::vector<T>>(*other.many_);
  }
  Few(Few&& other) noexcept
      : many_(std::move(other.many_)), size_(std::exchange(other.size_, 0)), here_(other.here_) {}
  Few& operator=(Few other) noexcept {
    many_ = std::move(other.many_);
    size_ = other.size_;
    here_ = other.here_;
    return *this;
  }
  ~Few() = default;

  template <class Iterator> void assign(Iterator first, Iterator last) {
    clear();
    for (; first != last; ++first) push_back(*first);
  }
  void push_back(const T& value) { emplace_back() = value; }
  T& emplace_back() {
    if (size_ == here && !many_) {
      many_ = std::make_unique<std::vector<T>>(here_.begin(), here_.end());
    }
    ++size_;
    return many_ ? many_->emplace_back() : here_[size_ - 1] = T{};
  }
  template <class... Args> T& emplace_back(Args&&... args) {
    return emplace_back() = T{std::forward<Args>(args)...};
  }
  void resize(std::size_t size) {
    while (size_ < size) emplace_back();
    if (many_) many_->resize(size);
    size_ = static_cast<std::uint32_t>(size);
  }
  void clear() {
    many_.reset();
    size_ = 0;
  }
  void insert(T* at, const T& value) {
    const auto place = at - begin();
    push_back(value);
    std::rotate(begin() + place, end() - 1, end());
  }
  void erase(T* at) { erase(at, at + 1); }
  void erase(T* first, T* last) {
    std::move(last, end(), first);
    resize(size() - static_cast<std::size_t>(last - first));
  }
  void pop_back() { resize(size() - 1); }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] const T* data() const { return many_ ? many_->data() : here_.data(); }
  [[nodiscard]] T* data() { return many_ ? many_->data() : here_.data(); }
  [[nodiscard]] const T* begin() const { return data(); }
  [[nodiscard]] const T* end() const { return data() + size_; }
  [[nodiscard]] T* begin() { return data(); }
  [[nodiscard]] T* end() { return data() + size_; }
  [[nodiscard]] const T& operator[](std::size_t i) const {
    ENSURE(i < size_, "a list has that many values");
    return data()[i];
  }
  [[nodiscard]] T& operator[](std::size_t i) {
    ENSURE(i < size_, "a list has that many values");
    return data()[i];
  }
  [[nodiscard]] const T& front() const { return (*this)[0]; }
  [[nodiscard]] const T& back() const { return (*this)[size_ - 1]; }
  [[nodiscard]] T& front() { return (*this)[0]; }
  [[nodiscard]] T& back() { return (*this)[size_ - 1]; }

  friend bool operator==(const Few& a, const Few& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  std::unique_ptr<std::vector<T>> many_;  // all of them, once there have been more than `here`
  std::uint32_t size_ = 0;
  std::array<T, here> here_;  // the first size_ mean something, where there is no many_
};

}  // namespace packledger
