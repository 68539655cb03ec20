#include "tests/sim/world_operators.hpp"

#include "tests/ledger/both.hpp"
#include "tests/sim/spans.hpp"
#include "tests/sim/world_askers.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace packledger::sim {
namespace {

// Publishes price books in the course of the life, for what is to come or has been, and sends
// around the instants from which they are in force.
class Publisher final : public Askers {
 public:
  explicit Publisher(World& world) : Askers(world, "publisher"), left_(world.plan.books) {}

  void begin() override {
    if (left_ == 0) return;
    world_.agenda.after(draws_.pick(15 * day), [this] { publish(); });
  }

 private:
  void publish() {
    if (world_.heals()) return;
    --left_;
    const model::Book book = changed(draws_.one_of(model_books()));
    begun_.push_back(book.from);
    const std::string version = base() + "-" + std::to_string(begun_.size());
    ask(version, "", Input{{}, version, PriceBookPublished{law_book(book, version)}});
    for (std::int64_t i = draws_.between(1, 4); i > 0; --i) send_around(book.from);
    begin();
  }

  Ms start() {
    const Ms now = world_.agenda.now();
    switch (draws_.pick(8)) {
      case 0: return now - draws_.pick(3 * day);
      case 1: return now;
      case 2: return begun_.empty() ? 0 : draws_.one_of(begun_);
      case 3: return draws_.one_of(model_books()).from;
      case 4: return now + draws_.pick(20 * day);
      case 5: return now / day * day + draws_.between(1, 3) * day;
      default: return now + draws_.pick(36 * hour);
    }
  }

