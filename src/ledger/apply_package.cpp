// Bookkeeping of orders and packages: how they come, start, end and are given back.
#include "ledger/bookkeeping.hpp"
#include "ledger/rules.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace packledger {
namespace {

// Where a package stands, or belongs, in the order of use.
PackageId* place_in_order(Account& account, PackageId id) {
  const auto before = [&account](PackageId a, PackageId b) {
    return burns_before(account.package(a).terms, account.package(b).terms,
                        account.settings->order);
  };
  return std::ranges::lower_bound(account.open, id, before);
}

void close(Account& account, PackageId id) {
  const auto place = place_in_order(account, id);
  ENSURE(place != account.open.end() && *place == id, "an open package has its place");
  account.open.erase(place);
}

std::uint32_t pool_of(Account& account, const PackageTerms& terms) {
  const std::string name = pool_name(terms.scope.destinations);
  const auto found = std::ranges::find(account.pools, name, &Pool::name);
  const auto index = static_cast<std::uint32_t>(std::distance(account.pools.begin(), found));
  if (found == account.pools.end()) account.pools.emplace_back().name = name;
  return index;
}

PackageId package_named(const Account& account, const std::string& name) {
  const Package* package = account.find_package(name);
  ENSURE(package != nullptr, "only a package that is there is renewed");
  return package->terms.id;
}

void paid_for(Account& account, const Order& order) {
  if (order.price == Money{}) return;
  account.invoicing.change().paid.push_back(
      InvoiceLine{.kind = InvoiceLineKind::order,
                  .name = order.name,
                  .product = order.product,
                  .units = Units{order.quota.value * order.copies},
                  .amount = order.price,
                  .at = *order.paid_at});
}

void stop_waiting(Pool& pool, const PackageTerms& terms) {
  auto& starting = pool.starting.change();
  const auto start = starting.find(terms.effective_at);
  ENSURE(start != starting.end(), "a scheduled package waits in its pool");
  start->second -= terms.quota;
  if (start->second == Units{}) starting.erase(start);
  if (starting.empty()) pool.starting.reset();
}

}  // namespace

Order& Bookkeeping::order(Account& of, const std::string& name) const {
  Orders& orders = of.orders.change();
  const auto found = orders.find(name);
  ENSURE(found.has_value(), "an order is placed before it is paid or given up");
  return orders.all[*found];
}

void Bookkeeping::operator()(const OrderPlaced& asked) const {
  Account& of = account();
  const auto& decision = decided<OrderDecision>();
  ENSURE(!decision.packages.empty(), "an order has packages");
  const bool at_once = !decision.times_out_at.has_value();
  Orders& orders = of.orders.change();
  orders.add(Order{
      .name = asked.order,
      .product = asked.product,
      .pay = asked.pay,
      .state = at_once ? OrderState::paid : OrderState::pending_payment,
      .price = decision.price,
      .quota = decision.packages.front().quota,
      .placed_at = entry.recorded_at,
      .times_out_at = decision.times_out_at,
      .paid_at = at_once ? std::optional{entry.recorded_at} : std::nullopt,
      .payment_reference = {},
      .validity = decision.validity,
      .expiry = decision.expiry,
      .activation_delay = decision.activation_delay,
      .package_first = decision.packages.front().id,
      .copies = asked.copies,
      .renews = asked.renews.empty() ? PackageId{} : package_named(of, asked.renews),
  });
  for (const PackageTerms& terms : decision.packages) add_package(of, terms);
  if (!at_once) {
    ledger.timers_.set(
        Timer{*decision.times_out_at, TimerKind::order_timeout, of.id, orders.all.size()});
    return;
  }
  purchase(of, decision.price, decision.balance_after);
  for (const PackageTerms& terms : decision.packages) start_package(of, terms.id);
  paid_for(of, orders.all.back());
}

// Takes the price of an order or a renewal from the balance.
void Bookkeeping::purchase(Account& of, Money price, Money balance_after) const {
  of.purchased += price;
  of.balance -= price;
  ENSURE(of.balance == balance_after, "the balance is as decided");
}

void Bookkeeping::operator()(const OrderPaid& asked) const {
  Account& of = account();
  Order& paid = order(of, asked.order);
  const auto& decision = decided<PaidDecision>();
  ledger.timers_.cancel(Timer{*paid.times_out_at, TimerKind::order_timeout, of.id,
                              *of.orders->find(asked.order) + 1});
  paid.state = OrderState::paid;
  paid.paid_at = entry.recorded_at;
  paid.payment_reference = asked.payment_reference;
  for (std::int32_t copy = 0; copy < paid.copies; ++copy) {
    const PackageId id{paid.package_first.value + static_cast<std::uint64_t>(copy)};
    of.package(id).terms.effective_at = decision.effective_at;
    of.package(id).terms.expires_at = decision.expires_at;
    start_package(of, id);
  }
  paid_for(of, paid);
}

void Bookkeeping::give_up(const std::string& order_name, OrderState state) const {
  Account& of = account();
  Order& unpaid = order(of, order_name);
  // A time-out has no timer left to cancel; cancelling it again does nothing.
  ledger.timers_.cancel(Timer{*unpaid.times_out_at, TimerKind::order_timeout, of.id,
                              *of.orders->find(order_name) + 1});
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
  to.add_package(std::move(package));
}

