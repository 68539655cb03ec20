// What the tests of journals share: a directory that vanishes, batches, and reading all of a
// journal.
#pragma once

#include "packledger/engine/journal.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace packledger::store_tests {

class TemporaryDirectory {
 public:
  // `memory`: where a sync costs nothing, for tests that open hundreds of journals; on disk where
  // the machine has no such place.
  enum class Where { disk, memory };
  explicit TemporaryDirectory(Where where = Where::disk);
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// Sends that differ from each other, numbered from after + 1, recorded `after` seconds past an
// hour.
std::vector<Entry> batch(Sequence after, std::size_t count);

struct Contents {
  std::vector<Entry> entries;
  std::string fault;  // empty: read to the end
};
Contents read_all(const Journal& journal, Sequence from = Sequence{1});

// Appends `count` batches of 1, 2, 3, 1, … entries; adds what was acknowledged to `kept`.
Result<void, Fault> append_batches(Journal& journal, std::size_t count, std::vector<Entry>& kept);

std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, const std::string& bytes);
// The only file of that ending, or the last of them by name.
std::filesystem::path file_in(const std::filesystem::path& directory, const std::string& ending);

}  // namespace packledger::store_tests
