// A small ledger on disk for tests of the commands that open one: made by a daemon, which has
// ended, and its bytes, to be changed. One thread.
#pragma once

#include "tests/cli/cli_daemon.hpp"

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <string>

namespace packledger::cli {

namespace fs = std::filesystem;

inline std::string bytes_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}
inline void put_bytes(const fs::path& file, const std::string& bytes) {
  std::ofstream{file, std::ios::binary} << bytes;
}
inline std::map<fs::path, std::string> all_bytes(const fs::path& directory) {
  std::map<fs::path, std::string> all;
  for (const auto& each : fs::recursive_directory_iterator(directory)) {
    if (each.is_regular_file()) all[each.path()] = bytes_of(each.path());
  }
  return all;
}

class StoredLedger : public CliDaemon {
 protected:
  // A stop writes a snapshot.
  StoredLedger() : CliDaemon{"[store]\nsnapshot_entries = 5\n"} {}

  // Two accounts, packages, an alarm that fires, sends beyond a package, a month that passes.
  void do_business() const {
    open_account("acme");
    said({"buy", "acme", "th", "--order", "o1"});
    said({"alarm", "set", "acme", "low", "--pool", "TH", "--units", "50"});
    for (const std::string send : {"s1", "s2", "s3"})
      said({"send", "acme", "--send", send, "--to", "TH", "--units", "40"});
    said({"clock", "advance", "--by", "32d"});
    said({"send", "acme", "--send", "s4", "--to", "TH", "--units", "2"});
  }
  void stop() { ASSERT_EQ(daemon_.stop(), exited(0)) << daemon_.log(); }
  // A copy that is not the daemon's any more.
  fs::path copy(const std::string& name) const {
    fs::path to = directory_.path() / name;
    fs::remove_all(to);
    fs::copy(daemon_.data(), to, fs::copy_options::recursive);
    return to;
  }
  [[nodiscard]] std::string file(const std::string& name) const {
    return (directory_.path() / name).string();
  }
};

}  // namespace packledger::cli
