// Accounts: opening, settings, service modes, funds (rules §1, §5 R55, §10 R110).
#include "ledger/rules.hpp"

namespace packledger {
namespace {

AccountSettings patched(AccountSettings settings, const SettingsPatch& patch) {
  if (patch.zone) settings.zone = *patch.zone;
  if (patch.order) settings.order = *patch.order;
  if (patch.late_window) settings.late_window = *patch.late_window;
  if (patch.acceptance_window) settings.acceptance_window = *patch.acceptance_window;
  if (patch.reversal_window) settings.reversal_window = *patch.reversal_window;
  if (patch.order_ttl) settings.order_ttl = *patch.order_ttl;
  if (patch.overdue_grace) settings.overdue_grace = *patch.overdue_grace;
  if (patch.prepaid_strict) settings.prepaid_strict = *patch.prepaid_strict;
  if (patch.absorb_overage) settings.absorb_overage = *patch.absorb_overage;
  if (patch.reminders) settings.reminders = *patch.reminders;
  return settings;
}

}  // namespace

Decided decide_open(const Ledger& ledger, const AccountOpened& asked, Instant at) {
  const PriceBook* book = ledger.books().in_force(asked.currency, at);
  const AccountSettings defaults = book == nullptr ? AccountSettings{} : book->defaults;
  return AccountDecision{.account = AccountId{ledger.accounts().count() + 1},
                         .settings = patched(defaults, asked.settings)};
}

Decided decide_settings(const Account& account, const AccountSettingsSet& asked) {
  return SettingsDecision{patched(account.settings, asked.settings)};
}

Decided decide_modes(const Account& account) {
  if (account.balance < Money{0}) return refuse(Reject::account_overdue);  // R110
  return Done{};
}

Decided decide_funds(const Account& account, Money amount) {
  const auto balance = checked_add(account.balance, amount);
  if (!balance || !checked_add(account.credited, amount))
    return refuse(Reject::amount_overflow, "amount");
  return FundsDecision{*balance};
}

}  // namespace packledger
