#include "tests/sim/world_judge.hpp"

#include "tests/ledger/both.hpp"
#include "tests/sim/model_ask.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace packledger::sim {
namespace {

constexpr Duration numbers_memory = days(90);  // R131

std::string place(const Entry& entry) {
  return "entry " + std::to_string(entry.sequence.value) + ", " +
         std::string(kind_text(entry.input.what)) + ", recorded at " +
         instant_text(entry.recorded_at) + ": ";
}

Instant due_of(const What& what) {
  return std::visit(
      [](const auto& each) {
        if constexpr (requires { each.due; }) return each.due;
        return Instant{};
      },
      what);
}

}  // namespace

bool is_timer_input(const What& what) {
  return std::visit([](const auto& each) { return requires { each.due; }; }, what);
}

bool is_consequence_input(const What& what) {
  return std::visit([](const auto& each) { return requires { each.at; }; }, what);
}

Judge::Judge(Trace& trace, Invariants& invariants, Probes& probes)
    : trace_(trace), invariants_(invariants), probes_(probes) {}

const Entry& Judge::entry(Sequence sequence) const {
  ENSURE(sequence.value >= 1 && sequence.value <= entries_.size(), "the entry was heard");
  return entries_[sequence.value - 1];
}

void Judge::take(const Entry& entry) {
  const std::uint64_t number = entry.sequence.value;
  if (number <= entries_.size()) {
    invariants_.check(Promise::durable, entries_[number - 1] == entry,
                      [&] { return place(entry) + "was another one before"; });
    return;
  }
  invariants_.check(Promise::prefix, number == entries_.size() + 1,
                    [&] { return place(entry) + "is not the next one"; });
  entries_.push_back(entry);
}

void Judge::expect_digest(Sequence behind, std::string digest) {
  if (behind > ledger_.last()) {
    digests_.insert_or_assign(behind, std::move(digest));
    return;
  }
  invariants_.check(Promise::reads, behind == ledger_.last() && digest == ledger_.digest(), [&] {
    return "what was read at entry " + std::to_string(behind.value) + " is not what a replay gives";
  });
}

void Judge::settle() {
  std::ranges::sort(refused_, {},
                    [](const RefusedAsk& ask) { return std::pair{ask.after.value, ask.order}; });
  while (judged_ < entries_.size()) judge(entries_[judged_]);
  close_group();
  judge_refusals();
  ENSURE(refused_.empty(), "what is told was decided on what is durable");
}

void Judge::judge(const Entry& entry) {
  const bool follows = is_consequence_input(entry.input.what);
  if (!follows) {
    close_group();
    judge_refusals();
  }
  ledger_.apply(entry);
  ++judged_;
  if (auto read = digests_.extract(entry.sequence)) expect_digest(entry.sequence, read.mapped());
  trace_.add(entry.sequence.value);
  trace_.add(static_cast<std::uint64_t>(entry.recorded_at.ms));
  trace_.add(entry.input.what.index());
  invariants_.check(Promise::timers, entry.recorded_at <= clock_max_, [&] {
    return place(entry) + "no clock has shown more than " + instant_text(clock_max_);
  });
  if (follows) {
    judge_consequence(entry, line_of(entry, ledger_.accounts().at(entry.input.account)));
  } else if (is_timer_input(entry.input.what)) {
    judge_timer(entry);
  } else {
    judge_command(entry);
  }
  touched_ = account_of(entry);
  if (!follows) send_came_last_ = std::holds_alternative<SendRecorded>(entry.input.what);
}

void Judge::judge_consequence(const Entry& entry, const std::string& line) {
  const std::string wanted = expected_.empty() ? "nothing" : expected_.front();
  invariants_.check(Promise::rules, line == wanted,
                    [&] { return place(entry) + line + "; the model: " + wanted; });
  expected_.pop_front();
  look_at_alarm(entry);
}

void Judge::judge_timer(const Entry& entry) {
  const Instant due = due_of(entry.input.what);
  invariants_.check(Promise::timers, entry.recorded_at >= due,
                    [&] { return place(entry) + "early"; });
  const bool is_due = world_.pass_one(entry.recorded_at.ms);
  const auto lines = world_.take_lines();
  expected_.assign(lines.begin(), lines.end());
  const std::string line = line_of(entry, ledger_.accounts().at(entry.input.account));
  const std::string wanted = is_due ? expected_.front() : "nothing is due";
  invariants_.check(Promise::timers, line == wanted,
                    [&] { return place(entry) + line + "; the model: " + wanted; });
  expected_.pop_front();
  if (entry.recorded_at > due + hours(1)) probes_.reach("timer recorded an hour late");
}

