#include "tests/wire/bad_requests.hpp"

#include "wire/hold_requests.hpp"
#include "wire/rule_requests.hpp"
#include "wire/send_requests.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>

namespace packledger::wire_tests {

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

namespace {

std::optional<Zone> bangkok_only(std::string_view name) {
  if (name != "Asia/Bangkok") return std::nullopt;
  return Zone{.name = "Asia/Bangkok", .offset_s = 7 * 3600, .transitions = {}};
}

template <class T> std::optional<RequestFault> fault_in(const Result<T, RequestFault>& read) {
  if (read) return std::nullopt;
  return read.error();
}

}  // namespace

std::optional<RequestFault> fault_of(Route route, std::string_view body) {
  switch (route) {
    case Route::account: return fault_in(read_account(body, bangkok_only));
    case Route::patch: return fault_in(read_account_patch(body, bangkok_only));
    case Route::funds: return fault_in(read_funds(body));
    case Route::order: return fault_in(read_order(body));
    case Route::pay: return fault_in(read_payment("o1", body));
    case Route::cancel: return fault_in(read_cancellation("o1", body));
    case Route::grant: return fault_in(read_grant(body));
    case Route::refund: return fault_in(read_refund("gift", body));
    case Route::reversal: return fault_in(read_reversal("m-1", body));
    case Route::clock: return fault_in(read_clock_advance(body));
    case Route::send: return fault_in(read_sends(body, SendsMedia::json));
    case Route::alarm: return fault_in(read_alarm("low", body));
    case Route::renewal: return fault_in(read_renewal(body));
    case Route::contacts: return fault_in(read_contacts(body));
    case Route::hold: return fault_in(read_hold(body));
    case Route::capture: return fault_in(read_capture("h1", body));
    case Route::release: return fault_in(read_release("h1", body));
    case Route::invoice: return fault_in(read_invoice_request(body));
  }
  std::unreachable();
}

void check(std::span<const BadRequest> table) {
  for (const BadRequest& row : table) {
    SCOPED_TRACE(row.body);
    const std::optional<RequestFault> fault = fault_of(row.route, body_of(row.body));
    ASSERT_TRUE(fault.has_value()) << "was understood";
    EXPECT_EQ(fault->code, row.code) << fault->detail;
    EXPECT_EQ(fault->field, row.field) << fault->detail;
    EXPECT_FALSE(fault->detail.empty());
  }
}

}  // namespace packledger::wire_tests
