// A file system on which one sync fails, or the power goes: nothing more works, and what was not
// synced is lost.
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
  enum class Failure { one_sync, power_cut };

  // The sync that fails is the `at`-th, counted from 1.
  FailingFiles(Failure failure, int at);
  const char* Name() const override { return "FailingFiles"; }

  [[nodiscard]] bool has_failed() const { return syncs_ >= at_; }
  // After a power cut, and after everything is closed: cuts the files to what was synced.
  void lose_what_was_not_synced();

  // Asked by the files that this makes.
  rocksdb::IOStatus before_sync();
  rocksdb::IOStatus before_write() const;
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
  rocksdb::IOStatus wrap(const std::string& path, const rocksdb::IOStatus& made,
                         std::unique_ptr<rocksdb::FSWritableFile>* file);

  const Failure failure_;
  const int at_;
  std::atomic<int> syncs_ = 0;
  std::mutex mutex_;                             // of what follows
  std::map<std::string, std::uint64_t> synced_;  // bytes, of the files made since the start
  std::map<std::string, std::string> images_;    // of the files written in place
};

}  // namespace packledger::store_tests
