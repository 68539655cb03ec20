#include "tests/sim/model_ask.hpp"

#include "packledger/ledger/result.hpp"

#include <variant>

namespace packledger::sim {
namespace {

using model::Model;
using model::Ms;

model::Wares wares_of(const Scope& scope, OverageMode mode, std::int32_t priority) {
  model::Wares wares;
  wares.destinations = pool_name(scope.destinations);
  for (const TemplateType type :
       {TemplateType::verification, TemplateType::notification, TemplateType::promotion}) {
    if (scope.templates.covers(type)) wares.templates.emplace(template_text(type));
  }
  wares.stops = mode == OverageMode::stop_before_excess;
  wares.priority = priority;
  return wares;
}

model::AlarmRule rule_of(const AlarmRule& law) {
  model::AlarmRule rule;
  rule.name = law.name;
  rule.pool = law.pool;
  rule.watch = law.kind == AlarmKind::balance           ? model::Watch::money
               : law.kind == AlarmKind::runs_out_within ? model::Watch::time
               : law.kind == AlarmKind::total           ? model::Watch::total
                                                        : model::Watch::each;
  if (law.threshold.units) rule.units = law.threshold.units->value;
  if (law.threshold.percent) rule.percent = *law.threshold.percent;
  if (law.threshold.within) rule.within = law.threshold.within->ms;
  if (law.threshold.amount) rule.amount = law.threshold.amount->micros;
  for (const PackageThreshold& one : law.threshold.per_package)
    rule.exceptions[one.package] = one.units.value;
  rule.at_or_below = law.when == AlarmWhen::at_or_below;
  rule.contacts = law.contacts;
  rule.cooldown = law.cooldown.ms;
  return rule;
}

model::RenewalRule rule_of(const RenewalRule& law) {
  model::RenewalRule rule;
  rule.enabled = law.enabled;
  rule.pool = law.pool;
  if (law.threshold) rule.threshold = law.threshold->value;
  rule.pre_expiry = law.pre_expiry;
  rule.quantity = law.quantity.value;
  rule.product = law.product;
  if (law.per_day_max) rule.per_day = *law.per_day_max;
  return rule;
}

model::Contact contact_of(const Contact& law) {
  model::Contact contact{law.name, {}, {}};
  for (const ChannelAddress& channel : law.channels)
    contact.channels.insert(static_cast<int>(channel.channel));
  for (const Topic topic : {Topic::alarm, Topic::reminder, Topic::renewal, Topic::account})
    if (law.topics.holds(topic)) contact.topics.emplace(topic_text(topic));
  return contact;
}

void change(model::Settings& settings, const SettingsPatch& patch) {
  ENSURE(!patch.zone && !patch.acceptance_window && !patch.reversal_window && !patch.order_ttl,
         "the model knows no such setting");
  if (patch.order) settings.expiry_first = *patch.order == DeductionOrder::expiry_first;
  if (patch.prepaid_strict) settings.strict = *patch.prepaid_strict;
  if (patch.late_window) settings.late_window = patch.late_window->ms;
  if (patch.overdue_grace) settings.grace = patch.overdue_grace->ms;
  if (patch.absorb_overage) settings.same_day = *patch.absorb_overage == AbsorbOverage::same_day;
  if (!patch.reminders) return;
  settings.reminders.clear();
  for (const Duration before : *patch.reminders) settings.reminders.push_back(before.ms);
}

model::Product product_of(const Product& law) {
  model::Product product;
  product.name = law.name;
  product.wares = wares_of(law.scope, law.mode, law.priority);
  product.quota_min = law.quota_min.value;
  product.quota_max = law.quota_max.value;
  product.price = law.price.micros;
  for (const PriceBand& band : law.bands)
    product.bands.emplace_back(band.from.value, band.unit_price.micros);
  product.months = law.validity.months;
  product.rest = law.validity.rest.ms;
  product.ends = law.expiry == ExpiryPolicy::exact          ? model::Ends::exact
                 : law.expiry == ExpiryPolicy::start_of_day ? model::Ends::start_of_day
                                                            : model::Ends::end_of_day;
  product.refund = law.refund == RefundPolicy::none          ? model::Refund::none
                   : law.refund == RefundPolicy::unused_only ? model::Refund::unused_only
                                                             : model::Refund::prorata;
  product.delay = law.activation_delay.ms;
  product.renewable = law.renewable;
  return product;
}

model::Tariff tariff_of(const Tariff& law) {
  ENSURE(law.scope.destinations.countries.size() == 1, "the model knows tariffs of one country");
  model::Tariff tariff;
  tariff.country = law.scope.destinations.countries.front().text();
  tariff.promotion = law.scope.templates.covers(TemplateType::promotion);
  tariff.every_class = tariff.promotion && law.scope.templates.covers(TemplateType::verification);
  tariff.volume = law.mode == TierMode::volume;
  tariff.counted = law.counts_packages;
  for (const Tier& tier : law.tiers) {
    model::Tier& to = tariff.tiers.emplace_back();
    if (tier.up_to) to.up_to = tier.up_to->value;
    to.price = tier.price.micros;
  }
  return tariff;
}

model::Book model_book(const PriceBook& law) {
  ENSURE(law.renewal.has_value(), "the model knows books with terms of renewal");
  model::Book book;
  book.from = law.effective_from.ms;
  for (const Product& product : law.products) book.products.push_back(product_of(product));
  for (const Tariff& tariff : law.tariffs) book.tariffs.push_back(tariff_of(tariff));
  book.terms = {law.renewal->product, law.renewal->lead.ms, law.renewal->discount_bp,
                law.renewal->per_day_max, law.renewal->retry_at_minute};
  return book;
}

struct Ask {
  Model& model;
  Ms now;