  // Dearer or cheaper, with other tiers, and now and then without something.
  model::Book changed(model::Book book) {
    book.from = start();
    for (model::Product& product : book.products) {
      if (product.bands.empty()) product.price += draws_.pick(1'000'000);
      for (auto& [from, price] : product.bands) price += draws_.pick(1'000);
      if (!product.bands.empty() && draws_.rarely(3)) product.quota_max += draws_.pick(500);
    }
    for (model::Tariff& tariff : book.tariffs) {
      for (model::Tier& tier : tariff.tiers) tier.price += draws_.pick(9'000);
      if (draws_.rarely(3)) tariff.volume = !tariff.volume;
      if (draws_.rarely(3)) tariff.counted = !tariff.counted;
      if (draws_.rarely(6)) tariff.tiers.erase(tariff.tiers.begin(), tariff.tiers.end() - 1);
    }
    if (draws_.rarely(4)) book.tariffs.pop_back();
    if (draws_.rarely(4)) book.products.erase(book.products.begin());
    book.terms.lead = draws_.between(1, 60) * hour;
    book.terms.discount = draws_.between(8'000, 10'000);
    book.terms.per_day = draws_.between(1, 3);
    book.terms.retry_minute = draws_.pick(1'440);
    return book;
  }

  // Just before and just after; those that come later than they happened, too.
  void send_around(Ms from) {
    const Ms delay = std::max<Ms>(0, from - world_.agenda.now()) + draws_.pick(6 * hour);
    if (delay > 25 * day) return;
    world_.agenda.after(delay, [this, from] {
      if (world_.heals()) return;
      std::vector<SendAsked> sends;
      for (const Ms apart : {Ms{-1}, Ms{0}, Ms{1}, -draws_.pick(hour), draws_.pick(hour)}) {
        const std::string name = base() + "-" + std::to_string(++named_);
        SendRecorded send = some_send(draws_, name, world_.agenda.now());
        send.occurred_at = Instant{from + apart};
        sends.push_back({account_name(some_account()), std::move(send)});
      }
      ask(base() + " " + std::to_string(named_), sends);
    });
  }

  std::size_t left_;
  std::uint64_t named_ = 0;
  std::vector<Ms> begun_;
};

// Sets alarms of how soon a pool runs out, and plays the daemon's own forecaster: what it foretells
// is drawn, near the thresholds, and so is how much of the journal it knows.
class Forecasting final : public Askers {
 public:
  Forecasting(World& world, std::size_t number)
      : Askers(world, "forecaster-" + std::to_string(number)), left_(draws_.between(15, 60)) {}

  void begin() override {
    if (left_ == 0) return;
    const Ms pause = draws_.percent(50) ? draws_.pick(2 * hour) : draws_.pick(2 * day);
    world_.agenda.after(pause, [this] { act(); });
  }

 private:
  void act() {
    if (world_.heals()) return;
    --left_;
    const std::string account = account_name(some_account());
    const std::int64_t dice = draws_.pick(100);
    if (dice < 25) {
      set_alarm(account);
    } else if (dice < 29) {
      ask_keyed(account, AlarmRuleRemoved{alarm_name()});
    } else if (dice < 39) {
      grant(account);
    } else {
      foretell(account);
    }
    begin();
  }

  void set_alarm(const std::string& account) {
    constexpr std::array<Ms, 4> cooldowns{0, 0, hour, day};
    AlarmRule rule;
    rule.name = alarm_name();
    rule.pool = draws_.one_of(pools);
    rule.kind = AlarmKind::runs_out_within;
    rule.threshold.within = Duration{draws_.one_of(withins)};
    rule.when = draws_.percent(50) ? AlarmWhen::below : AlarmWhen::at_or_below;
    if (draws_.rarely(6)) rule.contacts = {"ann"};
    rule.cooldown = Duration{draws_.one_of(cooldowns)};
    ask_keyed(account, AlarmRuleSet{rule});
  }

  // Quota after which an alarm that has fired may be cleared.
  void grant(const std::string& account) {
    PackageGranted granted;
    granted.package = next_name();
    granted.quota = Units{draws_.between(1, 30)};
    granted.effective_at = Instant{world_.agenda.now() / hour * hour + draws_.pick(3) * hour};
    granted.expires_at = *granted.effective_at + hours(draws_.between(1, 200));
    const std::string pool = draws_.percent(60) ? "CN" : draws_.one_of(pools);
    granted.scope.destinations = *parse_pool(pool);
    ask(granted.package, account, Input{{}, {}, granted});
  }

  void foretell(const std::string& account) {
    const Ledger& ledger = world_.judge.ledger();
    const Account& of = ledger.accounts().at(*ledger.accounts().find(account));
    RunOutForecast forecast{.pool = draws_.one_of(pools), .runs_out_at = {}, .position = {}};
    Sequence known;
    for (const auto& [name, alarm] : *of.alarms) {
      if (!alarm.run_out || (known != Sequence{} && draws_.percent(50))) continue;
      forecast.pool = alarm.rule.pool;
      known = alarm.run_out->known;
    }
    if (!draws_.percent(30)) {
      forecast.runs_out_at =
          Instant{world_.agenda.now() + draws_.one_of(withins) + draws_.pick(20) - 15};
    }
    forecast.position = some_position(known, ledger.last());
    const Input input{{}, {}, forecast};
    const Run run =
        draws_.pick(400) < static_cast<std::int64_t>(world_.plan.dry_runs) ? Run::dry : Run::real;
    ask(std::make_shared<CommandTelling>(world_, next_name(), account, input, run));
  }

  Sequence some_position(Sequence known, Sequence last) {
    switch (draws_.pick(6)) {
      case 0: return Sequence{known.value - std::min<std::uint64_t>(known.value, 1)};
      case 1: return known;
      case 2:
        return Sequence{
            static_cast<std::uint64_t>(draws_.pick(static_cast<std::int64_t>(last.value) + 1))};
      default: return last;
    }
  }

  std::string alarm_name() { return "r" + std::to_string(draws_.pick(4)); }
  std::string next_name() { return base() + "-" + std::to_string(++named_); }
  void ask_keyed(const std::string& account, What what) {
    const std::string name = next_name();
    ask(name, account, Input{{}, name, std::move(what)});
  }

  static constexpr std::array<const char*, 6> pools{"CN", "CN", "CN", "TH", "ID+TH", "*"};
  static constexpr std::array<Ms, 3> withins{hour, day, 3 * day};
  std::int64_t left_;
  std::uint64_t named_ = 0;
};

}  // namespace

void make_operators(World& world) {
  if (world.plan.books > 0) world.clients.push_back(std::make_unique<Publisher>(world));
  for (std::size_t i = 0; i < world.plan.forecasters; ++i)
    world.clients.push_back(std::make_unique<Forecasting>(world, i));
}

}  // namespace packledger::sim
