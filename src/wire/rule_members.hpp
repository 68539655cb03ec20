// Members of rules: alarms, renewal and contacts as JSON. One way to write each, for the answers
// to requests, for views and for the lines of the journal. Each writes members into an object that
// is open.
//
// Owner: wire. Pure functions, any thread.
#pragma once

#include "packledger/ledger/alarm.hpp"
#include "packledger/ledger/contact.hpp"
#include "packledger/ledger/money.hpp"
#include "packledger/ledger/renewal.hpp"
#include "wire/json_writer.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace packledger {

// alarm, pool (null for balance), kind, threshold: {units | percent | amount, currency,
// per_package?: {"P": 100} | within}, when, contacts: ["ops"], cooldown
void write_alarm_rule(JsonWriter& json, const AlarmRule& rule, Currency currency);

// enabled, pool, threshold (null where there is none), pre_expiry, quantity, product, max_per_day,
// lead, retry_at: "03:00"; product and max_per_day as agreed.
void write_renewal_rule(JsonWriter& json, const RenewalRule& rule, const RenewalAgreed& agreed);

// "contacts": [{contact, channels: [{channel, address?}], topics: ["alarm", …]}]
void write_contacts(JsonWriter& json, std::span<const Contact> contacts);
// "told": [{contact, channels: ["sms", …]}]
void write_told(JsonWriter& json, std::span<const Told> told);

// "03:00"
void write_minute_of_day(JsonWriter& json, std::string_view key, std::int32_t minute);

}  // namespace packledger
