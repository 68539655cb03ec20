#include "tests/examples/law_driver.hpp"

#include "packledger/engine/engine.hpp"
#include "packledger/engine/recovery.hpp"
#include "packledger/ledger/segment.hpp"
#include "store/memory_journal.hpp"
#include "tests/examples/law_again.hpp"
#include "tests/examples/law_facts.hpp"
#include "tests/examples/law_told.hpp"
#include "tests/examples/notation.hpp"
#include "tests/examples/world.hpp"

#include <span>
#include <utility>

namespace packledger::examples {
namespace {

// What a notice is about, by the kind of its entry; the daemon says it itself.
std::string topic_of(std::string_view kind) {
  if (kind.starts_with("alarm")) return "alarm";
  if (kind.starts_with("account")) return "account";
  return kind == "expiry_reminder_due" ? "reminder" : "renewal";
}

constexpr int turns_max = 100'000;  // of one request; more is an engine that never answers

class LawDriver final : public Driver {
 public:
  explicit LawDriver(LawPlay* play) : play_(play) {}

  void start(Instant now) override {
    clock_.set(now);
    recover_ledger();
    turn();
  }

  void advance(Instant to) override {
    note(to, "", {});
    while (broken_.empty()) {
      const auto due = engine_->next_due();
      if (!due || *due > to) break;
      clock_.set(std::max(*due, clock_.now()));
      turn();
    }
    clock_.set(to);
    turn();
  }

  void restart(Instant at) override {
    note(at, "", {});
    clock_.set(at);
    recover_ledger();
    turn();
  }

  Outcome command(const CommandAsk& ask) override;
  Outcome send(const SendAsk& ask) override;
  std::optional<AccountSeen> account(const std::string& name) override {
    const Account* const found = find(name);
    if (found == nullptr) return std::nullopt;
    return seen_account(*found);
  }
  std::optional<OrderSeen> order(const std::string& account, const std::string& name) override {
    const Account* const found = find(account);
    const Order* const order = found != nullptr ? found->find_order(name) : nullptr;
    if (order == nullptr) return std::nullopt;
    return seen_order(*order);
  }
  std::optional<SentSeen> sent(const std::string& account, const std::string& name) override {
    const auto id = ledger_->accounts().find(account);
    const auto record =
        id ? ledger_->sends().find(*id, name, ledger_->recorded_at()) : std::nullopt;
    if (!record) return std::nullopt;
    return SentSeen{told_send(*id, record->decided, *ledger_), record->reversed().value,
                    occurred_at(record->asked, record->recorded_at), record->recorded_at};
  }
  std::optional<Facts> alarm(const std::string& account, const std::string& name) override;
  std::optional<Facts> renewal(const std::string& account) override;
  std::optional<Facts> hold(const std::string& account, const std::string& name) override;
  std::optional<Facts> invoice(const std::string& account, const std::string& number) override;
  Facts contacts(const std::string& account) override {
    const Account* const found = find(account);
    return found == nullptr ? Facts{} : facts_of(*found->contacts);
  }
  std::vector<NoticeSeen> notices(const std::string& account) override;
  std::vector<StatementLine> statement(const std::string& account) override {
    return statement_of(journal(), account);
  }
  std::vector<EntrySeen> entries() override {
    std::vector<EntrySeen> all;
    for (const Entry& entry : journal()) all.push_back(seen_entry(entry, *ledger_));
    return all;
  }
  std::string digest() override { return ledger_->digest(); }
  void crash(Instant at) override {
    restart(at);
    if (const std::string fault = decided_otherwise(journal()); !fault.empty() && broken_.empty())
      broken_ = fault;
    if (play_ != nullptr) play_->journal = journal();
  }
  std::string broken() const override { return broken_; }

 private:
  const Account* find(const std::string& name) const {
    const auto id = ledger_->accounts().find(name);
    return id ? &ledger_->accounts().at(*id) : nullptr;
  }

  std::vector<Entry> journal() {
    std::vector<Entry> all;
    const auto read = journal_.read(Sequence{1}, [&](const Entry& entry) {
      all.push_back(entry);
      return true;
    });
    if (!read) broken_ = "the journal cannot be read: " + read.error().detail;
    return all;
  }

  void note(Instant at, const std::string& account, std::optional<Input> input) {
    if (play_ != nullptr) play_->asked.push_back({at, account, std::move(input)});
  }

  void recover_ledger() {
    engine_.reset();
    ledger_ = std::make_unique<Ledger>();
    const auto recovered = recover(*ledger_, journal_, outlet_);
    if (!recovered) broken_ = "no recovery: " + recovered.error().detail;
    engine_ = std::make_unique<Engine>(EngineParts{.ledger = *ledger_,
                                                   .journal = journal_,
                                                   .committer = commits_,
                                                   .inbox = inbox_,
                                                   .outlet = outlet_,
                                                   .clock = clock_},
                                       EngineLimits{});
    check_books();
  }

  void turn() {
    const auto turned = engine_->turn();
    if (!turned) broken_ = "the engine stopped: " + turned.error().detail;
    check_books();
  }

