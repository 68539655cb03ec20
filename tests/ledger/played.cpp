#include "tests/ledger/played.hpp"

#include "tests/ledger/zones.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <variant>

namespace packledger {
namespace {

Instant opening_day() { return instant("2024-05-01T00:00:00Z"); }

void pass(Desk& desk, Instant to, Pace pace) {
  const std::int64_t away = (to - desk.now()).ms;
  switch (pace) {
    case Pace::on_time: desk.advance(to); return;
    case Pace::paused: desk.jump(to); return;
    case Pace::in_turns:
      for (std::int64_t turn = 1; turn <= 8; ++turn)
        desk.jump(desk.now() + Duration{(to - desk.now()).ms / (9 - turn)}, 2);
      desk.jump(to);
      return;
    case Pace::split:
      desk.jump(desk.now() + Duration{away / 3});
      desk.advance(desk.now() + Duration{away / 3});
      desk.advance(to);
      return;
  }
}

Step late_window(model::Ms at, model::Ms window) {
  AccountSettingsSet law;
  law.settings.late_window = Duration{window};
  const auto change = [=](model::Settings& settings) { settings.late_window = window; };
  return {at, "settings", law, [=](model::Model& m) { return m.set(at, change); }, {}};
}

Step late_send(model::Ms at, model::Ms occurred, const PackageGranted& of) {
  model::Asked asked;
  asked.name = "late-" + of.package;
  asked.units = 1;
  asked.occurred = occurred;
  for (const char* const country : {"CN", "TH", "ID"})
    if (of.scope.destinations.covers(country_of(country))) asked.country = country;
  for (const char* const type : {"verification", "promotion"})
    if (of.scope.templates.covers(template_of(type))) asked.type = type;
  SendRecorded law;
  law.send = asked.name;
  law.units = Units{asked.units};
  law.destination = country_of(asked.country);
  law.type = template_of(asked.type);
  law.occurred_at = Instant{occurred};
  return {at, "send " + asked.name, law, [=](model::Model& m) { return m.send(at, asked); }, {}};
}

// Now and then a package ends in a long late window that is narrowed behind its end, so that it is
// not closed when the window is over; a send comes at that very millisecond or just before it.
// Nothing is drawn for it: the other steps are those of the life without it.
void narrow_late_windows(std::vector<Step>& life) {
  constexpr model::Count one_in = 8;
  std::vector<Step> more;
  model::Count grants = 0;
  for (const Step& step : life) {
    const auto* const grant = std::get_if<PackageGranted>(&step.law);
    if (grant == nullptr || grants++ % one_in != 0) continue;
    const model::Ms end = grant->expires_at->ms;
    const model::Ms narrow = model::hour;
    if (end - 1 < step.at) continue;
    more.push_back(late_window(end - 1, 72 * model::hour));
    more.push_back(late_window(end + model::minute, narrow));
    more.push_back(late_send(end + narrow - (grants / one_in) % 2, end - 1, *grant));
  }
  for (Step& step : more) {
    const auto behind = std::ranges::upper_bound(life, step.at, {}, &Step::at);
    life.insert(behind, std::move(step));
  }
}

}  // namespace

Pace pace_of(std::uint64_t seed) {
  constexpr std::array<Pace, 4> paces{Pace::on_time, Pace::paused, Pace::in_turns, Pace::split};
  return paces[seed / 2 % paces.size()];
}

std::size_t accounts_of(std::uint64_t seed) { return seed % 5 == 4 ? 3 : 1; }

std::string name_of(std::size_t account) { return "a" + std::to_string(account); }

std::vector<Turn> random_lives(std::uint64_t seed, std::size_t accounts, std::size_t steps,
                               Trade trade) {
  std::multimap<model::Ms, Turn> turns;  // of one instant, in the order of the accounts
  std::vector<Turn> in_order;
  in_order.reserve(steps);
  const Forecasts forecasts = seed % 2 == 0 ? Forecasts::none : Forecasts::some;
  for (std::size_t i = 0; i < accounts; ++i) {
    auto life = random_life(seed + i * 1'000'003, steps / accounts, trade, forecasts);
    narrow_late_windows(life);
    for (Step& step : life) {
      if (accounts == 1) {
        in_order.push_back({i, std::move(step)});
      } else {
        const model::Ms at = step.at;
        turns.emplace(at, Turn{i, std::move(step)});
      }
    }
  }
  for (auto& [at, turn] : turns) in_order.push_back(std::move(turn));
  return in_order;
}

Played::Played(std::uint64_t seed, std::size_t accounts, Care care) : desk(opening_day(), care) {
  int version = 0;
  for (const model::Book& book : model_books())
    must("", PriceBookPublished{law_book(book, std::to_string(++version))});
  for (std::size_t i = 0; i < accounts; ++i)
    must("", opening(name_of(i), random_settings(seed + i)));
  read = desk.entries().size();
}

void Played::must(std::string_view account, What what) {
  ENSURE(desk.ask(account, std::move(what)).has_value(), "nothing stands against it");
}

// What was recorded since then, each line told while its alarm is as it was.
void Played::listen() {
  for (; read < desk.entries().size(); ++read) {
    const Entry& entry = desk.entries()[read];
    trail.push_back(line_of(entry, desk.ledger().accounts().at(account_of(entry))));
  }
}

std::string Played::play(const Turn& turn, Pace pace) {
  trail.clear();
  pass(desk, Instant{turn.step.at}, pace);
  listen();
  const std::string name = name_of(turn.account);
  const auto decided = desk.ask(name, turn.step.asked(desk.account(name)));
  listen();
  return told(decided, desk.account(name));
}

}  // namespace packledger
