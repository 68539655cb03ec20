// Usage of the past, folded from journals that live at random: the rows are those of a fold of all
// that was there by then, for any account, range and position.
#include "query/past_usage.hpp"

#include "store/memory_journal.hpp"
#include "tests/ledger/lives.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <span>
#include <vector>

namespace packledger {
namespace {

using Rows = std::map<UsageKey, UsageHour>;

struct Kept {
  MemoryJournal journal;
  std::vector<Entry> entries;

  explicit Kept(std::uint64_t seed)
      : entries(entries_of({.seed = seed, .accounts = 3, .steps = 900})) {
    std::span<const Entry> rest = entries;
    while (!rest.empty()) {  // those of one time are one batch
      const auto more = std::ranges::find_if(
          rest, [&](const Entry& entry) { return entry.recorded_at != rest.front().recorded_at; });
      const auto size = static_cast<std::size_t>(more - rest.begin());
      EXPECT_TRUE(journal.append(journal.last(), rest.first(size)));
      rest = rest.subspan(size);
    }
  }
  // Of all accounts, in one portion.
  [[nodiscard]] Rows folded(Sequence until) const {
    return fold_usage(std::span{entries}.first(until.value), {}).rows;
  }
};

TEST(PastUsage, IsWhatTheTableHeldThen) {
  std::size_t compared = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Kept kept{seed};
    std::mt19937_64 chance{seed};
    for (int time = 0; time < 30; ++time) {
      const Sequence until{1 + chance() % kept.entries.size()};
      const Rows all = kept.folded(until);
      const Instant now = kept.entries.at(until.value - 1).recorded_at;
      const AccountId account{1 + chance() % 5};
      const std::int64_t end = usage_hour(now) + 1;
      const auto hours_back = static_cast<std::int64_t>(chance() % (24 * 40));
      const UsageRange range{
          .account = account, .hour_from = end - hours_back, .hour_to = end - hours_back / 3};
      PastUsage past{kept.journal, range, until};
      const Instant begin = PastUsage::begin(range);
      for (const Entry& entry : kept.entries) {
        if (entry.recorded_at >= begin && !past.take(entry)) break;
      }
      past.end();
      ASSERT_FALSE(past.failed());
      Rows rows;
      past.visit([&rows](const UsageRow& row) {
        rows.emplace(row.key, row.quarters);
        return true;
      });
      Rows wanted;
      for (const auto& [key, quarters] : all) {
        const bool inside =
            key.account == account && key.hour >= range.hour_from && key.hour < range.hour_to;
        if (inside) wanted.emplace(key, quarters);
      }
      EXPECT_EQ(rows, wanted) << "up to " << until.value;
      compared += wanted.size();
    }
  }
  EXPECT_GT(compared, 300U);
}

TEST(PastUsage, KnowsTheFirstHourOfAll) {
  const Kept kept{1};
  const Sequence last = kept.entries.back().sequence;
  const Rows all = kept.folded(last);
  ASSERT_FALSE(all.empty());
  const UsageRange range{.account = all.begin()->first.account, .hour_from = 0, .hour_to = 1};
  PastUsage past{kept.journal, range, last};
  for (const Entry& entry : kept.entries) (void)past.take(entry);
  past.end();
  EXPECT_EQ(past.first_hour(), all.begin()->first.hour) << "rows are sorted by account, then hour";
  bool any = false;
  past.visit([&any](const UsageRow&) { return any = true; });
  EXPECT_FALSE(any);
}

}  // namespace
}  // namespace packledger
