// Why the figures of an account are what they are: what the ledger says, laid beside what the
// journal adds up to.
#include "query/explanation.hpp"
#include "serve/asking.hpp"
#include "serve/later.hpp"
#include "serve/routes.hpp"
#include "serve/service.hpp"

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace packledger::serve {
namespace asio = boost::asio;
namespace {

// What is asked about, by the one parameter that says so.
Result<void, Problem> take_subject(const Query& query, ExplainQuery& wanted) {
  const auto balance = flag_parameter(query, "balance");
  if (!balance) return std::unexpected(balance.error());
  const auto renewal = flag_parameter(query, "renewal");
  if (!renewal) return std::unexpected(renewal.error());
  const auto entry = natural_parameter(query, "entry", {1, position_max});
  if (!entry) return std::unexpected(entry.error());
  const std::string* package = query.find("package");
  const std::string* alarm = query.find("alarm");
  struct Choice {
    bool chosen;
    ExplainSubject subject;
    std::string_view parameter;
  };
  const std::array choices{Choice{*balance, ExplainSubject::balance, "balance"},
                           Choice{*renewal, ExplainSubject::renewal, "renewal"},
                           Choice{entry->has_value(), ExplainSubject::entry, "entry"},
                           Choice{package != nullptr, ExplainSubject::package, "package"},
                           Choice{alarm != nullptr, ExplainSubject::alarm, "alarm"}};
  for (const Choice& choice : choices) {
    if (!choice.chosen) continue;
    if (wanted.subject != ExplainSubject::figures) {
      return std::unexpected(invalid_parameter(
          choice.parameter, "one of balance, package, alarm, renewal, entry at a time"));
    }
    wanted.subject = choice.subject;
  }
  if (package != nullptr) wanted.name = *package;
  if (alarm != nullptr) wanted.name = *alarm;
  wanted.entry = Sequence{entry->value_or(0)};
  return {};
}

Result<ExplainQuery, Problem> explain_query(const Query& query) {
  ExplainQuery wanted;
  const auto limit = limit_parameter(query);
  if (!limit) return std::unexpected(limit.error());
  wanted.limit = *limit;
  const auto cursor = natural_parameter(query, "cursor", {0, position_max});
  if (!cursor) return std::unexpected(invalid_parameter("cursor", "the next_cursor of a page"));
  wanted.after = Sequence{cursor->value_or(0)};
  if (const auto subject = take_subject(query, wanted); !subject)
    return std::unexpected(subject.error());
  return wanted;
}

Problem nothing_of(const ExplainQuery& query) {
  if (query.subject == ExplainSubject::alarm) return not_there(Reject::unknown_alarm);
  if (query.subject == ExplainSubject::renewal) return not_there(Reject::unknown_renewal);
  return invalid_parameter("entry", "the position of an entry of this account");
}

bool may_be_missing(ExplainSubject subject) {
  return subject == ExplainSubject::alarm || subject == ExplainSubject::renewal ||
         subject == ExplainSubject::entry;
}

// What is asked about, and what the ledger says of it.
struct Asked {
  ExplainQuery query;
  LedgerFigures says;
};

asio::awaitable<HttpResponse> look_at_ledger(Service& service, const HttpRequest& request,
                                             std::shared_ptr<Asked> asked) {
  return read_account(
      service, request,
      [asked = std::move(asked)](const Account& account,
                                 const Ledger& ledger) -> Result<std::string, Problem> {
        const ExplainQuery& query = asked->query;
        if (query.subject == ExplainSubject::package && account.find_package(query.name) == nullptr)
          return std::unexpected(not_there(Reject::unknown_package));
        asked->query.account = account.id;
        asked->query.until = ledger.last();
        asked->says = figures_of(account);
        return std::string{};
      });
}

asio::awaitable<HttpResponse> explain(Service& service, const HttpRequest& request) {
  const auto query = explain_query(request.query);
  if (!query) co_return refused(service, query.error());
  // Shared: filled on the engine's thread, then on the one that walks the journal, which may
  // outlive us.
  const auto asked = std::make_shared<Asked>(*query, LedgerFigures{});
  HttpResponse response = co_await look_at_ledger(service, request, asked);
  if (response.status != 200) co_return response;
  const auto explanation = std::make_shared<Explanation>(asked->query, std::move(asked->says));
  Later<bool> later(service.executor);
  const bool taken =
      service.doors.walk_past &&
      service.doors.walk_past(
          service.directory.opened(asked->query.account),
          [explanation](const Entry& entry) { return explanation->take(entry); }, later.giver());
  if (!taken) co_return busy(service);
  if (!co_await later.taken()) co_return refused(service, Problem{.code = "journal_unavailable"});
  if (may_be_missing(query->subject) && !explanation->found())
    co_return refused(service, nothing_of(*query));
  response.body = explanation->body();
  co_return response;
}

constexpr std::array routes{
    Route{Method::get, "/v1/accounts/{account}/explain", Body::none,
          "after wait position at limit cursor balance package alarm renewal entry", explain},
};

}  // namespace

std::span<const Route> explain_routes() { return routes; }

}  // namespace packledger::serve
