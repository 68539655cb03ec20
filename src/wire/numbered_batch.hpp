// Numbered batches of publish.proto: what their sends are called, and the digest by which a repeat
// is known for the same (rules §12 R129, R130).
//
// Owner: wire; included by publish_codec.cpp only, but for tests. Values, one thread.
#pragma once

#include "packledger/ledger/name.hpp"
#include "packledger/ledger/producers.hpp"
#include "wire/requests.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace packledger {

// What is wrong with what a producer says of its batch; `sends` is how many it has.
[[nodiscard]] std::optional<RequestFault> wrong_number(std::string_view producer,
                                                       BatchNumber number, std::size_t sends);

// The names of the sends of one batch: ":gw-1:1:42:0".
class NumberedNames {
 public:
  NumberedNames() = default;
  explicit NumberedNames(const NumberedBatch& batch);
  [[nodiscard]] std::string_view name(std::size_t index);  // until the next call

 private:
  std::array<char, name_bytes_max> bytes_{};
  std::size_t prefix_ = 0;
};

// A fingerprint of values against error, not against malice. Stored in the journal: never to be
// reckoned otherwise, on no machine.
class BatchDigest {
 public:
  void word(std::uint64_t value) {
    state_ = (state_ ^ value) * 0x9e37'79b9'7f4a'7c15ULL;
    state_ ^= state_ >> 32U;
  }
  void text(std::string_view value);  // with its length
  [[nodiscard]] std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0x243f'6a88'85a3'08d3ULL;  // pi
};

}  // namespace packledger