void Bookkeeping::start_package(Account& of, PackageId id) const {
  Package& package = of.package(id);
  const PackageTerms& terms = package.terms;
  const bool later = terms.effective_at > at;
  package.state = later ? PackageState::scheduled : PackageState::active;
  package.remaining = terms.quota;
  of.open.insert(place_in_order(of, id), id);
  package.pool = pool_of(of, terms);
  Pool& pool = of.pools[package.pool];
  // A pool that has no service mode yet takes that of its first package (R55).
  if (!of.mode_of(pool.name)) set_mode(of, PoolMode{.pool = pool.name, .mode = terms.mode});
  if (later) {
    set_timer(TimerKind::activate, id.value, terms.effective_at);
    pool.starting.change()[terms.effective_at] += terms.quota;
  } else {
    pool.remaining += terms.quota;
    pool.quota += terms.quota;
    if (terms.expires_at > at) quota_came(of, package);
    aftermath().touched.push_back(id);
  }
  set_timer(TimerKind::expire, id.value, terms.expires_at);
  set_reminders(of, package);
  if (of.renewal) set_pre_expiry(of, package);
  ensure_conserved(package);
}

void Bookkeeping::operator()(const PackageRefunded&) const {
  Account& of = account();
  const auto& decision = decided<RefundDecision>();
  Package& package = of.package(decision.package);
  leave_pool(of, package);
  cancel_timers(of, package);
  cancel_pre_expiry(package);
  package.remaining -= decision.units;
  package.refunded += decision.units;
  package.state = PackageState::refunded;
  package.closed = true;
  close(of, decision.package);
  of.refunded += decision.balance_after - of.balance;
  of.balance = decision.balance_after;
  const auto back = negated(decision.amount);
  if (decision.amount != Money{})
    of.invoicing.change().paid.push_back(InvoiceLine{.kind = InvoiceLineKind::refund,
                                                     .name = package.terms.name,
                                                     .product = package.terms.product,
                                                     .units = decision.units,
                                                     .amount = checked(back),
                                                     .at = at});
  ensure_conserved(package);
}

// Takes the package out of the sums of its pool, for good.
void Bookkeeping::leave_pool(Account& of, const Package& package) const {
  Pool& pool = of.pools[package.pool];
  if (package.state == PackageState::scheduled) {
    stop_waiting(pool, package.terms);
    return;
  }
  pool.remaining -= package.remaining;
  pool.held -= package.held;
  pool.quota -= package.terms.quota;
  if (pool.name == renewal_pool && package.remaining > Units{}) aftermath().mainland_fell = true;
  leave_alarms(of, package.terms.id);
}

void Bookkeeping::cancel_timers(const Account& of, const Package& package) const {
  const PackageTerms& terms = package.terms;
  cancel_timer(TimerKind::activate, terms.id.value, terms.effective_at);
  cancel_timer(TimerKind::expire, terms.id.value, terms.expires_at);
  cancel_reminders(of, package);
}

// Those that are still to come, and not before the package has started (R86).
void Bookkeeping::set_reminders(const Account& of, const Package& package) const {
  const PackageTerms& terms = package.terms;
  for (const Duration before : of.settings->reminders) {
    const Instant due = terms.expires_at - before;
    if (due > terms.effective_at && due > at) set_timer(TimerKind::reminder, terms.id.value, due);
  }
}

void Bookkeeping::cancel_reminders(const Account& of, const Package& package) const {
  for (const Duration before : of.settings->reminders)
    cancel_timer(TimerKind::reminder, package.terms.id.value, package.terms.expires_at - before);
}

void Bookkeeping::operator()(const PackageActivated& due) const {
  fire(TimerKind::activate, due.package.value, due.due);
  Account& of = account();
  Package& package = of.package(due.package);
  package.state = PackageState::active;
  Pool& pool = of.pools[package.pool];
  stop_waiting(pool, package.terms);
  pool.remaining += package.remaining;
  pool.quota += package.terms.quota;
  quota_came(of, package);
  aftermath().touched.push_back(due.package);
}

void Bookkeeping::operator()(const PackageExpired& due) const {
  fire(TimerKind::expire, due.package.value, due.due);
  Account& of = account();
  Package& package = of.package(due.package);
  const auto& decision = decided<ExpiryDecision>();
  leave_pool(of, package);
  package.remaining -= decision.forfeited;
  package.forfeited += decision.forfeited;
  package.state = PackageState::expired_grace;
  set_timer(TimerKind::close, due.package.value, decision.closes_at);
  set_timer(TimerKind::grace_end, due.package.value, due.due + grace_period);
  ensure_conserved(package);
}

void Bookkeeping::operator()(const PackageClosed& due) const {
  fire(TimerKind::close, due.package.value, due.due);
  Account& of = account();
  of.package(due.package).closed = true;
  close(of, due.package);
}

void Bookkeeping::operator()(const GraceEnded& due) const {
  fire(TimerKind::grace_end, due.package.value, due.due);
  account().package(due.package).state = PackageState::expired_retention;
  set_timer(TimerKind::release, due.package.value, due.due + retention_period);
}

void Bookkeeping::operator()(const PackageReleased& due) const {
  fire(TimerKind::release, due.package.value, due.due);
  account().package(due.package).state = PackageState::released;
}

void Bookkeeping::operator()(const ExpiryReminderDue& due) const {
  fire(TimerKind::reminder, due.package.value, due.due);
}

}  // namespace packledger
