#include "packledger/ledger/ledger.hpp"

#include "ledger/digest.hpp"
#include "ledger/rules.hpp"

#include <utility>

namespace packledger {

Ledger::Ledger(Over over)
    : accounts_(&over.beneath.accounts_),
      books_(over.beneath.books_),
      sends_(&over.beneath.sends_),
      keys_(&over.beneath.keys_),
      producers_(&over.beneath.producers_),
      aftermath_(over.beneath.aftermath_),
      last_(over.beneath.last_),
      recorded_at_(over.beneath.recorded_at_) {}

std::string natural_identity(const What& what) {
  if (const auto* opened = std::get_if<AccountOpened>(&what)) return "account:" + opened->name;
  if (const auto* placed = std::get_if<OrderPlaced>(&what)) return "order:" + placed->order;
  if (const auto* paid = std::get_if<OrderPaid>(&what)) return "paid:" + paid->order;
  if (const auto* cancelled = std::get_if<OrderCancelled>(&what))
    return "cancelled:" + cancelled->order;
  if (const auto* granted = std::get_if<PackageGranted>(&what))
    return "package:" + granted->package;
  if (const auto* refunded = std::get_if<PackageRefunded>(&what))
    return "refunded:" + refunded->package;
  // With the account the key of a renewal (R96).
  if (const auto* renewal = std::get_if<PackageRenewed>(&what))
    return "renew:" + std::string{renewal_pool} + "/" + std::to_string(renewal->cause.value);
  return {};
}

namespace {

// The law takes one rule for each kind of input.
struct Law {
  const Ledger& ledger;
  const Account* account;  // nothing only for inputs that are about no account
  Instant at;

