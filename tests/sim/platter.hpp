// Platter: what lies on a simulated disk, and what of it would outlast a loss of power. Of each
// file it knows what was written and what was synced, of each folder which names are durable.
//
// Owner: Disk; one thread at a time. A value: a copy shares the bytes of files until either changes
// them, so copies that are used side by side stay on one thread.
// Invariants:
//  1. What was synced is there after a loss of power, unless its name was not durable.
//  2. A name is durable once its folder was synced behind the change; syncing a file does not make
//     its own name durable. A rename is there as a whole or not at all.
//  3. The loss of a write touches no byte beside those that were written.
#pragma once

#include "tests/sim/chance.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::sim {

// What becomes of that which was not synced.
enum class Loss : std::uint8_t {
  none,          // all of it stays: only the process ended
  dropped,       // it was never there
  torn,          // some of it stays: the first bytes or sectors of what a file grew by, any sectors
                 // of what was written over; the first changes of names
  zeroed,        // files have the size that was written, with zeros in it
  garbled,       // files have the size that was written, with noise in it
  names_undone,  // as dropped, and every change of a name is undone
  scattered,  // any sectors, with holes of zeros between them, and any changes of names: more than
              // a file system leaves that keeps its own writes in order
};

using FileNumber = std::uint64_t;

class Platter {
 public:
  struct File {
    struct Piece {
      std::uint64_t at = 0;
      std::string bytes;
      bool cuts = false;  // the file ends at `at`
    };
    std::string now;
    std::string synced;
    std::vector<Piece> unsynced;
    bool sync_failed = false;  // some of `now` will never be on the disk
  };
  enum class Kind : std::uint8_t { absent, file, folder };

  // ---- names; paths are absolute and plain ----
  [[nodiscard]] Kind kind_of(const std::string& path) const;
  [[nodiscard]] std::optional<FileNumber> find(const std::string& path) const;
  [[nodiscard]] std::vector<std::string> children(const std::string& folder) const;
  [[nodiscard]] std::vector<std::string> files() const;
  FileNumber create(const std::string& path);
  void make_folder(const std::string& path);
  void remove(const std::string& path);
  void link(const std::string& path, const std::string& another);
  void rename(const std::string& from, const std::string& to);
  void sync_folder(const std::string& folder);

  // ---- files ----
  [[nodiscard]] const File& file(FileNumber number) const { return *files_.at(number); }
  // A file without a name stays as long as it is open.
  void open(FileNumber number) { ++handles_[number]; }
  void close(FileNumber number);
  void close_all();
  void write(FileNumber number, std::uint64_t at, std::string_view bytes);
  void cut(FileNumber number, std::uint64_t size);
  void sync(FileNumber number);
  // What was written and not synced is marked clean: readers see it while it is in the cache, but
  // no later sync writes it.
  enum class Cache : std::uint8_t { kept, dropped };
  void fail_to_sync(FileNumber number, Cache cache);
  // Of the disk and of what readers see.
  void flip(FileNumber number, std::uint64_t bit);

  // ---- a loss of power ----
  void lose(Loss loss, Chance& chance);
  // Files with bytes that a loss could take, those without a durable name included.
  [[nodiscard]] std::vector<std::string> unsynced() const;

 private:
  struct Node {
    bool folder = false;
    FileNumber file = 0;
    friend bool operator==(const Node&, const Node&) = default;
  };
  using Names = std::map<std::string, Node>;
  // Becomes durable as a whole with either folder.
  struct Change {
    struct One {
      std::string path;
      std::optional<Node> node;
    };
    std::vector<One> ones;
  };

  File& change(FileNumber number);
  void name(const std::string& path, std::optional<Node> node);
  void changed(Change change) { unsynced_names_.push_back(std::move(change)); }
  [[nodiscard]] static bool concerns(const Change& change, std::string_view folder);
  void make_durable(const Change& change);
  [[nodiscard]] bool is_needed(FileNumber number) const;
  void let_go(FileNumber number);  // unless it is needed
  void let_go_of_unneeded();
  // Those changes that are not durable and are not kept.
  void undo_names(const std::function<bool()>& keeps);

  Names now_;
  Names durable_;
  std::vector<Change> unsynced_names_;
  std::map<FileNumber, std::shared_ptr<File>> files_;
  std::map<FileNumber, std::uint32_t> handles_;
  FileNumber last_file_ = 0;
};

// "/a/b" of "/a/b/c"; "/" of "/a".
[[nodiscard]] std::string folder_of(const std::string& path);

}  // namespace packledger::sim
