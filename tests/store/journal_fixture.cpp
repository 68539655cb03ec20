#include "tests/store/journal_fixture.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace packledger::store_tests {

TemporaryDirectory::TemporaryDirectory(Where where) {
  const std::filesystem::path memory = "/dev/shm";
  const bool in_memory = where == Where::memory && ::access(memory.c_str(), W_OK) == 0;
  const auto above = in_memory ? memory : std::filesystem::temp_directory_path();
  std::string pattern = (above / "packledger-XXXXXX").string();
  EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::vector<Entry> batch(Sequence after, std::size_t count) {
  std::vector<Entry> entries(count);
  Sequence sequence = after;
  for (Entry& entry : entries) {
    sequence = next(sequence);
    entry.sequence = sequence;
    entry.recorded_at =
        Instant{1'717'214'400'000} + seconds(static_cast<std::int64_t>(after.value));
    entry.input.account = AccountId{1 + sequence.value % 3};
    entry.input.what = SendRecorded{.send = "send-" + std::to_string(sequence.value),
                                    .units = Units{1},
                                    .occurred_at = {},
                                    .destination = mainland,
                                    .type = TemplateType::verification,
                                    .billable = true};
    entry.decision = SendDecision{{{PackageId{1}, Units{1}}}, {}, {}};
  }
  return entries;
}

Contents read_all(const Journal& journal, Sequence from) {
  Contents contents;
  const auto read = journal.read(from, [&](const Entry& entry) {
    contents.entries.push_back(entry);
    return true;
  });
  if (!read) contents.fault = read.error().detail;
  return contents;
}

Result<void, Fault> append_batches(Journal& journal, std::size_t count, std::vector<Entry>& kept) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::vector<Entry> entries = batch(journal.last(), 1 + i % 3);
    if (auto appended = journal.append(journal.last(), entries); !appended) return appended;
    kept.insert(kept.end(), entries.begin(), entries.end());
  }
  return {};
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << bytes;
  file.close();
  EXPECT_TRUE(file.good()) << path;
}

std::filesystem::path file_in(const std::filesystem::path& directory, const std::string& ending) {
  std::filesystem::path found;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().string().ends_with(ending)) found = std::max(found, entry.path());
  }
  EXPECT_FALSE(found.empty()) << "no " << ending << " in " << directory;
  return found;
}

}  // namespace packledger::store_tests
