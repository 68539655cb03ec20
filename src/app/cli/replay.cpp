// packledger replay: makes a ledger of a journal again, up to a point, in memory or in a directory
// of its own; and says what it would have come to under another policy.
#include "app/cli/command.hpp"
#include "app/cli/progress.hpp"
#include "app/cli/replay_diff.hpp"
#include "app/cli/replay_state.hpp"
#include "app/zones.hpp"
#include "packledger/engine/what_if.hpp"
#include "packledger/ledger/each_entry_fetched.hpp"
#include "store/read_ahead.hpp"
#include "store/rocks_journal.hpp"
#include "store/stored_journal.hpp"
#include "wire/json_writer.hpp"
#include "wire/price_book_json.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <ostream>

namespace packledger::cli {
namespace {

struct Until {
  std::optional<Sequence> position;
  std::optional<Instant> at;
  [[nodiscard]] bool covers(Sequence sequence, Instant recorded_at) const {
    return (!position || sequence <= *position) && (!at || recorded_at <= *at);
  }
};

std::optional<Until> parse_until(const std::string& text) {
  if (text.empty()) return Until{};
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size() && number > 0)
    return Until{.position = Sequence{number}, .at = {}};
  const auto at = parse_instant(text);
  return at ? std::optional{Until{.position = {}, .at = at}} : std::nullopt;
}

ExitCode tell_finding(Session& session, const StoreFinding& finding) {
  const bool nothing_there = finding.code == "no_journal" || finding.code == "unreadable";
  std::string text = finding.code;
  if (finding.position.value != 0) text += " at position " + std::to_string(finding.position.value);
  return session.complain(nothing_there ? ExitCode::usage : ExitCode::wrong,
                          text + ": " + finding.detail);
}

// What may be decided otherwise; its options, and the policy that they make.
class PolicyOptions {
 public:
  void declare(CLI::App& app) {
    app.add_option("--price-book", book_file_, "What if these had been the prices.")
        ->type_name("FILE");
    app.add_flag("--from-start", from_start_,
                 "The price book from the start, not from its effective_from.");
    app.add_option("--order", order_, "effective_first or expiry_first: which package pays first.")
        ->check(CLI::IsMember({"effective_first", "expiry_first"}));
    app.add_option("--late-window", late_window_, "How long a package pays late sends: 72h.")
        ->type_name("PERIOD");
    app.add_option("--overdue-grace", overdue_grace_, "How long an account may owe: 7d.")
        ->type_name("PERIOD");
    app.add_option("--prepaid-strict", prepaid_strict_, "Whether charges may exceed the balance.")
        ->check(CLI::IsMember({"true", "false"}));
  }

  [[nodiscard]] bool given() const {
    return !book_file_.empty() || !order_.empty() || !late_window_.empty() ||
           !overdue_grace_.empty() || !prepaid_strict_.empty();
  }
  // Equal for equal policies.
  [[nodiscard]] std::string text() const {
    return book_text_ + (from_start_ ? "|start|" : "|") + order_ + "|" + late_window_ + "|" +
           overdue_grace_ + "|" + prepaid_strict_;
  }

  // What is wrong with them else.
  [[nodiscard]] Result<Policy, std::string> read() {
    Policy policy;
    if (!order_.empty())
      policy.settings.order =
          order_ == "expiry_first" ? DeductionOrder::expiry_first : DeductionOrder::effective_first;
    if (!prepaid_strict_.empty()) policy.settings.prepaid_strict = prepaid_strict_ == "true";
    if (!late_window_.empty()) {
      policy.settings.late_window = parse_period(late_window_);
      if (!policy.settings.late_window || *policy.settings.late_window > late_window_max)
        return std::unexpected{std::string{"--late-window: expected a period up to 60d"}};
    }
    if (!overdue_grace_.empty()) {
      policy.settings.overdue_grace = parse_period(overdue_grace_);
      if (!policy.settings.overdue_grace)
        return std::unexpected{std::string{"--overdue-grace: expected a period such as 7d"}};
    }
    if (book_file_.empty()) return policy;
    std::ifstream in{book_file_, std::ios::binary};
    book_text_ = std::string{std::istreambuf_iterator<char>{in}, {}};
    if (!in.is_open() || book_text_.empty()) return std::unexpected{book_file_ + " cannot be read"};
    auto book = read_price_book(book_text_, find_zone);
    if (!book)
      return std::unexpected{book_file_ + ": " + book.error().field + ": " + book.error().detail};
    policy.book = *std::move(book);
    if (from_start_) policy.book->effective_from = Instant{-(std::int64_t{1} << 53U)};
    return policy;
  }

