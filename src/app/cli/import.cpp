// packledger import: makes a journal of what export wrote, every entry decided again before it is
// kept.
#include "app/cli/command.hpp"
#include "app/cli/import_source.hpp"
#include "app/cli/progress.hpp"
#include "packledger/engine/redecision.hpp"
#include "serve/directory.hpp"
#include "store/rocks_journal.hpp"
#include "wire/json_writer.hpp"

#include <CLI/CLI.hpp>

#include <fstream>
#include <iostream>
#include <ostream>

namespace packledger::cli {
namespace {

// What is wrong with a line, or with the journal that it goes to.
struct ImportFault {
  ExitCode code = ExitCode::usage;
  std::string detail;
};

class Importing {
 public:
  Importing(RocksJournal& to, ImportSource& source, Progress& progress)
      : to_{to}, source_{source}, progress_{progress} {}

  // The digest of what was there before, which the first lines must come to.
  [[nodiscard]] std::optional<ImportFault> begin() {
    held_ = to_.last();
    if (held_.value == 0) return std::nullopt;
    Ledger ledger;
    const auto read = to_.read(Sequence{1}, [&ledger](const Entry& entry) {
      ledger.apply(entry);
      return true;
    });
    if (!read) return ImportFault{ExitCode::wrong, read.error().detail};
    held_digest_ = ledger.digest();
    return std::nullopt;
  }

  [[nodiscard]] std::optional<ImportFault> run() {
    for (;;) {
      auto exported = source_.next();
      if (!exported) return at_fault(exported.error());
      if (!*exported) break;
      if (auto fault = take(**exported)) return fault;
      if (!progress_.step()) {
        interrupted_ = true;
        break;
      }
    }
    if (auto fault = keep_record()) return fault;
    if (const auto differs = redecision_.end(); differs && !interrupted_)
      return ImportFault{ExitCode::usage, "the end: what follows from the last entry is missing"};
    if (const auto settled = to_.settle(); !settled)
      return ImportFault{ExitCode::unexpected, settled.error().detail};
    return std::nullopt;
  }

  [[nodiscard]] bool interrupted() const { return interrupted_; }
  [[nodiscard]] const Ledger& ledger() const { return ledger_; }

 private:
  std::optional<ImportFault> take(ExportedEntry& exported) {
    if (exported.record != record_) {
      if (auto fault = keep_record()) return fault;
      if (interrupted_) return std::nullopt;
      record_ = exported.record;
      if (record_ != exported.entry.sequence)
        return at_fault({"record", "expected " + std::to_string(exported.entry.sequence.value) +
                                       ", that of the first entry of a record"});
    }
    const Entry& entry = exported.entry;
    const bool apart = !entries_.empty() && entry.recorded_at != entries_.front().recorded_at;
    if (apart) return at_fault({"recorded_at", "expected that of the other entries of its record"});
    if (const auto differs = redecision_.take(entry)) return at_fault(*differs);
    names_.learn(entry);
    if (const auto fault = source_.contradiction(exported, names_)) return at_fault(*fault);
    if (entry.sequence == held_ && ledger_.digest() != held_digest_)
      return ImportFault{ExitCode::wrong, "the directory holds another journal"};
    entries_.push_back(std::move(exported.entry));
    return std::nullopt;
  }

  // Once its last entry is known.
  std::optional<ImportFault> keep_record() {
    if (entries_.empty()) return std::nullopt;
    if (entries_.back().sequence <= held_) {
      entries_.clear();
      return std::nullopt;
    }
    // Of an import that was cut short within it, or of other records.
    const Sequence before = to_.last();
    std::span<const Entry> entries{entries_};
    while (!entries.empty() && entries.front().sequence <= before) entries = entries.subspan(1);
    if (const auto appended = to_.append(before, entries); !appended)
      return ImportFault{ExitCode::unexpected, appended.error().detail};
    entries_.clear();
    return std::nullopt;
  }

