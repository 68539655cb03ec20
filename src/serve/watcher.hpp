// Watcher: what one connection watches and what it is to be told next. It knows nothing of sockets:
// the session gives it the client's messages and takes from it one text after the other, as fast as
// the client reads.
//
// Owner: its session. Front thread.
// Invariants:
//  1. Entries of one account are told in order, without a gap, each once. They come from the
//     journal until the watcher has caught up, then live. A watcher whose unsent texts reach
//     watch_queue_bytes_max goes back to the journal: it is never buffered without bound.
//  2. Of a balance at most one text waits: it is asked anew only when the last one has been taken.
//     So a slow client gets the newest state, and never an older one after a newer one.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "serve/front.hpp"
#include "serve/watch_message.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::serve {

class Subscriptions;

// Shared: one text goes to every watcher of an account.
using Text = std::shared_ptr<const std::string>;

class Watcher {
 public:
  // `wake` is called when next() may have something again; it must not call back.
  Watcher(Subscriptions& subscriptions, const Limits& limits, std::function<void()> wake);
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  // ---- for the session ----
  // A message of the client: watches more or less, or is answered with an error.
  void take(std::string_view message);
  // What the client is to be told next; nothing where there is nothing now. Reads the journal where
  // the watcher is behind, a bounded piece at a time.
  [[nodiscard]] Text next();
  // next() gave nothing but has only looked at a piece: call it again.
  [[nodiscard]] bool behind() const { return behind_ > 0; }
  // The client talks without listening: take no further message before some are sent.
  [[nodiscard]] bool choked() const { return replies_.size() >= replies_max; }
  // The journal could not be read: after what next() still gives, the connection ends.
  [[nodiscard]] bool failed() const { return failed_; }

  // ---- for Subscriptions ----
  struct Wanted {
    AccountId account;
    bool snapshot = false;
  };
  void committed(const Entry& entry, const Text& text);
  void touched(AccountId account);  // its balance may have changed
  [[nodiscard]] bool wants_balances() const { return !dirty_.empty() && balances_.empty(); }
  // Accounts whose balance is to be asked, at most so many. They come back by balance_told() or
  // balance_missed().
  [[nodiscard]] std::vector<Wanted> take_wanted(std::size_t accounts_max);
  void balance_told(AccountId account, bool snapshot, const Text& text);
  void balance_missed(AccountId account);

  static constexpr std::size_t replies_max = 64;          // answers to the client's own messages
  static constexpr std::size_t entries_per_look = 2'048;  // of the journal: well below 10 ms

 private:
  struct Stream {
    Sequence next;  // the first entry that was not told; exact while not live
    bool live = false;
  };
  struct Balance {
    bool snapshot_due = true;
  };

  void watch(const WatchAsked& asked, const std::vector<AccountId>& accounts);
  void drop(const WatchAsked& asked);
  void drop_entries(AccountId account);
  void drop_balances(AccountId account);
  void pause(Sequence at);
  void look_into_journal();
  void tell_lag();
  void push_entry(Text text);
  void reply(std::string text);
  void reply_fault(const RequestFault& fault);

  Subscriptions& subscriptions_;
  const Limits& limits_;
  std::function<void()> wake_;

  std::map<AccountId, Stream> streams_;
  std::map<AccountId, Balance> watched_balances_;
  std::set<AccountId> dirty_;  // of watched_balances_: to be asked

  std::deque<Text> replies_;
  std::deque<Text> balances_;
  std::deque<Text> entries_;
  std::size_t entries_bytes_ = 0;
  std::size_t behind_ = 0;  // streams that are not live
  bool lag_due_ = false;
  bool failed_ = false;
};

}  // namespace packledger::serve
