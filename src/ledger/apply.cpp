// Bookkeeping: the only code that changes a ledger. It takes what was decided and asks the law
// nothing. Where an entry does not fit the state the journal is not ours, and the process stops.
#include "ledger/digest.hpp"
#include "ledger/rules.hpp"

#include <algorithm>
#include <utility>

namespace packledger {

struct Bookkeeping {
  Ledger& ledger;
  const Entry& entry;

  void operator()(const AccountOpened& asked) const;
  void operator()(const AccountSettingsSet& asked) const;
  void operator()(const ServiceModeSet& asked) const;
  void operator()(const FundsCredited& asked) const { credit(asked.amount); }
  void operator()(const FundsAdjusted& asked) const { credit(asked.amount); }
  void operator()(const OrderPlaced& asked) const;
  void operator()(const OrderPaid& asked) const;
  void operator()(const OrderCancelled& asked) const {
    give_up(asked.order, OrderState::cancelled);
  }
  void operator()(const PackageGranted& asked) const;
  void operator()(const PackageRefunded& asked) const;
  void operator()(const SendRecorded& asked) const;
  void operator()(const SendReversed& asked) const;
  void operator()(const PriceBookPublished& asked) const { ledger.books_.publish(asked.book); }
  void operator()(const PackageActivated& due) const;
  void operator()(const PackageExpired& due) const;
  void operator()(const PackageClosed& due) const;
  void operator()(const GraceEnded& due) const;
  void operator()(const PackageReleased& due) const;
  void operator()(const OrderTimedOut& due) const { give_up(due.order, OrderState::timed_out); }

  void run() const;

 private:
  template <class T> const T& decided() const {
    const T* decision = std::get_if<T>(&entry.decision);
    ENSURE(decision != nullptr, "an entry's decision answers its input");
    return *decision;
  }
  Account& account() const { return ledger.accounts_.change(entry.input.account); }
  Order& order(Account& of, const std::string& name) const;

