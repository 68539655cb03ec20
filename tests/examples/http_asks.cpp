#include "tests/examples/http_asks.hpp"

#include "tests/examples/asks.hpp"
#include "wire/json_writer.hpp"
#include "wire/price_book_json.hpp"

namespace packledger::examples {
namespace {

std::string_view order_text(DeductionOrder order) {
  return order == DeductionOrder::effective_first ? "effective_first" : "expiry_first";
}

std::string_view expiry_text(ExpiryPolicy policy) {
  switch (policy) {
    case ExpiryPolicy::exact: return "exact";
    case ExpiryPolicy::start_of_day: return "start_of_day";
    case ExpiryPolicy::end_of_day: return "end_of_day";
  }
  return "";
}

void write_duration(JsonWriter& json, std::string_view name, const std::optional<Duration>& d) {
  if (d) json.member(name, duration_text(*d));
}

void write_settings(JsonWriter& json, const SettingsPatch& settings) {
  if (settings.zone) json.member("zone", settings.zone->name);
  if (settings.order) json.member("order", order_text(*settings.order));
  write_duration(json, "late_window", settings.late_window);
  write_duration(json, "acceptance_window", settings.acceptance_window);
  write_duration(json, "reversal_window", settings.reversal_window);
  write_duration(json, "order_ttl", settings.order_ttl);
  write_duration(json, "overdue_grace", settings.overdue_grace);
  if (settings.prepaid_strict) json.member("prepaid_strict", *settings.prepaid_strict);
  if (settings.absorb_overage) {
    const bool same_day = *settings.absorb_overage == AbsorbOverage::same_day;
    json.member("absorb_overage", same_day ? "same_day" : "none");
  }
  if (!settings.reminders) return;
  json.key("reminders").begin_array();
  for (const Duration reminder : *settings.reminders) json.value(duration_text(reminder));
  json.end_array();
}

// One request for each kind of command that a table can ask.
struct Requests {
  std::string account;  // "/v1/accounts/acme"

  static HttpAsk with_body(std::string method, std::string target, const auto& write) {
    HttpAsk ask{std::move(method), std::move(target), {}, {}};
    JsonWriter json{ask.body};
    json.begin_object();
    write(json);
    json.end_object();
    return ask;
  }

