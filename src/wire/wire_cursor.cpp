#include "wire/wire_cursor.hpp"

#include <array>

namespace packledger {

namespace {

// Wire types of protobuf.
constexpr std::uint32_t varint = 0;
constexpr std::uint32_t fixed_64 = 1;
constexpr std::uint32_t length_delimited = 2;
constexpr std::uint32_t start_group = 3;
constexpr std::uint32_t fixed_32 = 5;

constexpr std::size_t varint_bytes_max = 10;
constexpr std::size_t tag_bytes_max = 5;
constexpr std::size_t size_bytes_max = 5;
constexpr std::uint64_t size_max = 0x7FFF'FFFF - 16;  // what protobuf takes for a length

}  // namespace

bool WireCursor::take_long_varint(std::uint64_t& value) {
  value = 0;
  for (std::size_t i = 0; i < varint_bytes_max && !at_end(); ++i) {
    const auto byte = static_cast<std::uint8_t>(*at_++);
    value |= static_cast<std::uint64_t>(byte & ~more)
             << (7 * i);  // of the tenth byte one bit stays
    if (byte < more) return true;
  }
  return false;
}

bool WireCursor::take_any_tag(std::uint32_t& tag) {
  const char* const start = at_;
  std::uint64_t value = 0;
  if (!take_long_varint(value)) return false;
  tag = static_cast<std::uint32_t>(value);
  return static_cast<std::size_t>(at_ - start) <= tag_bytes_max && tag >= first_tag;
}

bool WireCursor::take_long_tag(std::uint32_t& tag) {
  return take_any_tag(tag) && (tag & type_mask) != end_group;
}

bool WireCursor::take_long_size(std::size_t& size) {
  const char* const start = at_;
  std::uint64_t value = 0;
  if (!take_long_varint(value)) return false;
  size = value;
  return static_cast<std::size_t>(at_ - start) <= size_bytes_max && value <= size_max;
}

bool WireCursor::skip_fixed(std::size_t size) {
  if (left() < size) return false;
  at_ += size;
  return true;
}

bool WireCursor::skip_value(std::uint32_t tag) {
  std::uint64_t value = 0;
  std::string_view bytes;
  switch (tag & type_mask) {
    case varint: return take_varint(value);
    case fixed_64: return skip_fixed(8);
    case length_delimited: return take_bytes(bytes);
    case fixed_32: return skip_fixed(4);
    default: return false;
  }
}

bool WireCursor::skip(std::uint32_t tag, std::size_t depth) {
  std::array<std::uint32_t, depth_max> open{};  // tags of the groups that have not ended yet
  std::size_t count = 0;
  for (;;) {
    if ((tag & type_mask) == start_group) {
      if (depth + count == depth_max) return false;
      open[count++] = tag;
    } else if ((tag & type_mask) == end_group) {
      if (count == 0 || open[--count] + 1 != tag) return false;
    } else if (!skip_value(tag)) {
      return false;
    }
    if (count == 0) return true;
    if (!take_any_tag(tag)) return false;
  }
}

}  // namespace packledger