  void credit(Money amount) const;
  void give_up(const std::string& order_name, OrderState state) const;
  void add_package(Account& to, const PackageTerms& terms) const;
  void start_package(Account& of, PackageId id) const;
  void fire(TimerKind kind, PackageId package, Instant due) const;
  void set_timer(TimerKind kind, PackageId package, Instant due) const;
  void take_lines(Account& from, const SendDecision& decision) const;
  void take_charges(Account& from, const SendRecorded& asked, const SendDecision& decision) const;
  void remember_send(const Account& of, const SendRecorded& asked) const;
  void remember_identities() const;
};

namespace {

// Packages forgotten, keys forgotten: a few per entry keep up with a steady stream, because each
// entry remembers at most one of each.
constexpr std::size_t forget_per_entry_max = 2;

void sort_open(Account& account) {
  const auto before = [&account](PackageId a, PackageId b) {
    return burns_before(account.package(a).terms, account.package(b).terms, account.settings.order);
  };
  std::ranges::sort(account.open, before);
}

void close(Account& account, PackageId id) { std::erase(account.open, id); }

void set_mode(Account& account, const PoolMode& mode) {
  const auto place = std::ranges::lower_bound(account.modes, mode.pool, {}, &PoolMode::pool);
  if (place != account.modes.end() && place->pool == mode.pool) {
    place->mode = mode.mode;
  } else {
    account.modes.insert(place, mode);
  }
}

// The amount that decide has checked.
Money checked(std::optional<Money> amount) {
  ENSURE(amount.has_value(), "decide refuses amounts outside int64");
  return *amount;
}

}  // namespace

void Ledger::apply(const Entry& entry) {
  ENSURE(entry.sequence == packledger::next(last_), "entries are applied in order, each once");
  ENSURE(entry.recorded_at >= recorded_at_, "the journal's time never goes back");
  Bookkeeping{.ledger = *this, .entry = entry}.run();
  last_ = entry.sequence;
  recorded_at_ = entry.recorded_at;
}

void Bookkeeping::run() const {
  std::visit(*this, entry.input.what);
  remember_identities();
  ledger.sends_.forget(entry.recorded_at, forget_per_entry_max);
  ledger.keys_.forget(entry.recorded_at, forget_per_entry_max);
  if (const AccountId id = account_of(entry); id.value != 0)
    ensure_balanced(ledger.accounts_.at(id));
}

void Bookkeeping::remember_identities() const {
  const bool keyed = !entry.input.key.empty();
  const std::string name = natural_identity(entry.input.what);
  if (!keyed && name.empty()) return;
  SeenKey seen{.sequence = entry.sequence, .digest = digest_of(entry.input.what), .forget_at = {}};
  const AccountId id = entry.input.account;
  if (!name.empty()) ledger.keys_.remember(id, name, seen);
  if (!keyed) return;
  const Account* owner = ledger.accounts_.find(id);
  const Duration window = owner == nullptr ? Duration{} : owner->settings.acceptance_window;
  seen.forget_at = entry.recorded_at + std::max(window, key_memory_min);
  ledger.keys_.remember(id, "key:" + entry.input.key, seen);
}

// ---- accounts ----

void Bookkeeping::operator()(const AccountOpened& asked) const {
  const auto& decision = decided<AccountDecision>();
  Account account;
  account.id = decision.account;
  account.name = asked.name;
  account.currency = asked.currency;
  account.opened_at = entry.recorded_at;
  account.settings = decision.settings;
  ledger.accounts_.add(std::move(account));
}

void Bookkeeping::operator()(const AccountSettingsSet&) const {
  Account& of = account();
  const auto& settings = decided<SettingsDecision>().settings;
  if (settings.acceptance_window > of.settings.acceptance_window) {
    const bool still_held = entry.recorded_at < of.widened_at + of.window_before;
    const Duration now = of.settings.acceptance_window;
    of.window_before = still_held ? std::min(of.window_before, now) : now;
    of.widened_at = entry.recorded_at;
  }
  of.settings = settings;
  sort_open(of);
}

void Bookkeeping::operator()(const ServiceModeSet& asked) const {
  for (const PoolMode& mode : asked.modes) set_mode(account(), mode);
}

void Bookkeeping::credit(Money amount) const {
  Account& to = account();
  to.credited += amount;
  to.balance += amount;
  ENSURE(to.balance == decided<FundsDecision>().balance_after, "the balance is as decided");
}

// ---- orders and packages ----

Order& Bookkeeping::order(Account& of, const std::string& name) const {
  const auto found = of.order_names.find(name);
  ENSURE(found != of.order_names.end(), "an order is placed before it is paid or given up");
  return of.orders[found->second];
}

void Bookkeeping::operator()(const OrderPlaced& asked) const {
  Account& of = account();
  const auto& decision = decided<OrderDecision>();
  ENSURE(!decision.packages.empty(), "an order has packages");
  const bool paid = !decision.times_out_at.has_value();
  of.order_names.emplace(asked.order, of.orders.size());
  of.orders.push_back(Order{
      .name = asked.order,
      .product = asked.product,
      .pay = asked.pay,
      .state = paid ? OrderState::paid : OrderState::pending_payment,
      .price = decision.price,
      .quota = decision.packages.front().quota,
      .placed_at = entry.recorded_at,
      .times_out_at = decision.times_out_at,
      .paid_at = paid ? std::optional{entry.recorded_at} : std::nullopt,
      .payment_reference = {},
      .validity = decision.validity,
      .expiry = decision.expiry,
      .activation_delay = decision.activation_delay,
      .package_first = decision.packages.front().id,
      .copies = asked.copies,
  });
  for (const PackageTerms& terms : decision.packages) add_package(of, terms);
  if (!paid) {
    ledger.timers_.set(
        Timer{*decision.times_out_at, TimerKind::order_timeout, of.id, of.orders.size()});
    return;
  }
  of.purchased += decision.price;
  of.balance -= decision.price;
  ENSURE(of.balance == decision.balance_after, "the balance is as decided");
  for (const PackageTerms& terms : decision.packages) start_package(of, terms.id);
}

void Bookkeeping::operator()(const OrderPaid& asked) const {
  Account& of = account();
  Order& paid = order(of, asked.order);
  const auto& decision = decided<PaidDecision>();
  ledger.timers_.cancel(Timer{*paid.times_out_at, TimerKind::order_timeout, of.id,
                              of.order_names.at(asked.order) + 1});
  paid.state = OrderState::paid;
  paid.paid_at = entry.recorded_at;
  paid.payment_reference = asked.payment_reference;
  for (std::int32_t copy = 0; copy < paid.copies; ++copy) {
    const PackageId id{paid.package_first.value + static_cast<std::uint64_t>(copy)};
    of.package(id).terms.effective_at = decision.effective_at;
    of.package(id).terms.expires_at = decision.expires_at;
    start_package(of, id);
  }
}

void Bookkeeping::give_up(const std::string& order_name, OrderState state) const {
  Account& of = account();
  Order& unpaid = order(of, order_name);
  // A time-out has no timer left to cancel; cancelling it again does nothing.
  ledger.timers_.cancel(Timer{*unpaid.times_out_at, TimerKind::order_timeout, of.id,
                              of.order_names.at(order_name) + 1});
  unpaid.state = state;
  for (std::int32_t copy = 0; copy < unpaid.copies; ++copy) {
    const PackageId id{unpaid.package_first.value + static_cast<std::uint64_t>(copy)};
    of.package(id).state = PackageState::cancelled;
  }
}

void Bookkeeping::operator()(const PackageGranted&) const {
  Account& of = account();
  const PackageTerms& terms = decided<GrantDecision>().package;
  add_package(of, terms);
  start_package(of, terms.id);
}

void Bookkeeping::add_package(Account& to, const PackageTerms& terms) const {
  ENSURE(terms.id.value == to.packages.size() + 1, "packages are numbered without gaps");
  Package package;
  package.terms = terms;
  to.packages.push_back(std::move(package));
  to.package_names.emplace(terms.name, terms.id);
}

void Bookkeeping::start_package(Account& of, PackageId id) const {
  Package& package = of.package(id);
  const PackageTerms& terms = package.terms;
  const bool later = terms.effective_at > entry.recorded_at;
  package.state = later ? PackageState::scheduled : PackageState::active;
  package.remaining = terms.quota;
  if (later) set_timer(TimerKind::activate, id, terms.effective_at);
  set_timer(TimerKind::expire, id, terms.expires_at);
  of.open.push_back(id);
  sort_open(of);
  // A pool that has no service mode yet takes that of its first package (R55).
  const std::string pool = pool_name(terms.scope.destinations);
  if (!of.mode_of(pool)) set_mode(of, PoolMode{.pool = pool, .mode = terms.mode});
  ensure_conserved(package);
}

void Bookkeeping::operator()(const PackageRefunded&) const {
  Account& of = account();
  const auto& decision = decided<RefundDecision>();
  Package& package = of.package(decision.package);
  if (package.state == PackageState::scheduled)
    ledger.timers_.cancel(
        Timer{package.terms.effective_at, TimerKind::activate, of.id, decision.package.value});
  ledger.timers_.cancel(
      Timer{package.terms.expires_at, TimerKind::expire, of.id, decision.package.value});
  package.remaining -= decision.units;
  package.refunded += decision.units;
  package.state = PackageState::refunded;
  package.closed = true;
  close(of, decision.package);
  of.refunded += decision.balance_after - of.balance;
  of.balance = decision.balance_after;
  ensure_conserved(package);
}

// ---- sends and reversals ----

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
    (package.expired() ? package.forfeited : package.remaining) -= line.units;
    package.used += line.units;
    if (package.state == PackageState::active && package.remaining == Units{0})
      package.state = PackageState::used_up;
    ensure_conserved(package);
  }
}

