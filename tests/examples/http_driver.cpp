#include "tests/examples/http_driver.hpp"

#include "serve/client.hpp"
#include "tests/examples/http_asks.hpp"
#include "tests/examples/http_facts.hpp"
#include "tests/examples/http_told.hpp"
#include "tests/examples/line.hpp"
#include "tests/system/daemon_process.hpp"
#include "wire/json.hpp"

#include <chrono>
#include <functional>
#include <thread>
#include <utility>

namespace packledger::examples {
namespace {

constexpr std::string_view page = "limit=1000";
constexpr unsigned not_found = 404;
constexpr unsigned ok_below = 300;

class HttpDriver final : public Driver {
 public:
  void start(Instant now) override { start_daemon(now); }

  void advance(Instant to) override {
    clock_ = to;
    (void)call("POST", "/v1/clock/advance", R"({"to":")" + instant_text(to) + "\"}");
  }

  void restart(Instant at) override {
    stop_daemon();
    start_daemon(at);
    advance(at);  // the daemon takes what is due by itself; this waits until it has
  }

  Outcome command(const CommandAsk& ask) override;
  Outcome send(const SendAsk& ask) override;

  std::optional<AccountSeen> account(const std::string& name) override {
    AccountSeen seen;
    const bool there =
        look("/v1/accounts/" + name, [&](const Answer& answer) { see_account(answer, seen); });
    if (!there) return std::nullopt;
    pages("/v1/accounts/" + name + "/packages", "packages",
          [&](const Answer& package) { seen.packages.push_back(seen_package(package)); });
    return seen;
  }

  std::optional<OrderSeen> order(const std::string& account, const std::string& name) override {
    std::optional<OrderSeen> seen;
    (void)look("/v1/accounts/" + account + "/orders/" + name,
               [&](const Answer& answer) { seen = seen_order(answer); });
    return seen;
  }

  std::optional<SentSeen> sent(const std::string& account, const std::string& name) override {
    std::optional<SentSeen> seen;
    (void)look("/v1/accounts/" + account + "/sends/" + name,
               [&](const Answer& answer) { seen = seen_sent(answer); });
    return seen;
  }

  std::optional<Facts> alarm(const std::string& account, const std::string& name) override {
    return facts("/v1/accounts/" + account + "/alarms/" + name, alarm_facts);
  }
  std::optional<Facts> renewal(const std::string& account) override {
    return facts("/v1/accounts/" + account + "/renewal", renewal_facts);
  }
  std::optional<Facts> hold(const std::string& account, const std::string& name) override {
    return facts("/v1/accounts/" + account + "/holds/" + name, hold_facts);
  }
  std::optional<Facts> invoice(const std::string& account, const std::string& number) override {
    return facts("/v1/accounts/" + account + "/invoices/" + number, invoice_facts);
  }
  Facts contacts(const std::string& account) override {
    return facts("/v1/accounts/" + account + "/contacts", contacts_facts).value_or(Facts{});
  }
  std::vector<NoticeSeen> notices(const std::string& account) override {
    std::vector<NoticeSeen> all;
    pages("/v1/accounts/" + account + "/notices", "notices",
          [&](const Answer& notice) { all.push_back(seen_notice(notice)); });
    return all;
  }
  // The lines that only tell something are the notices' affair.
  std::vector<StatementLine> statement(const std::string& account) override {
    std::vector<StatementLine> all;
    pages("/v1/accounts/" + account + "/statement", "lines", [&](const Answer& line) {
      StatementLine seen = seen_line(line);
      if (seen.before != seen.after || !seen.packages.empty()) all.push_back(std::move(seen));
    });
    return all;
  }

  std::vector<EntrySeen> entries() override;

  std::string digest() override {
    std::string digest;
    (void)look("/v1/digest", [&](const Answer& answer) { digest = answer.text("digest"); });
    return digest;
  }

  // No goodbye: what was answered must be there after a kill -9.
  void crash(Instant at) override {
    client_.reset();
    daemon_->kill();
    daemon_.reset();
    start_daemon(at);
    advance(at);
  }

  std::string broken() const override { return broken_; }

 private:
  Outcome await(const std::string& account, const RunOutForecast& wanted);
  void start_daemon(Instant now) {
    clock_ = now;
    daemon_ = std::make_unique<DaemonProcess>(
        DaemonOptions{.data = data_.path(), .test_clock = instant_text(now)});
    if (const auto started = daemon_->start(); !started) {
      broken_ = "the daemon does not start: " + started.error();
      return;
    }
    client_ = std::make_unique<HttpClient>(daemon_->url());
  }

  void stop_daemon() {
    client_.reset();
    const auto end = daemon_->stop();
    if (!end || *end != exited(0)) broken_ = "the daemon did not stop well: " + describe(end);
    daemon_.reset();
  }

  // Any answer of the daemon; one that never came breaks everything.
  std::optional<HttpAnswer> call(std::string_view method, const std::string& target,
                                 const std::string& body = {},
                                 const std::vector<HttpHeader>& headers = {}) {
    if (!broken_.empty() || !client_) return std::nullopt;
    auto answer = client_->call(method, target, body, headers);
    if (!answer) {
      broken_ = "no answer to " + target + ": " + answer.error().detail;
      return std::nullopt;
    }
    if (answer->status >= 500) broken_ = target + " answers " + answer->body;
    return std::move(*answer);
  }

