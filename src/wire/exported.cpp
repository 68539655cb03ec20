#include "wire/exported.hpp"

#include "wire/entry_codec.hpp"
#include "wire/entry_views.hpp"
#include "wire/json.hpp"
#include "wire/scalar_codec.hpp"
#include "wire/wire_cursor.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace packledger {
namespace {

// ---- base 64, as RFC 4648 §4 has it ----

constexpr std::string_view letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void append_base64(std::string& out, std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t taken = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = bits << 8U | (i < taken ? static_cast<std::uint8_t>(bytes[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i)
      out.push_back(i <= taken ? letters[bits >> (18U - 6U * i) & 63U] : '=');
  }
}

std::optional<std::string> base64(std::string_view text) {
  std::string bytes;
  if (text.size() % 4 != 0) return std::nullopt;
  for (std::size_t at = 0; at < text.size(); at += 4) {
    std::uint32_t bits = 0;
    std::size_t filled = 0;
    for (const char letter : text.substr(at, 4)) {
      const std::size_t value = letters.find(letter);
      const bool pads = letter == '=' && at + 4 == text.size();
      if (value == std::string_view::npos && !pads) return std::nullopt;
      if (!pads && filled > 0) return std::nullopt;  // behind what fills up
      filled += pads ? 1 : 0;
      bits = bits << 6U | static_cast<std::uint32_t>(pads ? 0 : value);
    }
    if (filled > 2) return std::nullopt;
    for (std::size_t i = 0; i < 3 - filled; ++i)
      bytes.push_back(static_cast<char>(bits >> (16U - 8U * i)));
  }
  return bytes;
}

// ---- lines ----

std::unexpected<ExportFault> refuse(std::string member, std::string detail) {
  return std::unexpected{ExportFault{std::move(member), std::move(detail)}};
}

Result<Sequence, ExportFault> sequence_in(const Json& line, std::string_view name) {
  const Json* const member = line.find(name);
  const auto number = member == nullptr ? std::nullopt : member->integer();
  if (!number || *number < 1) return refuse(std::string{name}, "expected a number from 1 on");
  return Sequence{static_cast<std::uint64_t>(*number)};
}

// As a person writes it, for a message.
std::string short_text(const Json& value) {
  constexpr std::size_t shown_max = 80;
  if (value.is_null()) return "null";
  if (const auto flag = value.flag()) return *flag ? "true" : "false";
  if (const auto number = value.integer()) return std::to_string(*number);
  if (const auto text = value.text()) return '"' + std::string{text->substr(0, shown_max)} + '"';
  if (value.is_array()) return "a list of " + std::to_string(value.elements().size());
  return value.is_object() ? "an object" : "a number with a fraction";
}

bool same_scalar(const Json& a, const Json& b) {
  return a.is_null() == b.is_null() && a.flag() == b.flag() && a.integer() == b.integer() &&
         a.text() == b.text() && a.is_array() == b.is_array() && a.is_object() == b.is_object();
}

// The first member in which they differ.
std::optional<ExportFault> difference(const Json& expected, const Json& found,
                                      const std::string& path) {
  if (!same_scalar(expected, found))
    return ExportFault{path, "expected " + short_text(expected) + ", got " + short_text(found)};
  const auto items = expected.elements();
  const auto others = found.elements();
  if (items.size() != others.size())
    return ExportFault{path, "expected " + short_text(expected) + ", got " + short_text(found)};
  for (std::size_t i = 0; i < items.size(); ++i) {
    auto fault = difference(items[i], others[i], path + "[" + std::to_string(i) + "]");
    if (fault) return fault;
  }
  const auto inner = [&path](std::string_view key) {
    std::string name = path;
    append_json_key(name, key);
    return name;
  };
  for (const JsonMember& member : expected.members()) {
    const Json* const other = found.find(member.key);
    if (other == nullptr)
      return ExportFault{inner(member.key),
                         "expected " + short_text(member.value) + ", is missing"};
    if (auto fault = difference(member.value, *other, inner(member.key))) return fault;
  }
  for (const JsonMember& member : found.members()) {
    if (expected.find(member.key) == nullptr)
      return ExportFault{inner(member.key), "nothing of that name is expected"};
  }
  return std::nullopt;
}

Result<Entry, ExportFault> decoded(std::string_view bytes, Sequence position, Instant recorded_at,
                                   const char* member) {
  auto entry = decode_entry(bytes, position, recorded_at);
  if (entry) return *std::move(entry);
  return refuse(member,
                "byte " + std::to_string(entry.error().offset) + ": " + entry.error().detail);
}

// ---- protobuf ----

// Field numbers of ExportedEntry.
constexpr std::uint32_t sequence_field = 1;
constexpr std::uint32_t recorded_at_field = 2;
constexpr std::uint32_t record_field = 3;
constexpr std::uint32_t entry_field = 4;

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) out.push_back(static_cast<char>(value | 0x80U));
  out.push_back(static_cast<char>(value));
}

