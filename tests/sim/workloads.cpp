#include "tests/sim/workloads.hpp"

#include "tests/engine/mainland.hpp"

#include <string>
#include <utility>

namespace packledger::sim {
namespace {

constexpr Instant begin{1'735'689'600'000};  // 2025-01-01T00:00:00Z

// Adds acts one behind the other.
class Script {
 public:
  Script(std::string name, const ProcessSettings& settings) {
    made_.name = std::move(name);
    made_.settings = settings;
  }

  Script& pass(Duration time) {
    now_ = now_ + time;
    return *this;
  }
  Script& ask(std::string account, What what) {
    const std::string key = "key-" + std::to_string(++keys_);
    return want(CommandWanted{std::move(account), std::move(what), key});
  }
  Script& send(std::vector<SendAsked> sends) { return want(SendsWanted{std::move(sends)}); }
  Script& send(const std::string& account, const std::string& name, std::int64_t units) {
    return send({mainland_send(account, name, units)});
  }
  Script& number(std::uint64_t epoch, std::uint64_t number, std::vector<SendAsked> sends) {
    const NumberedBatch numbered{.producer = "producer",
                                 .at = {.epoch = epoch, .number = number},
                                 .digest = epoch * 1'000 + number + sends.size()};
    return want(SendsWanted{std::move(sends), numbered});
  }
  // What was wanted since the last one happens together, and then this.
  Script& act(Act::Then then = Act::Then::go_on, Loss loss = Loss::dropped) {
    made_.acts.push_back(
        {.at = now_, .wanted = std::exchange(wanted_, {}), .then = then, .loss = loss});
    return *this;
  }
  Workload done() { return std::move(made_); }

 private:
  Script& want(Wanted wanted) {
    wanted_.push_back(std::move(wanted));
    return *this;
  }

  Workload made_;
  Instant now_ = begin;
  std::vector<Wanted> wanted_;
  int keys_ = 0;
};

AccountOpened opened(const std::string& name) {
  return {.name = name, .currency = Currency{{'C', 'N', 'Y'}}, .settings = {}};
}

// An account with a package and money.
void begin_business(Script& script, std::int64_t quota = 100, Money money = Money{50'000'000}) {
  script.ask({}, PriceBookPublished{mainland_book()})
      .ask({}, opened("acme"))
      .ask("acme", FundsCredited{.amount = money, .reason = "first"})
      .ask("acme", mainland_grant("P1", quota, begin + days(30)))
      .act();
}

std::vector<SendAsked> named(const std::string& prefix, int count, std::int64_t units = 1) {
  std::vector<SendAsked> sends;
  for (int i = 0; i < count; ++i)
    sends.push_back(mainland_send("acme", prefix + std::to_string(i), units));
  return sends;
}

// The same names within a batch, in the next one, and after a restart; reversals; refusals.
Workload sends_that_repeat(const ProcessSettings& settings) {
  Script script("sends", settings);
  begin_business(script, 30);
  script.send(named("a", 5)).send(named("a", 7)).act();
  script.send({mainland_send("acme", "b", 4), mainland_send("acme", "b", 4),
               mainland_send("acme", "b", 5), mainland_send("nobody", "c", 1)});
  script.ask("acme", SendReversed{.send = "a1", .reversal = "r1", .units = Units{1}}).act();
  script.pass(Duration{300'000}).send(named("d", 9, 2)).act(Act::Then::restart);
  script.send(named("d", 3, 2)).send("acme", "e", 20).act();  // beyond the package: from the money
  script.ask("acme", SendReversed{.send = "e", .reversal = "r2", .units = Units{12}});
  script.ask("acme", SendReversed{.send = "e", .reversal = "r3", .units = Units{12}}).act();
  return script.done();
}

Workload numbered_batches(const ProcessSettings& settings) {
  Script script("numbered", settings);
  begin_business(script, 60);
  script.number(1, 1, named(":producer:1:1:", 3)).number(1, 2, named(":producer:1:2:", 4)).act();
  script.number(1, 2, named(":producer:1:2:", 4))
      .number(1, 4, named(":producer:1:4:", 1))
      .act();  // again; a gap
  script.number(
      1, 3,
      {mainland_send("nobody", ":producer:1:3:0", 1), mainland_send("acme", ":producer:1:3:1", 2)});
  script.act(Act::Then::power_cut, Loss::torn);
  script.pass(hours(13));  // of an epoch before the last one nothing is answered again
  script.number(2, 1, named(":producer:2:1:", 2))
      .number(1, 4, named(":producer:1:4:", 1))
      .number(1, 1, named(":producer:1:1:", 3))
      .act();
  return script.done();
}

// Orders of all ends, renewals by threshold, alarms, an account that owes and is suspended.
Workload money_and_notices(const ProcessSettings& settings) {
  Script script("money", settings);
  begin_business(script, 2'000, Money{200'000'000});
  Contact contact;
  contact.name = "ops";
  contact.channels = {{.channel = Channel::internal, .address = {}}};
  script.ask("acme", ContactsSet{{contact}})
      .ask("acme", AlarmRuleSet{total_below("low", 1'000)})
      .ask("acme", RenewalRuleSet{renewal_at(500, 1'000)})
      .ask("acme", OrderPlaced{.order = "o1", .product = "custom", .quota = Units{1'000}})
      .act();
  OrderPlaced external{.order = "o2", .product = "custom", .quota = Units{1'000}};
  external.pay = Payment::external;
  OrderPlaced forgotten = external;
  forgotten.order = "o3";
  OrderPlaced regretted = external;
  regretted.order = "o4";
  script.ask("acme", external).ask("acme", forgotten).ask("acme", regretted).act();
  script.ask("acme", OrderPaid{.order = "o2", .payment_reference = "bank 1"})
      .ask("acme", OrderCancelled{.order = "o4"})
      .act();
  script.send("acme", "large", 3'400).act();  // the alarm, and a renewal
  script.pass(hours(25)).act();               // o3 times out
  script.send("acme", "larger", 1'200).send("acme", "largest", 2'500).act();
  script.ask("acme", FundsAdjusted{.amount = Money{-400'000'000}, .reason = "mistake"}).act();
  script.pass(days(1)).send("acme", "owed", 5).act(Act::Then::restart);
  script.ask("acme", FundsCredited{.amount = Money{900'000'000}, .reason = "paid"}).act();
  script.ask("acme", InvoiceRequested{.note = "January"}).act();
  return script.done();
}

// Many packages end at one instant, some with reminders and a renewal; more than one turn takes.
Workload timers_at_one_instant(const ProcessSettings& settings) {
  Script script("timers", settings);
  begin_business(script, 50, Money{100'000'000});
  RenewalRule rule = renewal_at(0, 1'000);
  rule.threshold.reset();
  rule.pre_expiry = true;
  script.ask("acme", AlarmRuleSet{total_below("low", 60)}).ask("acme", RenewalRuleSet{rule});
  for (int i = 0; i < 9; ++i)
    script.ask("acme", mainland_grant("Q" + std::to_string(i), 10, begin + days(30)));
  script.act();
  script.pass(days(21)).act();
  script.pass(days(2)).send("acme", "s", 7).act(Act::Then::power_cut, Loss::dropped);
  script.pass(days(7)).send("acme", "t", 7).act();  // all end
  script.pass(days(4)).act(Act::Then::restart);     // all close
  script.pass(days(40)).send("acme", "u", 2).act();
  return script.done();
}

Workload holds_of_all_ends(const ProcessSettings& settings) {
  Script script("holds", settings);
  begin_business(script, 40);
  const auto hold = [](const std::string& name, std::int64_t units) {
    return HoldPlaced{
        .hold = name, .units = Units{units}, .destination = mainland, .ttl = hours(1)};
  };
  script.ask("acme", hold("h1", 10)).ask("acme", hold("h2", 10)).ask("acme", hold("h3", 10)).act();
  script.ask("acme", hold("h4", 50))
      .ask("acme", HoldCaptured{.hold = "h1", .units = Units{7}})
      .act();
  script.ask("acme", HoldReleased{.hold = "h2"}).act(Act::Then::power_cut, Loss::zeroed);
  script.pass(hours(2)).send("acme", "s", 3).act();  // h3 has ended
  script.ask("acme", HoldCaptured{.hold = "h3", .units = Units{1}}).act();
  return script.done();
}

// More snapshots than are kept, starts from them, and one that stays without another behind it.
Workload snapshots_kept_and_pruned(const ProcessSettings& settings) {
  Script script("snapshots", settings);
  begin_business(script);
  for (int i = 0; i < 4; ++i) {
    script.pass(Duration{60'000}).send(named("s" + std::to_string(i) + "-", 6));
    script.act(Act::Then::snapshot);
    script.send("acme", "between" + std::to_string(i), 2);
    script.act(i == 2 ? Act::Then::power_cut : Act::Then::go_on, Loss::garbled);
  }
  return script.done();
}

// Generations of a few sends go to files, are asked, are left to a snapshot, and are forgotten.
Workload sends_in_files(const ProcessSettings& given) {
  ProcessSettings settings = given;
  settings.spills = true;
  settings.sends.generation_records_max = 16;
  settings.sends.chunk_bytes = 1'024;
  settings.sends.memory_bytes_max = 2'048;
  Script script("spill", settings);
  begin_business(script, 1'000);
  for (int i = 0; i < 6; ++i)
    script.pass(Duration{60'000}).send(named("f" + std::to_string(i) + "-", 12)).act();
  script.send(named("f0-", 6)).act(Act::Then::snapshot);
  script.send(named("f1-", 6)).act(Act::Then::power_cut, Loss::torn);
  script.send(named("f2-", 6)).send(named("g-", 12)).act(Act::Then::restart);
  script.pass(days(9)).send(named("h-", 12)).act();
  script.pass(hours(2)).send(named("i-", 12)).act(Act::Then::snapshot);
  script.pass(hours(2)).send(named("j-", 1)).act(Act::Then::snapshot);  // now they may go
  return script.done();
}

// Names are asked again in the last hour in which they are known, and when those of the generation
// before them have been forgotten.
Workload names_until_forgotten(const ProcessSettings& given) {
  ProcessSettings settings = given;
  settings.sends.generation_records_max = 4;
  Script script("names", settings);
  begin_business(script);
  script.pass(Duration{600'000}).send(named("k", 4)).act();
  script.pass(days(1)).send(named("l", 4)).act();
  script.pass(Duration{days(4).ms - 300'000}).send("acme", "m", 1).act();
  script.send(named("k", 2)).act(Act::Then::restart);
  script.pass(hours(13)).send("acme", "n", 1).act();  // the first are forgotten
  script.send(named("l", 2)).act();
  return script.done();
}

// Memory of RocksDB that fills, logs that roll, and tables enough to be moved down a level.
Workload flushes_and_compactions(const ProcessSettings& given) {
  ProcessSettings settings = given;
  settings.batch_entries_max = 400;
  Script script("flush", settings);
  begin_business(script, 10'000);
  for (int i = 0; i < 5; ++i) {
    script.pass(Duration{60'000}).send(named("x" + std::to_string(i) + "-", 320));
    script.act(i == 1 ? Act::Then::restart : Act::Then::go_on);
  }
  for (int i = 0; i < 3; ++i) {
    script.send("acme", "y" + std::to_string(i), 1);
    script.act(i == 1 ? Act::Then::power_cut : Act::Then::restart, Loss::dropped);
  }
  return script.done();
}

// One start behind the other, each with a little left in the log.
Workload starts_in_a_row(const ProcessSettings& settings) {
  Script script("starts", settings);
  begin_business(script);
  int n = 0;
  for (const Loss loss :
       {Loss::none, Loss::dropped, Loss::torn, Loss::zeroed, Loss::garbled, Loss::names_undone}) {
    script.send("acme", "s" + std::to_string(n++), 1).act(Act::Then::power_cut, loss);
  }
  script.act(Act::Then::restart).send("acme", "last", 1).act();
  return script.done();
}

}  // namespace

std::vector<Workload> small_workloads() {
  std::vector<Workload> made;
  using Make = Workload (*)(const ProcessSettings&);
  for (const Make make :
       {sends_that_repeat, names_until_forgotten, numbered_batches, money_and_notices,
        timers_at_one_instant, holds_of_all_ends, snapshots_kept_and_pruned, sends_in_files,
        flushes_and_compactions, starts_in_a_row}) {
    for (const auto mode : {WatermarkMode::before_ack, WatermarkMode::one_behind}) {
      ProcessSettings settings;
      settings.watermark = mode;
      made.push_back(make(settings));
      if (mode == WatermarkMode::one_behind) made.back().name += "_behind";
    }
  }
  Workload direct = flushes_and_compactions({});
  direct.name += "_direct";
  direct.direct_io = true;
  made.push_back(std::move(direct));
  return made;
}

}  // namespace packledger::sim
