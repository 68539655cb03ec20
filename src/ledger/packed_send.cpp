#include "ledger/packed_send.hpp"

#include "packledger/ledger/result.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace packledger {
namespace {

constexpr std::size_t number_bytes_max = 10;  // of 64 bits, seven in each
constexpr std::size_t length_bytes = 2;       // of a body below length_long_from
constexpr std::size_t length_long_bytes = 4;
constexpr std::size_t length_long_from = std::size_t{1} << 14U;

// Writes into room that was measured before.
class Packer {
 public:
  explicit Packer(char* at) : at_(at) {}

  void number(std::uint64_t value) {
    while (value >= 0x80) {
      *at_++ = static_cast<char>(value | 0x80U);
      value >>= 7U;
    }
    *at_++ = static_cast<char>(value);
  }
  void signed_number(std::int64_t value) {
    number((static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63U));
  }
  void text(std::string_view value) {
    number(value.size());
    std::memcpy(at_, value.data(), value.size());
    at_ += value.size();
  }
  [[nodiscard]] char* at() const { return at_; }

 private:
  char* at_;
};

// Reads what may be anything: past the end and of what is no number it gives zeros, and says so.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; at_ < bytes_.size() && shift < 64; shift += 7) {
      const auto digit = static_cast<unsigned char>(bytes_[at_++]);
      value |= std::uint64_t{digit & 0x7FU} << shift;
      if (digit < 0x80) return value;
    }
    whole_ = false;
    return 0;
  }
  std::int64_t signed_number() {
    const std::uint64_t value = number();
    return static_cast<std::int64_t>(value >> 1U) ^ -static_cast<std::int64_t>(value & 1U);
  }
  // Differences wrap: of damaged bytes they may be anything.
  std::int64_t before(std::int64_t from) {
    const auto difference = static_cast<std::uint64_t>(signed_number());
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(from) - difference);
  }
  std::string_view text() {
    const std::size_t size = number();
    if (size > bytes_.size() - at_) {
      whole_ = false;
      return {};
    }
    const std::string_view value = bytes_.substr(at_, size);
    at_ += size;
    return value;
  }
  // How many things follow, of at least two bytes each.
  std::size_t count() {
    const std::uint64_t value = number();
    if (value <= (bytes_.size() - at_) / 2) return value;
    whole_ = false;
    return 0;
  }
  [[nodiscard]] bool whole() const { return whole_; }
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] bool ended() const { return whole_ && at_ == bytes_.size(); }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  bool whole_ = true;
};

enum Flag : std::uint64_t { billable = 1, has_occurred = 2, has_counter = 4, has_volume = 8 };

void pack_counter(Packer& out, const CounterMove& move) {
  out.signed_number(move.month.index);
  out.signed_number(move.units.value);
  if (!move.volume_price) return;
  out.signed_number(move.volume_price->micros);
  out.signed_number(move.adjustment.micros);
  out.signed_number(move.volume_from.ms);
}

CounterMove unpacked_counter(Unpacker& in, bool volume) {
  CounterMove move;
  move.month.index = static_cast<std::int32_t>(in.signed_number());
  move.units.value = in.signed_number();
  if (!volume) return move;
  move.volume_price = Price{in.signed_number()};
  move.adjustment.micros = in.signed_number();
  move.volume_from.ms = in.signed_number();
  return move;
}

std::uint64_t flags_of(const SendTaken& send) {
  const auto& counter = send.decided.counter;
  return (send.asked.billable ? billable : 0U) | (send.asked.occurred_at ? has_occurred : 0U) |
         (counter ? has_counter : 0U) | (counter && counter->volume_price ? has_volume : 0U);
}

// The same number in more bytes than it needs.
void write_length(char* at, std::size_t length, std::size_t bytes) {
  for (std::size_t i = 0; i + 1 < bytes; ++i, length >>= 7U)
    *at++ = static_cast<char>(length | 0x80U);
  *at = static_cast<char>(length & 0x7FU);
}

std::size_t body_bytes_max(const SendTaken& send) {
  constexpr std::size_t numbers = 18;  // all but those of lines and charges
  const std::size_t lines = send.decided.lines.size() + send.decided.charges.size();
  return send.asked.send.size() + send.asked.destination.text().size() +
         (numbers + 2 * lines) * number_bytes_max;
}

}  // namespace

std::size_t packed_bytes_max(const SendTaken& send) {
  return length_long_bytes + body_bytes_max(send);
}

