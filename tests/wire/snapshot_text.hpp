// Snapshots in memory: written to a string, read from one.
#pragma once

#include "wire/snapshot_codec.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::wire_tests {

inline SnapshotSource source_of(std::string_view bytes) {
  return [bytes, at = std::size_t{0}](char* into, std::size_t wanted) mutable {
    const std::size_t given = std::min(wanted, bytes.size() - at);
    std::memcpy(into, bytes.data() + at, given);
    at += given;
    return given;
  };
}

inline SnapshotHead head_of(const Ledger& ledger) {
  SnapshotHead head{.sequence = ledger.last(),
                    .recorded_at = ledger.recorded_at(),
                    .journal = {},
                    .noticed = ledger.last()};
  for (std::size_t i = 0; i < head.journal.size(); ++i)
    head.journal[i] = static_cast<std::uint8_t>(i + 1);
  return head;
}

inline std::string snapshot_of(const Ledger& ledger, const std::vector<std::string>& pieces = {}) {
  std::string bytes;
  const auto notices = [&](const PieceVisit& visit) {
    for (const std::string& piece : pieces) visit(piece);
  };
  const bool written = write_snapshot(head_of(ledger), ledger, notices, [&](std::string_view some) {
    bytes += some;
    return true;
  });
  ENSURE(written, "a string takes everything");
  return bytes;
}

// Why these bytes are refused; "none" where they are not.
inline std::string fault_in_snapshot(std::string_view bytes) {
  Ledger ledger;
  const auto read = read_snapshot(source_of(bytes), ledger, [](std::string_view) { return true; });
  return read ? "none" : read.error().detail;
}

}  // namespace packledger::wire_tests
