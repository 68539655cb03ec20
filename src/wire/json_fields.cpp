#include "wire/json_fields.hpp"

#include <algorithm>
#include <utility>

namespace packledger {

namespace {

constexpr std::size_t fields_max = 64;  // one bit of taken_ each

std::string expectation_of(IntegerBounds bounds) {
  constexpr IntegerBounds any{};
  if (bounds.min == any.min && bounds.max == any.max) return "an integer";
  if (bounds.max == any.max) return "an integer from " + std::to_string(bounds.min);
  if (bounds.min == any.min) return "an integer up to " + std::to_string(bounds.max);
  return "an integer from " + std::to_string(bounds.min) + " to " + std::to_string(bounds.max);
}

std::string expectation_of(TextBounds bounds) {
  constexpr TextBounds any{};
  if (bounds.bytes_max == any.bytes_max) {
    if (bounds.bytes_min == 0) return "a text";
    return "a text of at least " + std::to_string(bounds.bytes_min) + " bytes";
  }
  return "a text of " + std::to_string(bounds.bytes_min) + " to " +
         std::to_string(bounds.bytes_max) + " bytes";
}

std::string expectation_of(std::span<const std::string_view> words) {
  std::string expected = "one of";
  for (std::size_t i = 0; i < words.size(); ++i) {
    expected += i == 0 ? " " : ", ";
    expected += words[i];
  }
  return expected;
}

}  // namespace

std::string describe(const FieldFault& fault) {
  switch (fault.wrong) {
    case FieldWrong::missing: return fault.field + ": missing, expected " + fault.expected;
    case FieldWrong::refused: return fault.field + ": expected " + fault.expected;
    case FieldWrong::unknown: return fault.field + ": unknown field";
  }
  std::unreachable();
}

JsonFields::JsonFields(const Json& object, JsonPlace place) : place_(place) {
  members_ = object.members();
  if (!object.is_object()) blame(FieldWrong::refused, {}, "an object");
}

std::string JsonFields::path_of(std::string_view key) const {
  std::string path{place_.path};
  if (place_.index) path += '[' + std::to_string(*place_.index) + ']';
  if (!key.empty()) append_json_key(path, key);
  return path;
}

void JsonFields::blame(FieldWrong wrong, std::string_view key, std::string_view expected) {
  if (fault_) return;
  fault_ = FieldFault{wrong, path_of(key), std::string{expected}};
}

void JsonFields::refuse(std::string_view key, std::string_view expected) {
  blame(FieldWrong::refused, key, expected);
}

void JsonFields::missing(std::string_view key, std::string_view expected) {
  blame(FieldWrong::missing, key, expected);
}

const Json* JsonFields::take(std::string_view key) {
  const std::size_t count = std::min(members_.size(), fields_max);
  for (std::size_t i = 0; i < count; ++i) {
    if (members_[i].key != key) continue;
    taken_ |= std::uint64_t{1} << i;
    return &members_[i].value;
  }
  return nullptr;
}

std::optional<FieldFault> JsonFields::finish() const {
  if (fault_) return fault_;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const bool taken = i < fields_max && (taken_ >> i & 1U) != 0;
    if (!taken) return FieldFault{FieldWrong::unknown, path_of(members_[i].key), {}};
  }
  return std::nullopt;
}

std::optional<std::string_view> JsonFields::optional_text(std::string_view key, TextBounds bounds) {
  const Json* value = take(key);
  if (value == nullptr) return std::nullopt;
  const std::optional<std::string_view> text = value->text();
  if (text && text->size() >= bounds.bytes_min && text->size() <= bounds.bytes_max) return text;
  refuse(key, expectation_of(bounds));
  return std::nullopt;
}

std::optional<std::int64_t> JsonFields::optional_integer(std::string_view key,
                                                         IntegerBounds bounds) {
  const Json* value = take(key);
  if (value == nullptr) return std::nullopt;
  const std::optional<std::int64_t> integer = value->integer();
  if (integer && *integer >= bounds.min && *integer <= bounds.max) return integer;
  refuse(key, expectation_of(bounds));
  return std::nullopt;
}

std::optional<bool> JsonFields::optional_flag(std::string_view key) {
  const Json* value = take(key);
  if (value == nullptr) return std::nullopt;
  const std::optional<bool> flag = value->flag();
  if (!flag) refuse(key, "true or false");
  return flag;
}

std::optional<std::span<const Json>> JsonFields::optional_array(std::string_view key) {
  const Json* value = take(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_array()) return value->elements();
  refuse(key, "an array");
  return std::nullopt;
}

const Json* JsonFields::optional_object(std::string_view key) {
  const Json* value = take(key);
  if (value == nullptr || value->is_object()) return value;
  refuse(key, "an object");
  return nullptr;
}

const Json* JsonFields::optional_value(std::string_view key) { return take(key); }

std::optional<std::size_t> JsonFields::optional_choice(std::string_view key,
                                                       std::span<const std::string_view> words) {
  const Json* value = take(key);
  if (value == nullptr) return std::nullopt;
  const auto found = std::ranges::find(words, value->text().value_or(std::string_view{}));
  if (value->text() && found != words.end()) {
    return static_cast<std::size_t>(found - words.begin());
  }
  refuse(key, expectation_of(words));
  return std::nullopt;
}

// The required ones: missing() says nothing where the optional one has found a fault before.

std::string_view JsonFields::required_text(std::string_view key, TextBounds bounds) {
  const std::optional<std::string_view> text = optional_text(key, bounds);
  if (!text) missing(key, expectation_of(bounds));
  return text.value_or(std::string_view{});
}

std::int64_t JsonFields::required_integer(std::string_view key, IntegerBounds bounds) {
  const std::optional<std::int64_t> integer = optional_integer(key, bounds);
  if (!integer) missing(key, expectation_of(bounds));
  return integer.value_or(0);
}

bool JsonFields::required_flag(std::string_view key) {
  const std::optional<bool> flag = optional_flag(key);
  if (!flag) missing(key, "true or false");
  return flag.value_or(false);
}

std::span<const Json> JsonFields::required_array(std::string_view key) {
  const std::optional<std::span<const Json>> array = optional_array(key);
  if (!array) missing(key, "an array");
  return array.value_or(std::span<const Json>{});
}

const Json& JsonFields::required_object(std::string_view key) {
  static const Json nothing;
  const Json* object = optional_object(key);
  if (object == nullptr) missing(key, "an object");
  return object == nullptr ? nothing : *object;
}

std::size_t JsonFields::required_choice(std::string_view key,
                                        std::span<const std::string_view> words) {
  const std::optional<std::size_t> choice = optional_choice(key, words);
  if (!choice) missing(key, expectation_of(words));
  return choice.value_or(0);
}

}  // namespace packledger
