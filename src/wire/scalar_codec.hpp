// How each plain value of the ledger turns into the one number that stands for it on the wire, and
// which numbers stand for one. proto/packledger/v1/entry.proto tells the same in its own words.
//
// Owner: wire. Pure functions, any thread.
// Invariants:
//  1. read is the inverse of write; it answers false, and the value does not matter, for a number
//     that write cannot have made from an allowed value.
#pragma once

#include "packledger/ledger/alarm.hpp"
#include "packledger/ledger/contact.hpp"
#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/id.hpp"
#include "packledger/ledger/input.hpp"
#include "packledger/ledger/invoice.hpp"
#include "packledger/ledger/money.hpp"
#include "packledger/ledger/price_book.hpp"
#include "packledger/ledger/reject.hpp"
#include "packledger/ledger/renewal.hpp"
#include "packledger/ledger/scope.hpp"
#include "packledger/ledger/time.hpp"
#include "packledger/ledger/units.hpp"

#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

namespace packledger {

// Protobuf's zigzag: small numbers of either sign become small.
[[nodiscard]] constexpr std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63U);
}
[[nodiscard]] constexpr std::int64_t unzigzag(std::uint64_t number) {
  return static_cast<std::int64_t>(number >> 1U) ^ -static_cast<std::int64_t>(number & 1U);
}

// Instants and durations beyond this are nobody's; sums of a few of them stay far inside int64.
inline constexpr std::int64_t stored_ms_max = std::int64_t{1} << 53U;

// The last number of each stored enum; all of them begin with 1.
template <class E> inline constexpr E last_of = E{};
template <> inline constexpr Payment last_of<Payment> = Payment::external;
template <> inline constexpr OverageMode last_of<OverageMode> = OverageMode::stop_before_excess;
template <> inline constexpr ChargeTrigger last_of<ChargeTrigger> = ChargeTrigger::on_delivery;
template <> inline constexpr RefundPolicy last_of<RefundPolicy> = RefundPolicy::prorata_90d;
template <> inline constexpr TierMode last_of<TierMode> = TierMode::volume;
template <> inline constexpr DeductionOrder last_of<DeductionOrder> = DeductionOrder::expiry_first;
template <> inline constexpr AbsorbOverage last_of<AbsorbOverage> = AbsorbOverage::same_day;
template <> inline constexpr TemplateType last_of<TemplateType> = TemplateType::promotion;
template <> inline constexpr ExpiryPolicy last_of<ExpiryPolicy> = ExpiryPolicy::end_of_day;
template <> inline constexpr AlarmKind last_of<AlarmKind> = AlarmKind::runs_out_within;
template <> inline constexpr AlarmWhen last_of<AlarmWhen> = AlarmWhen::at_or_below;
template <> inline constexpr Channel last_of<Channel> = Channel::dingtalk_robot;
template <> inline constexpr RenewalTrigger last_of<RenewalTrigger> = RenewalTrigger::pre_expiry;
template <> inline constexpr RenewalSkip last_of<RenewalSkip> = RenewalSkip::outstanding;
template <> inline constexpr InvoiceLineKind last_of<InvoiceLineKind> = InvoiceLineKind::payg;
template <> inline constexpr Reject last_of<Reject> = Reject::nothing_to_tell;
template <> inline constexpr SendMember last_of<SendMember> = SendMember::billable;

template <class T> struct Scalar;

template <> struct Scalar<std::uint64_t> {
  static std::uint64_t write(std::uint64_t value) { return value; }
  static bool read(std::uint64_t number, std::uint64_t& value) {
    value = number;
    return true;
  }
};

template <> struct Scalar<std::int64_t> {
  static std::uint64_t write(std::int64_t value) { return zigzag(value); }
  static bool read(std::uint64_t number, std::int64_t& value) {
    value = unzigzag(number);
    return true;
  }
};

template <> struct Scalar<std::int32_t> {
  static std::uint64_t write(std::int32_t value) { return zigzag(value); }
  static bool read(std::uint64_t number, std::int32_t& value) {
    value = static_cast<std::int32_t>(unzigzag(number));
    return std::in_range<std::int32_t>(unzigzag(number));
  }
};

