// JSON as it goes out: appends to a string the caller owns. Every answer of the daemon is written
// with it. There are no floating point numbers: units are integers and money is a text.
//
//   JsonWriter json{out};
//   json.begin_object().member("account", "acme").member("units", 3).end_object();
//
// Owner: the caller, on its stack; one thread.
// Invariants:
//  1. The output is one line of well-formed UTF-8, whatever bytes the texts hold: control
//     characters and marks that turn the direction of a text are escaped, bytes that are not UTF-8
//     become U+FFFD.
//  2. Misuse (a value without a key in an object, an unbalanced end) is a defect of ours and stops
//     the daemon.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace packledger {

// What the writer can say in one call.
template <class T>
concept JsonScalar =
    (std::integral<T> && !std::same_as<T, char>) || std::convertible_to<T, std::string_view>;

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  JsonWriter& begin_object() { return begin('{', 1); }
  JsonWriter& end_object() { return end('}', 1); }
  JsonWriter& begin_array() { return begin('[', 0); }
  JsonWriter& end_array() { return end(']', 0); }
  JsonWriter& key(std::string_view name);
  JsonWriter& null() { return word("null"); }
  // A complete JSON value that was written elsewhere; it must be one line and is not looked at.
  JsonWriter& raw(std::string_view json) { return word(json); }

  template <JsonScalar T> JsonWriter& value(const T& scalar) {
    if constexpr (std::same_as<T, bool>) {
      return word(scalar ? "true" : "false");
    } else if constexpr (std::signed_integral<T>) {
      return integer(static_cast<std::int64_t>(scalar));
    } else if constexpr (std::unsigned_integral<T>) {
      return natural(static_cast<std::uint64_t>(scalar));
    } else {
      return text(scalar);
    }
  }
  template <JsonScalar T> JsonWriter& member(std::string_view name, const T& scalar) {
    return key(name).value(scalar);
  }

 private:
  JsonWriter& begin(char bracket, std::uint64_t is_object);
  JsonWriter& end(char bracket, std::uint64_t is_object);
  JsonWriter& word(std::string_view json);
  JsonWriter& text(std::string_view text);
  JsonWriter& integer(std::int64_t value);
  JsonWriter& natural(std::uint64_t value);
  void before_value();

  std::string& out_;
  std::uint64_t objects_ = 0;  // one bit per open bracket, the innermost lowest: 1 is an object
  unsigned depth_ = 0;         // at most 64
  bool after_key_ = false;
  bool after_value_ = false;
};

// Appends the text as a JSON string, quotes included.
void append_json_text(std::string& out, std::string_view text);

}  // namespace packledger
