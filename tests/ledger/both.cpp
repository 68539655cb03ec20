#include "tests/ledger/both.hpp"

#include "tests/ledger/zones.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace packledger {
namespace {

using model::Count;
using model::Ms;

const std::set<std::string> every{"verification", "notification", "promotion"};
const std::set<std::string> industry{"verification", "notification"};
const std::set<std::string> promotion{"promotion"};

Currency cny() { return *parse_currency("CNY"); }

Scope scope_of(const model::Wares& wares) {
  Scope scope{*parse_pool(wares.destinations), {0}};
  for (const std::string& type : wares.templates) {
    scope.templates.bits = static_cast<std::uint8_t>(
        scope.templates.bits | 1U << static_cast<unsigned>(*parse_template(type)));
  }
  return scope;
}

OverageMode mode_of(bool stops) {
  return stops ? OverageMode::stop_before_excess : OverageMode::pay_per_use;
}

ExpiryPolicy policy_of(model::Ends ends) {
  if (ends == model::Ends::exact) return ExpiryPolicy::exact;
  return ends == model::Ends::start_of_day ? ExpiryPolicy::start_of_day : ExpiryPolicy::end_of_day;
}

RefundPolicy refund_of(model::Refund refund) {
  if (refund == model::Refund::none) return RefundPolicy::none;
  return refund == model::Refund::unused_only ? RefundPolicy::unused_only
                                              : RefundPolicy::prorata_90d;
}

Product product_of(const model::Product& from) {
  Product product;
  product.name = from.name;
  product.scope = scope_of(from.wares);
  product.mode = mode_of(from.wares.stops);
  product.priority = static_cast<std::int32_t>(from.wares.priority);
  product.quota_min = Units{from.quota_min};
  product.quota_max = Units{from.quota_max};
  product.price = Money{from.price};
  for (const auto& [at, price] : from.bands) product.bands.push_back({Units{at}, Price{price}});
  product.validity = {from.months, Duration{from.rest}};
  product.expiry = policy_of(from.ends);
  product.refund = refund_of(from.refund);
  return product;
}

Tariff tariff_of(const model::Tariff& from) {
  Tariff tariff;
  tariff.scope.destinations.countries = {*parse_country(from.country)};
  if (!from.every_class) tariff.scope.templates.bits = from.promotion ? 0b1000 : 0b0110;
  tariff.mode = from.volume ? TierMode::volume : TierMode::graduated;
  tariff.counts_packages = from.counted;
  for (const model::Tier& tier : from.tiers) {
    Tier to{std::nullopt, Price{tier.price}};
    if (tier.up_to) to.up_to = Units{*tier.up_to};
    tariff.tiers.push_back(to);
  }
  return tariff;
}

// Draws the next thing that happens. Names are few, so that repeats and refusals are common.
class Life {
 public:
  explicit Life(std::uint64_t seed) : random_(seed), now_(instant("2024-05-20T00:00:00Z").ms) {}

  Step next() {
    pass_time();
    const Count dice = pick(100);
    if (dice < 52) return send();
    if (dice < 64) return reversal();
    if (dice < 74) return grant();
    if (dice < 83) return buy();
    if (dice < 87) return pay();
    if (dice < 89) return cancel();
    if (dice < 92) return refund();
    if (dice < 95) return credit();
    return settings();
  }

 private:
  Count pick(Count n) { return static_cast<Count>(random_() % static_cast<std::uint64_t>(n)); }
  template <class T, std::size_t N> T one_of(const std::array<T, N>& values) {
    return values[static_cast<std::size_t>(pick(static_cast<Count>(N)))];
  }

  // Often on the very edge of something that was granted for a round instant.
  void pass_time() {
    const Count dice = pick(20);
    if (dice < 8) return;
    if (dice < 11) now_ += pick(4);
    if (dice == 11) go_to_an_edge();
    if (dice >= 12 && dice < 15) now_ += pick(3 * model::hour);
    if (dice >= 15 && dice < 18) now_ += pick(2 * model::day);
    if (dice == 18) go_to_an_edge();
    if (dice == 19) now_ += pick(10 * model::day);
  }

  // An instant at which something ends, or the millisecond before it.
  void go_to_an_edge() {
    std::erase_if(edges_, [this](Ms edge) { return edge + 4 * model::day < now_; });
    if (edges_.empty()) return;
    const Ms edge = edges_[static_cast<std::size_t>(pick(static_cast<Count>(edges_.size())))];
    now_ = std::max(now_, edge - pick(2));
  }

