// Money: integer micro-units (1e-6) of one currency per account (rules §1 R9). A charge for units
// is never rounded (R10). Results outside int64 are refused by name, never wrapped. Values, any
// thread.
#pragma once

#include "packledger/ledger/result.hpp"
#include "packledger/ledger/units.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace packledger {

struct Money {
  std::int64_t micros = 0;  // may be negative: a balance in arrears, a volume adjustment
  friend auto operator<=>(Money, Money) = default;
};

// The price of one unit.
struct Price {
  std::int64_t micros = 0;
  friend auto operator<=>(Price, Price) = default;
};

// ISO 4217, three capital letters.
struct Currency {
  std::array<char, 3> code{'X', 'X', 'X'};
  friend auto operator<=>(const Currency&, const Currency&) = default;
  [[nodiscard]] std::string_view text() const { return {code.data(), code.size()}; }
};

[[nodiscard]] std::optional<Currency> parse_currency(std::string_view text);

[[nodiscard]] std::optional<Money> checked_add(Money a, Money b);
[[nodiscard]] std::optional<Money> negated(Money a);

// The broken-invariant versions, for amounts that decide() has already checked.
[[nodiscard]] Money operator+(Money a, Money b);
[[nodiscard]] Money operator-(Money a, Money b);
inline Money& operator+=(Money& a, Money b) { return a = a + b; }
inline Money& operator-=(Money& a, Money b) { return a = a - b; }

// units x price, exact through 128 bits; nothing where the result leaves int64 (amount_overflow).
[[nodiscard]] std::optional<Money> charge(Price price, Units units);
// The change of price for units already charged: units x (to - from) (rules §6 R61).
[[nodiscard]] std::optional<Money> repriced(Price from, Price to, Units units);
// amount x parts / whole, rounded toward zero; parts <= whole, whole > 0 (rules §4 R43a).
[[nodiscard]] Money share(Money amount, Units parts, Units whole);

// "470", "0.132", "-12.5": at most six decimals, no exponent, no sign but '-'; nothing otherwise.
[[nodiscard]] std::optional<Money> parse_money(std::string_view text);
// The shortest such text.
[[nodiscard]] std::string money_text(Money amount);
[[nodiscard]] inline std::string money_text(Price price) { return money_text(Money{price.micros}); }

}  // namespace packledger
