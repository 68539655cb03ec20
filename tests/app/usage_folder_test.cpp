// The folder of usage over journals that live at random: what is in the table is what the entries
// say, however the journal is cut, and whatever becomes of the table.
#include "app/usage_folder.hpp"

#include "store/memory_journal.hpp"
#include "tests/ledger/lives.hpp"
#include "tests/system/daemon_process.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace packledger {
namespace {

constexpr std::chrono::seconds deadline{20};

UsageFolder::Limits quick() {
  UsageFolder::Limits limits;
  limits.pause = std::chrono::milliseconds{1};
  limits.wait_max = std::chrono::seconds{20};
  return limits;
}

using Rows = std::map<UsageKey, UsageHour>;

struct Told {
  Rows rows;
  std::optional<Sequence> folded;
};

struct UsageFolderTest : testing::Test {
  TemporaryDirectory directory;
  std::unique_ptr<MemoryJournal> journal = std::make_unique<MemoryJournal>();
  std::filesystem::path table = directory.path() / "usage";

  void append(std::span<const Entry> entries) {
    while (!entries.empty()) {  // those of one time are one batch
      const auto more = std::ranges::find_if(entries, [&](const Entry& entry) {
        return entry.recorded_at != entries.front().recorded_at;
      });
      const auto size = static_cast<std::size_t>(more - entries.begin());
      const auto appended = journal->append(journal->last(), entries.first(size));
      ASSERT_TRUE(appended) << appended.error().detail;
      entries = entries.subspan(size);
    }
  }

