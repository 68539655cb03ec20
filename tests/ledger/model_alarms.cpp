// Alarms, rules §8, and who is told, rules §11.
#include "tests/ledger/model.hpp"

#include <algorithm>
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

}  // namespace

Total Model::total(const std::string& pool, Ms at) const {
  Total total;
  for (const Package& p : packages_) {
    const bool counts = p.in_force() || (p.paid && !p.ended && !p.taken_back && p.from <= at);
    if (!counts || p.wares.destinations != pool) continue;
    total.remaining += p.left();
    total.quota += p.quota;
  }
  return total;
}

Total Model::watched(const AlarmRule& rule, const Package* package, Ms at) const {
  if (rule.watch == Watch::money) return {balance_, 0};
  return package == nullptr ? total(rule.pool, at) : Total{package->left(), package->quota};
}

// Whether its condition is true, of one package or of what it watches as a whole.
bool Model::holds(const AlarmRule& rule, const Package* package, Ms at) const {
  const Total now = watched(rule, package, at);
  if (rule.watch == Watch::money) return compares(rule, now.remaining, rule.amount);
  const auto threshold = hundredths(rule, package == nullptr ? "" : package->name, now.quota);
  return threshold && compares(rule, now.remaining * 100, *threshold);
}

std::vector<std::pair<std::string, std::optional<std::size_t>>> Model::in_order(
    Ms at, const std::function<bool(const Alarm&, const Package*)>& chosen) const {
  struct Row {
    bool money = false;
    Count size = 0;  // the higher, the earlier
    std::string name;
    std::optional<std::size_t> package;
  };
  std::vector<Row> rows;
  for (const auto& [name, alarm] : alarms_) {
    const AlarmRule& rule = alarm.rule;
    if (rule.watch == Watch::money) {
      if (chosen(alarm, nullptr)) rows.push_back({true, rule.amount, name, std::nullopt});
    } else if (rule.watch == Watch::total) {
      if (!pools_.contains(rule.pool) || !chosen(alarm, nullptr)) continue;
      rows.push_back({false, hundredths(rule, "", total(rule.pool, at).quota).value_or(0), name,
                      std::nullopt});
    } else {
      for (const Package& p : packages_) {
        if (!p.in_force() || p.wares.destinations != rule.pool) continue;
        const auto threshold = hundredths(rule, p.name, p.quota);
        if (threshold && chosen(alarm, &p))
          rows.push_back({false, *threshold, name, static_cast<std::size_t>(p.number)});
      }
    }
  }
  std::ranges::sort(rows, [](const Row& a, const Row& b) {
    return std::tuple{a.money, -a.size, a.name, a.package} <
           std::tuple{b.money, -b.size, b.name, b.package};
  });
  std::vector<std::pair<std::string, std::optional<std::size_t>>> order;
  order.reserve(rows.size());
  for (const Row& row : rows) order.emplace_back(row.name, row.package);
  return order;
}

std::string Model::figures(const Alarm& alarm, std::optional<std::size_t> package, Ms at) const {
  std::string text = alarm.rule.name;
  if (package) text += "/" + packages_[*package].name;
  text += " #" + std::to_string(alarm.firings);
  if (alarm.rule.watch == Watch::money) return text + " has " + money(balance_);
  const Total now = watched(alarm.rule, package ? &packages_[*package] : nullptr, at);
  return text + " left " + std::to_string(now.remaining) + " of " + std::to_string(now.quota);
}

void Model::raise(const Wake& wake, const std::string& name, std::optional<std::size_t> package) {
  Alarm& alarm = alarms_.at(name);
  ++alarm.firings;
  alarm.fired_at = wake.at;
  if (package) {
    alarm.fired_of.insert(*package);
  } else {
    alarm.fired = true;
  }
  if (alarm.rule.cooldown > 0) alarm.looks.insert(wake.at + alarm.rule.cooldown);
  note(wake.at, "raised " + figures(alarm, package, wake.at) + " at " + std::to_string(wake.at) +
                    told("alarm", alarm.rule.contacts) + " by " + std::to_string(wake.cause));
}

void Model::follow_alarms(const Wake& wake) {
  const auto raised = in_order(wake.at, [&](const Alarm& alarm, const Package* package) {
    const std::string& name = alarm.rule.name;
    const auto number = package == nullptr ? std::optional<std::size_t>{}
                                           : static_cast<std::size_t>(package->number);
    const Total now = watched(alarm.rule, package, wake.at);
    const auto seen = seen_.find({name, number});
    const bool changed =
        package == nullptr || seen == seen_.end() || seen->second.remaining > now.remaining;
    seen_[{name, number}] = now;
    return (changed || wake.alarm == name || wake.again == name) && !fired(alarm, package) &&
           !cooling(alarm, wake.at) && holds(alarm.rule, package, wake.at);
  });
  const auto cleared = in_order(wake.at, [&](const Alarm& alarm, const Package* package) {
    const bool came =
        alarm.rule.watch == Watch::money ? wake.credited : wake.rose == alarm.rule.pool;
    return fired(alarm, package) && (came || wake.alarm == alarm.rule.name) &&
           !holds(alarm.rule, package, wake.at);
  });
  for (const auto& [name, package] : raised) raise(wake, name, package);
  for (const auto& [name, package] : cleared) {
    Alarm& alarm = alarms_.at(name);
    if (package) {
      alarm.fired_of.erase(*package);
    } else {
      alarm.fired = false;
    }
    note(wake.at, "cleared " + figures(alarm, package, wake.at) + " at " + std::to_string(wake.at) +
                      told("alarm", alarm.rule.contacts) + " by " + std::to_string(wake.cause));
  }
}

// Whether a full package would make its condition true.
bool Model::warned(const AlarmRule& rule) const {
  if (rule.watch == Watch::money) return false;
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
    alarm.number = trail_.entries + 1;
  } else if (found->second.rule == rule) {
    follow(ask(now));
    return answer;
  } else {
    Alarm& alarm = found->second;
    if (alarm.rule.watch != rule.watch || alarm.rule.pool != rule.pool) {
      alarm.fired = false;
      alarm.fired_of.clear();
      alarm.fired_at.reset();
    }
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