  std::string operator()(const SendRecorded& law) const {
    model::Asked asked;
    asked.name = law.send.string();
    asked.units = law.units.value;
    if (law.occurred_at) asked.occurred = law.occurred_at->ms;
    asked.country = law.destination.text();
    asked.type = template_text(law.type);
    asked.billable = law.billable;
    return model.send(now, asked);
  }
  std::string operator()(const SendReversed& law) const {
    return model.reverse(now, law.send, law.reversal, law.units.value);
  }
  std::string operator()(const PackageGranted& law) const {
    ENSURE(law.expires_at.has_value(), "the model knows grants with an end");
    model::Grant grant;
    grant.name = law.package;
    grant.quota = law.quota.value;
    grant.wares = wares_of(law.scope, law.mode, law.priority);
    grant.from = law.effective_at ? law.effective_at->ms : now;
    grant.until = law.expires_at->ms;
    return model.grant(now, grant);
  }
  std::string operator()(const OrderPlaced& law) const {
    model::Buy buy;
    buy.order = law.order;
    buy.product = law.product;
    if (law.quota) buy.quota = law.quota->value;
    buy.copies = law.copies;
    buy.external = law.pay == Payment::external;
    buy.renews = law.renews;
    return model.buy(now, buy);
  }
  std::string operator()(const OrderPaid& law) const {
    return model.pay(now, law.order, law.payment_reference);
  }
  std::string operator()(const OrderCancelled& law) const { return model.cancel(now, law.order); }
  std::string operator()(const PackageRefunded& law) const {
    return model.refund(now, law.package);
  }
  std::string operator()(const FundsCredited& law) const {
    return model.credit(now, law.amount.micros);
  }
  std::string operator()(const FundsAdjusted& law) const {
    return model.credit(now, law.amount.micros);
  }
  std::string operator()(const AccountSettingsSet& law) const {
    return model.set(now, [&](model::Settings& settings) { change(settings, law.settings); });
  }
  std::string operator()(const ServiceModeSet& law) const {
    ENSURE(law.modes.size() == 1, "the model sets one mode at a time");
    const PoolMode& mode = law.modes.front();
    return model.set_mode(now, mode.pool, mode.mode == OverageMode::stop_before_excess);
  }
  std::string operator()(const HoldPlaced& law) const {
    model::Hold hold;
    hold.name = law.hold;
    hold.units = law.units.value;
    hold.country = law.destination.text();
    hold.type = template_text(law.type);
    if (law.ttl) hold.ttl = law.ttl->ms;
    return model.place(now, hold);
  }
  std::string operator()(const HoldCaptured& law) const {
    return model.capture(now, law.hold, law.units.value);
  }
  std::string operator()(const HoldReleased& law) const { return model.release(now, law.hold); }
  std::string operator()(const AlarmRuleSet& law) const {
    return model.set_alarm(now, rule_of(law.rule));
  }
  std::string operator()(const AlarmRuleRemoved& law) const {
    return model.remove_alarm(now, law.alarm);
  }
  std::string operator()(const RunOutForecast& law) const {
    const auto end = law.runs_out_at.transform([](Instant at) { return at.ms; });
    return model.forecast(now, law.pool, end, static_cast<model::Count>(law.position.value));
  }
  std::string operator()(const RenewalRuleSet& law) const {
    return model.set_renewal(now, rule_of(law.rule));
  }
  std::string operator()(const RenewalRuleRemoved&) const { return model.remove_renewal(now); }
  std::string operator()(const ContactsSet& law) const {
    std::vector<model::Contact> contacts;
    for (const Contact& contact : law.contacts) contacts.push_back(contact_of(contact));
    return model.set_contacts(now, contacts);
  }
  std::string operator()(const InvoiceRequested&) const { return model.invoice(now); }
  template <class Other> std::string operator()(const Other&) const {
    ENSURE(false, "the model is asked what clients ask of an account");
    return {};
  }
};

}  // namespace

std::optional<std::string> ask_model(model::World& world, const Entry& entry) {
  const What& what = entry.input.what;
  if (const auto* const opened = std::get_if<AccountOpened>(&what)) {
    world.skip(1);
    world.open(opened->name, model_settings(opened->settings), world.books());
    return std::nullopt;
  }
  if (const auto* const published = std::get_if<PriceBookPublished>(&what)) {
    world.publish(model_book(published->book));
    return std::nullopt;
  }
  if (std::holds_alternative<BatchTaken>(what)) {
    world.skip(1);
    return std::nullopt;
  }
  return ask_model(world.account(entry.input.account.value - 1), entry.recorded_at.ms, what);
}

std::string ask_model(model::Model& model, model::Ms now, const What& what) {
  return std::visit(Ask{model, now}, what);
}

model::Settings model_settings(const SettingsPatch& patch) {
  model::Settings settings;
  change(settings, patch);
  return settings;
}

}  // namespace packledger::sim
