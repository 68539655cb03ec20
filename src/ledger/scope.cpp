#include "packledger/ledger/scope.hpp"

#include <algorithm>

namespace packledger {

std::optional<Country> parse_country(std::string_view text) {
  const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (text.size() != 2 || !std::ranges::all_of(text, capital)) return std::nullopt;
  return Country{{text[0], text[1]}};
}

bool Destinations::covers(Country country) const {
  return everywhere() || std::ranges::binary_search(countries, country);
}

std::string pool_name(const Destinations& destinations) {
  if (destinations.everywhere()) return "*";
  std::string name;
  for (const Country country : destinations.countries) {
    if (!name.empty()) name += '+';
    name += country.text();
  }
  return name;
}

std::optional<Destinations> parse_pool(std::string_view name) {
  Destinations destinations;
  if (name == "*") return destinations;
  for (std::size_t at = 0;; at += 3) {
    const auto country = parse_country(name.substr(at, 2));
    if (!country) return std::nullopt;
    const bool rising = destinations.countries.empty() || destinations.countries.back() < *country;
    if (!rising) return std::nullopt;
    destinations.countries.push_back(*country);
    if (at + 2 == name.size()) return destinations;
    if (name[at + 2] != '+') return std::nullopt;
  }
}

std::optional<TemplateType> parse_template(std::string_view text) {
  for (const auto type :
       {TemplateType::verification, TemplateType::notification, TemplateType::promotion}) {
    if (text == template_text(type)) return type;
  }
  return std::nullopt;
}

std::string_view template_text(TemplateType type) {
  switch (type) {
    case TemplateType::verification: return "verification";
    case TemplateType::notification: return "notification";
    case TemplateType::promotion: return "promotion";
  }
  return "";
}

RatingGroup rating_group(Country country, TemplateType type) {
  const bool promotion = country == mainland && type == TemplateType::promotion;
  return RatingGroup{.country = country, .promotion = promotion};
}

std::string group_text(const RatingGroup& group) {
  if (group.country != mainland) return std::string{group.country.text()};
  return group.promotion ? "promotion" : "industry";
}

}  // namespace packledger
