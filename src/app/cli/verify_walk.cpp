#include "app/cli/verify_walk.hpp"

#include "packledger/ledger/each_entry_fetched.hpp"
#include "packledger/ledger/send_archive.hpp"
#include "serve/directory.hpp"
#include "store/read_ahead.hpp"
#include "store/record.hpp"
#include "wire/entry_views.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace packledger::cli {
namespace {

namespace fs = std::filesystem;

std::string number(Sequence sequence) { return std::to_string(sequence.value); }

// For a ledger that is only compared: of sends in files its digest needs no more than what the
// snapshot says of them.
class ForDigest final : public SendArchive {
 public:
  void put(const SendGeneration&, std::span<const std::string_view>) override {}
  [[nodiscard]] Progress progress() override { return Progress::kept; }
  void finish() override {}
  [[nodiscard]] bool take(const SendGeneration&) override { return true; }
  void drop(Sequence) override {}
  void clear() override {}
  void prefetch(const SendKey&) const override {}
  [[nodiscard]] bool find(const SendKey&, std::string_view, std::string&) const override {
    return false;
  }
};

// What the law never decided may hold amounts that nobody can write.
bool fits(const auto& charges) {
  return std::ranges::all_of(charges, [](const ChargeLine& line) {
    return charge(line.unit_price, line.units).has_value();
  });
}

std::string line_of(const Entry& entry, const Names& names) {
  const auto* const sent = std::get_if<SendDecision>(&entry.decision);
  const auto* const reversed = std::get_if<ReversalDecision>(&entry.decision);
  const bool written =
      (sent == nullptr || fits(sent->charges)) && (reversed == nullptr || fits(reversed->charges));
  if (written) return journal_line(entry, names);
  return std::string{kind_text(entry.input.what)} + " with a charge beyond every amount";
}

std::string_view sentence_of(Difference difference) {
  switch (difference) {
    case Difference::misplaced: return "it does not follow the entry before it";
    case Difference::left_out: return "the ledger asks for something else first";
    case Difference::not_asked: return "the ledger does not ask for it";
    case Difference::refused: return "today's law refuses it";
    case Difference::decided_otherwise: return "today's law decides otherwise";
  }
  return "";
}

}  // namespace

Result<Verified, StoreFinding> VerifyWalk::run() {
  auto journal = StoredJournal::open(asked_.data);
  if (!journal) return std::unexpected{std::move(journal.error())};
  journal_ = std::move(*journal);
  verified_.remarks = journal_->remarks();
  to_ = std::min(asked_.to.value_or(journal_->last()), journal_->last());
  if (auto finding = compare_heads()) return std::unexpected{*std::move(finding)};
  begin_ledger();
  if (auto finding = add_snapshots()) return std::unexpected{*std::move(finding)};
  std::ranges::sort(milestones_, {}, &Milestone::position);
  if (auto finding = walk()) return std::unexpected{*std::move(finding)};
  if (auto finding = finish()) return std::unexpected{*std::move(finding)};
  return std::move(verified_);
}

// The chain at each head that was kept; the digest there is a milestone.
std::optional<StoreFinding> VerifyWalk::compare_heads() {
  for (const SignedHead& signed_head : asked_.heads) {
    const LedgerHead& head = signed_head.head;
    StoreFinding finding{.code = "rolled_back",
                         .position = head.position,
                         .key = {},
                         .detail = {},
                         .found = number(journal_->last()),
                         .expected = number(head.position)};
    if (head.position > journal_->last()) {
      finding.detail = "the head that was kept stands at sequence " + number(head.position) +
                       ", recorded at " + instant_text(head.recorded_at) +
                       ", but the store ends with " + number(journal_->last()) +
                       ": it is an older copy, or its end was taken away";
      return finding;
    }
    const auto link = journal_->link_at(head.position);
    if (!link) return link.error();
    const std::string chain = *link ? hex((*link)->hash) : "no record ends there";
    if (head.position.value != 0 && chain != head.chain) {
      finding.code = "rewritten";
      finding.detail = "the chain up to sequence " + number(head.position) +
                       " is not the one of the head that was kept: what was recorded until then "
                       "was written anew";
      finding.found = chain;
      finding.expected = head.chain;
      return finding;
    }
    ++verified_.heads;
    milestones_.push_back({head.position, [this, head]() -> std::optional<StoreFinding> {
                             const std::string digest = ledger_->digest();
                             if (digest == head.digest) return std::nullopt;
                             return StoreFinding{
                                 .code = "digest_differs",
                                 .position = head.position,
                                 .key = {},
                                 .detail = "the ledger is another one than that of the head",
                                 .found = digest,
                                 .expected = head.digest};
                           }});
  }
  return std::nullopt;
}

// Of the newest snapshot before the first entry that is wanted, else empty.
void VerifyWalk::begin_ledger() {
  if (asked_.from) {
    const auto fits = [this](const SnapshotHead& head) { return head.sequence < *asked_.from; };
    const auto refused = [this](const RefusedSnapshot& each) {
      verified_.remarks.push_back(each.file.path.string() +
                                  " was passed over: " + each.fault.detail);
    };
    auto loaded = Snapshots{asked_.data}.load(
        {.chain_at = [this](Sequence last) { return journal_->chain_at(last); },
         .fits = fits,
         .begin_notices = {},
         .refused = refused});
    if (loaded) ledger_ = std::move(loaded->ledger);
  }
  if (ledger_ == nullptr) ledger_ = std::make_unique<Ledger>();
  redecision_.emplace(*ledger_);
  verified_.from = next(ledger_->last());
}

