#include "tests/sim/world_server.hpp"

#include "packledger/engine/recovery.hpp"
#include "packledger/ledger/ledger_image.hpp"
#include "tests/sim/world.hpp"
#include "tests/sim/world_answers.hpp"
#include "tests/sim/world_trial.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace packledger::sim {

// ---- the committer ----

Result<void, Fault> SlowCommitter::append_now(const SharedBatch& batch) {
  auto appended = append(journal_, *batch);
  world_.machine.run_jobs();
  return appended;
}

void SlowCommitter::start(SharedBatch batch) {
  handed_over_ = batch->entries.back().sequence;
  world_.submitted(batch);
  Draws& draws = world_.draws;
  if (world_.plan.acknowledges_early) {
    if (late_ != nullptr) std::ignore = append_now(late_);
    late_ = std::move(batch);
    ended_ = Result<void, Fault>{};
    return;
  }
  const Ms takes = world_.heals() ? 0 : draws.between(0, world_.plan.commit_ms_max);
  const bool at_once = draws.percent(50);
  if (at_once || takes == 0) {
    auto ended = append_now(batch);
    if (takes == 0) {
      ended_ = std::move(ended);
      return;
    }
    world_.later(takes, [this, ended = std::move(ended)](Server& server) mutable {
      ended_ = std::move(ended);
      server.commit_ended();
    });
    return;
  }
  world_.later(takes, [this, batch = std::move(batch)](Server& server) {
    ended_ = append_now(batch);
    server.commit_ended();
  });
}

std::optional<Result<void, Fault>> SlowCommitter::ended() {
  return std::exchange(ended_, std::nullopt);
}

// ---- the door ----

namespace {

bool is_dry(const Request& request) {
  return std::visit(
      [](const auto& each) {
        if constexpr (requires { each.dry_run; }) return each.dry_run;
        return false;
      },
      request);
}

}  // namespace

bool WatchedInbox::put(Request&& request, std::shared_ptr<Taken> taken) {
  const bool question = std::holds_alternative<Question>(request);
  if (!door_.put(std::move(request))) return false;
  if (!question) waiting_.push_back(std::move(taken));
  return true;
}

std::optional<Request> WatchedInbox::take() {
  auto request = door_.take();
  takes_(request && is_dry(*request) ? Run::dry : Run::real);
  if (!request || std::holds_alternative<Question>(*request)) return request;
  if (const auto& taken = waiting_.front()) *taken = where_();
  waiting_.pop_front();
  return request;
}

// ---- the process ----

Server::Server(World& world, std::uint64_t number, std::unique_ptr<RocksJournal> journal)
    : world_(world),
      number_(number),
      journal_(std::move(journal)),
      wall_(
          Machine::clock_step_max, [&world] { return world.machine.wall.read(world.agenda.now()); },
          world.machine.remembered_start),
      door_({.requests_max = world.plan.requests_max}),
      inbox_(
          door_, [this] { return where(); }, [this](Run next) { look_behind_dry_runs(next); }),
      subscriptions_(ticks_.get_executor(), inbox_, *journal_, directory_, positions_),
      fanout_(io_, {.learn = [this](const Batch& batch) { learn(batch); },
                    .committed =
                        [this](const SharedBatch& batch) {
                          learn(*batch);
                          subscriptions_.committed(batch->entries);
                        }}),
      send_files_(std::string(Machine::journal_directory) + "/sends",
                  {.damaged = [](const std::string& detail) { throw Died(detail); },
                   .unwritten =
                       [&world](const std::string&) {
                         world.probes.reach("a file of sends is made anew");
                       }},
                  *world.machine.files, SendFiles::Writer::caller),
      ledger_(memory_limits()),
      commits_(world, *journal_),
      engine_({.ledger = ledger_,
               .journal = *journal_,
               .committer = commits_,
               .inbox = inbox_,
               .outlet = fanout_,
               .clock = clock_},
              world.plan.engine),
      snapshots_(Machine::journal_directory, *world.machine.files) {
  recover_ledger();
}

Server::~Server() {
  if (turn_) world_.agenda.cancel(*turn_);
  if (hearing_) world_.agenda.cancel(*hearing_);
}

SendLimits Server::memory_limits() {
  SendLimits limits = world_.plan.memory;
  limits.archive = &send_files_;
  return limits;
}

void Server::recover_ledger() {
  const Sequence heard = take_up_snapshot();
  const auto recovered = recover(ledger_, portions_of(*journal_), fanout_, heard);
  if (!world_.machine.disk->has_power()) throw Died("the power is cut while it recovers");
  world_.invariants.check(Promise::durable, recovered.has_value(), [&] {
    return "the journal cannot be read: " + recovered.error().detail;
  });
  fanout_.go_live();
  send_files_.finish();
  hear();
  send_files_.prune();
  began_behind_ = ledger_.last();
  commits_.begin_at(began_behind_);
  world_.invariants.check(Promise::replay, ledger_.digest() == world_.judge.ledger().digest(), [&] {
    return "recovered from " + std::to_string(heard.value) +
           " on, the ledger is not what the journal adds up to";
  });
  wake();
}

