#include "query/statement_page.hpp"

#include "packledger/ledger/result.hpp"
#include "query/statement_view.hpp"
#include "wire/json_writer.hpp"

#include <utility>

namespace packledger {

StatementPage::StatementPage(StatementQuery query)
    : query_{std::move(query)}, statement_{query_.account} {}

bool StatementPage::take(const Entry& entry) {
  if (entry.sequence > query_.until) return false;
  if (query_.to && entry.recorded_at >= *query_.to) return false;
  walk_from_ = next(entry.sequence);
  if (account_of(entry) != query_.account) return true;
  const StatementLine* line = statement_.take(entry);
  if (line == nullptr || !wants(entry)) return true;
  std::string text = rendered(entry, *line);
  if (count_ == query_.limit) {
    carried_ = std::move(text);
    return false;
  }
  add(std::move(text), entry.sequence);
  return true;
}

bool StatementPage::precedes(const StatementQuery& query) const {
  return more() && query.account == query_.account && query.after == last_ &&
         query.from == query_.from && query.to == query_.to && query.kind == query_.kind &&
         query.until >= Sequence{walk_from_.value - 1};
}

void StatementPage::turn(const StatementQuery& query) {
  ENSURE(precedes(query) && query.limit > 0, "a page is turned into the one that follows it");
  query_ = query;
  lines_.clear();
  count_ = 0;
  // It was the last that was taken.
  add(std::exchange(carried_, {}), Sequence{walk_from_.value - 1});
}

bool StatementPage::wants(const Entry& entry) const {
  if (entry.sequence <= query_.after) return false;
  if (query_.from && entry.recorded_at < *query_.from) return false;
  return query_.kind.empty() || kind_text(entry.input.what) == query_.kind;
}

std::string StatementPage::rendered(const Entry& entry, const StatementLine& line) const {
  std::string out;
  JsonWriter json{out};
  json.begin_object();
  write_line(json, entry, line, statement_);
  json.end_object();
  return out;
}

void StatementPage::add(std::string line, Sequence position) {
  if (count_ > 0) lines_ += ',';
  lines_ += line;
  last_ = position;
  ++count_;
}

std::string StatementPage::body() const {
  std::string out;
  JsonWriter json{out};
  json.begin_object().member("account", statement_.account(query_.account));
  json.member("currency", statement_.currency().text());
  json.key("lines").raw("[" + lines_ + "]");
  if (more()) json.member("next_cursor", std::to_string(last_.value));
  json.member("position", query_.until.value).end_object();
  return out;
}

StatementPage StatementShelf::take(const StatementQuery& query) {
  const auto before = std::ranges::find_if(
      pages_, [&query](const StatementPage& page) { return page.precedes(query); });
  if (before == pages_.end()) return StatementPage{query};
  StatementPage page = std::move(*before);
  pages_.erase(before);
  page.turn(query);
  return page;
}

void StatementShelf::keep(StatementPage page) {
  if (!page.more()) return;
  if (pages_.size() == pages_max) pages_.pop_front();
  pages_.push_back(std::move(page));
}

}  // namespace packledger
