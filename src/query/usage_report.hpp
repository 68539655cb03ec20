// A report of usage: the rows of an account in a period, by steps of its local time and summed up
// by package, destination and template.
//
// Owner: whoever reads the rows, on one thread. Values but for the report.
// Invariants:
//  1. The points follow each other without a gap, from the beginning of the period to its end, also
//     where nothing was sent; their sums are the totals.
//  2. Every boundary lies on a quarter of an hour of UTC, as rows do, so that no figure is a guess.
#pragma once

#include "packledger/ledger/id.hpp"
#include "packledger/ledger/result.hpp"
#include "packledger/ledger/time.hpp"
#include "store/usage_row.hpp"
#include "store/usage_table.hpp"
#include "wire/names.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

enum class UsageStep : std::uint8_t { hour = 1, day = 2, month = 3 };
[[nodiscard]] std::string_view step_text(UsageStep step);
[[nodiscard]] std::optional<UsageStep> parse_step(std::string_view text);

struct UsagePeriod {
  Instant from;
  Instant to;  // not included
};
// The end of the step that holds `at`, in that zone.
[[nodiscard]] Instant step_end(const Zone& zone, UsageStep step, Instant at);

enum class UsageSpan : std::uint8_t { today = 1, yesterday = 2, week = 3, month = 4 };
// "today", "yesterday", "7d", "30d".
[[nodiscard]] std::optional<UsageSpan> parse_span(std::string_view text);
// Local days: today and the six or 29 days before it, up to the end of the step that holds `now`;
// yesterday as a whole.
[[nodiscard]] UsagePeriod period_of(const Zone& zone, UsageSpan span, UsageStep step, Instant now);
// The step where none is asked for: hours up to three days, else days.
[[nodiscard]] UsageStep step_for(const UsagePeriod& period);

inline constexpr std::size_t usage_points_max = 1'000;    // 41 days of hours
inline constexpr std::size_t usage_rows_max = 1'000'000;  // about a second of reading

enum class UsageFault : std::uint8_t {
  too_many_points = 1,
  off_the_quarter = 2,  // a local hour or day begins where no quarter of an hour of UTC does
};
// The boundaries of the steps: the beginning of the period, of each later step, and its end.
[[nodiscard]] Result<std::vector<Instant>, UsageFault> usage_bounds(const Zone& zone,
                                                                    UsageStep step,
                                                                    const UsagePeriod& period);

// What is to count; what is absent chooses nothing.
struct UsageFilter {
  std::optional<PackageId> package{};
  bool payg = false;  // only pay-as-you-go
  std::optional<Country> destination{};
  std::optional<TemplateType> type{};
};

struct UsageQuery {
  AccountId account;
  UsageStep step = UsageStep::hour;
  std::vector<Instant> bounds;  // usage_bounds
  UsageFilter filter;
};

class UsageReport {
 public:
  explicit UsageReport(UsageQuery query);

  // The rows that this one asks for; those of whole hours around the period are among them.
  [[nodiscard]] UsageRange range() const;
  // False where it has seen usage_rows_max.
  [[nodiscard]] bool take(const UsageRow& row);
  [[nodiscard]] bool too_large() const { return rows_ > usage_rows_max; }

  // {account, currency, zone, from, to, step, points: [{from, to, sends, units, reversed, amount}],
  //  totals: {…}, payg: {…}, packages: [{package, …}], destinations: [{destination, …}],
  //  templates: [{template, …}], behind, position}
  struct Folded {
    Sequence position;
    Sequence last;  // of the journal
  };
  [[nodiscard]] std::string body(const Names& names, const Zone& zone, const Folded& folded) const;

  [[nodiscard]] const std::vector<UsageFigures>& points() const { return points_; }
  [[nodiscard]] const UsageFigures& total() const { return total_; }

 private:
  void add(const UsageKey& key, std::size_t point, const UsageFigures& figures);

  UsageQuery query_;
  std::vector<UsageFigures> points_;
  UsageFigures total_;
  UsageFigures payg_;
  std::map<PackageId, UsageFigures> packages_;
  std::map<Country, UsageFigures> destinations_;
  std::map<TemplateType, UsageFigures> templates_;
  std::size_t rows_ = 0;
};

}  // namespace packledger
