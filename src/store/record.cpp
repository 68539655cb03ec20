#include "store/record.hpp"

#include "wire/entry_codec.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <memory>
#include <utility>

namespace packledger {
namespace {

// Where each member of the header stands; numbers are little-endian.
constexpr std::string_view magic = "PLJ1";
constexpr std::size_t count_at = 4;         // u32
constexpr std::size_t first_at = 8;         // u64
constexpr std::size_t epoch_at = 16;        // u64
constexpr std::size_t recorded_at_at = 24;  // i64, ms UTC
constexpr std::size_t previous_at = 32;     // 32 bytes
constexpr std::size_t hash_at = 64;         // 32 bytes, to the end of the header
constexpr std::size_t key_bytes = 8;
constexpr std::int64_t recorded_ms_max = std::int64_t{1} << 53U;  // as of every stored instant

template <class Number> void put(std::string& out, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i)
    out.push_back(static_cast<char>(static_cast<std::uint64_t>(number) >> 8U * i));
}

template <class Number> Number number_at(std::string_view bytes, std::size_t at) {
  std::uint64_t number = 0;
  for (std::size_t i = sizeof(Number); i-- > 0;)
    number = number << 8U | static_cast<std::uint8_t>(bytes[at + i]);
  return static_cast<Number>(number);
}

ChainHash hash_in(std::string_view bytes, std::size_t at) {
  ChainHash hash;
  std::memcpy(hash.data(), bytes.data() + at, hash.size());
  return hash;
}

// Over the header without its hash, then the body.
ChainHash hash_of(std::string_view record) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  ENSURE(context != nullptr, "OpenSSL has memory for a digest");
  const std::string_view body = record.substr(record_header_bytes);
  ChainHash hash;
  unsigned size = 0;
  const bool hashed = EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1 &&
                      EVP_DigestUpdate(context.get(), record.data(), hash_at) == 1 &&
                      EVP_DigestUpdate(context.get(), body.data(), body.size()) == 1 &&
                      EVP_DigestFinal_ex(context.get(), hash.data(), &size) == 1;
  ENSURE(hashed && size == hash.size(), "OpenSSL knows SHA-256");
  return hash;
}

std::unexpected<Fault> corrupt(Sequence first, std::size_t offset, const std::string& what) {
  return std::unexpected{Fault{JournalFault::corrupt, "record of sequence " +
                                                          std::to_string(first.value) + ", byte " +
                                                          std::to_string(offset) + ": " + what}};
}

void ensure_batch(const ChainLink& before, std::uint64_t epoch, std::span<const Entry> entries) {
  ENSURE(!entries.empty(), "a batch has at least one entry");
  ENSURE(epoch >= before.epoch && epoch > 0, "epochs do not go back");
  const Instant at = entries.front().recorded_at;
  ENSURE(at >= before.recorded_at, "the journal's time does not go back");
  ENSURE(at.ms <= recorded_ms_max, "the journal's time can be stored");
  Sequence sequence = before.sequence;
  for (const Entry& entry : entries) {
    sequence = next(sequence);
    ENSURE(entry.sequence == sequence, "entries are numbered without gaps");
    ENSURE(entry.recorded_at == at, "the entries of a batch are recorded at one instant");
  }
}

}  // namespace

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char each : bytes) {
    const auto byte = static_cast<unsigned char>(each);
    text.push_back(digits[byte >> 4U]);
    text.push_back(digits[byte & 0xFU]);
  }
  return text;
}

