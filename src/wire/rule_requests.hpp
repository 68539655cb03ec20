// Requests that set the rules of an account: alarms, automatic renewal, contacts. Shape only:
// whether a product or a contact exists is the law's business.
//
// Owner: wire; called by serve on the front thread. Pure functions, any thread.
// Invariants: those of requests.hpp, and
//  1. No text that is kept holds a control character: none can break a header or a line of a
//     message in which it is sent on.
#pragma once

#include "packledger/ledger/input.hpp"
#include "packledger/ledger/result.hpp"
#include "wire/requests.hpp"

#include <cstddef>
#include <string_view>

namespace packledger {

inline constexpr std::size_t email_bytes_max = 254;  // RFC 5321: a path of 256 with its brackets
inline constexpr std::size_t phone_digits_max = 15;  // E.164
inline constexpr std::size_t phone_digits_min = 6;   // shorter ones are services of one network

// PUT …/alarms/{alarm}: {pool?, kind?, threshold: {units} | {percent} | {amount} | {per_package:
// {"P": 100, …}}, when?, contacts?, cooldown?}. The alarm's name is the path's: serve has checked
// it with is_name.
//   total        exactly one of units and percent
//   per_package  units or percent, or per_package for single packages, or one beside the other
//   balance      amount alone, and no pool
//   runs_out_within  within alone, alarm_within_min to alarm_within_max
// Every other threshold is invalid_threshold. `when` is below, for per_package and runs_out_within
// at_or_below (R78, R132).
// Contacts come out sorted.
[[nodiscard]] Result<What, RequestFault> read_alarm(std::string_view alarm, std::string_view body);

// PUT …/renewal: {enabled, threshold?, pre_expiry?, quantity, product?, max_per_day?, pool?}. The
// range of the quantity and the one pool that is allowed are the law's to refuse.
[[nodiscard]] Result<What, RequestFault> read_renewal(std::string_view body);

// PUT …/contacts: {contacts: [{contact, channels: [{channel, address?}], topics?}]}: all of them.
//   sms                      + and 6 to 15 digits
//   email                    one @ with something on both sides, no white space and none of
//                            "(),:;<>[]\, at most 254 bytes
//   webhook, dingtalk_robot  an https URL without a user in it, at most address_bytes_max
//   internal                 no address
// Contacts and their channels come out sorted.
[[nodiscard]] Result<What, RequestFault> read_contacts(std::string_view body);

}  // namespace packledger
