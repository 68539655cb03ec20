// Numbers that name things. An Id of one kind never turns into an Id of another, nor into a plain
// number, without somebody writing it down. Values, any thread.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace packledger {

template <class Tag> struct Id {
  std::uint64_t value = 0;
  friend auto operator<=>(Id, Id) = default;
};

// Accounts are numbered from 1 in the order in which they were opened; 0 is no account.
using AccountId = Id<struct AccountTag>;
// Packages are numbered from 1 within their account, in the order of purchase (rules §3 R32).
using PackageId = Id<struct PackageTag>;
// The place of an entry in the journal: from 1, without gaps; 0 is before the first.
using Sequence = Id<struct SequenceTag>;

[[nodiscard]] constexpr Sequence next(Sequence s) { return Sequence{s.value + 1}; }

// A name that a client gave: account, send, order, package, reversal.
inline constexpr std::size_t name_bytes_max = 64;  // fits a UUID, a ULID and most message ids

// True for 1 to name_bytes_max characters of A-Z a-z 0-9 . _ : -
[[nodiscard]] bool is_name(std::string_view text);

}  // namespace packledger
