// What the accounts of a month of traffic have besides packages and sends: contacts with an alarm,
// renewals, units held for campaigns, and owners who pay what they owe. Everything that comes of it
// is read from the journal and added to the sums. Owner: the caller; one thread.
#pragma once

#include "app/cli/session.hpp"
#include "app/cli/traffic_plan.hpp"
#include "app/cli/traffic_sums.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace packledger::cli {

class TrafficRules {
 public:
  // From this position of the journal on, of accounts whose names begin so.
  struct Scope {
    std::string prefix;
    std::int64_t from = 1;
  };
  TrafficRules(Session& session, TrafficPlan& plan, TrafficSums& sums, Scope scope)
      : session_{session}, plan_{plan}, sums_{sums}, scope_{std::move(scope)} {}

  // Sets the alarm and the renewal of an account that is to have them.
  [[nodiscard]] ExitCode set_up(const TrafficAccount& account);
  // The holds of one hour: those of the hour before are used, given back or left to expire.
  [[nodiscard]] ExitCode play_holds();
  // What is left of them after the last hour.
  [[nodiscard]] ExitCode end_holds();
  // Calls `pay` for accounts that began to owe since the last call, with what they owe.
  using Pay = std::function<ExitCode(const TrafficAccount& account, Money owed)>;
  [[nodiscard]] ExitCode collect(const Pay& pay);
  // Adds what was renewed to the sums and counts the notices.
  [[nodiscard]] ExitCode learn();

  [[nodiscard]] std::string text() const;  // a line for people
  [[nodiscard]] const std::map<std::string, std::int64_t>& counts() const { return counts_; }

 private:
  using Visit = std::function<bool(const Json& entry)>;
  [[nodiscard]] ExitCode put(const TrafficAccount& account, std::string_view under,
                             const std::string& body, std::string_view counted);
  [[nodiscard]] ExitCode end_hold(const TrafficHold& hold);
  // The entries of one kind from a position on; moves it behind the last that was read.
  [[nodiscard]] ExitCode read_journal(std::string_view kind, std::int64_t& from,
                                      const Visit& visit);
  [[nodiscard]] ExitCode misfit();
  [[nodiscard]] std::int64_t count(const std::string& name) const;

  Session& session_;
  TrafficPlan& plan_;
  TrafficSums& sums_;
  Scope scope_;
  std::int64_t collected_from_ = 0;
  bool renewable_ = true;  // until the price book says that nothing can be renewed
  std::deque<TrafficHold> open_;
  std::map<std::string, std::int64_t> counts_;  // by kind of entry, or what else is counted
};

}  // namespace packledger::cli