  [[nodiscard]] ImportFault at_fault(const ExportFault& fault) const {
    std::string text = source_.place();
    if (!fault.member.empty()) text += ": " + fault.member;
    return {ExitCode::usage, text + ": " + fault.detail};
  }
  [[nodiscard]] ImportFault at_fault(const Differs& differs) const {
    const std::string next_one = std::to_string(next(ledger_.last()).value);
    switch (differs.what) {
      case Difference::misplaced:
        return at_fault({"position", "expected " + next_one + ", recorded at " +
                                         instant_text(ledger_.recorded_at()) + " or later"});
      case Difference::left_out:
        return at_fault({"input", "expected " + std::string{kind_of(differs)} + " first"});
      case Difference::not_asked: return at_fault({"input", "the ledger does not ask for it here"});
      case Difference::refused:
        return at_fault(
            {"input", "the law refuses it: " + std::string{reject_text(differs.refusal->reject)}});
      case Difference::decided_otherwise:
        return at_fault({"decision", "the law decides otherwise"});
    }
    return {};
  }
  static std::string_view kind_of(const Differs& differs) {
    return differs.expected ? kind_text(differs.expected->input.what) : std::string_view{};
  }

  RocksJournal& to_;
  ImportSource& source_;
  Progress& progress_;
  serve::Directory names_;
  Ledger ledger_;
  Redecision redecision_{ledger_};
  Sequence held_;
  std::string held_digest_;
  Sequence record_;
  std::vector<Entry> entries_;  // of the record
  bool interrupted_ = false;
};

class Import final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("file", file_, "What export wrote; - reads the standard input.")->required();
    app.add_option("--data", data_, "The directory to make a journal in; empty.")
        ->required()
        ->type_name("DIR");
    app.add_option("--format", format_, "ndjson or protobuf.")
        ->check(CLI::IsMember({"ndjson", "protobuf"}))
        ->capture_default_str();
    app.footer("An import that was cut short goes on where it was. The daemon must not run.");
  }

  ExitCode run(Session& session) override {
    std::ifstream file;
    if (file_ != "-") {
      file.open(file_, std::ios::binary);
      if (!file.is_open()) return session.complain(ExitCode::usage, file_ + " cannot be read");
    }
    auto opened = RocksJournal::open({.directory = data_, .bulk = true, .files = nullptr});
    if (!opened) return session.complain(ExitCode::usage, opened.error().detail);
    ImportSource source{file_ == "-" ? std::cin : file,
                        format_ == "protobuf" ? ImportForm::protobuf : ImportForm::ndjson};
    const Interrupt interrupt;
    Progress progress{session.err(), "import", {.bar = session.look.bars, .rate_max = 0}};
    Importing importing{**opened, source, progress};
    auto fault = importing.begin();
    if (!fault) fault = importing.run();
    progress.end();
    if (fault) {
      // What came before stays; it is made durable, so that another try goes on behind it.
      if (const auto settled = (*opened)->settle(); !settled)
        return session.complain(ExitCode::unexpected, settled.error().detail);
      return session.complain(fault->code, fault->detail);
    }
    tell(session, importing, progress);
    return importing.interrupted() ? ExitCode::interrupted : ExitCode::ok;
  }

 private:
  static void tell(Session& session, const Importing& importing, const Progress& progress) {
    const Ledger& ledger = importing.ledger();
    std::ostream& out = session.out();
    if (session.options.json) {
      std::string line;
      JsonWriter json{line};
      json.begin_object().member("position", ledger.last().value);
      json.member("digest", ledger.digest()).member("interrupted", importing.interrupted());
      json.end_object();
      out << line << '\n';
      return;
    }
    out << (importing.interrupted() ? "interrupted after " : "imported ") << progress.summary()
        << '\n'
        << "position " << grouped(static_cast<std::int64_t>(ledger.last().value)) << '\n'
        << "digest   " << ledger.digest() << '\n';
  }

  std::string file_;
  std::string data_;
  std::string format_ = "ndjson";
};

}  // namespace

void add_import_command(CommandTree& tree) {
  tree.add(tree.root(), "import", "Make a journal of what export wrote.",
           std::make_unique<Import>());
}

}  // namespace packledger::cli
