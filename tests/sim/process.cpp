#include "tests/sim/process.hpp"

#include "packledger/engine/recovery.hpp"

#include <stdexcept>
#include <utility>

namespace packledger::sim {
namespace {

struct SendsDamaged : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Deaf final : public Outlet {
 public:
  void committed(Committed) override {}
};

}  // namespace

// Appends at once, and then lets RocksDB do what it has put off.
class Process::Commits final : public Committer {
 public:
  Commits(Process& process) : process_(process) {}
  void start(SharedBatch batch) override {
    if (process_.hooks_.submitted) process_.hooks_.submitted(*batch);
    ended_ = append(*process_.journal_, *batch);
    process_.env_->run_jobs();
  }
  [[nodiscard]] std::optional<Result<void, Fault>> ended() override {
    return std::exchange(ended_, std::nullopt);
  }

 private:
  Process& process_;
  std::optional<Result<void, Fault>> ended_;
};

class Process::Ears final : public Outlet {
 public:
  Ears(Process& process) : process_(process) {}
  void committed(Committed told) override {
    if (told.batch != nullptr && process_.hooks_.told) process_.hooks_.told(*told.batch);
    for (Answer& answer : told.answers) answer();
  }

 private:
  Process& process_;
};

Process::Process(const std::shared_ptr<Disk>& disk, const ProcessSettings& settings, Hooks hooks)
    : settings_(settings),
      hooks_(std::move(hooks)),
      env_(std::make_shared<OneThread>(disk)),
      files_(files_over(*disk)),
      snapshots_(journal_folder, *files_),
      commits_(std::make_unique<Commits>(*this)),
      ears_(std::make_unique<Ears>(*this)) {}

Process::~Process() {
  engine_.reset();
  ledger_.reset();  // before the archive that it asks
  sends_.reset();
}

ChainAt Process::chain_at() const {
  return [this](Sequence last) { return journal_->chain_at(last); };
}

Result<std::unique_ptr<Process>, std::string> Process::start(const std::shared_ptr<Disk>& disk,
                                                             const ProcessSettings& settings,
                                                             Instant now, Hooks hooks) {
  std::unique_ptr<Process> made(new Process(disk, settings, std::move(hooks)));
  auto opened = RocksJournal::open({.directory = journal_folder,
                                    .watermark = settings.watermark,
                                    .write_buffer_bytes = 64 * std::size_t{1024},
                                    .files = nullptr,
                                    .env = made->env_});
  if (!opened) return std::unexpected{opened.error().detail};
  made->journal_ = *std::move(opened);
  made->env_->run_jobs();
  if (std::string wrong = made->recover_ledger(); !wrong.empty()) return std::unexpected{wrong};
  made->clock_.time = now;
  EngineLimits limits;
  limits.batch_entries_max = settings.batch_entries_max;
  limits.timers_per_turn_max = settings.timers_max;
  made->engine_ = std::make_unique<Engine>(EngineParts{.ledger = *made->ledger_,
                                                       .journal = *made->journal_,
                                                       .committer = *made->commits_,
                                                       .inbox = made->inbox_,
                                                       .outlet = *made->ears_,
                                                       .clock = made->clock_},
                                           limits);
  return made;
}

std::string Process::recover_ledger() {
  if (settings_.spills) {
    sends_ = std::make_unique<SendFiles>(
        std::string(journal_folder) + "/sends",
        SendFiles::Told{.damaged = [](const std::string& what) { throw SendsDamaged{what}; },
                        .unwritten = [](const std::string&) {}},
        *files_, SendFiles::Writer::caller);
    settings_.sends.archive = sends_.get();
  }
  // What cannot be prepared or read costs time, and nothing else.
  [[maybe_unused]] const auto prepared = snapshots_.prepare();
  auto loaded = snapshots_.load({.chain_at = chain_at(),
                                 .fits = {},
                                 .begin_notices = {},
                                 .refused =
                                     [this](const RefusedSnapshot& refused) {
                                       refused_.push_back(refused.file.path.string() + ": " +
                                                          refused.fault.detail);
                                     },
                                 .sends = settings_.sends});
  if (loaded) {
    began_at_ = loaded->head.sequence;
    ledger_ = std::move(loaded->ledger);
  } else {
    if (sends_) sends_->clear();
    ledger_ = std::make_unique<Ledger>(settings_.sends);
  }
  Deaf nobody;
  const auto recovered = recover(*ledger_, portions_of(*journal_), nobody, ledger_->last());
  if (!recovered) return recovered.error().detail;
  if (sends_) sends_->prune();
  return {};
}

bool Process::run() {
  if (!stopped_.empty()) return false;
  const auto due = [this] { return engine_->next_due() && *engine_->next_due() <= clock_.time; };
  do {
    try {
      if (auto turned = engine_->turn(); !turned) stopped_ = turned.error().detail;
    } catch (const SendsDamaged& damaged) {
      stopped_ = damaged.what();
    }
    if (!stopped_.empty()) return false;
  } while (!inbox_.empty() || due() || engine_->in_flight().value != 0);
  return true;
}

bool Process::write_snapshot() {
  const ChainLink end = journal_->end();
  if (end.sequence != ledger_->last() || end.sequence.value == 0) return false;
  const SnapshotHead head{.sequence = end.sequence,
                          .recorded_at = ledger_->recorded_at(),
                          .journal = end.hash,
                          .noticed = end.sequence};
  if (snapshots_.write(head, *ledger_, [](const PieceVisit&) {}) != 0) {
    [[maybe_unused]] const auto prepared = snapshots_.prepare();  // as the daemon does
    return false;
  }
  snapshots_.prune();
  if (sends_) {
    sends_->snapshot_begun();
    sends_->snapshot_written();
  }
  return true;
}

}  // namespace packledger::sim
