#include "wire/hold_views.hpp"

#include "wire/cursor.hpp"
#include "wire/json_writer.hpp"
#include "wire/value_views.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace packledger {

namespace {

void write_hold(JsonWriter& json, const Account& account, const Hold& hold) {
  json.member("hold", hold.asked.hold).member("units", hold.asked.units.value);
  json.member("destination", hold.asked.destination.text());
  json.member("template", template_text(hold.asked.type));
  json.member("state", state_text(hold.state)).key("lines").begin_array();
  for (const PackageLine& line : hold.lines) {
    json.begin_object().member("package", account.package(line.package).terms.name);
    json.member("units", line.units.value).end_object();
  }
  json.end_array();
  write_instant(json, "placed_at", hold.placed_at);
  write_instant(json, "expires_at", hold.expires_at);
  if (hold.state == HoldState::captured) json.member("captured", hold.captured.value);
  if (hold.ended_at) write_instant(json, "ended_at", *hold.ended_at);
}

}  // namespace

std::string hold_view(const Account& account, const Hold& hold, Sequence position) {
  std::string out;
  JsonWriter json{out};
  json.begin_object().member("account", account.name);
  write_hold(json, account, hold);
  json.member("position", position.value).end_object();
  return out;
}

std::string holds_page(const Account& account, HoldsQuery query, Sequence position) {
  const std::size_t limit = std::clamp<std::size_t>(query.limit, 1, page_limit_max);
  const auto& all = account.holds->all();
  std::string out;
  JsonWriter json{out};
  json.begin_object().member("account", account.name).key("holds").begin_array();
  std::size_t listed = 0;
  Sequence last;
  bool more = false;
  for (auto at = all.upper_bound(query.after); at != all.end() && !more; ++at) {
    const auto& [number, hold] = *at;
    if (hold.state != HoldState::held) continue;
    more = listed == limit;
    if (more) continue;
    json.begin_object();
    write_hold(json, account, hold);
    json.end_object();
    last = number;
    ++listed;
  }
  json.end_array().member("position", position.value);
  if (more) json.member("next_cursor", cursor_text(CursorOf::holds, last.value));
  json.end_object();
  return out;
}

std::optional<Sequence> parse_holds_cursor(std::string_view cursor) {
  constexpr std::uint64_t position_max = std::numeric_limits<std::int64_t>::max();
  const auto after = parse_cursor(CursorOf::holds, cursor, position_max);
  return after ? std::optional{Sequence{*after}} : std::nullopt;
}

}  // namespace packledger
