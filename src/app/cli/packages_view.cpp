#include "app/cli/packages_view.hpp"

#include "app/cli/session.hpp"
#include "app/cli/table.hpp"

#include <algorithm>
#include <functional>
#include <iterator>

namespace packledger::cli {
namespace {

constexpr std::size_t bar_columns = 20;

bool is_over(const PackageRow& row) {
  return row.state != "active" && row.state != "scheduled" && row.state != "pending_payment";
}

std::string when(const std::optional<Instant>& t, const Zone& zone) {
  return t ? local_text(*t, zone) : "-";
}

Color color_of_state(std::string_view state) {
  if (state == "active") return Color::green;
  if (state == "used_up" || state == "scheduled" || state == "pending_payment") {
    return Color::yellow;
  }
  return Color::dim;
}

// Columns that are empty for every package would only take room.
struct Shown {
  bool held = false;
  bool refunded = false;
};

std::vector<Cell> cells(const PackageRow& row, const Zone& zone, Shown shown, Look look) {
  const Color color = is_over(row) ? Color::dim : color_of(row.remaining, row.quota);
  std::vector<Cell> cells{{row.rank == 0 ? "-" : std::to_string(row.rank)},
                          {row.package, Color::bold},
                          {row.pool},
                          {bar(row.remaining, row.quota, bar_columns, look), color},
                          {grouped(row.remaining) + " / " + grouped(row.quota)}};
  if (shown.held) cells.push_back({grouped(row.held)});
  cells.push_back({grouped(row.used)});
  cells.push_back({grouped(row.forfeited)});
  if (shown.refunded) cells.push_back({grouped(row.refunded)});
  cells.push_back({when(row.effective_at, zone)});
  cells.push_back({when(row.expires_at, zone)});
  cells.push_back({row.state, color_of_state(row.state)});
  return cells;
}

PackageRow total_of(std::span<const PackageRow> rows) {
  PackageRow total;
  for (const PackageRow& row : rows) {
    total.quota += row.quota;
    total.remaining += row.remaining;
    total.held += row.held;
    total.used += row.used;
    total.forfeited += row.forfeited;
    total.refunded += row.refunded;
  }
  return total;
}

std::vector<Cell> total_cells(std::span<const PackageRow> rows, Shown shown, Look look) {
  const PackageRow total = total_of(rows);
  std::vector<Cell> cells{
      {""},
      {std::to_string(rows.size()) + (rows.size() == 1 ? " package" : " packages"), Color::bold},
      {""},
      {bar(total.remaining, total.quota, bar_columns, look),
       color_of(total.remaining, total.quota)},
      {grouped(total.remaining) + " / " + grouped(total.quota)}};
  if (shown.held) cells.push_back({grouped(total.held)});
  cells.push_back({grouped(total.used)});
  cells.push_back({grouped(total.forfeited)});
  if (shown.refunded) cells.push_back({grouped(total.refunded)});
  for (int i = 0; i < 3; ++i) cells.push_back({""});
  return cells;
}

}  // namespace

PackageRow package_row(const Json& package) {
  return {.package = std::string(text_in(package, "package")),
          .pool = std::string(text_in(package, "pool")),
          .rank = integer_in(package, "rank"),
          .quota = integer_in(package, "quota"),
          .remaining = integer_in(package, "remaining"),
          .held = integer_in(package, "held"),
          .used = integer_in(package, "used"),
          .forfeited = integer_in(package, "forfeited"),
          .refunded = integer_in(package, "refunded"),
          .effective_at = instant_in(package, "effective_at"),
          .expires_at = instant_in(package, "expires_at"),
          .state = std::string(text_in(package, "state"))};
}

bool expires_within(const PackageRow& row, Instant now, Duration period) {
  if (is_over(row) && row.state != "used_up") return false;
  return row.expires_at && *row.expires_at > now && *row.expires_at <= now + period;
}

std::string packages_table(std::span<const PackageRow> rows, const Zone& zone, Look look) {
  const auto pays = [](const PackageRow& row) { return row.rank != 0; };
  std::vector<PackageRow> ordered;
  std::ranges::copy_if(rows, std::back_inserter(ordered), pays);
  std::ranges::sort(ordered, {}, &PackageRow::rank);
  std::ranges::copy_if(rows, std::back_inserter(ordered), std::not_fn(pays));
  const PackageRow total = total_of(rows);
  const Shown shown{.held = total.held != 0, .refunded = total.refunded != 0};
  std::vector<Column> columns{
      {"RANK", Align::right}, {"PACKAGE"}, {"POOL"}, {"LEFT"}, {"REMAINING / QUOTA", Align::right}};
  if (shown.held) columns.push_back({"HELD", Align::right});
  columns.push_back({"USED", Align::right});
  columns.push_back({"FORFEITED", Align::right});
  if (shown.refunded) columns.push_back({"REFUNDED", Align::right});
  columns.push_back({"EFFECTIVE"});
  columns.push_back({"EXPIRES"});
  columns.push_back({"STATE"});
  Table table{std::move(columns)};
  for (const PackageRow& row : ordered) table.add(cells(row, zone, shown, look));
  table.add_total(total_cells(rows, shown, look));
  return table.text(look);
}

}  // namespace packledger::cli
