// Reading one JSON object member by member, with a clear word about the first thing that is wrong.
//
//   JsonFields fields{json, "[3]"};
//   const std::string_view account = fields.required_text("account", {.bytes_min = 1});
//   const std::int64_t units = fields.required_integer("units", {1, 1'000'000});
//   if (auto fault = fields.finish()) return std::unexpected{*fault};
//
// Owner: whoever decodes, on its stack; one thread. The Json and the place must outlive it.
// Invariants:
//  1. The first fault is the one told; what is read after it is a default and means nothing.
//  2. finish() refuses every member that no call has asked for.
//  3. null is a value of the wrong kind, never "absent"; optional_value() sees it as it is.
#pragma once

#include "wire/json.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace packledger {

enum class FieldWrong : std::uint8_t { missing, refused, unknown };

struct FieldFault {
  FieldWrong wrong = FieldWrong::refused;
  std::string field;     // with its place: [3].units
  std::string expected;  // "an integer from 1 to 1000000"; empty for an unknown field
};

// "[3].units: expected an integer from 1 to 1000000"
[[nodiscard]] std::string describe(const FieldFault& fault);

// Both ends are allowed.
struct IntegerBounds {
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
};
struct TextBounds {
  std::size_t bytes_min = 0;
  std::size_t bytes_max = std::numeric_limits<std::size_t>::max();
};

// Where an object stands in its document. Kept in pieces, put together only for a fault.
struct JsonPlace {
  std::string_view path;             // of the object, or of the array that holds it
  std::optional<std::size_t> index;  // in that array
};

class JsonFields {
 public:
  explicit JsonFields(const Json& object, JsonPlace place = {});
  JsonFields(const Json& object, std::string_view path) : JsonFields(object, JsonPlace{path, {}}) {}

  std::string_view required_text(std::string_view key, TextBounds bounds = {});
  std::int64_t required_integer(std::string_view key, IntegerBounds bounds = {});
  bool required_flag(std::string_view key);
  std::span<const Json> required_array(std::string_view key);
  const Json& required_object(std::string_view key);  // a null Json where it is not there

  std::optional<std::string_view> optional_text(std::string_view key, TextBounds bounds = {});
  std::optional<std::int64_t> optional_integer(std::string_view key, IntegerBounds bounds = {});
  std::optional<bool> optional_flag(std::string_view key);
  std::optional<std::span<const Json>> optional_array(std::string_view key);
  const Json* optional_object(std::string_view key);
  const Json* optional_value(std::string_view key);  // of any kind

  // The position of the member's text in `words`: an enum by its names.
  std::size_t required_choice(std::string_view key, std::span<const std::string_view> words);
  std::optional<std::size_t> optional_choice(std::string_view key,
                                             std::span<const std::string_view> words);

  // The caller's own refusal of a member that it has read: a time that is none, an unknown country.
  void refuse(std::string_view key, std::string_view expected);
  // The same for a member that had to be there and is not.
  void missing(std::string_view key, std::string_view expected);

  // The path of a member, for the JsonFields of an object or array inside this one.
  [[nodiscard]] std::string path_of(std::string_view key) const;
  [[nodiscard]] bool ok() const { return !fault_; }
  // The first fault, or the first member nobody asked for; nothing where all is well.
  [[nodiscard]] std::optional<FieldFault> finish() const;

 private:
  const Json* take(std::string_view key);
  void blame(FieldWrong wrong, std::string_view key, std::string_view expected);

  std::span<const JsonMember> members_;
  JsonPlace place_;
  // Bit i: members_[i] was asked for. No object of ours has 64 fields, so a member further back
  // is unknown whatever its name.
  std::uint64_t taken_ = 0;
  std::optional<FieldFault> fault_;
};

}  // namespace packledger
