#include "app/cli/watch_table.hpp"

#include "app/cli/session.hpp"
#include "app/cli/table.hpp"
#include "packledger/ledger/money.hpp"

#include <algorithm>

namespace packledger::cli {
namespace {

constexpr std::array<std::string_view, 9> blocks{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::array<std::string_view, 9> letters{" ", ".", ".", ":", ":", "+", "+", "#", "#"};
constexpr std::size_t bar_columns = 16;

Color color_of_status(std::string_view status) {
  return status == "active" ? Color::green : status == "overdue" ? Color::yellow : Color::red;
}

}  // namespace

// ---- the trend ----

std::int64_t WatchTrend::went_in(std::int64_t step) const {
  const bool kept =
      step >= 0 && step <= newest_ && newest_ - step < static_cast<std::int64_t>(steps);
  return kept ? went_[static_cast<std::size_t>(step) % steps] : 0;
}

void WatchTrend::take(std::int64_t amount, std::int64_t at_ms) {
  const std::int64_t step = std::max(at_ms / step_ms, newest_);
  const std::int64_t first = std::max(newest_ + 1, step - static_cast<std::int64_t>(steps) + 1);
  for (std::int64_t fresh = first; fresh <= step; ++fresh)
    went_[static_cast<std::size_t>(fresh) % steps] = 0;
  newest_ = step;
  if (known_ && amount < amount_) went_[static_cast<std::size_t>(step) % steps] += amount_ - amount;
  amount_ = amount;
  known_ = true;
}

std::int64_t WatchTrend::last_minute(std::int64_t now_ms) const {
  std::int64_t sum = 0;
  const std::int64_t last = now_ms / step_ms;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(steps); ++i) sum += went_in(last - i);
  return sum;
}

std::string WatchTrend::chart(std::int64_t now_ms, Look look) const {
  const std::int64_t first = now_ms / step_ms - static_cast<std::int64_t>(steps) + 1;
  std::int64_t highest = 0;
  for (std::size_t i = 0; i < steps; ++i)
    highest = std::max(highest, went_in(first + static_cast<std::int64_t>(i)));
  std::string chart;
  for (std::size_t i = 0; i < steps; ++i) {
    const std::int64_t went = went_in(first + static_cast<std::int64_t>(i));
    // Something is never shown as nothing.
    const std::size_t height =
        went == 0 ? 0 : static_cast<std::size_t>(1 + static_cast<__int128>(went) * 7 / highest);
    chart += (look.blocks ? blocks : letters).at(height);
  }
  return chart;
}

// ---- the table ----

void WatchTable::take(const Json& message, std::int64_t at_ms) {
  Row& row = rows_[std::string(text_in(message, "account"))];
  row.balance = text_in(message, "balance");
  row.currency = text_in(message, "currency");
  row.status = text_in(message, "status");
  if (const auto money = parse_money(row.balance)) row.money.take(money->micros, at_ms);
  row.order.clear();
  for (const Json& told : value_in(message, "pools").elements()) {
    const std::string name{text_in(told, "pool")};
    Pool& pool = row.pools[name];
    pool.remaining = integer_in(told, "remaining");
    pool.quota = integer_in(told, "quota");
    pool.trend.take(pool.remaining, at_ms);
    row.order.push_back(name);
  }
  position_ = std::max(position_, integer_in(message, "position"));
}

std::vector<std::string> WatchTable::lines(std::string_view state, std::int64_t now_ms,
                                           ScreenSize size, Look look) const {
  Table table{{{"ACCOUNT"},
               {"STATUS"},
               {"POOL"},
               {"LEFT"},
               {"REMAINING / QUOTA", Align::right},
               {"A MINUTE", Align::right},
               {"LAST MINUTE"}}};
  for (const std::string& account : accounts_) {
    const auto found = rows_.find(account);
    if (found == rows_.end()) {
      table.add({{account, Color::bold}, {"...", Color::dim}, {}, {}, {}, {}, {}});
      continue;
    }
    const Row& row = found->second;
    const std::int64_t spent = row.money.last_minute(now_ms);
    table.add({{account, Color::bold},
               {row.status, color_of_status(row.status)},
               {"balance", Color::dim},
               {},
               {grouped(std::string_view{row.balance}) + " " + row.currency},
               {spent == 0 ? "" : grouped(money_text(Money{spent}))},
               {row.money.chart(now_ms, look), Color::dim}});
    for (const std::string& name : row.order) {
      const Pool& pool = row.pools.at(name);
      const std::int64_t used = pool.trend.last_minute(now_ms);
      table.add({{},
                 {},
                 {name},
                 {bar(pool.remaining, pool.quota, bar_columns, look),
                  color_of(pool.remaining, pool.quota)},
                 {grouped(pool.remaining) + " / " + grouped(pool.quota)},
                 {used == 0 ? "" : grouped(used)},
                 {pool.trend.chart(now_ms, look)}});
    }
  }
  std::vector<std::string> lines;
  lines.push_back("position " + grouped(position_) + "  " + std::string(state));
  const std::string text = table.text(look);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  if (lines.size() > size.rows && size.rows > 1) {
    const std::size_t left_out = lines.size() - size.rows + 1;
    lines.resize(size.rows - 1);
    lines.push_back("... and " + std::to_string(left_out) +
                    " lines more; a taller window has room");
  }
  for (std::string& line : lines) line = cut_to(line, size.columns);
  return lines;
}

std::string cut_to(std::string_view line, std::size_t columns) {
  std::string kept;
  for (std::size_t at = 0; at < line.size();) {
    std::size_t end = at + 1;
    const bool code = line[at] == '\x1b';
    if (code) {
      end = std::min(line.find('m', at), line.size() - 1) + 1;
    } else {
      while (end < line.size() && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) ++end;
      if (columns == 0) {
        at = end;
        continue;
      }
      --columns;
    }
    kept += line.substr(at, end - at);
    at = end;
  }
  return kept;
}

}  // namespace packledger::cli
