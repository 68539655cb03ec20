#include "query/statement_view.hpp"

#include "packledger/ledger/decision.hpp"
#include "query/statement_text.hpp"
#include "wire/entry_views.hpp"
#include "wire/value_views.hpp"

#include <string>

namespace packledger {
namespace {

void write_moves(JsonWriter& json, const StatementLine& line, AccountId account,
                 const Names& names) {
  json.key("packages").begin_array();
  for (const PackageMove& move : line.moves) {
    json.begin_object().member("package", names.package(account, move.package));
    json.member("before", move.before.value).member("after", move.after.value);
    json.member("units", (move.after - move.before).value);
    if (move.held != Units{0}) json.member("held", move.held.value);
    if (move.forfeited != Units{0}) json.member("forfeited", move.forfeited.value);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

void write_line(JsonWriter& json, const Entry& entry, const StatementLine& line,
                const Statement& statement) {
  json.member("position", entry.sequence.value);
  write_instant(json, "at", occurred_at(entry));
  write_instant(json, "recorded_at", entry.recorded_at);
  json.member("kind", kind_text(entry.input.what));
  if (const std::string name = line_name(entry, statement); !name.empty())
    json.member("name", name);
  if (const std::string text = line_text(entry, line, statement); !text.empty())
    json.member("text", text);
  if (line.before != line.after) json.member("amount", money_text(line.after - line.before));
  json.member("balance_before", money_text(line.before));
  json.member("balance_after", money_text(line.after));
  write_moves(json, line, account_of(entry), statement);
  if (entry.caused_by.value != 0) json.member("caused_by", entry.caused_by.value);
}

}  // namespace packledger
