// FieldWriter and FieldReader: protobuf's wire format, written and read by hand. Both have the same
// words, so that one description of a message serves both ways (entry_format.hpp).
//
// Owner: wire. Values, one thread each.
// Invariants:
//  1. Only the canonical form is read (see proto/packledger/v1/entry.proto): what is read, written
//     again, gives the same bytes.
//  2. The reader allocates only for what it has read, and never fails twice: after the first fault
//     everything is absent and nothing is stored.
//  3. The writer writes nothing that the reader refuses; it aborts instead.
#pragma once

#include "packledger/ledger/name.hpp"
#include "packledger/ledger/result.hpp"
#include "packledger/ledger/seldom.hpp"
#include "wire/scalar_codec.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

struct WireFault {
  std::size_t offset = 0;  // in the bytes given
  std::string detail;      // "field 4 is missing"
  friend bool operator==(const WireFault&, const WireFault&) = default;
};

namespace wire_format {
inline constexpr std::uint64_t varint = 0;
inline constexpr std::uint64_t bytes = 2;
inline constexpr std::size_t varint_bytes_max = 10;
}  // namespace wire_format

class FieldWriter {
 public:
  static constexpr bool reading = false;
  template <class T> using Ref = const T&;

  explicit FieldWriter(std::string& out) : out_(out) {}

  static void check(bool holds, const char* promise) { ENSURE(holds, promise); }
  [[nodiscard]] static bool good() { return true; }

  // A number that is not written where it is zero.
  template <class T> void field(std::uint64_t number, const T& value) {
    if (const std::uint64_t n = number_of(value); n != 0) put_number(number, n);
  }
  // A number that may be absent.
  template <class T> void field(std::uint64_t number, const std::optional<T>& value) {
    if (value) put_number(number, number_of(*value));
  }
  void text(std::uint64_t number, std::string_view text);  // UTF-8, not written where empty
  void texts(std::uint64_t number, const std::vector<std::string>& texts);  // none of them empty
  void bytes(std::uint64_t number, std::string_view bytes);
  // A message that is always there.
  template <class Inside> void message(std::uint64_t number, const Inside& inside) {
    put_varint(number << 3U | wire_format::bytes);
    const std::size_t start = out_.size();
    out_.push_back('\0');
    inside(*this);
    close(start);
  }
  template <class T, class Inside>
  void message(std::uint64_t number, const std::optional<T>& value, const Inside& inside) {
    if (value) message(number, [&](FieldWriter& f) { inside(f, *value); });
  }
  template <class T, class Inside>
  void message(std::uint64_t number, const Seldom<T>& value, const Inside& inside) {
    if (value) message(number, [&](FieldWriter& f) { inside(f, *value); });
  }
  template <class List, class Inside>
  void messages(std::uint64_t number, const List& values, const Inside& inside) {
    for (const auto& value : values) message(number, [&](FieldWriter& f) { inside(f, value); });
  }
  // Repeated numbers; `each` says item() once or more for each value.
  template <class List, class Each>
  void packed(std::uint64_t number, const List& values, const Each& each) {
    if (values.empty()) return;
    message(number, [&](FieldWriter& f) {
      for (const auto& value : values) each(f, value);
    });
  }
  template <class T> void item(const T& value) { put_varint(number_of(value)); }

 private:
  template <class T> static std::uint64_t number_of(const T& value) {
    const std::uint64_t number = Scalar<T>::write(value);
    T again{};
    ENSURE(Scalar<T>::read(number, again) && again == value, "what is stored can be read");
    return number;
  }
  void put_varint(std::uint64_t value) {
    if (value < 0x80) {
      out_.push_back(static_cast<char>(value));
    } else {
      put_long_varint(value);
    }
  }
  void put_long_varint(std::uint64_t value);
  void put_number(std::uint64_t number, std::uint64_t value) {
    put_varint(number << 3U | wire_format::varint);
    put_varint(value);
  }
  // Sets the length of what was written behind out_[start].
  void close(std::size_t start) {
    const std::size_t length = out_.size() - start - 1;
    if (length < 0x80) {
      out_[start] = static_cast<char>(length);
    } else {
      close_long(start, length);
    }
  }
  void close_long(std::size_t start, std::size_t length);  // moves what was written

  std::string& out_;
};

class FieldReader {
 public:
  static constexpr bool reading = true;
  template <class T> using Ref = T&;

