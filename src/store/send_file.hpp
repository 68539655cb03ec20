// SendFile: one generation of sends in a file, written once and read from then on. The bytes are
// laid down in docs/sends_format.md. It is derived from the journal, and may be deleted while no
// daemon runs.
//
// Owner: SendFiles. One thread.
// Invariants:
//  1. Every byte that is read lies under a checksum that is checked; what is damaged is told, and
//     never an answer.
//  2. A file has its name only once it is whole and on disk.
#pragma once

#include "packledger/ledger/result.hpp"
#include "packledger/ledger/send_archive.hpp"
#include "store/files.hpp"
#include "store/send_filter.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

class SendFile {
 public:
  // Writes, opens and loads it. What failed, else. The files outlive what is returned.
  [[nodiscard]] static Result<std::unique_ptr<SendFile>, std::string> write(
      Files& files, const std::string& path, const SendGeneration& generation,
      std::span<const std::string_view> chunks, SendFilter& all);
  // Reads what the file says of itself; what is wrong with it, else.
  [[nodiscard]] static Result<std::unique_ptr<SendFile>, std::string> open(Files& files,
                                                                           const std::string& path);
  // Reads its index, so that it can be asked, and adds its hashes to a filter of many files, too.
  // What is wrong with it, else; then the filter may have some of them.
  [[nodiscard]] Result<void, std::string> load(SendFilter& all);

  [[nodiscard]] const SendGeneration& generation() const { return generation_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const SendFilter& filter() const { return filter_; }
  [[nodiscard]] std::size_t memory() const;
  [[nodiscard]] std::uint64_t bytes() const { return size_; }

  // The newest record of this name, if any, in `body`; what is damaged, else.
  [[nodiscard]] Result<bool, std::string> find(const SendKey& key, std::string_view send,
                                               std::string& body) const;

 private:
  explicit SendFile(std::string path) : path_(std::move(path)) {}
  [[nodiscard]] Result<void, std::string> read_head();
  [[nodiscard]] Result<bool, std::string> find_in_block(std::uint64_t offset, const SendKey& key,
                                                        std::string_view send,
                                                        std::string& body) const;
  [[nodiscard]] bool read_page(std::size_t page, std::string& bytes) const;
  [[nodiscard]] bool read(std::uint64_t offset, std::size_t size, std::string& bytes) const;
  [[nodiscard]] std::unexpected<std::string> damaged(std::string_view what,
                                                     std::uint64_t offset) const;

  std::string path_;
  std::unique_ptr<OpenFile> file_;
  std::uint64_t size_ = 0;
  SendGeneration generation_;
  std::uint64_t index_at_ = 0;
  std::size_t pages_ = 0;
  SendFilter filter_;
  std::vector<std::uint64_t> first_;  // hash of each page
};

}  // namespace packledger
