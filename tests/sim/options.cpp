#include "tests/sim/options.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace packledger::sim {

bool Options::flag(std::string_view name) { return std::erase(words_, name) > 0; }

std::string Options::text(std::string_view name, std::string otherwise) {
  const std::string with_value = std::string(name) + "=";
  for (std::size_t i = 0; i < words_.size();) {
    const bool apart = words_[i] == name;
    if (!apart && !words_[i].starts_with(with_value)) {
      ++i;
      continue;
    }
    if (apart && i + 1 == words_.size())
      throw BadOptions(std::string(name) + " needs a value behind it");
    otherwise = apart ? words_[i + 1] : words_[i].substr(with_value.size());
    const auto first = words_.begin() + static_cast<std::ptrdiff_t>(i);
    words_.erase(first, first + (apart ? 2 : 1));
  }
  return otherwise;
}

std::uint64_t Options::number(std::string_view name, std::uint64_t otherwise) {
  const std::string given = text(name, {});
  if (given.empty()) return otherwise;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
  if (error != std::errc{} || end != given.data() + given.size())
    throw BadOptions(std::string(name) + " needs a whole number, not \"" + given + "\"");
  return value;
}

void Options::expect_no_more() const {
  if (!words_.empty()) throw BadOptions("does not know \"" + words_.front() + "\"");
}

}  // namespace packledger::sim
