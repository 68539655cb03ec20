#include "app/zones.hpp"

#include "app/logging.hpp"
#include "app/standing_rule.hpp"
#include "wire/requests.hpp"

#include <date/tz.h>

#include <exception>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

namespace packledger {
namespace {

constexpr int year_first = 1990;
constexpr int year_last = 2099;  // a package may live for a century
constexpr std::size_t rule_bytes_max = 256;

date::sys_seconds new_year(int year) {
  return date::sys_days{date::year{year} / date::January / 1};
}

Instant instant_of(date::sys_seconds t) { return Instant{t.time_since_epoch().count() * 1'000}; }

// The last line of the zone's file.
std::optional<StandingRule> standing_rule_of(const std::string& name) {
  std::ifstream file{"/usr/share/zoneinfo/" + name, std::ios::binary};
  const std::string content{std::istreambuf_iterator<char>{file}, {}};
  if (content.size() < 2 || !content.ends_with('\n')) return std::nullopt;
  const std::size_t before = content.rfind('\n', content.size() - 2);
  if (before == std::string::npos || content.size() - before > rule_bytes_max) return std::nullopt;
  return parse_standing_rule(
      std::string_view{content}.substr(before + 1, content.size() - before - 2));
}

struct Listed {
  Zone zone;
  Instant until;  // of the last change in the list
};

// What the database lists one by one.
Listed listed_changes(const date::time_zone& found) {
  date::sys_info period = found.get_info(new_year(year_first));
  Zone zone{.name = found.name(),
            .offset_s = static_cast<std::int32_t>(period.offset.count()),
            .transitions = {}};
  date::sys_seconds until = new_year(year_first);
  while (period.end < new_year(year_last + 1)) {
    until = period.end;
    period = found.get_info(until);
    const auto offset_s = static_cast<std::int32_t>(period.offset.count());
    const std::int32_t before_s =
        zone.transitions.empty() ? zone.offset_s : zone.transitions.back().offset_s;
    // A change of name alone, or of what is called summer time, moves no clock.
    if (offset_s != before_s)
      zone.transitions.push_back({.from = instant_of(until), .offset_s = offset_s});
  }
  return {.zone = std::move(zone), .until = instant_of(until)};
}

// The database's tables end in 2037; what follows is the zone's standing rule.
void add_standing_changes(Listed& listed, const StandingRule& rule) {
  for (const Zone::Transition& change : changes_of(rule, year_first, year_last)) {
    if (change.from > listed.until) listed.zone.transitions.push_back(change);
  }
}

std::optional<Zone> zone_in_database(const std::string& name) {
  try {
    Listed listed = listed_changes(*date::locate_zone(name));
    listed.zone.name = name;  // also where it is only another name for the zone
    const std::optional<StandingRule> rule = standing_rule_of(name);
    if (!rule) {
      log_event(LogLevel::warn, "zone_without_rule", {{"zone", name}});
      return std::nullopt;
    }
    add_standing_changes(listed, *rule);
    return std::move(listed.zone);
  } catch (const std::exception&) {  // there is no such zone, or no database
    return std::nullopt;
  }
}

}  // namespace

std::optional<Zone> find_zone(std::string_view name) {
  if (auto fixed = fixed_zone(name)) return fixed;
  if (name.empty() || name.size() > zone_name_bytes_max) return std::nullopt;
  return zone_in_database(std::string{name});
}

}  // namespace packledger
