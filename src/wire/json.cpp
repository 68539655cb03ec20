#include "wire/json.hpp"

#include "packledger/ledger/utf8.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>
#include <vector>

namespace packledger {

namespace {

namespace bj = boost::json;

// Up to here a key is compared with every key before it; above, the object is sorted once at its
// end. Either way the cost stays near linear, whatever a client sends.
constexpr std::size_t members_compared_max = 16;
// A key in a path is the client's text: enough of it to be recognised.
constexpr std::size_t path_key_bytes_max = 64;

}  // namespace

void append_json_key(std::string& path, std::string_view key) {
  std::size_t bytes = std::min(key.size(), path_key_bytes_max);
  bytes = utf8_valid_bytes(key.substr(0, bytes));
  if (!path.empty()) path += '.';
  path += key.substr(0, bytes);
  if (bytes < key.size()) path += "…";
}

std::span<const Json> Json::elements() const {
  const Array* array = std::get_if<Array>(&value_);
  return array == nullptr ? std::span<const Json>{} : std::span{array->first, array->count};
}

std::span<const JsonMember> Json::members() const {
  const Object* object = std::get_if<Object>(&value_);
  return object == nullptr ? std::span<const JsonMember>{}
                           : std::span{object->first, object->count};
}

std::optional<std::string_view> Json::other_number() const {
  const OtherNumber* number = std::get_if<OtherNumber>(&value_);
  return number == nullptr ? std::nullopt : std::optional{number->text};
}

const Json* Json::find(std::string_view key) const {
  for (const JsonMember& member : members()) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

// Takes the parser's events and builds the values bottom-up: the children of every open array or
// object lie on one stack, and move into the document's memory when their bracket closes.
class JsonBuilder {
 public:
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);

  // `text` is the document's own copy: what needs no unescaping stays where it is.
  JsonBuilder(std::pmr::memory_resource& memory, std::string_view text, std::size_t elements_max)
      : memory_(memory), text_(text), elements_max_(elements_max) {}

  [[nodiscard]] std::string_view refusal() const { return refusal_; }
  [[nodiscard]] bool too_large() const { return elements_ > elements_max_; }
  [[nodiscard]] std::string path() const;

  static JsonDocument finish(std::unique_ptr<std::pmr::monotonic_buffer_resource> memory,
                             const JsonBuilder& builder) {
    JsonDocument document;
    document.root_ = builder.stack_.front().value;
    document.memory_ = std::move(memory);
    return document;
  }

  bool on_document_begin(bj::error_code&) { return true; }
  bool on_document_end(bj::error_code&) { return true; }
  bool on_array_begin(bj::error_code& error) { return open(Bracket::array, error); }
  bool on_object_begin(bj::error_code& error) { return open(Bracket::object, error); }
  bool on_array_end(std::size_t count, bj::error_code& error);
  bool on_object_end(std::size_t count, bj::error_code& error);
  bool on_string_part(bj::string_view part, std::size_t, bj::error_code&) { return join(part); }
  bool on_string(bj::string_view part, std::size_t, bj::error_code& error);
  bool on_key_part(bj::string_view part, std::size_t, bj::error_code&) { return join(part); }
  bool on_key(bj::string_view part, std::size_t, bj::error_code& error);
  bool on_number_part(bj::string_view, bj::error_code&) { return true; }
  bool on_int64(std::int64_t value, bj::string_view, bj::error_code& error) {
    return add(Json{value}, error);
  }
  bool on_uint64(std::uint64_t, bj::string_view text, bj::error_code& error) {
    return add(Json{Json::OtherNumber{text}}, error);
  }
  bool on_double(double value, bj::string_view text, bj::error_code& error);
  bool on_bool(bool value, bj::error_code& error) { return add(Json{value}, error); }
  bool on_null(bj::error_code& error) { return add(Json{}, error); }
  bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
  bool on_comment(bj::string_view, bj::error_code&) { return true; }

 private:
  enum class Bracket : std::uint8_t { array, object };
  struct Open {
    Bracket bracket;
    std::size_t first;     // where its children begin on the stack
    std::string_view key;  // its own key in the object around it
  };

  bool open(Bracket bracket, bj::error_code& error);
  bool add(Json value, bj::error_code& error);
  bool within_limit(bj::error_code& error);
  bool refuse(std::string_view why, bj::error_code& error);
  bool join(std::string_view part);
  std::optional<std::string_view> text_of(std::string_view last_part);
  bool twice_in_large_object(std::span<const JsonMember> members);

  std::pmr::memory_resource& memory_;
  std::string_view text_;
  std::size_t elements_max_;
  std::size_t elements_ = 0;
  std::vector<JsonMember> stack_;  // in an array the key is empty
  std::vector<Open> open_;
  std::string_view key_;  // read, its value not yet
  std::string parts_;     // of a text with escapes that comes in pieces
  std::string_view refusal_;
};

namespace {

template <class T> T* room_for(std::pmr::memory_resource& memory, std::size_t count) {
  return static_cast<T*>(memory.allocate(count * sizeof(T), alignof(T)));
}

}  // namespace

bool JsonBuilder::refuse(std::string_view why, bj::error_code& error) {
  refusal_ = why;
  error = bj::make_error_code(bj::error::syntax);  // any error: refusal() is what is told
  return false;
}

bool JsonBuilder::within_limit(bj::error_code& error) {
  if (++elements_ > elements_max_) return refuse("too many values", error);
  return true;
}

bool JsonBuilder::open(Bracket bracket, bj::error_code& error) {
  if (!within_limit(error)) return false;
  open_.push_back({bracket, stack_.size(), std::exchange(key_, {})});
  return true;
}

bool JsonBuilder::add(Json value, bj::error_code& error) {
  if (!within_limit(error)) return false;
  stack_.push_back({std::exchange(key_, {}), value});
  return true;
}

bool JsonBuilder::on_array_end(std::size_t count, bj::error_code&) {
  const Open closed = open_.back();
  auto* values = room_for<Json>(memory_, count);
  for (std::size_t i = 0; i < count; ++i) {
    std::construct_at(values + i, stack_[closed.first + i].value);
  }
  stack_.resize(closed.first);
  open_.pop_back();
  stack_.push_back({closed.key, Json{Json::Array{values, count}}});
  return true;
}

bool JsonBuilder::on_object_end(std::size_t count, bj::error_code& error) {
  const Open closed = open_.back();
  const std::span<const JsonMember> from{stack_.data() + closed.first, count};
  if (count > members_compared_max && twice_in_large_object(from)) {
    return refuse("the same key twice in one object", error);
  }
  auto* members = room_for<JsonMember>(memory_, count);
  std::ranges::uninitialized_copy(from, std::span{members, count});
  stack_.resize(closed.first);
  open_.pop_back();
  stack_.push_back({closed.key, Json{Json::Object{members, count}}});
  return true;
}

// Leaves the key that comes twice in key_, for the path.
bool JsonBuilder::twice_in_large_object(std::span<const JsonMember> members) {
  std::vector<std::string_view> keys;
  keys.reserve(members.size());
  for (const JsonMember& member : members) keys.push_back(member.key);
  std::ranges::sort(keys);
  const auto twice = std::ranges::adjacent_find(keys);
  if (twice == keys.end()) return false;
  key_ = *twice;
  return true;
}

bool JsonBuilder::on_key(bj::string_view part, std::size_t, bj::error_code& error) {
  const std::optional<std::string_view> key = text_of(part);
  if (!key) return refuse("U+0000 in a key", error);
  key_ = *key;
  const std::size_t first = open_.back().first;
  if (stack_.size() - first > members_compared_max) return true;  // on_object_end looks
  for (std::size_t i = first; i < stack_.size(); ++i) {
    if (stack_[i].key == key_) return refuse("the same key twice in one object", error);
  }
  return true;
}

bool JsonBuilder::on_string(bj::string_view part, std::size_t, bj::error_code& error) {
  const std::optional<std::string_view> text = text_of(part);
  if (!text) return refuse("U+0000 in a text", error);
  return add(Json{*text}, error);
}

bool JsonBuilder::on_double(double value, bj::string_view text, bj::error_code& error) {
  if (!std::isfinite(value)) return refuse("a number that is too large", error);
  return add(Json{Json::OtherNumber{text}}, error);
}

bool JsonBuilder::join(std::string_view part) {
  parts_ += part;
  return true;
}

// The whole text or key. One that was written without escapes still lies in text_; any other is
// copied. Nothing where it holds U+0000, which only an escape can bring in.
std::optional<std::string_view> JsonBuilder::text_of(std::string_view last_part) {
  const std::less_equal<> at_or_before;
  if (parts_.empty() && at_or_before(text_.data(), last_part.data()) &&
      at_or_before(last_part.data() + last_part.size(), text_.data() + text_.size())) {
    return last_part;
  }
  parts_ += last_part;
  if (parts_.find('\0') != std::string::npos) return std::nullopt;
  auto* copy = room_for<char>(memory_, parts_.size());
  std::ranges::copy(parts_, copy);
  const std::string_view text{copy, parts_.size()};
  parts_.clear();
  return text;
}

std::string JsonBuilder::path() const {
  std::string path;
  for (std::size_t i = 0; i < open_.size(); ++i) {
    const bool innermost = i + 1 == open_.size();
    if (open_[i].bracket == Bracket::array) {
      const std::size_t children_end = innermost ? stack_.size() : open_[i + 1].first;
      path += '[' + std::to_string(children_end - open_[i].first) + ']';
      continue;
    }
    const std::string_view key = innermost ? key_ : open_[i + 1].key;
    if (!innermost || !key.empty()) append_json_key(path, key);
  }
  return path;
}

namespace {

std::string_view sentence_of(const bj::error_code& error) {
  if (error == bj::error::incomplete) return "the text ends inside a value";
  if (error == bj::error::too_deep) return "nested too deeply";
  if (error == bj::error::exponent_overflow) return "a number that is too large";
  return "not JSON";
}

}  // namespace

Result<JsonDocument, JsonFault> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return std::unexpected{JsonFault{{}, "there is no value", text.size()}};
  }
  if (const std::size_t valid = utf8_valid_bytes(text); valid != text.size()) {
    return std::unexpected{JsonFault{{}, "not UTF-8", valid}};
  }
  // One block holds the copy of the text and, for the shapes clients send, all values.
  auto memory = std::make_unique<std::pmr::monotonic_buffer_resource>(text.size() * 3 + 256);
  auto* copy = room_for<char>(*memory, text.size());
  std::ranges::copy(text, copy);
  const std::string_view own_text{copy, text.size()};

  bj::parse_options options;
  options.max_depth = limits.depth_max;
  bj::basic_parser<JsonBuilder> parser{options, *memory, own_text, limits.elements_max};
  bj::error_code error;
  const std::size_t read = parser.write_some(false, own_text.data(), own_text.size(), error);
  const JsonBuilder& builder = parser.handler();
  if (error) {
    const std::string_view why = builder.refusal().empty() ? sentence_of(error) : builder.refusal();
    return std::unexpected{JsonFault{builder.path(), std::string{why}, read, builder.too_large()}};
  }
  if (read != text.size()) {
    return std::unexpected{JsonFault{{}, "more text after the value", read}};
  }
  return JsonBuilder::finish(std::move(memory), builder);
}

}  // namespace packledger
