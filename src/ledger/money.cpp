#include "packledger/ledger/money.hpp"

#include <algorithm>
#include <limits>

namespace packledger {
namespace {

__extension__ using Wide = __int128;  // products of two int64 fit

constexpr int decimals_max = 6;
constexpr std::int64_t micros_per_whole = 1'000'000;

std::optional<Money> narrow(Wide micros) {
  if (micros < std::numeric_limits<std::int64_t>::min()) return std::nullopt;
  if (micros > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  return Money{static_cast<std::int64_t>(micros)};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<Currency> parse_currency(std::string_view text) {
  const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (text.size() != 3 || !std::ranges::all_of(text, capital)) return std::nullopt;
  return Currency{{text[0], text[1], text[2]}};
}

std::optional<Money> checked_add(Money a, Money b) {
  Money sum;
  if (__builtin_add_overflow(a.micros, b.micros, &sum.micros)) return std::nullopt;
  return sum;
}

std::optional<Money> negated(Money a) {
  Money result;
  if (__builtin_sub_overflow(std::int64_t{0}, a.micros, &result.micros)) return std::nullopt;
  return result;
}

Money operator+(Money a, Money b) {
  const auto sum = checked_add(a, b);
  ENSURE(sum.has_value(), "money stays within int64");
  return *sum;
}

Money operator-(Money a, Money b) {
  Money difference;
  ENSURE(!__builtin_sub_overflow(a.micros, b.micros, &difference.micros),
         "money stays within int64");
  return difference;
}

std::optional<Money> charge(Price price, Units units) {
  return narrow(Wide{price.micros} * Wide{units.value});
}

std::optional<Money> repriced(Price from, Price to, Units units) {
  return narrow((Wide{to.micros} - Wide{from.micros}) * Wide{units.value});
}

Money share(Money amount, Units parts, Units whole) {
  ENSURE(whole > Units{0} && parts >= Units{0} && parts <= whole, "a share is a part of a whole");
  const auto result = narrow(Wide{amount.micros} * Wide{parts.value} / Wide{whole.value});
  ENSURE(result.has_value(), "a part is not larger than the whole");
  return *result;
}

std::optional<Money> parse_money(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view decimals = point < text.size() ? text.substr(point + 1) : "";
  const bool point_without_decimals = point < text.size() && decimals.empty();
  // 13 digits before the point are the most that int64 micro-units can hold.
  if (whole.empty() || whole.size() > 13 || point_without_decimals) return std::nullopt;
  if (decimals.size() > decimals_max) return std::nullopt;
  if (!std::ranges::all_of(whole, is_digit) || !std::ranges::all_of(decimals, is_digit))
    return std::nullopt;
  if (whole.size() > 1 && whole.front() == '0') return std::nullopt;

  Wide micros = 0;
  for (const char c : whole) micros = micros * 10 + (c - '0');
  micros *= micros_per_whole;
  std::int64_t place = micros_per_whole / 10;
  for (const char c : decimals) {
    micros += Wide{place} * (c - '0');
    place /= 10;
  }
  return narrow(negative ? -micros : micros);
}

std::string money_text(Money amount) {
  const bool negative = amount.micros < 0;
  // The magnitude of the smallest int64 fits uint64 only.
  const std::uint64_t magnitude = negative ? 0 - static_cast<std::uint64_t>(amount.micros)
                                           : static_cast<std::uint64_t>(amount.micros);
  constexpr auto whole_size = static_cast<std::uint64_t>(micros_per_whole);
  std::string text = (negative ? "-" : "") + std::to_string(magnitude / whole_size);
  std::string decimals = std::to_string(whole_size + magnitude % whole_size).substr(1);
  decimals.erase(decimals.find_last_not_of('0') + 1);
  if (!decimals.empty()) text += "." + decimals;
  return text;
}

}  // namespace packledger
