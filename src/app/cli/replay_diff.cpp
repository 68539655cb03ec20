#include "app/cli/replay_diff.hpp"

#include "app/cli/table.hpp"
#include "wire/json_writer.hpp"

#include <array>
#include <ostream>
#include <string_view>

namespace packledger::cli {
namespace {

struct Figure {
  std::string_view name;
  std::int64_t (*of)(const Tally&);
  bool money = false;
};

std::int64_t count_of(std::uint64_t count) { return static_cast<std::int64_t>(count); }

// In the order in which they are told.
constexpr std::array figures{
    Figure{"charged", [](const Tally& t) { return t.charged.micros; }, true},
    Figure{"refunded", [](const Tally& t) { return t.refunded.micros; }, true},
    Figure{"purchased", [](const Tally& t) { return t.purchased.micros; }, true},
    Figure{"credited", [](const Tally& t) { return t.credited.micros; }, true},
    Figure{"balance", [](const Tally& t) { return balance_of(t).micros; }, true},
    Figure{"sends", [](const Tally& t) { return count_of(t.sends); }},
    Figure{"package_units", [](const Tally& t) { return t.package_units.value; }},
    Figure{"charged_units", [](const Tally& t) { return t.charged_units.value; }},
    Figure{"forfeited_units", [](const Tally& t) { return t.forfeited.value; }},
    Figure{"alarms", [](const Tally& t) { return count_of(t.alarms); }},
    Figure{"renewals", [](const Tally& t) { return count_of(t.renewals); }},
    Figure{"renewals_failed", [](const Tally& t) { return count_of(t.renewals_failed); }},
    Figure{"suspensions", [](const Tally& t) { return count_of(t.suspensions); }},
    Figure{"refused", [](const Tally& t) { return count_of(t.refused); }},
};

std::string text_of(const Figure& figure, std::int64_t value) {
  return figure.money ? money_text(Money{value}) : std::to_string(value);
}

std::string shown(const Figure& figure, std::int64_t value) {
  return figure.money ? grouped(std::string_view{money_text(Money{value})}) : grouped(value);
}

std::string signed_text(const Figure& figure, std::int64_t value) {
  return (value > 0 ? "+" : "") + shown(figure, value);
}

// ---- JSON ----

void write_side(JsonWriter& json, std::string_view key, auto&& value_of) {
  json.key(key).begin_object();
  for (const Figure& figure : figures) {
    const std::int64_t value = value_of(figure);
    if (figure.money) {
      json.member(figure.name, money_text(Money{value}));
    } else {
      json.member(figure.name, value);
    }
  }
  json.end_object();
}

void write_row(JsonWriter& json, const WhatIf::Row& row) {
  write_side(json, "as_decided", [&](const Figure& f) { return f.of(row.as_decided); });
  write_side(json, "otherwise", [&](const Figure& f) { return f.of(row.otherwise); });
  write_side(json, "difference",
             [&](const Figure& f) { return f.of(row.otherwise) - f.of(row.as_decided); });
}

void write_json_totals(std::ostream& out, const WhatIf::State& state) {
  std::string line;
  JsonWriter json{line};
  json.begin_object().key("totals").begin_array();
  for (const auto& [currency, row] : totals_of(state)) {
    json.begin_object().member("currency", currency);
    write_row(json, row);
    json.end_object();
  }
  json.end_array().key("refused").begin_object();
  for (const auto& [reject, count] : state.refused) json.member(reject_text(reject), count);
  json.end_object().end_object();
  out << line << '\n';
}

void write_json_account(std::ostream& out, const Account& account, const WhatIf::Row& row) {
  std::string line;
  JsonWriter json{line};
  json.begin_object().member("account", account.name);
  json.member("currency", account.currency.text());
  write_row(json, row);
  json.end_object();
  out << line << '\n';
}

// ---- CSV; no name of an account or a currency needs quotes ----

void write_csv_head(std::ostream& out) {
  out << "account,currency";
  for (const Figure& figure : figures)
    out << ',' << figure.name << "_as_decided," << figure.name << "_otherwise";
  out << '\n';
}

void write_csv_row(std::ostream& out, std::string_view name, std::string_view currency,
                   const WhatIf::Row& row) {
  out << name << ',' << currency;
  for (const Figure& figure : figures)
    out << ',' << text_of(figure, figure.of(row.as_decided)) << ','
        << text_of(figure, figure.of(row.otherwise));
  out << '\n';
}

// ---- text ----

Table account_table() {
  return Table{{{.title = "account"},
                {.title = "figure"},
                {.title = "as decided", .align = Align::right},
                {.title = "otherwise", .align = Align::right},
                {.title = "difference", .align = Align::right}}};
}

// A line for each figure that differs; of totals also those that do not, but are there.
void add_lines(Table& table, const std::string& name, const WhatIf::Row& row, bool all) {
  for (const Figure& figure : figures) {
    const std::int64_t before = figure.of(row.as_decided);
    const std::int64_t after = figure.of(row.otherwise);
    const bool said = all ? before != 0 || after != 0 : before != after;
    if (!said) continue;
    table.add({{.text = name},
               {.text = std::string{figure.name}},
               {.text = shown(figure, before)},
               {.text = shown(figure, after)},
               {.text = before == after ? "=" : signed_text(figure, after - before)}});
  }
}

void write_text_totals(std::ostream& out, const WhatIf::State& state, Look look) {
  Table table = account_table();
  for (const auto& [currency, row] : totals_of(state))
    add_lines(table, "all in " + currency, row, true);
  out << table.text(look);
  for (const auto& [reject, count] : state.refused)
    out << "refused otherwise: " << reject_text(reject) << ' ' << grouped(count_of(count)) << '\n';
}

}  // namespace

Money balance_of(const Tally& tally) {
  // Nothing is refunded that was not purchased: so neither half leaves int64.
  return (tally.credited - tally.charged) + (tally.refunded - tally.purchased);
}

Totals totals_of(const WhatIf::State& state) {
  Totals totals;
  for (std::uint64_t id = 1; id <= state.rows.size(); ++id) {
    const Account& account = state.as_decided->accounts().at(AccountId{id});
    WhatIf::Row& total = totals[std::string{account.currency.text()}];
    total.as_decided += state.rows[id - 1].as_decided;
    total.otherwise += state.rows[id - 1].otherwise;
  }
  return totals;
}

void write_diff(std::ostream& out, const WhatIf::State& state, const DiffAsked& asked) {
  Table table = account_table();
  std::size_t differing = 0;
  if (asked.form == DiffForm::csv) write_csv_head(out);
  for (std::uint64_t id = 1; asked.accounts && id <= state.rows.size(); ++id) {
    const WhatIf::Row& row = state.rows[id - 1];
    if (row.as_decided == row.otherwise) continue;
    const Account& account = state.as_decided->accounts().at(AccountId{id});
    ++differing;
    if (asked.form == DiffForm::json) write_json_account(out, account, row);
    if (asked.form == DiffForm::csv) write_csv_row(out, account.name, account.currency.text(), row);
    const bool shows = asked.form == DiffForm::text && differing <= asked.text_rows_max;
    if (shows) add_lines(table, account.name, row, false);
  }
  switch (asked.form) {
    case DiffForm::json: return write_json_totals(out, state);
    case DiffForm::csv:
      for (const auto& [currency, row] : totals_of(state)) write_csv_row(out, "*", currency, row);
      return;
    case DiffForm::text: break;
  }
  if (asked.accounts) {
    if (!table.empty()) out << table.text(asked.look);
    out << grouped(count_of(differing)) << " of " << grouped(count_of(state.rows.size()))
        << " accounts differ";
    if (differing > asked.text_rows_max)
      out << "; the first " << asked.text_rows_max << " are shown, --csv has all";
    out << "\n\n";
  }
  write_text_totals(out, state, asked.look);
}

}  // namespace packledger::cli
