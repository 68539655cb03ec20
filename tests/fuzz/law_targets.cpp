// The law: text of times beside a slow calendar, ends of packages beside the naive model's, names
// that are asked for once, and lives of commands beside the model.
#include "packledger/ledger/seen_sends.hpp"
#include "packledger/ledger/time.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/ledger/model_values.hpp"
#include "tests/sim/law_life.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

namespace packledger::fuzz {
namespace {

bool is_leap(std::int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

std::int64_t days_in(std::int64_t year, std::int64_t month) {
  constexpr std::array<std::int64_t, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[static_cast<std::size_t>(month - 1)];
}

// Of "2024-02-29T23:59:59.123+08:00" by counting days one year and month after the other; nothing
// where it is not of that form, with Z or an offset, with or without three decimals.
std::optional<std::int64_t> slow_ms(std::string_view text) {
  constexpr std::string_view form = "dddd-dd-ddTdd:dd:dd";
  const auto number = [&text](std::size_t at, std::size_t digits) {
    std::int64_t value = 0;
    for (std::size_t i = at; i < at + digits; ++i) value = value * 10 + (text[i] - '0');
    return value;
  };
  const auto has_form = [&text](std::size_t at, std::string_view wanted) {
    if (text.size() < at + wanted.size()) return false;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const char c = text[at + i];
      if (wanted[i] == 'd' ? c < '0' || c > '9' : c != wanted[i]) return false;
    }
    return true;
  };
  if (!has_form(0, form)) return std::nullopt;
  std::size_t at = form.size();
  std::int64_t ms = 0;
  if (has_form(at, ".ddd")) {
    ms = number(at + 1, 3);
    at += 4;
  }
  std::int64_t offset = 0;
  if (has_form(at, "+dd:dd") || has_form(at, "-dd:dd")) {
    if (number(at + 1, 2) > 23 || number(at + 4, 2) > 59) return std::nullopt;
    offset = (number(at + 1, 2) * 60 + number(at + 4, 2)) * (text[at] == '-' ? -1 : 1);
    at += 6;
  } else if (has_form(at, "Z")) {
    ++at;
  }
  const std::int64_t year = number(0, 4);
  const std::int64_t month = number(5, 2);
  const std::int64_t day = number(8, 2);
  const bool ends = at == text.size() && at > form.size() + (ms > 0 ? 4 : 0);
  if (!ends || text.back() == '.' || month < 1 || month > 12 || day < 1) return std::nullopt;
  if (day > days_in(year, month) || number(11, 2) > 23 || number(14, 2) > 59 ||
      number(17, 2) > 59) {
    return std::nullopt;
  }
  std::int64_t days = day - 1;
  for (std::int64_t y = std::min<std::int64_t>(year, 1970); y < std::max<std::int64_t>(year, 1970);
       ++y)
    days += (year < 1970 ? -1 : 1) * (is_leap(y) ? 366 : 365);
  for (std::int64_t m = 1; m < month; ++m) days += days_in(year, m);
  const std::int64_t minutes = (days * 24 + number(11, 2)) * 60 + number(14, 2) - offset;
  return (minutes * 60 + number(17, 2)) * 1'000 + ms;
}

void run_time(std::string_view bytes) {
  const auto instant = parse_instant(bytes);
  if (instant) {
    const auto again = parse_instant(instant_text(*instant));
    must(again && *again == *instant, "a time that is written is read again");
    const auto slow = slow_ms(bytes);
    if (slow) must(*slow == instant->ms, "a slow calendar counts the same time");
  }
  if (const auto duration = parse_duration(bytes)) {
    const auto again = parse_duration(duration_text(*duration));
    must(again && *again == *duration, "so is a duration");
  }
  if (const auto validity = parse_validity(bytes)) {
    const auto again = parse_validity(validity_text(*validity));
    must(again && *again == *validity, "and a validity");
  }
}

// When a package ends, from 1971 on, by a calendar that walks from month to month.
void run_expiry(std::string_view bytes) {
  Reader reader(bytes);
  constexpr std::int64_t year = 365 * model::day;
  const auto from = year + static_cast<std::int64_t>(reader.number(6) % (100 * year));
  const auto months = static_cast<std::int32_t>(reader.byte() % 61U);
  const auto rest = static_cast<std::int64_t>(reader.number(4) % (400 * model::day));
  if (months == 0 && rest == 0) return;
  const unsigned ends = reader.byte() % 3U;
  constexpr std::array policies{ExpiryPolicy::exact, ExpiryPolicy::start_of_day,
                                ExpiryPolicy::end_of_day};
  constexpr std::array model_ends{model::Ends::exact, model::Ends::start_of_day,
                                  model::Ends::end_of_day};
  const Instant end =
      expiry_of(Zone{}, Instant{from}, {.months = months, .rest = Duration{rest}}, policies[ends]);
  must(end.ms == model::end_of(from, months, rest, model_ends[ends]),
       "the end of a package is that of the naive calendar");
}

// Two sends of two accounts: one is found under the other's name only where both are the same.
void run_keys(std::string_view bytes) {
  Reader reader(bytes);
  const AccountId first{1 + reader.byte() % 4U};
  const AccountId second{1 + reader.byte() % 4U};
  const std::size_t cut = reader.byte();
  const std::string_view names = reader.rest().substr(0, 2 * name_bytes_max);
  const std::string_view one =
      names.substr(0, std::min(cut, names.size())).substr(0, name_bytes_max);
  const std::string_view other =
      names.substr(std::min(one.size(), names.size())).substr(0, name_bytes_max);
  SeenSends seen;
  SendRecorded asked;
  asked.send = std::string(one);
  asked.units = Units{1};
  const SendDecision decided;
  const Instant at{1'717'214'400'000};
  seen.remember(send_key(first, one), {.account = first,
                                       .sequence = Sequence{7},
                                       .recorded_at = at,
                                       .reversible_until = at + hours(96),
                                       .forget_at = at + hours(96),
                                       .asked = asked,
                                       .decided = decided});
  must(seen.find(first, one, at).has_value(), "what was remembered is found");
  must(seen.find(second, other, at).has_value() == (first == second && one == other),
       "and nothing else is");
}

// The first bytes choose a life, each further bit whether a step of it is left out.
void run_commands(std::string_view bytes) {
  Reader reader(bytes);
  const std::uint64_t seed = 1 + reader.number(3);
  constexpr std::size_t turns_max = 160;
  std::vector<Turn> turns;
  std::size_t at = 0;
  std::uint8_t left_out = 0;
  RandomLives lives = sim::lives_of(seed);
  while (at < turns_max) {
    std::optional<Turn> turn = lives.next();
    if (!turn) break;
    if (at++ % 8 == 0) left_out = reader.byte();
    if ((left_out >> (at % 8) & 1U) == 0) turns.push_back(*std::move(turn));
  }
  sim::LawProgress progress;
  const std::string difference = sim::live(seed, turns, progress, false);
  must(difference.empty(), difference);
}

constexpr std::array targets{Target{"time", run_time}, Target{"expiry", run_expiry},
                             Target{"keys", run_keys}, Target{"commands", run_commands}};

}  // namespace

std::span<const Target> law_targets() { return targets; }

}  // namespace packledger::fuzz
