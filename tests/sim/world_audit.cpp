// The end of a life: the whole journal once more, in every way in which it may be read.
#include "packledger/engine/engine.hpp"
#include "packledger/engine/redecision.hpp"
#include "store/memory_journal.hpp"
#include "tests/ledger/both.hpp"
#include "tests/sim/world.hpp"
#include "tests/sim/world_trial.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace packledger::sim {
namespace {

std::vector<Entry> entries_of(World& world) {
  std::vector<Entry> entries;
  const auto read = world.server->journal().read(Sequence{1}, [&](const Entry& entry) {
    entries.push_back(entry);
    return true;
  });
  world.invariants.check(Promise::chain, read.has_value(),
                         [&] { return "the journal: " + read.error().detail; });
  return entries;
}

// Nothing is kept of what was only tried out.
void audit_dry_runs(World& world, const std::vector<Entry>& entries) {
  for (const Entry& entry : entries) {
    const auto* const send = std::get_if<SendRecorded>(&entry.input.what);
    const bool tried = entry.input.key.starts_with(only_tried) ||
                       (send != nullptr && send->send.string().starts_with(only_tried));
    world.invariants.check(Promise::prefix, !tried, [&] {
      return "entry " + std::to_string(entry.sequence.value) + " is of a dry run";
    });
  }
}

// From empty, in one go and in pieces through snapshots.
void audit_replay(World& world, const std::vector<Entry>& entries, const std::string& digest) {
  Ledger once;
  once.apply(entries);
  world.invariants.check(Promise::replay, once.digest() == digest,
                         [] { return "replayed from empty the ledger is another one"; });
  auto pieces = std::make_unique<Ledger>();
  while (pieces->last().value < entries.size()) {
    const auto left = static_cast<std::int64_t>(entries.size() - pieces->last().value);
    const std::int64_t size = world.draws.between(std::max<std::int64_t>(1, left / 3), left);
    pieces->apply(std::span{entries}.subspan(pieces->last().value, static_cast<std::size_t>(size)));
    std::string bytes;
    const SnapshotHead head{.sequence = pieces->last(),
                            .recorded_at = pieces->recorded_at(),
                            .journal = {},
                            .noticed = {}};
    const bool written = write_snapshot(
        head, *pieces, [](const PieceVisit&) {},
        [&](std::string_view more) {
          bytes += more;
          return true;
        });
    std::size_t at = 0;
    auto taken_up = std::make_unique<Ledger>();
    const auto read = read_snapshot(
        [&](char* into, std::size_t size_wanted) {
          const std::size_t some = std::min(size_wanted, bytes.size() - at);
          std::copy_n(bytes.data() + at, some, into);
          at += some;
          return some;
        },
        *taken_up, [](std::string_view) { return true; });
    world.invariants.check(Promise::replay, written && read && *read == head,
                           [] { return "a snapshot cannot be taken up"; });
    pieces = std::move(taken_up);
  }
  world.invariants.check(Promise::replay, pieces->digest() == digest,
                         [] { return "replayed in pieces the ledger is another one"; });
}

// From each snapshot that is left.
void audit_snapshots(World& world, const std::vector<Entry>& entries, const std::string& digest) {
  const Snapshots files(Machine::journal_directory, *world.machine.files);
  for (const SnapshotFile& file : files.list()) {
    const auto loaded = files.load(
        {.chain_at = [&](Sequence last) { return world.server->journal().chain_at(last); },
         .fits = [&](const SnapshotHead& head) { return head.sequence == file.sequence; },
         .begin_notices = {},
         .refused = {},
         .sends = {}});
    if (!loaded) continue;  // it needs the files of sends, which the process has
    world.probes.reach("replayed from a snapshot");
    loaded->ledger->apply(std::span{entries}.subspan(file.sequence.value));
    world.invariants.check(Promise::replay, loaded->ledger->digest() == digest, [&] {
      return "from the snapshot of " + std::to_string(file.sequence.value) +
             " on the ledger is another one";
    });
  }
}

// The law decides each entry as it was decided, asks for each timer, and for nothing besides.
void audit_law(World& world, const std::vector<Entry>& entries) {
  Ledger ledger;
  Redecision law(ledger);
  for (const Entry& entry : entries) {
    const auto differs = law.take(entry);
    world.invariants.check(Promise::replay, !differs, [&] {
      return "entry " + std::to_string(entry.sequence.value) + ", " +
             std::string(kind_text(entry.input.what)) +
             ": decided again: " + std::string(difference_text(differs->what));
    });
  }
  world.invariants.check(Promise::replay, !law.end(),
                         [] { return "something is left out at the end"; });
}

class SetClock final : public Clock {
 public:
  Instant time;
  Instant now() override { return time; }
};

class OneByOne final : public Inbox {
 public:
  std::optional<Request> next;
  bool put(Request&& request) override {
    next = std::move(request);
    return true;
  }
  std::optional<Request> take() override { return std::exchange(next, std::nullopt); }
};

class Nobody final : public Outlet {
 public:
  void committed(Committed told) override {
    for (Answer& answer : told.answers) answer();
  }
};

bool is_alarm_or_renewal(const What& what) {
  return std::holds_alternative<AlarmRaised>(what) || std::holds_alternative<AlarmCleared>(what) ||
         std::holds_alternative<PackageRenewed>(what) ||
         std::holds_alternative<RenewalFailed>(what) ||
         std::holds_alternative<RenewalCapped>(what) ||
         std::holds_alternative<AccountOverdue>(what) ||
         std::holds_alternative<AccountSuspended>(what) ||
         std::holds_alternative<AccountResumed>(what);
}

// What was told of each account, without the numbers of entries.
std::map<AccountId, std::vector<std::string>> told_of(const std::vector<Entry>& entries) {
  std::map<AccountId, std::vector<std::string>> told;
  Ledger ledger;
  for (const Entry& entry : entries) {
    ledger.apply(entry);
    if (!is_alarm_or_renewal(entry.input.what)) continue;
    std::string line = line_of(entry, ledger.accounts().at(entry.input.account));
    line.resize(line.rfind(" by "));
    // A renewed package is named by its entry.
    for (std::size_t at = line.find("renewal-"); at != std::string::npos;
         at = line.find("renewal-", at + 1)) {
      const std::size_t digits = at + 8;
      line.erase(digits, line.find_first_not_of("0123456789", digits) - digits);
    }
    told[entry.input.account].push_back(std::move(line));
  }
  for (auto& [account, lines] : told) std::ranges::sort(lines);
  return told;
}

// An engine that is given one request at a time, each in a batch of its own, and takes one timer a
// turn.
class Again {
 public:
  Again() {
    EngineLimits limits;
    limits.batch_entries_max = 1;
    limits.timers_per_turn_max = 1;
    engine_.emplace(EngineParts{.ledger = ledger_,
                                .journal = journal_,
                                .committer = commits_,
                                .inbox = inbox_,
                                .outlet = outlet_,
                                .clock = clock_},
                    limits);
  }

