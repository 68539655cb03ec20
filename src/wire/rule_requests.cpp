#include "wire/rule_requests.hpp"

#include "packledger/ledger/alarm.hpp"
#include "packledger/ledger/contact.hpp"
#include "packledger/ledger/renewal.hpp"
#include "wire/contact_address.hpp"
#include "wire/request_fields.hpp"
#include "wire/words.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace packledger {

namespace {

// ---- alarms ----

constexpr std::string_view expected_package_thresholds =
    "an object of 1 to 1000 names of packages, each with an integer from 0";
constexpr std::string_view expected_contact_names = "an array of at most 16 different names";

std::optional<Units> optional_units(JsonFields& fields, std::string_view key) {
  const auto units = fields.optional_integer(key, {.min = 0});
  return units ? std::optional{Units{*units}} : std::nullopt;
}

// "per_package": {"P": 100, …}
std::vector<PackageThreshold> read_package_thresholds(JsonFields& fields) {
  std::vector<PackageThreshold> thresholds;
  const Json* object = fields.optional_object("per_package");
  if (object == nullptr) return thresholds;
  const std::size_t count = object->members().size();
  if (count == 0 || count > package_thresholds_max) {
    fields.refuse("per_package", expected_package_thresholds);
    return thresholds;
  }
  for (const JsonMember& member : object->members()) {
    const std::int64_t units = member.value.integer().value_or(-1);
    if (!is_name(member.key) || units < 0) {
      fields.refuse("per_package", expected_package_thresholds);
      return {};
    }
    thresholds.push_back({std::string{member.key}, Units{units}});
  }
  std::ranges::sort(thresholds, {}, &PackageThreshold::package);
  return thresholds;
}

AlarmThreshold read_threshold(JsonFields& fields) {
  AlarmThreshold threshold;
  threshold.units = optional_units(fields, "units");
  const auto percent = fields.optional_integer("percent", {1, 100});
  if (percent) threshold.percent = static_cast<std::int32_t>(*percent);
  threshold.amount = optional_parsed(fields, "amount", parse_money, expected::money);
  threshold.per_package = read_package_thresholds(fields);
  threshold.within = optional_duration(fields, "within", {alarm_within_min, alarm_within_max});
  return threshold;
}

std::string_view expected_threshold(AlarmKind kind) {
  switch (kind) {
    case AlarmKind::total: return "an object with exactly one of units and percent";
    case AlarmKind::per_package:
      return "an object with units or percent, or per_package, or one beside the other";
    case AlarmKind::balance: return "an object with amount alone";
    case AlarmKind::runs_out_within: return "an object with within alone";
  }
  std::unreachable();
}

bool fits(AlarmKind kind, const AlarmThreshold& threshold) {
  const int of_all = (threshold.units ? 1 : 0) + (threshold.percent ? 1 : 0);
  const bool exceptions = !threshold.per_package.empty();
  if (threshold.within.has_value() != (kind == AlarmKind::runs_out_within)) return false;
  switch (kind) {
    case AlarmKind::total: return of_all == 1 && !exceptions && !threshold.amount;
    case AlarmKind::per_package:
      return of_all <= 1 && (of_all == 1 || exceptions) && !threshold.amount;
    case AlarmKind::balance: return of_all == 0 && !exceptions && threshold.amount;
    case AlarmKind::runs_out_within: return of_all == 0 && !exceptions && !threshold.amount;
  }
  std::unreachable();
}

// What the seeds of each kind say: a total drops below, what is left of a package reaches; and
// within three days includes three days.
AlarmWhen usual_when(AlarmKind kind) {
  const bool includes = kind == AlarmKind::per_package || kind == AlarmKind::runs_out_within;
  return includes ? AlarmWhen::at_or_below : AlarmWhen::below;
}

std::vector<std::string> read_contact_names(JsonFields& fields) {
  std::vector<std::string> names;
  const auto elements = fields.optional_array("contacts");
  if (!elements) return names;
  for (const Json& element : *elements) {
    names.emplace_back(element.text().value_or(std::string_view{}));
  }
  std::ranges::sort(names);
  const bool fits = names.size() <= contacts_per_account_max &&
                    std::ranges::all_of(names, is_name) &&
                    std::ranges::adjacent_find(names) == names.end();
  if (!fits) fields.refuse("contacts", expected_contact_names);
  return names;
}

}  // namespace

Result<What, RequestFault> read_alarm(std::string_view alarm, std::string_view body) {
  const auto document = parse_body(body);
  if (!document) return std::unexpected{document.error()};
  JsonFields fields{document->root()};
  AlarmRule rule;
  rule.name = alarm;
  rule.kind = optional_enum<AlarmKind>(fields, "kind", words::alarm_kinds).value_or(rule.kind);
  const auto pool = optional_parsed(fields, "pool", parse_pool_name, expected::pool);
  if (pool) rule.pool = *pool;
  if (rule.kind == AlarmKind::balance) {
    rule.pool.clear();
    if (pool) fields.refuse("pool", "no member for an alarm of the balance");
  }
  const std::string path = fields.path_of("threshold");
  JsonFields threshold{fields.required_object("threshold"), path};
  rule.threshold = read_threshold(threshold);
  const auto when = optional_enum<AlarmWhen>(fields, "when", words::alarm_whens);
  rule.when = when.value_or(usual_when(rule.kind));
  rule.contacts = read_contact_names(fields);
  rule.cooldown =
      optional_duration(fields, "cooldown", {Duration{0}, alarm_cooldown_max}).value_or(Duration{});
  if (fields.ok()) {
    if (const auto fault = threshold.finish()) return std::unexpected{request_fault(*fault)};
    if (!fits(rule.kind, rule.threshold)) {
      fields.refuse("threshold", expected_threshold(rule.kind));
    }
  }
  return finished(fields, AlarmRuleSet{std::move(rule)});
}

