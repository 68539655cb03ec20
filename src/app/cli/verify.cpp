// packledger verify: reads a store itself, beside its daemon or without, and says whether it is
// what it must be, or what is wrong with it first.
#include "app/cli/command.hpp"
#include "app/cli/progress.hpp"
#include "app/cli/verify_walk.hpp"
#include "wire/json_writer.hpp"

#include <CLI/CLI.hpp>

#include <fstream>
#include <iterator>
#include <ostream>

namespace packledger::cli {
namespace {

void write_finding(JsonWriter& json, const StoreFinding& finding) {
  json.begin_object().member("code", finding.code).member("position", finding.position.value);
  json.member("key", finding.key).member("detail", finding.detail);
  json.member("found", finding.found).member("expected", finding.expected).end_object();
}

class Verify final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("--data", data_, "The data directory of the daemon.")->type_name("DIR");
    app.add_option("--from", from_, "Only from this position on, from the snapshot before it.")
        ->check(CLI::PositiveNumber);
    app.add_option("--to", to_, "Only up to this position.")->check(CLI::PositiveNumber);
    app.add_option("--rate", rate_, "At most so many entries a second; 0: as fast as it goes.")
        ->capture_default_str();
    app.add_option("--against", against_, "A head that was kept; may be given several times.")
        ->type_name("FILE");
    app.add_option("--public-key", public_key_, "The key, in hex, that must have signed it.");
    app.add_flag("--head", head_, "Print a signed head, to be kept elsewhere.");
    app.add_option("--sign-with", sign_with_, "The file of the key that signs it.")
        ->type_name("FILE");
    app.add_option("--make-key", make_key_, "Make such a file, print its public key, and end.")
        ->type_name("FILE");
    app.footer(
        "Opens the directory itself, also beside a running daemon, and changes nothing.\n"
        "With --server the daemon's digest is compared, too.");
  }

  ExitCode run(Session& session) override {
    if (!make_key_.empty()) return make_key(session);
    if (data_.empty()) return session.complain(ExitCode::usage, "--data DIR is needed");
    if (head_ && sign_with_.empty())
      return session.complain(ExitCode::usage, "--head needs --sign-with FILE");
    VerifyAsked asked{.data = data_, .from = {}, .to = {}, .heads = {}};
    if (from_ != 0) asked.from = Sequence{from_};
    if (to_ != 0) asked.to = Sequence{to_};
    for (const std::string& file : against_) {
      auto kept = kept_head(session, file);
      if (!kept) return kept.error();
      asked.heads.push_back(*std::move(kept));
    }
    const Interrupt interrupt;
    Progress progress{session.err(), "verify", {.bar = session.look.bars, .rate_max = rate_}};
    const auto verified = VerifyWalk{std::move(asked), progress}.run();
    progress.end();
    if (!verified) return tell_finding(session, verified.error());
    if (verified->interrupted) return tell(session, *verified, progress, ExitCode::interrupted);
    if (session.options.server_given) {
      if (const ExitCode code = compare_daemon(session, *verified); code != ExitCode::ok)
        return code;
    }
    return head_ ? tell_head(session, *verified) : tell(session, *verified, progress, ExitCode::ok);
  }

 private:
  ExitCode make_key(Session& session) const {
    const auto made = make_signing_key(make_key_);
    if (!made) return session.complain(ExitCode::usage, made.error());
    if (session.options.json) {
      std::string line;
      JsonWriter{line}.begin_object().member("public_key", *made).end_object();
      session.out() << line << '\n';
    } else {
      session.out() << "public key " << *made << '\n';
    }
    return ExitCode::ok;
  }

  Result<SignedHead, ExitCode> kept_head(Session& session, const std::string& file) const {
    std::ifstream in{file};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (!in.is_open() || text.empty())
      return std::unexpected{session.complain(ExitCode::usage, file + " cannot be read")};
    auto head = read_signed_head(text);
    if (!head) return std::unexpected{session.complain(ExitCode::usage, file + " " + head.error())};
    const bool ours = public_key_.empty() || head->public_key == public_key_;
    if (ours && is_signed_by_its_key(*head)) return *std::move(head);
    const char* const why = ours ? "its signature does not fit what it says"
                                 : "it was signed with another key than --public-key";
    return std::unexpected{tell_finding(session, {.code = "head_forged",
                                                  .position = head->head.position,
                                                  .key = {},
                                                  .detail = file + ": " + why,
                                                  .found = head->public_key,
                                                  .expected = public_key_})};
  }