  // All rows of an account, once everything is folded.
  Told ask(UsageFolder& folder, AccountId account) {
    Told told;
    std::promise<std::optional<Sequence>> done;
    const bool taken = folder.door()(
        {.range = {.account = account, .hour_from = 0, .hour_to = 2'000'000},
         .until = journal->last()},
        [&told](const UsageRow& row) {
          told.rows.emplace(row.key, row.quarters);
          return true;
        },
        [&done](std::optional<Sequence> folded) { done.set_value(folded); });
    EXPECT_TRUE(taken);
    auto folded = done.get_future();
    EXPECT_EQ(folded.wait_for(deadline), std::future_status::ready);
    told.folded = folded.get();
    return told;
  }
  Rows rows_of(UsageFolder& folder, std::size_t accounts) {
    Rows rows;
    for (std::uint64_t account = 1; account <= accounts; ++account) {
      const Told told = ask(folder, AccountId{account});
      EXPECT_EQ(told.folded, journal->last());
      rows.insert(told.rows.begin(), told.rows.end());
    }
    return rows;
  }
  // Starts a folder, lets it fold everything, ends it.
  Rows folded(std::size_t accounts, const UsageFolder::Limits& limits = quick()) {
    UsageFolder folder{*journal, table, limits};
    folder.start();
    return rows_of(folder, accounts);
  }
};

constexpr std::size_t accounts = 5;  // of the lives: two more than asked for

// The same sums without rows, portions or positions: sends and holds are found by their names.
class PlainSums {
 public:
  void take(const Entry& entry) {
    const AccountId account = entry.input.account;
    const What& what = entry.input.what;
    if (const auto* send = std::get_if<SendRecorded>(&what)) {
      const auto& decided = std::get<SendDecision>(entry.decision);
      const Place place{account, occurred_at(entry).ms / 900'000, send->destination, send->type};
      sends_[{account, send->send.string()}] = place;
      add(place, "all", {.sends = 1});
      Money charged = decided.counter ? decided.counter->adjustment : Money{};
      for (const ChargeLine& line : decided.charges) {
        charged += *charge(line.unit_price, line.units);
        add(place, "all", {.units = line.units.value});
        add(place, "payg", {.units = line.units.value});
      }
      add(place, "all", {.amount = charged.micros});
      add(place, "payg", {.sends = decided.charges.empty() ? 0 : 1, .amount = charged.micros});
      for (const PackageLine& line : decided.lines) take(place, line);
    } else if (const auto* reversed = std::get_if<SendReversed>(&what)) {
      const auto& decided = std::get<ReversalDecision>(entry.decision);
      const Place place = sends_.at({account, reversed->send});
      for (const ChargeLine& line : decided.charges) {
        const UsageFigures back{.units = -line.units.value,
                                .reversed = line.units.value,
                                .amount = -charge(line.unit_price, line.units)->micros};
        add(place, "all", back);
        add(place, "payg", back);
      }
      for (const ReversalLine& line : decided.lines) {
        const UsageFigures back{.units = -line.units.value, .reversed = line.units.value};
        add(place, "all", back);
        add(place, std::to_string(line.package.value), back);
      }
    } else if (const auto* placed = std::get_if<HoldPlaced>(&what)) {
      holds_[{account, placed->hold}] = {account, 0, placed->destination, placed->type};
    } else if (const auto* captured = std::get_if<HoldCaptured>(&what)) {
      const auto& decided = std::get<HoldEndDecision>(entry.decision);
      Place place = holds_.at({account, captured->hold});
      place.quarter = entry.recorded_at.ms / 900'000;
      const Money charged = decided.counter ? decided.counter->adjustment : Money{};
      add(place, "all", {.sends = 1, .amount = charged.micros});
      add(place, "payg", {.amount = charged.micros});
      for (const PackageLine& line : decided.taken) take(place, line);
    }
  }
  // By the words of a row.
  [[nodiscard]] const std::map<std::string, UsageFigures>& sums() const { return sums_; }

  struct Place {
    AccountId account;
    std::int64_t quarter = 0;
    Country destination;
    TemplateType type{};
  };
  static std::string words(const Place& place, const std::string& payer) {
    return std::to_string(place.account.value) + " " + std::to_string(place.quarter) + " " + payer +
           " " + std::string(place.destination.text()) + " " +
           std::string(template_text(place.type));
  }

 private:
  void take(const Place& place, const PackageLine& line) {
    add(place, "all", {.units = line.units.value});
    add(place, std::to_string(line.package.value), {.sends = 1, .units = line.units.value});
  }
  void add(const Place& place, const std::string& payer, const UsageFigures& more) {
    if (more == UsageFigures{}) return;
    sums_[words(place, payer)] += more;
  }

  std::map<std::pair<AccountId, std::string>, Place> sends_;
  std::map<std::pair<AccountId, std::string>, Place> holds_;
  std::map<std::string, UsageFigures> sums_;
};

std::string payer_of(const UsageKey& key) {
  switch (key.payer) {
    case UsagePayer::all: return "all";
    case UsagePayer::payg: return "payg";
    case UsagePayer::package: return std::to_string(key.package.value);
  }
  return {};
}

std::map<std::string, UsageFigures> in_words(const Rows& rows) {
  std::map<std::string, UsageFigures> sums;
  for (const auto& [key, quarters] : rows) {
    for (std::size_t i = 0; i < quarters.size(); ++i) {
      if (quarters.at(i) == UsageFigures{}) continue;
      const PlainSums::Place place{key.account, usage_start(key.hour, i).ms / usage_quarter.ms,
                                   key.destination, key.type};
      sums[PlainSums::words(place, payer_of(key))] = quarters.at(i);
    }
  }
  return sums;
}

std::map<std::string, UsageFigures> plain_sums(std::span<const Entry> entries) {
  PlainSums plain;
  for (const Entry& entry : entries) plain.take(entry);
  auto sums = plain.sums();
  std::erase_if(sums, [](const auto& row) { return row.second == UsageFigures{}; });
  return sums;
}

std::span<const Entry> up_to(std::span<const Entry> entries, std::size_t count) {
  while (count < entries.size() && count > 0 &&
         entries[count].recorded_at == entries[count - 1].recorded_at)
    ++count;
  return entries.first(count);
}

TEST_F(UsageFolderTest, KeepsTheSumsOfTheEntriesWhereverItIsStopped) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const std::vector<Entry> entries = entries_of({.seed = seed * 77, .accounts = 3, .steps = 900});
    journal = std::make_unique<MemoryJournal>();
    UsageTable::remove(table);
    std::mt19937_64 chance{seed};
    std::size_t told = 0;
    while (told < entries.size()) {
      const auto part = up_to(entries, std::min(entries.size(), told + 1 + chance() % 400));
      append(part.subspan(told));
      told = part.size();
      UsageFolder::Limits limits = quick();
      limits.portion_entries_max = 1 + chance() % 60;
      ASSERT_EQ(in_words(folded(accounts, limits)), plain_sums(part)) << seed << " " << told;
    }
  }
}

