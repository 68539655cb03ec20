// Value views: the small pieces of which every view is made, one function per value of the ledger.
// Each writes members into an object that is open.
//
// Owner: wire. Pure functions, any thread.
#pragma once

#include "packledger/ledger/account.hpp"
#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/id.hpp"
#include "packledger/ledger/input.hpp"
#include "packledger/ledger/money.hpp"
#include "packledger/ledger/package.hpp"
#include "packledger/ledger/price_book.hpp"
#include "packledger/ledger/scope.hpp"
#include "packledger/ledger/time.hpp"
#include "wire/json_writer.hpp"
#include "wire/names.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace packledger {

// "destinations": ["CN"] or ["*"]; "templates": ["verification", …]
void write_destinations(JsonWriter& json, const Destinations& destinations);
void write_templates(JsonWriter& json, Templates templates);

void write_instant(JsonWriter& json, std::string_view key, Instant t);
void write_duration(JsonWriter& json, std::string_view key, Duration duration);
void write_money(JsonWriter& json, std::string_view key, Money amount);

// Every setting but the zone: the shape of account_defaults.
void write_settings(JsonWriter& json, const AccountSettings& settings);
// The zone's name and every setting.
void write_settings_with_zone(JsonWriter& json, const AccountSettings& settings);
// Those that are set.
void write_patch(JsonWriter& json, const SettingsPatch& patch);

// "modes": {"CN": "pay_per_use"}
void write_modes(JsonWriter& json, std::span<const PoolMode> modes);

// "lines": [{package, units}] · "payg": [{units, unit_price, amount, currency}]
void write_lines(JsonWriter& json, std::span<const PackageLine> lines, const Names& names,
                 AccountId account);
// "lines": [{package, units, to: remaining | forfeited}]
void write_reversal_lines(JsonWriter& json, std::span<const ReversalLine> lines, const Names& names,
                          AccountId account);
// "given_back": the same, of what a hold gives back.
void write_given_back(JsonWriter& json, std::span<const ReversalLine> lines, const Names& names,
                      AccountId account);
void write_charges(JsonWriter& json, std::span<const ChargeLine> charges, Currency currency);

// "adjustment": the change of price of earlier units of the month, where there is one (R61).
void write_adjustment(JsonWriter& json, const SendDecision& decision, Currency currency);

// package, pool, order?, product?, quota: what a package is known by.
void write_package_head(JsonWriter& json, const PackageTerms& terms);
// effective_at, expires_at: null while the order is unpaid.
void write_package_times(JsonWriter& json, const PackageTerms& terms);
// destinations, templates, mode, priority, price_paid, currency
void write_package_terms(JsonWriter& json, const PackageTerms& terms, Currency currency);

}  // namespace packledger
