// Alarms, rules §8, and who is told, rules §11.
#include "tests/ledger/model.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>

namespace packledger::model {
namespace {

bool compares(const AlarmRule& rule, Count value, Count threshold) {
  return rule.at_or_below ? value <= threshold : value < threshold;
}

// The threshold of such a package, or of a pool, in hundredths of a unit.
std::optional<Count> hundredths(const AlarmRule& rule, const std::string& package, Count quota) {
  const auto exception = rule.exceptions.find(package);
  if (exception != rule.exceptions.end()) return exception->second * 100;
  if (rule.units) return *rule.units * 100;
  if (rule.percent) return *rule.percent * quota;
  return std::nullopt;
}

bool cooling(const Alarm& alarm, Ms at) {
  return alarm.fired_at && at > *alarm.fired_at && at < *alarm.fired_at + alarm.rule.cooldown;
}

bool fired(const Alarm& alarm, const Package* package) {
  return package == nullptr ? alarm.fired
                            : alarm.fired_of.contains(static_cast<std::size_t>(package->number));
}

// The highest threshold first.
bool earlier(const Watched& a, const Watched& b) {
  const auto key = [](const Watched& row) {
    return std::tuple{row.family, -row.size, std::string_view(row.alarm->rule.name),
                      row.package == nullptr ? -1 : row.package->number};
  };
  return key(a) < key(b);
}

}  // namespace

std::size_t Model::pool_number(const std::string& pool) const {
  const auto known = std::ranges::find(pools_, pool, &Pool::name);
  return static_cast<std::size_t>(known - pools_.begin());
}

bool Model::has_pool(std::size_t number) const {
  return number < pools_.size() && pools_[number].paid;
}

std::size_t Model::pools() const {
  return static_cast<std::size_t>(std::ranges::count_if(pools_, &Pool::paid));
}

const std::vector<Total>& Model::totals(Ms at) const {
  totals_.assign(pools_.size() + 1, {});
  for (const std::size_t number : living_) {
    const Package& p = packages_[number];
    const bool counts = p.in_force() || (p.paid && !p.ended && !p.taken_back && p.from <= at);
    if (!counts) continue;
    Total& total = totals_[p.pool];
    total.remaining += p.left();
    total.quota += p.quota;
  }
  return totals_;
}

Total Model::total(const std::string& pool, Ms at) const { return totals(at)[pool_number(pool)]; }

Total Model::watched(const AlarmRule& rule, const Package* package, Ms at) const {
  if (rule.watch == Watch::money) return {balance_, 0};
  return package == nullptr ? total(rule.pool, at) : Total{package->left(), package->quota};
}

// Whether a pool ends as soon as a rule of time is about.
bool Model::near(const Alarm& alarm, Ms at) {
  return alarm.end && compares(alarm.rule, *alarm.end - at, alarm.rule.within);
}

// What quota does to rules of time: only a forecast that knows of it counts from now on, and may
// clear them.
void Model::ease(const Wake& wake) {
  for (auto& [name, alarm] : alarms_) {
    if (alarm.rule.watch != Watch::time || alarm.rule.pool != wake.rose) continue;
    alarm.known = wake.cause;
    alarm.eased = true;
  }
}

// Whether its condition is true, of one package or of what it watches as a whole.
bool Model::holds(const Watched& row) {
  const AlarmRule& rule = row.alarm->rule;
  if (rule.watch == Watch::money) return compares(rule, row.now.remaining, rule.amount);
  const auto threshold =
      hundredths(rule, row.package == nullptr ? "" : row.package->name, row.now.quota);
  return threshold && compares(rule, row.now.remaining * 100, *threshold);
}

void Model::watch(Alarm& alarm, const std::vector<Total>& totals) {
  const AlarmRule& rule = alarm.rule;
  if (rule.watch == Watch::money) {
    watched_.push_back({&alarm, nullptr, 1, rule.amount, {balance_, 0}, nullptr});
  } else if (rule.watch == Watch::each) {
    watch_each(alarm);
  } else if (const std::size_t pool = pool_number(rule.pool); has_pool(pool)) {
    const Total now = totals[pool];
    const bool time = rule.watch == Watch::time;
    const Count size = time ? rule.within : hundredths(rule, "", now.quota).value_or(0);
    watched_.push_back({&alarm, nullptr, time ? 2 : 0, size, now, nullptr});
  }
}

void Model::watch_each(Alarm& alarm) {
  const AlarmRule& rule = alarm.rule;
  const std::size_t pool = pool_number(rule.pool);
  std::vector<std::optional<Total>>& seen = *alarm.seen;
  if (seen.size() < packages_.size()) seen.resize(packages_.size());
  for (const std::size_t number : living_) {
    const Package& p = packages_[number];
    if (!p.in_force() || p.pool != pool) continue;
    const auto threshold = hundredths(rule, p.name, p.quota);
    if (threshold)
      watched_.push_back({&alarm, &p, 0, *threshold, {p.left(), p.quota}, &seen[number]});
  }
}

std::string Model::figures(const Alarm& alarm, const Package* package, Ms at) const {
  std::string text = alarm.rule.name;
  if (package != nullptr) text += "/" + package->name;
  text += " #" + std::to_string(alarm.firings);
  if (alarm.rule.watch == Watch::money) return text + " has " + money(balance_);
  const Total now = watched(alarm.rule, package, at);
  text += " left " + std::to_string(now.remaining) + " of " + std::to_string(now.quota);
  if (alarm.rule.watch != Watch::time) return text;
  return text + (alarm.end ? " until " + std::to_string(*alarm.end) : " for ever");
}

void Model::raise(const Wake& wake, Alarm& alarm, const Package* package) {
  ++alarm.firings;
  alarm.fired_at = wake.at;
  if (package != nullptr) {
    alarm.fired_of.insert(static_cast<std::size_t>(package->number));
  } else {
    alarm.fired = true;
    alarm.eased = false;
  }
  if (alarm.rule.cooldown > 0) alarm.looks.insert(wake.at + alarm.rule.cooldown);
  note(wake.at, "raised " + figures(alarm, package, wake.at) + " at " + std::to_string(wake.at) +
                    told("alarm", alarm.rule.contacts) + " by " + std::to_string(wake.cause));
}

void Model::clear(const Wake& wake, Alarm& alarm, const Package* package) {
  if (package != nullptr) {
    alarm.fired_of.erase(static_cast<std::size_t>(package->number));
  } else {
    alarm.fired = false;
  }
  note(wake.at, "cleared " + figures(alarm, package, wake.at) + " at " + std::to_string(wake.at) +
                    told("alarm", alarm.rule.contacts) + " by " + std::to_string(wake.cause));
}

// Of one package only where less of it remains than when it was looked at last.
bool Model::is_raised(const Wake& wake, const Watched& row) {
  const AlarmRule& rule = row.alarm->rule;
  if (rule.watch == Watch::time) {
    return row.alarm->forecast == wake.cause && !row.alarm->fired &&
           !cooling(*row.alarm, wake.at) && near(*row.alarm, wake.at);
  }
  bool changed = true;
  if (row.package != nullptr) {
    changed = !*row.seen || (*row.seen)->remaining > row.now.remaining;
    *row.seen = row.now;
  }
  return (changed || wake.alarm == rule.name || wake.again == rule.name) &&
         !fired(*row.alarm, row.package) && !cooling(*row.alarm, wake.at) && holds(row);
}

bool Model::is_cleared(const Wake& wake, const Watched& row) {
  const Alarm& alarm = *row.alarm;
  if (alarm.rule.watch == Watch::time)
    return alarm.forecast == wake.cause && alarm.fired && alarm.eased && !near(alarm, wake.at);
  const bool came = alarm.rule.watch == Watch::money ? wake.credited : wake.rose == alarm.rule.pool;
  return fired(alarm, row.package) && (came || wake.alarm == alarm.rule.name) && !holds(row);
}

void Model::follow_alarms(const Wake& wake) {
  if (alarms_.empty()) return;
  if (!wake.rose.empty()) ease(wake);
  watched_.clear();
  const std::vector<Total>& now = totals(wake.at);
  for (auto& [name, alarm] : alarms_) watch(alarm, now);
  std::vector<Watched> raised;
  std::vector<Watched> cleared;
  for (const Watched& row : watched_) {
    if (is_raised(wake, row)) raised.push_back(row);
    if (is_cleared(wake, row)) cleared.push_back(row);
  }
  std::ranges::sort(raised, earlier);
  std::ranges::sort(cleared, earlier);
  for (const Watched& row : raised) raise(wake, *row.alarm, row.package);
  for (const Watched& row : cleared) clear(wake, *row.alarm, row.package);
}

// Whether a full package would make its condition true.
bool Model::warned(const AlarmRule& rule) const {
  if (rule.watch == Watch::money || rule.watch == Watch::time) return false;
  if (rule.percent == 100) return true;
  std::optional<Count> quantity;
  if (rule.pool == "CN" && renewal_.set && renewal_.rule.enabled) {
    quantity = renewal_.rule.quantity;
  } else {
    for (const Package& p : packages_) {
      if (p.paid && p.wares.destinations == rule.pool)
        quantity = std::max(quantity.value_or(0), p.quota);
    }
  }
  if (!quantity) return false;
  return rule.units && compares(rule, *quantity, *rule.units);
}

std::string Model::set_alarm(Ms now, const AlarmRule& rule) {
  for (const std::string& name : rule.contacts)
    if (std::ranges::count(contacts_, name, &Contact::name) == 0) return "unknown_contact";
  const std::string answer = warned(rule) ? "done warned" : "done";
  const auto found = alarms_.find(rule.name);
  if (found == alarms_.end()) {
    Alarm& alarm = alarms_[rule.name];
    alarm.rule = rule;
    alarm.seen = &seen_[rule.name];
    alarm.number = trail_.entries + 1;
    alarm.known = alarm.number;
    alarm.eased = true;
  } else if (found->second.rule == rule) {
    follow(ask(now));
    return answer;
  } else {
    Alarm& alarm = found->second;
    if (alarm.rule.watch != rule.watch || alarm.rule.pool != rule.pool) {
      alarm.fired = false;
      alarm.fired_of.clear();
      alarm.fired_at.reset();
      alarm.end.reset();
    }
    alarm.known = trail_.entries + 1;
    alarm.eased = true;
    alarm.rule = rule;
    std::erase_if(alarm.fired_of, [&](std::size_t i) {
      return !hundredths(rule, packages_[i].name, packages_[i].quota);
    });
    alarm.looks.clear();
    if (rule.cooldown > 0 && alarm.fired_at && *alarm.fired_at + rule.cooldown > now)
      alarm.looks.insert(*alarm.fired_at + rule.cooldown);
  }
  Wake wake = ask(now);
  wake.alarm = rule.name;
  follow(wake);
  return answer;
}

std::string Model::remove_alarm(Ms now, const std::string& name) {
  if (alarms_.erase(name) == 0) return "unknown_alarm";
  follow(ask(now));
  return "done";
}

std::string Model::forecast(Ms now, const std::string& pool, std::optional<Ms> end, Count knows) {
  bool speaks = false;
  std::vector<Alarm*> believing;
  for (auto& [name, alarm] : alarms_) {
    const AlarmRule& rule = alarm.rule;
    if (rule.watch != Watch::time || rule.pool != pool || knows < alarm.known) continue;
    const bool low = end && compares(rule, *end - now, rule.within);
    speaks = speaks || (low ? !alarm.fired && !cooling(alarm, now) : alarm.fired && alarm.eased);
    believing.push_back(&alarm);
  }
  if (!speaks || !has_pool(pool_number(pool))) return "nothing_to_tell";
  for (Alarm* const alarm : believing) {
    alarm->known = knows;
    alarm->end = end;
    alarm->forecast = trail_.entries + 1;
  }
  follow(ask(now));
  return "done";
}

std::string Model::set_contacts(Ms now, const std::vector<Contact>& contacts) {
  contacts_ = contacts;
  follow(ask(now));
  return "done";
}

// Those of that topic, all or only the named ones, in the order of their names.
std::string Model::told(const std::string& topic, const std::vector<std::string>& only) const {
  std::string text;
  for (const Contact& contact : contacts_) {
    const bool named = only.empty() || std::ranges::count(only, contact.name) > 0;
    if (!named || !contact.topics.contains(topic)) continue;
    text += " " + contact.name + "(";
    for (const int channel : contact.channels) text += std::to_string(channel);
    text += ")";
  }
  return " told" + text;
}

}  // namespace packledger::model
