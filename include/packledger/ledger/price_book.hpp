// The price book: products that can be bought and tariffs for what no package pays, in force from
// an instant on (rules §3 R28 R30 R31, §6 R59-R66). Owned by the Ledger as plain data; a published
// book is never changed, only followed by another. Values, any thread.
#pragma once

#include "packledger/ledger/money.hpp"
#include "packledger/ledger/scope.hpp"
#include "packledger/ledger/time.hpp"
#include "packledger/ledger/units.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

// All enums here are stored in the journal: never renumber, never reuse.
enum class OverageMode : std::uint8_t { pay_per_use = 1, stop_before_excess = 2 };
enum class ChargeTrigger : std::uint8_t { on_submit = 1, on_delivery = 2 };             // R69
enum class RefundPolicy : std::uint8_t { none = 1, unused_only = 2, prorata_90d = 3 };  // R43a
enum class TierMode : std::uint8_t { graduated = 1, volume = 2 };                       // R60 R61
enum class DeductionOrder : std::uint8_t { effective_first = 1, expiry_first = 2 };     // OC2
enum class AbsorbOverage : std::uint8_t { none = 1, same_day = 2 };                     // OC23

// What a whole quota of at least `from` costs per unit (R30).
struct PriceBand {
  Units from;
  Price unit_price;
  friend bool operator==(const PriceBand&, const PriceBand&) = default;
};

struct Product {
  std::string name;
  Scope scope;
  Units quota_min;  // a fixed product has quota_min = quota_max
  Units quota_max;
  Money price;  // of a fixed product; bands are empty then
  std::vector<PriceBand>
      bands;  // of a custom product: rising `from`, the first at or below quota_min
  Validity validity;
  ExpiryPolicy expiry = ExpiryPolicy::exact;
  OverageMode mode = OverageMode::pay_per_use;
  ChargeTrigger charge = ChargeTrigger::on_submit;
  RefundPolicy refund = RefundPolicy::none;
  std::int32_t priority = 100;  // smaller pays first (R46)
  Duration activation_delay;    // R37
  bool renewable = false;       // R42
  friend bool operator==(const Product&, const Product&) = default;
  [[nodiscard]] bool custom() const { return !bands.empty(); }
};

// A tier ends at `up_to`, inclusive (R60); the last tier of a tariff has none.
struct Tier {
  std::optional<Units> up_to;
  Price price;
  friend bool operator==(const Tier&, const Tier&) = default;
};

struct Tariff {
  Scope scope;
  TierMode mode = TierMode::graduated;
  bool counts_packages = false;  // R63
  std::vector<Tier> tiers;       // at least one; rising up_to
  friend bool operator==(const Tariff&, const Tariff&) = default;
  // A flat price needs no monthly counter (R63).
  [[nodiscard]] bool counted() const { return tiers.size() > 1; }
};

// What an account may decide about itself; a book gives the defaults for new accounts.
struct AccountSettings {
  Duration late_window = hours(72);        // R51
  Duration acceptance_window = hours(72);  // R4
  Duration reversal_window = hours(96);    // R75: 72 h + 24 h
  bool prepaid_strict = false;             // R106
  DeductionOrder order = DeductionOrder::effective_first;
  AbsorbOverage absorb_overage = AbsorbOverage::none;
  Duration order_ttl = hours(24);  // R36
  Duration overdue_grace;          // R107
  Zone zone;
  std::vector<Duration> reminders{days(7)};  // R86, before the expiry of each package
  friend bool operator==(const AccountSettings&, const AccountSettings&) = default;
};

inline constexpr Duration acceptance_window_max = days(60);  // R4
inline constexpr Duration late_window_max = days(60);        // as long as a send may still arrive
inline constexpr Duration reversal_window_max = days(60);    // as long as its record is remembered

// The terms of automatic renewal; kept with the book that published them (rules §9).
struct RenewalTerms {
  std::string product;
  Duration lead = days(10);
  std::int32_t discount_bp = 10'000;  // 10,000 is the full price (R103)
  std::int32_t per_day_max = 10;
  std::int32_t retry_at_minute = 180;  // minute of the local day: 03:00 (R98)
  friend bool operator==(const RenewalTerms&, const RenewalTerms&) = default;
};

struct PriceBook {
  std::string version;
  Instant effective_from;
  Currency currency;
  std::vector<Product> products;
  std::vector<Tariff> tariffs;
  AccountSettings defaults;  // its zone is the book's
  std::optional<RenewalTerms> renewal;
  friend bool operator==(const PriceBook&, const PriceBook&) = default;

  [[nodiscard]] const Product* product(std::string_view name) const;
  // The tariff for such a send: one that names the country before one for everywhere; the first of
  // equals.
  [[nodiscard]] const Tariff* tariff(Country country, TemplateType type) const;
};

// What a quota of this product costs in full; nothing where it leaves int64. The quota is in its
// range.
[[nodiscard]] std::optional<Money> price_of(const Product& product, Units quota);

// The published books, in the order of publication. Of those of a currency that are in force at t,
// the one that starts last counts, and of equal starts the one that was published last (R66).
class PriceBooks {
 public:
  void publish(PriceBook book) { books_.push_back(std::move(book)); }
  [[nodiscard]] const PriceBook* in_force(Currency currency, Instant t) const;
  // The same over all currencies, for readers that name none.
  [[nodiscard]] const PriceBook* in_force(Instant t) const;
  [[nodiscard]] const std::vector<PriceBook>& all() const { return books_; }

 private:
  std::vector<PriceBook> books_;
};

}  // namespace packledger
