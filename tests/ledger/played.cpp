#include "tests/ledger/played.hpp"

#include "tests/ledger/zones.hpp"

#include <array>
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

}  // namespace

Pace pace_of(std::uint64_t seed) {
  constexpr std::array<Pace, 4> paces{Pace::on_time, Pace::paused, Pace::in_turns, Pace::split};
  return paces[seed / 2 % paces.size()];
}

std::size_t accounts_of(std::uint64_t seed) { return seed % 5 == 4 ? 3 : 1; }

std::string name_of(std::size_t account) { return "a" + std::to_string(account); }

RandomLives::RandomLives(std::uint64_t seed, std::size_t accounts, std::size_t steps, Trade trade) {
  const Forecasts forecasts = seed % 2 == 0 ? Forecasts::none : Forecasts::some;
  for (std::size_t i = 0; i < accounts; ++i) {
    Coming& one = coming_.emplace_back(RandomLife(seed + i * 1'000'003, trade, forecasts));
    one.left = steps / accounts;
    draw(one);
  }
}

// The next of a life, or what its windows bring before that.
void RandomLives::draw(Coming& one) {
  if (!one.drawn && one.left > 0) {
    --one.left;
    one.drawn.emplace(one.life.next());
    narrow_late_window(one);
  }
  const auto more = one.more.begin();
  if (more == one.more.end() || (one.drawn && one.drawn->at <= more->first)) {
    one.step = std::exchange(one.drawn, std::nullopt);
    return;
  }
  one.step.emplace(std::move(more->second));
  one.more.erase(more);
}

// Now and then a package ends in a long late window that is narrowed behind its end, so that it is
// not closed when the window is over; a send comes at that very millisecond or just before it.
// Nothing is drawn for it: the other steps are those of the life without it.
void RandomLives::narrow_late_window(Coming& one) {
  constexpr model::Count one_in = 8;
  const auto* const grant = std::get_if<PackageGranted>(&one.drawn->law);
  if (grant == nullptr || one.grants++ % one_in != 0) return;
  const model::Ms end = grant->expires_at->ms;
  const model::Ms narrow = model::hour;
  if (end - 1 < one.drawn->at) return;
  for (Step& step :
       std::array{late_window(end - 1, 72 * model::hour), late_window(end + model::minute, narrow),
                  late_send(end + narrow - (one.grants / one_in) % 2, end - 1, *grant)})
    one.more.emplace(step.at, std::move(step));
}

// Of one instant, in the order of the accounts.
std::optional<Turn> RandomLives::next() {
  Coming* first = nullptr;
  for (Coming& one : coming_)
    if (one.step && (first == nullptr || one.step->at < first->step->at)) first = &one;
  if (first == nullptr) return std::nullopt;
  std::optional<Turn> turn(
      Turn{static_cast<std::size_t>(first - coming_.data()), *std::move(first->step)});
  draw(*first);
  return turn;
}

std::vector<Turn> random_lives(std::uint64_t seed, std::size_t accounts, std::size_t steps,
                               Trade trade) {
  RandomLives lives(seed, accounts, steps, trade);
  std::vector<Turn> turns;
  turns.reserve(steps);
  while (std::optional<Turn> turn = lives.next()) turns.push_back(*std::move(turn));
  return turns;
}

Played::Played(std::uint64_t seed, std::size_t accounts, Care care) : desk(opening_day(), care) {
  int version = 0;
  for (const model::Book& book : model_books())
    must("", PriceBookPublished{law_book(book, std::to_string(++version))});
  for (std::size_t i = 0; i < accounts; ++i) {
    must("", opening(name_of(i), random_settings(seed + i)));
    ids_.push_back(desk.account(name_of(i)).id);
  }
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

const Account& Played::account(std::size_t number) const {
  return desk.ledger().accounts().at(ids_.at(number));
}

std::string Played::play(const Turn& turn, Pace pace) {
  trail.clear();
  pass(desk, Instant{turn.step.at}, pace);
  listen();
  const auto recorded =
      desk.record({ids_.at(turn.account), {}, turn.step.asked(account(turn.account))});
  listen();
  if (!recorded) return told(recorded.error());
  return told(desk.entries()[*recorded].decision, account(turn.account));
}

}  // namespace packledger
