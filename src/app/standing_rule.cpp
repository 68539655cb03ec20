#include "app/standing_rule.hpp"

#include <date/date.h>

#include <algorithm>
#include <charconv>
#include <chrono>

namespace packledger {
namespace {

// Takes the text apart from the front; every function answers nothing where its part is missing.
class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : rest_{text} {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] bool at(char c) const { return rest_.starts_with(c); }

  bool skip(char c) {
    if (!at(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // "EST" or "<+03>".
  bool skip_name() {
    const bool quoted = skip('<');
    const auto is_part = [&](char c) {
      const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      return letter || (quoted && ((c >= '0' && c <= '9') || c == '+' || c == '-'));
    };
    const auto end = std::ranges::find_if_not(rest_, is_part);
    const auto length = static_cast<std::size_t>(end - rest_.begin());
    rest_.remove_prefix(length);
    return length >= 3 && (!quoted || skip('>'));
  }

  std::optional<std::int32_t> number() {
    std::int32_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc{} || value < 0 || value > 366) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }

  // "5", "-3:30", "+2:00:00" in seconds.
  std::optional<std::int32_t> time() {
    const bool negative = skip('-');
    if (!negative) skip('+');
    std::int32_t total = 0;
    for (const std::int32_t unit_s : {3600, 60, 1}) {
      const auto count = number();
      if (!count) return std::nullopt;
      total += *count * unit_s;
      if (!skip(':')) break;
    }
    return negative ? -total : total;
  }

  // ",M3.2.0" or ",M10.5.0/3".
  std::optional<YearlyChange> change() {
    if (!skip(',') || !skip('M')) return std::nullopt;
    const auto month = number();
    if (!month || !skip('.')) return std::nullopt;
    const auto week = number();
    if (!week || !skip('.')) return std::nullopt;
    const auto weekday = number();
    const bool in_range = weekday && *month >= 1 && *month <= 12 && *week >= 1 && *week <= 5;
    if (!in_range || *weekday > 6) return std::nullopt;
    YearlyChange change{.month = static_cast<unsigned>(*month),
                        .week = static_cast<unsigned>(*week),
                        .weekday = static_cast<unsigned>(*weekday)};
    if (!skip('/')) return change;
    const auto at_s = time();
    if (!at_s) return std::nullopt;
    change.at_s = *at_s;
    return change;
  }

 private:
  std::string_view rest_;
};

Instant instant_in(int year, const YearlyChange& change, std::int32_t offset_before_s) {
  const date::year_month month = date::year{year} / static_cast<int>(change.month);
  const date::weekday weekday{change.weekday};
  const date::sys_days day = change.week == 5 ? date::sys_days{month / weekday[date::last]}
                                              : date::sys_days{month / weekday[change.week]};
  const std::chrono::seconds since_epoch = day.time_since_epoch();
  return Instant{(since_epoch.count() + change.at_s - offset_before_s) * 1'000};
}

}  // namespace

std::optional<StandingRule> parse_standing_rule(std::string_view text) {
  RuleReader reader{text};
  if (!reader.skip_name()) return std::nullopt;
  const auto west = reader.time();  // POSIX counts westward
  if (!west) return std::nullopt;
  StandingRule rule{.standard_s = -*west, .summer = std::nullopt};
  if (reader.at_end()) return rule;

  if (!reader.skip_name()) return std::nullopt;
  StandingRule::Summer summer{.offset_s = rule.standard_s + 3600, .begins = {}, .ends = {}};
  if (!reader.at(',')) {
    const auto summer_west = reader.time();
    if (!summer_west) return std::nullopt;
    summer.offset_s = -*summer_west;
  }
  const auto begins = reader.change();
  const auto ends = begins ? reader.change() : std::nullopt;
  if (!ends || !reader.at_end()) return std::nullopt;
  summer.begins = *begins;
  summer.ends = *ends;
  rule.summer = summer;
  return rule;
}

std::vector<Zone::Transition> changes_of(const StandingRule& rule, int year_first, int year_last) {
  std::vector<Zone::Transition> changes;
  if (!rule.summer) return changes;
  for (int year = year_first; year <= year_last; ++year) {
    changes.push_back({.from = instant_in(year, rule.summer->begins, rule.standard_s),
                       .offset_s = rule.summer->offset_s});
    changes.push_back({.from = instant_in(year, rule.summer->ends, rule.summer->offset_s),
                       .offset_s = rule.standard_s});
  }
  std::ranges::sort(changes, {}, &Zone::Transition::from);
  return changes;
}

}  // namespace packledger
