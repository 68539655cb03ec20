// What is fuzzed: each target takes any bytes and ends the process where something does not hold.
// One program holds all of them: under libFuzzer it looks for inputs, elsewhere it plays those that
// are kept.
//
// Owner: the program; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace packledger::fuzz {

struct Target {
  std::string_view name;
  void (*run)(std::string_view bytes);
};
[[nodiscard]] std::span<const Target> edge_targets();     // what a connection says
[[nodiscard]] std::span<const Target> request_targets();  // what is in it
[[nodiscard]] std::span<const Target> stored_targets();   // what we wrote ourselves
[[nodiscard]] std::span<const Target> law_targets();      // text of times, names, random lives

// Says what does not hold, with the bytes, and aborts.
void must(bool holds, std::string_view what);

// Takes numbers from the front of the bytes; zeros at their end.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] std::uint8_t byte() {
    if (bytes_.empty()) return 0;
    const auto first = static_cast<std::uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return first;
  }
  [[nodiscard]] std::uint64_t number(std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value = value << 8U | byte();
    return value;
  }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] std::string_view rest() const { return bytes_; }

 private:
  std::string_view bytes_;
};

}  // namespace packledger::fuzz
