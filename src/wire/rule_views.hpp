// Views of the rules of an account and of how they stand: alarms, automatic renewal, contacts.
//
// Owner: wire; called by serve inside a Question, so on the engine thread, or on a scratch ledger
// on any other. Pure functions; every result is one line of JSON without a newline. Invariants:
// those of views.hpp.
#pragma once

#include "packledger/ledger/account.hpp"
#include "packledger/ledger/alarm.hpp"
#include "packledger/ledger/id.hpp"
#include "packledger/ledger/ledger.hpp"

#include <string>

namespace packledger {

// {account, alarm, pool, kind, threshold, when, contacts, cooldown, state: armed | fired, firings,
// fired_packages?, fired_at?, runs_out_at?, position}. fired_packages are those for which an alarm
// of kind per_package has fired, in the order of purchase; it is fired while there is one.
// runs_out_at is what the last forecast said that made an alarm of kind runs_out_within speak.
[[nodiscard]] std::string alarm_view(const Account& account, const Alarm& alarm, Sequence position);
// {account, alarms: [the same without account and position], position}, sorted by name.
[[nodiscard]] std::string alarms_view(const Account& account, Sequence position);

// {account, enabled, pool, threshold, pre_expiry, quantity, product, max_per_day, lead, retry_at,
// price, currency, balance, total, state: idle | pending, pending?: {trigger, package?, cause,
// retry_at}, renewed_today, next?: {package, at}, position}. `price` is what a renewal would cost
// now, null where the book in force does not say; `total` is what is left in the pool; `next` is
// the renewal before an end that is to come. The account has a renewal rule.
[[nodiscard]] std::string renewal_view(const Account& account, const Ledger& ledger);

// {account, contacts: [{contact, channels: [{channel, address?}], topics}], position}
[[nodiscard]] std::string contacts_view(const Account& account, Sequence position);

}  // namespace packledger
