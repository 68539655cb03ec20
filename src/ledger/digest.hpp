// The digest of ledger values: equal values, equal digests, on every machine and in every build. It
// is a fingerprint against error, not against malice: the journal's chain hash is the one that
// resists that. Values, any thread.
#pragma once

#include "packledger/ledger/input.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace packledger {

// Takes 64-bit words in order; two lanes give 128 bits.
class Digest {
 public:
  void word(std::uint64_t value);
  void text(std::string_view value);  // with its length, so that neighbours cannot run together
  [[nodiscard]] std::uint64_t low() const { return lanes_[0]; }
  [[nodiscard]] std::string hex() const;

 private:
  std::array<std::uint64_t, 2> lanes_{0x243f'6a88'85a3'08d3ULL, 0x1319'8a2e'0370'7344ULL};  // pi
};

// What a request asked, for SeenKeys.
[[nodiscard]] std::uint64_t digest_of(const What& what);

}  // namespace packledger
