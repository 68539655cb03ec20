#include "store/usage_row.hpp"

#include "wire/scalar_codec.hpp"

#include <limits>
#include <utility>

namespace packledger {
namespace {

constexpr char row_mark = 'u';
constexpr char hold_mark = 'h';
constexpr std::size_t key_bytes = 1 + 8 + 4 + 1 + 4 + 2 + 1;

std::int64_t added(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return a < 0 ? std::numeric_limits<std::int64_t>::min()
               : std::numeric_limits<std::int64_t>::max();
}

// Big-endian, so that bytes sort as numbers do.
void put_number(std::string& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = bytes; i-- > 0;) out.push_back(static_cast<char>(value >> (8 * i) & 0xFFU));
}

std::uint64_t take_number(std::string_view& rest, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value = value << 8U | static_cast<std::uint8_t>(rest[i]);
  rest.remove_prefix(bytes);
  return value;
}

void put_varint(std::string& out, std::int64_t value) {
  std::uint64_t rest = zigzag(value);
  for (; rest >= 0x80; rest >>= 7U) out.push_back(static_cast<char>(rest | 0x80U));
  out.push_back(static_cast<char>(rest));
}

std::optional<std::int64_t> take_varint(std::string_view& rest) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !rest.empty(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(rest.front());
    rest.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80) return unzigzag(value);
  }
  return std::nullopt;
}

void put_country(std::string& out, Country country) { out += country.text(); }

Country take_country(std::string_view& rest) {
  const Country country{{rest[0], rest[1]}};
  rest.remove_prefix(2);
  return country;
}

bool is_template(std::uint64_t number) {
  return number <= static_cast<std::uint64_t>(TemplateType::promotion);
}

}  // namespace

UsageFigures& UsageFigures::operator+=(const UsageFigures& more) {
  sends = added(sends, more.sends);
  units = added(units, more.units);
  reversed = added(reversed, more.reversed);
  amount = added(amount, more.amount);
  return *this;
}

std::int64_t usage_hour(Instant at) { return at.ms / hours(1).ms; }

std::size_t usage_quarter_of(Instant at) {
  return static_cast<std::size_t>(at.ms % hours(1).ms / usage_quarter.ms);
}

Instant usage_start(std::int64_t hour, std::size_t quarter) {
  return Instant{hour * hours(1).ms + static_cast<std::int64_t>(quarter) * usage_quarter.ms};
}

std::string usage_from_bytes(AccountId account, std::int64_t hour) {
  std::string out(1, row_mark);
  put_number(out, account.value, 8);
  put_number(out, static_cast<std::uint64_t>(hour), 4);
  return out;
}

std::string usage_key_bytes(const UsageKey& key) {
  std::string out = usage_from_bytes(key.account, key.hour);
  put_number(out, std::to_underlying(key.payer), 1);
  put_number(out, key.package.value, 4);
  put_country(out, key.destination);
  put_number(out, std::to_underlying(key.type), 1);
  return out;
}

std::optional<UsageKey> parse_usage_key(std::string_view bytes) {
  if (bytes.size() != key_bytes || bytes.front() != row_mark) return std::nullopt;
  bytes.remove_prefix(1);
  UsageKey key;
  key.account.value = take_number(bytes, 8);
  key.hour = static_cast<std::int64_t>(take_number(bytes, 4));
  const std::uint64_t payer = take_number(bytes, 1);
  if (payer > std::to_underlying(UsagePayer::package)) return std::nullopt;
  key.payer = static_cast<UsagePayer>(payer);
  key.package.value = take_number(bytes, 4);
  key.destination = take_country(bytes);
  const std::uint64_t type = take_number(bytes, 1);
  if (!is_template(type)) return std::nullopt;
  key.type = static_cast<TemplateType>(type);
  return key;
}

std::string usage_hour_bytes(const UsageHour& quarters) {
  std::string out(1, '\0');
  unsigned mask = 0;
  for (std::size_t i = 0; i < quarters.size(); ++i) {
    const UsageFigures& figures = quarters.at(i);
    if (figures == UsageFigures{}) continue;
    mask |= 1U << i;
    for (const std::int64_t value :
         {figures.sends, figures.units, figures.reversed, figures.amount})
      put_varint(out, value);
  }
  out.front() = static_cast<char>(mask);
  return out;
}

std::optional<UsageHour> parse_usage_hour(std::string_view bytes) {
  if (bytes.empty()) return std::nullopt;
  const auto mask = static_cast<std::uint8_t>(bytes.front());
  if (mask >> quarters_per_hour != 0) return std::nullopt;
  bytes.remove_prefix(1);
  UsageHour quarters{};
  for (std::size_t i = 0; i < quarters.size(); ++i) {
    if ((mask >> i & 1U) == 0) continue;
    UsageFigures& figures = quarters.at(i);
    for (std::int64_t* const into :
         {&figures.sends, &figures.units, &figures.reversed, &figures.amount}) {
      const auto value = take_varint(bytes);
      if (!value) return std::nullopt;
      *into = *value;
    }
  }
  if (!bytes.empty()) return std::nullopt;
  return quarters;
}

std::string usage_hold_key_bytes(const UsageHoldKey& key) {
  std::string out(1, hold_mark);
  put_number(out, key.account.value, 8);
  return out + key.name;
}

std::string usage_hold_bytes(const UsageSubject& subject) {
  std::string out;
  put_country(out, subject.destination);
  put_number(out, std::to_underlying(subject.type), 1);
  return out;
}

std::optional<UsageSubject> parse_usage_hold(std::string_view bytes) {
  if (bytes.size() != 3) return std::nullopt;
  UsageSubject subject;
  subject.destination = take_country(bytes);
  const std::uint64_t type = take_number(bytes, 1);
  if (!is_template(type)) return std::nullopt;
  subject.type = static_cast<TemplateType>(type);
  return subject;
}

}  // namespace packledger
