// Accounts: opening, settings, service modes, funds, standing (rules §1, §5 R55, §10 R105 to R110,
// §11 R115).
#include "ledger/rules.hpp"

#include <algorithm>
#include <utility>

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
  return SettingsDecision{patched(*account.settings, asked.settings)};
}

Decided decide_modes(const Account& account) {
  if (const auto standing = standing_against(account)) return refuse(*standing);  // R110
  return Done{};
}

Decided decide_funds(const Ledger& ledger, const Account& account, Money amount, Instant at) {
  const auto balance = checked_add(account.balance, amount);
  if (!balance || !checked_add(account.credited, amount))
    return refuse(Reject::amount_overflow, "amount");
  const bool credit = amount > Money{};
  return FundsDecision{
      .balance_after = *balance,
      .renewal_needs = credit ? renewal_needs(ledger, account, *balance, at) : std::nullopt};
}

std::optional<Reject> standing_against(const Account& account) {
  if (account.standing->status == AccountStatus::suspended) return Reject::account_suspended;
  if (account.balance < Money{0}) return Reject::account_overdue;
  return std::nullopt;
}

std::vector<Told> told_to(const Account& account, Topic topic,
                          const std::vector<std::string>& contacts) {
  std::vector<Told> told;
  for (const Contact& contact : *account.contacts) {
    const bool named =
        contacts.empty() || std::ranges::find(contacts, contact.name) != contacts.end();
    if (!named || !contact.topics.holds(topic)) continue;
    Told one{.contact = contact.name, .channels = {}};
    for (const ChannelAddress& channel : contact.channels) one.channels.add(channel.channel);
    told.push_back(std::move(one));
  }
  return told;
}

Decided decide_overdue(const Account& account, Instant at) {
  return StandingDecision{.balance = account.balance,
                          .suspends_at = at + account.settings->overdue_grace,
                          .told = told_to(account, Topic::account)};
}

Decided decide_standing(const Account& account) {
  return StandingDecision{
      .balance = account.balance, .suspends_at = {}, .told = told_to(account, Topic::account)};
}

}  // namespace packledger
