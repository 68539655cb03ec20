#include "tests/examples/law_driver.hpp"

#include "packledger/engine/engine.hpp"
#include "packledger/engine/recovery.hpp"
#include "packledger/ledger/segment.hpp"
#include "store/memory_journal.hpp"
#include "tests/examples/law_told.hpp"
#include "tests/examples/notation.hpp"
#include "tests/examples/world.hpp"

#include <utility>

namespace packledger::examples {
namespace {

constexpr int turns_max = 100'000;  // of one request; more is an engine that never answers

class LawDriver final : public Driver {
 public:
  void start(Instant now) override {
    clock_.set(now);
    recover_ledger();
    turn();
  }

  void advance(Instant to) override {
    while (broken_.empty()) {
      const auto due = engine_->next_due();
      if (!due || *due > to) break;
      clock_.set(std::max(*due, *clock_.now()));
      turn();
    }
    clock_.set(to);
    turn();
  }

  void restart(Instant at) override {
    clock_.set(at);
    recover_ledger();
    turn();
  }

  Outcome command(const CommandAsk& ask) override;
  Outcome send(const SendAsk& ask) override;
  std::optional<AccountSeen> account(const std::string& name) override {
    const auto id = ledger_->accounts().find(name);
    if (!id) return std::nullopt;
    return seen_account(ledger_->accounts().at(*id));
  }
  std::optional<OrderSeen> order(const std::string& account, const std::string& name) override {
    const auto id = ledger_->accounts().find(account);
    const Order* const order = id ? ledger_->accounts().at(*id).find_order(name) : nullptr;
    if (order == nullptr) return std::nullopt;
    return seen_order(*order);
  }
  std::optional<SentSeen> sent(const std::string& account, const std::string& name) override {
    const auto id = ledger_->accounts().find(account);
    const SendRecord* const record =
        id ? ledger_->sends().find(*id, name, ledger_->recorded_at()) : nullptr;
    if (record == nullptr) return std::nullopt;
    return SentSeen{told_send(*id, record->decided, *ledger_), record->reversed().value,
                    occurred_at(record->asked, record->recorded_at), record->recorded_at};
  }
  std::vector<EntrySeen> entries() override {
    std::vector<EntrySeen> all;
    const auto read = journal_.read(Sequence{1}, [&](const Entry& entry) {
      all.push_back(seen_entry(entry, *ledger_));
      return true;
    });
    if (!read) broken_ = "the journal cannot be read: " + read.error().detail;
    return all;
  }
  std::string digest() override { return ledger_->digest(); }
  void replay() override { recover_ledger(); }
  std::string broken() const override { return broken_; }

 private:
  void recover_ledger() {
    engine_.reset();
    ledger_ = std::make_unique<Ledger>();
    const auto recovered = recover(*ledger_, journal_, outlet_);
    if (!recovered) broken_ = "no recovery: " + recovered.error().detail;
    engine_ = std::make_unique<Engine>(*ledger_, journal_, inbox_, outlet_, clock_, EngineLimits{});
    check_books();
  }

  void turn() {
    const auto turned = engine_->turn();
    if (!turned) broken_ = "the engine stopped: " + turned.error().detail;
    check_books();
  }

  // What must hold after every entry (rules §5 R56, and the same of money).
  void check_books() const {
    for (std::uint64_t n = 1; n <= ledger_->accounts().count(); ++n) {
      const Account& account = ledger_->accounts().at(AccountId{n});
      ensure_balanced(account);
      for (const Package& package : account.packages) ensure_conserved(package);
    }
  }

  // Turns until `answered`; the engine may need several turns to take all due timers first.
  void ask(Request&& request, const bool& answered) {
    if (!inbox_.put(std::move(request))) broken_ = "the inbox is full";
    for (int i = 0; i < turns_max && !answered && broken_.empty(); ++i) turn();
    if (!answered && broken_.empty()) broken_ = "the engine never answered";
  }

  HandClock clock_;
  QueueInbox inbox_;
  DeafOutlet outlet_;
  MemoryJournal journal_;
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<Engine> engine_;
  std::string broken_;
};

Outcome LawDriver::command(const CommandAsk& ask) {
  bool answered = false;
  std::optional<CommandAnswer> answer;
  Command command;
  command.account = ask.account;
  command.input.key = ask.key;
  command.input.what = ask.what;
  command.dry_run = ask.dry_run;
  command.reply = [&](CommandAnswer got) {
    answer = std::move(got);
    answered = true;
  };
  this->ask(Request{std::move(command)}, answered);
  if (!answer) return {Outcome::Kind::refused, "no_answer", "", ""};
  if (!*answer) {
    const Refused& refused = answer->error();
    return {Outcome::Kind::refused, std::string(reject_text(refused.refusal.reject)), refused.field,
            ""};
  }
  const Entry& first = (*answer)->entries.front();
  const auto kind = (*answer)->replayed ? Outcome::Kind::again : Outcome::Kind::done;
  return {kind, "", "", told_command(first, *ledger_)};
}

Outcome LawDriver::send(const SendAsk& ask) {
  SendRecorded send = ask.send;
  if (ask.text) {
    const auto profile =
        send.destination == mainland ? SegmentProfile::cn_unicode : SegmentProfile::intl_auto;
    const auto counted = segment_count({ask.signature.value_or(""), *ask.text}, profile);
    if (!counted) return {Outcome::Kind::refused, "invalid_text", "text", ""};
    if (ask.has_units && *counted != send.units)
      return {Outcome::Kind::refused, "units_mismatch", "units", ""};
    send.units = *counted;
  }
  bool answered = false;
  SendAnswer answer;
  SendBatch batch;
  batch.sends.push_back({ask.account, std::move(send)});
  batch.dry_run = ask.dry_run;
  batch.reply = [&](const std::vector<packledger::SendAsked>& /*sends*/,
                    std::vector<SendAnswer> answers) {
    answer = std::move(answers.at(0));
    answered = true;
  };
  this->ask(Request{std::move(batch)}, answered);
  if (!answered) return {Outcome::Kind::refused, "no_answer", "", ""};
  if (!answer.refusal)
    return {Outcome::Kind::done, "", "", told_send(answer.account, answer.decision, *ledger_)};
  Outcome outcome{Outcome::Kind::refused, std::string(reject_text(answer.refusal->reject)),
                  std::string(answer.refusal->field), ""};
  if (answer.refusal->reject == Reject::duplicate)
    outcome.told = told_send(answer.account, answer.decision, *ledger_);
  return outcome;
}

}  // namespace

std::unique_ptr<Driver> make_law_driver() { return std::make_unique<LawDriver>(); }

}  // namespace packledger::examples
