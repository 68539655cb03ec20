#include "tests/query/lived.hpp"

#include "packledger/ledger/result.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace packledger::query_tests {
namespace {

constexpr Currency cny{{'C', 'N', 'Y'}};

Product mainland_product(std::string name, Units least, Units most) {
  Product product;
  product.name = std::move(name);
  product.scope.destinations.countries = {mainland};
  product.quota_min = least;
  product.quota_max = most;
  product.validity = Validity{.months = 12, .rest = {}};
  product.refund = RefundPolicy::unused_only;
  return product;
}

PriceBook book() {
  PriceBook book;
  book.version = "v1";
  book.currency = cny;
  Product fixed = mainland_product("cn-1k", Units{1'000}, Units{1'000});
  fixed.price = Money{50'000'000};
  Product custom = mainland_product("cn-custom", Units{1'000}, Units{1'000'000});
  custom.bands = {{.from = Units{1'000}, .unit_price = Price{50'000}}};
  book.products = {fixed, custom};
  Tariff tariff;
  tariff.scope.destinations.countries = {mainland};
  tariff.tiers = {{.up_to = {}, .price = Price{65'000}}};
  book.tariffs = {tariff};
  book.renewal = RenewalTerms{};
  book.renewal->product = "cn-custom";
  return book;
}

}  // namespace

Lived::Lived() {
  ask(PriceBookPublished{book()});
  ask(AccountOpened{"acme", cny, {}});
}

Sequence Lived::ask(What what, Instant at) {
  advance(at);
  const bool about_acme = !std::holds_alternative<PriceBookPublished>(what) &&
                          !std::holds_alternative<AccountOpened>(what);
  Input input{.account = AccountId{about_acme ? 1U : 0U}, .key = {}, .what = std::move(what)};
  auto decision = ledger_.decide(input, at);
  if (!decision) return {};
  const Sequence made = next(ledger_.last());
  keep(std::move(input), *std::move(decision), at, {});
  return made;
}

void Lived::advance(Instant to) {
  for (auto due = ledger_.next_due(); due && *due <= to; due = ledger_.next_due()) {
    const Instant at = std::max(now_, *due);
    auto input = ledger_.due_input(at);
    ENSURE(input.has_value(), "what is due has its input");
    auto decision = ledger_.decide(*input, at);
    ENSURE(decision.has_value(), "a timer that is due is never refused");
    keep(*std::move(input), *std::move(decision), at, {});
  }
  now_ = std::max(now_, to);
}

void Lived::keep(Input input, Decision decision, Instant at, Sequence caused_by) {
  entries_.push_back(Entry{.sequence = next(ledger_.last()),
                           .recorded_at = at,
                           .input = std::move(input),
                           .decision = std::move(decision),
                           .caused_by = caused_by});
  ledger_.apply(entries_.back());
  now_ = at;
  if (caused_by.value != 0) return;
  for (auto inputs = ledger_.consequences(); !inputs.empty(); inputs = ledger_.consequences()) {
    for (Input& following : inputs) {
      auto decided = ledger_.decide(following, at);
      ENSURE(decided.has_value(), "a consequence is never refused");
      keep(std::move(following), *std::move(decided), at, ledger_.cause());
    }
  }
}

const Entry& Lived::last(std::string_view kind) const {
  const auto newest_first = entries_ | std::views::reverse;
  const auto found = std::ranges::find_if(
      newest_first, [kind](const Entry& entry) { return kind_text(entry.input.what) == kind; });
  ENSURE(found != newest_first.end(), "the entry was made");
  return *found;
}

std::string_view Lived::account(AccountId account) const {
  return ledger_.accounts().at(account).name;
}

Currency Lived::currency(AccountId account) const {
  return ledger_.accounts().at(account).currency;
}

std::string_view Lived::package(AccountId account, PackageId package) const {
  return ledger_.accounts().at(account).package(package).terms.name;
}

OrderPlaced order(std::string name, Payment pay) {
  return {.order = std::move(name), .product = "cn-1k", .quota = {}, .copies = 1, .pay = pay};
}

SendRecorded send(std::string name, std::int64_t units) {
  return {.send = std::move(name),
          .units = Units{units},
          .occurred_at = {},
          .destination = mainland,
          .type = TemplateType::verification,
          .billable = true};
}

HoldPlaced hold(std::string name, std::int64_t units) {
  return {.hold = std::move(name),
          .units = Units{units},
          .destination = mainland,
          .type = TemplateType::verification,
          .ttl = {}};
}

Contact everybody(std::string name) {
  return {.name = std::move(name),
          .channels = {{.channel = Channel::internal, .address = {}}},
          .topics = {}};
}

}  // namespace packledger::query_tests