std::string hex(const ChainHash& hash) {
  return hex({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

JournalHead head_of(const ChainLink& link) { return {link.sequence, link.epoch, hex(link.hash)}; }

std::string record_key(Sequence first) {
  std::string key;
  put(key, std::byteswap(first.value));
  return key;
}

Result<Record, Fault> make_record(const ChainLink& before, std::uint64_t epoch,
                                  std::span<const Entry> entries) {
  ensure_batch(before, epoch, entries);
  const auto count = static_cast<std::uint32_t>(entries.size());
  const Sequence first = next(before.sequence);
  Record record{record_key(first), std::string(magic), {}};
  put(record.value, count);
  put(record.value, first.value);
  put(record.value, epoch);
  put(record.value, entries.front().recorded_at.ms);
  record.value.append(before.hash.begin(), before.hash.end());
  record.value.append(before.hash.size(), '\0');
  encode_entries(entries, record.value);
  if (record.value.size() > record_bytes_max || count != entries.size()) {
    return std::unexpected{
        Fault{JournalFault::unavailable, "a batch of " + std::to_string(record.value.size()) +
                                             " bytes exceeds the largest record, " +
                                             std::to_string(record_bytes_max) + " bytes"}};
  }
  const ChainHash hash = hash_of(record.value);
  std::ranges::copy(hash, record.value.begin() + hash_at);
  record.link = {entries.back().sequence, epoch, entries.front().recorded_at, hash};
  return record;
}

Result<RecordView, Fault> read_record(std::string_view key, std::string_view value) {
  if (key.size() != key_bytes) {
    return std::unexpected{
        Fault{JournalFault::corrupt,
              "a record's key has " + std::to_string(key.size()) + " bytes, not 8"}};
  }
  const Sequence first{std::byteswap(number_at<std::uint64_t>(key, 0))};
  if (value.size() < record_header_bytes) return corrupt(first, value.size(), "ends in its header");
  if (value.size() > record_bytes_max) return corrupt(first, record_bytes_max, "is too long");
  if (!value.starts_with(magic)) return corrupt(first, 0, "does not begin with PLJ1");
  const ChainHash hash = hash_of(value);
  if (hash != hash_in(value, hash_at)) return corrupt(first, hash_at, "its hash is another one");
  RecordView view;
  view.first = Sequence{number_at<std::uint64_t>(value, first_at)};
  view.count = number_at<std::uint32_t>(value, count_at);
  view.previous = hash_in(value, previous_at);
  view.body = value.substr(record_header_bytes);
  const Instant at{number_at<std::int64_t>(value, recorded_at_at)};
  const auto epoch = number_at<std::uint64_t>(value, epoch_at);
  if (view.first != first) return corrupt(first, first_at, "is stored under another sequence");
  if (first.value == 0) return corrupt(first, first_at, "begins before the first sequence");
  if (epoch == 0) return corrupt(first, epoch_at, "has no epoch");
  if (at.ms > recorded_ms_max || at.ms < -recorded_ms_max)
    return corrupt(first, recorded_at_at, "was recorded out of range");
  const auto count = count_entries(view.body);
  if (!count)
    return corrupt(first, record_header_bytes + count.error().offset, count.error().detail);
  if (*count != view.count || view.count == 0)
    return corrupt(first, count_at, "does not hold as many entries as it says");
  if (first.value > std::numeric_limits<std::uint64_t>::max() - view.count)
    return corrupt(first, first_at, "ends behind the last sequence");
  view.link = {Sequence{first.value + view.count - 1}, epoch, at, hash};
  return view;
}

Result<void, Fault> follows(const RecordView& record, const ChainLink& before) {
  if (record.first != next(before.sequence)) {
    return corrupt(record.first, first_at,
                   "follows sequence " + std::to_string(before.sequence.value) +
                       ": what belongs between them is missing");
  }
  if (record.previous != before.hash)
    return corrupt(record.first, previous_at, "does not continue the chain of the record before");
  if (record.link.epoch < before.epoch)
    return corrupt(record.first, epoch_at, "is of an earlier epoch than the record before");
  if (record.link.recorded_at < before.recorded_at)
    return corrupt(record.first, recorded_at_at, "was recorded before the record before");
  return {};
}

Fault fenced(Sequence after, Sequence last) {
  return {JournalFault::fenced, "append after sequence " + std::to_string(after.value) +
                                    ", but the last is " + std::to_string(last.value) +
                                    ": another writer was here"};
}

Result<bool, Fault> visit_entries(const RecordView& record, Sequence from,
                                  const Journal::Visit& visit) {
  const auto visited =
      decode_entries(record.body, {record.first, record.link.recorded_at, from}, visit);
  if (visited) return *visited;
  return corrupt(record.first, record_header_bytes + visited.error().offset,
                 visited.error().detail);
}

}  // namespace packledger
