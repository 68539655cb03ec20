#include "packledger/engine/tally.hpp"

#include "ledger/rules.hpp"

#include <optional>

namespace packledger {
namespace {

// One rule for each kind of input that the tally looks at.
struct Counting {
  Tally& tally;
  const Entry& entry;
  Money balance;

  template <class T> const T& decided() const { return std::get<T>(entry.decision); }
  void move(const std::optional<CounterMove>& counter) const {
    if (counter) tally.charged += counter->adjustment;
  }
  void give_back(const std::vector<ReversalLine>& lines) const {
    for (const ReversalLine& line : lines) {
      if (!line.restored) tally.forfeited += line.units;
    }
  }

  void operator()(const SendRecorded&) const {
    const auto& decision = decided<SendDecision>();
    ++tally.sends;
    tally.package_units += units_of(decision.lines);
    tally.charged_units += units_of(decision.charges);
    tally.charged += amount_of(decision.charges);
    move(decision.counter);
  }
  void operator()(const SendReversed&) const {
    const auto& decision = decided<ReversalDecision>();
    tally.refunded += amount_of(decision.charges);
    give_back(decision.lines);
  }
  void end_hold() const {
    const auto& decision = decided<HoldEndDecision>();
    tally.package_units += units_of(decision.taken);
    move(decision.counter);
    give_back(decision.back);
  }
  void operator()(const HoldCaptured&) const { end_hold(); }
  void operator()(const HoldReleased&) const { end_hold(); }
  void operator()(const HoldExpired&) const { end_hold(); }
  void operator()(const FundsCredited& asked) const { tally.credited += asked.amount; }
  void operator()(const FundsAdjusted& asked) const { tally.credited += asked.amount; }
  void operator()(const OrderPlaced& asked) const {
    if (asked.pay == Payment::balance) tally.purchased += decided<OrderDecision>().price;
  }
  void operator()(const PackageRefunded&) const {
    tally.refunded += decided<RefundDecision>().balance_after - balance;
  }
  void operator()(const PackageRenewed&) const {
    ++tally.renewals;
    tally.purchased += decided<RenewalDecision>().price;
  }
  void operator()(const PackageExpired&) const {
    tally.forfeited += decided<ExpiryDecision>().forfeited;
  }
  void operator()(const AlarmRaised&) const { ++tally.alarms; }
  void operator()(const RenewalFailed&) const { ++tally.renewals_failed; }
  void operator()(const RenewalCapped&) const { ++tally.renewals_failed; }
  void operator()(const AccountSuspended&) const { ++tally.suspensions; }
  template <class Other> void operator()(const Other&) const {}
};

}  // namespace

void Tally::count(const Entry& entry, Money balance) {
  std::visit(Counting{.tally = *this, .entry = entry, .balance = balance}, entry.input.what);
}

Tally& Tally::operator+=(const Tally& other) {
  charged += other.charged;
  refunded += other.refunded;
  purchased += other.purchased;
  credited += other.credited;
  package_units += other.package_units;
  charged_units += other.charged_units;
  forfeited += other.forfeited;
  sends += other.sends;
  alarms += other.alarms;
  renewals += other.renewals;
  renewals_failed += other.renewals_failed;
  suspensions += other.suspensions;
  refused += other.refused;
  return *this;
}

bool adds_up(const Tally& tally, const Account& account) {
  return tally.charged == account.charged && tally.refunded == account.refunded &&
         tally.purchased == account.purchased && tally.credited == account.credited;
}

}  // namespace packledger
