#include "store/usage_table.hpp"

#include "store/rocks.hpp"
#include "wire/entry_codec.hpp"

#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace packledger {
namespace {

// The digit rises whenever rows or what is counted in them change: the table is then made anew.
constexpr std::string_view version = "PLU1";
constexpr std::string_view cursor_key = "c";
constexpr std::size_t sequence_digits_max = 20;

std::string_view view_of(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

rocksdb::Slice slice_of(std::string_view text) { return {text.data(), text.size()}; }

std::unexpected<Fault> damaged(const std::string& what) {
  return std::unexpected{Fault{JournalFault::corrupt, "the table of usage has " + what}};
}

rocksdb::Options table_options() {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.write_buffer_size = 8 * std::size_t{1024} * 1024;
  options.max_background_jobs = 2;
  options.max_open_files = 64;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.keep_log_file_num = 2;
  options.max_log_file_size = std::size_t{1024} * 1024;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

// FNV-1a: tells journals apart that nobody made to look alike.
std::uint64_t print_of(std::string_view bytes) {
  std::uint64_t print = 0xCBF2'9CE4'8422'2325U;
  for (const char byte : bytes) {
    print ^= static_cast<std::uint8_t>(byte);
    print *= 0x0000'0100'0000'01B3U;
  }
  return print;
}

// "PLU1 812 1234567890"
std::string cursor_bytes(const UsageCursor& cursor) {
  return std::string(version) + " " + std::to_string(cursor.sequence.value) + " " + cursor.print;
}

std::optional<UsageCursor> parse_cursor(std::string_view bytes) {
  if (!bytes.starts_with(version) || bytes.size() <= version.size() + 1) return std::nullopt;
  bytes.remove_prefix(version.size() + 1);
  const std::size_t blank = bytes.find(' ');
  const std::string_view digits = bytes.substr(0, blank);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool number = !digits.empty() && digits.size() < sequence_digits_max &&
                      std::ranges::all_of(digits, is_digit);
  if (blank == std::string_view::npos || !number) return std::nullopt;
  return UsageCursor{.sequence = Sequence{std::stoull(std::string(digits))},
                     .print = std::string(bytes.substr(blank + 1))};
}

}  // namespace

UsageCursor usage_cursor(const Entry& entry) {
  std::string bytes = std::to_string(entry.recorded_at.ms);
  encode_entry(entry, bytes);
  return {.sequence = entry.sequence, .print = std::to_string(print_of(bytes))};
}

UsageTable::UsageTable(std::unique_ptr<rocksdb::DB> db, UsageCursor cursor)
    : db_{std::move(db)}, cursor_{std::move(cursor)} {}

UsageTable::~UsageTable() = default;

Result<std::unique_ptr<UsageTable>, Fault> UsageTable::open(
    const std::filesystem::path& directory) {
  rocksdb::DB* opened = nullptr;
  const auto status = rocksdb::DB::Open(table_options(), directory.string(), &opened);
  std::unique_ptr<rocksdb::DB> db(opened);
  if (!status.ok()) {
    Fault fault = fault_of(status, "open the table of usage in " + directory.string());
    // Files of it that are gone are damage, too.
    if (status.IsPathNotFound() || status.IsInvalidArgument()) fault.code = JournalFault::corrupt;
    return std::unexpected{std::move(fault)};
  }
  std::string bytes;
  const auto found = db->Get(rocksdb::ReadOptions{}, slice_of(cursor_key), &bytes);
  UsageCursor cursor;
  if (found.ok()) {
    auto parsed = parse_cursor(bytes);
    if (!parsed) return damaged("a cursor of another release, or none of its own");
    cursor = *std::move(parsed);
  } else if (!found.IsNotFound()) {
    return std::unexpected{fault_of(found, "read the table of usage")};
  } else {
    const std::unique_ptr<rocksdb::Iterator> rows(db->NewIterator(rocksdb::ReadOptions{}));
    rows->SeekToFirst();
    if (rows->Valid()) return damaged("rows without a cursor");
  }
  return std::unique_ptr<UsageTable>(new UsageTable(std::move(db), std::move(cursor)));
}

void UsageTable::remove(const std::filesystem::path& directory) {
  std::error_code ignored;  // what cannot be removed shows when it is opened
  std::filesystem::remove_all(directory, ignored);
}

Result<void, Fault> UsageTable::add(const UsageChanges& changes, const UsageCursor& cursor) {
  rocksdb::WriteBatch batch;
  std::string before;
  for (const auto& [key, more] : changes.rows) {
    const std::string name = usage_key_bytes(key);
    UsageHour sum = more;
    const auto found = db_->Get(rocksdb::ReadOptions{}, name, &before);
    if (!found.ok() && !found.IsNotFound())
      return std::unexpected{fault_of(found, "read the table of usage")};
    if (found.ok()) {
      const auto had = parse_usage_hour(before);
      if (!had) return damaged("a row that is none");
      for (std::size_t i = 0; i < sum.size(); ++i) sum.at(i) += had->at(i);
    }
    batch.Put(name, usage_hour_bytes(sum)).PermitUncheckedError();
  }
  for (const auto& [key, subject] : changes.holds) {
    const std::string name = usage_hold_key_bytes(key);
    const auto kept = subject ? batch.Put(name, usage_hold_bytes(*subject)) : batch.Delete(name);
    kept.PermitUncheckedError();
  }
  batch.Put(slice_of(cursor_key), cursor_bytes(cursor)).PermitUncheckedError();
  const auto written = db_->Write(rocksdb::WriteOptions{}, &batch);
  if (!written.ok()) return std::unexpected{fault_of(written, "write the table of usage")};
  cursor_ = cursor;
  return {};
}

Result<void, Fault> UsageTable::read(const UsageRange& range, const UsageVisit& visit) const {
  const std::string end = usage_from_bytes(range.account, range.hour_to);
  const rocksdb::Slice bound = end;
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &bound;
  const std::unique_ptr<rocksdb::Iterator> rows(db_->NewIterator(options));
  for (rows->Seek(usage_from_bytes(range.account, range.hour_from)); rows->Valid(); rows->Next()) {
    const auto key = parse_usage_key(view_of(rows->key()));
    const auto quarters = parse_usage_hour(view_of(rows->value()));
    if (!key || !quarters) return damaged("a row that is none");
    if (!visit({.key = *key, .quarters = *quarters})) return {};
  }
  if (!rows->status().ok())
    return std::unexpected{fault_of(rows->status(), "read the table of usage")};
  return {};
}

Result<std::optional<UsageSubject>, Fault> UsageTable::hold(const UsageHoldKey& key) const {
  std::string bytes;
  const auto found = db_->Get(rocksdb::ReadOptions{}, usage_hold_key_bytes(key), &bytes);
  if (found.IsNotFound()) return std::nullopt;
  if (!found.ok()) return std::unexpected{fault_of(found, "read the table of usage")};
  const auto subject = parse_usage_hold(bytes);
  if (!subject) return damaged("a hold that is none");
  return subject;
}

}  // namespace packledger
