// CRC-32C (Castagnoli), as RocksDB, iSCSI and ext4 have it: by the processor's own instruction
// where it has one.
//
// Owner: wire. A pure function, any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace packledger {

// Goes on from the checksum of what stands before these bytes; 0 before the first.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);

}  // namespace packledger
