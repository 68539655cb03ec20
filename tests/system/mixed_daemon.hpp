// A daemon under mixed load: publishers by JSON and on the fast lane, with names and with numbers,
// some of them saying sends twice, alarms and renewals, and one who watches it all.
#pragma once

#include "tests/system/follower.hpp"
#include "tests/system/loaded_daemon.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace packledger {

class MixedDaemon : public LoadedDaemon {
 protected:
  explicit MixedDaemon(DaemonOptions options = {}, LoadOptions load = {});

  void expect_all_there(Audit& auditor) override;
  void go_on() override;
  void pause_all() override;
  void work_at(const std::string& url);
  // Pauses all, and waits until what they had said is answered and the ledger stands still.
  void quieten();
  // Until so many more sends of each kind are acknowledged; false when that takes too long.
  [[nodiscard]] bool let_work(std::size_t sends);
  // Who watches has been told every entry once, in order, and none that is not there.
  void expect_followed(const Audit& auditor, bool to_the_end);
  // All of it, for the last time: the books, a replay from the first entry, who watches.
  void expect_whole(Campaign& campaign);
  // After a start on what a round has left.
  void expect_round(Campaign& campaign);
  [[nodiscard]] std::size_t acknowledged() const;
  // What a look at everything that is new has looked at.
  void count_looks(Campaign& campaign);

  Publishers named;
  Publishers numbered;
  Follower follower;

 private:
  std::size_t acknowledged_before_ = 0;
  std::uint64_t position_before_ = 0;
};

}  // namespace packledger
