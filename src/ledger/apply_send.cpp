// Bookkeeping of sends and holds: what packages pay, what is charged, what comes back.
#include "ledger/bookkeeping.hpp"
#include "ledger/rules.hpp"

#include <algorithm>
#include <utility>

namespace packledger {
namespace {

// A package is used up when nothing is left of it, neither free nor set aside.
void use_up(Package& package) {
  const bool empty = package.remaining == Units{} && package.held == Units{};
  if (package.state == PackageState::active && empty) package.state = PackageState::used_up;
}

void give_back(Account& account, Package& package, const ReversalLine& line) {
  if (line.restored) {
    package.remaining += line.units;
    if (package.state == PackageState::used_up) package.state = PackageState::active;
    if (package.in_force()) account.pools[package.pool].remaining += line.units;
  } else {
    package.forfeited += line.units;
  }
  ensure_conserved(package);
}

void move_counter(Account& account, const RatingGroup& group, const CounterMove& move,
                  Units charged) {
  Counter& counter = account.counters.change()[{group, move.month}];
  counter.position += move.units;
  if (!move.volume_price) return;
  VolumeUnits& volume = counter.volume[move.volume_from];
  volume.payg += charged;
  volume.price = *move.volume_price;
}

}  // namespace

void Bookkeeping::operator()(const SendRecorded& asked) const {
  Account& from = account();
  const auto& decision = decided<SendDecision>();
  take_lines(from, decision);
  take_charges(from, asked, decision);
  remember_send(from, asked);
}

void Bookkeeping::take_lines(Account& from, const SendDecision& decision) const {
  for (const PackageLine& line : decision.lines) {
    Package& package = from.package(line.package);
    if (package.expired()) {
      package.forfeited -= line.units;
    } else {
      package.remaining -= line.units;
      fell(from, package, line.units);
    }
    package.used += line.units;
    use_up(package);
    ensure_conserved(package);
  }
}

void Bookkeeping::take_charges(Account& from, const SendRecorded& asked,
                               const SendDecision& decision) const {
  charge_money(from, checked(cost_of(decision)));
  if (decision.counter)
    move_counter(from, rating_group(asked.destination, asked.type), *decision.counter,
                 units_of(decision.charges));
}

// Below zero where charges were given back.
void Bookkeeping::charge_money(Account& from, Money total) const {
  if (total == Money{}) return;
  from.charged += total;
  from.balance -= total;
  Money& month = from.invoicing.change().payg[month_of(from.settings->zone, at)];
  month += total;
}

// The pool of a package has fewer units than before.
void Bookkeeping::fell(Account& of, const Package& package, Units units) const {
  if (!package.in_force()) return;
  Pool& pool = of.pools[package.pool];
  pool.remaining -= units;
  if (pool.name == renewal_pool) aftermath().mainland_fell = true;
  if (!of.alarms->empty()) aftermath().touched.push_back(package.terms.id);
}

void Bookkeeping::remember_send(const Account& of, const SendRecorded& asked) const {
  const AccountSettings& settings = *of.settings;
  const Instant reversible_until = entry.recorded_at + settings.reversal_window;
  const Instant acceptable_until =
      occurred_at(asked, entry.recorded_at) + settings.acceptance_window;
  ledger.sends_.remember(
      send_key(of.id, asked.send),
      SendTaken{.account = of.id,
                .sequence = entry.sequence,
                .recorded_at = entry.recorded_at,
                .reversible_until = reversible_until,
                .forget_at = std::max(reversible_until, acceptable_until) + send_memory_rest,
                .asked = asked,
                .decided = decided<SendDecision>()});
}

void Bookkeeping::operator()(const BatchTaken& taken) const {
  ENSURE(taken.entries < entry.sequence.value, "a batch stands behind its entries");
  ledger.producers_.take(
      taken.producer, BatchNumber{.epoch = taken.epoch, .number = taken.number},
      TakenBatch{.first = Sequence{entry.sequence.value - taken.entries}, .digest = taken.digest},
      entry.recorded_at);
}

void Bookkeeping::operator()(const SendReversed& asked) const {
  Account& to = account();
  const auto& decision = decided<ReversalDecision>();
  const Money refund = amount_of(decision.charges);
  to.refunded += refund;
  to.balance += refund;
  if (refund != Money{}) to.invoicing.change().payg[month_of(to.settings->zone, at)] -= refund;
  for (const ReversalLine& line : decision.lines) {
    Package& package = to.package(line.package);
    package.used -= line.units;
    give_back(to, package, line);
  }
  const auto record = ledger.sends_.find(to.id, asked.send, entry.recorded_at);
  ENSURE(record.has_value(), "only a send that is remembered is reversed");
  if (record->decided.counter) {
    Counter& counter =
        to.counters.change()[{rating_group(record->asked.destination, record->asked.type),
                              record->decided.counter->month}];
    counter.position -= decision.counter_units;
    ENSURE(counter.position >= Units{0}, "counters count");
    if (record->decided.counter->volume_price) {
      VolumeUnits& volume = counter.volume[record->decided.counter->volume_from];
      volume.payg -= units_of(decision.charges);
      ENSURE(volume.payg >= Units{0}, "counters count");
    }
  }
  ledger.sends_.reverse(*record, Reversal{asked.reversal, asked.units, entry.sequence});
}

// ---- holds ----

void Bookkeeping::operator()(const HoldPlaced& asked) const {
  Account& of = account();
  const auto& decision = decided<HoldDecision>();
  of.holds.change().forget(entry.recorded_at);
  for (const PackageLine& line : decision.lines) {
    Package& package = of.package(line.package);
    package.remaining -= line.units;
    package.held += line.units;
    fell(of, package, line.units);
    of.pools[package.pool].held += line.units;
    ensure_conserved(package);
  }
  of.holds.change().place(Hold{.asked = asked,
                               .sequence = entry.sequence,
                               .placed_at = at,
                               .expires_at = decision.expires_at,
                               .lines = decision.lines,
                               .state = HoldState::held,
                               .captured = {},
                               .ended_at = {}});
  set_timer(TimerKind::hold_expire, entry.sequence.value, decision.expires_at);
}

void Bookkeeping::operator()(const HoldCaptured& asked) const {
  end_hold(asked.hold, HoldState::captured);
}

void Bookkeeping::operator()(const HoldExpired& due) const {
  end_hold(due.hold, HoldState::expired);
}

void Bookkeeping::end_hold(const std::string& name, HoldState state) const {
  Account& of = account();
  const auto& decision = decided<HoldEndDecision>();
  Hold& hold = of.holds.change().end(name, state, at);
  // Of a hold that has expired no timer is left; cancelling it again does nothing.
  cancel_timer(TimerKind::hold_expire, hold.sequence.value, hold.expires_at);
  const auto unhold = [&](Package& package, Units units) {
    package.held -= units;
    if (package.in_force()) of.pools[package.pool].held -= units;
  };
  for (const PackageLine& line : decision.taken) {
    Package& package = of.package(line.package);
    unhold(package, line.units);
    package.used += line.units;
    use_up(package);
    ensure_conserved(package);
  }
  for (const ReversalLine& line : decision.back) {
    Package& package = of.package(line.package);
    unhold(package, line.units);
    give_back(of, package, line);
  }
  hold.captured = units_of(decision.taken);
  if (!decision.counter) return;
  charge_money(of, decision.counter->adjustment);
  move_counter(of, rating_group(hold.asked.destination, hold.asked.type), *decision.counter,
               Units{});
}

}  // namespace packledger
