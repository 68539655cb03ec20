// Subscriptions: who watches which account. Passes committed entries to their watchers, and asks
// the engine for the balances that changed: one question at a time for all watchers together, a few
// milliseconds apart, so that the engine is asked per tick and never per entry.
//
// Owner: Service. Front thread; the question itself runs on the engine's.
#pragma once

#include "packledger/engine/inbox.hpp"
#include "packledger/engine/journal.hpp"
#include "serve/directory.hpp"
#include "serve/positions.hpp"
#include "serve/watcher.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <map>
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
  void add(Watcher& watcher);
  void remove(Watcher& watcher);
  void watch_entries(AccountId account, Watcher& watcher);
  void unwatch_entries(AccountId account, Watcher& watcher);
  void watch_balances(AccountId account, Watcher& watcher);
  void unwatch_balances(AccountId account, Watcher& watcher);
  void wanting();  // some watcher wants balances
  [[nodiscard]] std::optional<AccountId> find(std::string_view account) const {
    return directory_.find(account);
  }
  [[nodiscard]] Sequence last() const { return positions_.last(); }
  [[nodiscard]] const Names& names() const { return directory_; }
  [[nodiscard]] const Journal& journal() const { return journal_; }

  static constexpr std::size_t accounts_per_question = 1'024;  // about 2 ms of the engine
  static constexpr std::size_t bytes_per_question = 4'194'304;
  static constexpr std::size_t accounts_per_watcher = 64;  // its texts that may wait at once
  static constexpr std::chrono::milliseconds rest{10};     // between two questions

 private:
  using WatcherNumber = std::uint64_t;
  struct Wish {
    WatcherNumber watcher = 0;
    bool snapshot = false;
  };
  using Wishes = std::map<AccountId, std::vector<Wish>>;
  struct Rendered {
    AccountId account;
    Text snapshot;  // null where nobody wants one
    Text change;
  };
  using ByAccount = std::unordered_map<std::uint64_t, std::vector<Watcher*>>;  // look-up only

  // Looks again whether anybody watches the account.
  void mark(AccountId account);
  [[nodiscard]] bool marked(AccountId account) const {
    return account.value < marks_.size() && marks_[account.value];
  }
  [[nodiscard]] Wishes gather();
  void ask();
  void told(const Wishes& wishes, const std::vector<Rendered>& rendered);
  void take_rest();
  [[nodiscard]] static std::vector<Rendered> render(const Wishes& wishes, const Ledger& ledger);

  boost::asio::any_io_executor executor_;
  Inbox& inbox_;
  const Journal& journal_;
  const Directory& directory_;
  const Positions& positions_;
  boost::asio::steady_timer resting_;

  std::map<WatcherNumber, Watcher*> watchers_;  // by age: the first of them are asked for first
  WatcherNumber last_number_ = 0;
  WatcherNumber asked_last_ = 0;  // where the next question goes on, so that all have their turn
  ByAccount entries_;
  ByAccount balances_;
  std::vector<bool> marks_;  // by number: somebody watches the account; most entries end here
  bool asking_ = false;      // a question is out, or its rest is not over
  bool wanting_ = false;     // somebody wants balances since
};

}  // namespace packledger::serve