template <> struct Scalar<bool> {
  static std::uint64_t write(bool value) { return value ? 1 : 0; }
  static bool read(std::uint64_t number, bool& value) {
    value = number != 0;
    return number <= 1;
  }
};

template <class E>
  requires std::is_enum_v<E>
struct Scalar<E> {
  static std::uint64_t write(E value) { return std::to_underlying(value); }
  static bool read(std::uint64_t number, E& value) {
    value = static_cast<E>(number);
    return number >= 1 && number <= std::to_underlying(last_of<E>);
  }
};

template <class Tag> struct Scalar<Id<Tag>> {
  static std::uint64_t write(Id<Tag> id) { return id.value; }
  static bool read(std::uint64_t number, Id<Tag>& id) {
    id.value = number;
    return true;
  }
};

template <> struct Scalar<Units> {
  static std::uint64_t write(Units units) { return static_cast<std::uint64_t>(units.value); }
  static bool read(std::uint64_t number, Units& units) {
    units.value = static_cast<std::int64_t>(number);
    return std::in_range<std::int64_t>(number);
  }
};

template <class T>
  requires std::same_as<T, Money> || std::same_as<T, Price>
struct Scalar<T> {
  static std::uint64_t write(T amount) { return zigzag(amount.micros); }
  static bool read(std::uint64_t number, T& amount) {
    amount.micros = unzigzag(number);
    return true;
  }
};

template <> struct Scalar<Instant> {
  static std::uint64_t write(Instant t) { return zigzag(t.ms); }
  static bool read(std::uint64_t number, Instant& t) {
    t.ms = unzigzag(number);
    return t.ms >= -stored_ms_max && t.ms <= stored_ms_max;
  }
};

template <> struct Scalar<Duration> {
  static std::uint64_t write(Duration d) { return static_cast<std::uint64_t>(d.ms); }
  static bool read(std::uint64_t number, Duration& d) {
    d.ms = static_cast<std::int64_t>(number);
    return number <= static_cast<std::uint64_t>(stored_ms_max);
  }
};

// Months since January 1970.
template <> struct Scalar<Month> {
  static constexpr std::int64_t january_1970 = std::int64_t{1970} * 12;
  static std::uint64_t write(Month month) { return zigzag(month.index - january_1970); }
  static bool read(std::uint64_t number, Month& month) {
    const std::int64_t since = unzigzag(number);
    month.index = static_cast<std::int32_t>(since + january_1970);
    return std::in_range<std::int32_t>(since) && std::in_range<std::int32_t>(since + january_1970);
  }
};

// 26 x first letter + second letter + 1; 0 is no country.
template <> struct Scalar<Country> {
  static constexpr std::uint64_t countries = std::uint64_t{26} * 26;
  static std::uint64_t write(Country country) {
    const std::int64_t first = country.code[0] - 'A';
    const std::int64_t second = country.code[1] - 'A';
    return static_cast<std::uint64_t>(first * 26 + second + 1);
  }
  static bool read(std::uint64_t number, Country& country) {
    const std::uint64_t place = (number - 1) % countries;
    country.code = {static_cast<char>('A' + place / 26), static_cast<char>('A' + place % 26)};
    return number >= 1 && number <= countries;
  }
};

// Which TemplateTypes are covered, never none.
template <> struct Scalar<Templates> {
  static std::uint64_t write(Templates templates) { return templates.bits; }
  static bool read(std::uint64_t number, Templates& templates) {
    templates.bits = static_cast<std::uint8_t>(number);
    return number != 0 && (number & ~std::uint64_t{0b1110}) == 0;
  }
};

// By which Channels somebody is told, never none.
template <> struct Scalar<Channels> {
  static std::uint64_t write(Channels channels) { return channels.bits; }
  static bool read(std::uint64_t number, Channels& channels) {
    channels.bits = static_cast<std::uint8_t>(number);
    return number != 0 && (number & ~std::uint64_t{0b111110}) == 0;
  }
};

// Which Topics a contact wants; none where it is to be told nothing.
template <> struct Scalar<Topics> {
  static std::uint64_t write(Topics topics) { return topics.bits; }
  static bool read(std::uint64_t number, Topics& topics) {
    topics.bits = static_cast<std::uint8_t>(number);
    return (number & ~std::uint64_t{0b11110}) == 0;
  }
};

}  // namespace packledger