  Decided operator()(const AccountOpened& asked) const { return decide_open(ledger, asked, at); }
  Decided operator()(const AccountSettingsSet& asked) const {
    return decide_settings(*account, asked);
  }
  Decided operator()(const ServiceModeSet&) const { return decide_modes(*account); }
  Decided operator()(const FundsCredited& asked) const {
    return decide_funds(ledger, *account, asked.amount, at);
  }
  Decided operator()(const FundsAdjusted& asked) const {
    return decide_funds(ledger, *account, asked.amount, at);
  }
  Decided operator()(const OrderPlaced& asked) const {
    return decide_order(ledger, *account, asked, at);
  }
  Decided operator()(const OrderPaid& asked) const { return decide_pay(*account, asked, at); }
  Decided operator()(const OrderCancelled& asked) const { return decide_cancel(*account, asked); }
  Decided operator()(const PackageGranted& asked) const {
    return decide_grant(*account, asked, at);
  }
  Decided operator()(const PackageRefunded& asked) const {
    return decide_refund(*account, asked, at);
  }
  Decided operator()(const SendRecorded& asked) const {
    return decide_send(ledger, *account, asked, at);
  }
  Decided operator()(const SendReversed& asked) const {
    return decide_reversal(ledger, *account, asked, at);
  }
  Decided operator()(const PriceBookPublished&) const { return Done{}; }
  Decided operator()(const PackageActivated&) const { return Done{}; }
  Decided operator()(const PackageExpired& due) const { return decide_expiry(*account, due); }
  Decided operator()(const PackageClosed&) const { return Done{}; }
  Decided operator()(const GraceEnded&) const { return Done{}; }
  Decided operator()(const PackageReleased&) const { return Done{}; }
  Decided operator()(const OrderTimedOut&) const { return Done{}; }
  Decided operator()(const ContactsSet&) const { return Done{}; }
  Decided operator()(const InvoiceRequested&) const { return decide_invoice(*account, at); }
  Decided operator()(const HoldPlaced& asked) const { return decide_hold(*account, asked, at); }
  Decided operator()(const HoldCaptured& asked) const {
    return decide_capture(ledger, *account, asked, at);
  }
  Decided operator()(const HoldReleased& asked) const {
    return decide_release(*account, asked.hold, at);
  }
  Decided operator()(const HoldExpired& due) const {
    return decide_release(*account, due.hold, due.due);
  }
  Decided operator()(const AlarmRuleSet& asked) const { return decide_alarm(*account, asked); }
  Decided operator()(const AlarmRuleRemoved& asked) const {
    return decide_alarm_removal(*account, asked);
  }
  Decided operator()(const AlarmCooldownEnded&) const { return Done{}; }
  Decided operator()(const AlarmRaised& raised) const { return decide_raised(*account, raised); }
  Decided operator()(const AlarmCleared& cleared) const {
    return decide_cleared(*account, cleared);
  }
  Decided operator()(const ExpiryReminderDue& due) const { return decide_reminder(*account, due); }
  Decided operator()(const RenewalRuleSet& asked) const {
    return decide_renewal_rule(ledger, *account, asked, at);
  }
  Decided operator()(const RenewalRuleRemoved&) const { return decide_renewal_removal(*account); }
  Decided operator()(const PreExpiryRenewalDue& due) const {
    return decide_pre_expiry(*account, due);
  }
  Decided operator()(const RenewalRetryDue& due) const {
    return decide_retry(ledger, *account, due.due);
  }
  Decided operator()(const PackageRenewed& renewed) const {
    return decide_renewed(ledger, *account, renewed);
  }
  Decided operator()(const RenewalFailed& failed) const {
    return decide_failed(ledger, *account, failed);
  }
  Decided operator()(const RenewalCapped&) const { return decide_capped(*account); }
  Decided operator()(const SuspensionDue&) const { return Done{}; }
  Decided operator()(const AccountOverdue& overdue) const {
    return decide_overdue(*account, overdue.at);
  }
  Decided operator()(const AccountSuspended&) const { return decide_standing(*account); }
  Decided operator()(const AccountResumed&) const { return decide_standing(*account); }
  Decided operator()(const BatchTaken& asked) const { return decide_batch(ledger, asked, at); }
  Decided operator()(const RunOutForecast& asked) const {
    return decide_run_out(ledger, *account, asked, at);
  }
};

std::optional<Refusal> seen_before(const SeenKeys& keys, const Input& input,
                                   const std::string& text, Instant at) {
  const SeenKey* seen = keys.find(input.account, text, at);
  if (seen == nullptr) return std::nullopt;
  const bool same = seen->digest == digest_of(input.what);
  return Refusal{same ? Reject::duplicate : Reject::conflict, {}, seen->sequence};
}

std::string alarm_name(const Account& account, std::uint64_t number) {
  for (const auto& [name, alarm] : *account.alarms) {
    if (alarm.number == number) return name;
  }
  ENSURE(false, "an alarm that cools is set");
}

// What the status of an account says to its balance (R105).
std::optional<What> due_standing(const Account& account, const Aftermath& after) {
  const Instant at = after.at;
  const bool owes = account.balance < Money{};
  switch (account.standing->status) {
    case AccountStatus::active:
      return owes ? std::optional<What>{AccountOverdue{at}} : std::nullopt;
    case AccountStatus::overdue: {
      if (!owes) return AccountResumed{at};
      const bool no_grace = account.standing->suspends_at == account.standing->overdue_at;
      return no_grace || after.grace_over ? std::optional<What>{AccountSuspended{at}}
                                          : std::nullopt;
    }
    case AccountStatus::suspended:
      return owes ? std::nullopt : std::optional<What>{AccountResumed{at}};
  }
  ENSURE(false, "every status has its way out");
}

}  // namespace

Result<Decision, Refusal> Ledger::decide(const Input& input, Instant at) const {
  ENSURE(at >= recorded_at_, "the journal's time never goes back");
  const Account* account = accounts_.find(input.account);
  if (account == nullptr && !about_no_account(input.what)) return refuse(Reject::unknown_account);
  if (!input.key.empty()) {
    if (const auto seen = seen_before(keys_, input, "key:" + input.key, at))
      return std::unexpected{*seen};
  }
  if (const std::string name = natural_identity(input.what); !name.empty()) {
    if (const auto seen = seen_before(keys_, input, name, at)) return std::unexpected{*seen};
  }
  return std::visit(Law{.ledger = *this, .account = account, .at = at}, input.what);
}

AccountId Ledger::fetch_row(const AccountName& account, std::string_view send) const {
  const AccountId likely = accounts_.likely(account);
  accounts_.fetch_row(likely);
  sends_.prefetch(send_key(likely, send));
  return likely;
}

Result<SendDecision, Refusal> Ledger::decide(AccountId id, const SendRecorded& send,
                                             Instant at) const {
  ENSURE(at >= recorded_at_, "the journal's time never goes back");
  const Account* account = accounts_.find(id);
  if (account == nullptr) return std::unexpected{Refusal{Reject::unknown_account, {}, {}}};
  return decide_send(*this, *account, send, at);
}

std::vector<Input> Ledger::consequences() const {
  const Account* account = accounts_.find(aftermath_.account);
  if (account == nullptr) return {};
  std::vector<Input> inputs;
  const auto add = [&](What what) {
    inputs.push_back(Input{.account = account->id, .key = {}, .what = std::move(what)});
  };
  if (auto standing = due_standing(*account, aftermath_)) {
    add(*std::move(standing));
    return inputs;
  }
  if (!account->alarms->empty()) {
    for (What& what : due_alarms(*account, aftermath_)) add(std::move(what));
    if (!inputs.empty()) return inputs;
  }
  if (account->renewal) {
    if (auto renewal = due_renewal(*this, *account, aftermath_)) add(*std::move(renewal));
  }
  return inputs;
}

std::optional<Instant> Ledger::next_due() const {
  const auto timer = timers_.first();
  return timer ? std::optional{timer->due} : std::nullopt;
}

std::optional<Input> Ledger::due_input(Instant at) const {
  const auto timer = timers_.first();
  if (!timer || timer->due > at) return std::nullopt;
  const PackageId package{timer->number};
  const auto what = [&]() -> What {
    switch (timer->kind) {
      case TimerKind::expire: return PackageExpired{package, timer->due};
      case TimerKind::activate: return PackageActivated{package, timer->due};
      case TimerKind::close: return PackageClosed{package, timer->due};
      case TimerKind::grace_end: return GraceEnded{package, timer->due};
      case TimerKind::release: return PackageReleased{package, timer->due};
      case TimerKind::order_timeout: {
        const Account& account = accounts_.at(timer->account);
        return OrderTimedOut{account.orders->all[timer->number - 1].name, timer->due};
      }
      case TimerKind::pre_expiry: return PreExpiryRenewalDue{package, timer->due};
      case TimerKind::reminder: {
        const Instant end = accounts_.at(timer->account).package(package).terms.expires_at;
        return ExpiryReminderDue{package, end - timer->due, timer->due};
      }
      case TimerKind::suspend: return SuspensionDue{timer->due};
      case TimerKind::renewal_retry: return RenewalRetryDue{timer->due};
      case TimerKind::hold_expire: {
        const Hold* hold = accounts_.at(timer->account).holds->find(Sequence{timer->number});
        ENSURE(hold != nullptr, "a hold that waits is there");
        return HoldExpired{hold->asked.hold, timer->due};
      }
      case TimerKind::alarm_cooldown:
        return AlarmCooldownEnded{alarm_name(accounts_.at(timer->account), timer->number),
                                  timer->due};
    }
    ENSURE(false, "every timer has its input");
  };
  return Input{.account = timer->account, .key = {}, .what = what()};
}

}  // namespace packledger