  Ms round(Ms t) const { return t / model::hour * model::hour; }

  Step step(std::string label, What law, std::function<std::string(model::Model&)> ask) {
    return {now_, std::move(label), std::move(law), std::move(ask)};
  }

  model::Wares wares() {
    constexpr std::array<const char*, 5> pools{"CN", "CN", "TH", "ID+TH", "*"};
    model::Wares wares;
    wares.destinations = one_of(pools);
    const Count templates = pick(4);
    wares.templates = templates == 0 ? industry : templates == 1 ? promotion : every;
    wares.stops = pick(6) == 0;
    wares.priority = pick(5) == 0 ? 50 : 100;
    return wares;
  }

  Step grant() {
    model::Grant grant;
    grant.name = "g" + std::to_string(pick(60));
    grant.quota = 1 + pick(40);
    grant.wares = wares();
    grant.from = round(now_) + (pick(7) - 2) * model::hour;
    grant.until = grant.from + (pick(30) == 0 ? 0 : (1 + pick(72)) * model::hour);
    PackageGranted law;
    law.package = grant.name;
    law.quota = Units{grant.quota};
    law.scope = scope_of(grant.wares);
    law.mode = mode_of(grant.wares.stops);
    law.priority = static_cast<std::int32_t>(grant.wares.priority);
    law.effective_at = Instant{grant.from};
    law.expires_at = Instant{grant.until};
    // Under a name that is taken it may be the same again or another: only the others are asked.
    grant_names_.push_back(grant.name);
    const bool fresh = std::ranges::count(grant_names_, grant.name) == 1;
    if (!fresh) return send();
    for (const Ms window : {Ms{0}, Ms{0}, model::hour, 72 * model::hour})
      edges_.push_back(grant.until + window);
    const Ms now = now_;
    return step("grant " + grant.name, law, [=](model::Model& m) { return m.grant(now, grant); });
  }

  Step send() {
    constexpr std::array<const char*, 6> countries{"CN", "CN", "CN", "TH", "ID", "VN"};
    constexpr std::array<const char*, 3> types{"verification", "notification", "promotion"};
    model::Asked asked;
    asked.name = "s" + std::to_string(++sends_);
    asked.units = pick(40) == 0 ? 0 : 1 + pick(pick(4) == 0 ? 60 : 8);
    asked.country = one_of(countries);
    asked.type = one_of(types);
    asked.billable = pick(25) != 0;
    if (pick(3) != 0) asked.occurred = occurred();
    SendRecorded law;
    law.send = asked.name;
    law.units = Units{asked.units};
    law.destination = *parse_country(asked.country);
    law.type = *parse_template(asked.type);
    law.billable = asked.billable;
    if (asked.occurred) law.occurred_at = Instant{*asked.occurred};
    const Ms now = now_;
    if (pick(8) == 0) edges_.push_back(now + 96 * model::hour);
    return step("send " + asked.name, law, [=](model::Model& m) { return m.send(now, asked); });
  }

  Ms occurred() {
    switch (pick(10)) {
      case 0: return now_ + Ms{5} * 60'000 + pick(2);
      case 1: return now_ - 72 * model::hour - pick(2);
      case 2: return now_ - pick(72 * model::hour);
      case 3: return round(now_ - pick(24 * model::hour));
      case 4: return round(now_) - 1;
      case 5: return edges_.empty() ? now_ : edges_.back() - 1;
      case 6: return edges_.empty() ? now_ : edges_.front() - pick(2);
      default: return now_ - pick(5);
    }
  }

  Step reversal() {
    const std::string name = "s" + std::to_string(std::max<Count>(1, sends_ - pick(25)));
    const std::string reversal = "r" + std::to_string(pick(4));
    const Count units = pick(20) == 0 ? 0 : 1 + pick(6);
    const Ms now = now_;
    return step("reverse " + name, SendReversed{name, reversal, Units{units}},
                [=](model::Model& m) { return m.reverse(now, name, reversal, units); });
  }

