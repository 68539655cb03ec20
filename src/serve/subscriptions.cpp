#include "serve/subscriptions.hpp"

#include "serve/watcher.hpp"
#include "wire/entry_views.hpp"
#include "wire/views.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace packledger::serve {
namespace asio = boost::asio;
namespace {

// Of an account, in marks_.
constexpr std::uint8_t entries_watched = 1;
constexpr std::uint8_t balance_watched = 2;
constexpr std::uint8_t balance_dirty = 4;  // nothing more can happen to it before it is asked for

template <class Watch> void seat(std::vector<Watch*>& seats, Watch& watch) {
  watch.place = seats.size();
  seats.push_back(&watch);
}

// The last one moves to the seat that becomes free.
template <class Watch> void unseat(std::vector<Watch*>& seats, Watch& watch) {
  seats[watch.place] = seats.back();
  seats[watch.place]->place = watch.place;
  seats.pop_back();
}

}  // namespace

Subscriptions::Subscriptions(asio::any_io_executor executor, Inbox& inbox, const Journal& journal,
                             const Directory& directory, const Positions& positions)
    : executor_(std::move(executor)),
      inbox_(inbox),
      journal_(journal),
      directory_(directory),
      positions_(positions),
      resting_(executor_) {}

// ---- topics ----

Topic* Subscriptions::find_topic(AccountId account) {
  const auto row = topics_.find(account.value);
  return row == topics_.end() ? nullptr : row->second.get();
}

Topic& Subscriptions::topic(AccountId account) {
  auto& row = topics_[account.value];
  if (row == nullptr) {
    row = std::make_unique<Topic>();
    row->account = account;
  }
  return *row;
}

void Subscriptions::mark(const Topic& topic) {
  const std::uint64_t number = topic.account.value;
  if (number >= marks_.size()) marks_.resize(number + 1);
  marks_[number] =
      static_cast<std::uint8_t>((topic.entries.empty() ? 0U : entries_watched) |
                                (topic.balances.empty() ? 0U : balance_watched) |
                                (topic.dirty && !topic.balances.empty() ? balance_dirty : 0U));
}

void Subscriptions::leave(Topic& topic) {
  if (topic.balances.empty()) topic.change.reset();
  mark(topic);
  consider(topic);
  if (topic.balances.empty() && topic.entries.empty()) topics_.erase(topic.account.value);
}

void Subscriptions::add(EntriesWatch& watch, AccountId account) {
  watch.topic = &topic(account);
  seat(watch.topic->entries, watch);
  mark(*watch.topic);
}

void Subscriptions::remove(EntriesWatch& watch) {
  unseat(watch.topic->entries, watch);
  if (watch.state == EntriesWatch::State::lost) --watch.topic->lost;
  leave(*watch.topic);
}

void Subscriptions::add(BalanceWatch& watch, AccountId account) {
  watch.topic = &topic(account);
  seat(watch.topic->balances, watch);
  mark(*watch.topic);
}

void Subscriptions::remove(BalanceWatch& watch) {
  Topic& topic = *watch.topic;
  unseat(topic.balances, watch);
  if (watch.snapshot_due) --topic.snapshots_due;
  if (watch.change_waits && --topic.waiting == 0) topic.change.reset();
  leave(topic);
}

void Subscriptions::want_snapshot(BalanceWatch& watch) {
  Topic& topic = *watch.topic;
  watch.snapshot.reset();  // the new one is not older
  if (watch.change_waits && --topic.waiting == 0) topic.change.reset();
  watch.change_waits = false;
  if (!watch.snapshot_due) ++topic.snapshots_due;
  watch.snapshot_due = true;
  list(topic);
}

void Subscriptions::want_snapshot(EntriesWatch& watch) {
  ++watch.topic->lost;
  list(*watch.topic);
}

// Before those that have only changed.
void Subscriptions::list(Topic& topic) {
  topic.listed = true;
  wanted_.push_front(topic.account);
  soon();
}

void Subscriptions::consider(Topic& topic) {
  if (topic.listed || !(topic.wants_change() || topic.wants_snapshot())) return;
  topic.listed = true;
  wanted_.push_back(topic.account);
  soon();
}

void Subscriptions::taken(Topic& topic) {
  if (--topic.waiting == 0) topic.change.reset();
  consider(topic);
}

// ---- what happens ----

void Subscriptions::committed(std::span<const Entry> entries) {
  if (topics_.empty()) return;
  for (const Entry& entry : entries) {
    const std::uint64_t number = account_of(entry).value;
    const unsigned marked = number < marks_.size() ? marks_[number] : 0U;
    if (marked == 0 || marked == (balance_watched | balance_dirty)) continue;
    Topic& of = *topics_.at(number);
    if (!of.entries.empty()) {
      const Text text = share_text(entry_message(entry, directory_), {"entry", entry.sequence});
      for (EntriesWatch* watch : of.entries) watch->watcher->committed(*watch, entry, text);
    }
    if (!of.balances.empty()) touch(of);
  }
}

void Subscriptions::touch(Topic& topic) {
  if (topic.dirty) return;
  topic.dirty = true;
  mark(topic);
  consider(topic);
}

void Subscriptions::news(Watcher& watcher, News amount) {
  if (!std::exchange(watcher.turn().ready, true)) ready_.push_back(&watcher);
  soon();
  if (amount == News::much && std::exchange(rests_, false)) resting_.cancel();
}

