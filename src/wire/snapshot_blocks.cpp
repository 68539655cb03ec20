#include "wire/snapshot_blocks.hpp"

#include "wire/crc32c.hpp"
#include "wire/fields.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace packledger {
namespace {

constexpr std::string_view magic = "PLS1";  // the digit rises with what a reader must know
constexpr std::size_t header_bytes = 12;
constexpr std::size_t kind_at = 0;      // u32, little-endian as all numbers here
constexpr std::size_t length_at = 4;    // u32, of the body
constexpr std::size_t checksum_at = 8;  // u32
// The largest single thing is an account with a million packages, some 150 MB.
constexpr std::size_t body_bytes_max = std::size_t{1} << 30U;
constexpr std::size_t digest_digits = 32;

void put_number(std::string& out, std::uint64_t number, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<char>(number >> 8U * i));
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 4; i-- > 0;)
    number = number << 8U | static_cast<std::uint8_t>(bytes[at + i]);
  return number;
}

// Over the number of the block in its file, so that no two can change places, its kind, its length
// and its body.
std::uint32_t checksum_of(std::uint64_t index, std::string_view header, std::string_view body) {
  std::string place;
  put_number(place, index, 8);
  return crc32c(body, crc32c(header.substr(0, checksum_at), crc32c(place)));
}

struct End {
  std::uint64_t blocks = 0;  // before it
  std::uint64_t bytes = 0;
  std::uint64_t checksum = 0;  // of their checksums
  std::string digest;
};

template <class F> void describe_end(F& f, typename F::template Ref<End> end) {
  f.field(1, end.blocks);
  f.field(2, end.bytes);
  f.field(3, end.checksum);
  f.text(4, end.digest);
  f.check(end.digest.size() == digest_digits, "a digest has not 32 digits");
}

}  // namespace

// ---- writing ----

BlockWriter::BlockWriter(SnapshotSink sink) : sink_(std::move(sink)) { put(magic); }

void BlockWriter::put(std::string_view bytes) {
  good_ = good_ && sink_(bytes);
  bytes_ += bytes.size();
}

void BlockWriter::block(BlockKind kind, std::string_view body) {
  ENSURE(body.size() <= body_bytes_max, "a block is not that large");
  std::string header;
  put_number(header, std::to_underlying(kind), 4);
  put_number(header, body.size(), 4);
  put_number(header, checksum_of(blocks_, header, body), 4);
  put(header);
  put(body);
  chain_ = crc32c(std::string_view{header}.substr(checksum_at), chain_);
  ++blocks_;
}

void BlockWriter::end(std::string_view digest) {
  std::string body;
  FieldWriter writer(body);
  describe_end(
      writer,
      {.blocks = blocks_, .bytes = bytes_, .checksum = chain_, .digest = std::string{digest}});
  block(BlockKind::end, body);
}

// ---- reading ----

BlockReader::BlockReader(SnapshotSource source) : source_(std::move(source)) {}

SnapshotFault BlockReader::fault(std::size_t offset_in_body, const std::string& detail) const {
  return {SnapshotFault::Code::damaged,
          "byte " + std::to_string(begins_ + header_bytes + offset_in_body) + ": " + detail};
}

// A length that is not true must not cost more memory than there are bytes.
bool BlockReader::read(std::string& into, std::size_t bytes) {
  constexpr std::size_t step = std::size_t{1} << 20U;
  into.clear();
  while (into.size() < bytes) {
    const std::size_t before = into.size();
    const std::size_t wanted = std::min(step, bytes - before);
    into.resize(before + wanted);
    const std::size_t got = source_(into.data() + before, wanted);
    bytes_ += got;
    if (got < wanted) return false;
  }
  return true;
}

Result<void, SnapshotFault> BlockReader::read_magic() {
  const bool whole = read(header_, magic.size());
  if (whole && header_ == magic) return {};
  const bool other = whole && header_.starts_with(magic.substr(0, magic.size() - 1));
  return std::unexpected{
      SnapshotFault{SnapshotFault::Code::other_format,
                    other ? "byte 3: it is of another format than " + std::string{magic}
                          : "byte 0: it does not begin with " + std::string{magic}}};
}

Result<Block, SnapshotFault> BlockReader::next() {
  if (blocks_ == 0) {
    if (auto known = read_magic(); !known) return std::unexpected{known.error()};
  }
  begins_ = bytes_;
  const auto damaged = [this](const std::string& what) {
    return std::unexpected{SnapshotFault{
        SnapshotFault::Code::damaged,
        "block " + std::to_string(blocks_) + ", byte " + std::to_string(begins_) + ": " + what}};
  };
  if (!read(header_, header_bytes)) return damaged("the file ends in the head of a block");
  const std::uint32_t kind = number_at(header_, kind_at);
  const std::uint32_t length = number_at(header_, length_at);
  const std::uint32_t checksum = number_at(header_, checksum_at);
  if (length > body_bytes_max) return damaged("a block is too long");
  if (!read(body_, length)) return damaged("the file ends in a block");
  if (checksum != checksum_of(blocks_, header_, body_)) return damaged("a checksum is wrong");
  if (kind > std::to_underlying(BlockKind::end)) return damaged("a block is of no kind");
  if (kind == std::to_underlying(BlockKind::end)) {
    if (auto right = check_end(begins_); !right) return std::unexpected{right.error()};
  }
  chain_ = crc32c(std::string_view{header_}.substr(checksum_at), chain_);
  ++blocks_;
  return Block{static_cast<BlockKind>(kind), body_};
}

Result<void, SnapshotFault> BlockReader::check_end(std::uint64_t begins) {
  End end;
  FieldReader::Outcome outcome{body_, {}};
  FieldReader reader(outcome, body_);
  describe_end(reader, end);
  reader.finish();
  if (outcome.fault) return std::unexpected{fault(outcome.fault->offset, outcome.fault->detail)};
  if (end.blocks != blocks_ || end.bytes != begins || end.checksum != chain_)
    return std::unexpected{fault(0, "the end is that of another file")};
  std::array<char, 1> more{};
  if (source_(more.data(), more.size()) != 0)
    return std::unexpected{fault(body_.size(), "something follows behind the end")};
  digest_ = std::move(end.digest);
  return {};
}

}  // namespace packledger
