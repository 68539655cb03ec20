// JSON as it comes in: a strict reader that refuses what a ledger must not guess about.
//
// Owner: wire, the only room that knows which library scans the text. Any thread: a JsonDocument
// never changes after parse_json and may be read by many threads.
// Invariants:
//  1. A Json is a look into its JsonDocument and is valid as long as the document lives; moving
//     the document does not end that. The text that was parsed may go away at once.
//  2. Every text and key is well-formed UTF-8 without U+0000.
//  3. No object has the same key twice; members keep the order of the text.
//  4. integer() answers only for a number written without fraction and exponent that fits in 64
//     bits with sign. Every other number keeps its text and is never rounded.
#pragma once

#include "packledger/ledger/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace packledger {

struct JsonMember;

class Json {
 public:
  Json() = default;  // null
  [[nodiscard]] bool is_null() const { return std::holds_alternative<Null>(value_); }
  [[nodiscard]] bool is_array() const { return std::holds_alternative<Array>(value_); }
  [[nodiscard]] bool is_object() const { return std::holds_alternative<Object>(value_); }
  // Each answers nothing where the value is of another kind.
  [[nodiscard]] std::optional<bool> flag() const { return as<bool>(); }
  [[nodiscard]] std::optional<std::int64_t> integer() const { return as<std::int64_t>(); }
  [[nodiscard]] std::optional<std::string_view> text() const { return as<std::string_view>(); }
  // The text of a number that is not an integer in the sense of invariant 4.
  [[nodiscard]] std::optional<std::string_view> other_number() const;
  // Of an array, of an object; empty where the value is none.
  [[nodiscard]] std::span<const Json> elements() const;
  [[nodiscard]] std::span<const JsonMember> members() const;
  // The member of that name; null pointer where there is none or this is not an object.
  [[nodiscard]] const Json* find(std::string_view key) const;

 private:
  friend class JsonBuilder;
  struct Null {};
  struct OtherNumber {
    std::string_view text;
  };
  struct Array {
    const Json* first;
    std::size_t count;
  };
  struct Object {
    const JsonMember* first;
    std::size_t count;
  };
  using Value =
      std::variant<Null, bool, std::int64_t, OtherNumber, std::string_view, Array, Object>;

  explicit Json(Value value) : value_(value) {}
  template <class T> std::optional<T> as() const {
    const T* value = std::get_if<T>(&value_);
    return value == nullptr ? std::nullopt : std::optional<T>{*value};
  }

  Value value_;
};

struct JsonMember {
  std::string_view key;
  Json value;
};

// Owns the memory of all values of one parsed text.
class JsonDocument {
 public:
  [[nodiscard]] const Json& root() const& { return root_; }
  const Json& root() const&& = delete;  // the values would outlive their memory

 private:
  friend class JsonBuilder;
  std::unique_ptr<std::pmr::monotonic_buffer_resource> memory_;
  Json root_;
};

struct JsonLimits {
  std::size_t depth_max = 32;          // arrays and objects inside one another
  std::size_t elements_max = 262'144;  // values of every kind: 8,192 sends of 32 values
};

struct JsonFault {
  std::string path;        // as a person would write it: [3].contacts[0].email; empty for the root
  std::string detail;      // what is wrong, one clause
  std::size_t offset = 0;  // in bytes from the start of the text, where reading stopped
  bool too_large = false;  // JSON so far, but more values than elements_max
};

// Appends a member's key to the path of its object. The key is the client's text: after 64 bytes it
// is cut short.
void append_json_key(std::string& path, std::string_view key);

// Reads exactly one JSON value with nothing but white space around it. Refuses: bytes that are not
// UTF-8, keys that come twice, U+0000, numbers too large for any number type, and whatever is
// beyond the limits.
[[nodiscard]] Result<JsonDocument, JsonFault> parse_json(std::string_view text,
                                                         const JsonLimits& limits = {});

}  // namespace packledger