// Behind a send, of the same batch: those are decided in one go (rules R5).
bool Judge::goes_on(const Entry& entry) const {
  const What& what = entry.input.what;
  const bool of_a_batch =
      std::holds_alternative<SendRecorded>(what) || std::holds_alternative<BatchTaken>(what);
  return of_a_batch && send_came_last_ && judged_ > 1 &&
         entries_[judged_ - 2].recorded_at == entry.recorded_at;
}

void Judge::judge_command(const Entry& entry) {
  const model::Ms at = entry.recorded_at.ms;
  invariants_.check(Promise::timers, goes_on(entry) || !world_.is_due(at),
                    [&] { return place(entry) + "something was due before it"; });
  look_once(entry);
  look_at_books(entry);
  const auto wanted = ask_model(world_, entry);
  if (std::holds_alternative<BatchTaken>(entry.input.what)) return judge_batch(entry);
  if (!wanted) return;
  const auto lines = world_.take_lines();
  expected_.assign(lines.begin(), lines.end());
  const Account& row = ledger_.accounts().at(entry.input.account);
  const std::string answer = told(entry.decision, row);
  invariants_.check(Promise::rules, answer == *wanted && !expected_.empty(), [&] {
    return place(entry) + row.name + ": " + answer + "; the model: " + *wanted;
  });
  expected_.pop_front();
}

Judge::LastBatch Judge::last_batch(const std::string& producer, Instant at) const {
  const auto found = producers_.find(producer);
  const bool known = found != producers_.end() && at < found->second.at + numbers_memory;
  return known ? found->second : LastBatch{};
}

// Numbers rise by one within an epoch, and epochs rise, until both are forgotten (rules R128,
// R131).
void Judge::judge_batch(const Entry& entry) {
  const auto& batch = std::get<BatchTaken>(entry.input.what);
  const LastBatch last = last_batch(batch.producer, entry.recorded_at);
  const bool is_next = batch.epoch == last.epoch ? batch.number == last.number + 1
                                                 : batch.epoch > last.epoch && batch.number == 1;
  invariants_.check(Promise::once, is_next, [&] {
    return place(entry) + batch.producer + " " + std::to_string(batch.epoch) + ":" +
           std::to_string(batch.number) + " behind " + std::to_string(last.epoch) + ":" +
           std::to_string(last.number);
  });
  producers_[batch.producer] = {batch.epoch, batch.number, entry.recorded_at};
  std::uint64_t recorded = 0;
  for (std::uint64_t i = 0; i < batch.entries; ++i) {
    const Entry& before = entries_[entry.sequence.value - 2 - i];
    if (std::holds_alternative<SendRecorded>(before.input.what)) ++recorded;
  }
  invariants_.check(Promise::prefix, recorded + batch.not_recorded.size() == batch.sends,
                    [&] { return place(entry) + "does not stand behind its sends"; });
}

// Taken before, of an epoch that is over, or too early.
void Judge::judge_number(const BatchTaken& batch, const RefusedAsk& ask) {
  const LastBatch known = last_batch(batch.producer, ask.at);
  std::string wanted = "taken";
  if (batch.epoch < known.epoch) {
    wanted = "stale_epoch";
  } else if (batch.number > (batch.epoch == known.epoch ? known.number + 1 : 1)) {
    wanted = "gap";
  } else if (batch.epoch == known.epoch && batch.number <= known.number) {
    wanted = "duplicate";
  }
  invariants_.check(Promise::once, ask.code == wanted, [&] {
    return batch.producer + " " + std::to_string(batch.epoch) + ":" + std::to_string(batch.number) +
           " is refused, " + ask.code + "; the number is " + wanted;
  });
  if (wanted != "duplicate") probes_.reach(wanted == "gap" ? "a gap" : "a stale epoch");
}

void Judge::look_once(const Entry& entry) {
  const auto& what = entry.input.what;
  const auto once = [&](auto& known, const auto& name, Duration memory) {
    const auto [found, fresh] = known.try_emplace(name, entry.sequence, entry.recorded_at);
    const bool may = fresh || entry.recorded_at >= found->second.second + memory;
    invariants_.check(Promise::once, may, [&] {
      return place(entry) + "has its effect again; the first is " +
             std::to_string(found->second.first.value);
    });
    found->second = {entry.sequence, entry.recorded_at};
  };
  if (const auto* const send = std::get_if<SendRecorded>(&what))
    once(sends_, std::pair{entry.input.account, send->send.string()}, send_memory);
  if (!entry.input.key.empty()) once(keys_, entry.input.key, key_memory);
}

