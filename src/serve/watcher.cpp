#include "serve/watcher.hpp"

#include "serve/subscriptions.hpp"
#include "wire/entry_views.hpp"
#include "wire/json_writer.hpp"

#include <algorithm>

namespace packledger::serve {
namespace {

Text share(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

Text pop(std::deque<Text>& texts) {
  Text first = std::move(texts.front());
  texts.pop_front();
  return first;
}

}  // namespace

Watcher::Watcher(Subscriptions& subscriptions, const Limits& limits, std::function<void()> wake)
    : subscriptions_(subscriptions), limits_(limits), wake_(std::move(wake)) {
  subscriptions_.add(*this);
}

Watcher::~Watcher() {
  while (!streams_.empty()) drop_entries(streams_.begin()->first);
  while (!watched_balances_.empty()) drop_balances(watched_balances_.begin()->first);
  subscriptions_.remove(*this);
}

// ---- the client's messages ----

void Watcher::take(std::string_view message) {
  const auto asked = read_watch(message, limits_.watch_accounts_max);
  if (!asked) return reply_fault(asked.error());
  if (asked->drop) return drop(*asked);
  if (asked->from && *asked->from > subscriptions_.last()) {
    return reply_fault({"invalid_from", "from", "expected at most the last position"});
  }
  std::vector<AccountId> accounts;
  for (std::size_t i = 0; i < asked->accounts.size(); ++i) {
    const auto account = subscriptions_.find(asked->accounts[i]);
    if (!account) {
      return reply_fault(
          {"unknown_account", "accounts[" + std::to_string(i) + "]", "there is no such account"});
    }
    accounts.push_back(*account);
  }
  if (streams_.size() + watched_balances_.size() + accounts.size() > limits_.watch_accounts_max) {
    return reply_fault({"invalid_accounts", "accounts",
                        "expected at most " + std::to_string(limits_.watch_accounts_max) +
                            " watched accounts on one connection"});
  }
  watch(*asked, accounts);
  wake_();
}

void Watcher::watch(const WatchAsked& asked, const std::vector<AccountId>& accounts) {
  for (const AccountId account : accounts) {
    if (asked.kind == WatchKind::balances) {
      if (watched_balances_.insert_or_assign(account, Balance{}).second)
        subscriptions_.watch_balances(account, *this);
      touched(account);
      continue;
    }
    drop_entries(account);
    const Sequence from = asked.from.value_or(subscriptions_.last());
    const bool live = from == subscriptions_.last();
    streams_[account] = Stream{packledger::next(from), live};
    if (!live) ++behind_;
    subscriptions_.watch_entries(account, *this);
  }
}

void Watcher::drop(const WatchAsked& asked) {
  std::vector<AccountId> accounts;
  for (const std::string& name : asked.accounts) {
    if (const auto account = subscriptions_.find(name)) accounts.push_back(*account);
  }
  if (asked.accounts.empty()) {
    for (const auto& [account, stream] : streams_)
      if (asked.kind == WatchKind::entries) accounts.push_back(account);
    for (const auto& [account, balance] : watched_balances_)
      if (asked.kind == WatchKind::balances) accounts.push_back(account);
  }
  for (const AccountId account : accounts)
    asked.kind == WatchKind::entries ? drop_entries(account) : drop_balances(account);
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("type", "unwatched").member("unwatch", kind_text(asked.kind));
  json.member("position", subscriptions_.last().value).end_object();
  reply(std::move(text));
}

void Watcher::drop_entries(AccountId account) {
  const auto stream = streams_.find(account);
  if (stream == streams_.end()) return;
  if (!stream->second.live) --behind_;
  streams_.erase(stream);
  subscriptions_.unwatch_entries(account, *this);
}

void Watcher::drop_balances(AccountId account) {
  if (watched_balances_.erase(account) == 0) return;
  dirty_.erase(account);
  subscriptions_.unwatch_balances(account, *this);
}

void Watcher::reply(std::string text) {
  replies_.push_back(share(std::move(text)));
  wake_();
}

void Watcher::reply_fault(const RequestFault& fault) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("type", "error").member("code", fault.code);
  if (!fault.field.empty()) json.member("field", fault.field);
  json.member("detail", fault.detail).member("position", subscriptions_.last().value).end_object();
  reply(std::move(text));
}

// ---- what the client is told ----

Text Watcher::next() {
  if (!replies_.empty()) return pop(replies_);
  if (!balances_.empty()) {
    Text text = pop(balances_);
    if (wants_balances()) subscriptions_.wanting();
    return text;
  }
  if (entries_.empty() && behind_ > 0 && !failed_) {
    lag_due_ ? tell_lag() : look_into_journal();
    if (!replies_.empty()) return pop(replies_);
  }
  if (entries_.empty()) return nullptr;
  Text text = pop(entries_);
  entries_bytes_ -= text->size();
  return text;
}

void Watcher::push_entry(Text text) {
  entries_bytes_ += text->size();
  entries_.push_back(std::move(text));
}

void Watcher::committed(const Entry& entry, const Text& text) {
  const auto stream = streams_.find(account_of(entry));
  if (stream == streams_.end() || !stream->second.live) return;
  if (entries_bytes_ >= limits_.watch_queue_bytes_max) return pause(entry.sequence);
  push_entry(text);
  wake_();
}

void Watcher::pause(Sequence at) {
  for (auto& [account, stream] : streams_) {
    if (!stream.live) continue;
    stream = Stream{at, false};
    ++behind_;
  }
  lag_due_ = true;
}

void Watcher::tell_lag() {
  lag_due_ = false;
  const auto first = std::ranges::min_element(streams_, {}, [](const auto& row) {
    return row.second.live ? Sequence{~0ULL} : row.second.next;
  });
  const std::uint64_t told = first->second.next.value - 1;
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("type", "lag").member("position", told);
  json.member("behind", subscriptions_.last().value - told).end_object();
  replies_.push_back(share(std::move(text)));
}

void Watcher::look_into_journal() {
  Sequence from{~0ULL};
  for (const auto& [account, stream] : streams_)
    if (!stream.live) from = std::min(from, stream.next);
  const Sequence last = subscriptions_.last();
  Sequence reached{from.value - 1};
  std::size_t looked_at = 0;
  const auto visit = [&](const Entry& entry) {
    if (entry.sequence > last) return false;
    reached = entry.sequence;
    const auto stream = streams_.find(account_of(entry));
    if (stream != streams_.end() && !stream->second.live && stream->second.next <= entry.sequence)
      push_entry(share(entry_message(entry, subscriptions_.names())));
    return ++looked_at < entries_per_look && entries_bytes_ < limits_.watch_queue_bytes_max;
  };
  if (from <= last && !subscriptions_.journal().read(from, visit)) {
    failed_ = true;
    return reply_fault({"journal_unavailable", "", "the journal cannot be read"});
  }
  for (auto& [account, stream] : streams_) {
    if (stream.live) continue;
    stream.next = std::max(stream.next, packledger::next(reached));
    if (stream.next <= last) continue;
    stream.live = true;
    --behind_;
  }
}

// ---- balances ----

void Watcher::touched(AccountId account) {
  if (!watched_balances_.contains(account)) return;
  dirty_.insert(account);
  if (wants_balances()) subscriptions_.wanting();
}

std::vector<Watcher::Wanted> Watcher::take_wanted(std::size_t accounts_max) {
  std::vector<Wanted> wanted;
  while (!dirty_.empty() && wanted.size() < accounts_max) {
    const AccountId account = *dirty_.begin();
    dirty_.erase(dirty_.begin());
    wanted.push_back({account, watched_balances_.at(account).snapshot_due});
  }
  return wanted;
}

void Watcher::balance_told(AccountId account, bool snapshot, const Text& text) {
  const auto watched = watched_balances_.find(account);
  if (watched == watched_balances_.end()) return;
  if (watched->second.snapshot_due && !snapshot) return touched(account);  // watched anew meanwhile
  watched->second.snapshot_due = false;
  balances_.push_back(text);
  wake_();
}

void Watcher::balance_missed(AccountId account) {
  if (watched_balances_.contains(account)) dirty_.insert(account);
}

}  // namespace packledger::serve
