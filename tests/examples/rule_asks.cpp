#include "tests/examples/rule_asks.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace packledger::examples {
namespace {

constexpr std::array<std::string_view, 8> verbs = {"alarm",   "renewal", "contacts", "hold",
                                                   "capture", "release", "invoice",  "forecast"};

constexpr std::array<Channel, 5> channels = {Channel::sms, Channel::email, Channel::internal,
                                             Channel::webhook, Channel::dingtalk_robot};
constexpr std::array<Topic, 4> topics = {Topic::alarm, Topic::reminder, Topic::renewal,
                                         Topic::account};

// ---- alarms ----

AlarmKind alarm_kind(Line& line) {
  if (line.take("total")) return AlarmKind::total;
  if (line.take("per_package")) return AlarmKind::per_package;
  if (line.take("runs_out_within")) return AlarmKind::runs_out_within;
  if (!line.take("balance")) line.wrong("an alarm is for total, per_package or balance");
  return AlarmKind::balance;
}

// "1000", "10%", "A:100" or, of a balance, "50.5", of an end "P3D"; false where the next word is
// none of them.
bool take_threshold(Line& line, AlarmRule& rule) {
  const std::string next{line.peek()};
  AlarmThreshold& threshold = rule.threshold;
  const std::size_t colon = next.rfind(':');
  if (rule.kind == AlarmKind::balance) {
    if (threshold.amount) return false;
    threshold.amount = line.money("amount");
  } else if (rule.kind == AlarmKind::runs_out_within) {
    if (threshold.within) return false;
    threshold.within = line.duration("duration");
  } else if (next.ends_with('%')) {
    const auto percent = parse_number(next.substr(0, next.size() - 1));
    if (!percent) line.wrong(next + " is no percentage");
    threshold.percent = static_cast<std::int32_t>(percent.value_or(0));
    (void)line.word("percentage");
  } else if (colon != std::string::npos) {
    const auto units = parse_number(next.substr(colon + 1));
    if (!units) line.wrong(next + " is no package with its units");
    threshold.per_package.push_back({next.substr(0, colon), Units{units.value_or(0)}});
    (void)line.word("package:units");
  } else if (parse_number(next)) {
    threshold.units = line.units("number of units");
  } else {
    return false;
  }
  return true;
}

AlarmRuleSet alarm_set(Line& line) {
  AlarmRuleSet set;
  AlarmRule& rule = set.rule;
  rule.name = line.word("alarm");
  rule.kind = alarm_kind(line);
  if (rule.kind == AlarmKind::balance) rule.pool.clear();
  // What the contract says where nothing is said (R78).
  const bool includes =
      rule.kind == AlarmKind::per_package || rule.kind == AlarmKind::runs_out_within;
  rule.when = includes ? AlarmWhen::at_or_below : AlarmWhen::below;
  if (line.take("below")) {
    rule.when = AlarmWhen::below;
  } else if (line.take("at_or_below")) {
    rule.when = AlarmWhen::at_or_below;
  }
  for (bool more = true; more && !line.ended() && !line.fault();) {
    if (line.take("pool")) {
      rule.pool = line.word("pool");
    } else if (line.take("contacts")) {
      rule.contacts = split_words(line.word("contacts"));
    } else if (line.take("cooldown")) {
      rule.cooldown = line.duration("duration");
    } else if (line.peek() == "at" || line.peek() == "key") {
      more = false;
    } else {
      more = take_threshold(line, rule);
    }
  }
  std::ranges::sort(rule.threshold.per_package, {}, &PackageThreshold::package);
  return set;
}

// "CN ends T", "CN never": what the daemon must find out by itself.
RunOutForecast forecast(Line& line) {
  RunOutForecast made;
  made.pool = line.word("pool");
  if (line.take("never")) return made;
  if (!line.take("ends")) line.wrong("a pool ends at some time, or never");
  made.runs_out_at = line.time("time");
  return made;
}

// ---- renewal ----

RenewalRuleSet renewal_set(Line& line) {
  RenewalRuleSet set;
  RenewalRule& rule = set.rule;
  rule.enabled = line.take("on");
  if (!rule.enabled && !line.take("off")) line.wrong("renewal is on or off");
  for (bool more = true; more && !line.fault();) {
    if (line.take("threshold")) {
      rule.threshold = line.units("threshold");
    } else if (line.take("pre_expiry")) {
      rule.pre_expiry = true;
    } else if (line.take("quantity")) {
      rule.quantity = line.units("quantity");
    } else if (line.take("product")) {
      rule.product = line.word("product");
    } else if (line.take("max_per_day")) {
      rule.per_day_max = static_cast<std::int32_t>(line.number("number of renewals"));
    } else if (line.take("pool")) {
      rule.pool = line.word("pool");
    } else {
      more = false;
    }
  }
  return set;
}

// ---- contacts ----

// An address that such a channel takes; tables do not care which.
std::string address_for(Channel channel, const std::string& contact) {
  switch (channel) {
    case Channel::sms: return "+8613800138000";
    case Channel::email: return contact + "@example.com";
    case Channel::internal: return "";
    case Channel::webhook: return "https://example.com/" + contact;
    case Channel::dingtalk_robot:
      return "https://oapi.dingtalk.com/robot/send?access_token=" + contact;
  }
  return "";
}

Contact contact(Line& line) {
  Contact read;
  read.name = line.word("contact");
  if (!line.take("by")) line.wrong("a contact is told by its channels");
  for (const std::string& word : split_words(line.word("channels"))) {
    const auto channel = std::ranges::find(channels, word, channel_text);
    if (channel == channels.end()) {
      line.wrong(word + " is no channel");
      return read;
    }
    read.channels.push_back({*channel, address_for(*channel, read.name)});
  }
  if (!line.take("about")) return read;
  read.topics.bits = 0;
  for (const std::string& word : split_words(line.word("topics"))) {
    const auto topic = std::ranges::find(topics, word, topic_text);
    if (topic == topics.end()) {
      line.wrong(word + " is no topic");
      return read;
    }
    read.topics.bits =
        static_cast<std::uint8_t>(read.topics.bits | 1U << static_cast<unsigned>(*topic));
  }
  return read;
}

ContactsSet contacts_set(Line& line) {
  ContactsSet set;
  if (line.take("nobody")) return set;
  while (!line.ended() && !line.fault() && line.peek() != "at" && line.peek() != "key")
    set.contacts.push_back(contact(line));
  std::ranges::sort(set.contacts, {}, &Contact::name);
  return set;
}

// ---- holds and invoices ----

HoldPlaced hold_placed(Line& line) {
  HoldPlaced placed;
  placed.hold = line.word("hold");
  placed.units = line.units("number of units");
  const std::string country = line.word("destination");
  const auto parsed = parse_country(country);
  if (!parsed) line.wrong(country + " is no country");
  placed.destination = parsed.value_or(Country{});
  if (const auto type = parse_template(line.peek())) {
    placed.type = *type;
    (void)line.word("template");
  }
  if (line.take("ttl")) placed.ttl = line.duration("duration");
  return placed;
}

HoldCaptured hold_captured(Line& line) {
  HoldCaptured captured;
  captured.hold = line.word("hold");
  captured.units = line.units("number of units");
  return captured;
}

}  // namespace

std::vector<std::string> split_words(std::string_view words, char by) {
  std::vector<std::string> out;
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(by), words.size());
    out.emplace_back(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return out;
}

bool is_rule_verb(std::string_view verb) { return std::ranges::find(verbs, verb) != verbs.end(); }

std::pair<std::string, What> read_removal(Line& line) {
  const bool renewal = line.take("renewal");
  if (!renewal && !line.take("alarm")) line.wrong("remove an alarm or the renewal");
  std::string account = line.word("account");
  if (renewal) return {std::move(account), RenewalRuleRemoved{}};
  return {std::move(account), AlarmRuleRemoved{line.word("alarm")}};
}

What read_rule(Line& line, std::string_view verb) {
  if (verb == "alarm") return alarm_set(line);
  if (verb == "renewal") return renewal_set(line);
  if (verb == "contacts") return contacts_set(line);
  if (verb == "hold") return hold_placed(line);
  if (verb == "capture") return hold_captured(line);
  if (verb == "release") return HoldReleased{line.word("hold")};
  if (verb == "forecast") return forecast(line);
  return InvoiceRequested{line.take("note") ? line.text("note") : ""};
}

}  // namespace packledger::examples
