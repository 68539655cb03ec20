// The walk of verify over a stored journal: every record, every decision, every snapshot and every
// head that was kept. Says what was verified, or the first thing that is wrong.
//
// Owner: the command verify; one thread, with one more that reads ahead while run() lasts.
#pragma once

#include "app/cli/progress.hpp"
#include "packledger/engine/redecision.hpp"
#include "packledger/ledger/ledger.hpp"
#include "store/signed_head.hpp"
#include "store/snapshots.hpp"
#include "store/stored_journal.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace packledger::cli {

struct VerifyAsked {
  std::filesystem::path data;
  std::optional<Sequence> from;  // absent: everything
  std::optional<Sequence> to;    // absent: to the end
  std::vector<SignedHead> heads;
};

struct Verified {
  Sequence from;  // the first entry that was decided again
  Sequence position;
  Instant recorded_at;
  std::optional<ChainHash> chain;  // nothing where no record ends at the position
  std::string digest;
  std::uint64_t snapshots = 0;  // found right
  std::uint64_t heads = 0;
  std::vector<std::string> remarks;
  bool interrupted = false;
};

class VerifyWalk {
 public:
  VerifyWalk(VerifyAsked asked, Progress& progress)
      : asked_{std::move(asked)}, progress_{progress} {}

  [[nodiscard]] Result<Verified, StoreFinding> run();

 private:
  // Looks at the ledger when it stands exactly there.
  struct Milestone {
    Sequence position;
    std::function<std::optional<StoreFinding>()> check;
  };

  [[nodiscard]] std::optional<StoreFinding> compare_heads();
  void begin_ledger();
  [[nodiscard]] std::optional<StoreFinding> add_snapshots();
  [[nodiscard]] std::optional<StoreFinding> check_snapshot(const SnapshotFile& file);
  [[nodiscard]] bool take(const Entry& entry);
  [[nodiscard]] std::optional<StoreFinding> walk();
  [[nodiscard]] std::optional<StoreFinding> finish();
  [[nodiscard]] StoreFinding finding_of(Sequence position, const Entry* found,
                                        const Differs& differs) const;

  VerifyAsked asked_;
  Progress& progress_;
  std::unique_ptr<StoredJournal> journal_;
  std::unique_ptr<Ledger> ledger_;
  std::optional<Redecision> redecision_;
  Sequence to_;
  std::vector<Milestone> milestones_;  // rising
  std::size_t milestone_ = 0;          // the next
  std::optional<StoreFinding> finding_;
  Verified verified_;
};

}  // namespace packledger::cli
