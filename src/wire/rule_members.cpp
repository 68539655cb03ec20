#include "wire/rule_members.hpp"

#include "wire/value_views.hpp"
#include "wire/words.hpp"

#include <string>

namespace packledger {

namespace {

void write_threshold(JsonWriter& json, const AlarmThreshold& threshold, Currency currency) {
  json.key("threshold").begin_object();
  if (threshold.units) json.member("units", threshold.units->value);
  if (threshold.percent) json.member("percent", *threshold.percent);
  if (threshold.amount) {
    write_money(json, "amount", *threshold.amount);
    json.member("currency", currency.text());
  }
  if (threshold.within) write_duration(json, "within", *threshold.within);
  if (!threshold.per_package.empty()) {
    json.key("per_package").begin_object();
    for (const PackageThreshold& one : threshold.per_package) {
      json.member(one.package, one.units.value);
    }
    json.end_object();
  }
  json.end_object();
}

void write_channels(JsonWriter& json, std::span<const ChannelAddress> channels) {
  json.key("channels").begin_array();
  for (const ChannelAddress& one : channels) {
    json.begin_object().member("channel", channel_text(one.channel));
    if (!one.address.empty()) json.member("address", one.address);
    json.end_object();
  }
  json.end_array();
}

void write_topics(JsonWriter& json, Topics topics) {
  json.key("topics").begin_array();
  for (const Topic topic : {Topic::alarm, Topic::reminder, Topic::renewal, Topic::account}) {
    if (topics.holds(topic)) json.value(topic_text(topic));
  }
  json.end_array();
}

}  // namespace

void write_alarm_rule(JsonWriter& json, const AlarmRule& rule, Currency currency) {
  json.member("alarm", rule.name).key("pool");
  if (rule.kind == AlarmKind::balance) {
    json.null();
  } else {
    json.value(rule.pool);
  }
  json.member("kind", words::word(rule.kind));
  write_threshold(json, rule.threshold, currency);
  json.member("when", words::word(rule.when)).key("contacts").begin_array();
  for (const std::string& contact : rule.contacts) json.value(contact);
  json.end_array();
  write_duration(json, "cooldown", rule.cooldown);
}

void write_renewal_rule(JsonWriter& json, const RenewalRule& rule, const RenewalAgreed& agreed) {
  json.member("enabled", rule.enabled).member("pool", rule.pool).key("threshold");
  if (rule.threshold) {
    json.value(rule.threshold->value);
  } else {
    json.null();
  }
  json.member("pre_expiry", rule.pre_expiry).member("quantity", rule.quantity.value);
  json.member("product", agreed.product).member("max_per_day", agreed.per_day_max);
  write_duration(json, "lead", agreed.lead);
  write_minute_of_day(json, "retry_at", agreed.retry_at_minute);
}

void write_contacts(JsonWriter& json, std::span<const Contact> contacts) {
  json.key("contacts").begin_array();
  for (const Contact& contact : contacts) {
    json.begin_object().member("contact", contact.name);
    write_channels(json, contact.channels);
    write_topics(json, contact.topics);
    json.end_object();
  }
  json.end_array();
}

void write_told(JsonWriter& json, std::span<const Told> told) {
  json.key("told").begin_array();
  for (const Told& one : told) {
    json.begin_object().member("contact", one.contact).key("channels").begin_array();
    for (const Channel channel : {Channel::sms, Channel::email, Channel::internal, Channel::webhook,
                                  Channel::dingtalk_robot}) {
      if (one.channels.holds(channel)) json.value(channel_text(channel));
    }
    json.end_array().end_object();
  }
  json.end_array();
}

void write_minute_of_day(JsonWriter& json, std::string_view key, std::int32_t minute) {
  const auto two_digits = [](std::int32_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  json.member(key, two_digits(minute / 60) + ":" + two_digits(minute % 60));
}

}  // namespace packledger
