// Line: the words of one statement, taken from left to right as values of the ledger. The first
// thing that is wrong is kept and told; what is read after it is a default and means nothing.
//
// Owner: the Player, on its stack; one thread.
#pragma once

#include "packledger/ledger/money.hpp"
#include "packledger/ledger/time.hpp"
#include "packledger/ledger/units.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger::examples {

class Line {
 public:
  explicit Line(const std::vector<std::string>& words) : words_(words) {}

  [[nodiscard]] bool ended() const { return at_ == words_.size(); }
  // The next word without taking it; empty at the end.
  [[nodiscard]] std::string_view peek() const;
  // Takes the next word if it is this one.
  bool take(std::string_view word);

  std::string word(std::string_view what);
  Units units(std::string_view what);
  std::int64_t number(std::string_view what);
  Money money(std::string_view what);
  // "2024-05-01T00:00", with seconds, milliseconds, an offset or Z; +08:00 where none is written.
  Instant time(std::string_view what);
  Duration duration(std::string_view what);
  // "key=value"; what there is left of such words is the caller's to loop over.
  std::pair<std::string, std::string> pair(std::string_view what);
  // A quoted text with its repeats and code points written out: "a{158}€", "e\u{301}".
  std::string text(std::string_view what);

  void wrong(const std::string& detail);
  [[nodiscard]] const std::optional<std::string>& fault() const { return fault_; }

 private:
  template <class T> T parsed(std::optional<T> value, std::string_view what, std::string_view word);

  const std::vector<std::string>& words_;
  std::size_t at_ = 0;
  std::optional<std::string> fault_;
};

// The same readings of a bare word.
[[nodiscard]] std::optional<Instant> parse_time(std::string_view word);
[[nodiscard]] std::optional<std::int64_t> parse_number(std::string_view word);
[[nodiscard]] std::optional<std::string> parse_text(std::string_view quoted);
// The instant as the tables write it: local time of +08:00, "2024-05-01T00:00:00.000".
[[nodiscard]] std::string time_text(Instant t);

}  // namespace packledger::examples
