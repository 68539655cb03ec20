// A price book of the mainland with automatic renewal, and an account that lives by it.
#pragma once

#include "tests/serve/daemon_under_test.hpp"

#include <string>
#include <string_view>

namespace packledger::serve {

// cn-1k: 1,000 units for 50 CNY; cn-custom: 0.05 a unit; cn-week: 1,000 units for a week; 0.065 a
// unit without a package. Renewal buys cn-custom, 10 days before an end.
inline constexpr std::string_view mainland_book = R"({"version":"v1","currency":"CNY",
"effective_from":"2024-01-01T00:00:00+08:00","products":[
{"product":"cn-1k","destinations":["CN"],"quota":1000,"price":"50","validity":"P12M",
"refund":"prorata_90d"},
{"product":"cn-week","destinations":["CN"],"quota":1000,"price":"50","validity":"P7D"},
{"product":"cn-custom","destinations":["CN"],"quota":{"min":1000,"max":1000000},
"price_bands":[{"from":1000,"unit_price":"0.05"}],"validity":"P12M"}],
"payg":[{"destinations":["CN"],"prices":[{"price":"0.065"}]}],
"renewal":{"product":"cn-custom","lead":"P10D","discount_bp":10000,"max_per_day":10,
"retry_at":"03:00"}})";

// The book, the account acme, 100 CNY and the order o1 of cn-1k: four entries; 50 CNY are left.
inline void open_mainland(HttpClient& client) {
  expect(client, 200, "PUT", "/v1/price-book", mainland_book);
  expect(client, 201, "POST", "/v1/accounts", R"({"account":"acme","currency":"CNY"})");
  expect(client, 200, "POST", "/v1/accounts/acme/funds", R"({"amount":"100"})");
  expect(client, 201, "POST", "/v1/accounts/acme/orders",
         R"({"order":"o1","product":"cn-1k","pay":"balance"})");
}

// One send of so many units to the mainland.
inline HttpAnswer send_units(HttpClient& client, std::string_view name, int units) {
  return expect(client, 200, "POST", "/v1/sends",
                R"({"account":"acme","send":")" + std::string(name) + R"(","units":)" +
                    std::to_string(units) + R"(,"destination":"CN","template":"verification"})");
}

inline std::string code_of(const HttpAnswer& answer) { return member(answer.body, "code"); }
inline std::string field_of(const HttpAnswer& answer) { return member(answer.body, "field"); }

// What a dry run must not change.
inline std::string digest_of(HttpClient& client) {
  return member(expect(client, 200, "GET", "/v1/digest").body, "digest");
}

}  // namespace packledger::serve
