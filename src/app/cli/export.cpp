// packledger export: the journal of a directory as lines of JSON, as protobuf, or its charges as
// CSV.
#include "app/cli/command.hpp"
#include "app/cli/progress.hpp"
#include "serve/directory.hpp"
#include "store/stored_journal.hpp"
#include "wire/exported.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <fstream>
#include <limits>
#include <ostream>

namespace packledger::cli {
namespace {

// What gathers before it is handed to the stream.
constexpr std::size_t buffer_bytes = std::size_t{1} << 20U;

class Export final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("--data", data_, "The data directory of the daemon.")
        ->required()
        ->type_name("DIR");
    app.add_option("--format", format_, "ndjson, protobuf, or csv: the charges alone.")
        ->check(CLI::IsMember({"ndjson", "protobuf", "csv"}))
        ->capture_default_str();
    app.add_option("--from", from_, "Only from this position on.")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--to", to_, "Only up to this position.")->check(CLI::PositiveNumber);
    app.add_option("--out", out_file_, "Write to this file, which must not be there yet.")
        ->type_name("FILE");
    app.add_option("--rate", rate_, "At most so many entries a second; 0: as fast as it goes.")
        ->capture_default_str();
    app.footer("Opens the directory itself, also beside a running daemon, and changes nothing.");
  }

  ExitCode run(Session& session) override {
    const auto journal = StoredJournal::open(data_);
    if (!journal) {
      const StoreFinding& finding = journal.error();
      return session.complain(finding.code == "no_journal" ? ExitCode::usage : ExitCode::wrong,
                              finding.code + ": " + finding.detail);
    }
    std::ofstream file;
    if (!out_file_.empty()) {
      if (std::ifstream{out_file_}.is_open())
        return session.complain(ExitCode::usage, out_file_ + " is there already");
      file.open(out_file_, std::ios::binary);
      if (!file.is_open())
        return session.complain(ExitCode::usage, out_file_ + " cannot be written");
    }
    const Interrupt interrupt;
    Progress progress{session.err(), "export", {.bar = session.look.bars, .rate_max = rate_}};
    return write(session, **journal, file.is_open() ? file : session.out(), progress);
  }

 private:
  ExitCode write(Session& session, const StoredJournal& journal, std::ostream& out,
                 Progress& progress) const {
    const Sequence last = to_ == 0 ? journal.last() : std::min(Sequence{to_}, journal.last());
    progress.begin(last.value);
    serve::Directory names;
    std::string buffer{format_ == "csv" ? charges_csv_head() : std::string_view{}};
    bool wanted = true;
    const auto flush = [&] {
      out.write(buffer.data(), static_cast<std::streamsize>(buffer.size()));
      buffer.clear();
      return out.good();
    };
    const auto take = [&](const RecordView& record) -> Result<bool, StoreFinding> {
      const auto read = visit_entries(record, record.first, [&](const Entry& entry) {
        if (entry.sequence > last) return false;
        names.learn(entry);
        if (entry.sequence.value >= from_) append(buffer, {entry, record.first}, names);
        wanted = progress.step();
        return wanted && (buffer.size() < buffer_bytes || flush());
      });
      if (!read) return std::unexpected{damaged(record, read.error())};
      return wanted && out.good() && record.link.sequence < last;
    };
    const auto walked = journal.walk(Sequence{1}, take);
    const bool flushed = flush();
    out.flush();
    progress.end();
    if (!walked)
      return session.complain(ExitCode::wrong, walked.error().code + ": " + walked.error().detail);
    if (!flushed) return session.complain(ExitCode::unexpected, "the output cannot be written");
    session.err() << (wanted ? "exported " : "interrupted after ") << progress.summary() << '\n';
    return wanted ? ExitCode::ok : ExitCode::interrupted;
  }

  void append(std::string& out, const ExportedEntry& exported, const Names& names) const {
    if (format_ == "csv") return append_charges_csv(out, exported.entry, names);
    if (format_ == "protobuf") return append_exported_message(out, exported);
    append_exported_line(out, exported, names);
    out += '\n';
  }

  static StoreFinding damaged(const RecordView& record, const Fault& fault) {
    return {.code = "entry_damaged",
            .position = record.first,
            .key = {},
            .detail = fault.detail,
            .found = {},
            .expected = {}};
  }

  std::string data_;
  std::string format_ = "ndjson";
  std::uint64_t from_ = 1;
  std::uint64_t to_ = 0;
  std::string out_file_;
  std::uint64_t rate_ = 0;
};

}  // namespace

void add_export_command(CommandTree& tree) {
  tree.add(tree.root(), "export", "Write a journal as lines, as protobuf, or its charges as CSV.",
           std::make_unique<Export>());
}

}  // namespace packledger::cli