  HttpAsk operator()(const AccountOpened& what) const {
    return with_body("POST", "/v1/accounts", [&](JsonWriter& json) {
      json.member("account", what.name).member("currency", what.currency.text());
      write_settings(json, what.settings);
    });
  }
  HttpAsk operator()(const AccountSettingsSet& what) const {
    return with_body("PATCH", account,
                     [&](JsonWriter& json) { write_settings(json, what.settings); });
  }
  HttpAsk operator()(const ServiceModeSet& what) const {
    return with_body("PATCH", account, [&](JsonWriter& json) {
      json.key("modes").begin_object();
      for (const PoolMode& mode : what.modes) json.member(mode.pool, mode_text(mode.mode));
      json.end_object();
    });
  }
  HttpAsk operator()(const FundsCredited& what) const { return funds(what.amount, what.reason); }
  HttpAsk operator()(const FundsAdjusted& what) const { return funds(what.amount, what.reason); }
  HttpAsk operator()(const OrderPlaced& what) const {
    return with_body("POST", account + "/orders", [&](JsonWriter& json) {
      json.member("order", what.order).member("product", what.product);
      if (what.quota) json.member("quota", what.quota->value);
      if (what.copies != 1) json.member("copies", what.copies);
      json.member("pay", what.pay == Payment::balance ? "balance" : "external");
      if (!what.renews.empty()) json.member("renews", what.renews);
    });
  }
  HttpAsk operator()(const OrderPaid& what) const {
    return with_body("POST", account + "/orders/" + what.order + "/pay", [&](JsonWriter& json) {
      json.member("payment_reference", what.payment_reference);
    });
  }
  HttpAsk operator()(const OrderCancelled& what) const {
    return {"POST", account + "/orders/" + what.order + "/cancel", "", ""};
  }
  HttpAsk operator()(const PackageGranted& what) const {
    return with_body("POST", account + "/packages",
                     [&](JsonWriter& json) { write_grant(json, what); });
  }
  HttpAsk operator()(const PackageRefunded& what) const {
    return {"POST", account + "/packages/" + what.package + "/refund", "", ""};
  }
  HttpAsk operator()(const SendReversed& what) const {
    return with_body("POST", account + "/sends/" + what.send + "/reversals", [&](JsonWriter& json) {
      json.member("reversal", what.reversal).member("units", what.units.value);
    });
  }
  HttpAsk operator()(const AlarmRuleSet& what) const {
    return with_body("PUT", account + "/alarms/" + what.rule.name,
                     [&](JsonWriter& json) { write_alarm(json, what.rule); });
  }
  HttpAsk operator()(const AlarmRuleRemoved& what) const {
    return {"DELETE", account + "/alarms/" + what.alarm, "", ""};
  }
  HttpAsk operator()(const RenewalRuleSet& what) const {
    return with_body("PUT", account + "/renewal",
                     [&](JsonWriter& json) { write_renewal(json, what.rule); });
  }
  HttpAsk operator()(const RenewalRuleRemoved&) const {
    return {"DELETE", account + "/renewal", "", ""};
  }
  HttpAsk operator()(const ContactsSet& what) const {
    return with_body("PUT", account + "/contacts",
                     [&](JsonWriter& json) { write_contacts(json, what.contacts); });
  }
  HttpAsk operator()(const HoldPlaced& what) const {
    return with_body("POST", account + "/holds", [&](JsonWriter& json) {
      json.member("hold", what.hold).member("units", what.units.value);
      json.member("destination", what.destination.text());
      json.member("template", template_text(what.type));
      write_duration(json, "ttl", what.ttl);
    });
  }
  HttpAsk operator()(const HoldCaptured& what) const {
    return with_body("POST", account + "/holds/" + what.hold + "/capture",
                     [&](JsonWriter& json) { json.member("units", what.units.value); });
  }
  HttpAsk operator()(const HoldReleased& what) const {
    return {"POST", account + "/holds/" + what.hold + "/release", "", ""};
  }
  HttpAsk operator()(const InvoiceRequested& what) const {
    return with_body("POST", account + "/invoices", [&](JsonWriter& json) {
      if (!what.note.empty()) json.member("note", what.note);
    });
  }
  HttpAsk operator()(const PriceBookPublished& what) const {
    return {"PUT", "/v1/price-book", price_book_json(what.book), ""};
  }
  template <class Other> HttpAsk operator()(const Other&) const {
    return {};  // no table asks for a timer or, here, for a send
  }

 private:
  HttpAsk funds(Money amount, const std::string& reason) const {
    return with_body("POST", account + "/funds", [&](JsonWriter& json) {
      json.member("amount", money_text(amount));
      if (!reason.empty()) json.member("reason", reason);
    });
  }

  // What the contract takes for granted is left out, so that it is tried, too.
  static void write_alarm(JsonWriter& json, const AlarmRule& rule) {
    const AlarmThreshold& threshold = rule.threshold;
    const bool ends = rule.kind == AlarmKind::runs_out_within;
    const bool each = rule.kind == AlarmKind::per_package;
    if (!rule.pool.empty() && rule.pool != "CN") json.member("pool", rule.pool);
    if (rule.kind == AlarmKind::balance) json.member("kind", "balance");
    if (each) json.member("kind", "per_package");
    if (ends) json.member("kind", "runs_out_within");
    json.key("threshold").begin_object();
    if (threshold.units) json.member("units", threshold.units->value);
    if (threshold.percent) json.member("percent", *threshold.percent);
    if (threshold.amount) json.member("amount", money_text(*threshold.amount));
    if (threshold.within) json.member("within", duration_text(*threshold.within));
    if (!threshold.per_package.empty()) {
      json.key("per_package").begin_object();
      for (const PackageThreshold& one : threshold.per_package)
        json.member(one.package, one.units.value);
      json.end_object();
    }
    json.end_object();
    if ((rule.when == AlarmWhen::at_or_below) != (each || ends))
      json.member("when", each || ends ? "below" : "at_or_below");
    if (!rule.contacts.empty()) {
      json.key("contacts").begin_array();
      for (const std::string& contact : rule.contacts) json.value(contact);
      json.end_array();
    }
    if (rule.cooldown != Duration{}) json.member("cooldown", duration_text(rule.cooldown));
  }

