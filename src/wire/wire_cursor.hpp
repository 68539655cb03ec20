// WireCursor: walks over bytes in protobuf's wire format as protobuf's own parser does, of whatever
// encoding a client's library made. (FieldReader is the strict one, for what we stored ourselves.)
//
// Owner: wire. A value, one thread.
// Invariants:
//  1. Never looks behind the end of its bytes; allocates nothing.
//  2. Takes exactly what the generated code of protobuf 3.21 takes: varints in more bytes than they
//     need, of which too high bits are dropped, and groups that nobody knows.
//  3. After a false it stands anywhere: the message is no message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace packledger {

class WireCursor {
 public:
  explicit WireCursor(std::string_view bytes)
      : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  [[nodiscard]] bool at_end() const { return at_ == end_; }

  // The tag of the next field: its number and its wire type, not both zero and no end of a group.
  [[nodiscard]] bool take_tag(std::uint32_t& tag) {
    const std::uint8_t first = at_end() ? 0 : static_cast<std::uint8_t>(*at_);
    if (first < first_tag || first >= more) return take_long_tag(tag);
    ++at_;
    tag = first;
    return (first & type_mask) != end_group;
  }
  [[nodiscard]] bool take_varint(std::uint64_t& value) {
    if (at_end() || static_cast<std::uint8_t>(*at_) >= more) return take_long_varint(value);
    value = static_cast<std::uint8_t>(*at_++);
    return true;
  }
  // What has its length before it: a text, or a message.
  [[nodiscard]] bool take_bytes(std::string_view& bytes) {
    std::size_t size = 0;
    if (at_end() || static_cast<std::uint8_t>(*at_) >= more) {
      if (!take_long_size(size)) return false;
    } else {
      size = static_cast<std::uint8_t>(*at_++);
    }
    if (size > left()) return false;
    bytes = {at_, size};
    at_ += size;
    return true;
  }
  // Passes over the field behind this tag, with all that is in it. `depth` is how many messages
  // this one is inside of: protobuf reads messages and groups to a depth of 100 together.
  [[nodiscard]] bool skip(std::uint32_t tag, std::size_t depth);

  // A tag from the number of a field.
  static constexpr std::uint32_t number(std::uint32_t field) { return field << 3U; }
  static constexpr std::uint32_t text(std::uint32_t field) { return field << 3U | 2U; }

 private:
  static constexpr std::uint8_t more = 0x80;     // in a byte of a varint: another one follows
  static constexpr std::uint8_t first_tag = 8;   // below it the field would have the number 0
  static constexpr std::uint8_t type_mask = 7;   // of a tag
  static constexpr std::uint8_t end_group = 4;   // a wire type
  static constexpr std::size_t depth_max = 100;  // as protobuf

  [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  [[nodiscard]] bool take_any_tag(std::uint32_t& tag);  // the end of a group too
  [[nodiscard]] bool take_long_tag(std::uint32_t& tag);
  [[nodiscard]] bool take_long_varint(std::uint64_t& value);
  [[nodiscard]] bool take_long_size(std::size_t& size);
  [[nodiscard]] bool skip_value(std::uint32_t tag);
  [[nodiscard]] bool skip_fixed(std::size_t size);

  const char* at_;
  const char* end_;
};

}  // namespace packledger
