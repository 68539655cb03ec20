#include "tests/house/floors.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace packledger::house {
namespace {

// `query` and `notify` share a floor, and a room sees only lower ones: they never meet.
constexpr std::array rooms{Room{"ledger", 1}, Room{"engine", 2}, Room{"wire", 3},  Room{"store", 4},
                           Room{"query", 5},  Room{"notify", 5}, Room{"serve", 6}, Room{"app", 7}};

constexpr std::string_view public_folder = "include/packledger/";
constexpr std::string_view private_folder = "src/";

std::string_view first_folder(std::string_view path) {
  const std::size_t slash = path.find('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

std::optional<Room> room_named(std::string_view name) {
  const auto room = std::ranges::find(rooms, name, &Room::name);
  return room == rooms.end() ? std::nullopt : std::optional<Room>{*room};
}

bool is_generated(std::string_view target) { return target.ends_with(".pb.h"); }

std::string_view without_prefix(std::string_view path, std::string_view prefix) {
  return path.starts_with(prefix) ? path.substr(prefix.size()) : path;
}

std::string complaint(const Room& from, const std::optional<Room>& to, std::string_view target) {
  if (!to) {
    return "write \"" + std::string(target) +
           "\" from its room on, as \"packledger/ledger/money.hpp\" or \"wire/json.hpp\"";
  }
  return std::string(from.name) + " (floor " + std::to_string(from.floor) + ") includes " +
         std::string(to->name) + " (floor " + std::to_string(to->floor) +
         "): move the type down, or let the upper room pass it in";
}

}  // namespace

std::optional<Room> room_of(std::string_view path) {
  for (const std::string_view folder : {public_folder, private_folder}) {
    if (path.starts_with(folder)) return room_named(first_folder(path.substr(folder.size())));
  }
  return std::nullopt;
}

Findings check_floors(const Source& source) {
  const bool in_public = source.path.starts_with(public_folder);
  if (!in_public && !source.path.starts_with(private_folder)) return {};
  const std::optional<Room> from = room_of(source.path);
  if (!from) {
    return {{source.path, 0,
             "is in no room: put it into one, or give the new room a floor in "
             "tests/house/floors.cpp"}};
  }
  Findings findings;
  if (in_public && from->floor > purity_floor_max) {
    findings.push_back({source.path, 0,
                        "include/packledger is what lies below the purity line: move this header "
                        "beside its source in src/" +
                            std::string(from->name)});
  }
  for (const Include& include : includes_of(source)) {
    if (!include.quoted || is_generated(include.target)) continue;
    const std::optional<Room> to =
        room_named(first_folder(without_prefix(include.target, "packledger/")));
    const bool lower = to && (to->floor < from->floor || to->name == from->name);
    if (!lower) {
      findings.push_back({source.path, include.line, complaint(*from, to, include.target)});
    }
  }
  return findings;
}

}  // namespace packledger::house