void put_number(std::string& out, std::uint32_t field, std::uint64_t value) {
  put_varint(out, WireCursor::number(field));
  put_varint(out, value);
}

// ---- CSV ----

struct CsvLine {
  std::string_view kind;
  std::string_view send;
  Units units;
  std::string unit_price;  // empty where many prices are one
  Money amount;
};

void append_csv(std::string& out, const Entry& entry, const Names& names, const CsvLine& line) {
  const AccountId account = entry.input.account;
  out += std::to_string(entry.sequence.value) + ',' + instant_text(entry.recorded_at) + ',' +
         instant_text(occurred_at(entry)) + ',';
  out.append(names.account(account)).append(",").append(names.currency(account).text());
  out.append(",").append(line.kind).append(",").append(line.send).append(",");
  const auto* const send = std::get_if<SendRecorded>(&entry.input.what);
  if (send != nullptr) out += send->destination.text();
  out += ',' + std::to_string(line.units.value) + ',' + line.unit_price + ',' +
         money_text(line.amount) + '\n';
}

Money amount_of(const ChargeLine& line) {
  const auto amount = charge(line.unit_price, line.units);
  ENSURE(amount.has_value(), "what was charged fits");
  return *amount;
}

}  // namespace

void append_exported_line(std::string& out, const ExportedEntry& exported, const Names& names) {
  append_journal_line(out, exported.entry, names);
  ENSURE(out.ends_with('}'), "a line of the journal is an object");
  out.pop_back();
  out += ",\"record\":" + std::to_string(exported.record.value) + ",\"stored\":\"";
  std::string bytes;
  encode_entry(exported.entry, bytes);
  append_base64(out, bytes);
  out += "\"}";
}

Result<ExportedEntry, ExportFault> read_exported_line(std::string_view line) {
  const auto document = parse_json(line);
  if (!document) return refuse(document.error().path, document.error().detail);
  const Json& root = document->root();
  if (!root.is_object()) return refuse("", "expected an object");
  const auto position = sequence_in(root, "position");
  if (!position) return std::unexpected{position.error()};
  const auto record = sequence_in(root, "record");
  if (!record) return std::unexpected{record.error()};
  const Json* const time = root.find("recorded_at");
  const auto recorded_at =
      time == nullptr ? std::nullopt : parse_instant(time->text().value_or(""));
  if (!recorded_at) return refuse("recorded_at", "expected a time such as 2024-05-01T00:00:00Z");
  const Json* const stored = root.find("stored");
  const auto text = stored == nullptr ? std::nullopt : stored->text();
  if (!text) return refuse("stored", "expected the entry as it was stored, as export writes it");
  const auto bytes = base64(*text);
  if (!bytes) return refuse("stored", "expected base 64");
  auto entry = decoded(*bytes, *position, *recorded_at, "stored");
  if (!entry) return std::unexpected{std::move(entry.error())};
  return ExportedEntry{*std::move(entry), *record};
}

