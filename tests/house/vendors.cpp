// Who owns which vendor header, and the words of clocks, chance and floating point.
#include "tests/house/floors.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>

namespace packledger::house {
namespace {

enum class Where { sources, any_file };

struct Vendor {
  std::string_view prefix;  // the first row whose prefix fits decides
  std::string_view owners;  // rooms, separated by spaces
  Where where = Where::sources;
};

constexpr std::string_view above_the_line = "wire store query notify serve app";

constexpr std::array vendors{
    Vendor{"google/protobuf/", "wire"},
    Vendor{"packledger/v1/", "wire"},  // generated from proto/
    Vendor{"boost/json", "wire"},
    Vendor{"rocksdb/", "store"},
    Vendor{"openssl/sha.h", "store"},
    Vendor{"openssl/evp.h", "store"},
    Vendor{"openssl/", "notify serve"},
    Vendor{"boost/beast", "serve"},
    Vendor{"boost/asio", "notify serve app", Where::any_file},
    Vendor{"boost/system/", "notify serve app", Where::any_file},
    Vendor{"boost/url", "notify serve app"},
    Vendor{"spdlog/", above_the_line},
    Vendor{"fmt/", above_the_line},
    Vendor{"CLI/", "app"},
    Vendor{"toml++/", "app"},
    Vendor{"date/", "app"},
    Vendor{"systemd/", "app"},
    Vendor{"sys/", above_the_line},  // the operating system's own
    Vendor{"netinet/", above_the_line},
    Vendor{"arpa/", above_the_line},
};

// Standard, but not for code that only decides: it would wait, read or roll dice.
constexpr std::array<std::string_view, 15> impure_headers{
    "thread",     "mutex",   "shared_mutex", "condition_variable", "future",
    "semaphore",  "latch",   "barrier",      "stop_token",         "random",
    "filesystem", "fstream", "iostream",     "syncstream",         "print"};

constexpr std::array<std::string_view, 12> clocks_and_chance{
    "system_clock",  "steady_clock",  "high_resolution_clock",
    "utc_clock",     "clock_gettime", "gettimeofday",
    "random_device", "mt19937",       "mt19937_64",
    "getrandom",     "RAND_bytes",    "default_random_engine"};

constexpr std::array<std::string_view, 2> floating_point{"float", "double"};

bool is_below_the_line(const Room& room) { return room.floor <= purity_floor_max; }

// <vector> is standard; <unistd.h> is the operating system's; <boost/json.hpp> a vendor's.
bool is_standard(std::string_view target) {
  return target.find_first_of("./") == std::string_view::npos;
}

bool is_system(std::string_view target) {
  return target.ends_with(".h") && target.find('/') == std::string_view::npos;
}

std::string quoted(std::string_view target) { return "<" + std::string(target) + ">"; }

std::string complaint_below_the_line(std::string_view target) {
  if (!is_standard(target)) {
    return quoted(target) +
           " below the purity line: use the C++ standard library, or do this in a "
           "room above the line";
  }
  if (std::ranges::find(impure_headers, target) == impure_headers.end()) return {};
  return quoted(target) +
         " below the purity line: take the value as an argument and let a room "
         "above the line wait, read or roll the dice";
}

std::string complaint_above_the_line(const Room& room, bool header, std::string_view target) {
  if (is_standard(target)) return {};
  if (is_system(target)) {
    return header ? quoted(target) + " in a header: include it in the .cpp file" : "";
  }
  const auto vendor = std::ranges::find_if(
      vendors, [&](const Vendor& row) { return target.starts_with(row.prefix); });
  if (vendor == vendors.end()) {
    return quoted(target) +
           " has no owner: use what we have, or give it a row in "
           "tests/house/vendors.cpp and a page in docs/decisions";
  }
  if (find_word(vendor->owners, room.name) == std::string_view::npos) {
    return quoted(target) + " belongs to " + std::string(vendor->owners) + ", not to " +
           std::string(room.name) + ": call a function of the owner instead";
  }
  if (header && vendor->where == Where::sources) {
    return quoted(target) + " in a header: keep it in the .cpp file, behind a type of ours";
  }
  return {};
}

Findings words_found(const Source& source, std::span<const std::string_view> words,
                     std::string_view instead) {
  Findings findings;
  for (const std::string_view word : words) {
    for (std::size_t at = find_word(source.code, word); at != std::string_view::npos;
         at = find_word(source.code, word, at + word.size())) {
      findings.push_back(
          {source.path, line_at(source.code, at), std::string(word) + ": " + std::string(instead)});
    }
  }
  return findings;
}

}  // namespace

Findings check_vendors(const Source& source) {
  const std::optional<Room> room = room_of(source.path);
  if (!room) return {};
  Findings findings;
  for (const Include& include : includes_of(source)) {
    if (include.quoted && !include.target.ends_with(".pb.h")) continue;
    const std::string complaint =
        is_below_the_line(*room)
            ? complaint_below_the_line(include.target)
            : complaint_above_the_line(*room, is_header(source), include.target);
    if (!complaint.empty()) findings.push_back({source.path, include.line, complaint});
  }
  return findings;
}

Findings check_purity(const Source& source) {
  const std::optional<Room> room = room_of(source.path);
  if (!room) return {};
  Findings findings;
  if (!source.path.starts_with("src/app/system_clock.")) {
    append(findings, words_found(source, clocks_and_chance,
                                 "only src/app/system_clock reads clocks and chance; take the "
                                 "instant as an argument, or a Clock& or Rng& in the constructor"));
  }
  if (is_below_the_line(*room)) {
    append(findings, words_found(source, floating_point,
                                 "no floating point below the purity line; count in integers, "
                                 "with Money and Units"));
  }
  return findings;
}

}  // namespace packledger::house
