// packledger backup, restore, repair: copies of a journal, record by record, each checked before it
// is written.
#include "store/backup.hpp"

#include "app/cli/command.hpp"
#include "app/cli/progress.hpp"
#include "wire/json_writer.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace packledger::cli {
namespace {

ExitCode tell_finding(Session& session, const StoreFinding& finding) {
  ExitCode code = ExitCode::wrong;
  if (finding.code == "no_journal" || finding.code == "unreadable" || finding.code == "in_use")
    code = ExitCode::usage;
  if (finding.code == "not_written") code = ExitCode::unexpected;
  std::string text = finding.code;
  if (finding.position.value != 0) text += " at position " + std::to_string(finding.position.value);
  return session.complain(code, text + ": " + finding.detail);
}

// Copies all of one directory's journal that another one does not have yet.
ExitCode copy(Session& session, const std::string& from, const std::string& to,
              std::uint64_t rate) {
  const auto journal = StoredJournal::open(from);
  if (!journal) return tell_finding(session, journal.error());
  const Interrupt interrupt;
  Progress progress{session.err(), "copy", {.bar = session.look.bars, .rate_max = rate}};
  progress.begin((*journal)->last().value);
  const auto copied = copy_journal(
      **journal, to, [&progress](std::uint64_t entries) { return progress.step(entries); });
  progress.end();
  if (!copied) return tell_finding(session, copied.error());
  const ChainLink& end = copied->end;
  std::ostream& out = session.out();
  if (session.options.json) {
    std::string line;
    JsonWriter json{line};
    json.begin_object().member("position", end.sequence.value).member("from", copied->from.value);
    json.member("recorded_at", instant_text(end.recorded_at)).member("chain", hex(end.hash));
    json.member("interrupted", !copied->whole).end_object();
    out << line << '\n';
  } else {
    out << (copied->whole ? "copied " : "interrupted after ") << progress.summary() << '\n'
        << to << " holds positions 1 to " << grouped(static_cast<std::int64_t>(end.sequence.value))
        << ", recorded " << instant_text(end.recorded_at) << '\n'
        << "chain    " << hex(end.hash) << '\n';
  }
  return copied->whole ? ExitCode::ok : ExitCode::interrupted;
}

class Backup final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("--data", data_, "The data directory of the daemon.")
        ->required()
        ->type_name("DIR");
    app.add_option("to", to_, "Where the backup is, or shall be.")->required();
    app.add_option("--rate", rate_, "At most so many entries a second; 0: as fast as it goes.")
        ->capture_default_str();
    app.footer("Also beside a running daemon. A backup that is there already gets what it lacks.");
  }
  ExitCode run(Session& session) override { return copy(session, data_, to_, rate_); }

 private:
  std::string data_;
  std::string to_;
  std::uint64_t rate_ = 0;
};

class Restore final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("backup", backup_, "The backup.")->required();
    app.add_option("--data", data_, "The data directory that the daemon shall have; empty.")
        ->required()
        ->type_name("DIR");
  }
  ExitCode run(Session& session) override { return copy(session, backup_, data_, 0); }

 private:
  std::string backup_;
  std::string data_;
};

class Repair final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("--data", data_, "The data directory that was refused.")
        ->required()
        ->type_name("DIR");
    app.add_option("--from", backup_, "A backup of it.")->required()->type_name("DIR");
    app.footer("The daemon must not run. The directory is put aside, not deleted.");
  }

  ExitCode run(Session& session) override {
    const Interrupt interrupt;
    Progress progress{session.err(), "repair", {.bar = session.look.bars, .rate_max = 0}};
    const auto repaired = repair_journal(
        data_, backup_, [&progress](std::uint64_t entries) { return progress.step(entries); });
    progress.end();
    if (!repaired) {
      const bool stopped = repaired.error().code == "interrupted";
      if (!stopped) return tell_finding(session, repaired.error());
      return session.complain(ExitCode::interrupted, "interrupted; nothing has been changed");
    }
    std::ostream& out = session.out();
    const ChainLink& end = repaired->end;
    if (session.options.json) {
      std::string line;
      JsonWriter json{line};
      json.begin_object().member("position", end.sequence.value).member("chain", hex(end.hash));
      json.member("records_kept", repaired->records_kept);
      json.member("records_of_backup", repaired->records_backup);
      json.member("set_aside", repaired->set_aside.string()).end_object();
      out << line << '\n';
      return ExitCode::ok;
    }
    out << "repaired: positions 1 to " << grouped(static_cast<std::int64_t>(end.sequence.value))
        << "; " << grouped(static_cast<std::int64_t>(repaired->records_kept))
        << " records were still there, "
        << grouped(static_cast<std::int64_t>(repaired->records_backup)) << " came from the backup\n"
        << "chain    " << hex(end.hash) << '\n'
        << "what was refused is now in " << repaired->set_aside.string() << '\n';
    return ExitCode::ok;
  }

 private:
  std::string data_;
  std::string backup_;
};

}  // namespace

void add_backup_commands(CommandTree& tree) {
  tree.add(tree.root(), "backup", "Copy a journal, also while its daemon runs.",
           std::make_unique<Backup>());
  tree.add(tree.root(), "restore", "Make a data directory of a backup.",
           std::make_unique<Restore>());
  tree.add(tree.root(), "repair", "Put back what a refused journal lacks, from a backup.",
           std::make_unique<Repair>());
}

}  // namespace packledger::cli
