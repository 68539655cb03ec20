// A mainland account for the engine's tests: a small price book, packages, sends, rules.
#pragma once

#include "tests/engine/fixture.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger {

inline std::vector<std::string> kinds(const std::vector<Entry>& entries) {
  std::vector<std::string> names;
  for (const Entry& entry : entries) names.emplace_back(kind_text(entry.input.what));
  return names;
}

inline Scope mainland_scope() { return Scope{.destinations = {{mainland}}, .templates = {}}; }

// Sends at 0.065; renewals at 0.047 a unit for two years.
inline PriceBook mainland_book() {
  PriceBook book;
  book.version = "1";
  book.currency = Currency{{'C', 'N', 'Y'}};
  Product custom;
  custom.name = "custom";
  custom.scope = mainland_scope();
  custom.quota_min = Units{1'000};
  custom.quota_max = Units{1'000'000'000};
  custom.bands = {PriceBand{Units{1'000}, Price{47'000}}};
  custom.validity.months = 24;
  book.products = {custom};
  book.tariffs = {Tariff{.scope = mainland_scope(), .tiers = {Tier{{}, Price{65'000}}}}};
  book.renewal.emplace().product = "custom";
  return book;
}

inline void open_mainland_account(World& world, const std::string& name, Money funds) {
  if (world.ledger.books().all().empty()) (void)world.ask({}, PriceBookPublished{mainland_book()});
  world.open_account(name);
  (void)world.ask(name, FundsCredited{.amount = funds, .reason = {}});
}

inline PackageGranted mainland_grant(std::string package, std::int64_t quota, Instant until) {
  return PackageGranted{.package = std::move(package),
                        .quota = Units{quota},
                        .scope = mainland_scope(),
                        .effective_at = {},
                        .expires_at = until,
                        .validity = {},
                        .price_paid = {},
                        .reason = {}};
}

inline void grant_mainland(World& world, const std::string& account, const std::string& package,
                           std::int64_t quota, Instant until) {
  (void)world.ask(account, mainland_grant(package, quota, until));
}

inline SendAsked mainland_send(std::string account, std::string send, std::int64_t units) {
  SendAsked asked = send_to_thailand(std::move(account), std::move(send), units);
  asked.send.destination = mainland;
  return asked;
}

inline AlarmRule total_below(std::string name, std::int64_t units) {
  AlarmRule rule;
  rule.name = std::move(name);
  rule.threshold.units = Units{units};
  return rule;
}

inline RenewalRule renewal_at(std::int64_t threshold, std::int64_t quantity) {
  RenewalRule rule;
  rule.threshold = Units{threshold};
  rule.quantity = Units{quantity};
  return rule;
}

}  // namespace packledger
