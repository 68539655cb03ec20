#include "serve/watcher.hpp"

#include "wire/entry_views.hpp"
#include "wire/json_writer.hpp"

#include <algorithm>
#include <utility>

namespace packledger::serve {

Watcher::Watcher(Subscriptions& subscriptions, const Limits& limits, std::function<void()> wake)
    : subscriptions_(subscriptions), limits_(limits), wake_(std::move(wake)) {}

Watcher::~Watcher() {
  while (!entries_watched_.empty()) drop_entries(entries_watched_.begin()->first);
  while (!balances_watched_.empty()) drop_balance(balances_watched_.begin()->first);
  subscriptions_.forget(*this);
}

// ---- the client's messages ----

void Watcher::take(std::string_view message) {
  const auto asked = read_watch(message, limits_.watch_accounts_max);
  if (!asked) return reply_fault(asked.error());
  take(*asked);
}

bool Watcher::take(const WatchAsked& asked) {
  if (asked.drop) {
    drop(asked);
    return true;
  }
  std::vector<AccountId> accounts;
  if (const auto fault = wrong(asked, accounts)) {
    reply_fault(*fault);
    return false;
  }
  for (const AccountId account : accounts) {
    asked.kind == WatchKind::entries ? watch_entries(asked, account)
                                     : watch_balance(asked, account);
  }
  return true;
}

std::optional<RequestFault> Watcher::wrong(const WatchAsked& asked,
                                           std::vector<AccountId>& accounts) const {
  if (asked.from && *asked.from > subscriptions_.last()) {
    return RequestFault{"invalid_from", "from", "expected at most the last position"};
  }
  for (std::size_t i = 0; i < asked.accounts.size(); ++i) {
    const auto account = subscriptions_.find(asked.accounts[i]);
    if (!account) {
      return RequestFault{"unknown_account", "accounts[" + std::to_string(i) + "]",
                          "there is no such account"};
    }
    accounts.push_back(*account);
  }
  const std::size_t watched = entries_watched_.size() + balances_watched_.size();
  if (watched + accounts.size() > limits_.watch_accounts_max) {
    return RequestFault{"invalid_accounts", "accounts",
                        "expected at most " + std::to_string(limits_.watch_accounts_max) +
                            " watched accounts on one connection"};
  }
  return std::nullopt;
}

void Watcher::watch_entries(const WatchAsked& asked, AccountId account) {
  drop_entries(account);
  const Sequence from = asked.from.value_or(subscriptions_.last());
  EntriesWatch& watch = entries_watched_[account];
  watch.watcher = this;
  watch.next = packledger::next(from);
  subscriptions_.add(watch, account);
  if (asked.gap) {
    watch.state = State::lost;
    subscriptions_.want_snapshot(watch);
  } else if (from < subscriptions_.last()) {
    watch.state = State::behind;
    ++behind_;
  }
}

void Watcher::watch_balance(const WatchAsked& asked, AccountId account) {
  const auto [row, fresh] = balances_watched_.try_emplace(account);
  BalanceWatch& watch = row->second;
  watch.watcher = this;
  if (fresh) subscriptions_.add(watch, account);
  watch.gap = asked.gap;
  subscriptions_.want_snapshot(watch);
}

void Watcher::drop(const WatchAsked& asked) {
  std::vector<AccountId> accounts;
  for (const std::string& name : asked.accounts) {
    if (const auto account = subscriptions_.find(name)) accounts.push_back(*account);
  }
  if (asked.accounts.empty()) {
    for (const auto& [account, watch] : entries_watched_)
      if (asked.kind == WatchKind::entries) accounts.push_back(account);
    for (const auto& [account, watch] : balances_watched_)
      if (asked.kind == WatchKind::balances) accounts.push_back(account);
  }
  for (const AccountId account : accounts)
    asked.kind == WatchKind::entries ? drop_entries(account) : drop_balance(account);
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("type", "unwatched").member("unwatch", kind_text(asked.kind));
  json.member("position", subscriptions_.last().value).end_object();
  reply(text, "unwatched");
}

void Watcher::drop_entries(AccountId account) {
  const auto watched = entries_watched_.find(account);
  if (watched == entries_watched_.end()) return;
  if (watched->second.state == State::behind) --behind_;
  subscriptions_.remove(watched->second);
  entries_watched_.erase(watched);
}

void Watcher::drop_balance(AccountId account) {
  const auto watched = balances_watched_.find(account);
  if (watched == balances_watched_.end()) return;
  if (watched->second.queued) std::ranges::replace(balances_, &watched->second, nullptr);
  subscriptions_.remove(watched->second);
  balances_watched_.erase(watched);
}

// Where a client is to go on is not its business: no position of an event.
void Watcher::reply(std::string_view json, std::string_view type) {
  replies_.push(share_text(json, {.type = type, .position = {}}));
}

void Watcher::reply_fault(const RequestFault& fault) { replies_.push(fault_text(fault)); }

Text Watcher::fault_text(const RequestFault& fault) const {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("type", "error").member("code", fault.code);
  if (!fault.field.empty()) json.member("field", fault.field);
  json.member("detail", fault.detail).member("position", subscriptions_.last().value).end_object();
  return share_text(text, {.type = "error", .position = {}});
}

// ---- what the client is told ----

Text Watcher::next() {
  if (!replies_.empty()) return replies_.pop();
  if (Text balance = next_balance()) return balance;
  if (entries_.empty()) return nullptr;
  Text text = entries_.pop();
  entries_bytes_ -= text->size();
  return text;
}

Text Watcher::next_balance() {
  while (!balances_.empty()) {
    BalanceWatch* const watch = balances_.front();
    if (watch != nullptr && watch->snapshot != nullptr) {
      return std::exchange(watch->snapshot, nullptr);  // a change may follow it
    }
    balances_.pop();
    if (watch == nullptr) continue;
    watch->queued = false;
    if (!std::exchange(watch->change_waits, false)) continue;
    Text change = watch->topic->change;
    subscriptions_.taken(*watch->topic);
    return change;
  }
  return nullptr;
}

void Watcher::balance_told(BalanceWatch& watch) {
  if (!std::exchange(watch.queued, true)) balances_.push(&watch);
}

void Watcher::push_entry(Text text) {
  entries_bytes_ += text->size();
  entries_.push(std::move(text));
}

void Watcher::committed(EntriesWatch& watch, const Entry& entry, const Text& text) {
  if (watch.state != State::live) return;
  if (entries_bytes_ >= limits_.watch_queue_bytes_max) return pause(entry.sequence);
  const bool was_much = entries_bytes_ >= much_bytes;
  push_entry(text);
  const bool much = entries_bytes_ >= much_bytes && !was_much;
  subscriptions_.news(*this, much ? Subscriptions::News::much : Subscriptions::News::some);
}

void Watcher::pause(Sequence at) {
  for (auto& [account, watch] : entries_watched_) {
    if (watch.state != State::live) continue;
    watch.state = State::behind;
    watch.next = at;
    ++behind_;
  }
  lag_due_ = true;
}

// ---- from the journal ----

Sequence Watcher::first_behind() const {
  Sequence first{~0ULL};
  for (const auto& [account, watch] : entries_watched_)
    if (watch.state == State::behind) first = std::min(first, watch.next);
  return first;
}

void Watcher::tell_lag() {
  lag_due_ = false;
  const Sequence told{first_behind().value - 1};
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("type", "lag").member("position", told.value);
  json.member("behind", subscriptions_.last().value - told.value).end_object();
  replies_.push(share_text(text, {"lag", told}));
}

void Watcher::look() {
  if (!behind()) return;
  if (lag_due_) return tell_lag();
  const Sequence from = first_behind();
  const Sequence last = subscriptions_.last();
  Sequence reached{from.value - 1};
  std::size_t looked_at = 0;
  bool hole = false;
  const auto visit = [&](const Entry& entry) {
    if (entry.sequence > last) return false;
    hole = looked_at == 0 && entry.sequence > from;
    if (hole) lose(entry.sequence);
    if (hole) return false;
    reached = entry.sequence;
    const auto watched = entries_watched_.find(account_of(entry));
    if (watched != entries_watched_.end() && watched->second.state == State::behind &&
        watched->second.next <= entry.sequence) {
      push_entry(
          share_text(entry_message(entry, subscriptions_.names()), {"entry", entry.sequence}));
    }
    return ++looked_at < entries_per_look && entries_bytes_ < limits_.watch_queue_bytes_max;
  };
  if (from <= last && !subscriptions_.journal().read(from, visit)) {
    failed_ = true;
    return reply_fault({"journal_unavailable", "", "the journal cannot be read"});
  }
  if (!hole) catch_up(reached);
}

void Watcher::catch_up(Sequence reached) {
  for (auto& [account, watch] : entries_watched_) {
    if (watch.state != State::behind) continue;
    watch.next = std::max(watch.next, packledger::next(reached));
    if (watch.next <= subscriptions_.last()) continue;
    watch.state = State::live;
    --behind_;
  }
}

// The journal has nothing before that entry.
void Watcher::lose(Sequence before) {
  for (auto& [account, watch] : entries_watched_) {
    if (watch.state != State::behind || watch.next >= before) continue;
    watch.state = State::lost;
    --behind_;
    subscriptions_.want_snapshot(watch);
  }
}

void Watcher::gap_told(EntriesWatch& watch, const Text& snapshot, Sequence position) {
  push_entry(snapshot);
  watch.next = packledger::next(position);
  watch.state = position < subscriptions_.last() ? State::behind : State::live;
  if (watch.state == State::behind) ++behind_;
}

}  // namespace packledger::serve
