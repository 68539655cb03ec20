#include "query/notices.hpp"

#include "packledger/ledger/result.hpp"
#include "query/notice_text.hpp"
#include "wire/entry_views.hpp"
#include "wire/rule_members.hpp"

#include <algorithm>
#include <array>
#include <variant>

namespace packledger {
namespace {

constexpr std::array topics{Topic::alarm, Topic::reminder, Topic::renewal, Topic::account};

}  // namespace

void NoticeIndex::learn(const Entry& entry) {
  if (entry.sequence <= heard_) return;
  const AccountId account = account_of(entry);
  if (account.value == 0) return;
  if (std::holds_alternative<AccountOpened>(entry.input.what)) accounts_.emplace_back();
  ENSURE(account.value <= accounts_.size(), "an account is opened before anything happens to it");
  OfAccount& of = accounts_[account.value - 1];
  of.terms.learn(entry);
  if (told_by(entry) == nullptr) return;
  of.rows.push_back({.position = entry.sequence,
                     .recorded_at = entry.recorded_at,
                     .topic = topic_of(entry),
                     .terms = of.terms.of(entry)});
}

NoticesFound NoticeIndex::find(AccountId account, const NoticesQuery& query) const {
  NoticesFound found;
  if (account.value == 0 || account.value > accounts_.size()) return found;
  const auto& rows = accounts_[account.value - 1].rows;
  auto row = std::ranges::upper_bound(rows, query.after, {}, &NoticeRow::position);
  for (; row != rows.end() && row->position <= query.until; ++row) {
    if (query.from && row->recorded_at < *query.from) continue;
    if (query.topic && row->topic != *query.topic) continue;
    found.more = found.rows.size() == query.limit;
    if (found.more) break;
    found.rows.push_back(*row);
  }
  return found;
}

std::string notice_name(std::string_view account, Sequence position) {
  return std::string(account) + "-" + std::to_string(position.value);
}

std::string notices_page(const NoticesPage& page, const Names& names) {
  ENSURE(page.rows.size() == page.entries.size(), "every notice has its entry");
  std::string out;
  JsonWriter json{out};
  json.begin_object().member("account", names.account(page.account));
  json.key("notices").begin_array();
  for (std::size_t i = 0; i < page.rows.size(); ++i)
    write_notice(json, page.entries[i], page.rows[i].terms, names);
  json.end_array();
  if (page.more) json.member("next_cursor", std::to_string(page.rows.back().position.value));
  json.member("position", page.position.value).end_object();
  return out;
}

std::optional<Topic> parse_topic(std::string_view text) {
  const auto topic = std::ranges::find(topics, text, topic_text);
  return topic == topics.end() ? std::nullopt : std::optional{*topic};
}

void write_notice(JsonWriter& json, const Entry& entry, const NoticeTerms& terms,
                  const Names& names) {
  const std::vector<Told>* told = told_by(entry);
  ENSURE(told != nullptr, "only notices are told as such");
  json.begin_object();
  json.member("notice", notice_name(names.account(account_of(entry)), entry.sequence));
  json.member("position", entry.sequence.value).member("kind", kind_text(entry.input.what));
  json.member("topic", topic_text(topic_of(entry)));
  json.member("at", instant_text(occurred_at(entry)));
  json.member("recorded_at", instant_text(entry.recorded_at));
  if (entry.caused_by.value != 0) json.member("caused_by", entry.caused_by.value);
  json.member("text", notice_text(entry, terms, names));
  write_told(json, *told);
  write_input_and_decision(json, entry, names);
  json.end_object();
}

}  // namespace packledger
