// What the files of the machine, and those of a rocksdb::FileSystem, say when something goes wrong.
#include "store/files.hpp"

#include "tests/store/journal_fixture.hpp"

#include <gtest/gtest.h>
#include <rocksdb/file_system.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <string>

namespace packledger::store_tests {
namespace {

int error_of(const Files::Opened& opened) { return opened ? 0 : opened.error(); }

void say_what_is_missing(Files& files, const std::filesystem::path& root) {
  const std::string none = (root / "none").string();
  const std::string inside = (root / "none" / "inside").string();
  EXPECT_EQ(error_of(files.open(none)), ENOENT);
  EXPECT_NE(error_of(files.create(inside, Files::New::replaced)), 0);
  EXPECT_NE(files.rename(none, none + "2"), 0);
  EXPECT_NE(files.remove(none), 0);
  EXPECT_NE(files.sync_folder(none), 0);
  EXPECT_TRUE(files.paths_in(none).empty());
}

// A file is made, read, and made again only where that is wanted.
void keep_a_file(Files& files, const std::filesystem::path& root) {
  const std::string folder = (root / "a" / "b").string();
  ASSERT_EQ(files.make_folder(folder), 0);
  ASSERT_EQ(files.make_folder(folder), 0);
  const std::string path = folder + "/file";
  {
    const auto made = files.create(path, Files::New::absent);
    ASSERT_TRUE(made);
    EXPECT_EQ((*made)->write(0, "hello"), 0);
    (*made)->sync_soon(0, 5);
    EXPECT_EQ((*made)->sync(), 0);
  }
  EXPECT_EQ(error_of(files.create(path, Files::New::absent)), EEXIST);
  const auto read = files.open(path);
  ASSERT_TRUE(read);
  EXPECT_EQ((*read)->size(), 5U);
  std::string bytes(9, '.');
  EXPECT_EQ((*read)->read(1, bytes.data(), bytes.size()), 4U);
  EXPECT_EQ(bytes, "ello.....");
  EXPECT_NE((*read)->write(0, "no"), 0);  // it was opened for reading
  EXPECT_EQ(files.paths_in(folder), std::vector{path});
  EXPECT_EQ(files.rename(path, path + "2"), 0);
  EXPECT_EQ(files.sync_folder(folder), 0);
  EXPECT_EQ(files.remove(path + "2"), 0);
}

TEST(MachineFiles, KeepAFileAndSayWhatIsMissing) {
  const TemporaryDirectory root;
  keep_a_file(machine_files(), root.path());
  say_what_is_missing(machine_files(), root.path());
  write_file(root / "file", "x");
  EXPECT_NE(machine_files().make_folder((root / "file").string() + "/folder"), 0);
}

TEST(MachineFiles, SayWhatTheDiskRefuses) {
  const auto full = machine_files().create("/dev/full", Files::New::replaced);
  ASSERT_TRUE(full);
  EXPECT_EQ((*full)->write(0, "x"), ENOSPC);
  EXPECT_EQ((*full)->sync(), EINVAL);  // a device without anything to sync
}

TEST(FilesOver, KeepAFileAndSayWhatIsMissing) {
  const TemporaryDirectory root;
  const auto files = files_over(*rocksdb::FileSystem::Default());
  keep_a_file(*files, root.path());
  say_what_is_missing(*files, root.path());
}

}  // namespace
}  // namespace packledger::store_tests