 private:
  std::string book_file_;
  std::string book_text_;
  bool from_start_ = false;
  std::string order_;
  std::string late_window_;
  std::string overdue_grace_;
  std::string prepaid_strict_;
};

class Replay final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("--data", data_, "The data directory of the daemon.")
        ->required()
        ->type_name("DIR");
    app.add_option("--until", until_text_, "Only up to this position or time.")
        ->type_name("POSITION|TIME");
    app.add_option("--into", into_, "Make a journal of its own there; goes on with one cut short.")
        ->type_name("DIR");
    app.add_option("--rate", rate_, "At most so many entries a second; 0: as fast as it goes.")
        ->capture_default_str();
    policy_options_.declare(app);
    app.add_flag("--diff", diff_, "Tell every account for which something differs.");
    app.add_flag("--csv", csv_, "Tell it as CSV.");
    app.add_option("--resume", resume_, "Keep the state there when interrupted, and go on from it.")
        ->type_name("DIR");
    app.footer(
        "Opens the directory itself, also beside a running daemon, and changes nothing there.\n"
        "With --price-book, --order, --late-window, --overdue-grace or --prepaid-strict every\n"
        "command of the journal is decided anew under that policy, beside what was decided.");
  }

  ExitCode run(Session& session) override {
    const auto until = parse_until(until_text_);
    if (!until)
      return session.complain(
          ExitCode::usage, "--until: expected a position or a time such as 2024-05-01T00:00:00Z");
    until_ = *until;
    const bool what_if = policy_options_.given();
    if (what_if && !into_.empty())
      return session.complain(ExitCode::usage,
                              "--into takes no policy: it copies what was decided");
    if (!what_if && (diff_ || csv_ || !resume_.empty()))
      return session.complain(ExitCode::usage,
                              "--diff, --csv and --resume need a policy, such as --price-book");
    auto opened = StoredJournal::open(data_);
    if (!opened) return tell_finding(session, opened.error());
    journal_ = std::move(*opened);
    const Interrupt interrupt;
    Progress progress{session.err(), "replay", {.bar = session.look.bars, .rate_max = rate_}};
    if (what_if) return decide_otherwise(session, progress);
    return into_.empty() ? replay(session, progress) : copy(session, progress);
  }

 private:
  // How many entries there are from here on, at most.
  [[nodiscard]] std::uint64_t entries_after(Sequence position) const {
    const Sequence last = std::min(until_.position.value_or(journal_->last()), journal_->last());
    return last > position ? last.value - position.value : 0;
  }

  ExitCode replay(Session& session, Progress& progress) {
    Ledger ledger;
    progress.begin(entries_after({}));
    bool wanted = true;
    const auto take = [&](const Entry& entry) {
      if (!until_.covers(entry.sequence, entry.recorded_at)) return false;
      ledger.apply(entry);
      wanted = progress.step();
      return wanted;
    };
    const auto read = read_ahead(*journal_)(Sequence{1}, [&](const SharedBatch& portion) {
      return each_entry_fetched({&ledger}, portion->entries, take);
    });
    progress.end();
    if (!read) return tell_finding(session, journal_->finding());
    tell(session, ledger, progress, wanted);
    return wanted ? ExitCode::ok : ExitCode::interrupted;
  }

  // Record by record, so that what belongs together stays so.
  ExitCode copy(Session& session, Progress& progress) {
    auto made = RocksJournal::open({.directory = into_, .bulk = true, .files = nullptr});
    if (!made) return session.complain(ExitCode::usage, made.error().detail);
    RocksJournal& to = **made;
    const Sequence begun = to.last();
    Ledger ledger;
    bool wanted = true;
    std::optional<Fault> fault;
    progress.begin(entries_after({}));
    const auto take = [&](const RecordView& record) -> Result<bool, StoreFinding> {
      if (!until_.covers(record.link.sequence, record.link.recorded_at)) return false;
      std::vector<Entry> entries;
      const auto read = visit_entries(record, record.first, [&](const Entry& entry) {
        entries.push_back(entry);
        return true;
      });
      if (!read)
        return std::unexpected{StoreFinding{.code = "entry_damaged",
                                            .position = record.first,
                                            .key = {},
                                            .detail = read.error().detail,
                                            .found = {},
                                            .expected = {}}};
      ledger.apply(entries);
      if (record.link.sequence > begun) {
        if (const auto appended = to.append(to.last(), entries); !appended)
          fault = appended.error();
      }
      wanted = progress.step(entries.size());
      return !fault && wanted;
    };
    const auto walked = journal_->walk(Sequence{1}, take);
    progress.end();
    if (!walked) return tell_finding(session, walked.error());
    if (!fault) {
      if (const auto settled = to.settle(); !settled) fault = settled.error();
    }
    if (fault) return session.complain(ExitCode::unexpected, fault->detail);
    tell(session, ledger, progress, wanted);
    return wanted ? ExitCode::ok : ExitCode::interrupted;
  }

  static void tell(Session& session, const Ledger& ledger, const Progress& progress, bool whole) {
    std::ostream& out = session.out();
    const auto position = static_cast<std::int64_t>(ledger.last().value);
    const auto accounts = static_cast<std::int64_t>(ledger.accounts().count());
    if (session.options.json) {
      std::string line;
      JsonWriter json{line};
      json.begin_object().member("position", position).member("interrupted", !whole);
      json.member("recorded_at", instant_text(ledger.recorded_at()));
      json.member("accounts", accounts).member("digest", ledger.digest()).end_object();
      out << line << '\n';
      return;
    }
    out << (whole ? "replayed " : "interrupted after ") << progress.summary() << '\n'
        << "position " << grouped(position) << ", recorded " << instant_text(ledger.recorded_at())
        << '\n'
        << "accounts " << grouped(accounts) << '\n'
        << "digest   " << ledger.digest() << '\n';
  }

  ExitCode decide_otherwise(Session& session, Progress& progress) {
    auto policy = policy_options_.read();
    if (!policy) return session.complain(ExitCode::usage, policy.error());
    auto begun = begin(session, *std::move(policy));
    if (!begun) return begun.error();
    WhatIf& walk = **begun;
    const Sequence from = walk.state().as_decided->last();
    progress.begin(entries_after(from));
    bool wanted = true;
    const auto take = [&](const Entry& entry) {
      if (!until_.covers(entry.sequence, entry.recorded_at)) return false;
      walk.take(entry);
      wanted = progress.step();
      return wanted || !is_record_end(entry.sequence);  // a state goes on where a record ends
    };
    const WhatIf::State& state = walk.state();
    const auto read = read_ahead(*journal_)(next(from), [&](const SharedBatch& portion) {
      return each_entry_fetched({state.as_decided.get(), state.otherwise.get()}, portion->entries,
                                take);
    });
    progress.end();
    if (!read) return tell_finding(session, journal_->finding());
    if (const auto mistaken = walk.mistaken())
      return session.complain(ExitCode::unexpected,
                              "the sums of account " +
                                  walk.state().as_decided->accounts().at(*mistaken).name +
                                  " are not those of its ledger");
    tell_otherwise(session, walk.state(), progress, wanted);
    return wanted ? ExitCode::ok : save(session, walk.state());
  }

  [[nodiscard]] bool is_record_end(Sequence sequence) const {
    const auto link = journal_->link_at(sequence);
    return link && link->has_value();
  }

  // From the start, or from a state that was kept.
  Result<std::unique_ptr<WhatIf>, ExitCode> begin(Session& session, Policy policy) {
    const auto refuse = [&session](const std::string& why) {
      return std::unexpected{session.complain(ExitCode::usage, why)};
    };
    if (resume_.empty() || !holds_replay_state(resume_))
      return std::make_unique<WhatIf>(std::move(policy));
    auto saved = load_replay(resume_);
    if (!saved) return refuse(saved.error());
    if (saved->place.policy != policy_options_.text())
      return refuse(resume_ + " holds the state of another policy");
    const auto link = journal_->link_at(saved->place.position);
    if (!link || !*link || hex((*link)->hash) != saved->place.chain)
      return refuse(resume_ + " holds the state of another journal");
    session.err() << "going on from position " << saved->place.position.value << '\n';
    return std::make_unique<WhatIf>(std::move(policy), std::move(saved->state));
  }

  ExitCode save(Session& session, const WhatIf::State& state) const {
    if (resume_.empty()) return ExitCode::interrupted;
    const Sequence position = state.as_decided->last();
    const auto link = journal_->link_at(position);
    if (!link || !*link) return ExitCode::interrupted;
    const auto saved = save_replay(
        resume_,
        {.position = position, .chain = hex((*link)->hash), .policy = policy_options_.text()},
        state);
    if (!saved) return session.complain(ExitCode::unexpected, saved.error());
    session.err() << "the state is kept in " << resume_ << "; the same command goes on from it\n";
    return ExitCode::interrupted;
  }

  void tell_otherwise(Session& session, const WhatIf::State& state, const Progress& progress,
                      bool whole) const {
    const bool text = !csv_ && !session.options.json;
    if (text || !whole) {
      std::ostream& out = text ? session.out() : session.err();
      out << (whole ? "decided anew: " : "interrupted; decided anew so far: ") << progress.summary()
          << ", to position " << grouped(static_cast<std::int64_t>(state.as_decided->last().value))
          << ", recorded " << instant_text(state.as_decided->recorded_at()) << "\n\n";
    }
    DiffForm form = DiffForm::text;
    if (session.options.json) form = DiffForm::json;
    if (csv_) form = DiffForm::csv;
    write_diff(session.out(), state,
               {.form = form, .accounts = diff_ || csv_, .look = session.look});
  }

  std::string data_;
  std::string until_text_;
  std::string into_;
  std::uint64_t rate_ = 0;
  PolicyOptions policy_options_;
  bool diff_ = false;
  bool csv_ = false;
  std::string resume_;
  Until until_;
  std::unique_ptr<StoredJournal> journal_;
};

}  // namespace

void add_replay_command(CommandTree& tree) {
  tree.add(tree.root(), "replay", "Make a ledger of a journal again, also under another policy.",
           std::make_unique<Replay>());
}

}  // namespace packledger::cli
