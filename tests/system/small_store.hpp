// A small ledger on disk that has one of everything, made by a real daemon that has ended; and the
// same bytes again and again, to be changed. One thread.
#pragma once

#include "tests/system/daemon_process.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace packledger {

class SmallStore {
 public:
  // Snapshots every few entries, what the log holds in part moved to a table.
  SmallStore();

  // A daemon on a directory of that form.
  [[nodiscard]] DaemonOptions options(const std::filesystem::path& data) const;
  // A fresh copy that nobody else has.
  [[nodiscard]] std::filesystem::path copy() const;
  // What a daemon that runs there says of itself: the journal, line by line, and the usage.
  [[nodiscard]] static std::string journal_of(const std::string& url);
  [[nodiscard]] static std::string usage_of(const std::string& url);

  [[nodiscard]] const std::filesystem::path& path() const { return made_; }
  [[nodiscard]] const std::string& digest() const { return digest_; }
  [[nodiscard]] const std::string& position() const { return position_; }
  [[nodiscard]] const std::string& journal() const { return journal_; }
  [[nodiscard]] const std::string& usage() const { return usage_; }
  // What went wrong while it was made; empty where nothing did.
  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  [[nodiscard]] bool do_business(const std::string& url, int part);

  TemporaryDirectory directory_;
  std::filesystem::path made_ = directory_.path() / "made";
  std::string digest_;
  std::string position_;
  std::string journal_;
  std::string usage_;
  std::string fault_;
};

[[nodiscard]] std::string bytes_of(const std::filesystem::path& file);
void put_bytes(const std::filesystem::path& file, const std::string& bytes);

}  // namespace packledger
