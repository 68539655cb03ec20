#include "serve/subscriptions.hpp"

#include "wire/entry_views.hpp"
#include "wire/views.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

namespace packledger::serve {
namespace asio = boost::asio;

Subscriptions::Subscriptions(asio::any_io_executor executor, Inbox& inbox, const Journal& journal,
                             const Directory& directory, const Positions& positions)
    : executor_(std::move(executor)),
      inbox_(inbox),
      journal_(journal),
      directory_(directory),
      positions_(positions),
      resting_(executor_) {}

void Subscriptions::add(Watcher& watcher) { watchers_.emplace(++last_number_, &watcher); }

void Subscriptions::remove(Watcher& watcher) {
  std::erase_if(watchers_, [&](const auto& row) { return row.second == &watcher; });
}

void Subscriptions::watch_entries(AccountId account, Watcher& watcher) {
  entries_[account.value].push_back(&watcher);
  mark(account);
}

void Subscriptions::unwatch_entries(AccountId account, Watcher& watcher) {
  const auto row = entries_.find(account.value);
  std::erase(row->second, &watcher);
  if (row->second.empty()) entries_.erase(row);
  mark(account);
}

void Subscriptions::watch_balances(AccountId account, Watcher& watcher) {
  balances_[account.value].push_back(&watcher);
  mark(account);
}

void Subscriptions::unwatch_balances(AccountId account, Watcher& watcher) {
  const auto row = balances_.find(account.value);
  std::erase(row->second, &watcher);
  if (row->second.empty()) balances_.erase(row);
  mark(account);
}

void Subscriptions::mark(AccountId account) {
  const std::uint64_t number = account.value;
  if (number >= marks_.size()) marks_.resize(number + 1);
  marks_[number] = entries_.contains(number) || balances_.contains(number);
}

void Subscriptions::committed(std::span<const Entry> entries) {
  if (entries_.empty() && balances_.empty()) return;
  for (const Entry& entry : entries) {
    const AccountId account = account_of(entry);
    if (!marked(account)) continue;
    if (const auto row = entries_.find(account.value); row != entries_.end()) {
      const Text text = std::make_shared<const std::string>(entry_message(entry, directory_));
      for (Watcher* watcher : row->second) watcher->committed(entry, text);
    }
    if (const auto row = balances_.find(account.value); row != balances_.end()) {
      for (Watcher* watcher : row->second) watcher->touched(account);
    }
  }
}

// ---- balances ----

void Subscriptions::wanting() {
  wanting_ = true;
  if (asking_) return;
  asking_ = true;
  // Not at once: what else this turn of the thread touches goes into the same question.
  asio::post(executor_, [this] { ask(); });
}

Subscriptions::Wishes Subscriptions::gather() {
  Wishes wishes;
  std::size_t count = watchers_.size();
  auto next = watchers_.upper_bound(asked_last_);
  for (; count > 0 && wishes.size() < accounts_per_question; --count) {
    if (next == watchers_.end()) next = watchers_.begin();
    const auto& [number, watcher] = *next++;
    asked_last_ = number;
    if (!watcher->wants_balances()) continue;
    for (const Watcher::Wanted& wanted : watcher->take_wanted(accounts_per_watcher))
      wishes[wanted.account].push_back({number, wanted.snapshot});
  }
  wanting_ = count > 0;  // somebody was not looked at
  return wishes;
}

std::vector<Subscriptions::Rendered> Subscriptions::render(const Wishes& wishes,
                                                           const Ledger& ledger) {
  std::vector<Rendered> rendered;
  std::size_t bytes = 0;
  for (const auto& [account, of_account] : wishes) {
    const Account& row = ledger.accounts().at(account);
    Rendered one{account, nullptr, nullptr};
    for (const Wish& wish : of_account) {
      Text& text = wish.snapshot ? one.snapshot : one.change;
      if (text != nullptr) continue;
      const auto type = wish.snapshot ? BalanceMessage::snapshot : BalanceMessage::change;
      text = std::make_shared<const std::string>(
          balance_message(row, {.type = type, .gap = false}, ledger.last()));
      bytes += text->size();
    }
    rendered.push_back(std::move(one));
    if (bytes >= bytes_per_question) break;
  }
  return rendered;
}

void Subscriptions::ask() {
  auto wishes = std::make_shared<const Wishes>(gather());  // shared: it also comes back refused
  if (wishes->empty()) {
    asking_ = false;
    return;
  }
  packledger::Request question = Question{[this, wishes](const Ledger& ledger) {
    asio::post(executor_, [this, wishes, rendered = render(*wishes, ledger)] {
      told(*wishes, rendered);
      take_rest();
    });
  }};
  if (inbox_.put(std::move(question))) return;
  told(*wishes, {});
  take_rest();
}

void Subscriptions::told(const Wishes& wishes, const std::vector<Rendered>& rendered) {
  auto answer = rendered.begin();
  for (const auto& [account, of_account] : wishes) {
    const bool answered = answer != rendered.end() && answer->account == account;
    for (const Wish& wish : of_account) {
      const auto row = watchers_.find(wish.watcher);
      if (row == watchers_.end()) continue;
      if (answered) {
        row->second->balance_told(account, wish.snapshot,
                                  wish.snapshot ? answer->snapshot : answer->change);
      } else {
        row->second->balance_missed(account);
      }
      wanting_ = wanting_ || row->second->wants_balances();
    }
    if (answered) ++answer;
  }
}

void Subscriptions::take_rest() {
  resting_.expires_after(rest);
  resting_.async_wait([this](const boost::system::error_code& cancelled) {
    asking_ = false;
    if (!cancelled && wanting_) wanting();
  });
}

}  // namespace packledger::serve
