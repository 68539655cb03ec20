#include "app/cli/send_file.hpp"

#include "app/cli/send_text.hpp"

#include <istream>
#include <map>
#include <ostream>

namespace packledger::cli {
namespace {

// Calls `take` with every line, without its newline.
template <class Take> void for_each_line(std::string_view text, Take take) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    take(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

class Publisher {
 public:
  Publisher(Session& session, Publishing how) : session_{session}, how_{how} {}

  ExitCode publish(std::istream& lines) {
    std::string line;
    for (std::int64_t number = 1; std::getline(lines, line); ++number) {
      if (line.ends_with('\r')) line.pop_back();
      const bool blank = line.find_first_not_of(" \t") == std::string::npos;
      if (number < how_.from_line || blank) continue;
      body_ += line;
      body_ += '\n';
      numbers_.push_back(number);
      if (numbers_.size() < file_batch_lines_max) continue;
      if (const ExitCode code = publish_batch(); code != ExitCode::ok) return code;
    }
    if (const ExitCode code = publish_batch(); code != ExitCode::ok) return code;
    return tell();
  }

 private:
  ExitCode publish_batch() {
    if (numbers_.empty()) return ExitCode::ok;
    std::string target = "/v1/sends";
    if (how_.dry_run) add_query(target, "dry_run", "true");
    const auto answer = session_.ask_raw({.method = "POST",
                                          .target = target,
                                          .body = body_,
                                          .headers = {{"Content-Type", "application/x-ndjson"}}});
    if (!answer) {
      return session_.complain(answer.error(),
                               "stopped at line " + std::to_string(numbers_.front()) +
                                   "; go on with --from-line " + std::to_string(numbers_.front()));
    }
    std::size_t index = 0;
    bool readable = true;
    for_each_line(answer->body, [&](std::string_view line) {
      const auto result = parse_json(line);
      readable = readable && result && index < numbers_.size();
      if (readable) count(result->root(), numbers_[index++]);
    });
    if (session_.options.json) session_.out() << answer->body;
    if (!readable || index != numbers_.size()) {
      return session_.complain(ExitCode::unexpected, "the answer does not fit what was published");
    }
    body_.clear();
    numbers_.clear();
    return ExitCode::ok;
  }

  void count(const Json& result, std::int64_t number) {
    const std::string kind{text_in(result, "result")};
    ++results_[kind];
    if (kind != "rejected") return;
    ++codes_[std::string(text_in(result, "code"))];
    if (!first_bad_.empty()) return;
    first_bad_ = "line " + std::to_string(number) + " is the first that was ";
    first_bad_ += result_text(result);
  }

  ExitCode tell() {
    if (!session_.options.json) {
      session_.out() << (how_.dry_run ? "dry run, nothing was kept: " : "")
                     << grouped(results_["recorded"]) << " recorded, "
                     << grouped(results_["duplicate"]) << " known already, "
                     << grouped(results_["rejected"]) << " rejected\n";
      for (const auto& [code, count] : codes_) {
        session_.out() << "  " << code << ' ' << grouped(count) << '\n';
      }
    }
    if (first_bad_.empty()) return ExitCode::ok;
    return session_.complain(ExitCode::refused, first_bad_);
  }

  Session& session_;
  Publishing how_;
  std::string body_;
  std::vector<std::int64_t> numbers_;  // of the lines in body_
  std::map<std::string, std::int64_t> results_;
  std::map<std::string, std::int64_t> codes_;
  std::string first_bad_;
};

}  // namespace

ExitCode publish_sends(Session& session, std::istream& lines, Publishing how) {
  return Publisher{session, how}.publish(lines);
}

}  // namespace packledger::cli