  Step buy() {
    constexpr std::array<const char*, 4> products{"fixed", "once", "custom", "none"};
    model::Buy buy;
    buy.order = "o" + std::to_string(++orders_);
    buy.product = one_of(products);
    if (buy.product == "custom") {
      constexpr std::array<Count, 6> quotas{9, 10, 49, 50, 200, 201};
      buy.quota = one_of(quotas);
    }
    buy.copies = 1 + pick(2);
    buy.external = pick(3) == 0;
    OrderPlaced law;
    law.order = buy.order;
    law.product = buy.product;
    if (buy.quota) law.quota = Units{*buy.quota};
    law.copies = static_cast<std::int32_t>(buy.copies);
    law.pay = buy.external ? Payment::external : Payment::balance;
    const Ms now = now_;
    if (buy.external) edges_.push_back(now + model::day);
    return step("buy " + buy.order, law, [=](model::Model& m) { return m.buy(now, buy); });
  }

  std::string some_order() { return "o" + std::to_string(std::max<Count>(1, orders_ - pick(5))); }

  Step pay() {
    const std::string order = some_order();
    const std::string reference = pick(4) == 0 ? "another" : "one";
    const Ms now = now_;
    return step("pay " + order, OrderPaid{order, reference},
                [=](model::Model& m) { return m.pay(now, order, reference); });
  }

  Step cancel() {
    const std::string order = some_order();
    const Ms now = now_;
    return step("cancel " + order, OrderCancelled{order},
                [=](model::Model& m) { return m.cancel(now, order); });
  }

  Step refund() {
    const std::string package = some_order() + "." + std::to_string(1 + pick(2));
    const Ms now = now_;
    return step("refund " + package, PackageRefunded{package, ""},
                [=](model::Model& m) { return m.refund(now, package); });
  }

  Step credit() {
    const Count amount = pick(8) == 0 ? -1'000'000 - pick(9) : 1 + pick(20'000'000);
    const What law = amount > 0 ? What{FundsCredited{Money{amount}, ""}}
                                : What{FundsAdjusted{Money{amount}, ""}};
    return step("credit", law, [=](model::Model& m) { return m.credit(amount); });
  }

  Step settings() {
    const bool flag = pick(2) == 0;
    AccountSettingsSet law;
    switch (pick(3)) {
      case 0:
        law.settings.order = flag ? DeductionOrder::expiry_first : DeductionOrder::effective_first;
        return step("order of use", law, [=](model::Model& m) {
          m.set_order(flag);
          return std::string("done");
        });
      case 1:
        law.settings.prepaid_strict = flag;
        return step("strict", law, [=](model::Model& m) {
          m.set_strict(flag);
          return std::string("done");
        });
      default: break;
    }
    constexpr std::array<const char*, 5> pools{"CN", "TH", "ID+TH", "*", "VN"};
    const std::string pool = one_of(pools);
    return step("mode of " + pool, ServiceModeSet{{{pool, mode_of(flag)}}},
                [=](model::Model& m) { return m.set_mode(pool, flag); });
  }

  std::mt19937_64 random_;
  Ms now_;
  Count sends_ = 0;
  Count orders_ = 0;
  std::vector<std::string> grant_names_;
  std::vector<Ms> edges_;
};

std::string joined(const std::vector<std::string>& pieces) {
  std::string text;
  for (const std::string& piece : pieces) text += (text.empty() ? "" : "+") + piece;
  return text.empty() ? "nothing" : text;
}

struct Told {
  const Account& account;

  std::string line(PackageId package, Units units) const {
    return account.package(package).terms.name + ":" + std::to_string(units.value);
  }
  static std::string charge(const ChargeLine& line) {
    return "P" + std::to_string(line.units.value) + "@" + money_text(line.unit_price);
  }

  std::string operator()(const SendDecision& decision) const {
    std::vector<std::string> pieces;
    pieces.reserve(decision.lines.size());
    for (const PackageLine& one : decision.lines) pieces.push_back(line(one.package, one.units));
    for (const ChargeLine& one : decision.charges) pieces.push_back(charge(one));
    const Money adjustment = decision.counter ? decision.counter->adjustment : Money{};
    return joined(pieces) + (adjustment == Money{} ? "" : " adjusted " + money_text(adjustment));
  }
  std::string operator()(const ReversalDecision& decision) const {
    std::vector<std::string> pieces;
    pieces.reserve(decision.charges.size());
    for (const ChargeLine& one : decision.charges) pieces.push_back(charge(one));
    for (const ReversalLine& one : decision.lines)
      pieces.push_back(line(one.package, one.units) + (one.restored ? "" : "(forfeited)"));
    return joined(pieces);
  }
  std::string operator()(const OrderDecision& decision) const {
    return "price " + money_text(decision.price);
  }
  std::string operator()(const RefundDecision& decision) const {
    return "refund " + money_text(decision.amount);
  }
  template <class Other> std::string operator()(const Other&) const { return "done"; }
};

}  // namespace

