// Subscriptions: who watches which account. Everything is told by ticks: one asks the engine, in
// one question, for balances that have changed, has each rendered once for all who watch it, and
// lets every watcher that has something to tell write it, all its messages together. Then it rests
// in proportion to what it told, so that watching takes a bounded part of the thread however many
// watch; what happens meanwhile is told together by the next.
//
//   idle --news--> asking --the engine answers--> telling, a slice at a time --> resting --> idle
//
// Owner: Service. Front thread; the question itself runs on the engine's.
// Invariants:
//  1. At most one question is out; it is about at most accounts_per_question accounts.
//  2. Accounts are asked for in the order in which they changed, those with a snapshot due first.
#pragma once

#include "packledger/engine/inbox.hpp"
#include "packledger/engine/journal.hpp"
#include "serve/directory.hpp"
#include "serve/positions.hpp"
#include "serve/topic.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace packledger::serve {

class Subscriptions {
 public:
  Subscriptions(boost::asio::any_io_executor executor, Inbox& inbox, const Journal& journal,
                const Directory& directory, const Positions& positions);
  Subscriptions(const Subscriptions&) = delete;
  Subscriptions& operator=(const Subscriptions&) = delete;

  // A batch that the directory has learnt and whose position is reached.
  void committed(std::span<const Entry> entries);

  // ---- for watchers ----
  void add(EntriesWatch& watch, AccountId account);
  void remove(EntriesWatch& watch);
  void add(BalanceWatch& watch, AccountId account);
  void remove(BalanceWatch& watch);
  // Its snapshot_due, or its being lost, is news.
  void want_snapshot(BalanceWatch& watch);
  void want_snapshot(EntriesWatch& watch);
  // It has taken topic.change.
  void taken(Topic& topic);
  // The watcher has something to tell, at the next tick; `much` of it: soon.
  enum class News : std::uint8_t { some, much };
  void news(Watcher& watcher, News amount);
  void forget(Watcher& watcher);
  [[nodiscard]] std::optional<AccountId> find(std::string_view account) const {
    return directory_.find(account);
  }
  [[nodiscard]] Sequence last() const { return positions_.last(); }
  [[nodiscard]] const Names& names() const { return directory_; }
  [[nodiscard]] const Journal& journal() const { return journal_; }

  static constexpr std::size_t accounts_per_question = 2'048;  // about 4 ms of the engine
  static constexpr std::size_t bytes_per_question = 4'194'304;
  static constexpr std::size_t watchers_per_slice = 256;  // about 2 ms of the thread
  // Between two ticks: so short that nobody notices, and for every watcher that was told about five
  // times what telling it costs; but no longer than leaves a balance fresh within a second.
  static constexpr std::chrono::microseconds rest_min{10'000};
  static constexpr std::chrono::microseconds rest_per_watcher{30};
  static constexpr std::chrono::microseconds rest_max{400'000};

 private:
  // What is asked about an account, in one question.
  struct Asked {
    AccountId account;
    bool change = false;
    bool snapshot = false;
    bool gap = false;  // a snapshot that says so
  };
  struct Rendered {
    Text change;
    Text snapshot;
    Text gap;
  };
  struct Answer {
    Sequence position;
    std::vector<Rendered> rendered;  // of the first so many that were asked
  };

  [[nodiscard]] Topic& topic(AccountId account);
  [[nodiscard]] Topic* find_topic(AccountId account);
  void leave(Topic& topic);  // somebody has left it
  void mark(const Topic& topic);
  void touch(Topic& topic);
  void consider(Topic& topic);
  void list(Topic& topic);

  void soon();
  void tick();
  [[nodiscard]] std::vector<Asked> gather();
  void told(std::span<const Asked> asked, const Answer& answer);
  void told_one(Topic& topic, const Rendered& rendered, Sequence position);
  void missed(const Asked& asked);
  void tell();
  void take_rest();
  void enter_round(Watcher& watcher);
  [[nodiscard]] static Answer render(std::span<const Asked> asked, const Ledger& ledger);

  boost::asio::any_io_executor executor_;
  Inbox& inbox_;
  const Journal& journal_;
  const Directory& directory_;
  const Positions& positions_;
  boost::asio::steady_timer resting_;

  std::unordered_map<std::uint64_t, std::unique_ptr<Topic>> topics_;  // look-up only
  std::vector<std::uint8_t> marks_;  // by account: who cares; most entries end here
  std::deque<AccountId> wanted_;     // topics that are listed
  std::vector<Watcher*> ready_;      // to be woken by the next tick; null where it went
  std::vector<Watcher*> round_;      // by this one
  std::size_t woken_ = 0;            // of round_
  bool ticking_ = false;             // from the first news to the end of the rest
  bool rests_ = false;
};

}  // namespace packledger::serve
