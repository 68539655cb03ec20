#include "ledger/packed_send.hpp"

#include "packledger/ledger/result.hpp"

#include <utility>

namespace packledger {
namespace {

// Numbers as base 128, low digits first; signed ones zigzag, so that small ones of either sign are
// short.
class Packer {
 public:
  explicit Packer(std::string& bytes) : bytes_(bytes) {}

  void number(std::uint64_t value) {
    while (value >= 0x80) {
      bytes_ += static_cast<char>(value | 0x80U);
      value >>= 7U;
    }
    bytes_ += static_cast<char>(value);
  }
  void signed_number(std::int64_t value) {
    number((static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63U));
  }
  void text(std::string_view value) {
    number(value.size());
    bytes_ += value;
  }

 private:
  std::string& bytes_;
};

class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      ENSURE(at_ < bytes_.size() && shift < 64, "packed numbers are whole");
      const auto digit = static_cast<unsigned char>(bytes_[at_++]);
      value |= std::uint64_t{digit & 0x7FU} << shift;
      if (digit < 0x80) return value;
    }
  }
  std::int64_t signed_number() {
    const std::uint64_t value = number();
    return static_cast<std::int64_t>(value >> 1U) ^ -static_cast<std::int64_t>(value & 1U);
  }
  std::string_view text() {
    const std::size_t size = number();
    ENSURE(size <= bytes_.size() - at_, "packed texts are whole");
    const std::string_view value = bytes_.substr(at_, size);
    at_ += size;
    return value;
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
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

std::uint64_t flags_of(const SendRecord& record) {
  const auto& counter = record.decided.counter;
  return (record.asked.billable ? billable : 0U) | (record.asked.occurred_at ? has_occurred : 0U) |
         (counter ? has_counter : 0U) | (counter && counter->volume_price ? has_volume : 0U);
}

}  // namespace

void pack(const SendRecord& record, std::string& bytes) {
  Packer out(bytes);
  out.signed_number(record.forget_at.ms);
  out.number(record.account.value);
  out.text(record.asked.send);
  out.number(record.sequence.value);
  out.signed_number((record.forget_at - record.recorded_at).ms);
  out.signed_number((record.forget_at - record.reversible_until).ms);
  out.signed_number(record.asked.units.value);
  out.text(record.asked.destination.text());
  out.number(std::to_underlying(record.asked.type));
  out.number(flags_of(record));
  if (record.asked.occurred_at)
    out.signed_number((record.recorded_at - *record.asked.occurred_at).ms);
  out.number(record.decided.lines.size());
  for (const PackageLine& line : record.decided.lines) {
    out.number(line.package.value);
    out.signed_number(line.units.value);
  }
  out.number(record.decided.charges.size());
  for (const ChargeLine& line : record.decided.charges) {
    out.signed_number(line.units.value);
    out.signed_number(line.unit_price.micros);
  }
  if (record.decided.counter) pack_counter(out, *record.decided.counter);
}

SendRecord unpacked(std::string_view bytes) {
  Unpacker in(bytes);
  SendRecord record;
  record.forget_at.ms = in.signed_number();
  record.account.value = in.number();
  record.asked.send = in.text();
  record.sequence.value = in.number();
  record.recorded_at = record.forget_at - Duration{in.signed_number()};
  record.reversible_until = record.forget_at - Duration{in.signed_number()};
  record.asked.units.value = in.signed_number();
  const std::string_view country = in.text();
  record.asked.destination.code = {country[0], country[1]};
  record.asked.type = static_cast<TemplateType>(in.number());
  const std::uint64_t flags = in.number();
  record.asked.billable = (flags & billable) != 0;
  if ((flags & has_occurred) != 0)
    record.asked.occurred_at = record.recorded_at - Duration{in.signed_number()};
  record.decided.lines.resize(in.number());
  for (PackageLine& line : record.decided.lines) {
    line.package.value = in.number();
    line.units.value = in.signed_number();
  }
  record.decided.charges.resize(in.number());
  for (ChargeLine& line : record.decided.charges) {
    line.units.value = in.signed_number();
    line.unit_price.micros = in.signed_number();
  }
  if ((flags & has_counter) != 0)
    record.decided.counter = unpacked_counter(in, (flags & has_volume) != 0);
  return record;
}

PackedHead packed_head(std::string_view bytes) {
  Unpacker in(bytes);
  PackedHead head;
  head.forget_at.ms = in.signed_number();
  head.account.value = in.number();
  head.send = in.text();
  return head;
}

}  // namespace packledger