// As app/restart does; what is refused is put aside.
Sequence Server::take_up_snapshot() {
  std::ignore = snapshots_.prepare();
  NoticeIndex notices;
  std::size_t refused = 0;
  auto loaded = snapshots_.load(
      {.chain_at = [this](Sequence last) { return journal_->chain_at(last); },
       .fits = {},
       .begin_notices =
           [&notices] {
             notices = NoticeIndex{};
             return [&notices](std::string_view piece) { return notices.read(piece); };
           },
       .refused =
           [&](const RefusedSnapshot& file) {
             ++refused;
             world_.snapshot_refused(file.fault.detail);
             snapshots_.put_aside(file.file);
           },
       .sends = ledger_.sends().limits()});
  if (world_.machine.disk->has_power()) world_.snapshots_looked_at(refused);
  if (!loaded) {
    send_files_.clear();
    return {};
  }
  world_.probes.reach(refused > 0 ? "recovered from the second snapshot"
                                  : "recovered from a snapshot");
  if (loaded->ledger->sends().archived() > 0) world_.probes.reach("sends in files over a restart");
  LedgerImage::hand_over(*loaded->ledger, ledger_);
  notices.heard(loaded->head.noticed);
  fanout_.restored(loaded->head.noticed,
                   [this, learnt = std::move(notices), position = ledger_.last()]() mutable {
                     directory_ = serve::Directory{ledger_};
                     notices_ = std::move(learnt);
                     positions_.reached(position);
                   });
  return loaded->head.noticed;
}

void Server::learn(const Batch& batch) {
  for (const Entry& entry : batch.entries) world_.judge.take(entry);
  for (const std::uint32_t at : batch.others) {
    directory_.learn(batch.entries[at]);
    notices_.learn(batch.entries[at]);
  }
  positions_.reached(batch.entries.back().sequence);
  if (routes_) routes_->learn(batch);
}

Taken Server::where() const {
  const bool decided = ledger_.last() > commits_.handed_over();
  const Instant at =
      decided ? ledger_.recorded_at() : std::max(clock_.last(), ledger_.recorded_at());
  return {.after = ledger_.last(), .at = at, .order = world_.next_number()};
}

// A dry run leaves the ledger as it was: nothing may have changed when the engine asks for more.
void Server::look_behind_dry_runs(Run next) {
  if (before_) {
    world_.invariants.check(Promise::rules, ledger_.digest() == *before_,
                            [] { return "a dry run has changed the ledger"; });
  }
  before_.reset();
  if (next == Run::dry) before_ = ledger_.digest();
}

// ---- requests ----

bool Server::put(const std::string& account, const Input& input, Run run, ToCommand reply) {
  auto taken = std::make_shared<Taken>();
  Command command{.account = account,
                  .input = input,
                  .dry_run = run == Run::dry,
                  .reply = [this, taken, account, input, run,
                            reply = std::move(reply)](const CommandAnswer& answer) {
                    judge_answer(world_, *taken, {account, input, run}, answer);
                    reply(answer, taken->at);
                  }};
  const bool done = inbox_.put(Request{std::move(command)}, std::move(taken));
  if (done) wake(world_.draws.between(0, 3));
  return done;
}

bool Server::put(const std::vector<SendAsked>& sends, const std::optional<NumberedBatch>& numbered,
                 Run run, ToSends reply) {
  auto taken = std::make_shared<Taken>();
  SendBatch batch{.sends = sends,
                  .dry_run = run == Run::dry,
                  .numbered = numbered,
                  .reply = [this, taken, numbered, run,
                            reply = std::move(reply)](const SendsAnswered& answered) {
                    if (run == Run::dry) {
                      judge_tried(world_, *taken, answered);
                    } else {
                      judge_answer(world_, *taken, numbered, answered);
                    }
                    reply(answered, taken->at);
                  }};
  const bool done = inbox_.put(Request{std::move(batch)}, std::move(taken));
  if (done) wake(world_.draws.between(0, 3));
  return done;
}

bool Server::put(std::function<void(const Ledger&)> question) {
  const bool done = inbox_.put(Request{Question{std::move(question)}}, nullptr);
  if (done) wake(world_.draws.between(0, 3));
  return done;
}

// ---- the engine's thread ----

void Server::wake(Ms delay) {
  const Ms when = world_.agenda.now() + delay;
  if (turn_ && turn_->first <= when) return;
  if (turn_) world_.agenda.cancel(*turn_);
  turn_ = world_.agenda.at(when, [this] {
    turn_.reset();
    turn();
  });
}

