// SendFiles: the archive of sends in files of a directory, one for each generation, written behind
// the engine's back. Derived from the journal: what is missing, of another journal or damaged is
// made again by a replay; what is found to be damaged while it is needed ends the process.
//
// Owner: the daemon; outlives the ledger. Engine thread, but for the numbers of figures(); a helper
// thread writes one file at a time.
// Invariants:
//  1. A file is asked only after its head was found equal to what the ledger says of the
//  generation:
//     the prints of all its records. So a file of another journal is never asked.
//  2. Whoever asks for a name hears of the newest record of it that lies in any file.
//
// Of a name that is new one line of memory is read for each group of files, so that a long memory
// costs little more than a short one: a group has a filter over all its files beside that of each.
#pragma once

#include "packledger/ledger/send_archive.hpp"
#include "store/send_file.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace packledger {

class SendFiles final : public SendArchive {
 public:
  struct Told {
    std::function<void(const std::string& detail)> damaged;    // does not return
    std::function<void(const std::string& detail)> unwritten;  // tried again later
    // Whether the disk has room for so many bytes; absent: always.
    std::function<bool(std::uint64_t bytes)> has_room{};
  };
  // Who writes a file: a thread of its own, or whoever puts the generation, where all must happen
  // in one order.
  enum class Writer : std::uint8_t { thread, caller };
  // Makes the directory where it is absent. The files outlive this.
  SendFiles(std::string directory, Told told, Files& files = machine_files(),
            Writer writer = Writer::thread);
  ~SendFiles() override;

  void put(const SendGeneration& generation, std::span<const std::string_view> chunks) override;
  [[nodiscard]] Progress progress() override;
  void finish() override;
  [[nodiscard]] bool take(const SendGeneration& generation) override;
  void drop(Sequence last) override;
  void clear() override;
  void prefetch(const SendKey& key) const override;
  [[nodiscard]] bool find(const SendKey& key, std::string_view send,
                          std::string& body) const override;

  // Lets go of what was there and is not asked: once the ledger is as the journal says.
  void prune();

  // A snapshot that is older than a drop needs the file to be taken up: files stay until as many
  // later snapshots are there as are kept. Of one that is written: it needs nothing that is dropped
  // by now,
  void snapshot_begun() { begun_ = dropped_.size(); }
  // and it is there.
  void snapshot_written();

  struct Figures {
    std::uint64_t files = 0;
    std::uint64_t file_bytes = 0;
    std::uint64_t memory_bytes = 0;  // of filters
  };
  [[nodiscard]] Figures figures() const;  // any thread

 private:
  // Files in a row, and what is asked before they are.
  struct Group {
    explicit Group(std::size_t records) : filter(records), room(records) {}
    SendFilter filter;  // of those that were dropped, too
    std::size_t room;   // records for which it still has bits
    std::deque<std::unique_ptr<SendFile>> files;
  };
  struct Written {
    std::unique_ptr<SendFile> file;
    std::unique_ptr<Group> group;  // a new one for it; null: it belongs to the last one
  };
  // Dropped, and still there.
  struct Dropped {
    std::string path;
    std::size_t snapshots = 0;  // that were written since
  };
  static constexpr std::size_t snapshots_kept = 2;  // by Snapshots
  // Where snapshots are rare or failing; then a restart may have to begin with an older one.
  static constexpr std::size_t dropped_max = 32;
  static constexpr std::size_t group_files_min = 4;  // what is made too large is memory for nothing
  static constexpr std::size_t group_files_max = 32;  // of two million sends each: 128 MiB of bits

  [[nodiscard]] std::string path_of(Sequence first) const;
  [[nodiscard]] std::size_t group_records(std::size_t records_of_file) const;
  [[nodiscard]] Group* last_with_room(std::size_t records);
  // What `make` makes of the filter that it is given, in the last group or a new one.
  [[nodiscard]] static Result<Written, std::string> written(
      Group* last, std::size_t new_records,
      const std::function<Result<std::unique_ptr<SendFile>, std::string>(SendFilter& all)>& make);
  void keep(Written written);
  // Asks one of them; ends the process where it is damaged.
  [[nodiscard]] bool is_in(const SendFile& file, const SendKey& key, std::string_view send,
                           std::string& body) const;
  void count();
  [[nodiscard]] bool has_room(std::span<const std::string_view> chunks) const;

  void remove(const std::string& path) const;
  void let_go(const SendFile& file);
  void keep_path(const std::string& path);

  std::string directory_;
  Told told_;
  Files& files_;
  Writer write_with_;
  std::map<Sequence, std::unique_ptr<SendFile>> found_;  // heads only; by their first sequence
  std::deque<std::unique_ptr<Group>> groups_;            // that are asked, in order

  std::deque<Dropped> dropped_;  // the oldest first
  std::size_t begun_ = 0;        // of dropped_: before the snapshot that is being written

  std::jthread writer_;
  std::atomic<bool> written_ = false;
  Result<Written, std::string> result_;  // of the writer, once written_
  Progress progress_ = Progress::kept;

  std::atomic<std::uint64_t> files_count_ = 0;
  std::atomic<std::uint64_t> file_bytes_ = 0;
  std::atomic<std::uint64_t> memory_bytes_ = 0;
};

}  // namespace packledger
