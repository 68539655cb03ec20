#include "tests/ledger/life_rules.hpp"

#include <algorithm>
#include <set>

namespace packledger {
namespace {

using model::Count;
using model::day;
using model::hour;
using model::Ms;

constexpr std::array<const char*, 3> people{"ann", "bob", "cy"};
constexpr std::array<const char*, 6> pools{"CN", "CN", "CN", "TH", "ID+TH", "*"};

constexpr std::array<Ms, 3> soon{hour, day, 3 * day};

AlarmKind kind_of(model::Watch watch) {
  if (watch == model::Watch::money) return AlarmKind::balance;
  if (watch == model::Watch::time) return AlarmKind::runs_out_within;
  return watch == model::Watch::total ? AlarmKind::total : AlarmKind::per_package;
}

AlarmRuleSet law_alarm(const model::AlarmRule& from) {
  AlarmRule rule;
  rule.name = from.name;
  rule.pool = from.pool;
  rule.kind = kind_of(from.watch);
  if (from.units) rule.threshold.units = Units{*from.units};
  if (from.percent) rule.threshold.percent = static_cast<std::int32_t>(*from.percent);
  if (from.watch == model::Watch::money) rule.threshold.amount = Money{from.amount};
  if (from.watch == model::Watch::time) rule.threshold.within = Duration{from.within};
  for (const auto& [package, units] : from.exceptions)
    rule.threshold.per_package.push_back({package, Units{units}});
  rule.when = from.at_or_below ? AlarmWhen::at_or_below : AlarmWhen::below;
  rule.contacts = from.contacts;
  rule.cooldown = Duration{from.cooldown};
  return {rule};
}

std::string text_of(const model::AlarmRule& rule) {
  const std::string when = rule.at_or_below ? " at or below" : " below";
  std::string text = rule.name + (rule.watch == model::Watch::each ? " each of " : " ") + rule.pool;
  if (rule.watch == model::Watch::money) text += when + " " + model::money(rule.amount);
  if (rule.watch == model::Watch::time) text += when + " " + std::to_string(rule.within) + " ms";
  if (rule.units) text += when + " " + std::to_string(*rule.units);
  if (rule.percent) text += when + " " + std::to_string(*rule.percent) + "%";
  for (const auto& [package, units] : rule.exceptions)
    text += ", " + package + when + " " + std::to_string(units);
  return text + ", silent for " + std::to_string(rule.cooldown);
}

RenewalRuleSet law_renewal(const model::RenewalRule& from) {
  RenewalRule rule;
  rule.enabled = from.enabled;
  rule.pool = from.pool;
  if (from.threshold) rule.threshold = Units{*from.threshold};
  rule.pre_expiry = from.pre_expiry;
  rule.quantity = Units{from.quantity};
  rule.product = from.product;
  if (from.per_day) rule.per_day_max = static_cast<std::int32_t>(*from.per_day);
  return {rule};
}

// One that every door takes; nothing depends on it.
std::string address_for(Channel channel) {
  switch (channel) {
    case Channel::sms: return "+8613800138000";
    case Channel::email: return "ops@example.com";
    case Channel::internal: return "";
    case Channel::webhook: return "https://example.com/hook";
    case Channel::dingtalk_robot: return "https://example.com/robot";
  }
  return "";
}

Contact law_contact(const model::Contact& from) {
  Contact contact;
  contact.name = from.name;
  for (const int number : from.channels) {
    const auto channel = static_cast<Channel>(number);
    contact.channels.push_back({channel, address_for(channel)});
  }
  contact.topics.bits = 0;
  for (const Topic topic : {Topic::alarm, Topic::reminder, Topic::renewal, Topic::account}) {
    if (from.topics.contains(std::string(topic_text(topic)))) {
      contact.topics.bits =
          static_cast<std::uint8_t>(contact.topics.bits | 1U << static_cast<unsigned>(topic));
    }
  }
  return contact;
}

HoldPlaced law_hold(const model::Hold& from) {
  HoldPlaced hold;
  hold.hold = from.name;
  hold.units = Units{from.units};
  hold.destination = country_of(from.country);
  hold.type = template_of(from.type);
  if (from.ttl) hold.ttl = Duration{*from.ttl};
  return hold;
}

}  // namespace

std::string Rules::some_package() {
  if (draw_.rarely(2)) return "g" + std::to_string(draw_.pick(60));
  return "o" + std::to_string(1 + draw_.pick(20)) + ".1";
}

model::AlarmRule Rules::alarm_rule() {
  if (!alarms_.empty() && draw_.rarely(8))  // the very same again
    return alarms_[static_cast<std::size_t>(draw_.pick(static_cast<Count>(alarms_.size())))];
  model::AlarmRule rule;
  rule.name = "a" + std::to_string(draw_.pick(6));
  const Count size = draw_.big() ? 2'500 : 60;
  switch (draw_.pick(3)) {
    case 0:
      rule.watch = model::Watch::money;
      rule.pool = "";
      rule.amount = (draw_.pick(60) - 5) * (draw_.big() ? 2'000'000 : 400'000);
      break;
    case 1:
      rule.watch = model::Watch::total;
      if (forecasts_ && draw_.rarely(2)) rule.watch = model::Watch::time;
      break;
    default: rule.watch = model::Watch::each; break;
  }
  if (rule.watch == model::Watch::time) {
    rule.pool = draw_.one_of(pools);
    rule.within = draw_.one_of(soon);
  } else if (rule.watch != model::Watch::money) {
    rule.pool = draw_.one_of(pools);
    const bool each = rule.watch == model::Watch::each;
    const Count dice = draw_.pick(each ? 4 : 2);
    if (dice == 0) rule.units = draw_.rarely(4) ? 0 : draw_.pick(size);
    if (dice == 1) rule.percent = 1 + draw_.pick(100);
    if (dice > 1 || (each && draw_.rarely(3))) {
      for (Count i = 1 + draw_.pick(4); i > 0; --i)
        rule.exceptions[some_package()] = draw_.pick(size);
    }
  }
  rule.at_or_below = draw_.rarely(2);
  for (const char* const name : people)
    if (draw_.rarely(4)) rule.contacts.emplace_back(name);
  if (draw_.rarely(25)) rule.contacts.emplace_back("nobody");
  constexpr std::array<Ms, 6> cooldowns{0, 0, 0, hour, day, 3 * day};
  rule.cooldown = draw_.one_of(cooldowns);
  alarms_.push_back(rule);
  return rule;
}

Step Rules::alarm() {
  const model::AlarmRule rule = alarm_rule();
  const Ms now = draw_.now();
  if (rule.cooldown > 0) draw_.remember(now + rule.cooldown);
  return draw_.step("alarm " + text_of(rule), law_alarm(rule),
                    [=](model::Model& m) { return m.set_alarm(now, rule); });
}

Step Rules::alarm_removal() {
  const std::string name = "a" + std::to_string(draw_.pick(6));
  const Ms now = draw_.now();
  return draw_.step("no alarm " + name, AlarmRuleRemoved{name},
                    [=](model::Model& m) { return m.remove_alarm(now, name); });
}

// Near one of the thresholds. It knows as much as an alarm of the pool asks for, or less.
Step Rules::forecast() {
  const Ms now = draw_.now();
  const std::string pool = draw_.one_of(pools);
  std::optional<Ms> end = now + draw_.one_of(soon) + draw_.pick(3) - 1;
  if (draw_.rarely(3)) end.reset();
  const Count short_of = draw_.rarely(6) ? 1 : 0;
  RunOutForecast law{.pool = pool, .runs_out_at = {}, .position = {}};
  if (end) law.runs_out_at = Instant{*end};
  Step step = draw_.step("forecast for " + pool, law, [=](model::Model& m) {
    Count known = 1 + short_of;
    for (const auto& [name, alarm] : m.alarms()) {
      const bool asks = alarm.rule.watch == model::Watch::time && alarm.rule.pool == pool;
      if (asks) known = std::max(known, alarm.known);
    }
    return m.forecast(now, pool, end, known - short_of);
  });
  step.choose = [=](What& what, const Account& account) {
    auto known = static_cast<std::uint64_t>(1 + short_of);
    for (const auto& [name, alarm] : *account.alarms) {
      if (alarm.run_out && alarm.rule.pool == pool)
        known = std::max(known, alarm.run_out->known.value);
    }
    std::get<RunOutForecast>(what).position =
        Sequence{known - static_cast<std::uint64_t>(short_of)};
  };
  return step;
}

Step Rules::renewal() {
  model::RenewalRule rule;
  if (!renewals_.empty() && draw_.rarely(5)) {
    rule = renewals_.back();
    if (draw_.rarely(2)) rule.enabled = !rule.enabled;
  } else {
    constexpr std::array<Count, 5> thresholds{0, 100, 700, 1'000, 1'500};
    constexpr std::array<Count, 8> quantities{1'000, 1'000, 1'000, 1'200,
                                              2'000, 1'000, 999,   1'000'000'001};
    constexpr std::array<const char*, 9> products{"",      "",       "",       "renew", "five-days",
                                                  "brief", "spring", "spring", "once"};
    rule.enabled = !draw_.rarely(7);
    if (draw_.rarely(40)) rule.pool = "TH";
    if (!draw_.rarely(4)) rule.threshold = draw_.one_of(thresholds);
    rule.pre_expiry = draw_.rarely(2);
    rule.quantity = draw_.one_of(quantities);
    rule.product = draw_.rarely(30) ? "none" : draw_.one_of(products);
    if (draw_.rarely(2)) rule.per_day = 1 + draw_.pick(4);
  }
  renewals_.push_back(rule);
  const Ms now = draw_.now();
  std::string label = rule.enabled ? "renewal" : "renewal off";
  if (rule.threshold) label += " at " + std::to_string(*rule.threshold);
  if (rule.pre_expiry) label += " before the end";
  label += " of " + std::to_string(rule.quantity) + " " + rule.product;
  return draw_.step(label, law_renewal(rule),
                    [=](model::Model& m) { return m.set_renewal(now, rule); });
}

Step Rules::renewal_removal() {
  const Ms now = draw_.now();
  return draw_.step("no renewal", RenewalRuleRemoved{},
                    [=](model::Model& m) { return m.remove_renewal(now); });
}

Step Rules::contacts() {
  std::vector<model::Contact> contacts;
  for (const char* const name : people) {
    if (draw_.rarely(4)) continue;
    model::Contact contact{name, {}, {}};
    for (int channel = 1; channel <= 5; ++channel)
      if (draw_.rarely(2)) contact.channels.insert(channel);
    if (contact.channels.empty()) contact.channels.insert(3);
    for (const char* const topic : {"alarm", "reminder", "renewal", "account"})
      if (!draw_.rarely(4)) contact.topics.insert(topic);
    contacts.push_back(contact);
  }
  ContactsSet law;
  for (const model::Contact& contact : contacts) law.contacts.push_back(law_contact(contact));
  const Ms now = draw_.now();
  return draw_.step("contacts", law,
                    [=](model::Model& m) { return m.set_contacts(now, contacts); });
}

Step Rules::hold() {
  constexpr std::array<const char*, 5> countries{"CN", "CN", "CN", "TH", "ID"};
  constexpr std::array<const char*, 3> types{"verification", "notification", "promotion"};
  model::Hold hold;
  if (!holds_.empty() && draw_.rarely(8)) {  // a name that was there before, as it was or not
    const auto first = static_cast<std::size_t>(draw_.pick(static_cast<Count>(holds_.size())));
    hold = holds_[first];
    if (draw_.rarely(2)) ++hold.units;
  } else {
    hold.name = "h" + std::to_string(holds_.size() + 1);
    hold.units = draw_.rarely(25) ? 0 : 1 + draw_.pick(draw_.big() && draw_.rarely(2) ? 400 : 8);
    hold.country = draw_.one_of(countries);
    hold.type = draw_.one_of(types);
    constexpr std::array<Ms, 6> ttls{1'000, hour, day, 3 * day, 3 * day, 7 * day};
    if (!draw_.rarely(3)) hold.ttl = draw_.one_of(ttls);
  }
  holds_.push_back(hold);
  const Ms now = draw_.now();
  draw_.remember(now + hold.ttl.value_or(day));
  if (draw_.rarely(4)) draw_.remember(now + hold.ttl.value_or(day) + 7 * day);
  return draw_.step("hold " + hold.name, law_hold(hold),
                    [=](model::Model& m) { return m.place(now, hold); });
}

Step Rules::capture() {
  const auto count = static_cast<Count>(holds_.size());
  const Count number = std::max<Count>(1, count - draw_.pick(4));
  const std::string name = "h" + std::to_string(number);
  const Count size = number > count ? 5 : holds_[static_cast<std::size_t>(number - 1)].units;
  const Count units = draw_.rarely(15) ? size + 1 : draw_.pick(size + 1);
  const Ms now = draw_.now();
  return draw_.step("capture " + name, HoldCaptured{name, Units{units}},
                    [=](model::Model& m) { return m.capture(now, name, units); });
}

Step Rules::release() {
  const Count back = draw_.pick(4);
  const std::string name =
      "h" + std::to_string(std::max<Count>(1, static_cast<Count>(holds_.size()) - back));
  const Ms now = draw_.now();
  return draw_.step("release " + name, HoldReleased{name},
                    [=](model::Model& m) { return m.release(now, name); });
}

Step Rules::invoice() {
  const Ms now = draw_.now();
  return draw_.step("invoice", InvoiceRequested{""},
                    [=](model::Model& m) { return m.invoice(now); });
}

Step Rules::settings() {
  const bool flag = draw_.rarely(3);
  const Ms now = draw_.now();
  AccountSettingsSet law;
  std::function<void(model::Settings&)> change;
  switch (draw_.pick(7)) {
    case 0:
      law.settings.order = flag ? DeductionOrder::expiry_first : DeductionOrder::effective_first;
      change = [=](model::Settings& s) { s.expiry_first = flag; };
      break;
    case 1:
      law.settings.prepaid_strict = flag;
      change = [=](model::Settings& s) { s.strict = flag; };
      break;
    case 4:
      law.settings.absorb_overage = flag ? AbsorbOverage::same_day : AbsorbOverage::none;
      change = [=](model::Settings& s) { s.same_day = flag; };
      break;
    case 2: {
      constexpr std::array<Ms, 4> graces{0, 1, 5 * hour, 2 * day};
      const Ms grace = draw_.one_of(graces);
      law.settings.overdue_grace = Duration{grace};
      change = [=](model::Settings& s) { s.grace = grace; };
      break;
    }
    case 3: {
      std::vector<Ms> reminders;
      for (const Ms before : {7 * day, 2 * day, 6 * hour, Ms{1}})
        if (draw_.rarely(2)) reminders.push_back(before);
      law.settings.reminders.emplace();
      for (const Ms before : reminders) law.settings.reminders->push_back(Duration{before});
      change = [=](model::Settings& s) { s.reminders = reminders; };
      break;
    }
    case 5: {
      constexpr std::array<Ms, 4> windows{0, 1, hour, 72 * hour};
      const Ms window = draw_.one_of(windows);
      law.settings.late_window = Duration{window};
      change = [=](model::Settings& s) { s.late_window = window; };
      break;
    }
    default: {
      constexpr std::array<const char*, 5> all{"CN", "TH", "ID+TH", "*", "VN"};
      const std::string pool = draw_.one_of(all);
      return draw_.step("mode of " + pool, ServiceModeSet{{{pool, mode_of(flag)}}},
                        [=](model::Model& m) { return m.set_mode(now, pool, flag); });
    }
  }
  return draw_.step("settings", law, [=](model::Model& m) { return m.set(now, change); });
}

}  // namespace packledger
