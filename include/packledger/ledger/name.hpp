// Name: a text of at most name_bytes_max bytes that lies in place, so that a value with a name is
// copied without the heap: sends are made, kept and told by the hundred thousand a second. Holds
// any bytes; is_name says whether they are a name as clients may give one. Value, any thread.
#pragma once

#include "packledger/ledger/id.hpp"
#include "packledger/ledger/result.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace packledger {

class Name {
 public:
  Name() = default;
  // From text of at most name_bytes_max bytes; aborts on more: whoever reads from outside looks at
  // the length first.
  Name(std::string_view text) { assign(text); }  // NOLINT(google-explicit-constructor)
  Name(const std::string& text) : Name(std::string_view{text}) {}  // NOLINT
  Name(const char* text) : Name(std::string_view{text}) {}         // NOLINT

  void assign(std::string_view text) {
    ENSURE(text.size() <= name_bytes_max, "a name is no longer than names may be");
    text.copy(bytes_.data(), text.size());
    size_ = static_cast<std::uint8_t>(text.size());
  }

  [[nodiscard]] std::string_view view() const { return {bytes_.data(), size_}; }
  operator std::string_view() const { return view(); }  // NOLINT(google-explicit-constructor)
  [[nodiscard]] std::string string() const { return std::string{view()}; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }

  friend bool operator==(const Name& a, const Name& b) { return a.view() == b.view(); }
  friend std::strong_ordering operator<=>(const Name& a, const Name& b) {
    return a.view() <=> b.view();
  }

 private:
  std::array<char, name_bytes_max> bytes_;  // those behind size_ mean nothing
  std::uint8_t size_ = 0;
};

}  // namespace packledger