void Subscriptions::forget(Watcher& watcher) {
  if (watcher.turn().ready) std::ranges::replace(ready_, &watcher, nullptr);
  if (watcher.turn().round) std::ranges::replace(round_, &watcher, nullptr);
}

// ---- the tick ----

void Subscriptions::soon() {
  if (std::exchange(ticking_, true)) return;
  // Not at once: what else this turn of the thread brings is told together with it.
  asio::post(executor_, [this] { tick(); });
}

void Subscriptions::tick() {
  for (Watcher* watcher : std::exchange(ready_, {})) {
    if (watcher == nullptr) continue;
    watcher->turn().ready = false;
    enter_round(*watcher);
  }
  // Shared: it also comes back refused.
  const auto asked = std::make_shared<const std::vector<Asked>>(gather());
  if (asked->empty()) return tell();
  packledger::Request question = Question{[this, asked](const Ledger& ledger) {
    asio::post(executor_, [this, asked, answer = render(*asked, ledger)] {
      told(*asked, answer);
      tell();
    });
  }};
  if (inbox_.put(std::move(question))) return;
  told(*asked, {});
  tell();
}

std::vector<Subscriptions::Asked> Subscriptions::gather() {
  std::vector<Asked> asked;
  while (!wanted_.empty() && asked.size() < accounts_per_question) {
    Topic* const of = find_topic(wanted_.front());
    wanted_.pop_front();
    if (of == nullptr || !std::exchange(of->listed, false)) continue;  // gone, or asked for before
    Asked one{.account = of->account, .change = of->wants_change(), .gap = of->lost > 0};
    if (of->snapshots_due > 0) {
      for (const BalanceWatch* watch : of->balances) {
        if (watch->snapshot_due) (watch->gap ? one.gap : one.snapshot) = true;
      }
    }
    if (one.change) {
      of->dirty = false;
      mark(*of);
    }
    if (one.change || one.snapshot || one.gap) asked.push_back(one);
  }
  return asked;
}

Subscriptions::Answer Subscriptions::render(std::span<const Asked> asked, const Ledger& ledger) {
  Answer answer{.position = ledger.last(), .rendered = {}};
  std::size_t bytes = 0;
  for (const Asked& one : asked) {
    if (bytes >= bytes_per_question) break;
    const Account& row = ledger.accounts().at(one.account);
    const auto text = [&](BalanceTold told, std::string_view type) {
      Text rendered =
          share_text(balance_message(row, told, answer.position), {type, answer.position});
      bytes += rendered->size();
      return rendered;
    };
    Rendered& rendered = answer.rendered.emplace_back();
    if (one.change)
      rendered.change = text({.type = BalanceMessage::change, .gap = false}, "change");
    if (one.snapshot)
      rendered.snapshot = text({.type = BalanceMessage::snapshot, .gap = false}, "snapshot");
    if (one.gap) rendered.gap = text({.type = BalanceMessage::snapshot, .gap = true}, "snapshot");
  }
  return answer;
}

void Subscriptions::told(std::span<const Asked> asked, const Answer& answer) {
  for (std::size_t i = 0; i < asked.size(); ++i) {
    Topic* const of = find_topic(asked[i].account);
    if (of == nullptr) continue;
    if (i < answer.rendered.size()) {
      told_one(*of, answer.rendered[i], answer.position);
    } else if (asked[i].change) {
      of->dirty = true;
      mark(*of);
    }
    consider(*of);
  }
}

void Subscriptions::told_one(Topic& topic, const Rendered& rendered, Sequence position) {
  for (BalanceWatch* watch : topic.balances) {
    if (watch->snapshot_due) {
      const Text& text = watch->gap ? rendered.gap : rendered.snapshot;
      if (text == nullptr) continue;
      watch->snapshot = text;
      watch->snapshot_due = watch->gap = false;
      --topic.snapshots_due;
    } else if (rendered.change != nullptr) {
      if (!std::exchange(watch->change_waits, true)) ++topic.waiting;
    } else {
      continue;
    }
    watch->watcher->balance_told(*watch);
    enter_round(*watch->watcher);
  }
  if (topic.waiting > 0 && rendered.change != nullptr) topic.change = rendered.change;
  if (topic.lost == 0 || rendered.gap == nullptr) return;
  for (EntriesWatch* watch : topic.entries) {
    if (watch->state != EntriesWatch::State::lost) continue;
    --topic.lost;
    watch->watcher->gap_told(*watch, rendered.gap, position);
    enter_round(*watch->watcher);
  }
}

void Subscriptions::enter_round(Watcher& watcher) {
  if (!std::exchange(watcher.turn().round, true)) round_.push_back(&watcher);
}

void Subscriptions::tell() {
  const std::size_t until = std::min(round_.size(), woken_ + watchers_per_slice);
  for (; woken_ < until; ++woken_) {
    Watcher* const watcher = round_[woken_];
    if (watcher == nullptr) continue;
    round_[woken_] = nullptr;
    watcher->turn().round = false;
    watcher->wake();
  }
  if (woken_ == round_.size()) return take_rest();
  asio::post(executor_, [this] { tell(); });  // the others get their turn
}

void Subscriptions::take_rest() {
  const std::chrono::microseconds wanted = rest_per_watcher * round_.size();
  resting_.expires_after(std::clamp(wanted, rest_min, rest_max));
  round_.clear();
  woken_ = 0;
  rests_ = true;
  resting_.async_wait([this](const boost::system::error_code&) {
    rests_ = false;
    ticking_ = false;
    if (!ready_.empty() || !wanted_.empty()) soon();
  });
}

}  // namespace packledger::serve
