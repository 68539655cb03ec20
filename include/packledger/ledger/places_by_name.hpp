// PlacesByName: finds things by name in a list that only grows. Few are looked through; once there
// are many a table knows their places. `name_of` tells the name at a place of the list. Value, any
// thread.
#pragma once

#include "packledger/ledger/seldom.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace packledger {

class PlacesByName {
 public:
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name, std::size_t count,
                                                const auto& name_of) const {
    if (table_) {
      const auto found = table_->find(std::string{name});
      return found == table_->end() ? std::nullopt : std::optional{found->second};
    }
    for (std::size_t place = 0; place < count; ++place) {
      if (name_of(place) == name) return place;
    }
    return std::nullopt;
  }
  // To be told whenever the list has grown to `count`.
  void grown(std::size_t count, const auto& name_of) {
    if (count <= looked_through_max) return;
    if (!table_) table_.emplace();
    for (; known_ < count; ++known_) table_->emplace(name_of(known_), known_);
  }

 private:
  static constexpr std::size_t looked_through_max = 8;  // a line or two of memory for each

  Seldom<std::unordered_map<std::string, std::size_t>> table_;  // look-up only, never iterated
  std::size_t known_ = 0;                                       // places in the table
};

}  // namespace packledger