  // Reads one JSON text; what is wrong with it breaks everything.
  void understand(std::string_view body, const std::function<void(const Answer&)>& see) {
    const auto document = parse_json(body);
    if (!document) {
      broken_ = "an answer is no JSON: " + document.error().detail;
      return;
    }
    see(Answer{document->root(), broken_});
  }

  // False where the answer is 404.
  bool look(const std::string& target, const std::function<void(const Answer&)>& see) {
    const auto answer = call("GET", target);
    if (!answer || answer->status == not_found) return false;
    if (answer->status >= ok_below) {
      broken_ = target + " answers " + answer->body;
      return false;
    }
    understand(answer->body, see);
    return true;
  }

  // Every element of a list, page by page.
  void pages(const std::string& target, std::string_view list,
             const std::function<void(const Answer&)>& see) {
    std::string cursor;
    do {
      const std::string more = cursor.empty() ? "" : "&cursor=" + cursor;
      cursor.clear();
      (void)look(target + "?" + std::string(page) + more, [&](const Answer& answer) {
        for (const Json& json : answer.list(list)) see(answer.inner(json));
        cursor = answer.optional_text("next_cursor");
      });
    } while (!cursor.empty() && broken_.empty());
  }

  std::optional<Facts> facts(const std::string& target, Facts (*facts_of)(const Answer&)) {
    std::optional<Facts> seen;
    (void)look(target, [&](const Answer& answer) { seen = facts_of(answer); });
    return seen;
  }

  TemporaryDirectory data_;
  std::unique_ptr<DaemonProcess> daemon_;
  std::unique_ptr<HttpClient> client_;
  Instant clock_;
  unsigned sends_ = 0;          // each in the next shape
  std::uint64_t forecast_ = 0;  // the last that was waited for
  std::string broken_;
};

// The daemon finds out by itself.
Outcome HttpDriver::await(const std::string& account, const RunOutForecast& wanted) {
  const auto end = std::chrono::steady_clock::now() + DaemonProcess::deadline;
  const std::string ends = wanted.runs_out_at ? time_text(*wanted.runs_out_at) : "";
  while (broken_.empty() && std::chrono::steady_clock::now() < end) {
    for (const EntrySeen& entry : entries()) {
      const auto told = entry.facts.find("runs_out_at");
      const bool same = entry.kind == "run_out_forecast" && entry.account == account &&
                        entry.subject == wanted.pool && entry.sequence > forecast_ &&
                        (told == entry.facts.end() ? "" : told->second) == ends;
      if (!same) continue;
      forecast_ = entry.sequence;
      return {};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  return {Outcome::Kind::refused, "no_forecast", "", ""};
}

Outcome HttpDriver::command(const CommandAsk& ask) {
  if (const auto* forecast = std::get_if<RunOutForecast>(&ask.what))
    return await(ask.account, *forecast);
  const HttpAsk request = http_ask(ask);
  std::vector<HttpHeader> headers;
  if (!ask.key.empty()) headers.push_back({"Idempotency-Key", ask.key});
  const auto answer = call(request.method, request.target, request.body, headers);
  Outcome outcome{Outcome::Kind::refused, "no_answer", "", ""};
  if (!answer) return outcome;
  understand(answer->body, [&](const Answer& body) {
    if (answer->status >= ok_below) {
      outcome = refusal_of(body);
      return;
    }
    const bool again = answer->header("Idempotency-Replayed") == "true";
    outcome = {again ? Outcome::Kind::again : Outcome::Kind::done, "", "",
               told_command(ask.what, body), caused_by(body)};
  });
  return outcome;
}

Outcome HttpDriver::send(const SendAsk& ask) {
  const auto shape = static_cast<Shape>(sends_++ % 3);
  const HttpAsk request = http_ask(ask, shape);
  std::vector<HttpHeader> headers;
  if (!request.media.empty()) headers.push_back({"Content-Type", request.media});
  const auto answer = call(request.method, request.target, request.body, headers);
  Outcome outcome{Outcome::Kind::refused, "no_answer", "", ""};
  if (!answer) return outcome;
  understand(answer->body, [&](const Answer& body) {
    if (answer->status >= ok_below) {
      outcome = refusal_of(body);
    } else if (shape != Shape::array) {
      outcome = outcome_of_send(body);  // of one line, too: a line is an object
    } else if (body.json().elements().size() == 1) {
      outcome = outcome_of_send(body.inner(body.json().elements()[0]));
    } else {
      broken_ = "an array of one send is answered by " + answer->body;
    }
  });
  return outcome;
}

std::vector<EntrySeen> HttpDriver::entries() {
  std::vector<EntrySeen> all;
  std::string from = "1";
  while (broken_.empty()) {
    const auto answer = call("GET", "/v1/journal?" + std::string(page) + "&from=" + from);
    if (!answer) break;
    std::string_view lines = answer->body;
    if (lines.empty()) break;
    while (!lines.empty() && broken_.empty()) {
      const std::size_t end = std::min(lines.find('\n'), lines.size());
      understand(lines.substr(0, end),
                 [&](const Answer& entry) { all.push_back(seen_entry(entry)); });
      lines.remove_prefix(std::min(end + 1, lines.size()));
    }
    from = answer->header("Packledger-Next");
  }
  return all;
}

}  // namespace

std::unique_ptr<Driver> make_http_driver() { return std::make_unique<HttpDriver>(); }

}  // namespace packledger::examples