// ---- renewal ----

Result<What, RequestFault> read_renewal(std::string_view body) {
  const auto document = parse_body(body);
  if (!document) return std::unexpected{document.error()};
  JsonFields fields{document->root()};
  RenewalRule rule;
  rule.enabled = fields.required_flag("enabled");
  const auto pool = optional_parsed(fields, "pool", parse_pool_name, expected::pool);
  if (pool) rule.pool = *pool;
  rule.threshold = optional_units(fields, "threshold");
  rule.pre_expiry = fields.optional_flag("pre_expiry").value_or(false);
  rule.quantity = Units{fields.required_integer("quantity")};
  rule.product = optional_name(fields, "product").value_or("");
  const auto per_day_max = fields.optional_integer("max_per_day", {1, renewals_per_day_max});
  if (per_day_max) rule.per_day_max = static_cast<std::int32_t>(*per_day_max);
  return finished(fields, RenewalRuleSet{std::move(rule)});
}

// ---- contacts ----

namespace {

constexpr std::string_view expected_contacts = "an array of at most 16 contacts";
constexpr std::string_view expected_channels = "an array of 1 to 5 different channels";
constexpr std::string_view expected_topics =
    "an array of 1 to 4 different of alarm, reminder, renewal, account";

std::optional<Channel> parse_channel(std::string_view text) {
  for (auto n = static_cast<int>(Channel::sms); n <= static_cast<int>(Channel::dingtalk_robot);
       ++n) {
    const auto channel = static_cast<Channel>(n);
    if (channel_text(channel) == text) return channel;
  }
  return std::nullopt;
}

std::optional<Topic> parse_topic(std::string_view text) {
  for (auto n = static_cast<int>(Topic::alarm); n <= static_cast<int>(Topic::account); ++n) {
    const auto topic = static_cast<Topic>(n);
    if (topic_text(topic) == text) return topic;
  }
  return std::nullopt;
}

Result<ChannelAddress, FieldFault> read_channel(const Json& element, JsonPlace place) {
  JsonFields fields{element, place};
  ChannelAddress read;
  read.channel = required_parsed(fields, "channel", parse_channel,
                                 "one of sms, email, internal, webhook, dingtalk_robot");
  if (fields.ok() && read.channel != Channel::internal) {
    const auto address = [&](std::string_view text) { return parse_address(read.channel, text); };
    read.address = required_parsed(fields, "address", address, expected_address(read.channel));
  } else if (fields.ok() && fields.optional_value("address") != nullptr) {
    fields.refuse("address", expected_address(read.channel));
  }
  if (auto fault = fields.finish()) return std::unexpected{std::move(*fault)};
  return read;
}

Result<std::vector<ChannelAddress>, FieldFault> read_channels(JsonFields& fields) {
  std::vector<ChannelAddress> channels;
  const std::span<const Json> elements = fields.required_array("channels");
  if (!fields.ok()) return channels;
  const std::string path = fields.path_of("channels");
  for (std::size_t i = 0; i < elements.size(); ++i) {
    auto channel = read_channel(elements[i], JsonPlace{path, i});
    if (!channel) return std::unexpected{std::move(channel.error())};
    channels.push_back(std::move(*channel));
  }
  std::ranges::sort(channels, {}, &ChannelAddress::channel);
  const auto twice = std::ranges::adjacent_find(channels, {}, &ChannelAddress::channel);
  if (channels.empty() || twice != channels.end()) fields.refuse("channels", expected_channels);
  return channels;
}

Topics read_topics(JsonFields& fields) {
  const auto elements = fields.optional_array("topics");
  if (!elements) return {};
  Topics topics{.bits = 0};
  for (const Json& element : *elements) {
    const auto topic = parse_topic(element.text().value_or(std::string_view{}));
    if (!topic || topics.holds(*topic)) {
      fields.refuse("topics", expected_topics);
      return {};
    }
    topics.bits = static_cast<std::uint8_t>(topics.bits | 1U << static_cast<unsigned>(*topic));
  }
  if (elements->empty()) fields.refuse("topics", expected_topics);
  return topics;
}

Result<Contact, FieldFault> read_contact(const Json& element, JsonPlace place) {
  JsonFields fields{element, place};
  Contact contact;
  contact.name = required_name(fields, "contact");
  auto channels = read_channels(fields);
  if (!channels && fields.ok()) return std::unexpected{std::move(channels.error())};
  if (channels) contact.channels = std::move(*channels);
  contact.topics = read_topics(fields);
  if (auto fault = fields.finish()) return std::unexpected{std::move(*fault)};
  return contact;
}

}  // namespace

Result<What, RequestFault> read_contacts(std::string_view body) {
  const auto document = parse_body(body);
  if (!document) return std::unexpected{document.error()};
  JsonFields fields{document->root()};
  const std::span<const Json> elements = fields.required_array("contacts");
  if (elements.size() > contacts_per_account_max) fields.refuse("contacts", expected_contacts);
  ContactsSet set;
  for (std::size_t i = 0; i < elements.size() && fields.ok(); ++i) {
    auto contact = read_contact(elements[i], JsonPlace{"contacts", i});
    if (!contact) return std::unexpected{request_fault(contact.error())};
    set.contacts.push_back(std::move(*contact));
  }
  std::ranges::sort(set.contacts, {}, &Contact::name);
  const auto twice = std::ranges::adjacent_find(set.contacts, {}, &Contact::name);
  if (twice != set.contacts.end()) fields.refuse("contacts", "contacts of different names");
  return finished(fields, std::move(set));
}

}  // namespace packledger