// Rare paths of prices that change amid a life.
void Judge::look_at_books(const Entry& entry) {
  const std::vector<PriceBook>& books = ledger_.books().all();
  if (books.size() <= model_books().size()) return;
  const Instant at = entry.recorded_at;
  if (const auto* const published = std::get_if<PriceBookPublished>(&entry.input.what)) {
    const Instant from = published->book.effective_from;
    probes_.reach(from > at ? "a price book for what is to come" : "a price book for the past");
    if (std::ranges::count(books, from, &PriceBook::effective_from) > 1)
      probes_.reach("a price book for an instant of another one");
    return;
  }
  const auto* const send = std::get_if<SendRecorded>(&entry.input.what);
  if (send == nullptr || !send->occurred_at) return;
  const Currency currency = ledger_.accounts().at(entry.input.account).currency;
  if (ledger_.books().in_force(currency, *send->occurred_at) !=
      ledger_.books().in_force(currency, at))
    probes_.reach("a send by another price book than that of now");
}

// Rare paths of alarms that want forecasts.
void Judge::look_at_alarm(const Entry& entry) {
  const auto is_of_forecast = [&](const std::string& name) {
    const Alarm* const alarm = ledger_.accounts().at(entry.input.account).find_alarm(name);
    return alarm != nullptr && alarm->run_out;
  };
  const What& what = entry.input.what;
  const auto* const raised = std::get_if<AlarmRaised>(&what);
  if (raised != nullptr && is_of_forecast(raised->alarm))
    probes_.reach("an alarm of a forecast raised");
  const auto* const cleared = std::get_if<AlarmCleared>(&what);
  if (cleared != nullptr && is_of_forecast(cleared->alarm))
    probes_.reach("an alarm of a forecast cleared");
}

void Judge::look_at_forecast(const RefusedAsk& ask, const RunOutForecast& forecast) {
  for (const auto& [name, alarm] : *ledger_.accounts().at(ask.account).alarms) {
    const bool outdated = alarm.run_out && alarm.rule.pool == forecast.pool &&
                          forecast.position < alarm.run_out->known;
    if (outdated) return probes_.reach("an outdated forecast");
  }
}

// All that follows from an entry has been heard.
void Judge::close_group() {
  invariants_.check(Promise::rules, expected_.empty(), [&] {
    return "behind entry " + std::to_string(judged_) + " the model wants " + expected_.front();
  });
  if (touched_ != AccountId{}) look_at(std::exchange(touched_, AccountId{}));
}

void Judge::look_at(AccountId id) {
  const Account& account = ledger_.accounts().at(id);
  ensure_balanced(account);
  ensure_totals(account);
  for (const Package& package : account.packages) {
    if (package.paid()) ensure_conserved(package);
  }
  invariants_.count(Promise::conservation, 1 + account.packages.size());
  invariants_.count(Promise::totals, 1 + account.pools.size());
  const model::Ms now = ledger_.recorded_at().ms;
  if (world_.is_due(now)) return probes_.reach("due timers split over turns");
  const std::string differs = difference(account, world_.account(id.value - 1), now);
  invariants_.check(Promise::rules, differs.empty(), [&] {
    return "after entry " + std::to_string(judged_) + ", " + account.name + ": " + differs;
  });
}

void Judge::judge_refusals() {
  std::size_t done = 0;
  for (; done < refused_.size() && refused_[done].after.value <= judged_; ++done)
    judge(refused_[done]);
  refused_.erase(refused_.begin(), refused_.begin() + static_cast<std::ptrdiff_t>(done));
}

void Judge::judge(const RefusedAsk& ask) {
  ++judged_refusals_;
  const std::string asked = std::string(kind_text(ask.what)) + " behind entry " +
                            std::to_string(ask.after.value) + " at " + instant_text(ask.at);
  invariants_.check(Promise::timers, ask.of_a_batch || !world_.is_due(ask.at.ms),
                    [&] { return asked + ": something was due before it"; });
  if (const auto* const batch = std::get_if<BatchTaken>(&ask.what))
    return judge_number(*batch, ask);
  if (ask.account == AccountId{}) return;
  if (const auto* const forecast = std::get_if<RunOutForecast>(&ask.what))
    look_at_forecast(ask, *forecast);
  const std::string wanted = ask_model(world_.account(ask.account.value - 1), ask.at.ms, ask.what);
  invariants_.check(Promise::rules, ask.code == wanted,
                    [&] { return asked + ": refused, " + ask.code + "; the model: " + wanted; });
  invariants_.check(Promise::rules, world_.take_lines().empty(),
                    [&] { return asked + ": the model makes an entry"; });
}

}  // namespace packledger::sim