  void ask(Instant at, Request&& request) {
    std::ignore = inbox_.put(std::move(request));
    go_on(at);
  }
  // What is due by then.
  void go_on(Instant at) {
    clock_.time = at;
    for (bool more = true; more;) {
      const Sequence before = ledger_.last();
      ENSURE(engine_->turn().has_value(), "a journal in memory takes everything");
      more = inbox_.next.has_value() || ledger_.last() > before;
    }
  }
  void ask(const Entry& entry) {
    const AccountId id = entry.input.account;
    const std::string account = id == AccountId{} ? "" : ledger_.accounts().at(id).name;
    if (const auto* const send = std::get_if<SendRecorded>(&entry.input.what)) {
      return ask(entry.recorded_at, SendBatch{.sends = {SendAsked{account, *send}},
                                              .dry_run = false,
                                              .numbered = {},
                                              .reply = [](const SendsAnswered&) {}});
    }
    ask(entry.recorded_at, Command{.account = account,
                                   .input = entry.input,
                                   .dry_run = false,
                                   .reply = [](const CommandAnswer&) {}});
  }
  // A number, without its sends: so that later entries have the numbers that they had.
  void number(const Entry& entry) {
    const auto& taken = std::get<BatchTaken>(entry.input.what);
    ask(entry.recorded_at,
        SendBatch{.sends = {},
                  .dry_run = false,
                  .numbered = NumberedBatch{taken.producer, {taken.epoch, taken.number}, 0},
                  .reply = [](const SendsAnswered&) {}});
  }