  // "alarm_raised:low"
  std::vector<std::string> words_of(std::span<const Entry> entries) const {
    std::vector<std::string> words;
    for (const Entry& entry : entries) {
      const EntrySeen seen = seen_entry(entry, *ledger_);
      words.push_back(seen.kind + ":" + seen.subject);
    }
    return words;
  }

  // What must hold after every entry (rules §5 R56, and the same of money).
  void check_books() const {
    for (std::uint64_t n = 1; n <= ledger_->accounts().count(); ++n) {
      const Account& account = ledger_->accounts().at(AccountId{n});
      ensure_balanced(account);
      ensure_totals(account);
      for (const Package& package : account.packages) ensure_conserved(package);
    }
  }

  // Turns until `answered`; the engine may need several turns to take all due timers first.
  void ask(Request&& request, const bool& answered) {
    if (!inbox_.put(std::move(request))) broken_ = "the inbox is full";
    for (int i = 0; i < turns_max && !answered && broken_.empty(); ++i) turn();
    if (!answered && broken_.empty()) broken_ = "the engine never answered";
  }

  LawPlay* play_;
  HandClock clock_;
  QueueInbox inbox_;
  DeafOutlet outlet_;
  MemoryJournal journal_;
  CommitAtOnce commits_{journal_};
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<Engine> engine_;
  std::string broken_;
};

std::optional<Facts> LawDriver::alarm(const std::string& account, const std::string& name) {
  const Account* const found = find(account);
  const Alarm* const alarm = found != nullptr ? found->find_alarm(name) : nullptr;
  if (alarm == nullptr) return std::nullopt;
  return facts_of(*alarm, *found);
}

std::optional<Facts> LawDriver::renewal(const std::string& account) {
  const Account* const found = find(account);
  if (found == nullptr || !found->renewal) return std::nullopt;
  return facts_of(*found->renewal, *found);
}

std::optional<Facts> LawDriver::hold(const std::string& account, const std::string& name) {
  const Account* const found = find(account);
  const Hold* const hold =
      found != nullptr ? found->holds->find(name, ledger_->recorded_at()) : nullptr;
  if (hold == nullptr) return std::nullopt;
  return facts_of(*hold, *found);
}

std::optional<Facts> LawDriver::invoice(const std::string& account, const std::string& number) {
  const auto id = ledger_->accounts().find(account);
  for (const Entry& entry : journal()) {
    const auto* const invoice = std::get_if<InvoiceDecision>(&entry.decision);
    if (invoice != nullptr && id == account_of(entry) && std::to_string(invoice->number) == number)
      return facts_of(*invoice, entry.recorded_at);
  }
  return std::nullopt;
}

std::vector<NoticeSeen> LawDriver::notices(const std::string& account) {
  std::vector<NoticeSeen> all;
  const auto id = ledger_->accounts().find(account);
  for (const Entry& entry : journal()) {
    const std::vector<Told>* const told = told_by(entry);
    if (told == nullptr || id != account_of(entry)) continue;
    const std::string kind{kind_text(entry.input.what)};
    all.push_back(
        {entry.sequence.value, kind, topic_of(kind), occurred_at(entry), who_text(*told)});
  }
  return all;
}

Outcome LawDriver::command(const CommandAsk& ask) {
  bool answered = false;
  std::optional<CommandAnswer> answer;
  Command command;
  command.account = ask.account;
  command.input.key = ask.key;
  command.input.what = ask.what;
  if (auto* const forecast = std::get_if<RunOutForecast>(&command.input.what))
    forecast->position = ledger_->last();
  command.dry_run = ask.dry_run;
  if (!ask.dry_run) note(clock_.now(), ask.account, command.input);
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
  Outcome outcome{kind, "", "", told_command(first, *ledger_), {}};
  outcome.caused = words_of(std::span{(*answer)->entries}.subspan(1));
  return outcome;
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
  SendsAnswered told;
  if (!ask.dry_run) note(clock_.now(), ask.account, Input{{}, "", send});
  SendBatch batch;
  batch.sends.push_back({ask.account, std::move(send)});
  batch.dry_run = ask.dry_run;
  batch.reply = [&](SendsAnswered got) {
    told = std::move(got);
    answered = true;
  };
  this->ask(Request{std::move(batch)}, answered);
  if (!answered) return {Outcome::Kind::refused, "no_answer", "", ""};
  const SendAnswer& answer = told.answers.at(0);
  const Refusal* const refusal = answer.refusal();
  const auto words = [&] {
    return told_send(answer.account, decided_of(answer, told.batch.get()).decision, *ledger_);
  };
  if (refusal == nullptr) {
    std::vector<std::string> caused;
    if (answer.unrecorded != nullptr) caused = words_of(answer.unrecorded->consequences);
    return {Outcome::Kind::done, "", "", words(), std::move(caused)};
  }
  Outcome outcome{Outcome::Kind::refused, std::string(reject_text(refusal->reject)),
                  std::string(refusal->field), ""};
  if (answer.repeats()) outcome.told = words();
  return outcome;
}

}  // namespace

std::unique_ptr<Driver> make_law_driver() { return std::make_unique<LawDriver>(nullptr); }
std::unique_ptr<Driver> make_law_driver(LawPlay& play) {
  return std::make_unique<LawDriver>(&play);
}

}  // namespace packledger::examples
