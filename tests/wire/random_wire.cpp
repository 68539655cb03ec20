#include "tests/wire/random_wire.hpp"

#include <array>
#include <cstddef>
#include <utility>

namespace packledger::wire_tests {
namespace {

constexpr std::uint32_t varint = 0;
constexpr std::uint32_t fixed_64 = 1;
constexpr std::uint32_t length_delimited = 2;
constexpr std::uint32_t start_group = 3;
constexpr std::uint32_t fixed_32 = 5;

bool one_in(Chance& chance, std::uint64_t n) { return chance() % n == 0; }

std::string random_bytes(Chance& chance, std::size_t count) {
  std::string bytes(count, '\0');
  for (char& byte : bytes) byte = static_cast<char>(chance());
  return bytes;
}

std::uint64_t random_number(Chance& chance) {
  constexpr std::array<std::uint64_t, 8> edges{
      0, 1, 3, 4, 1ULL << 31U, 1ULL << 32U, (1ULL << 63U) - 1, ~0ULL};
  if (one_in(chance, 2)) return edges[chance() % edges.size()];
  return chance() >> (chance() % 64);
}

std::string random_text(Chance& chance) {
  constexpr std::array<std::string_view, 10> texts{"acme", "m-1001",  "TH", "CN",           "th",
                                                   "",     "no name", "ü",  "\xED\xA0\x80", "\xC3"};
  if (one_in(chance, 8)) return std::string(chance() % 70, 'a');
  return std::string(texts[chance() % texts.size()]);
}

std::string with_length(Chance& chance, const std::string& bytes) {
  const std::uint64_t wrong = one_in(chance, 60) ? 1 : 0;
  return random_varint(chance, bytes.size() + wrong) + bytes;
}

std::string random_group(Chance& chance, std::uint32_t tag, int depth) {
  std::string bytes = random_fields(chance, depth + 1);
  const std::uint32_t end = one_in(chance, 20) ? tag + 9 : tag + 1;
  if (!one_in(chance, 30)) bytes += random_varint(chance, end);
  return bytes;
}

std::string random_inside(Chance& chance, int depth) {
  if (depth > 3 || one_in(chance, 2)) return random_text(chance);
  return random_fields(chance, depth + 1);
}

std::string random_field(Chance& chance, int depth) {
  const std::uint32_t number = one_in(chance, 10) ? static_cast<std::uint32_t>(chance() >> 35U)
                                                  : static_cast<std::uint32_t>(1 + chance() % 8);
  constexpr std::array<std::uint32_t, 8> types{varint,           varint,           length_delimited,
                                               length_delimited, length_delimited, start_group,
                                               fixed_32,         fixed_64};
  const auto type = one_in(chance, 40) ? static_cast<std::uint32_t>(chance() % 8)
                                       : types[chance() % types.size()];
  const std::uint32_t tag = number << 3U | type;
  const std::string head = random_varint(chance, tag);
  switch (type) {
    case varint: return head + random_varint(chance, random_number(chance));
    case fixed_64: return head + random_bytes(chance, 8);
    case length_delimited: return head + with_length(chance, random_inside(chance, depth));
    case start_group: return head + (depth > 3 ? "" : random_group(chance, tag, depth));
    case fixed_32: return head + random_bytes(chance, 4);
    default: return head;
  }
}

}  // namespace

std::string bytes_of_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
    while (hex[at] == ' ') ++at;
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(at, 2)), nullptr, 16));
  }
  return bytes;
}

std::string random_varint(Chance& chance, std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7U) bytes += static_cast<char>(value | 0x80);
  bytes += static_cast<char>(value);
  if (!one_in(chance, 30)) return bytes;
  for (std::size_t more = chance() % 11; more > 0; --more) {
    bytes.back() = static_cast<char>(static_cast<std::uint8_t>(bytes.back()) | 0x80);
    bytes += static_cast<char>(one_in(chance, 4) ? chance() % 0x80 : 0);
  }
  return bytes;
}

std::string random_fields(Chance& chance, int depth) {
  std::string bytes;
  for (std::size_t count = chance() % 6; count > 0; --count) bytes += random_field(chance, depth);
  return bytes;
}

std::string damaged(Chance& chance, std::string bytes) {
  for (std::size_t times = 1 + chance() % 3; times > 0 && !bytes.empty(); --times) {
    const std::size_t at = chance() % bytes.size();
    switch (chance() % 5) {
      case 0: bytes[at] = static_cast<char>(chance()); break;
      case 1: bytes[at] = static_cast<char>(bytes[at] ^ (1 << (chance() % 8))); break;
      case 2: bytes.insert(at, 1, static_cast<char>(chance())); break;
      case 3: bytes.erase(at, 1); break;
      default: bytes.resize(at); break;
    }
  }
  return bytes;
}

}  // namespace packledger::wire_tests
