#include "ledger/digest.hpp"

#include "packledger/ledger/ledger.hpp"

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

  template <class T> void mix(const std::vector<T>& values) {
    mix(values.size());
    for (const T& value : values) mix(value);
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
  void mix(const Reversal& reversal) { mix_all(reversal.name, reversal.units, reversal.sequence); }

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
    mix_all(p.terms, p.state, p.remaining, p.held, p.used, p.forfeited, p.refunded, p.closed);
  }

  void mix(const Order& o) {
    mix_all(o.name, o.product, o.pay, o.state, o.price, o.quota, o.placed_at, o.times_out_at,
            o.paid_at, o.payment_reference, o.validity, o.expiry, o.activation_delay,
            o.package_first, o.copies);
  }

  void mix(const SendRecorded& s) {
    mix_all(s.send, s.units, s.occurred_at, s.destination, s.type, s.billable);
  }

  void mix(const SendRecord& r) {
    mix_all(r.account, r.sequence, r.recorded_at, r.reversible_until, r.forget_at, r.asked,
            r.decided.lines, r.decided.charges, r.decided.counter, r.reversals);
  }

  void mix(const Account& account) {
    mix_all(account.id, account.name, account.currency, account.opened_at);
    mix_settings(account.settings);
    mix_all(account.widened_at, account.window_before, account.modes, account.balance,
            account.credited, account.refunded, account.purchased, account.charged,
            account.packages, account.open, account.orders, account.counters.size());
    for (const auto& [key, counter] : account.counters) {
      mix_all(key.first.country, key.first.promotion, key.second, counter.position,
              counter.volume.size());
      for (const auto& [book, volume] : counter.volume) mix_all(book, volume.payg, volume.price);
    }
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
    mix_all(asked.order, asked.product, asked.quota, asked.copies, asked.pay);
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
  void mix_asked(const OrderTimedOut& asked) { mix_all(asked.order, asked.due); }
  void mix_asked(const auto& timer) { mix_all(timer.package, timer.due); }
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
  mixer.mix_all(last_, recorded_at_, books_.all(), accounts_.count());
  for (std::uint64_t n = 1; n <= accounts_.count(); ++n) mixer.mix(accounts_.at(AccountId{n}));
  mixer.mix(sends_.size());
  for (const SendRecord& record : sends_.all()) mixer.mix(record);
  mixer.mix(keys_.all().size());
  for (const auto& [key, seen] : keys_.all())
    mixer.mix_all(key.first, key.second, seen.sequence, seen.digest, seen.forget_at);
  mixer.mix(timers_.all().size());
  for (const Timer& timer : timers_.all())
    mixer.mix_all(timer.due, timer.kind, timer.account, timer.number);
  return digest.hex();
}

}  // namespace packledger
