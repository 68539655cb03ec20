// A file system on which one sync fails; or the power goes: nothing more works, and what was not
// synced is lost; or a write stops half-way, and there is no room for any after it.
#pragma once

#include <rocksdb/file_system.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace packledger::store_tests {

class FailingFiles : public rocksdb::FileSystemWrapper {
 public:
  enum class Failure { one_sync, power_cut, short_write };

  // It is the `at`-th sync, or write, that fails, counted from 1.
  FailingFiles(Failure failure, int at);
  const char* Name() const override { return "FailingFiles"; }

  [[nodiscard]] bool has_failed() const {
    return (failure_ == Failure::short_write ? writes_ : syncs_) >= at_;
  }
  // After a power cut, and after everything is closed: cuts the files to what was synced.
  void lose_what_was_not_synced();

  // Asked by the files that this makes.
  rocksdb::IOStatus before_sync();
  std::size_t before_write(std::size_t bytes);  // how many of them may be written
  void synced(const std::string& path, std::uint64_t bytes);
  void synced_in_place(const std::string& path);

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* file,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReuseWritableFile(const std::string& path, const std::string& old_path,
                                      const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSRandomRWFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& path, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* folder,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

 private:
  [[nodiscard]] rocksdb::IOStatus may_change_names() const;
  rocksdb::IOStatus wrap(const std::string& path, const rocksdb::IOStatus& made,
                         std::unique_ptr<rocksdb::FSWritableFile>* file);

  const Failure failure_;
  const int at_;
  std::atomic<int> syncs_ = 0;
  std::atomic<int> writes_ = 0;
  std::mutex mutex_;                             // of what follows
  std::map<std::string, std::uint64_t> synced_;  // bytes, of the files made since the start
  std::map<std::string, std::string> images_;    // of the files written in place
};

}  // namespace packledger::store_tests
