#include "wire/fields.hpp"

#include "packledger/ledger/utf8.hpp"

#include <array>

namespace packledger {

// ---- FieldWriter ----

namespace {

struct Varint {
  std::array<char, wire_format::varint_bytes_max> bytes{};
  std::size_t size = 0;
};

Varint varint_of(std::uint64_t value) {
  Varint varint;
  for (; value >= 0x80; value >>= 7U)
    varint.bytes[varint.size++] = static_cast<char>(value | 0x80U);
  varint.bytes[varint.size++] = static_cast<char>(value);
  return varint;
}

}  // namespace

void FieldWriter::put_long_varint(std::uint64_t value) {
  const Varint varint = varint_of(value);
  out_.append(varint.bytes.data(), varint.size);
}

void FieldWriter::close_long(std::size_t start, std::size_t length) {
  const Varint varint = varint_of(length);
  out_.replace(start, 1, varint.bytes.data(), varint.size);
}

void FieldWriter::text(std::uint64_t number, std::string_view text) {
  ENSURE(utf8_valid_bytes(text) == text.size(), "texts are UTF-8 where they come in");
  bytes(number, text);
}

void FieldWriter::texts(std::uint64_t number, const std::vector<std::string>& texts) {
  for (const std::string& one : texts) {
    ENSURE(!one.empty(), "a text among several says something");
    text(number, one);
  }
}

void FieldWriter::bytes(std::uint64_t number, std::string_view bytes) {
  if (bytes.empty()) return;
  put_varint(number << 3U | wire_format::bytes);
  put_varint(bytes.size());
  out_.append(bytes);
}

// ---- FieldReader ----

FieldReader::FieldReader(Outcome& outcome, std::string_view part) : outcome_(outcome), rest_(part) {
  advance();
}

void FieldReader::fail(const char* detail) {
  if (outcome_.fault) return;
  const auto offset = static_cast<std::size_t>(rest_.data() - outcome_.whole.data());
  outcome_.fault = WireFault{offset, detail};
  next_ = 0;
}

void FieldReader::fail_field(std::uint64_t number, const char* what) {
  if (outcome_.fault) return;
  fail(("field " + std::to_string(number) + " " + what).c_str());
}

void FieldReader::finish() {
  if (good() && next_ != 0)
    fail_field(next_, "is unknown here: written by a newer release, or not by us");
}

void FieldReader::advance() {
  before_ = next_;
  next_ = 0;
  if (at_end()) return;
  const std::uint64_t tag = take_varint();
  if (!good()) return;
  next_ = tag >> 3U;
  type_ = tag & 7U;
  if (next_ == 0) return fail("field 0");
  if (next_ < before_ || (next_ == before_ && repeats_ != next_)) {
    fail_field(next_, "is written twice or out of order");
  }
}

std::uint64_t FieldReader::take_long_varint() {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < wire_format::varint_bytes_max && i < rest_.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(rest_[i]);
    value |= std::uint64_t{byte & 0x7FU} << 7U * i;
    if (byte >= 0x80) continue;
    const bool longest = i + 1 == wire_format::varint_bytes_max;
    if ((byte == 0 && i > 0) || (longest && byte > 1)) break;
    rest_.remove_prefix(i + 1);
    return value;
  }
  fail("a number is cut off, too long or not in its shortest form");
  return 0;
}

std::uint64_t FieldReader::take_number() {
  if (type_ != wire_format::varint) {
    fail_field(next_, "is not a number");
    return 0;
  }
  const std::uint64_t value = take_varint();
  advance();
  return value;
}

std::string_view FieldReader::take_bytes() {
  if (type_ != wire_format::bytes) {
    fail_field(next_, "has no length");
    return {};
  }
  const std::uint64_t length = take_varint();
  if (good() && length > rest_.size()) fail_field(next_, "is cut off");
  if (!good()) return {};
  const std::string_view bytes = rest_.substr(0, length);
  rest_.remove_prefix(length);
  advance();
  return bytes;
}

void FieldReader::text(std::uint64_t number, std::string& text) {
  bytes(number, text);
  if (utf8_valid_bytes(text) != text.size()) fail_field(number, "is not UTF-8");
}

void FieldReader::text(std::uint64_t number, Name& text) {
  text = {};
  if (next_ != number) return;
  const std::string_view bytes = take_bytes();
  if (bytes.empty()) return fail_field(number, "is written, but empty");
  if (bytes.size() > name_bytes_max) return fail_field(number, "is longer than a name");
  if (utf8_valid_bytes(bytes) != bytes.size()) return fail_field(number, "is not UTF-8");
  text.assign(bytes);
}

void FieldReader::texts(std::uint64_t number, std::vector<std::string>& texts) {
  texts.clear();
  repeats_ = number;
  while (next_ == number) text(number, texts.emplace_back());
  repeats_ = 0;
}

void FieldReader::bytes(std::uint64_t number, std::string& bytes) {
  bytes.clear();
  if (next_ != number) return;
  const std::string_view stored = take_bytes();
  if (stored.empty()) return fail_field(number, "is written, but empty");
  bytes = stored;
}

}  // namespace packledger
