#include "serve/asking.hpp"

#include "serve/journal_reader.hpp"
#include "serve/later.hpp"
#include "serve/service.hpp"
#include "wire/command_answers.hpp"
#include "wire/views.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <variant>

namespace packledger::serve {
namespace asio = boost::asio;
namespace {

template <std::size_t... Kind>
std::array<std::string_view, sizeof...(Kind)> kinds_of(std::index_sequence<Kind...>) {
  return {kind_text(What{std::in_place_index<Kind>})...};
}

bool is_kind(std::string_view text) {
  static const auto kinds = kinds_of(std::make_index_sequence<std::variant_size_v<What>>());
  return std::ranges::find(kinds, text) != kinds.end();
}

struct Waiting {
  Sequence after;
  std::chrono::milliseconds at_most{0};
};

Result<Waiting, Problem> waiting_of(const Query& query, std::chrono::milliseconds wait_max) {
  const auto after = natural_parameter(query, "after", {0, position_max});
  if (!after) return std::unexpected(after.error());
  const auto wait_max_s = static_cast<std::uint64_t>(wait_max.count() / 1000);
  const auto wait = natural_parameter(query, "wait", {0, wait_max_s});
  if (!wait) return std::unexpected(wait.error());
  if (*wait && !*after) return std::unexpected(invalid_parameter("wait", "after beside it"));
  Waiting waiting;
  if (*after) {
    waiting.after.value = **after;
    waiting.at_most = std::chrono::seconds(wait->value_or(wait_max_s));
  }
  return waiting;
}

Result<std::optional<PastPoint>, Problem> past_of(const Query& query, Sequence last) {
  const auto position = natural_parameter(query, "position", {0, position_max});
  if (!position) return std::unexpected(position.error());
  const std::string* at_text = query.find("at");
  if (*position && at_text != nullptr) {
    return std::unexpected(invalid_parameter("at", "no position beside it"));
  }
  if (*position) {
    if (**position > last.value) {
      return std::unexpected(
          invalid_parameter("position", "at most that of the last entry, or after instead"));
    }
    return PastPoint{.position = Sequence{**position}, .at = {}};
  }
  if (at_text == nullptr) return std::nullopt;
  const auto at = instant_parameter(query, "at");
  if (!at) return std::unexpected(at.error());
  return PastPoint{.position = {}, .at = *at};
}

asio::awaitable<Result<Seen, Problem>> ask_past(Service& service, PastPoint point, Look look) {
  using Found = std::optional<Seen>;
  Later<Found> later(service.executor);
  const bool taken =
      service.doors.ask_past &&
      service.doors.ask_past(
          point, [give = later.giver(), look = std::move(look)](const Ledger* ledger) mutable {
            give(ledger == nullptr ? Found{} : Found{look(*ledger)});
          });
  if (!taken) co_return std::unexpected(Problem{.code = "busy"});
  Found found = co_await later.taken();
  if (!found) co_return std::unexpected(Problem{.code = "journal_unavailable"});
  co_return std::move(*found);
}

}  // namespace

Problem problem_of(const RequestFault& fault) {
  return Problem{.code = fault.code, .detail = fault.detail, .field = fault.field};
}

// ---- parameters ----

std::optional<std::uint64_t> parse_natural(std::string_view text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return value;
}

Result<std::optional<std::uint64_t>, Problem> natural_parameter(const Query& query,
                                                                std::string_view name,
                                                                NaturalBounds bounds) {
  const std::string* text = query.find(name);
  if (text == nullptr) return std::nullopt;
  const auto value = parse_natural(*text);
  if (value && *value >= bounds.min && *value <= bounds.max) return value;
  return std::unexpected(invalid_parameter(
      name, "an integer from " + std::to_string(bounds.min) + " to " + std::to_string(bounds.max)));
}

Result<bool, Problem> flag_parameter(const Query& query, std::string_view name) {
  const std::string* text = query.find(name);
  if (text == nullptr || *text == "false") return false;
  if (*text == "true") return true;
  return std::unexpected(invalid_parameter(name, "true or false"));
}

Result<std::optional<Instant>, Problem> instant_parameter(const Query& query,
                                                          std::string_view name) {
  const std::string* text = query.find(name);
  if (text == nullptr) return std::nullopt;
  const std::optional<Instant> instant = parse_instant(*text);
  if (!instant) return std::unexpected(invalid_parameter(name, "an RFC 3339 time"));
  return instant;
}

Result<std::string, Problem> kind_parameter(const Query& query) {
  const std::string* kind = query.find("kind");
  if (kind == nullptr) return std::string{};
  if (is_kind(*kind)) return *kind;
  return std::unexpected(invalid_parameter("kind", "the kind of an entry, like send_recorded"));
}

Result<std::size_t, Problem> limit_parameter(const Query& query) {
  const auto limit = natural_parameter(query, "limit", {1, page_limit_max});
  if (!limit) return std::unexpected(limit.error());
  return limit->value_or(page_limit_default);
}

// ---- answers ----

HttpResponse refused(const Service& service, const Problem& problem) {
  return response_of(problem, service.positions.last());
}

HttpResponse refused(Service& service, const Refused& refusal) {
  service.metrics.rejected(reject_text(refusal.refusal.reject));
  return refused(service, problem_of(refusal.refusal, refusal.field));
}

HttpResponse busy(const Service& service) {
  return refused(service, Problem{.code = service.storage_full() ? "storage_full" : "busy"});
}

HttpResponse written(const Service& service, const Answered& answered, unsigned status) {
  HttpResponse response;
  response.status = status;
  response.body = command_answer(answered.entries, service.directory);
  response.position = answered.entries.back().sequence;
  if (answered.replayed) response.fields.emplace_back("Idempotency-Replayed", "true");
  return response;
}

HttpResponse dry_run(const Service& service, std::span<const Entry> entries) {
  HttpResponse response;
  response.body = dry_run_answer(entries, service.directory);
  return response;
}

// ---- reads ----

asio::awaitable<Result<Seen, Problem>> ask(Service& service, Look look) {
  co_await service.requests.enter();
  const Inside inside(service.requests);
  Later<Seen> later(service.executor);
  packledger::Request question =
      Question{[give = later.giver(), look = std::move(look)](const Ledger& ledger) mutable {
        give(look(ledger));
      }};
  if (!service.doors.inbox.put(std::move(question))) {
    co_return std::unexpected(Problem{.code = "busy"});
  }
  co_return co_await later.taken();
}

asio::awaitable<std::optional<Problem>> wait_as_asked(Service& service,
                                                      const HttpRequest& request) {
  const auto waiting = waiting_of(request.query, service.limits.wait_max);
  if (!waiting) co_return waiting.error();
  co_await service.positions.wait_for(waiting->after, waiting->at_most);
  co_return std::nullopt;
}

asio::awaitable<Result<Sequence, Problem>> reading_end(Service& service,
                                                       const HttpRequest& request) {
  if (auto problem = co_await wait_as_asked(service, request)) {
    co_return std::unexpected(std::move(*problem));
  }
  const Sequence last = service.positions.last();
  const auto past = past_of(request.query, last);
  if (!past) co_return std::unexpected(past.error());
  if (!*past) co_return last;
  if ((*past)->position) co_return *(*past)->position;
  const auto position = co_await position_at(service, *(*past)->at);
  if (!position) co_return std::unexpected(Problem{.code = "journal_unavailable"});
  co_return *position;
}

namespace {

// Waits as the query says, then asks the ledger as it is, or as it was.
asio::awaitable<Result<Seen, Problem>> see(Service& service, const HttpRequest& request,
                                           Look look) {
  if (auto problem = co_await wait_as_asked(service, request))
    co_return std::unexpected(std::move(*problem));
  const auto past = past_of(request.query, service.positions.last());
  if (!past) co_return std::unexpected(past.error());
  auto asked = *past ? ask_past(service, **past, std::move(look)) : ask(service, std::move(look));
  co_return co_await std::move(asked);
}

// Of the account that the request names.
Look look_of(const HttpRequest& request, ViewAccount view) {
  return [name = request.names.front(), view = std::move(view)](const Ledger& ledger) mutable {
    const auto id = ledger.accounts().find(name);
    if (!id) return Seen{ledger.last(), std::unexpected(not_there(Reject::unknown_account))};
    return Seen{ledger.last(), view(ledger.accounts().at(*id), ledger)};
  };
}

}  // namespace

asio::awaitable<HttpResponse> read(Service& service, const HttpRequest& request, Look look) {
  const Result<Seen, Problem> seen = co_await see(service, request, std::move(look));
  if (!seen) co_return refused(service, seen.error());
  if (!seen->body) co_return response_of(seen->body.error(), seen->position);
  HttpResponse response;
  response.body = *seen->body;
  response.position = seen->position;
  co_return response;
}

asio::awaitable<HttpResponse> read_account(Service& service, const HttpRequest& request,
                                           ViewAccount view) {
  return read(service, request, look_of(request, std::move(view)));
}

asio::awaitable<Result<AccountAsOf, Problem>> look_at_account(Service& service,
                                                              const HttpRequest& request,
                                                              LookAtAccount look) {
  // Shared: filled on the thread of the ledger.
  const auto as_of = std::make_shared<AccountAsOf>();
  ViewAccount view = [as_of, look = std::move(look)](
                         const Account& account,
                         const Ledger& ledger) mutable -> Result<std::string, Problem> {
    as_of->account = account.id;
    as_of->position = ledger.last();
    as_of->now = ledger.recorded_at();
    if (auto problem = look(account)) return std::unexpected(std::move(*problem));
    return std::string{};
  };
  const auto seen = co_await see(service, request, look_of(request, std::move(view)));
  if (!seen) co_return std::unexpected(seen.error());
  if (!seen->body) co_return std::unexpected(seen->body.error());
  const auto at = instant_parameter(request.query, "at");
  as_of->past = request.query.find("position") != nullptr || (at && *at);
  const Instant today = service.doors.now();
  if (!as_of->past) as_of->now = today;
  if (at && *at) as_of->now = std::min(**at, today);
  co_return *as_of;
}

// ---- writes ----

Result<std::string, Problem> idempotency_key(const HttpRequest& request) {
  if (!request.idempotency_key) return std::string{};
  const std::string& key = *request.idempotency_key;
  const bool visible = std::ranges::all_of(key, [](char c) { return c > 0x20 && c < 0x7F; });
  if (!key.empty() && key.size() <= key_bytes_max && visible) return key;
  return std::unexpected(Problem{.code = "invalid_idempotency_key",
                                 .detail = "Idempotency-Key: expected 1 to " +
                                           std::to_string(key_bytes_max) +
                                           " visible characters of ASCII",
                                 .field = "Idempotency-Key"});
}

asio::awaitable<std::optional<CommandAnswer>> ask(Service& service, Command command) {
  if (service.storage_full() && !command.dry_run) co_return std::nullopt;
  co_await service.requests.enter();
  const Inside inside(service.requests);
  Later<CommandAnswer> later(service.executor);
  command.reply = later.giver_here();
  packledger::Request request = std::move(command);
  if (!service.doors.inbox.put(std::move(request))) co_return std::nullopt;
  co_return co_await later.taken();
}

asio::awaitable<std::optional<SendsAnswered>> ask(Service& service, SendBatch batch) {
  if (service.storage_full() && !batch.dry_run && !batch.sends.empty()) co_return std::nullopt;
  co_await service.requests.enter();
  const Inside inside(service.requests);
  Later<SendsAnswered> later(service.executor);
  batch.reply = later.giver_here();
  packledger::Request request = std::move(batch);
  if (!service.doors.inbox.put(std::move(request))) co_return std::nullopt;
  co_return co_await later.taken();
}

void count_sends(Metrics& metrics, std::size_t refused, const SendsAnswered& answered) {
  const bool whole = answered.numbered && answered.numbered->refusal;
  const bool again = whole && answered.numbered->repeats();
  if (whole && !again) return;  // nothing was said of its sends
  std::uint64_t recorded = 0;
  std::uint64_t duplicate = 0;
  for (const SendAnswer& answer : answered.answers) {
    if (answer.refusal() == nullptr)
      ++(again ? duplicate : recorded);
    else if (answer.repeats())
      ++duplicate;
    else
      metrics.rejected(reject_text(answer.refusal()->reject));
  }
  metrics.sends("recorded", recorded);
  metrics.sends("duplicate", duplicate);
  metrics.sends("rejected", refused + answered.answers.size() - recorded - duplicate);
}

asio::awaitable<HttpResponse> write(Service& service, const HttpRequest& request,
                                    Result<What, RequestFault> what, WriteRules rules) {
  if (!what) co_return refused(service, problem_of(what.error()));
  const auto dry = flag_parameter(request.query, "dry_run");
  if (!dry) co_return refused(service, dry.error());
  const auto key = idempotency_key(request);
  if (!key) co_return refused(service, key.error());
  Command command;
  command.account = rules.account;
  command.input.key = *key;
  command.input.what = std::move(*what);
  command.dry_run = *dry;
  std::optional<CommandAnswer> answer = co_await ask(service, std::move(command));
  if (!answer) co_return busy(service);
  if (!*answer) co_return refused(service, answer->error());
  Answered& answered = **answer;
  if (*dry && !answered.replayed) co_return dry_run(service, answered.entries);
  co_return written(service, answered, rules.status);
}

}  // namespace packledger::serve
