#include "store/stored_journal.hpp"

#include "store/record.hpp"
#include "store/rocks.hpp"

#include <fcntl.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/iterator.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

namespace packledger {
namespace {

namespace fs = std::filesystem;

// Beside a daemon: a file is removed between two steps of a look, and the next look does without.
constexpr int looks_max = 5;

std::string_view view_of(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

std::string number(Sequence sequence) { return std::to_string(sequence.value); }

struct WatermarkSeen {
  Watermark current;
  std::vector<std::string> remarks;
};

// Without opening it for writing, as WatermarkFile does.
Result<WatermarkSeen, StoreFinding> read_watermark(const fs::path& path) {
  const auto refuse = [](std::string code, std::string detail) {
    return std::unexpected{StoreFinding{.code = std::move(code), .detail = std::move(detail)}};
  };
  std::ifstream file{path, std::ios::binary};
  if (!file.is_open()) return refuse("unreadable", path.string() + " cannot be opened");
  const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  WatermarkSeen seen;
  std::array<std::optional<Watermark>, 2> slots;
  std::string rest = bytes;  // what is no slot
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const std::size_t at = i * watermark_slot_distance;
    if (bytes.size() < at + watermark_slot_bytes) continue;
    const auto slot = std::string_view{bytes}.substr(at, watermark_slot_bytes);
    if (is_newer_watermark_slot(slot))
      return refuse("newer_release", path.string() + " was written by a newer release; use that");
    slots[i] = read_watermark_slot(slot);
    rest.replace(at, watermark_slot_bytes, watermark_slot_bytes, '\0');
    if (!slots[i])
      seen.remarks.push_back(path.string() + ": the slot at byte " + std::to_string(at) +
                             " is not whole, as after a power cut");
  }
  if (!slots[0] && !slots[1])
    return refuse("watermark_damaged", path.string() + ": neither of its slots is whole");
  if (const std::size_t odd = rest.find_first_not_of('\0'); odd != std::string::npos)
    return refuse("watermark_damaged", path.string() + ", byte " + std::to_string(odd) +
                                           ": a byte that is always zero is not");
  if (bytes.size() != watermark_file_bytes)
    return refuse("watermark_damaged", path.string() + " has " + std::to_string(bytes.size()) +
                                           " bytes, not " + std::to_string(watermark_file_bytes));
  const auto age = [](const std::optional<Watermark>& slot) {
    return slot ? std::pair{slot->epoch, slot->sequence} : std::pair{std::uint64_t{0}, Sequence{}};
  };
  const std::size_t newest = slots[0] && age(slots[0]) >= age(slots[1]) ? 0 : 1;
  seen.current = slots[newest].value_or(slots[1 - newest].value_or(Watermark{}));
  return seen;
}

// What differs between a record and the one before it.
StoreFinding broken_link(const RecordView& record, const ChainLink& before, const Fault& fault) {
  const auto finding = [&](const char* code, std::string found, std::string expected) {
    return StoreFinding{.code = code,
                        .position = record.first,
                        .key = hex(record_key(record.first)),
                        .detail = fault.detail,
                        .found = std::move(found),
                        .expected = std::move(expected)};
  };
  if (record.first != next(before.sequence))
    return finding("record_missing", number(record.first), number(next(before.sequence)));
  if (record.previous != before.hash)
    return finding("chain_broken", hex(record.previous), hex(before.hash));
  if (record.link.epoch < before.epoch)
    return finding("epoch_went_back", std::to_string(record.link.epoch),
                   std::to_string(before.epoch));
  return finding("time_went_back", std::to_string(record.link.recorded_at.ms),
                 std::to_string(before.recorded_at.ms));
}

StoreFinding missing(Sequence wanted, const rocksdb::Iterator& records) {
  const std::string key = hex(record_key(wanted));
  if (!records.status().ok())
    return {.code = "store_damaged",
            .position = wanted,
            .key = key,
            .detail = fault_of(records.status(), "read records").detail};
  return {.code = "record_missing",
          .position = wanted,
          .key = key,
          .detail = "the record that holds sequence " + number(wanted) + " is missing"};
}

}  // namespace

bool is_in_use(const fs::path& directory) {
  const int file = ::open((directory / "lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  struct flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  const bool held = ::fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  ::close(file);
  return held;
}

struct StoredJournal::Opened {
  std::unique_ptr<rocksdb::Env> env;
  std::unique_ptr<rocksdb::DB> db;
};

StoredJournal::StoredJournal(fs::path directory) : directory_(std::move(directory)) {}
StoredJournal::~StoredJournal() = default;

Result<std::unique_ptr<StoredJournal>, StoreFinding> StoredJournal::open(
    const fs::path& directory) {
  for (int looks = 1;; ++looks) {
    std::unique_ptr<StoredJournal> journal{new StoredJournal(directory)};
    journal->in_use_ = is_in_use(directory);
    auto looked = journal->look();
    if (looked) return journal;
    const bool again = (journal->in_use_ || is_in_use(directory)) && looks < looks_max;
    if (!again) return std::unexpected{std::move(looked.error())};
  }
}

Result<void, StoreFinding> StoredJournal::look() {
  const fs::path records = directory_ / "records";
  std::error_code ignored;
  const bool has_records = fs::exists(records / "CURRENT", ignored);
  const fs::path mark = directory_ / "watermark";
  if (!fs::exists(mark, ignored)) {
    if (!has_records)
      return std::unexpected{
          StoreFinding{.code = "no_journal", .detail = directory_.string() + " holds no journal"}};
    return std::unexpected{StoreFinding{
        .code = "watermark_missing",
        .detail = records.string() + " holds a store, but " + mark.string() + " is missing"}};
  }
  // Before the records: a daemon writes it behind them, so it promises no more than they hold.
  auto seen = read_watermark(mark);
  if (!seen) return std::unexpected{std::move(seen.error())};
  watermark_ = seen->current;
  remarks_ = std::move(seen->remarks);
  auto opened = std::make_unique<Opened>();
  opened->env = rocksdb::NewCompositeEnv(rocksdb::FileSystem::Default());
  auto db = open_for_reading(*opened->env, records.string(), {.open_files_max = -1});
  if (!db) return std::unexpected{finding_of(db.error())};
  opened->db = std::move(*db);
  const auto end = chain_end(*opened->db);
  if (!end) return std::unexpected{finding_of(end.error())};
  opened_ = std::move(opened);
  end_ = *end;
  return keeps_promise(*end);
}

StoreFinding StoredJournal::finding_of(const Fault& fault) const {
  return {.code = fault.code == JournalFault::corrupt ? "store_damaged" : "unreadable",
          .position = {},
          .detail = fault.detail + "; " + (directory_ / "watermark").string() +
                    " promises sequence " + number(watermark_.sequence)};
}

// The end against the watermark.
Result<void, StoreFinding> StoredJournal::keeps_promise(const ChainLink& end) const {
  const std::string mark = (directory_ / "watermark").string();
  if (end.sequence < watermark_.sequence)
    return std::unexpected{
        StoreFinding{.code = "cut_tail",
                     .position = next(end.sequence),
                     .key = hex(record_key(next(end.sequence))),
                     .detail = "the store ends with sequence " + number(end.sequence) + ", but " +
                               mark + " promises sequence " + number(watermark_.sequence),
                     .found = number(end.sequence),
                     .expected = number(watermark_.sequence)}};
  if (end.epoch > watermark_.epoch)
    return std::unexpected{StoreFinding{
        .code = "old_watermark",
        .position = end.sequence,
        .detail = "the last record is of epoch " + std::to_string(end.epoch) + ", but " + mark +
                  " is of epoch " + std::to_string(watermark_.epoch) + ": they are of two copies",
        .found = std::to_string(watermark_.epoch),
        .expected = std::to_string(end.epoch)}};
  if (watermark_.sequence.value == 0) return {};
  const auto link = link_at(watermark_.sequence);
  if (!link) return std::unexpected{link.error()};
  if (*link && (*link)->hash == watermark_.hash) return {};
  return std::unexpected{StoreFinding{.code = "other_history",
                                      .position = watermark_.sequence,
                                      .detail = "the record that ends with sequence " +
                                                number(watermark_.sequence) +
                                                " is not the one that " + mark + " promises",
                                      .found = *link ? hex((*link)->hash) : "no record ends there",
                                      .expected = hex(watermark_.hash)}};
}

Result<void, Fault> StoredJournal::append(Sequence, std::span<const Entry>) {
  return std::unexpected{Fault{JournalFault::unavailable, "this journal is only read"}};
}

Result<void, Fault> StoredJournal::read(Sequence from, const Visit& visit) const {
  const auto walked = walk(from, [&](const RecordView& record) -> Result<bool, StoreFinding> {
    auto more = visit_entries(record, from, visit);
    if (more) return *more;
    return std::unexpected{StoreFinding{.code = "entry_damaged",
                                        .position = record.first,
                                        .key = hex(record_key(record.first)),
                                        .detail = more.error().detail}};
  });
  if (walked) return {};
  finding_ = walked.error();
  return std::unexpected{Fault{JournalFault::corrupt, walked.error().detail}};
}

// Where a walk is, so that another view of the same store can go on with it.
struct StoredJournal::Place {
  Sequence from;
  Sequence until;
  std::optional<ChainLink> before;
  bool visitor_failed = false;
};

Result<void, StoreFinding> StoredJournal::walk(Sequence from, const RecordVisit& visit) const {
  return walk_bytes(from, [&visit](const RecordView& record, std::string_view, std::string_view) {
    return visit(record);
  });
}

Result<void, StoreFinding> StoredJournal::walk_bytes(Sequence from, const BytesVisit& visit) const {
  from = std::max(from, Sequence{1});
  if (from > end_.sequence) return {};
  Place place{.from = from, .until = end_.sequence, .before = {}, .visitor_failed = false};
  if (from == Sequence{1}) place.before = ChainLink{};
  auto walked = walk_on(visit, place);
  if (walked || place.visitor_failed || !in_use_) return walked;
  const auto again = open(directory_);
  if (!again) return std::unexpected{again.error()};
  return (*again)->walk_on(visit, place);
}

Result<void, StoreFinding> StoredJournal::walk_on(const BytesVisit& visit, Place& place) const {
  const auto wanted = [&place] { return place.before ? next(place.before->sequence) : place.from; };
  const auto records = record_iterator(*opened_->db);
  for (records->SeekForPrev(record_key(wanted())); records->Valid(); records->Next()) {
    const auto record = read_record(view_of(records->key()), view_of(records->value()));
    if (!record)
      return std::unexpected{StoreFinding{.code = "record_damaged",
                                          .position = wanted(),
                                          .key = hex(view_of(records->key())),
                                          .detail = record.error().detail}};
    if (record->link.sequence < wanted()) break;
    if (place.before) {
      const auto linked = follows(*record, *place.before);
      if (!linked) return std::unexpected{broken_link(*record, *place.before, linked.error())};
    }
    place.before = record->link;
    auto more = visit(*record, view_of(records->key()), view_of(records->value()));
    place.visitor_failed = !more;
    if (!more) return std::unexpected{std::move(more.error())};
    if (!*more || record->link.sequence >= place.until) return {};
  }
  return std::unexpected{missing(wanted(), *records)};
}

// Tables are opened by their names here, and a daemon may have put others in their place since.
Result<void, StoreFinding> StoredJournal::check_tables() const {
  auto status = opened_->db->VerifyChecksum();
  for (int looks = 1; !status.ok() && is_in_use(directory_) && looks < looks_max; ++looks) {
    const auto again = open(directory_);
    if (!again) return std::unexpected{again.error()};
    status = (*again)->opened_->db->VerifyChecksum();
  }
  if (status.ok()) return {};
  return std::unexpected{StoreFinding{.code = "store_damaged",
                                      .detail = fault_of(status, "verify the tables").detail}};
}

Result<std::optional<ChainLink>, StoreFinding> StoredJournal::link_at(Sequence last) const {
  std::optional<ChainLink> link;
  if (last.value == 0 || last > end_.sequence) return link;
  const auto look_at = [&](const RecordView& record, std::string_view,
                           std::string_view) -> Result<bool, StoreFinding> {
    if (record.link.sequence == last) link = record.link;
    return false;
  };
  Place place{.from = last, .until = last, .before = {}, .visitor_failed = false};
  if (auto walked = walk_on(look_at, place); !walked) return std::unexpected{walked.error()};
  return link;
}

Result<std::optional<ChainHash>, Fault> StoredJournal::chain_at(Sequence last) const {
  const auto link = link_at(last);
  if (!link) return std::unexpected{Fault{JournalFault::corrupt, link.error().detail}};
  return *link ? std::optional{(*link)->hash} : std::nullopt;
}

}  // namespace packledger
