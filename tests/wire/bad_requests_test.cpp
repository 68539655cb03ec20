// What wrong requests are told: one row each, with the code and the member that the answer names.
// The table is the contract with clients: a row may be added, an old one may not change.
//
// In bodies, <65> stands for 65 letters, <257> for 257 bytes, <deep> for 40 opening brackets, <nul>
// for a zero byte and <ff> for a byte that is not UTF-8.
#include "wire/price_book_json.hpp"
#include "wire/requests.hpp"
#include "wire/send_requests.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace packledger {
namespace {

enum class Route : std::uint8_t {
  account,
  patch,
  funds,
  order,
  pay,
  cancel,
  grant,
  refund,
  reversal,
  clock,
  send,
};

struct Row {
  Route route;
  std::string_view body;
  std::string_view code;
  std::string_view field;
};

std::string body_of(std::string_view pattern) {
  const std::array<std::pair<std::string_view, std::string>, 5> placeholders{{
      {"<65>", std::string(65, 'a')},
      {"<257>", std::string(257, 'r')},
      {"<deep>", std::string(40, '[')},
      {"<nul>", std::string(1, '\0')},
      {"<ff>", "\xFF"},
  }};
  std::string body{pattern};
  for (const auto& [name, text] : placeholders) {
    for (std::size_t at = body.find(name); at != std::string::npos; at = body.find(name)) {
      body.replace(at, name.size(), text);
    }
  }
  return body;
}

std::optional<Zone> bangkok_only(std::string_view name) {
  if (name != "Asia/Bangkok") return std::nullopt;
  return Zone{.name = "Asia/Bangkok", .offset_s = 7 * 3600, .transitions = {}};
}

template <class T> std::optional<RequestFault> fault_of(const Result<T, RequestFault>& read) {
  if (read) return std::nullopt;
  return read.error();
}

std::optional<RequestFault> answer(Route route, std::string_view body) {
  switch (route) {
    case Route::account: return fault_of(read_account(body, bangkok_only));
    case Route::patch: return fault_of(read_account_patch(body, bangkok_only));
    case Route::funds: return fault_of(read_funds(body));
    case Route::order: return fault_of(read_order(body));
    case Route::pay: return fault_of(read_payment("o1", body));
    case Route::cancel: return fault_of(read_cancellation("o1", body));
    case Route::grant: return fault_of(read_grant(body));
    case Route::refund: return fault_of(read_refund("gift", body));
    case Route::reversal: return fault_of(read_reversal("m-1", body));
    case Route::clock: return fault_of(read_clock_advance(body));
    case Route::send: return fault_of(read_sends(body, SendsMedia::json));
  }
  std::unreachable();
}

template <std::size_t N> void check(const std::array<Row, N>& table) {
  for (const Row& row : table) {
    SCOPED_TRACE(row.body);
    const std::optional<RequestFault> fault = answer(row.route, body_of(row.body));
    ASSERT_TRUE(fault.has_value()) << "was understood";
    EXPECT_EQ(fault->code, row.code) << fault->detail;
    EXPECT_EQ(fault->field, row.field) << fault->detail;
    EXPECT_FALSE(fault->detail.empty());
  }
}

using enum Route;

constexpr std::array not_json{
    Row{funds, "", "invalid_json", ""},
    Row{funds, "  \r\n", "invalid_json", ""},
    Row{funds, "{", "invalid_json", ""},
    Row{funds, R"({"amount":"1")", "invalid_json", ""},
    Row{funds, R"({"amount":"1)", "invalid_json", "amount"},
    Row{funds, R"({"amount":"1",})", "invalid_json", ""},
    Row{funds, R"({'amount':'1'})", "invalid_json", ""},
    Row{funds, R"({amount:"1"})", "invalid_json", ""},
    Row{funds, R"({"amount":"1"}{})", "invalid_json", ""},
    Row{funds, R"({"amount":"1"} x)", "invalid_json", ""},
    Row{funds, R"(/* a */ {"amount":"1"})", "invalid_json", ""},
    Row{funds, R"({"amount":NaN})", "invalid_json", "amount"},
    Row{funds, R"({"amount":Infinity})", "invalid_json", "amount"},
    Row{funds, R"({"amount":1e400})", "invalid_json", "amount"},
    Row{funds, R"({"amount":-1e400})", "invalid_json", "amount"},
    Row{funds, R"({"amount":1e99999999999})", "invalid_json", "amount"},
    Row{funds, R"({"amount":01})", "invalid_json", ""},
    Row{funds, R"({"amount":+1})", "invalid_json", "amount"},
    Row{funds, R"({"amount":.5})", "invalid_json", "amount"},
    Row{funds, R"({"amount":0x10})", "invalid_json", ""},
    Row{funds, R"({"amount":"1","amount":"1"})", "invalid_json", "amount"},
    Row{funds, R"({"amount":"1","\u0061mount":"2"})", "invalid_json", "amount"},
    Row{funds, R"({"amount":"1","reason":"\u0000"})", "invalid_json", "reason"},
    Row{funds, R"({"amount":"1","reason":"<nul>"})", "invalid_json", "reason"},
    Row{funds, R"({"amount":"1","reason":"<ff>"})", "invalid_json", ""},
    Row{funds, R"({"amount":"1","reason":"\ud800"})", "invalid_json", "reason"},
    Row{funds, R"({"amount":"1","<ff>":1})", "invalid_json", ""},
    Row{funds, R"({"amount":"1","\u0000":1})", "invalid_json", ""},
    Row{funds, "\xEF\xBB\xBF{}", "invalid_json", ""},
    Row{funds, R"(<deep>)", "invalid_json",
        "[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]"
        "[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]"},
    Row{clock, R"({"by":"PT1H","by":"PT2H"})", "invalid_json", "by"},
    Row{send, R"([{"units":1},{"units":1e400}])", "invalid_json", "[1].units"},
};

constexpr std::array no_object{
    Row{account, "[]", "invalid_body", ""},   Row{account, "null", "invalid_body", ""},
    Row{account, "true", "invalid_body", ""}, Row{account, R"("acme")", "invalid_body", ""},
    Row{account, "7", "invalid_body", ""},    Row{patch, "[{}]", "invalid_body", ""},
    Row{patch, "{}", "invalid_body", ""},     Row{cancel, "[]", "invalid_body", ""},
    Row{refund, "null", "invalid_body", ""},  Row{send, "null", "invalid_body", ""},
    Row{send, "12", "invalid_body", ""},      Row{clock, R"("PT1H")", "invalid_body", ""},
};

constexpr std::array accounts{
    Row{account, R"({})", "invalid_account", "account"},
    Row{account, R"({"account":"acme"})", "invalid_currency", "currency"},
    Row{account, R"({"account":"","currency":"CNY"})", "invalid_account", "account"},
    Row{account, R"({"account":"<65>","currency":"CNY"})", "invalid_account", "account"},
    Row{account, R"({"account":"a b","currency":"CNY"})", "invalid_account", "account"},
    Row{account, R"({"account":"a/b","currency":"CNY"})", "invalid_account", "account"},
    Row{account, R"({"account":"ácme","currency":"CNY"})", "invalid_account", "account"},
    Row{account, R"({"account":7,"currency":"CNY"})", "invalid_account", "account"},
    Row{account, R"({"account":null,"currency":"CNY"})", "invalid_account", "account"},
    Row{account, R"({"account":"acme","currency":"cny"})", "invalid_currency", "currency"},
    Row{account, R"({"account":"acme","currency":"CNYX"})", "invalid_currency", "currency"},
    Row{account, R"({"account":"acme","currency":""})", "invalid_currency", "currency"},
    Row{account, R"({"account":"acme","currency":156})", "invalid_currency", "currency"},
    Row{account, R"({"account":"a","currency":"CNY","zone":"Mars/Base"})", "invalid_zone", "zone"},
    Row{account, R"({"account":"a","currency":"CNY","zone":"+25:00"})", "invalid_zone", "zone"},
    Row{account, R"({"account":"a","currency":"CNY","zone":""})", "invalid_zone", "zone"},
    Row{account, R"({"account":"a","currency":"CNY","zone":8})", "invalid_zone", "zone"},
    Row{account, R"({"account":"a","currency":"CNY","order":"lifo"})", "invalid_order", "order"},
    Row{account, R"({"account":"a","currency":"CNY","order":1})", "invalid_order", "order"},
    Row{account, R"({"account":"a","currency":"CNY","late_window":"72h"})", "invalid_late_window",
        "late_window"},
    Row{account, R"({"account":"a","currency":"CNY","late_window":259200})", "invalid_late_window",
        "late_window"},
    Row{account, R"({"account":"a","currency":"CNY","late_window":"-PT1H"})", "invalid_late_window",
        "late_window"},
    Row{account, R"({"account":"a","currency":"CNY","late_window":"P1M"})", "invalid_late_window",
        "late_window"},
    Row{account, R"({"account":"a","currency":"CNY","late_window":"P60DT0.001S"})",
        "invalid_late_window", "late_window"},
    Row{account, R"({"account":"a","currency":"CNY","acceptance_window":"P61D"})",
        "invalid_acceptance_window", "acceptance_window"},
    Row{account, R"({"account":"a","currency":"CNY","reversal_window":"P61D"})",
        "invalid_reversal_window", "reversal_window"},
    Row{account, R"({"account":"a","currency":"CNY","order_ttl":"PT0S"})", "invalid_order_ttl",
        "order_ttl"},
    Row{account, R"({"account":"a","currency":"CNY","overdue_grace":"P61D"})",
        "invalid_overdue_grace", "overdue_grace"},
    Row{account, R"({"account":"a","currency":"CNY","prepaid_strict":"yes"})",
        "invalid_prepaid_strict", "prepaid_strict"},
    Row{account, R"({"account":"a","currency":"CNY","absorb_overage":true})",
        "invalid_absorb_overage", "absorb_overage"},
    Row{account, R"({"account":"a","currency":"CNY","reminders":"P7D"})", "invalid_reminders",
        "reminders"},
    Row{account, R"({"account":"a","currency":"CNY","reminders":["PT0S"]})", "invalid_reminders",
        "reminders"},
    Row{account, R"({"account":"a","currency":"CNY","reminders":["P7D","PT168H"]})",
        "invalid_reminders", "reminders"},
    Row{account,
        R"({"account":"a","currency":"CNY","reminders":["P1D","P2D","P3D","P4D","P5D","P6D",)"
        R"("P7D","P8D","P9D"]})",
        "invalid_reminders", "reminders"},
    Row{account, R"({"account":"a","currency":"CNY","balance":"5"})", "unknown_field", "balance"},
    Row{account, R"({"account":"a","currency":"CNY","Zone":"Z"})", "unknown_field", "Zone"},
    Row{patch, R"({"currency":"CNY"})", "unknown_field", "currency"},
    Row{patch, R"({"modes":["CN"]})", "invalid_modes", "modes"},
    Row{patch, R"({"modes":{"CN":"stop"}})", "invalid_modes", "modes"},
    Row{patch, R"({"modes":{"cn":"pay_per_use"}})", "invalid_modes", "modes"},
    Row{patch, R"({"modes":{"TH+ID":"pay_per_use"}})", "invalid_modes", "modes"},
    Row{patch, R"({"pools":{"CN":"pay_per_use"}})", "invalid_pools", "pools"},
    Row{patch, R"({"pools":[{"pool":"CN"}]})", "invalid_mode", "pools[0].mode"},
    Row{patch, R"({"pools":[{"mode":"pay_per_use"}]})", "invalid_pool", "pools[0].pool"},
    Row{patch, R"({"pools":[{"pool":"CN","mode":"x"}]})", "invalid_mode", "pools[0].mode"},
    Row{patch, R"({"pools":["CN"]})", "invalid_pools", "pools[0]"},
    Row{patch, R"({"pools":[{"pool":"CN","mode":"pay_per_use","quota":1}]})", "unknown_field",
        "pools[0].quota"},
    Row{patch, R"({"modes":{"CN":"pay_per_use"},"pools":[{"pool":"CN","mode":"pay_per_use"}]})",
        "invalid_pools", "pools"},
};

constexpr std::array amounts{
    Row{funds, R"({})", "invalid_amount", "amount"},
    Row{funds, R"({"amount":100})", "invalid_amount", "amount"},
    Row{funds, R"({"amount":-0})", "invalid_amount", "amount"},
    Row{funds, R"({"amount":1.0})", "invalid_amount", "amount"},
    Row{funds, R"({"amount":18446744073709551616})", "invalid_amount", "amount"},
    Row{funds, R"({"amount":null})", "invalid_amount", "amount"},
    Row{funds, R"({"amount":""})", "invalid_amount", "amount"},
    Row{funds, R"({"amount":"0"})", "invalid_amount", "amount"},
    Row{funds, R"({"amount":"-0.000000"})", "invalid_amount", "amount"},
    Row{funds, R"({"amount":"0.0000001"})", "invalid_amount", "amount"},
    Row{funds, R"({"amount":"1e3"})", "invalid_amount", "amount"},
    Row{funds, R"({"amount":"1,000"})", "invalid_amount", "amount"},
    Row{funds, R"({"amount":"+5"})", "invalid_amount", "amount"},
    Row{funds, R"({"amount":" 5"})", "invalid_amount", "amount"},
    Row{funds, R"({"amount":"5."})", "invalid_amount", "amount"},
    Row{funds, R"({"amount":".5"})", "invalid_amount", "amount"},
    Row{funds, R"({"amount":"٥"})", "invalid_amount", "amount"},
    Row{funds, R"({"amount":"9223372036854.775808"})", "invalid_amount", "amount"},
    Row{funds, R"({"amount":"NaN"})", "invalid_amount", "amount"},
    Row{funds, R"({"amount":"5","reason":5})", "invalid_reason", "reason"},
    Row{funds, R"({"amount":"5","reason":"<257>"})", "invalid_reason", "reason"},
    Row{funds, R"({"amount":"5","currency":"CNY"})", "unknown_field", "currency"},
    Row{funds, R"({"amount":"5","":1})", "unknown_field", ""},
};

constexpr std::array orders{
    Row{order, R"({})", "invalid_order", "order"},
    Row{order, R"({"order":"<65>","product":"p","pay":"balance"})", "invalid_order", "order"},
    Row{order, R"({"order":"o1","pay":"balance"})", "invalid_product", "product"},
    Row{order, R"({"order":"o1","product":"","pay":"balance"})", "invalid_product", "product"},
    Row{order, R"({"order":"o1","product":"p"})", "invalid_pay", "pay"},
    Row{order, R"({"order":"o1","product":"p","pay":"later"})", "invalid_pay", "pay"},
    Row{order, R"({"order":"o1","product":"p","pay":true})", "invalid_pay", "pay"},
    Row{order, R"({"order":"o1","product":"p","pay":"balance","quota":0})", "invalid_quota",
        "quota"},
    Row{order, R"({"order":"o1","product":"p","pay":"balance","quota":-1})", "invalid_quota",
        "quota"},
    Row{order, R"({"order":"o1","product":"p","pay":"balance","quota":"1000"})", "invalid_quota",
        "quota"},
    Row{order, R"({"order":"o1","product":"p","pay":"balance","quota":1000.0})", "invalid_quota",
        "quota"},
    Row{order, R"({"order":"o1","product":"p","pay":"balance","quota":1e3})", "invalid_quota",
        "quota"},
    Row{order, R"({"order":"o1","product":"p","pay":"balance","quota":1000000000001})",
        "invalid_quota", "quota"},
    Row{order, R"({"order":"o1","product":"p","pay":"balance","copies":0})", "invalid_copies",
        "copies"},
    Row{order, R"({"order":"o1","product":"p","pay":"balance","copies":101})", "invalid_copies",
        "copies"},
    Row{order, R"({"order":"o1","product":"p","pay":"balance","copies":4294967297})",
        "invalid_copies", "copies"},
    Row{order, R"({"order":"o1","product":"p","pay":"balance","price":"1"})", "unknown_field",
        "price"},
    Row{pay, R"({})", "invalid_payment_reference", "payment_reference"},
    Row{pay, R"({"payment_reference":""})", "invalid_payment_reference", "payment_reference"},
    Row{pay, R"({"payment_reference":7})", "invalid_payment_reference", "payment_reference"},
    Row{pay, R"({"payment_reference":"<257>"})", "invalid_payment_reference", "payment_reference"},
    Row{pay, R"({"payment_reference":"r","order":"o1"})", "unknown_field", "order"},
    Row{pay, "", "invalid_json", ""},
    Row{cancel, R"({"reason":"no"})", "unknown_field", "reason"},
    Row{refund, R"({"reason":1})", "invalid_reason", "reason"},
    Row{refund, R"({"units":1})", "unknown_field", "units"},
};

constexpr std::array grants{
    Row{grant, R"({})", "invalid_package", "package"},
    Row{grant, R"({"package":"g"})", "invalid_quota", "quota"},
    Row{grant, R"({"package":"g","quota":0})", "invalid_quota", "quota"},
    Row{grant, R"({"package":"g","quota":1000000000001})", "invalid_quota", "quota"},
    Row{grant, R"({"package":"g","quota":9223372036854775808})", "invalid_quota", "quota"},
    Row{grant, R"({"package":"g","quota":1})", "invalid_destinations", "destinations"},
    Row{grant, R"({"package":"g","quota":1,"destinations":[]})", "invalid_destinations",
        "destinations"},
    Row{grant, R"({"package":"g","quota":1,"destinations":"CN"})", "invalid_destinations",
        "destinations"},
    Row{grant, R"({"package":"g","quota":1,"destinations":["cn"]})", "invalid_destinations",
        "destinations"},
    Row{grant, R"({"package":"g","quota":1,"destinations":["CHN"]})", "invalid_destinations",
        "destinations"},
    Row{grant, R"({"package":"g","quota":1,"destinations":["TH","TH"]})", "invalid_destinations",
        "destinations"},
    Row{grant, R"({"package":"g","quota":1,"destinations":["*","TH"]})", "invalid_destinations",
        "destinations"},
    Row{grant, R"({"package":"g","quota":1,"destinations":["CN"],"templates":[]})",
        "invalid_templates", "templates"},
    Row{grant, R"({"package":"g","quota":1,"destinations":["CN"],"templates":["otp"]})",
        "invalid_templates", "templates"},
    Row{grant,
        R"({"package":"g","quota":1,"destinations":["CN"],"templates":["promotion","promotion"]})",
        "invalid_templates", "templates"},
    Row{grant, R"({"package":"g","quota":1,"destinations":["CN"],"mode":"free"})", "invalid_mode",
        "mode"},
    Row{grant, R"({"package":"g","quota":1,"destinations":["CN"],"priority":-1})",
        "invalid_priority", "priority"},
    Row{grant, R"({"package":"g","quota":1,"destinations":["CN"],"priority":1000001})",
        "invalid_priority", "priority"},
    Row{grant, R"({"package":"g","quota":1,"destinations":["CN"]})", "invalid_expires_at",
        "expires_at"},
    Row{grant, R"({"package":"g","quota":1,"destinations":["CN"],"expires_at":"2025-01-01"})",
        "invalid_expires_at", "expires_at"},
    Row{grant,
        R"({"package":"g","quota":1,"destinations":["CN"],"expires_at":"2025-02-30T00:00:00Z"})",
        "invalid_expires_at", "expires_at"},
    Row{grant,
        R"({"package":"g","quota":1,"destinations":["CN"],"expires_at":"2025-01-01T00:00:00"})",
        "invalid_expires_at", "expires_at"},
    Row{grant, R"({"package":"g","quota":1,"destinations":["CN"],"expires_at":1735689600000})",
        "invalid_expires_at", "expires_at"},
    Row{grant,
        R"({"package":"g","quota":1,"destinations":["CN"],"effective_at":"2025-01-01T00:00:00Z",)"
        R"("expires_at":"2025-01-01T00:00:00Z"})",
        "invalid_expires_at", "expires_at"},
    Row{grant,
        R"({"package":"g","quota":1,"destinations":["CN"],"effective_at":"1969-12-31T23:59:59Z",)"
        R"("validity":"P1M"})",
        "invalid_effective_at", "effective_at"},
    Row{grant,
        R"({"package":"g","quota":1,"destinations":["CN"],"expires_at":"2025-01-01T00:00:00Z",)"
        R"("validity":"P1M"})",
        "invalid_validity", "validity"},
    Row{grant,
        R"({"package":"g","quota":1,"destinations":["CN"],"expires_at":"2025-01-01T00:00:00Z",)"
        R"("expiry":"exact"})",
        "invalid_expiry", "expiry"},
    Row{grant, R"({"package":"g","quota":1,"destinations":["CN"],"validity":"P0M"})",
        "invalid_validity", "validity"},
    Row{grant, R"({"package":"g","quota":1,"destinations":["CN"],"validity":"P1201M"})",
        "invalid_validity", "validity"},
    Row{grant, R"({"package":"g","quota":1,"destinations":["CN"],"validity":12})",
        "invalid_validity", "validity"},
    Row{grant,
        R"({"package":"g","quota":1,"destinations":["CN"],"validity":"P1M","expiry":"never"})",
        "invalid_expiry", "expiry"},
    Row{grant,
        R"({"package":"g","quota":1,"destinations":["CN"],"validity":"P1M","price_paid":"-1"})",
        "invalid_price_paid", "price_paid"},
    Row{grant, R"({"package":"g","quota":1,"destinations":["CN"],"validity":"P1M","price_paid":1})",
        "invalid_price_paid", "price_paid"},
    Row{grant,
        R"({"package":"g","quota":1,"destinations":["CN"],"validity":"P1M","reason":"<257>"})",
        "invalid_reason", "reason"},
    Row{grant, R"({"package":"g","quota":1,"destinations":["CN"],"validity":"P1M","order":"o1"})",
        "unknown_field", "order"},
};

constexpr std::array reversals_and_clock{
    Row{reversal, R"({"units":1})", "invalid_reversal", "reversal"},
    Row{reversal, R"({"reversal":"","units":1})", "invalid_reversal", "reversal"},
    Row{reversal, R"({"reversal":"r1"})", "invalid_units", "units"},
    Row{reversal, R"({"reversal":"r1","units":"1"})", "invalid_units", "units"},
    Row{reversal, R"({"reversal":"r1","units":1.0})", "invalid_units", "units"},
    Row{reversal, R"({"reversal":"r1","units":18446744073709551616})", "invalid_units", "units"},
    Row{reversal, R"({"reversal":"r1","units":1,"send":"m"})", "unknown_field", "send"},
    Row{clock, R"({})", "invalid_by", "by"},
    Row{clock, R"({"by":"1h"})", "invalid_by", "by"},
    Row{clock, R"({"by":"P1M"})", "invalid_by", "by"},
    Row{clock, R"({"by":3600})", "invalid_by", "by"},
    Row{clock, R"({"by":"-PT1H"})", "invalid_by", "by"},
    Row{clock, R"({"to":"tomorrow"})", "invalid_to", "to"},
    Row{clock, R"({"by":"PT1H","to":"2024-05-01T00:00:00Z"})", "invalid_to", "to"},
    Row{clock, R"({"by":"PT1H","at":"2024-05-01T00:00:00Z"})", "unknown_field", "at"},
};

constexpr std::array sends{
    Row{send, R"({})", "invalid_account", "account"},
    Row{send, R"({"account":"a"})", "invalid_send", "send"},
    Row{send, R"({"account":"<65>","send":"m"})", "invalid_account", "account"},
    Row{send, R"({"account":"a","send":"<65>"})", "invalid_send", "send"},
    Row{send, R"({"account":"a","send":""})", "invalid_send", "send"},
    Row{send, R"({"account":"a","send":1001})", "invalid_send", "send"},
    Row{send, R"({"account":"a","send":"m"})", "invalid_units", "units"},
    Row{send, R"({"account":"a","send":"m","units":"3"})", "invalid_units", "units"},
    Row{send, R"({"account":"a","send":"m","units":3.0})", "invalid_units", "units"},
    Row{send, R"({"account":"a","send":"m","units":3e0})", "invalid_units", "units"},
    Row{send, R"({"account":"a","send":"m","units":9223372036854775808})", "invalid_units",
        "units"},
    Row{send, R"({"account":"a","send":"m","units":18446744073709551616})", "invalid_units",
        "units"},
    Row{send, R"({"account":"a","send":"m","units":null})", "invalid_units", "units"},
    Row{send, R"({"account":"a","send":"m","text":7})", "invalid_text", "text"},
    Row{send, R"({"account":"a","send":"m","units":1,"signature":"Acme"})", "invalid_signature",
        "signature"},
    Row{send, R"({"account":"a","send":"m","units":1,"occurred_at":"yesterday"})",
        "invalid_occurred_at", "occurred_at"},
    Row{send, R"({"account":"a","send":"m","units":1,"occurred_at":"2024-05-10T00:00:00.0001Z"})",
        "invalid_occurred_at", "occurred_at"},
    Row{send, R"({"account":"a","send":"m","units":1,"occurred_at":"2024-05-10T24:00:00Z"})",
        "invalid_occurred_at", "occurred_at"},
    Row{send, R"({"account":"a","send":"m","units":1,"occurred_at":null})", "invalid_occurred_at",
        "occurred_at"},
    Row{send, R"({"account":"a","send":"m","units":1})", "invalid_destination", "destination"},
    Row{send, R"({"account":"a","send":"m","units":1,"destination":"th"})", "invalid_destination",
        "destination"},
    Row{send, R"({"account":"a","send":"m","units":1,"destination":"*"})", "invalid_destination",
        "destination"},
    Row{send, R"({"account":"a","send":"m","units":1,"destination":"TH"})", "invalid_template",
        "template"},
    Row{send, R"({"account":"a","send":"m","units":1,"destination":"TH","template":"otp"})",
        "invalid_template", "template"},
    Row{send,
        R"({"account":"a","send":"m","units":1,"destination":"TH","template":"promotion",)"
        R"("billable":"no"})",
        "invalid_billable", "billable"},
    Row{send,
        R"({"account":"a","send":"m","units":1,"destination":"TH","template":"promotion",)"
        R"("Units":1})",
        "unknown_field", "Units"},
};

TEST(BadRequests, AreNoJson) { check(not_json); }
TEST(BadRequests, AreNoObjects) { check(no_object); }
TEST(BadRequests, OpenOrChangeAnAccount) { check(accounts); }
TEST(BadRequests, CreditFunds) { check(amounts); }
TEST(BadRequests, OrderPayCancelAndRefund) { check(orders); }
TEST(BadRequests, GrantAPackage) { check(grants); }
TEST(BadRequests, ReverseASendOrAdvanceTheClock) { check(reversals_and_clock); }
TEST(BadRequests, PublishASend) { check(sends); }

TEST(BadRequests, AreToldWhatWasExpectedWithItsBounds) {
  const auto detail = [](Route route, std::string_view body) {
    const auto fault = answer(route, body);
    return fault ? fault->detail : std::string{"was understood"};
  };
  EXPECT_EQ(detail(order, R"({"order":"o1","product":"p","pay":"balance","copies":101})"),
            "copies: expected an integer from 1 to 100");
  EXPECT_EQ(detail(account, R"({"account":"acme"})"),
            "currency: required, expected a currency of three capital letters (ISO 4217)");
  EXPECT_EQ(detail(account, R"({"account":"a","currency":"CNY","late_window":"P61D"})"),
            "late_window: expected an ISO 8601 duration without months from PT0S to P60D");
  EXPECT_EQ(detail(funds, R"({"amount":"5","Reason":"x"})"),
            "Reason: expected no member of this name");
  EXPECT_EQ(detail(funds, R"({"amount":"1","amount":"1"})"),
            "amount: the same key twice in one object at byte 21");
}

}  // namespace
}  // namespace packledger
