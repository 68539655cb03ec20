// Bookkeeping of accounts, and what every entry has in common.
#include "ledger/bookkeeping.hpp"
#include "ledger/digest.hpp"
#include "ledger/rules.hpp"
#include "packledger/ledger/each_entry_fetched.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace packledger {
namespace {

// Keys forgotten: a few per entry keep up with a steady stream, because each entry remembers at
// most one.
constexpr std::size_t forget_per_entry_max = 2;

void sort_open(Account& account) {
  const auto before = [&account](PackageId a, PackageId b) {
    return burns_before(account.package(a).terms, account.package(b).terms,
                        account.settings->order);
  };
  std::ranges::sort(account.open, before);
}

}  // namespace

void Ledger::apply(const Entry& entry) {
  ENSURE(entry.sequence == packledger::next(last_), "entries are applied in order, each once");
  ENSURE(entry.recorded_at >= recorded_at_, "the journal's time never goes back");
  const Account* account = accounts_.find(entry.input.account);
  const Instant at =
      std::max(effect_at(entry), account == nullptr ? Instant{} : account->reckoned_at);
  Bookkeeping{.ledger = *this, .entry = entry, .at = at}.run();
  last_ = entry.sequence;
  recorded_at_ = entry.recorded_at;
}

void Ledger::apply(std::span<const Entry> entries) {
  each_entry_fetched({this}, entries, [this](const Entry& entry) {
    apply(entry);
    return true;
  });
}

void Bookkeeping::run() const {
  begin_aftermath();
  std::visit(*this, entry.input.what);
  remember_identities();
  ledger.sends_.forget(entry.recorded_at);
  ledger.keys_.forget(entry.recorded_at, forget_per_entry_max);
  const AccountId id = account_of(entry);
  if (id.value == 0) return;
  Account& of = ledger.accounts_.change(id);
  of.reckoned_at = at;
  ensure_balanced(of);
  if (of.renewal && of.renewal->pending) drop_pending_if_gone(of);
}

// What is no consequence begins a new aftermath, and so does a renewal, which is a purchase.
void Bookkeeping::begin_aftermath() const {
  const bool follows =
      entry.caused_by.value != 0 && !std::holds_alternative<PackageRenewed>(entry.input.what);
  if (follows) return;
  Aftermath& after = aftermath();
  after.account = entry.input.account;
  after.cause = entry.sequence;
  after.at = at;
  after.pool_rose.reset();
  after.mainland_fell = false;
  after.credited = false;
  after.rule_changed = false;
  after.renewal_set = false;
  after.grace_over = false;
  after.retry = false;
  after.alarm.clear();
  after.ending = PackageId{};
  after.touched.clear();
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
  const Duration window = owner == nullptr ? Duration{} : owner->settings->acceptance_window;
  seen.forget_at = entry.recorded_at + std::max(window, key_memory_min);
  ledger.keys_.remember(id, "key:" + entry.input.key, seen);
}

void Bookkeeping::set_mode(Account& of, const PoolMode& mode) const {
  std::vector<PoolMode> modes = *of.modes;
  const auto place = std::ranges::lower_bound(modes, mode.pool, {}, &PoolMode::pool);
  if (place != modes.end() && place->pool == mode.pool) {
    place->mode = mode.mode;
  } else {
    modes.insert(place, mode);
  }
  of.modes = ledger.accounts_.shared(modes);
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
  if (settings.acceptance_window > of.settings->acceptance_window) {
    const bool still_held = entry.recorded_at < of.widened_at + of.window_before;
    const Duration now = of.settings->acceptance_window;
    of.window_before = still_held ? std::min(of.window_before, now) : now;
    of.widened_at = entry.recorded_at;
  }
  const bool other_order = settings.order != of.settings->order;
  const bool other_reminders = settings.reminders != of.settings->reminders;
  if (other_reminders)
    for (const PackageId id : of.open) cancel_reminders(of, of.package(id));
  of.settings = ledger.accounts_.shared(settings);
  if (other_reminders)
    for (const PackageId id : of.open) set_reminders(of, of.package(id));
  if (other_order) sort_open(of);
}

void Bookkeeping::operator()(const ServiceModeSet& asked) const {
  Account& of = account();
  for (const PoolMode& mode : asked.modes) set_mode(of, mode);
}

void Bookkeeping::operator()(const FundsCredited& asked) const {
  credit(asked.amount);
  aftermath().credited = true;
}

void Bookkeeping::credit(Money amount) const {
  Account& to = account();
  to.credited += amount;
  to.balance += amount;
  ENSURE(to.balance == decided<FundsDecision>().balance_after, "the balance is as decided");
}

void Bookkeeping::operator()(const InvoiceRequested&) const {
  Invoicing& of = account().invoicing.change();
  const auto& decision = decided<InvoiceDecision>();
  std::ptrdiff_t invoiced_paid = 0;
  for (const InvoiceLine& line : decision.lines) {
    if (line.kind != InvoiceLineKind::payg) {
      ++invoiced_paid;
      continue;
    }
    // Months that came to nothing have no line.
    const auto invoiced = std::ranges::find_if(
        of.payg, [&line](const auto& month) { return month_text(month.first) == line.name; });
    ENSURE(invoiced != of.payg.end(), "a month is invoiced once");
    of.payg.erase(of.payg.begin(), std::next(invoiced));
  }
  of.paid.erase(of.paid.begin(), std::next(of.paid.begin(), invoiced_paid));
  of.number = decision.number;
  account().invoices.change().push_back(InvoiceMade{decision.number, entry.sequence});
}

// ---- timers ----

void Bookkeeping::fire(TimerKind kind, std::uint64_t number, Instant due) const {
  const Timer fired{due, kind, entry.input.account, number};
  ENSURE(ledger.timers_.holds(fired), "a timer fires once, when it was set");
  ledger.timers_.cancel(fired);
}

void Bookkeeping::set_timer(TimerKind kind, std::uint64_t number, Instant due) const {
  ledger.timers_.set(Timer{due, kind, entry.input.account, number});
}

void Bookkeeping::cancel_timer(TimerKind kind, std::uint64_t number, Instant due) const {
  ledger.timers_.cancel(Timer{due, kind, entry.input.account, number});
}

}  // namespace packledger