void Server::turn() {
  world_.judge.clock_shows_at_most(world_.machine.clock_max(world_.agenda.now()));
  const Sequence before = ledger_.last();
  const auto turned = engine_.turn();
  if (!turned) throw Died("the engine stopped: " + turned.error().detail);
  look_behind_dry_runs(Run::real);
  send_files_.finish();  // whenever its thread was done
  world_.machine.remembered_start = wall_.started_at();
  if (ledger_.sends().archived() > 0) world_.probes.reach("sends in files");
  if (ledger_.last().value - before.value >= world_.plan.engine.timers_per_turn_max + 1 &&
      world_.plan.engine.timers_per_turn_max > 1)
    world_.probes.reach("a turn of many entries");
  world_.invariants.check(Promise::bounds, door_.requests() <= world_.plan.requests_max, [&] {
    return std::to_string(door_.requests()) + " requests wait at the door";
  });
  hear_soon();
  plan_next_turn();
}

void Server::plan_next_turn() {
  const bool more = door_.requests() > 0 && engine_.has_room();
  if (more) return wake(world_.draws.pick(2));
  if (engine_.in_flight() != Sequence{}) return wake(1'000);
  constexpr Ms longest = 3'600'000;
  const bool stands_still = std::exchange(shown_, clock_.last()) == clock_.last();
  Ms delay = longest;
  if (const auto due = engine_.next_due()) {
    if (*due <= ledger_.recorded_at()) return wake();
    const auto until = wall_.time_until(*due);
    delay = std::clamp<Ms>(until ? until->count() : longest, stands_still ? 60'000 : 1, longest);
  }
  wake(delay);
}

bool Server::accept_clock() {
  if (!wall_.accept()) return false;
  world_.machine.believe(world_.agenda.now());
  world_.probes.reach("a held clock accepted");
  wake();
  return true;
}

// ---- the front's thread ----

void Server::hear_soon() {
  if (hearing_) return;
  hearing_ = world_.agenda.after(world_.draws.percent(70) ? 0 : world_.draws.pick(50), [this] {
    hearing_.reset();
    hear();
  });
}

void Server::hear() {
  io_.restart();
  while (io_.poll_one() > 0) world_.judge.settle();
  world_.heard();
  if (routes_ && door_.requests() > 0) wake();
}

serve::Doors Server::doors() {
  return {.inbox = inbox_,
          .journal = *journal_,
          .find_zone = [](std::string_view) { return std::nullopt; },
          .ask_past = [this](const serve::PastPoint& point,
                             AskedOfPast ask) { return ask_past(point, std::move(ask)); },
          .walk_past = {},
          .walk_usage = {},
          .now = [this] { return clock_.last(); },
          .more_metrics = {}};
}

void Server::get(std::string_view target, Routes::Told told) {
  if (!routes_) routes_.emplace(io_, doors(), ledger_, positions_.last());
  routes_->get(target, std::move(told));
  hear_soon();
}

// As another thread would, some time later.
bool Server::ask_past(const serve::PastPoint& point, AskedOfPast ask) {
  world_.later(world_.draws.pick(100), [point, ask = std::move(ask)](Server& server) mutable {
    Ledger past;
    const auto read = server.journal_->read(Sequence{1}, [&](const Entry& entry) {
      const bool wanted =
          point.position ? entry.sequence <= *point.position : entry.recorded_at <= *point.at;
      if (wanted) past.apply(entry);
      return wanted;
    });
    ask(read ? &past : nullptr);
    server.hear_soon();
  });
  return true;
}

// ---- snapshots ----

void Server::begin_snapshot() {
  if (asked_for_snapshot_) return;
  asked_for_snapshot_ = put([this](const Ledger& ledger) {
    asked_for_snapshot_ = false;
    make_snapshot(ledger);
  });
}

void Server::make_snapshot(const Ledger& ledger) {
  const ChainLink end = journal_->end();
  ENSURE(end.sequence == ledger.last(), "a question is answered when all is durable");
  const auto written = snapshots_.list();
  const bool known = !written.empty() && written.front().sequence == end.sequence;
  if (end.sequence == Sequence{} || known) return;
  SnapshotHead head{.sequence = end.sequence,
                    .recorded_at = ledger.recorded_at(),
                    .journal = end.hash,
                    .noticed = {}};
  int failure = 0;
  fanout_.between([&](Sequence heard) {
    head.noticed = std::min(heard, head.sequence);
    if (heard < head.sequence) world_.probes.reach("a snapshot ahead of the front");
    failure =
        snapshots_.write(head, ledger, [this](const PieceVisit& visit) { notices_.write(visit); });
  });
  if (failure != 0) {
    world_.probes.reach("a snapshot that failed");
    std::ignore = snapshots_.prepare();
    return;
  }
  snapshots_.prune();
  send_files_.snapshot_begun();
  send_files_.snapshot_written();
  world_.snapshot_written(end);
}

}  // namespace packledger::sim