void Bookkeeping::take_charges(Account& from, const SendRecorded& asked,
                               const SendDecision& decision) const {
  const Money total = checked(cost_of(decision));
  from.charged += total;
  from.balance -= total;
  if (!decision.counter) return;
  Counter& counter =
      from.counters[{rating_group(asked.destination, asked.type), decision.counter->month}];
  counter.position += decision.counter->units;
  if (!decision.counter->volume_price) return;
  VolumeUnits& volume = counter.volume[decision.counter->volume_from];
  volume.payg += units_of(decision.charges);
  volume.price = *decision.counter->volume_price;
}

void Bookkeeping::remember_send(const Account& of, const SendRecorded& asked) const {
  const AccountSettings& settings = of.settings;
  const Instant reversible_until = entry.recorded_at + settings.reversal_window;
  const Instant acceptable_until =
      occurred_at(asked, entry.recorded_at) + settings.acceptance_window;
  ledger.sends_.remember(SendRecord{
      .account = of.id,
      .sequence = entry.sequence,
      .recorded_at = entry.recorded_at,
      .reversible_until = reversible_until,
      .forget_at = std::max(reversible_until, acceptable_until) + send_memory_rest,
      .asked = asked,
      .decided = decided<SendDecision>(),
      .reversals = {},
  });
}

