#include "app/cli/session.hpp"

#include "app/system_clock.hpp"
#include "app/zones.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <istream>
#include <ostream>
#include <thread>

namespace packledger::cli {
namespace {

constexpr unsigned status_busy = 503;
constexpr int busy_attempts_max = 20;
constexpr int retry_after_seconds_max = 5;

std::chrono::seconds retry_after(const HttpAnswer& answer) {
  const std::string_view text = answer.header("Retry-After");
  int wait = 1;
  std::from_chars(text.data(), text.data() + text.size(), wait);
  return std::chrono::seconds{std::clamp(wait, 1, retry_after_seconds_max)};
}

}  // namespace

std::string_view text_in(const Json& object, std::string_view key) {
  return value_in(object, key).text().value_or("");
}

std::int64_t integer_in(const Json& object, std::string_view key) {
  return value_in(object, key).integer().value_or(0);
}

const Json& value_in(const Json& object, std::string_view key) {
  static const Json null;
  const Json* const found = object.find(key);
  return found == nullptr ? null : *found;
}

std::optional<Instant> instant_in(const Json& object, std::string_view key) {
  return parse_instant(text_in(object, key));
}

std::string escaped(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out;
  for (const char each : text) {
    const auto byte = static_cast<unsigned char>(each);
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= '0' && byte <= '9') || std::string_view{"-._~:"}.contains(each);
    if (plain) {
      out += each;
    } else {
      out += '%';
      out += hex[byte >> 4U];
      out += hex[byte & 15U];
    }
  }
  return out;
}

std::string account_path(std::string_view account) { return "/v1/accounts/" + escaped(account); }

void add_query(std::string& target, std::string_view key, std::string_view value) {
  if (value.empty()) return;
  target += target.contains('?') ? '&' : '?';
  target += key;
  target += '=';
  target += escaped(value);
}

std::string fresh_name(std::string_view what) {
  return std::string(what) + "-" + std::to_string(read_clocks().wall.ms) + "-" +
         std::to_string(::getpid());
}

ClientOptions Session::client_options() const {
  ClientOptions client;
  client.key = options.key;
  return client;
}

HttpClient& Session::client() {
  if (!client_) client_.emplace(options.server, client_options());
  return *client_;
}

Result<HttpAnswer, ExitCode> Session::ask_any(const Question& question) {
  for (int attempt = 1;; ++attempt) {
    auto answer = client().call(question.method, question.target, question.body, question.headers);
    if (!answer) {
      const ClientFault& fault = answer.error();
      const bool ours = fault.code == ClientFaultCode::invalid_url;
      const std::string hint =
          fault.code == ClientFaultCode::unreachable ? ". Is packledgerd running?" : "";
      return std::unexpected(
          complain(ours ? ExitCode::usage : ExitCode::unreachable, fault.detail + hint));
    }
    const bool busy = answer->status == status_busy && !answer->header("Retry-After").empty();
    if (!busy || attempt == busy_attempts_max) return *std::move(answer);
    std::this_thread::sleep_for(retry_after(*answer));
  }
}

Result<HttpAnswer, ExitCode> Session::ask_raw(const Question& question) {
  auto answer = ask_any(question);
  if (answer && answer->status / 100 != 2) return std::unexpected(tell_refusal(*answer));
  return answer;
}

Result<Answer, ExitCode> Session::ask(const Question& question) {
  auto http = ask_raw(question);
  if (!http) return std::unexpected(http.error());
  auto document = parse_json(http->body);
  if (!document) {
    return std::unexpected(
        complain(ExitCode::unexpected, "the answer to " + question.method + " " + question.target +
                                           " is not JSON: " + document.error().detail));
  }
  return Answer{*std::move(http), *std::move(document)};
}

ExitCode Session::show(const Question& question, const std::function<void(const Json&)>& tell) {
  const auto answer = ask(question);
  if (!answer) return answer.error();
  if (options.json) {
    out_ << answer->http().body << '\n';
  } else {
    tell(answer->json());
  }
  return ExitCode::ok;
}

std::optional<bool> Session::agree(std::string_view question) {
  if (answers == nullptr) return std::nullopt;
  out_ << question << " [y/N] " << std::flush;
  std::string line;
  std::getline(*answers, line);
  return line == "y" || line == "Y" || line == "yes";
}

ExitCode Session::complain(ExitCode code, std::string_view sentence) {
  out_.flush();
  err_ << "packledger: " << sentence << '\n';
  return code;
}

ExitCode Session::tell_refusal(const HttpAnswer& answer) {
  if (options.json) out_ << answer.body << '\n';
  const auto problem = parse_json(answer.body);
  const std::string_view code = problem ? text_in(problem->root(), "code") : std::string_view{};
  if (code.empty()) {
    return complain(ExitCode::unexpected, "the server answered " + std::to_string(answer.status) +
                                              " without saying why; is it a packledgerd?");
  }
  std::string sentence = "the daemon refused: " + std::string(code);
  const std::string_view field = text_in(problem->root(), "field");
  if (!field.empty()) sentence += " (" + std::string(field) + ")";
  const std::string_view detail = text_in(problem->root(), "detail");
  if (!detail.empty()) sentence += ": " + std::string(detail);
  return complain(ExitCode::refused, sentence);
}

ExitCode Session::show_local(std::string_view account, const Question& question,
                             const std::function<void(const Json&, const Zone&)>& tell) {
  if (options.json) return show(question, [](const Json&) {});
  const auto zone = zone_of(account);
  if (!zone) return zone.error();
  return show(question, [&](const Json& answer) { tell(answer, *zone); });
}

Result<Zone, ExitCode> Session::zone_of(std::string_view account) {
  const auto answer = ask({.target = account_path(account)});
  if (!answer) return std::unexpected(answer.error());
  return find_zone(text_in(answer->json(), "zone")).value_or(Zone{});
}

}  // namespace packledger::cli