  [[nodiscard]] Sequence last() const { return ledger_.last(); }
  [[nodiscard]] std::vector<Entry> entries() const {
    std::vector<Entry> entries;
    std::ignore = journal_.read(Sequence{1}, [&](const Entry& entry) {
      entries.push_back(entry);
      return true;
    });
    return entries;
  }

 private:
  Ledger ledger_;
  MemoryJournal journal_;
  CommitAtOnce commits_{journal_};
  OneByOne inbox_;
  Nobody outlet_;
  SetClock clock_;
  std::optional<Engine> engine_;
};

// Sends of one batch are decided in one go, and what they make due at once comes behind them: then
// entries have other numbers in other batches, and packages that are named by them other names.
bool order_may_change(const std::vector<Entry>& entries) {
  const Entry* before = nullptr;  // that is no consequence
  for (const Entry& entry : entries) {
    if (is_consequence_input(entry.input.what)) continue;
    const bool behind_a_send =
        before != nullptr && (std::holds_alternative<SendRecorded>(before->input.what) ||
                              std::holds_alternative<BatchTaken>(before->input.what));
    if (is_timer_input(entry.input.what) && behind_a_send &&
        entry.recorded_at == before->recorded_at)
      return true;
    before = &entry;
  }
  return false;
}

std::string first_difference(const std::map<AccountId, std::vector<std::string>>& wanted,
                             const std::map<AccountId, std::vector<std::string>>& found) {
  for (const auto& [account, lines] : wanted) {
    const auto other = found.contains(account) ? found.at(account) : std::vector<std::string>{};
    std::vector<std::string> gone;
    std::vector<std::string> come;
    std::ranges::set_difference(lines, other, std::back_inserter(gone));
    std::ranges::set_difference(other, lines, std::back_inserter(come));
    if (gone.empty() && come.empty()) continue;
    return (gone.empty() ? "nothing" : gone.front()) + " became " +
           (come.empty() ? "nothing" : come.front());
  }
  return "another account hears something";
}

void audit_batches(World& world, const std::vector<Entry>& entries) {
  if (order_may_change(entries)) return;
  Again again;
  for (const Entry& entry : entries) {
    const What& what = entry.input.what;
    if (is_consequence_input(what) || is_timer_input(what)) continue;
    std::holds_alternative<BatchTaken>(what) ? again.number(entry) : again.ask(entry);
  }
  if (!entries.empty()) again.go_on(entries.back().recorded_at);
  const auto wanted = told_of(entries);
  const auto found = told_of(again.entries());
  std::uint64_t lines = 1;
  for (const auto& [account, of_account] : wanted) lines += of_account.size();
  world.invariants.count(Promise::alarms, lines);
  world.invariants.check(Promise::alarms, wanted == found,
                         [&] { return "in other batches: " + first_difference(wanted, found); });
}

std::string bytes_of(const NoticeIndex& index) {
  std::string bytes;
  index.write([&](std::string_view piece) { bytes += piece; });
  return bytes;
}

// The notices that the front has learnt over all restarts are those of the journal.
void audit_notices(World& world, const std::vector<Entry>& entries) {
  NoticeIndex learnt;
  std::uint64_t notices = 1;
  for (const Entry& entry : entries) {
    learnt.learn(entry);
    if (is_alarm_or_renewal(entry.input.what)) ++notices;
  }
  world.invariants.count(Promise::notices, notices);
  world.invariants.check(Promise::notices, bytes_of(learnt) == bytes_of(world.server->notices()),
                         [] { return "the front has learnt other notices than the journal has"; });
}

}  // namespace

void audit(World& world) {
  world.note("audit");
  const std::vector<Entry> entries = entries_of(world);
  world.invariants.check(Promise::durable, std::ranges::equal(entries, world.judge.entries()), [&] {
    return "the journal has " + std::to_string(entries.size()) + " entries, others";
  });
  const std::string digest = world.judge.ledger().digest();
  world.invariants.check(Promise::replay, world.server->ledger().digest() == digest,
                         [] { return "the ledger is not what the journal adds up to"; });
  audit_dry_runs(world, entries);
  audit_replay(world, entries, digest);
  audit_snapshots(world, entries, digest);
  audit_law(world, entries);
  audit_batches(world, entries);
  audit_notices(world, entries);
  world.trace.note(world.agenda.now(), digest);
}

}  // namespace packledger::sim