void Bookkeeping::operator()(const SendReversed& asked) const {
  Account& to = account();
  const auto& decision = decided<ReversalDecision>();
  const Money refund = checked(sum_of(decision.charges));
  to.refunded += refund;
  to.balance += refund;
  for (const ReversalLine& line : decision.lines) {
    Package& package = to.package(line.package);
    package.used -= line.units;
    (line.restored ? package.remaining : package.forfeited) += line.units;
    if (line.restored && package.state == PackageState::used_up)
      package.state = PackageState::active;
    ensure_conserved(package);
  }
  const SendRecord* record = ledger.sends_.find(to.id, asked.send, entry.recorded_at);
  ENSURE(record != nullptr, "only a send that is remembered is reversed");
  if (record->decided.counter) {
    Counter& counter = to.counters[{rating_group(record->asked.destination, record->asked.type),
                                    record->decided.counter->month}];
    counter.position -= decision.counter_units;
    ENSURE(counter.position >= Units{0}, "counters count");
    if (record->decided.counter->volume_price) {
      VolumeUnits& volume = counter.volume[record->decided.counter->volume_from];
      volume.payg -= units_of(decision.charges);
      ENSURE(volume.payg >= Units{0}, "counters count");
    }
  }
  ledger.sends_.reverse(to.id, asked.send, Reversal{asked.reversal, asked.units, entry.sequence});
}

// ---- timers ----

void Bookkeeping::fire(TimerKind kind, PackageId package, Instant due) const {
  const Timer fired{due, kind, entry.input.account, package.value};
  ENSURE(ledger.timers_.holds(fired), "a timer fires once, when it was set");
  ledger.timers_.cancel(fired);
}

void Bookkeeping::set_timer(TimerKind kind, PackageId package, Instant due) const {
  ledger.timers_.set(Timer{due, kind, entry.input.account, package.value});
}

void Bookkeeping::operator()(const PackageActivated& due) const {
  fire(TimerKind::activate, due.package, due.due);
  account().package(due.package).state = PackageState::active;
}

void Bookkeeping::operator()(const PackageExpired& due) const {
  fire(TimerKind::expire, due.package, due.due);
  Package& package = account().package(due.package);
  const auto& decision = decided<ExpiryDecision>();
  package.remaining -= decision.forfeited;
  package.forfeited += decision.forfeited;
  package.state = PackageState::expired_grace;
  set_timer(TimerKind::close, due.package, decision.closes_at);
  set_timer(TimerKind::grace_end, due.package, due.due + grace_period);
  ensure_conserved(package);
}

void Bookkeeping::operator()(const PackageClosed& due) const {
  fire(TimerKind::close, due.package, due.due);
  Account& of = account();
  of.package(due.package).closed = true;
  close(of, due.package);
}

void Bookkeeping::operator()(const GraceEnded& due) const {
  fire(TimerKind::grace_end, due.package, due.due);
  account().package(due.package).state = PackageState::expired_retention;
  set_timer(TimerKind::release, due.package, due.due + retention_period);
}

void Bookkeeping::operator()(const PackageReleased& due) const {
  fire(TimerKind::release, due.package, due.due);
  account().package(due.package).state = PackageState::released;
}

}  // namespace packledger
