// The frame of a snapshot: blocks behind a magic, each with its checksum, and an end that vouches
// for all of them. docs/snapshot_format.md lays the bytes down.
//
// Owner: wire. Values, one thread each.
// Invariants:
//  1. A block is read as a whole or refused as a whole; so is a file: what was read of it means
//     nothing before its end was found, right, and with nothing behind it.
//  2. The reader answers for any bytes, and allocates no more than in proportion to them.
#pragma once

#include "packledger/ledger/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace packledger {

// Stored: never renumber, never reuse. In a file they come in this order.
enum class BlockKind : std::uint8_t {
  head = 1,
  books = 2,
  accounts = 3,
  sends = 4,
  keys = 5,
  passing_keys = 6,
  timers = 7,
  aftermath = 8,
  notices = 9,
  producers = 10,
  end = 255,
};

// Takes bytes in order. False where they cannot be kept: then it is not called again.
using SnapshotSink = std::function<bool(std::string_view bytes)>;
// Gives the next bytes in order, as many as are asked for; fewer at the end only.
using SnapshotSource = std::function<std::size_t(char* into, std::size_t bytes)>;

struct SnapshotFault {
  enum class Code : std::uint8_t {
    damaged = 1,
    other_format = 2,  // of another release, or no snapshot at all
  };
  Code code = Code::damaged;
  std::string detail;  // what, and at which byte
};

class BlockWriter {
 public:
  explicit BlockWriter(SnapshotSink sink);

  void block(BlockKind kind, std::string_view body);
  // The last block; with a text of 32 hex digits.
  void end(std::string_view digest);
  // Whether everything was taken so far.
  [[nodiscard]] bool good() const { return good_; }

 private:
  void put(std::string_view bytes);

  SnapshotSink sink_;
  bool good_ = true;
  std::uint64_t blocks_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint32_t chain_ = 0;  // checksum of the checksums so far
};

struct Block {
  BlockKind kind = BlockKind::end;
  std::string_view body;  // until the next one is read
};

class BlockReader {
 public:
  explicit BlockReader(SnapshotSource source);

  // Behind the last block there is nothing to ask for.
  [[nodiscard]] Result<Block, SnapshotFault> next();
  // Of the end, once it was read.
  [[nodiscard]] const std::string& digest() const { return digest_; }
  // What is wrong with the block that was read last.
  [[nodiscard]] SnapshotFault fault(std::size_t offset_in_body, const std::string& detail) const;

 private:
  [[nodiscard]] Result<void, SnapshotFault> read_magic();
  [[nodiscard]] bool read(std::string& into, std::size_t bytes);
  [[nodiscard]] Result<void, SnapshotFault> check_end(std::uint64_t begins);

  SnapshotSource source_;
  std::string header_;
  std::string body_;
  std::string digest_;
  std::uint64_t blocks_ = 0;
  std::uint64_t bytes_ = 0;   // read
  std::uint64_t begins_ = 0;  // the block that was read last
  std::uint32_t chain_ = 0;
};

}  // namespace packledger
