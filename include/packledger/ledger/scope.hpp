// Scope: where a package or a tariff applies: destinations and template types (rules §3 R28 R29, §5
// R53). Values, any thread.
#pragma once

#include "packledger/ledger/few.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

// ISO 3166-1 alpha-2, two capital letters.
struct Country {
  std::array<char, 2> code{'Z', 'Z'};
  friend auto operator<=>(const Country&, const Country&) = default;
  [[nodiscard]] std::string_view text() const { return {code.data(), code.size()}; }
};
[[nodiscard]] std::optional<Country> parse_country(std::string_view text);
inline constexpr Country mainland{{'C', 'N'}};

// Everywhere ("*"), or a sorted set of countries without repeats.
struct Destinations {
  Few<Country, 6> countries;  // empty: everywhere
  friend bool operator==(const Destinations&, const Destinations&) = default;
  [[nodiscard]] bool everywhere() const { return countries.empty(); }
  [[nodiscard]] bool covers(Country country) const;
};

// The name of the pool of packages with these destinations: "CN", "ID+TH", "*".
[[nodiscard]] std::string pool_name(const Destinations& destinations);
// The destinations that such a name means; nothing if it is not one.
[[nodiscard]] std::optional<Destinations> parse_pool(std::string_view name);

// Stored in the journal: never renumber, never reuse.
enum class TemplateType : std::uint8_t { verification = 1, notification = 2, promotion = 3 };
[[nodiscard]] std::optional<TemplateType> parse_template(std::string_view text);
[[nodiscard]] std::string_view template_text(TemplateType type);

struct Templates {
  std::uint8_t bits = 0b1110;  // bit n is TemplateType n; all three at first
  friend bool operator==(Templates, Templates) = default;
  [[nodiscard]] bool covers(TemplateType type) const {
    return (bits >> static_cast<unsigned>(type) & 1U) != 0;
  }
};

struct Scope {
  Destinations destinations;
  Templates templates;
  friend bool operator==(const Scope&, const Scope&) = default;
  [[nodiscard]] bool covers(Country country, TemplateType type) const {
    return destinations.covers(country) && templates.covers(type);
  }
};

// Sends that are priced and counted together (rules §3 R29, §6 R62 R64): the mainland by class,
// every other country by itself. Ordered, so that counters can be listed.
struct RatingGroup {
  Country country;
  bool promotion = false;  // mainland only; industry otherwise
  friend auto operator<=>(const RatingGroup&, const RatingGroup&) = default;
};
[[nodiscard]] RatingGroup rating_group(Country country, TemplateType type);
[[nodiscard]] std::string group_text(const RatingGroup& group);  // "industry", "promotion", "TH"

}  // namespace packledger
