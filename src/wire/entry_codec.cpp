#include "wire/entry_codec.hpp"

#include "wire/entry_format.hpp"

#include <cstddef>
#include <utility>
#include <variant>

namespace packledger {
namespace {

constexpr std::uint64_t entries_field = 1;  // of Record

// The fields before the oneof.
template <class F> void describe_head(F& f, Ref<F, Entry> entry) {
  f.field(1, entry.input.account);
  std::uint64_t distance =
      entry.caused_by.value == 0 ? 0 : entry.sequence.value - entry.caused_by.value;
  f.field(2, distance);
  if constexpr (F::reading) {
    entry.caused_by = Sequence{distance == 0 ? 0 : entry.sequence.value - distance};
  }
  f.check(entry.caused_by.value == 0 ? distance == 0 : distance < entry.sequence.value,
          "an entry's cause is not before it");
  f.bytes(3, entry.input.key);
  f.check(entry.input.key.size() <= key_bytes_max, "an idempotency key is too long");
}

template <class F> void check_account(F& f, const Input& input) {
  f.check((input.account.value == 0) == about_no_account(input.what),
          "an entry's account is missing or too much");
}

void write(FieldWriter& f, const Entry& entry) {
  describe_head(f, entry);
  check_account(f, entry.input);
  std::visit(
      [&]<class Asked>(const Asked& asked) {
        using Kind = EntryKind<Asked>;
        const auto* decided = std::get_if<typename Kind::Decided>(&entry.decision);
        ENSURE(decided != nullptr, "an input has the decision of its kind");
        f.message(Kind::field, [&](FieldWriter& inside) {
          describe_kind(inside, asked, *decided, entry.recorded_at);
        });
      },
      entry.input.what);
}

template <class Asked> bool read_kind(FieldReader& f, Entry& entry) {
  using Kind = EntryKind<Asked>;
  if (f.next() != Kind::field) return false;
  auto& asked = entry.input.what.emplace<Asked>();
  auto& decided = entry.decision.emplace<typename Kind::Decided>();
  f.message(Kind::field,
            [&](FieldReader& inside) { describe_kind(inside, asked, decided, entry.recorded_at); });
  return true;
}

template <std::size_t... kinds>
bool read_any_kind(FieldReader& f, Entry& entry, std::index_sequence<kinds...>) {
  return (read_kind<std::variant_alternative_t<kinds, What>>(f, entry) || ...);
}

void read(FieldReader& f, Entry& entry) {
  describe_head(f, entry);
  const bool known = read_any_kind(f, entry, std::make_index_sequence<std::variant_size_v<What>>{});
  f.check(known || f.next() != 0, "an entry has no input");
  f.check(known, "an entry's input is of a kind that only a newer release knows");
  check_account(f, entry.input);
  f.finish();
}

}  // namespace

void encode_entry(const Entry& entry, std::string& out) {
  FieldWriter writer(out);
  write(writer, entry);
}

Result<Entry, WireFault> decode_entry(std::string_view bytes, Sequence sequence,
                                      Instant recorded_at) {
  Entry entry;
  entry.sequence = sequence;
  entry.recorded_at = recorded_at;
  FieldReader::Outcome outcome{bytes, {}};
  FieldReader reader(outcome, bytes);
  read(reader, entry);
  if (outcome.fault) return std::unexpected{*outcome.fault};
  return entry;
}

void encode_entries(std::span<const Entry> entries, std::string& out) {
  FieldWriter writer(out);
  for (const Entry& entry : entries)
    writer.message(entries_field, [&](FieldWriter& inside) { write(inside, entry); });
}

Result<std::uint64_t, WireFault> count_entries(std::string_view record) {
  FieldReader::Outcome outcome{record, {}};
  FieldReader reader(outcome, record);
  std::uint64_t count = 0;
  for (; reader.next() == entries_field; ++count) (void)reader.one_message(entries_field);
  reader.finish();
  if (outcome.fault) return std::unexpected{*outcome.fault};
  return count;
}

Result<bool, WireFault> decode_entries(std::string_view record, const EntriesPlace& place,
                                       const EntryVisit& visit) {
  FieldReader::Outcome outcome{record, {}};
  FieldReader reader(outcome, record);
  for (Sequence s = place.first; reader.next() == entries_field; s = next(s)) {
    const std::string_view message = reader.one_message(entries_field);
    if (outcome.fault) break;
    if (s < place.from) continue;
    auto entry = decode_entry(message, s, place.recorded_at);
    if (!entry) {
      entry.error().offset += static_cast<std::size_t>(message.data() - record.data());
      return std::unexpected{std::move(entry.error())};
    }
    if (!visit(*entry)) return false;
  }
  reader.finish();
  if (outcome.fault) return std::unexpected{*outcome.fault};
  return true;
}

}  // namespace packledger
