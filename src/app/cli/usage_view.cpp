#include "app/cli/usage_view.hpp"

#include "app/cli/session.hpp"
#include "app/cli/table.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace packledger::cli {
namespace {

constexpr std::size_t day_columns = 10;   // 2024-05-01
constexpr std::size_t month_columns = 7;  // 2024-05

std::vector<Column> columns(std::string first) {
  return {{std::move(first)},     {"SENDS", Align::right},  {"UNITS", Align::right},
          {"BACK", Align::right}, {"AMOUNT", Align::right}, {""}};
}

std::vector<Cell> cells(std::string first, const Json& figures, std::string bar) {
  return {{std::move(first)},
          {grouped(integer_in(figures, "sends"))},
          {grouped(integer_in(figures, "units"))},
          {grouped(integer_in(figures, "reversed"))},
          {grouped(text_in(figures, "amount"))},
          {std::move(bar), Color::green}};
}

std::int64_t most_units(const Json& list) {
  std::int64_t most = 0;
  for (const Json& each : list.elements()) most = std::max(most, integer_in(each, "units"));
  return most;
}

std::string point_text(const Json& point, std::string_view step, const Zone& zone) {
  const auto from = instant_in(point, "from");
  if (!from) return "-";
  std::string text = local_text(*from, zone);
  const bool midnight = start_of_day(zone, *from) == *from;
  if (step == "day" && midnight) text.resize(day_columns);
  if (step == "month" && start_of_month(zone, month_of(zone, *from)) == *from)
    text.resize(month_columns);
  return text;
}

std::string name_in(const Json& sum, std::string_view key) {
  const std::string_view name = text_in(sum, key);
  return name.empty() ? "unknown" : std::string(name);
}

}  // namespace

std::string chart_bar(std::int64_t value, std::int64_t most, Look look) {
  std::string text = bar(value, most, chart_columns, look);
  const std::string_view empty = look.blocks ? "░" : ".";
  while (text.ends_with(empty)) text.resize(text.size() - empty.size());
  return text;
}

std::string usage_points_table(const Json& usage, const Zone& zone, Look look) {
  const Json& points = value_in(usage, "points");
  const std::string step{text_in(usage, "step")};
  const std::int64_t most = most_units(points);
  Table table{columns("FROM")};
  for (const Json& point : points.elements())
    table.add(cells(point_text(point, step, zone), point,
                    chart_bar(integer_in(point, "units"), most, look)));
  const std::size_t count = points.elements().size();
  table.add_total(cells(std::to_string(count) + " " + step + (count == 1 ? "" : "s"),
                        value_in(usage, "totals"), ""));
  return table.text(look);
}

std::string usage_sums_table(const Json& usage, UsageBy by, Look look) {
  const std::string key = by == UsageBy::package       ? "package"
                          : by == UsageBy::destination ? "destination"
                                                       : "template";
  std::string title = key;
  std::ranges::transform(title, title.begin(), [](char c) { return static_cast<char>(c - 32); });
  const Json& sums = value_in(usage, key + "s");
  const Json& payg = value_in(usage, "payg");
  std::int64_t most = most_units(sums);
  if (by == UsageBy::package) most = std::max(most, integer_in(payg, "units"));
  Table table{columns(title)};
  for (const Json& sum : sums.elements())
    table.add(cells(name_in(sum, key), sum, chart_bar(integer_in(sum, "units"), most, look)));
  if (by == UsageBy::package)
    table.add(cells("pay-as-you-go", payg, chart_bar(integer_in(payg, "units"), most, look)));
  table.add_total(cells("all", value_in(usage, "totals"), ""));
  return table.text(look);
}

std::string usage_footing(const Json& usage) {
  std::string text = "as of position " + grouped(integer_in(usage, "position")) + ", times in " +
                     std::string(text_in(usage, "zone")) + ", amounts in " +
                     std::string(text_in(usage, "currency"));
  if (const std::int64_t behind = integer_in(usage, "behind"); behind > 0)
    text += "; " + grouped(behind) + " entries are not counted yet";
  return text;
}

}  // namespace packledger::cli
