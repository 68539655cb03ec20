// Watcher: what one connection watches and what it is to be told next. It knows nothing of sockets:
// the session gives it the client's messages and takes from it one text after the other, as fast as
// the client reads.
//
// Owner: its session. Front thread.
// Invariants:
//  1. Entries of one account are told in order, without a gap, each once. They come from the
//     journal until the watcher has caught up, then live. A watcher whose unsent texts reach
//     watch_queue_bytes_max goes back to the journal: it is never buffered without bound.
//  2. Of a balance at most a snapshot and a change wait, and the change is the newest there is: a
//     slow client gets the newest state, and never an older one after a newer one.
//  3. Where the journal does not have what comes next, a snapshot that says so is told in its
//     place, and the entries go on from there.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "serve/front.hpp"
#include "serve/subscriptions.hpp"
#include "serve/text_queue.hpp"
#include "serve/watch_message.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::serve {

class Watcher {
 public:
  // `wake` is called by a tick, when next() may have something again.
  Watcher(Subscriptions& subscriptions, const Limits& limits, std::function<void()> wake);
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  // ---- for the session ----
  // A message of the client: watches more or less, or is answered with an error. Then next() may
  // have something.
  void take(std::string_view message);
  // Adds or drops a watch; false where it is answered with an error.
  bool take(const WatchAsked& asked);
  // What the client is to be told next; nothing where there is nothing now.
  [[nodiscard]] Text next();
  // There is more in the journal: where next() has nothing left, look() at a bounded piece of it.
  [[nodiscard]] bool behind() const { return behind_ > 0 && !failed_; }
  void look();
  // The client talks without listening: take no further message before some are sent.
  [[nodiscard]] bool choked() const { return replies_.size() >= replies_max; }
  // A message of what went wrong.
  [[nodiscard]] Text fault_text(const RequestFault& fault) const;
  // The journal could not be read: after what next() still gives, the connection ends.
  [[nodiscard]] bool failed() const { return failed_; }

  // ---- for Subscriptions ----
  struct Turn {
    bool ready = false;
    bool round = false;
  };
  [[nodiscard]] Turn& turn() { return turn_; }
  void wake() { wake_(); }
  void committed(EntriesWatch& watch, const Entry& entry, const Text& text);
  void balance_told(BalanceWatch& watch);
  void gap_told(EntriesWatch& watch, const Text& snapshot, Sequence position);

  static constexpr std::size_t replies_max = 64;          // answers to the client's own messages
  static constexpr std::size_t entries_per_look = 2'048;  // of the journal: well below 10 ms
  static constexpr std::size_t much_bytes = std::size_t{64} * 1024;  // do not wait for a tick

 private:
  using State = EntriesWatch::State;

  [[nodiscard]] std::optional<RequestFault> wrong(const WatchAsked& asked,
                                                  std::vector<AccountId>& accounts) const;
  void watch_entries(const WatchAsked& asked, AccountId account);
  void watch_balance(const WatchAsked& asked, AccountId account);
  void drop(const WatchAsked& asked);
  void drop_entries(AccountId account);
  void drop_balance(AccountId account);
  [[nodiscard]] Text next_balance();
  void pause(Sequence at);
  void tell_lag();
  [[nodiscard]] Sequence first_behind() const;
  void lose(Sequence before);
  void catch_up(Sequence reached);
  void push_entry(Text text);
  void reply(std::string_view json, std::string_view type);
  void reply_fault(const RequestFault& fault);

  Subscriptions& subscriptions_;
  const Limits& limits_;
  std::function<void()> wake_;
  Turn turn_;

  std::map<AccountId, EntriesWatch> entries_watched_;
  std::map<AccountId, BalanceWatch> balances_watched_;

  TextQueue<Text> replies_;
  TextQueue<BalanceWatch*> balances_;  // those with something to tell; null where it was dropped
  TextQueue<Text> entries_;
  std::size_t entries_bytes_ = 0;
  std::size_t behind_ = 0;  // of entries_watched_
  bool lag_due_ = false;
  bool failed_ = false;
};

}  // namespace packledger::serve