// A daemon writes a snapshot of what is in its journal: one that is ahead of it tells of a journal
// that was put back. Beside a daemon the journal may have grown since it was opened here.
std::optional<StoreFinding> VerifyWalk::add_snapshots() {
  for (const SnapshotFile& file : Snapshots{asked_.data}.list()) {
    if (file.sequence > journal_->last() && !journal_->in_use())
      return StoreFinding{.code = "rolled_back",
                          .position = file.sequence,
                          .key = {},
                          .detail = file.path.string() + " stands at sequence " +
                                    number(file.sequence) + ", but the journal ends before",
                          .found = number(journal_->last()),
                          .expected = number(file.sequence)};
    const bool wanted = file.sequence > ledger_->last() && file.sequence <= to_;
    if (wanted)
      milestones_.push_back({file.sequence, [this, file] { return check_snapshot(file); }});
  }
  return std::nullopt;
}

// A snapshot against the ledger that was replayed up to it.
std::optional<StoreFinding> VerifyWalk::check_snapshot(const SnapshotFile& file) {
  StoreFinding finding{.code = "snapshot_damaged",
                       .position = file.sequence,
                       .key = {},
                       .detail = {},
                       .found = {},
                       .expected = {}};
  bool other_format = false;
  ForDigest archive;
  auto loaded = Snapshots{asked_.data}.load(
      {.chain_at = [this](Sequence last) { return journal_->chain_at(last); },
       .fits = [&file](const SnapshotHead& head) { return head.sequence == file.sequence; },
       .begin_notices = {},
       .refused =
           [&](const RefusedSnapshot& refused) {
             if (refused.file.sequence != file.sequence) return;
             other_format = refused.fault.code == SnapshotFault::Code::other_format;
             finding.detail = refused.file.path.string() + ": " + refused.fault.detail;
           },
       .sends = {.archive = &archive}});
  if (!loaded) {
    std::error_code ignored;
    if (!fs::exists(file.path, ignored)) return std::nullopt;  // a daemon has removed it
    if (!other_format) return finding;
    verified_.remarks.push_back(finding.detail + "; it was not checked");
    return std::nullopt;
  }
  finding.found = loaded->ledger->digest();
  finding.expected = ledger_->digest();
  if (finding.found == finding.expected) {
    ++verified_.snapshots;
    return std::nullopt;
  }
  finding.code = "snapshot_differs";
  finding.detail = file.path.string() + " is not what the journal adds up to there";
  return finding;
}

std::optional<StoreFinding> VerifyWalk::walk() {
  const std::uint64_t from = ledger_->last().value;
  progress_.begin(to_.value > from ? to_.value - from : 0);
  const auto read =
      read_ahead(*journal_)(next(ledger_->last()), [this](const SharedBatch& portion) {
        return each_entry_fetched({ledger_.get()}, portion->entries, [this](const Entry& entry) {
          return entry.sequence <= to_ && take(entry);
        });
      });
  if (finding_) return finding_;
  if (!read) return journal_->finding();
  return std::nullopt;
}

// False where the walk ends here.
bool VerifyWalk::take(const Entry& entry) {
  if (auto differs = redecision_->take(entry)) {
    finding_ = finding_of(entry.sequence, &entry, *differs);
    return false;
  }
  while (milestone_ < milestones_.size() && milestones_[milestone_].position <= entry.sequence) {
    const Milestone& milestone = milestones_[milestone_++];
    if (milestone.position == entry.sequence) finding_ = milestone.check();
    if (finding_) return false;
  }
  verified_.interrupted = !progress_.step();
  return !verified_.interrupted;
}

// What is to be looked at when all was walked.
std::optional<StoreFinding> VerifyWalk::finish() {
  const Sequence last = ledger_->last();
  if (!verified_.interrupted && last == journal_->last()) {
    if (const auto differs = redecision_->end()) return finding_of(next(last), nullptr, *differs);
  }
  for (std::uint64_t id = 1; id <= ledger_->accounts().count(); ++id) {
    const Account& account = ledger_->accounts().at(AccountId{id});
    ensure_balanced(account);
    ensure_totals(account);
    for (const Package& package : account.packages) ensure_conserved(package);
  }
  if (!verified_.interrupted && !asked_.from && !asked_.to) {
    if (auto checked = journal_->check_tables(); !checked) return checked.error();
  }
  const auto link = journal_->link_at(last);
  if (!link) return link.error();
  if (*link) verified_.chain = (*link)->hash;
  verified_.position = last;
  verified_.recorded_at = ledger_->recorded_at();
  verified_.digest = ledger_->digest();
  return std::nullopt;
}

StoreFinding VerifyWalk::finding_of(Sequence position, const Entry* found,
                                    const Differs& differs) const {
  const serve::Directory names{*ledger_};
  StoreFinding finding{.code = std::string{difference_text(differs.what)},
                       .position = position,
                       .key = hex(record_key(position)),
                       .detail = std::string{sentence_of(differs.what)},
                       .found = {},
                       .expected = {}};
  finding.found = found == nullptr ? "the end of the journal" : line_of(*found, names);
  if (differs.expected) finding.expected = journal_line(*differs.expected, names);
  if (differs.refusal) finding.expected = reject_text(differs.refusal->reject);
  // Where the record begins that holds it.
  const auto noted = journal_->walk(position, [&](const RecordView& record) {
    finding.key = hex(record_key(record.first));
    return Result<bool, StoreFinding>{false};
  });
  if (!noted) finding.key = noted.error().key;
  return finding;
}

}  // namespace packledger::cli
