// Topic: one account that somebody watches, and the places of those who watch it. Of its balance
// there is one text at a time, which all of them share and take when they can: a new one replaces
// it, so that nobody is ever told an older balance after a newer one, and nobody costs memory.
//
// Owner: Subscriptions; the places belong to their watchers. Front thread.
#pragma once

#include "packledger/ledger/id.hpp"
#include "serve/watch_text.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace packledger::serve {

class Watcher;
struct Topic;

// One watcher of the entries of an account.
//
//   live ----pause()------------> behind ----look() reaches the end of the journal---> live
//   behind --the journal lacks entries--> lost ----a snapshot is told--> behind or live
struct EntriesWatch {
  enum class State : std::uint8_t { live, behind, lost };
  Watcher* watcher = nullptr;
  Topic* topic = nullptr;
  std::size_t place = 0;  // in topic->entries
  Sequence next;          // the first entry that was not told; exact while not live
  State state = State::live;
};

// One watcher of the balance of an account.
struct BalanceWatch {
  Watcher* watcher = nullptr;
  Topic* topic = nullptr;
  std::size_t place = 0;      // in topic->balances
  bool snapshot_due = false;  // to be asked; changes before it are not told
  bool gap = false;           // the snapshot says that something was missed
  bool change_waits = false;  // topic->change is to be told
  bool queued = false;        // the watcher will come to it
  Text snapshot;              // to be told before any change
};

struct Topic {
  AccountId account;
  std::vector<EntriesWatch*> entries;
  std::vector<BalanceWatch*> balances;
  Text change;                    // null once all have taken it
  std::size_t waiting = 0;        // balances whose change_waits
  std::size_t snapshots_due = 0;  // balances whose snapshot_due
  std::size_t lost = 0;           // entries that are lost
  bool dirty = false;             // changed since it was last asked for
  bool listed = false;            // to be asked for

  // Somebody would take a change at once; where all have one waiting, it is not worth asking.
  [[nodiscard]] bool wants_change() const {
    return dirty && waiting + snapshots_due < balances.size();
  }
  [[nodiscard]] bool wants_snapshot() const { return snapshots_due > 0 || lost > 0; }
};

}  // namespace packledger::serve
