// Bookkeeping: the only code that changes a ledger. It takes what was decided and asks the law
// nothing. Where an entry does not fit the state the journal is not ours, and the process stops.
//
// Owner: Ledger::apply, on its stack; engine thread. Spread over apply*.cpp by what is booked.
#pragma once

#include "packledger/ledger/ledger.hpp"

#include <optional>
#include <string>

namespace packledger {

struct Bookkeeping {
  Ledger& ledger;
  const Entry& entry;
  Instant at;  // from when the entry counts: everything that follows is reckoned from here

  // accounts
  void operator()(const AccountOpened& asked) const;
  void operator()(const AccountSettingsSet& asked) const;
  void operator()(const ServiceModeSet& asked) const;
  void operator()(const FundsCredited& asked) const;
  void operator()(const FundsAdjusted& asked) const { credit(asked.amount); }
  void operator()(const ContactsSet& asked) const { account().contacts = asked.contacts; }
  void operator()(const InvoiceRequested& asked) const;
  void operator()(const PriceBookPublished& asked) const { ledger.books_.publish(asked.book); }

  // orders and packages
  void operator()(const OrderPlaced& asked) const;
  void operator()(const OrderPaid& asked) const;
  void operator()(const OrderCancelled& asked) const {
    give_up(asked.order, OrderState::cancelled);
  }
  void operator()(const OrderTimedOut& due) const { give_up(due.order, OrderState::timed_out); }
  void operator()(const PackageGranted& asked) const;
  void operator()(const PackageRefunded& asked) const;
  void operator()(const PackageActivated& due) const;
  void operator()(const PackageExpired& due) const;
  void operator()(const PackageClosed& due) const;
  void operator()(const GraceEnded& due) const;
  void operator()(const PackageReleased& due) const;
  void operator()(const ExpiryReminderDue& due) const;

  // sends and holds
  void operator()(const SendRecorded& asked) const;
  void operator()(const SendReversed& asked) const;
  void operator()(const BatchTaken& taken) const;
  void operator()(const HoldPlaced& asked) const;
  void operator()(const HoldCaptured& asked) const;
  void operator()(const HoldReleased& asked) const { end_hold(asked.hold, HoldState::released); }
  void operator()(const HoldExpired& due) const;

  // alarms
  void operator()(const AlarmRuleSet& asked) const;
  void operator()(const AlarmRuleRemoved& asked) const;
  void operator()(const AlarmCooldownEnded& due) const;
  void operator()(const RunOutForecast& told) const;
  void operator()(const AlarmRaised& raised) const;
  void operator()(const AlarmCleared& cleared) const;

  // renewal
  void operator()(const RenewalRuleSet& asked) const;
  void operator()(const RenewalRuleRemoved& asked) const;
  void operator()(const PreExpiryRenewalDue& due) const;
  void operator()(const RenewalRetryDue& due) const;
  void operator()(const PackageRenewed& renewed) const;
  void operator()(const RenewalFailed& failed) const;
  void operator()(const RenewalCapped& capped) const;

  // standing
  void operator()(const SuspensionDue& due) const;
  void operator()(const AccountOverdue& overdue) const;
  void operator()(const AccountSuspended& suspended) const;
  void operator()(const AccountResumed& resumed) const;

  void run() const;

 private:
  template <class T> const T& decided() const {
    const T* decision = std::get_if<T>(&entry.decision);
    ENSURE(decision != nullptr, "an entry's decision answers its input");
    return *decision;
  }
  Account& account() const { return ledger.accounts_.change(entry.input.account); }
  Aftermath& aftermath() const { return ledger.aftermath_; }
  void begin_aftermath() const;
  void remember_identities() const;

  Order& order(Account& of, const std::string& name) const;
  void credit(Money amount) const;
  void set_mode(Account& of, const PoolMode& mode) const;
  void give_up(const std::string& order_name, OrderState state) const;
  void purchase(Account& of, Money price, Money balance_after) const;
  void add_package(Account& to, const PackageTerms& terms) const;
  void start_package(Account& of, PackageId id) const;
  void cancel_timers(const Account& of, const Package& package) const;
  void set_reminders(const Account& of, const Package& package) const;
  void cancel_reminders(const Account& of, const Package& package) const;
  void leave_pool(Account& of, const Package& package) const;

  void take_lines(Account& from, const SendDecision& decision) const;
  void take_charges(Account& from, const SendRecorded& asked, const SendDecision& decision) const;
  void charge_money(Account& from, Money total) const;
  void remember_send(const Account& of, const SendRecorded& asked) const;
  void fell(Account& of, const Package& package, Units units) const;
  void end_hold(const std::string& name, HoldState state) const;

  void quota_came(Account& of, const Package& package) const;
  void cancel_cooldown(const Alarm& alarm) const;
  void leave_alarms(Account& of, PackageId id) const;
  Renewal& renewal(Account& of) const;
  void set_pre_expiry(Account& of, Package& package) const;
  void cancel_pre_expiry(Package& package) const;
  void stop_renewal(Account& of) const;
  void drop_pending(Account& of) const;
  void drop_pending_if_gone(Account& of) const;

  void fire(TimerKind kind, std::uint64_t number, Instant due) const;
  void set_timer(TimerKind kind, std::uint64_t number, Instant due) const;
  void cancel_timer(TimerKind kind, std::uint64_t number, Instant due) const;
};

// The amount that decide has checked.
[[nodiscard]] inline Money checked(std::optional<Money> amount) {
  ENSURE(amount.has_value(), "decide refuses amounts outside int64");
  return *amount;
}

}  // namespace packledger