std::size_t pack(const SendTaken& send, char* bytes) {
  const bool is_long = body_bytes_max(send) >= length_long_from;
  char* const body = bytes + (is_long ? length_long_bytes : length_bytes);
  Packer out(body);
  out.signed_number(send.forget_at.ms);
  out.number(send.account.value);
  out.text(send.asked.send);
  out.number(send.sequence.value);
  out.signed_number((send.forget_at - send.recorded_at).ms);
  out.signed_number((send.forget_at - send.reversible_until).ms);
  out.signed_number(send.asked.units.value);
  out.text(send.asked.destination.text());
  out.number(std::to_underlying(send.asked.type));
  out.number(flags_of(send));
  if (send.asked.occurred_at) out.signed_number((send.recorded_at - *send.asked.occurred_at).ms);
  out.number(send.decided.lines.size());
  for (const PackageLine& line : send.decided.lines) {
    out.number(line.package.value);
    out.signed_number(line.units.value);
  }
  out.number(send.decided.charges.size());
  for (const ChargeLine& line : send.decided.charges) {
    out.signed_number(line.units.value);
    out.signed_number(line.unit_price.micros);
  }
  if (send.decided.counter) pack_counter(out, *send.decided.counter);
  const auto length = static_cast<std::size_t>(out.at() - body);
  write_length(bytes, length, static_cast<std::size_t>(body - bytes));
  return static_cast<std::size_t>(out.at() - bytes);
}

std::optional<PackedBody> packed_body(std::string_view bytes) {
  Unpacker in(bytes);
  const std::string_view body = in.text();
  if (!in.whole()) return std::nullopt;
  return PackedBody{.body = body, .bytes = in.at()};
}

std::optional<SendRecord> unpacked(std::string_view body) {
  Unpacker in(body);
  SendRecord record;
  record.forget_at.ms = in.signed_number();
  record.account.value = in.number();
  record.asked.send = in.text();
  record.sequence.value = in.number();
  record.recorded_at.ms = in.before(record.forget_at.ms);
  record.reversible_until.ms = in.before(record.forget_at.ms);
  record.asked.units.value = in.signed_number();
  const std::string_view country = in.text();
  if (country.size() != record.asked.destination.code.size()) return std::nullopt;
  record.asked.destination.code = {country[0], country[1]};
  record.asked.type = static_cast<TemplateType>(in.number());
  const std::uint64_t flags = in.number();
  record.asked.billable = (flags & billable) != 0;
  if ((flags & has_occurred) != 0)
    record.asked.occurred_at = Instant{in.before(record.recorded_at.ms)};
  record.decided.lines.resize(in.count());
  for (PackageLine& line : record.decided.lines) {
    line.package.value = in.number();
    line.units.value = in.signed_number();
  }
  record.decided.charges.resize(in.count());
  for (ChargeLine& line : record.decided.charges) {
    line.units.value = in.signed_number();
    line.unit_price.micros = in.signed_number();
  }
  if ((flags & has_counter) != 0)
    record.decided.counter = unpacked_counter(in, (flags & has_volume) != 0);
  if (!in.ended()) return std::nullopt;
  return record;
}

std::optional<PackedHead> packed_head(std::string_view body) {
  Unpacker in(body);
  PackedHead head;
  head.forget_at.ms = in.signed_number();
  head.account.value = in.number();
  head.send = in.text();
  head.sequence.value = in.number();
  if (!in.whole()) return std::nullopt;
  return head;
}

// ---- reversals ----

void pack(const PackedReversal& reversal, std::string& bytes) {
  const std::size_t before = bytes.size();
  const std::string& name = reversal.reversal.name;
  bytes.resize(before + name.size() + 5 * number_bytes_max);
  Packer out(bytes.data() + before);
  out.number(reversal.send.value);
  out.signed_number(reversal.forget_at.ms);
  out.text(name);
  out.signed_number(reversal.reversal.units.value);
  out.number(reversal.reversal.sequence.value);
  bytes.resize(static_cast<std::size_t>(out.at() - bytes.data()));
}

std::optional<PackedReversal> take_reversal(std::string_view& bytes) {
  Unpacker in(bytes);
  PackedReversal taken;
  taken.send.value = in.number();
  taken.forget_at.ms = in.signed_number();
  taken.reversal.name = in.text();
  taken.reversal.units.value = in.signed_number();
  taken.reversal.sequence.value = in.number();
  if (!in.whole()) return std::nullopt;
  bytes.remove_prefix(in.at());
  return taken;
}

// ---- generations ----

void pack(const SendGeneration& generation, std::string& bytes) {
  const std::size_t before = bytes.size();
  bytes.resize(before + (4 + 4 * generation.hours.size()) * number_bytes_max);
  Packer out(bytes.data() + before);
  out.number(generation.first.value);
  out.number(generation.last.value);
  out.number(generation.records);
  out.number(generation.hours.size());
  for (const auto& [hour, sum] : generation.hours) {
    out.signed_number(hour);
    out.number(sum.records);
    out.number(sum.low);
    out.number(sum.high);
  }
  bytes.resize(static_cast<std::size_t>(out.at() - bytes.data()));
}

std::optional<SendGeneration> unpacked_generation(std::string_view bytes) {
  Unpacker in(bytes);
  SendGeneration generation;
  generation.first.value = in.number();
  generation.last.value = in.number();
  generation.records = in.number();
  generation.hours.resize(in.count());
  for (auto& [hour, sum] : generation.hours) {
    hour = in.signed_number();
    sum.records = in.number();
    sum.low = in.number();
    sum.high = in.number();
  }
  const bool rises =
      std::ranges::is_sorted(generation.hours, {}, &std::pair<std::int64_t, SendSum>::first);
  if (!in.ended() || generation.hours.empty() || !rises) return std::nullopt;
  return generation;
}

}  // namespace packledger
