#include "app/forecaster.hpp"

#include "app/give_way.hpp"
#include "app/system_clock.hpp"

#include <algorithm>
#include <utility>

namespace packledger {
namespace {

constexpr std::int64_t hour_last = 2'000'000;  // in the year 2198; after every send
// A thread that waits for an answer looks so often whether it is to stop: then none may come.
constexpr std::chrono::milliseconds glance{100};

// What another thread hands over, once. Shared with it, for it may outlive the one that waits.
template <class T> struct Handed {
  T value{};
  std::binary_semaphore ready{0};

  [[nodiscard]] bool wait(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (ready.try_acquire_for(glance)) return true;
    }
    return false;
  }
};

std::vector<std::string> watched_pools(const Account& account) {
  std::vector<std::string> pools;
  for (const auto& [name, alarm] : *account.alarms) {
    const bool wanted = alarm.rule.kind == AlarmKind::runs_out_within;
    if (wanted && std::ranges::find(pools, alarm.rule.pool) == pools.end())
      pools.push_back(alarm.rule.pool);
  }
  return pools;
}

}  // namespace

Forecaster::Forecaster(Doors doors, const Limits& limits)
    : doors_{std::move(doors)}, limits_{limits} {}

Forecaster::~Forecaster() {
  worker_.request_stop();
  stopped_.release();
}

void Forecaster::start() {
  worker_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

// ---- its own thread ----

void Forecaster::run(const std::stop_token& stop) {
  give_way();  // on few cores publishing comes first
  std::optional<std::int64_t> told;
  while (!stop.stop_requested()) {
    const std::int64_t hour = usage_hour(doors_.now());
    if (told != hour && !doors_.storage_full()) {
      held_back_ = false;
      round(stop);
      if (!held_back_) told = hour;  // else again: the law keeps no forecast twice
    }
    rest(limits_.pause);
  }
}

void Forecaster::round(const std::stop_token& stop) {
  for (std::uint64_t from = 1; from != 0 && !stop.stop_requested();) {
    const auto page = look_for_alarms(from, stop);
    if (!page) return;
    for (const AccountId account : page->watched) foretell(account, stop);
    from = page->next;
  }
}

std::optional<Forecaster::Page> Forecaster::look_for_alarms(std::uint64_t from,
                                                            const std::stop_token& stop) {
  const auto page = std::make_shared<Handed<Page>>();
  Question question{[page, from, most = limits_.accounts_per_look](const Ledger& ledger) {
    const Accounts& accounts = ledger.accounts();
    const std::uint64_t end = std::min(accounts.count(), from + most - 1);
    for (std::uint64_t number = from; number <= end; ++number) {
      const Account& account = accounts.at(AccountId{number});
      if (!watched_pools(account).empty()) page->value.watched.push_back(account.id);
    }
    page->value.next = end < accounts.count() ? end + 1 : 0;
    page->ready.release();
  }};
  if (!put(std::move(question), stop) || !page->wait(stop)) return std::nullopt;
  return std::move(page->value);
}

std::optional<Forecaster::Watched> Forecaster::look_at(AccountId account,
                                                       const std::stop_token& stop) {
  const auto watched = std::make_shared<Handed<Watched>>();
  Question question{[watched, account](const Ledger& ledger) {
    const Account& of = ledger.accounts().at(account);
    watched->value = {.name = of.name,
                      .id = account,
                      .account = forecast_account(of),
                      .pools = watched_pools(of),
                      .position = ledger.last()};
    watched->ready.release();
  }};
  if (!put(std::move(question), stop) || !watched->wait(stop)) return std::nullopt;
  return std::move(watched->value);
}

// False where the table is not so far yet, cannot be read, or this is to stop; whatever was visited
// is worth nothing then.
bool Forecaster::walk(const UsageRange& range, Sequence until, UsageVisit visit,
                      const std::stop_token& stop) {
  const auto folded = std::make_shared<Handed<std::optional<Sequence>>>();
  const auto done = [folded](std::optional<Sequence> position) {
    folded->value = position;
    folded->ready.release();
  };
  const bool taken = doors_.walk_usage({.range = range, .until = until}, std::move(visit), done);
  return taken && folded->wait(stop) && folded->value && *folded->value >= until;
}

// When the first send of the account was; nothing where the table does not get so far in time.
std::optional<std::optional<Instant>> Forecaster::first_use(AccountId account, Sequence until,
                                                            const std::stop_token& stop) {
  const UsageRange all{.account = account, .hour_from = 0, .hour_to = hour_last};
  const Stopwatch waits;
  while (!stop.stop_requested() && waits.elapsed().ms < limits_.patience.count()) {
    // Written by the table's thread alone, and read when it is done.
    const auto first = std::make_shared<std::optional<Instant>>();
    const auto take = [first](const UsageRow& row) {
      *first = usage_start(row.key.hour, 0);
      return false;
    };
    if (walk(all, until, take, stop)) return *first;
    rest(limits_.pause);
  }
  return std::nullopt;
}

void Forecaster::foretell(AccountId account, const std::stop_token& stop) {
  auto watched = look_at(account, stop);
  if (!watched || watched->pools.empty()) return;
  const Sequence known = watched->position;
  const auto first = first_use(account, known, stop);
  if (!first) return;
  const Instant now = doors_.now();
  const ForecastWindow window = forecast_window(*first, now);
  const auto forecast = std::make_shared<Forecast>(std::move(watched->account), window, now);
  const UsageRange last{
      .account = account, .hour_from = usage_hour(window.from), .hour_to = usage_hour(window.to)};
  const auto take = [forecast](const UsageRow& row) {
    forecast->take(row);
    return true;
  };
  if (!walk(last, known, take, stop)) return;
  forecast->walk();
  for (const std::string& pool : watched->pools) {
    const auto seen = run_out_of(*forecast, pool);
    if (seen) tell(watched->name, {.pool = pool, .runs_out_at = *seen, .position = known}, stop);
  }
}

// Whatever the law answers, the alarm tells.
void Forecaster::tell(const std::string& account, RunOutForecast forecast,
                      const std::stop_token& stop) {
  held_back_ = held_back_ || doors_.storage_full();
  if (held_back_) return;
  Command command;
  command.account = account;
  command.input.what = std::move(forecast);
  command.reply = [](const CommandAnswer&) {};
  (void)put(std::move(command), stop);
}

bool Forecaster::put(Request request, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (doors_.inbox.put(std::move(request))) return true;  // untouched where it is not taken
    rest(limits_.pause);
  }
  return false;
}

}  // namespace packledger