std::optional<ExportFault> contradiction(std::string_view line, const ExportedEntry& exported,
                                         const Names& names) {
  std::string right;
  append_exported_line(right, exported, names);
  if (right == line) return std::nullopt;
  const auto expected = parse_json(right);
  const auto found = parse_json(line);
  ENSURE(expected.has_value() && found.has_value(), "both were read before");
  return difference(expected->root(), found->root(), "");
}

void append_exported_message(std::string& out, const ExportedEntry& exported) {
  std::string message;
  put_number(message, sequence_field, exported.entry.sequence.value);
  put_number(message, recorded_at_field, zigzag(exported.entry.recorded_at.ms));
  put_number(message, record_field, exported.record.value);
  std::string entry;
  encode_entry(exported.entry, entry);
  put_varint(message, WireCursor::text(entry_field));
  put_varint(message, entry.size());
  message += entry;
  put_varint(out, message.size());
  out += message;
}

Result<ExportedEntry, ExportFault> read_exported_message(std::string_view message) {
  WireCursor cursor{message};
  std::array<std::uint64_t, 4> numbers{};  // by field
  std::string_view entry_bytes;
  while (!cursor.at_end()) {
    std::uint32_t tag = 0;
    if (!cursor.take_tag(tag)) return refuse("", "expected a message ExportedEntry");
    const std::uint32_t field = tag >> 3U;
    const bool numeric = field >= sequence_field && field <= record_field;
    bool taken = false;
    if (numeric && tag == WireCursor::number(field)) taken = cursor.take_varint(numbers[field]);
    if (tag == WireCursor::text(entry_field)) taken = cursor.take_bytes(entry_bytes);
    if (!taken) return refuse("", "expected a message ExportedEntry");
  }
  if (numbers[sequence_field] == 0) return refuse("sequence", "expected a number from 1 on");
  if (numbers[record_field] == 0) return refuse("record", "expected a number from 1 on");
  const Instant recorded_at{unzigzag(numbers[recorded_at_field])};
  if (recorded_at.ms > stored_ms_max || recorded_at.ms < -stored_ms_max)
    return refuse("recorded_at", "expected a time within 2^53 ms of 1970");
  auto entry = decoded(entry_bytes, Sequence{numbers[sequence_field]}, recorded_at, "entry");
  if (!entry) return std::unexpected{std::move(entry.error())};
  return ExportedEntry{*std::move(entry), Sequence{numbers[record_field]}};
}

std::string_view charges_csv_head() {
  return "position,recorded_at,occurred_at,account,currency,kind,send,destination,units,"
         "unit_price,amount\n";
}

void append_charges_csv(std::string& out, const Entry& entry, const Names& names) {
  const auto adjust = [&](const std::optional<CounterMove>& counter, std::string_view send) {
    if (!counter || counter->adjustment == Money{}) return;
    append_csv(out, entry, names, {"adjustment", send, Units{0}, "", counter->adjustment});
  };
  if (const auto* const send = std::get_if<SendRecorded>(&entry.input.what)) {
    const auto& decision = std::get<SendDecision>(entry.decision);
    for (const ChargeLine& line : decision.charges)
      append_csv(
          out, entry, names,
          {"charge", send->send.view(), line.units, money_text(line.unit_price), amount_of(line)});
    return adjust(decision.counter, send->send.view());
  }
  if (const auto* const back = std::get_if<SendReversed>(&entry.input.what)) {
    for (const ChargeLine& line : std::get<ReversalDecision>(entry.decision).charges)
      append_csv(out, entry, names,
                 {"reversal", back->send, line.units, money_text(line.unit_price),
                  Money{} - amount_of(line)});
    return;
  }
  if (const auto* const held = std::get_if<HoldEndDecision>(&entry.decision))
    adjust(held->counter, "");
}

}  // namespace packledger
