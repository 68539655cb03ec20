#include "tests/examples/zones.hpp"

#include <date/tz.h>

#include <chrono>
#include <exception>

namespace packledger::examples {

std::optional<Zone> zone_named(const std::string& name) {
  const date::time_zone* found = nullptr;
  try {
    found = date::locate_zone(name);
  } catch (const std::exception&) {
    return std::nullopt;
  }
  const auto to = date::sys_seconds{date::sys_days{date::year{2100} / 1 / 1}};
  date::sys_info info =
      found->get_info(date::sys_seconds{date::sys_days{date::year{1990} / 1 / 1}});
  Zone zone{name, static_cast<std::int32_t>(info.offset.count()), {}};
  while (info.end < to) {
    info = found->get_info(info.end);
    const Instant from{std::chrono::milliseconds{info.begin.time_since_epoch()}.count()};
    zone.transitions.push_back({from, static_cast<std::int32_t>(info.offset.count())});
  }
  return zone;
}

}  // namespace packledger::examples
