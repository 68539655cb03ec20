// Command answers: what every write but a send is answered with. An answer is rendered from its
// entry alone, plus names, so that a repeat of the request gives the same bytes however the ledger
// has moved on.
//
// Owner: wire; called by serve. Pure functions, any thread; every result is one line of JSON
// without a newline.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "wire/names.hpp"

#include <span>
#include <string>
#include <string_view>

namespace packledger {

// The body that answers the request which made the first of these entries; behind it stand its
// consequences, as in Answered::entries.
//   open account     {account, currency, balance: "0", status, opened_at, pools: [], settings…}
//   settings, modes  {account, settings… | modes, position, recorded_at}
//   funds            {account, amount, currency, balance, reason?, position, recorded_at}
//   order            {account, order, product, quota, copies, pay, status: paid | pending_payment,
//                     price, currency, balance, times_out_at?, packages, position, recorded_at}
//   pay              {account, order, status: paid, payment_reference, effective_at, expires_at, …}
//   cancel           {account, order, status: cancelled, …}
//   grant            {account, package, … as a package view without rank}
//   refund           {account, package, units, amount, currency, balance, …}
//   reversal         {account, send, reversal, units, lines: [{package, units, to: remaining |
//                     forfeited}], payg: [{units, unit_price, amount, currency}], …}
//   hold             {account, hold, units, destination, template, state: held, lines: [{package,
//                     units}], placed_at, expires_at, …}
//   capture          {account, hold, state: captured, captured, lines, given_back: [{package,
//                     units, to: remaining | forfeited}], …}
//   release          {account, hold, state: released, given_back, …}
//   alarm            {account, alarm, pool, kind, threshold, when, contacts, cooldown, warnings:
//                     [{code, detail}], …}
//   renewal          {account, enabled, pool, threshold, pre_expiry, quantity, product,
//                     max_per_day, lead, retry_at, warnings, …}
//   contacts         {account, contacts, …}
//   rule removed     {account, alarm?, removed: true, …}
//   invoice          {account, invoice, …}: the invoice view
//   price book       {version, effective_from, currency, products, payg, …}: how many of each
// and `consequences: [journal lines]` at the end where there are any. A repeat is answered from
// the first entry alone: its consequences happened then, and stand behind it in the journal.
//
// The entries of a PATCH may be settings, then modes, each with its consequences behind it: then
// the members of both are told, and position is that of the modes.
//
// The first entry is of one of these kinds; a timer's or a send's is a defect of ours.
[[nodiscard]] std::string command_answer(std::span<const Entry> entries, const Names& names);

// What a rule is warned of, in `warnings`.
inline constexpr std::string_view warning_fires_after_every_purchase = "fires_after_every_purchase";
inline constexpr std::string_view warning_never_fires = "never_fires";
inline constexpr std::string_view warning_never_renews = "never_renews";

// {dry_run: true, …the answer as above…, entries: [journal lines]}. The entries are those that
// would be made; position is that of the last entry that really is. Names that the entries
// themselves would bring in are understood.
[[nodiscard]] std::string dry_run_answer(std::span<const Entry> entries, const Names& names);

}  // namespace packledger