std::vector<model::Book> model_books() {
  const model::Wares mainland_all{"CN", every, false, 100};
  const model::Wares thailand_all{"TH", every, false, 100};
  std::vector<model::Product> products(3);
  products[0] = {"fixed",
                 mainland_all,
                 50,
                 50,
                 2'000'001,
                 {},
                 1,
                 0,
                 model::Ends::end_of_day,
                 model::Refund::prorata};
  products[1] = {"once",
                 thailand_all,
                 30,
                 30,
                 3'300'000,
                 {},
                 0,
                 7 * model::day,
                 model::Ends::exact,
                 model::Refund::unused_only};
  products[2] = {"custom",
                 mainland_all,
                 10,
                 200,
                 0,
                 {{10, 50'000}, {50, 47'000}},
                 0,
                 40 * model::day,
                 model::Ends::start_of_day,
                 model::Refund::none};
  model::Book may{0, products, {}};
  may.tariffs = {
      {"CN", false, false, false, true, {{100, 65'000}, {300, 60'000}, {std::nullopt, 55'000}}},
      {"CN", true, false, true, false, {{50, 80'000}, {std::nullopt, 70'000}}},
      {"TH", false, true, false, false, {{std::nullopt, 132'000}}},
  };
  model::Book june{instant("2024-05-31T16:00:00Z").ms, products, {}};
  june.products[0].price = 1'000'003;
  june.tariffs = {
      {"CN", false, false, false, false, {{30, 66'000}, {std::nullopt, 56'000}}},
      {"CN", true, false, true, true, {{20, 81'000}, {60, 75'000}, {std::nullopt, 71'000}}},
      {"TH", false, true, false, false, {{std::nullopt, 133'000}}},
  };
  return {may, june};
}

PriceBook law_book(const model::Book& book, const std::string& version) {
  PriceBook law;
  law.version = version;
  law.effective_from = Instant{book.from};
  law.currency = cny();
  for (const model::Product& product : book.products) law.products.push_back(product_of(product));
  for (const model::Tariff& tariff : book.tariffs) law.tariffs.push_back(tariff_of(tariff));
  return law;
}

std::vector<Step> random_life(std::uint64_t seed, std::size_t count) {
  Life life(seed);
  std::vector<Step> steps;
  steps.reserve(count);
  for (std::size_t i = 0; i < count; ++i) steps.push_back(life.next());
  return steps;
}

model::Settings random_settings(std::uint64_t seed) {
  constexpr std::array<Ms, 4> windows{0, 1, model::hour, 72 * model::hour};
  return {seed % 3 == 0, seed % 5 == 0, windows[seed % windows.size()]};
}

AccountOpened opening(const std::string& name, const model::Settings& settings) {
  AccountOpened opened;
  opened.name = name;
  opened.currency = cny();
  opened.settings.late_window = Duration{settings.late_window};
  opened.settings.prepaid_strict = settings.strict;
  if (settings.expiry_first) opened.settings.order = DeductionOrder::expiry_first;
  return opened;
}

std::string told(const Result<Decision, Refusal>& decided, const Account& account) {
  if (!decided) return std::string(reject_text(decided.error().reject));
  return std::visit(Told{account}, *decided);
}

std::string difference(const Account& account, const model::Model& model, model::Ms now) {
  if (account.balance.micros != model.balance()) {
    return "balance: law " + money_text(account.balance) + ", model " +
           model::money(model.balance());
  }
  if (account.packages.size() != model.packages().size()) return "number of packages";
  for (std::size_t i = 0; i < account.packages.size(); ++i) {
    const Package& p = account.packages[i];
    std::string law(state_text(p.state));
    law += " " + std::to_string(p.remaining.value) + "+" + std::to_string(p.held.value) + "+" +
           std::to_string(p.used.value) + "+" + std::to_string(p.forfeited.value) + "+" +
           std::to_string(p.refunded.value);
    const std::string wanted = model.look(now, i);
    if (law != wanted) return p.terms.name + ": law " + law + ", model " + wanted;
  }
  for (const auto& [key, counter] : model.counters()) {
    for (const auto& [group, law] : account.counters) {
      const bool same =
          group_text(group.first) == key.first && month_text(group.second) == key.second;
      if (same && law.position.value != counter.position) return "counter " + key.first;
    }
  }
  return {};
}

}  // namespace packledger