struct UsageFolderLivedTest : UsageFolderTest {
  std::vector<Entry> entries = entries_of({.seed = 5, .accounts = 3, .steps = 600});
  Rows whole;
  void SetUp() override {
    append(entries);
    whole = folded(accounts);
    ASSERT_FALSE(whole.empty());
  }
};

TEST_F(UsageFolderLivedTest, MakesATableAnewThatIsGone) {
  UsageTable::remove(table);
  EXPECT_EQ(folded(accounts), whole);
}

TEST_F(UsageFolderLivedTest, MakesATableAnewThatIsDamaged) {
  std::vector<std::filesystem::path> files;
  for (const auto& file : std::filesystem::directory_iterator(table))
    if (file.is_regular_file() && file.path().filename() != "LOCK") files.push_back(file.path());
  ASSERT_GE(files.size(), 3U);
  for (const auto& file : files) {
    if (!std::filesystem::exists(file)) continue;
    const auto size = std::filesystem::file_size(file);
    {
      std::fstream bytes{file, std::ios::binary | std::ios::in | std::ios::out};
      for (std::uintmax_t at = 0; at < size; at += 7) {
        bytes.seekp(static_cast<std::streamoff>(at));
        bytes.put('?');
      }
    }
    EXPECT_EQ(folded(accounts), whole) << file;
  }
}

TEST_F(UsageFolderLivedTest, MakesATableAnewThatIsAheadOfTheJournal) {
  const auto part = up_to(entries, entries.size() / 2);
  journal = std::make_unique<MemoryJournal>();
  append(part);
  EXPECT_EQ(in_words(folded(accounts)), plain_sums(part));
}

TEST_F(UsageFolderLivedTest, MakesATableAnewThatIsOfAnotherJournal) {
  entries = entries_of({.seed = 6, .accounts = 3, .steps = 900});
  ASSERT_GT(entries.size(), journal->last().value);
  journal = std::make_unique<MemoryJournal>();
  append(entries);
  EXPECT_EQ(in_words(folded(accounts)), plain_sums(entries));
}

TEST_F(UsageFolderLivedTest, WaitsForThePositionThatIsAskedFor) {
  UsageTable::remove(table);
  UsageFolder::Limits limits = quick();
  limits.portion_entries_max = 10;
  UsageFolder folder{*journal, table, limits};
  EXPECT_NE(folder.metrics().find("packledger_usage_position 0\n"), std::string::npos);
  EXPECT_NE(folder.metrics().find("packledger_usage_lag_entries " +
                                  std::to_string(journal->last().value)),
            std::string::npos);
  folder.start();
  EXPECT_EQ(ask(folder, AccountId{3}).folded, journal->last());
  EXPECT_NE(folder.metrics().find("packledger_usage_lag_entries 0\n"), std::string::npos);
}

TEST_F(UsageFolderTest, TakesSoManyQuestionsAndNoMore) {
  UsageFolder::Limits limits = quick();
  limits.questions_max = 2;
  UsageFolder folder{*journal, table, limits};  // not started: nobody is answered
  const auto asked = [&folder] {
    return folder.door()(
        {.range = {}, .until = Sequence{1}}, [](const UsageRow&) { return true; },
        [](std::optional<Sequence>) {});
  };
  EXPECT_TRUE(asked());
  EXPECT_TRUE(asked());
  EXPECT_FALSE(asked());
}

TEST_F(UsageFolderTest, SaysThatItHasNoTable) {
  std::ofstream{table} << "no directory";
  UsageFolder::Limits limits = quick();
  limits.wait_max = std::chrono::milliseconds{20};
  UsageFolder folder{*journal, table, limits};
  folder.start();
  EXPECT_EQ(ask(folder, AccountId{1}).folded, std::nullopt);
}

}  // namespace
}  // namespace packledger
