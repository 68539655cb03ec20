// Bytes that may or may not be a message of publish.proto, at random: every way in which a library
// may encode one, and every small damage.
//
// Owner: the tests. Pure functions of the source of chance.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace packledger::wire_tests {

// Of hex digits, with blanks wherever they help.
std::string bytes_of_hex(std::string_view hex);

using Chance = std::mt19937_64;

// In as few bytes as it needs, or in some more, up to the ten that protobuf takes, or beyond.
std::string random_varint(Chance& chance, std::uint64_t value);
// Fields of any kind, many of them those of a send or of a batch, groups within groups.
std::string random_fields(Chance& chance, int depth = 0);
// A byte changed, put in or left out, or the end cut off.
std::string damaged(Chance& chance, std::string bytes);

}  // namespace packledger::wire_tests