  // The first fault, of this reader and of those for the messages inside.
  struct Outcome {
    std::string_view whole;
    std::optional<WireFault> fault;
  };
  FieldReader(Outcome& outcome, std::string_view part);

  void check(bool holds, const char* promise) {
    if (!holds) fail(promise);
  }
  [[nodiscard]] bool good() const { return !outcome_.fault; }
  // The number of the field that comes next; 0 at the end.
  [[nodiscard]] std::uint64_t next() const { return next_; }
  // Nothing may be left.
  void finish();

  template <class T> void field(std::uint64_t number, T& value) {
    std::uint64_t n = 0;
    if (next_ == number) {
      n = take_number();
      if (n == 0) fail_field(number, "is written, but zero");
    }
    if (!Scalar<T>::read(n, value)) fail_field(number, n == 0 ? "is missing" : "is out of range");
  }
  template <class T> void field(std::uint64_t number, std::optional<T>& value) {
    value.reset();
    if (next_ != number) return;
    if (!Scalar<T>::read(take_number(), value.emplace())) fail_field(number, "is out of range");
  }
  void text(std::uint64_t number, std::string& text);
  void text(std::uint64_t number, Name& text);
  void texts(std::uint64_t number, std::vector<std::string>& texts);
  void bytes(std::uint64_t number, std::string& bytes);
  template <class Inside> void message(std::uint64_t number, const Inside& inside) {
    if (next_ != number) return fail_field(number, "is missing");
    FieldReader reader(outcome_, take_bytes());
    inside(reader);
    reader.finish();
    if (!good()) next_ = 0;
  }
  template <class T, class Inside>
  void message(std::uint64_t number, std::optional<T>& value, const Inside& inside) {
    value.reset();
    if (next_ != number) return;
    message(number, [&](FieldReader& f) { inside(f, value.emplace()); });
  }
  template <class T, class Inside>
  void message(std::uint64_t number, Seldom<T>& value, const Inside& inside) {
    value.reset();
    if (next_ != number) return;
    message(number, [&](FieldReader& f) { inside(f, value.emplace()); });
  }
  template <class List, class Inside>
  void messages(std::uint64_t number, List& values, const Inside& inside) {
    values.clear();
    repeats_ = number;
    while (next_ == number)
      message(number, [&](FieldReader& f) { inside(f, values.emplace_back()); });
    repeats_ = 0;
  }
  // The bytes of the next of many messages, unread.
  [[nodiscard]] std::string_view one_message(std::uint64_t number) {
    repeats_ = number;
    return take_bytes();
  }
  template <class List, class Each>
  void packed(std::uint64_t number, List& values, const Each& each) {
    values.clear();
    if (next_ != number) return;
    const std::string_view items = take_bytes();
    if (items.empty()) return fail_field(number, "is written, but empty");
    FieldReader reader(outcome_, items, Packed{});
    while (!reader.at_end()) each(reader, values.emplace_back());
    if (!good()) next_ = 0;
  }
  template <class T> void item(T& value) {
    if (at_end()) return fail("a packed field ends in the middle of an item");
    if (!Scalar<T>::read(take_varint(), value)) fail("a packed number is out of range");
  }

 private:
  struct Packed {};
  FieldReader(Outcome& outcome, std::string_view part, Packed) : outcome_(outcome), rest_(part) {}

  [[nodiscard]] bool at_end() const { return !good() || rest_.empty(); }
  void fail(const char* detail);
  void fail_field(std::uint64_t number, const char* what);
  void advance();  // to the next tag
  [[nodiscard]] std::uint64_t take_varint() {
    if (rest_.empty() || static_cast<std::uint8_t>(rest_[0]) >= 0x80) return take_long_varint();
    const auto value = static_cast<std::uint8_t>(rest_[0]);
    rest_.remove_prefix(1);
    return value;
  }
  [[nodiscard]] std::uint64_t take_long_varint();
  [[nodiscard]] std::uint64_t take_number();    // of the next field, then advances
  [[nodiscard]] std::string_view take_bytes();  // of the next field, then advances

  Outcome& outcome_;
  std::string_view rest_;      // behind the tag of the next field
  std::uint64_t next_ = 0;     // number of the next field; 0 at the end and after a fault
  std::uint64_t type_ = 0;     // its wire type
  std::uint64_t before_ = 0;   // number of the field before it
  std::uint64_t repeats_ = 0;  // the field that may come again
};

}  // namespace packledger