  static void write_renewal(JsonWriter& json, const RenewalRule& rule) {
    json.member("enabled", rule.enabled).member("quantity", rule.quantity.value);
    if (rule.pool != "CN") json.member("pool", rule.pool);
    if (rule.threshold) json.member("threshold", rule.threshold->value);
    if (rule.pre_expiry) json.member("pre_expiry", true);
    if (!rule.product.empty()) json.member("product", rule.product);
    if (rule.per_day_max) json.member("max_per_day", *rule.per_day_max);
  }

  static void write_contacts(JsonWriter& json, const std::vector<Contact>& contacts) {
    json.key("contacts").begin_array();
    for (const Contact& contact : contacts) {
      json.begin_object().member("contact", contact.name).key("channels").begin_array();
      for (const ChannelAddress& channel : contact.channels) {
        json.begin_object().member("channel", channel_text(channel.channel));
        if (!channel.address.empty()) json.member("address", channel.address);
        json.end_object();
      }
      json.end_array();
      if (contact.topics != Topics{}) {
        json.key("topics").begin_array();
        for (const Topic topic : {Topic::alarm, Topic::reminder, Topic::renewal, Topic::account}) {
          if (contact.topics.holds(topic)) json.value(topic_text(topic));
        }
        json.end_array();
      }
      json.end_object();
    }
    json.end_array();
  }

  static void write_grant(JsonWriter& json, const PackageGranted& what) {
    json.member("package", what.package).member("quota", what.quota.value);
    json.key("destinations").begin_array();
    if (what.scope.destinations.everywhere()) json.value("*");
    for (const Country country : what.scope.destinations.countries) json.value(country.text());
    json.end_array();
    if (what.scope.templates != Templates{}) {
      json.key("templates").begin_array();
      for (const TemplateType type :
           {TemplateType::verification, TemplateType::notification, TemplateType::promotion}) {
        if (what.scope.templates.covers(type)) json.value(template_text(type));
      }
      json.end_array();
    }
    if (what.mode != OverageMode::pay_per_use) json.member("mode", mode_text(what.mode));
    if (what.priority != PackageGranted{}.priority) json.member("priority", what.priority);
    if (what.effective_at) json.member("effective_at", instant_text(*what.effective_at));
    if (what.expires_at) json.member("expires_at", instant_text(*what.expires_at));
    if (what.validity) {
      json.member("validity", validity_text(*what.validity));
      json.member("expiry", expiry_text(what.expiry));
    }
    if (what.price_paid != Money{}) json.member("price_paid", money_text(what.price_paid));
    if (!what.reason.empty()) json.member("reason", what.reason);
  }
};

void append_dry_run(HttpAsk& ask, bool dry_run) {
  if (dry_run) ask.target += "?dry_run=true";
}

}  // namespace

HttpAsk http_ask(const CommandAsk& ask) {
  HttpAsk request = std::visit(Requests{"/v1/accounts/" + ask.account}, ask.what);
  append_dry_run(request, ask.dry_run);
  return request;
}

HttpAsk http_ask(const SendAsk& ask, Shape shape) {
  const SendRecorded& send = ask.send;
  HttpAsk request = Requests::with_body("POST", "/v1/sends", [&](JsonWriter& json) {
    json.member("account", ask.account).member("send", send.send);
    if (ask.has_units) json.member("units", send.units.value);
    if (ask.text) json.member("text", *ask.text);
    if (ask.signature) json.member("signature", *ask.signature);
    if (send.occurred_at) json.member("occurred_at", instant_text(*send.occurred_at));
    json.member("destination", send.destination.text());
    json.member("template", template_text(send.type));
    if (!send.billable) json.member("billable", false);
  });
  if (shape == Shape::array) request.body = "[" + request.body + "]";
  if (shape == Shape::lines) {
    request.body += "\n";
    request.media = "application/x-ndjson";
  }
  append_dry_run(request, ask.dry_run);
  return request;
}

}  // namespace packledger::examples
