// Packed sends: a SendRecord without its reversals in few bytes. They begin with their length and
// with what is looked at most: forget_at, account, name. Pure functions, any thread.
//
//   packed   := length body            length of body; padded to two bytes, or four of a long one
//   body     := forget_at account name sequence recorded reversible units destination type flags
//               [occurred] lines charges [counter]
//   name, destination := length bytes
//   lines    := count (package units)*
//   charges  := count (units unit_price)*
//   counter  := month units [volume_price adjustment volume_from]
//
// Numbers are base 128, low digits first; signed ones zigzag. recorded and reversible are how long
// before forget_at, occurred how long before recorded.
#pragma once

#include "packledger/ledger/seen_sends.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace packledger {

// At least as many bytes as pack() will write.
[[nodiscard]] std::size_t packed_bytes_max(const SendTaken& send);
// Returns how many were written.
std::size_t pack(const SendTaken& send, char* bytes);

// The body that begins these bytes; nothing where they are too few.
struct PackedBody {
  std::string_view body;
  std::size_t bytes = 0;  // with its length
};
[[nodiscard]] std::optional<PackedBody> packed_body(std::string_view bytes);

// Nothing where the bytes are no body.
[[nodiscard]] std::optional<SendRecord> unpacked(std::string_view body);

struct PackedHead {
  Instant forget_at;
  AccountId account;
  std::string_view send;
  Sequence sequence;
};
[[nodiscard]] std::optional<PackedHead> packed_head(std::string_view body);

// A reversal of the send with this sequence and end.
struct PackedReversal {
  Sequence send;
  Instant forget_at;
  Reversal reversal;
};
void pack(const PackedReversal& reversal, std::string& bytes);  // appends
// Takes one from the front of the bytes.
[[nodiscard]] std::optional<PackedReversal> take_reversal(std::string_view& bytes);

// What a generation says of itself. Nothing where the bytes are something else.
void pack(const SendGeneration& generation, std::string& bytes);  // appends
[[nodiscard]] std::optional<SendGeneration> unpacked_generation(std::string_view bytes);

}  // namespace packledger
