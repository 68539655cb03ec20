// What we wrote ourselves and read again: entries, records of the journal, watermarks, snapshots,
// and the journal as a whole on a damaged image.
#include "packledger/ledger/ledger.hpp"
#include "store/record.hpp"
#include "store/rocks_journal.hpp"
#include "store/watermark.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/ledger/lives.hpp"
#include "tests/store/journal_fixture.hpp"
#include "tests/wire/snapshot_text.hpp"
#include "wire/entry_codec.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace packledger::fuzz {
namespace {

constexpr Instant noon{1'717'214'400'000};

void run_entry(std::string_view bytes) {
  const auto entry = decode_entry(bytes, Sequence{1'000}, noon);
  if (!entry) return;
  std::string again;
  encode_entry(*entry, again);
  must(again == bytes, "an entry has one form, and keeps it");
}

void run_entries(std::string_view bytes) {
  const auto count = count_entries(bytes);
  std::vector<Entry> entries;
  const auto read = decode_entries(
      bytes, {.first = Sequence{1'000}, .recorded_at = noon, .from = Sequence{1'000}},
      [&](const Entry& entry) {
        entries.push_back(entry);
        return true;
      });
  if (!read) return;
  must(count && *count == entries.size(), "a record has as many entries as it says");
  if (entries.empty()) return;
  std::string again;
  encode_entries(entries, again);
  must(again == bytes, "a record has one form, and keeps it");
}

// Of a record whose checks cannot be met by chance: the bytes are exchanged in a good one.
void run_record(std::string_view bytes) {
  static const Record good = *make_record(ChainLink{}, 1, store_tests::batch(Sequence{0}, 3));
  const auto look = [](std::string_view key, std::string_view value) {
    const auto record = read_record(key, value);
    if (!record) return false;
    (void)follows(*record, ChainLink{});
    return visit_entries(*record, Sequence{1}, [](const Entry&) { return true; }).has_value();
  };
  (void)look(good.key, bytes);
  (void)look(bytes, good.value);
  std::string value = good.value;
  for (Reader reader(bytes); !reader.empty();) {
    const std::size_t at = reader.number(2) % value.size();
    value[at] = static_cast<char>(reader.byte());
  }
  must(look(good.key, value) == (value == good.value), "a changed record is noticed");
}

void run_watermark(std::string_view bytes) {
  const auto read = read_watermark_slot(bytes);
  if (read) must(watermark_slot(*read) == bytes.substr(0, watermark_slot_bytes), "one form");
  (void)is_newer_watermark_slot(bytes);
}

// Any bytes; and a good snapshot in which some are exchanged, of which none may be taken.
void run_snapshot(std::string_view bytes) {
  using wire_tests::source_of;
  static const std::string good = [] {
    Ledger ledger;
    for (const Entry& entry : entries_of({.seed = 3, .accounts = 2, .steps = 60}))
      ledger.apply(entry);
    return wire_tests::snapshot_of(ledger);
  }();
  const auto loads = [](std::string_view from) {
    Ledger ledger;
    return read_snapshot(source_of(from), ledger, [](std::string_view) { return true; })
        .has_value();
  };
  (void)loads(bytes);
  std::string changed = good;
  for (Reader reader(bytes); !reader.empty();)
    changed[reader.number(2) % changed.size()] = static_cast<char>(reader.byte());
  must(loads(changed) == (changed == good), "a changed snapshot is noticed");
}

// A journal of a few batches, closed, as the files it is; made once.
class Image {
 public:
  Image() {
    const auto open = RocksJournal::open({.directory = path(), .files = nullptr});
    must(open.has_value(), "a new journal opens");
    must(store_tests::append_batches(**open, 6, entries_).has_value(), "and takes batches");
  }
  [[nodiscard]] std::filesystem::path path() const { return where_.path() / "journal"; }
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

 private:
  store_tests::TemporaryDirectory where_{store_tests::TemporaryDirectory::Where::memory};
  std::vector<Entry> entries_;
};

// Each four bytes say: which file, where in it, and what is turned there.
void run_journal(std::string_view bytes) {
  static const Image image;
  const store_tests::TemporaryDirectory where{store_tests::TemporaryDirectory::Where::memory};
  const std::filesystem::path copy = where.path() / "journal";
  std::filesystem::copy(image.path(), copy, std::filesystem::copy_options::recursive);
  std::vector<std::filesystem::path> files;
  for (const auto& file : std::filesystem::recursive_directory_iterator(copy))
    if (file.is_regular_file() && file.file_size() > 0) files.push_back(file.path());
  std::ranges::sort(files);
  constexpr std::size_t damages_max = 8;
  Reader reader(bytes);
  for (std::size_t i = 0; i < damages_max && !reader.empty(); ++i) {
    const std::filesystem::path& file = files[reader.byte() % files.size()];
    std::string content = store_tests::read_file(file);
    if (content.empty()) continue;  // it was cut off whole before
    const std::size_t at = reader.number(2) % content.size();
    const std::uint8_t turned = reader.byte();
    if (turned == 0) {
      content.resize(at);
    } else {
      content[at] = static_cast<char>(static_cast<std::uint8_t>(content[at]) ^ turned);
    }
    store_tests::write_file(file, content);
  }
  const auto open = RocksJournal::open({.directory = copy, .files = nullptr});
  if (!open) return must(!open.error().detail.empty(), "a refusal says what is wrong");
  const store_tests::Contents read = store_tests::read_all(**open);
  if (!read.fault.empty()) return;
  must(read.entries == image.entries(), "what is read without a word is what was written");
}

constexpr std::array targets{Target{"entry", run_entry},       Target{"entries", run_entries},
                             Target{"record", run_record},     Target{"watermark", run_watermark},
                             Target{"snapshot", run_snapshot}, Target{"journal", run_journal}};

}  // namespace

std::span<const Target> stored_targets() { return targets; }

}  // namespace packledger::fuzz