  static ExitCode tell_finding(Session& session, const StoreFinding& finding) {
    if (session.options.json) {
      std::string line;
      JsonWriter json{line};
      json.begin_object().member("verified", false).key("finding");
      write_finding(json, finding);
      json.end_object();
      session.out() << line << '\n';
    }
    std::string text = finding.code;
    if (finding.position.value != 0)
      text += " at position " + std::to_string(finding.position.value);
    if (!finding.key.empty()) text += ", record key " + finding.key;
    text += ": " + finding.detail;
    if (!finding.found.empty()) text += "\n  found    " + finding.found;
    if (!finding.expected.empty()) text += "\n  expected " + finding.expected;
    const bool nothing_there = finding.code == "no_journal" || finding.code == "unreadable";
    return session.complain(nothing_there ? ExitCode::usage : ExitCode::wrong, text);
  }

  static ExitCode compare_daemon(Session& session, const Verified& verified) {
    const std::string position = std::to_string(verified.position.value);
    // What is in its journal the daemon may have yet to hear itself.
    const auto answer = session.ask(
        {.target = "/v1/digest?position=" + position + "&after=" + position + "&wait=30"});
    if (!answer) return answer.error();
    const std::string_view digest = text_in(answer->json(), "digest");
    if (digest == verified.digest) return ExitCode::ok;
    return tell_finding(session,
                        {.code = "digest_differs",
                         .position = verified.position,
                         .key = {},
                         .detail = "the daemon's ledger is not what this journal adds up to",
                         .found = std::string{digest},
                         .expected = verified.digest});
  }

  ExitCode tell_head(Session& session, const Verified& verified) const {
    if (!verified.chain)
      return session.complain(ExitCode::usage, "no record ends at that position: leave --to out");
    const auto signed_head = sign_head({.position = verified.position,
                                        .recorded_at = verified.recorded_at,
                                        .chain = hex(*verified.chain),
                                        .digest = verified.digest},
                                       sign_with_);
    if (!signed_head) return session.complain(ExitCode::usage, signed_head.error());
    session.out() << signed_head_json(*signed_head) << '\n';
    return ExitCode::ok;
  }

  static ExitCode tell(Session& session, const Verified& verified, const Progress& progress,
                       ExitCode code) {
    const std::string chain = verified.chain ? hex(*verified.chain) : "";
    if (session.options.json) {
      std::string line;
      JsonWriter json{line};
      json.begin_object().member("verified", code == ExitCode::ok);
      json.member("interrupted", verified.interrupted).member("from", verified.from.value);
      json.member("position", verified.position.value);
      json.member("recorded_at", instant_text(verified.recorded_at)).member("chain", chain);
      json.member("digest", verified.digest).member("snapshots", verified.snapshots);
      json.member("heads", verified.heads).key("remarks").begin_array();
      for (const std::string& remark : verified.remarks) json.value(remark);
      json.end_array().end_object();
      session.out() << line << '\n';
      return code;
    }
    std::ostream& out = session.out();
    for (const std::string& remark : verified.remarks) out << "remark   " << remark << '\n';
    out << (verified.interrupted ? "interrupted; right so far: " : "right: ") << "positions "
        << grouped(static_cast<std::int64_t>(verified.from.value)) << " to "
        << grouped(static_cast<std::int64_t>(verified.position.value)) << ", " << progress.summary()
        << '\n';
    if (verified.snapshots != 0) out << "snapshots " << verified.snapshots << " right\n";
    if (verified.heads != 0) out << "heads    " << verified.heads << " right\n";
    out << "recorded " << instant_text(verified.recorded_at) << '\n';
    if (!chain.empty()) out << "chain    " << chain << '\n';
    out << "digest   " << verified.digest << '\n';
    return code;
  }

  std::string data_;
  std::uint64_t from_ = 0;
  std::uint64_t to_ = 0;
  std::uint64_t rate_ = 0;
  std::vector<std::string> against_;
  std::string public_key_;
  bool head_ = false;
  std::string sign_with_;
  std::string make_key_;
};

}  // namespace

void add_verify_command(CommandTree& tree) {
  tree.add(tree.root(), "verify", "Say whether a journal on disk is what it must be.",
           std::make_unique<Verify>());
}

}  // namespace packledger::cli
