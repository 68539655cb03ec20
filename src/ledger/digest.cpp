#include "ledger/digest.hpp"

#include "packledger/ledger/ledger.hpp"
#include "packledger/ledger/result.hpp"

#include <bit>
#include <concepts>
#include <map>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace packledger {

// Each lane multiplies by an odd constant of its own and turns, so that order and position count.
void Digest::word(std::uint64_t value) {
  lanes_[0] = std::rotl((lanes_[0] ^ value) * 0x9e37'79b9'7f4a'7c15ULL, 29) + lanes_[1];
  lanes_[1] = std::rotl((lanes_[1] + value) * 0xc2b2'ae3d'27d4'eb4fULL, 31) ^ lanes_[0];
}

void Digest::text(std::string_view value) {
  word(value.size());
  for (std::size_t at = 0; at < value.size(); at += 8) {
    std::uint64_t packed = 0;
    for (const char c : value.substr(at, 8)) packed = packed << 8 | static_cast<unsigned char>(c);
    word(packed);
  }
}

std::string Digest::hex() const {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::uint64_t lane : lanes_) {
    for (int shift = 60; shift >= 0; shift -= 4) text += digits[lane >> shift & 0xf];
  }
  return text;
}

namespace {

// How each value goes into a digest, member by member. A member that is left out here is a state
// that two replays could disagree about without anybody noticing.
struct Mixer {
  Digest& digest;

  void mix(std::string_view value) { digest.text(value); }
  void mix(const std::string& value) { digest.text(value); }
  void mix(const Name& value) { digest.text(value); }
  template <class T>
    requires(std::integral<T> || std::is_enum_v<T>)
  void mix(T value) {
    digest.word(static_cast<std::uint64_t>(value));
  }
  template <class Tag> void mix(Id<Tag> id) { digest.word(id.value); }
  void mix(Units units) { mix(units.value); }
  void mix(Money money) { mix(money.micros); }
  void mix(Price price) { mix(price.micros); }
  void mix(Instant instant) { mix(instant.ms); }
  void mix(Duration duration) { mix(duration.ms); }
  void mix(Month month) { mix(month.index); }
  void mix(const Currency& currency) { mix(currency.text()); }
  void mix(const Country& country) { mix(country.text()); }

  void mix_all(const auto&... values) { (mix(values), ...); }

  template <class T> void mix(const std::optional<T>& value) {
    mix(value.has_value());
    if (value) mix(*value);
  }

  template <class T> void mix(const Seldom<T>& value) {
    mix(value.has_value());
    if (value) mix(*value);
  }

  template <class T> void mix(const MostlyDefault<T>& value) { mix(*value); }
  template <class T> void mix(const Shared<T>& value) { mix(*value); }

  template <class T> void mix(const std::vector<T>& values) { mix_each(values); }
  template <class T, std::size_t here> void mix(const Few<T, here>& values) { mix_each(values); }
  void mix_each(const auto& values) {
    mix(values.size());
    for (const auto& value : values) mix(value);
  }

  void mix(const Zone::Transition& transition) { mix_all(transition.from, transition.offset_s); }

  void mix(const Zone& zone) { mix_all(zone.name, zone.offset_s, zone.transitions); }

  void mix(const Validity& validity) { mix_all(validity.months, validity.rest); }

  void mix(const Scope& scope) { mix_all(scope.destinations.countries, scope.templates.bits); }

  void mix(const PriceBand& band) { mix_all(band.from, band.unit_price); }
  void mix(const Tier& tier) { mix_all(tier.up_to, tier.price); }
  void mix(const PoolMode& mode) { mix_all(mode.pool, mode.mode); }
  void mix(const PackageLine& line) { mix_all(line.package, line.units); }
  void mix(const ChargeLine& line) { mix_all(line.units, line.unit_price); }

  void mix(const CounterMove& move) {
    mix_all(move.month, move.units, move.volume_price, move.adjustment, move.volume_from);
  }

  void mix(const Tariff& tariff) {
    mix_all(tariff.scope, tariff.mode, tariff.counts_packages, tariff.tiers);
  }

  void mix(const Product& p) {
    mix_all(p.name, p.scope, p.quota_min, p.quota_max, p.price, p.bands, p.validity, p.expiry,
            p.mode, p.charge, p.refund, p.priority, p.activation_delay, p.renewable);
  }

  void mix(const RenewalTerms& terms) {
    mix_all(terms.product, terms.lead, terms.discount_bp, terms.per_day_max, terms.retry_at_minute);
  }

  void mix_settings(const auto& s) {  // AccountSettings and SettingsPatch
    mix_all(s.zone, s.order, s.late_window, s.acceptance_window, s.reversal_window, s.order_ttl,
            s.overdue_grace, s.prepaid_strict, s.absorb_overage, s.reminders);
  }

  void mix(const PriceBook& book) {
    mix_all(book.version, book.effective_from, book.currency, book.products, book.tariffs,
            book.renewal);
    mix_settings(book.defaults);
  }

  void mix(const PackageTerms& t) {
    mix_all(t.id, t.name, t.order, t.product, t.quota, t.scope, t.mode, t.priority, t.effective_at,
            t.expires_at, t.price_paid, t.refund);
  }

  void mix(const Package& p) {
    mix_all(p.terms, p.state, p.remaining, p.held, p.used, p.forfeited, p.refunded, p.closed,
            p.asked_to_renew, p.renewal_due, p.pool);
  }

  void mix(const Order& o) {
    mix_all(o.name, o.product, o.pay, o.state, o.price, o.quota, o.placed_at, o.times_out_at,
            o.paid_at, o.payment_reference, o.validity, o.expiry, o.activation_delay,
            o.package_first, o.copies, o.renews);
  }

  void mix(const SendRecorded& s) {
    mix_all(s.send, s.units, s.occurred_at, s.destination, s.type, s.billable);
  }

  template <class Key, class Value> void mix(const std::map<Key, Value>& values) {
    mix(values.size());
    for (const auto& [key, value] : values) mix_all(key, value);
  }

  void mix(const Pool& pool) {
    mix_all(pool.name, pool.remaining, pool.held, pool.quota, pool.starting);
  }
  void mix(const Standing& s) { mix_all(s.status, s.overdue_at, s.suspends_at, s.suspended_at); }
  void mix(const ChannelAddress& to) { mix_all(to.channel, to.address); }
  void mix(const Contact& contact) { mix_all(contact.name, contact.channels, contact.topics.bits); }
  void mix(const PackageThreshold& own) { mix_all(own.package, own.units); }
  // What later releases added goes in only where it is there: older journals keep their digest.
  void mix(const AlarmThreshold& t) {
    mix_all(t.units, t.percent, t.amount, t.per_package);
    if (t.within) mix(*t.within);
  }
  void mix(const AlarmRule& r) {
    mix_all(r.name, r.pool, r.kind, r.threshold, r.when, r.contacts, r.cooldown);
  }
  void mix(const Alarm& alarm) {
    mix_all(alarm.rule, alarm.number, alarm.firings, alarm.fired, alarm.fired_of.size());
    for (const PackageId id : alarm.fired_of) mix(id);
    mix(alarm.fired_at);
    if (alarm.run_out) mix(*alarm.run_out);
  }
  void mix(const RunOut& r) { mix_all(r.known, r.eased, r.runs_out_at, r.told); }
  void mix(const RenewalRule& r) {
    mix_all(r.enabled, r.pool, r.threshold, r.pre_expiry, r.quantity, r.product, r.per_day_max);
  }
  void mix(const RenewalAgreed& a) { mix_all(a.product, a.lead, a.per_day_max, a.retry_at_minute); }
  void mix(const RenewalPending& p) { mix_all(p.trigger, p.package, p.cause, p.retry_at); }
  void mix(const Renewal& r) { mix_all(r.rule, r.agreed, r.pending); }
  void mix(const RenewalDay& d) { mix_all(d.start, d.renewals, d.capped); }
  void mix(const HoldPlaced& h) { mix_all(h.hold, h.units, h.destination, h.type, h.ttl); }
  void mix(const Hold& h) {
    mix_all(h.asked, h.sequence, h.placed_at, h.expires_at, h.lines, h.state, h.captured,
            h.ended_at);
  }
  void mix(const InvoiceLine& l) { mix_all(l.kind, l.name, l.product, l.units, l.amount, l.at); }
  void mix(const Invoicing& i) { mix_all(i.paid, i.payg, i.number); }
  void mix(const InvoiceMade& made) { mix_all(made.number, made.sequence); }
  void mix(const Aftermath& a) {
    mix_all(a.account, a.cause, a.at, a.pool_rose, a.mainland_fell, a.credited, a.rule_changed,
            a.renewal_set, a.grace_over, a.retry, a.alarm, a.ending, a.touched);
  }

  void mix(const TakenBatch& batch) { mix_all(batch.first, batch.digest); }
  void mix(const Producer& p) { mix_all(p.epoch, p.last, p.last_at, p.batches); }

  void mix(const Account& account) {
    mix_all(account.id, account.name, account.currency, account.opened_at, account.reckoned_at);
    mix_settings(*account.settings);
    mix_all(account.widened_at, account.window_before, account.modes, account.balance,
            account.credited, account.refunded, account.purchased, account.charged,
            account.packages, account.open, account.orders->all, account.counters->size());
    for (const auto& [key, counter] : *account.counters) {
      mix_all(key.first.country, key.first.promotion, key.second, counter.position,
              counter.volume.size());
      for (const auto& [book, volume] : counter.volume) mix_all(book, volume.payg, volume.price);
    }
    mix_all(account.standing, account.pools, account.alarms, account.renewal, account.renewal_day,
            account.contacts, account.holds->all(), account.invoicing, account.invoices);
  }

  // ---- requests ----

  void mix_asked(const AccountOpened& asked) {
    mix_all(asked.name, asked.currency);
    mix_settings(asked.settings);
  }
  void mix_asked(const AccountSettingsSet& asked) { mix_settings(asked.settings); }
  void mix_asked(const ServiceModeSet& asked) { mix(asked.modes); }
  void mix_asked(const FundsCredited& asked) { mix_all(asked.amount, asked.reason); }
  void mix_asked(const FundsAdjusted& asked) { mix_all(asked.amount, asked.reason); }
  void mix_asked(const OrderPlaced& asked) {
    mix_all(asked.order, asked.product, asked.quota, asked.copies, asked.pay, asked.renews);
  }
  void mix_asked(const OrderPaid& asked) { mix_all(asked.order, asked.payment_reference); }
  void mix_asked(const OrderCancelled& asked) { mix(asked.order); }
  void mix_asked(const PackageGranted& asked) {
    mix_all(asked.package, asked.quota, asked.scope, asked.mode, asked.priority, asked.effective_at,
            asked.expires_at, asked.validity, asked.expiry, asked.price_paid, asked.reason);
  }
  void mix_asked(const PackageRefunded& asked) { mix_all(asked.package, asked.reason); }
  void mix_asked(const SendRecorded& asked) { mix(asked); }
  void mix_asked(const SendReversed& asked) { mix_all(asked.send, asked.reversal, asked.units); }
  void mix_asked(const PriceBookPublished& asked) { mix(asked.book); }
  void mix_asked(const HoldPlaced& asked) { mix(asked); }
  void mix_asked(const HoldCaptured& asked) { mix_all(asked.hold, asked.units); }
  void mix_asked(const HoldReleased& asked) { mix(asked.hold); }
  void mix_asked(const AlarmRuleSet& asked) { mix(asked.rule); }
  void mix_asked(const AlarmRuleRemoved& asked) { mix(asked.alarm); }
  void mix_asked(const RenewalRuleSet& asked) { mix(asked.rule); }
  void mix_asked(const RenewalRuleRemoved&) {}
  void mix_asked(const ContactsSet& asked) { mix(asked.contacts); }
  void mix_asked(const InvoiceRequested& asked) { mix(asked.note); }
  void mix_asked(const RunOutForecast& asked) {
    mix_all(asked.pool, asked.runs_out_at, asked.position);
  }
  void mix_asked(const PackageRenewed& renewed) {
    mix_all(renewed.trigger, renewed.cause, renewed.at);
  }
  // Timers and the other consequences have no identity, and nobody asks for them.
  void mix_asked(const auto&) { ENSURE(false, "only what may be repeated has a digest"); }
};

}  // namespace

std::uint64_t digest_of(const What& what) {
  Digest digest;
  digest.word(what.index());
  std::visit([mixer = Mixer{digest}](const auto& asked) mutable { mixer.mix_asked(asked); }, what);
  return digest.low();
}

std::string Ledger::digest() const {
  Digest digest;
  Mixer mixer{digest};
  mixer.mix_all(last_, recorded_at_, aftermath_, books_.all(), accounts_.count());
  for (std::uint64_t n = 1; n <= accounts_.count(); ++n) mixer.mix(accounts_.at(AccountId{n}));
  const SendSum sends = sends_.sum(recorded_at_);
  mixer.mix_all(sends.records, sends.low, sends.high);
  mixer.mix(keys_.all().size());
  for (const auto& [key, seen] : keys_.all())
    mixer.mix_all(key.first, key.second, seen.sequence, seen.digest, seen.forget_at);
  std::uint64_t timers = 0;
  timers_.each([&](const Timer& timer) {
    mixer.mix_all(timer.due, timer.kind, timer.account, timer.number);
    ++timers;
  });
  mixer.mix(timers);
  // Last, and only where there are any: a journal without them keeps its digest.
  for (const auto& [name, producer] : producers_.all()) mixer.mix_all(name, producer);
  return digest.hex();
}

}  // namespace packledger
