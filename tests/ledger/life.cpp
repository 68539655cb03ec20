#include "tests/ledger/life.hpp"

#include "tests/ledger/draw.hpp"
#include "tests/ledger/life_rules.hpp"
#include "tests/ledger/zones.hpp"

#include <deque>
#include <ranges>
#include <set>

namespace packledger {
namespace {

using model::Count;
using model::day;
using model::hour;
using model::Ms;

const std::set<std::string> every{"verification", "notification", "promotion"};
const std::set<std::string> industry{"verification", "notification"};
const std::set<std::string> promotion{"promotion"};

}  // namespace

// Draws the next thing that happens. Names are few, so that repeats and refusals are common.
class Life {
 public:
  Life(std::uint64_t seed, Trade trade, Forecasts forecasts)
      : draw_(seed, instant("2024-05-20T00:00:00Z").ms),
        forecasts_(forecasts == Forecasts::some),
        rules_(draw_, forecasts_),
        trade_(trade) {}

  Step next() {
    ++steps_;
    if (placed_ && draw_.rarely(2)) {  // before much time has passed
      placed_ = false;
      return draw_.rarely(4) ? rules_.release() : rules_.capture();
    }
    if (busy() && !draw_.rarely(6)) {
      draw_.pass_moments();
      return draw_.rarely(12) ? reversal() : send();
    }
    draw_.pass_time();
    Count dice = draw_.pick(1'000);
    for (const auto& [weight, make] : kinds()) {
      if (dice < weight) return make();
      dice -= weight;
    }
    return send();
  }

 private:
  struct Kind {
    Count weight = 0;  // in a thousand; what is left are sends
    std::function<Step()> make;
  };
  const std::vector<Kind>& kinds() {
    if (kinds_.empty()) {
      kinds_ = {{100, [this] { return reversal(); }},
                {80, [this] { return grant(); }},
                {75, [this] { return buy(); }},
                {30, [this] { return pay(); }},
                {15, [this] { return cancel(); }},
                {35, [this] { return refund(); }},
                {55, [this] { return credit(); }},
                {45, [this] { return rules_.settings(); }},
                {60, [this] { return hold(); }},
                {35, [this] { return rules_.capture(); }},
                {15, [this] { return rules_.release(); }},
                {40, [this] { return rules_.alarm(); }},
                {6, [this] { return rules_.alarm_removal(); }},
                {22, [this] { return rules_.renewal(); }},
                {3, [this] { return rules_.renewal_removal(); }},
                {8, [this] { return rules_.contacts(); }},
                {10, [this] { return rules_.invoice(); }}};
      if (forecasts_) kinds_.push_back({60, [this] { return rules_.forecast(); }});
    }
    return kinds_;
  }

  bool busy() const { return trade_ == Trade::busy; }

  // Of packages: few, and more only in the course of years.
  Count names() const { return steps_ < 1'000 ? 60 : steps_ / 15; }

  Step hold() {
    placed_ = true;
    return rules_.hold();
  }

  Ms round(Ms t) const { return t / hour * hour; }

  model::Wares wares() {
    constexpr std::array<const char*, 5> pools{"CN", "CN", "TH", "ID+TH", "*"};
    model::Wares wares;
    wares.destinations = draw_.one_of(pools);
    const Count templates = draw_.pick(4);
    wares.templates = templates == 0 ? industry : templates == 1 ? promotion : every;
    wares.stops = draw_.rarely(busy() ? 20 : 6);
    wares.priority = draw_.rarely(5) ? 50 : 100;
    return wares;
  }

  Step grant() {
    const Ms now = draw_.now();
    model::Grant grant;
    grant.name = draw_.rarely(40) ? "renewal-1" + std::to_string(draw_.pick(9))
                                  : "g" + std::to_string(draw_.pick(names()));
    // Under a name that is taken it may be the same again or another: only the others are asked.
    if (!granted_.insert(grant.name).second && grant.name.starts_with('g')) return send();
    grant.wares = wares();
    grant.quota = 1 + draw_.pick(draw_.big() && grant.wares.destinations == "CN" ? 1'500 : 40);
    grant.from = round(now) + (draw_.pick(7) - 2) * hour;
    grant.until = grant.from + (draw_.rarely(30) ? 0 : (1 + draw_.pick(72)) * hour);
    PackageGranted law;
    law.package = grant.name;
    law.quota = Units{grant.quota};
    law.scope = scope_of(grant.wares);
    law.mode = mode_of(grant.wares.stops);
    law.priority = static_cast<std::int32_t>(grant.wares.priority);
    law.effective_at = Instant{grant.from};
    law.expires_at = Instant{grant.until};
    for (const Ms window : {Ms{0}, Ms{0}, hour, 72 * hour, -6 * hour, -day})
      draw_.remember(grant.until + window);
    return draw_.step("grant " + grant.name, law,
                      [=](model::Model& m) { return m.grant(now, grant); });
  }

  Count some_units() {
    if (draw_.rarely(40)) return 0;
    if (busy() && !draw_.rarely(12)) return 1 + draw_.pick(8);
    const Count dice = draw_.pick(8);
    if (draw_.big() && dice < 2) return 1 + draw_.pick(900);
    return 1 + draw_.pick(dice < 4 ? 60 : 8);
  }

  Step send() {
    constexpr std::array<const char*, 9> countries{"CN", "CN", "CN", "CN", "CN",
                                                   "TH", "TH", "ID", "VN"};
    constexpr std::array<const char*, 3> types{"verification", "notification", "promotion"};
    const Ms now = draw_.now();
    model::Asked asked;
    if (!sent_.empty() && draw_.rarely(busy() ? 16 : 40)) return again();
    asked.name = "s" + std::to_string(++sends_);
    asked.units = some_units();
    asked.country = draw_.one_of(countries);
    if (busy() && !draw_.rarely(8))
      asked.country = countries[static_cast<std::size_t>(draw_.pick(7))];
    if (asked.country != "CN") asked.units = std::min<Count>(asked.units, 60);
    if (asked.units > 60) large_.emplace_back(asked.name, asked.units);
    if (large_.size() > 4) large_.erase(large_.begin());
    asked.type = draw_.one_of(types);
    asked.billable = !draw_.rarely(25);
    if (!draw_.rarely(3) && (!busy() || draw_.rarely(3))) asked.occurred = occurred();
    if (asked.occurred) sent_.push_back(asked);
    if (sent_.size() > again_max) sent_.pop_front();
    if (draw_.rarely(8)) draw_.remember(now + 96 * hour);
    return ask_send(asked);
  }

  // One that was sent before, as it was or not.
  Step again() {
    const auto count = static_cast<Count>(sent_.size());
    model::Asked asked = sent_[static_cast<std::size_t>(count - 1 - draw_.pick(count))];
    if (draw_.rarely(3)) ++asked.units;
    if (draw_.rarely(6)) asked.country = "VN";
    return ask_send(asked);
  }

  Step ask_send(const model::Asked& asked) {
    SendRecorded law;
    law.send = asked.name;
    law.units = Units{asked.units};
    law.destination = country_of(asked.country);
    law.type = template_of(asked.type);
    law.billable = asked.billable;
    if (asked.occurred) law.occurred_at = Instant{*asked.occurred};
    const Ms now = draw_.now();
    return draw_.step("send " + asked.name, law,
                      [=](model::Model& m) { return m.send(now, asked); });
  }

  Ms occurred() {
    const Ms now = draw_.now();
    const std::vector<Ms>& edges = draw_.edges();
    switch (draw_.pick(10)) {
      case 0: return now + 5 * model::minute + draw_.pick(2);
      case 1: return now - 72 * hour - draw_.pick(2);
      case 2: return now - draw_.pick(72 * hour);
      case 3: return round(now - draw_.pick(24 * hour));
      case 4: return round(now) - 1;
      case 5: return edges.empty() ? now : edges.back() - 1;
      case 6: return edges.empty() ? now : edges.front() - draw_.pick(2);
      case 7: return now - hour - draw_.pick(3);  // just before an end that was an hour ago
      default: return now - draw_.pick(5);
    }
  }

  Step reversal() {
    std::string name = "s" + std::to_string(std::max<Count>(1, sends_ - draw_.pick(25)));
    Count units = draw_.rarely(20) ? 0 : 1 + draw_.pick(6);
    if (!large_.empty() && draw_.rarely(3)) {
      const auto& [send, size] =
          large_[static_cast<std::size_t>(draw_.pick(static_cast<Count>(large_.size())))];
      name = send;
      units = 1 + draw_.pick(size);
    }
    const std::string reversal = "r" + std::to_string(draw_.pick(4));
    const Ms now = draw_.now();
    return draw_.step("reverse " + name, SendReversed{name, reversal, Units{units}},
                      [=](model::Model& m) { return m.reverse(now, name, reversal, units); });
  }

  Step buy() {
    constexpr std::array<const char*, 8> products{"fixed", "once",      "custom", "none",
                                                  "renew", "five-days", "later",  "later"};
    model::Buy buy;
    buy.order = "o" + std::to_string(++orders_);
    buy.product = draw_.one_of(products);
    if (buy.product == "custom") {
      constexpr std::array<Count, 6> quotas{9, 10, 49, 50, 200, 201};
      buy.quota = draw_.one_of(quotas);
    }
    if (buy.product == "renew") buy.quota = 400 + 200 * draw_.pick(8);
    buy.copies = 1 + draw_.pick(2);
    buy.external = draw_.rarely(3);
    if (draw_.rarely(5) && !bought_.empty()) follow(buy);
    bought_.push_back(buy.product);
    OrderPlaced law;
    law.order = buy.order;
    law.product = buy.product;
    if (buy.quota) law.quota = Units{*buy.quota};
    law.copies = static_cast<std::int32_t>(buy.copies);
    law.pay = buy.external ? Payment::external : Payment::balance;
    law.renews = buy.renews;
    const Ms now = draw_.now();
    if (buy.external) draw_.remember(now + day);
    if (buy.product == "renew") draw_.remember(now + 3 * day);
    if (buy.product == "later") draw_.remember(now + 2 * hour);
    return draw_.step("buy " + buy.order, law, [=](model::Model& m) { return m.buy(now, buy); });
  }

  // The package of an earlier order, mostly of the same product.
  void follow(model::Buy& buy) {
    const auto count = static_cast<Count>(bought_.size());
    const Count number = std::max<Count>(1, count - draw_.pick(30));
    buy.renews = draw_.rarely(15) ? "nothing" : "o" + std::to_string(number) + ".1";
    if (draw_.rarely(8)) return;
    buy.product = bought_[static_cast<std::size_t>(number - 1)];
    buy.copies = 1;
    buy.quota.reset();
    if (buy.product == "custom") buy.quota = 50;
    if (buy.product == "renew") buy.quota = 1'000;
  }

  std::string some_order() {
    return "o" + std::to_string(std::max<Count>(1, orders_ - draw_.pick(5)));
  }

  Step pay() {
    const std::string order = some_order();
    const std::string reference = draw_.rarely(4) ? "another" : "one";
    const Ms now = draw_.now();
    return draw_.step("pay " + order, OrderPaid{order, reference},
                      [=](model::Model& m) { return m.pay(now, order, reference); });
  }

  Step cancel() {
    const std::string order = some_order();
    const Ms now = draw_.now();
    return draw_.step("cancel " + order, OrderCancelled{order},
                      [=](model::Model& m) { return m.cancel(now, order); });
  }

  Step refund() {
    if (draw_.rarely(3)) return refund_of_renewed();
    const std::string package = some_order() + "." + std::to_string(1 + draw_.pick(2));
    const Ms now = draw_.now();
    return draw_.step("refund " + package, PackageRefunded{package, ""},
                      [=](model::Model& m) { return m.refund(now, package); });
  }

  // Of the renewed package that came last, or the one before it.
  Step refund_of_renewed() {
    const Count back = draw_.pick(2);
    const Ms now = draw_.now();
    Step step = draw_.step("refund of a renewed package", PackageRefunded{}, [=](model::Model& m) {
      Count left = back;
      std::string name = "renewal-1";
      for (const model::Package& package : m.packages() | std::views::reverse)
        if (renewed(package.name) && left-- == 0) name = package.name;
      return m.refund(now, name);
    });
    step.choose = [=](What& what, const Account& account) {
      Count left = back;
      std::string name = "renewal-1";
      for (const Package& package : account.packages | std::views::reverse)
        if (renewed(package.terms.name) && left-- == 0) name = package.terms.name;
      std::get<PackageRefunded>(what).package = name;
    };
    return step;
  }
  static bool renewed(const std::string& name) { return name.starts_with("renewal-"); }

  // So that the balance is exactly what something costs, or nothing; where it is that already, a
  // micro more, as no correction is by nothing.
  Step balance_to(Count wanted) {
    const auto missing = [wanted](Count balance) {
      return balance == wanted ? 1 : wanted - balance;
    };
    const Ms now = draw_.now();
    Step step = draw_.step("balance to " + std::to_string(wanted), FundsCredited{Money{1}, ""},
                           [=](model::Model& m) { return m.credit(now, missing(m.balance())); });
    step.choose = [=](What& what, const Account& account) {
      const Money amount{missing(account.balance.micros)};
      what = amount > Money{} ? What{FundsCredited{amount, ""}} : What{FundsAdjusted{amount, ""}};
    };
    return step;
  }

  Step credit() {
    constexpr std::array<Count, 12> exact{0,      0,      65'000,    130'000,   132'000,   264'000,
                                          60'000, 70'000, 1'500'000, 3'300'000, 2'000'001, 80'000};
    if (draw_.rarely(busy() ? 25 : 8)) return balance_to(draw_.one_of(exact));
    const Count most = (draw_.big() ? 150'000'000 : 20'000'000) * (busy() ? 4 : 1);
    const Count amount = draw_.rarely(8) ? -1'000'000 - draw_.pick(most) : 1 + draw_.pick(most);
    const What law = amount > 0 ? What{FundsCredited{Money{amount}, ""}}
                                : What{FundsAdjusted{Money{amount}, ""}};
    const Ms now = draw_.now();
    return draw_.step("credit", law, [=](model::Model& m) { return m.credit(now, amount); });
  }

  Draw draw_;
  bool forecasts_;
  Rules rules_;
  Trade trade_;
  Count steps_ = 0;
  std::vector<Kind> kinds_;
  bool placed_ = false;  // a hold, just before
  Count sends_ = 0;
  static constexpr std::size_t again_max = 8;
  std::deque<model::Asked> sent_;  // the last that can be asked again: they name their time
  Count orders_ = 0;
  std::vector<std::string> bought_;                   // the products, by order
  std::vector<std::pair<std::string, Count>> large_;  // sends, the last few
  std::set<std::string> granted_;
};

RandomLife::RandomLife(std::uint64_t seed, Trade trade, Forecasts forecasts)
    : life_(std::make_unique<Life>(seed, trade, forecasts)) {}
RandomLife::~RandomLife() = default;
RandomLife::RandomLife(RandomLife&&) noexcept = default;
RandomLife& RandomLife::operator=(RandomLife&&) noexcept = default;

Step RandomLife::next() { return life_->next(); }

std::vector<Step> random_life(std::uint64_t seed, std::size_t count, Trade trade,
                              Forecasts forecasts) {
  RandomLife life(seed, trade, forecasts);
  std::vector<Step> steps;
  steps.reserve(count);
  for (std::size_t i = 0; i < count; ++i) steps.push_back(life.next());
  return steps;
}

model::Settings random_settings(std::uint64_t seed) {
  constexpr std::array<Ms, 4> windows{0, 1, hour, 72 * hour};
  constexpr std::array<Ms, 5> graces{0, 0, hour, 2 * day, 0};
  model::Settings settings;
  settings.expiry_first = seed % 3 == 0;
  settings.strict = seed % 5 == 0;
  settings.late_window = windows[seed % windows.size()];
  settings.grace = graces[seed % graces.size()];
  return settings;
}

}  // namespace packledger
