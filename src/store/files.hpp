// Files: what the store asks of a file system for the files that it writes once and reads from then
// on: snapshots, and sends for which memory has no room. The journal asks RocksDB's.
//
// Owner: the daemon has those of the machine, simulations files over a disk of their own. Any
// thread; one file by one at a time.
// Invariants:
//  1. Those of the machine call nothing but the system and the memory of the C library, so that a
//     process made by fork may. RocksDB's promise nothing of the kind.
//  2. A number that is returned is 0, or the system's for what went wrong.
#pragma once

#include "packledger/ledger/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rocksdb {
class FileSystem;
}

namespace packledger {

// Closed with this.
class OpenFile {
 public:
  virtual ~OpenFile() = default;
  // All of them, from this byte of the file on.
  [[nodiscard]] virtual int write(std::uint64_t at, std::string_view bytes) = 0;
  [[nodiscard]] virtual int sync() = 0;
  // A word to the disk: these will be synced.
  virtual void sync_soon(std::uint64_t at, std::size_t bytes) = 0;
  // How many: fewer at the end, or where the file cannot be read.
  [[nodiscard]] virtual std::size_t read(std::uint64_t at, char* into, std::size_t bytes) const = 0;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
};

class Files {
 public:
  using Opened = Result<std::unique_ptr<OpenFile>, int>;
  enum class New : std::uint8_t { absent, replaced };  // what must be, or will be, of that name

  virtual ~Files() = default;
  [[nodiscard]] virtual Opened create(const std::string& path, New name) = 0;
  [[nodiscard]] virtual Opened open(const std::string& path) = 0;  // for reading
  [[nodiscard]] virtual int rename(const std::string& from, const std::string& to) = 0;
  [[nodiscard]] virtual int remove(const std::string& path) = 0;
  [[nodiscard]] virtual int sync_folder(const std::string& path) = 0;
  // And all above it; the name of a new one is made durable.
  [[nodiscard]] virtual int make_folder(const std::string& path) = 0;
  // Paths, in no order; none where the folder cannot be read.
  [[nodiscard]] virtual std::vector<std::string> paths_in(const std::string& folder) = 0;
};

// Of the machine. It has no state.
[[nodiscard]] Files& machine_files();

// The files outlive what is returned.
[[nodiscard]] std::unique_ptr<Files> files_over(rocksdb::FileSystem& files);

}  // namespace packledger
