// The account book: the statement of an account and the notices it was told, both read from the
// journal.
#include "query/notices.hpp"
#include "query/statement_page.hpp"
#include "serve/asking.hpp"
#include "serve/journal_reader.hpp"
#include "serve/later.hpp"
#include "serve/routes.hpp"
#include "serve/service.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace packledger::serve {
namespace asio = boost::asio;
namespace {

// The account that the path names, where it was open by then.
Result<AccountId, Problem> account_at(const Service& service, const HttpRequest& request,
                                      Sequence until) {
  const auto account = service.directory.find(request.names.front());
  if (!account || service.directory.opened(*account) > until)
    return std::unexpected(not_there(Reject::unknown_account));
  return *account;
}

Result<Sequence, Problem> cursor_parameter(const Query& query) {
  const auto cursor = natural_parameter(query, "cursor", {0, position_max});
  if (!cursor) return std::unexpected(invalid_parameter("cursor", "the next_cursor of a page"));
  return Sequence{cursor->value_or(0)};
}

// ---- the statement ----

Result<StatementQuery, Problem> statement_query(const Query& query) {
  StatementQuery wanted;
  const auto limit = limit_parameter(query);
  if (!limit) return std::unexpected(limit.error());
  wanted.limit = *limit;
  const auto cursor = cursor_parameter(query);
  if (!cursor) return std::unexpected(cursor.error());
  wanted.after = *cursor;
  const auto from = instant_parameter(query, "from");
  if (!from) return std::unexpected(from.error());
  wanted.from = *from;
  const auto to = instant_parameter(query, "to");
  if (!to) return std::unexpected(to.error());
  wanted.to = *to;
  auto kind = kind_parameter(query);
  if (!kind) return std::unexpected(kind.error());
  wanted.kind = std::move(*kind);
  return wanted;
}

asio::awaitable<HttpResponse> tell_statement(Service& service, const HttpRequest& request) {
  auto query = statement_query(request.query);
  if (!query) co_return refused(service, query.error());
  const auto until = co_await reading_end(service, request);
  if (!until) co_return refused(service, until.error());
  const auto account = account_at(service, request, *until);
  if (!account) co_return refused(service, account.error());
  query->account = *account;
  query->until = *until;
  // Shared: filled on the thread that walks the journal, which may outlive us.
  const auto page = std::make_shared<StatementPage>(service.statements.take(*query));
  Later<bool> later(service.executor);
  const bool taken = service.doors.walk_past &&
                     service.doors.walk_past(
                         page->walk_from(service.directory.opened(*account)),
                         [page](const Entry& entry) { return page->take(entry); }, later.giver());
  if (!taken) co_return busy(service);
  if (!co_await later.taken()) {
    co_return refused(service, Problem{.code = "journal_unavailable"});
  }
  HttpResponse response;
  response.body = page->body();
  response.position = *until;
  service.statements.keep(std::move(*page));
  co_return response;
}

// ---- notices ----

// A time, or the position from which on; 0 where there is none.
Result<Sequence, Problem> take_from(const Query& query, NoticesQuery& wanted) {
  const std::string* text = query.find("from");
  if (text == nullptr) return Sequence{};
  if (const auto position = parse_natural(*text); position && *position <= position_max)
    return Sequence{*position};
  wanted.from = parse_instant(*text);
  if (!wanted.from) {
    return std::unexpected(invalid_parameter("from", "a position or an RFC 3339 time"));
  }
  return Sequence{};
}

Result<NoticesQuery, Problem> notices_query(const Query& query) {
  NoticesQuery wanted;
  const auto limit = limit_parameter(query);
  if (!limit) return std::unexpected(limit.error());
  wanted.limit = *limit;
  const auto cursor = cursor_parameter(query);
  if (!cursor) return std::unexpected(cursor.error());
  const auto from = take_from(query, wanted);
  if (!from) return std::unexpected(from.error());
  wanted.after.value = std::max(cursor->value, std::max<std::uint64_t>(from->value, 1) - 1);
  if (const std::string* topic = query.find("topic")) {
    wanted.topic = parse_topic(*topic);
    if (!wanted.topic) {
      return std::unexpected(
          invalid_parameter("topic", "one of alarm, reminder, renewal, account"));
    }
  }
  return wanted;
}

asio::awaitable<HttpResponse> list_notices(Service& service, const HttpRequest& request) {
  auto query = notices_query(request.query);
  if (!query) co_return refused(service, query.error());
  const auto until = co_await reading_end(service, request);
  if (!until) co_return refused(service, until.error());
  const auto account = account_at(service, request, *until);
  if (!account) co_return refused(service, account.error());
  query->until = *until;
  const NoticesFound found = service.notices.find(*account, *query);
  std::vector<Sequence> positions;
  for (const NoticeRow& row : found.rows) positions.push_back(row.position);
  const auto entries = co_await read_entries(service, std::move(positions));
  if (!entries) co_return refused(service, Problem{.code = "journal_unavailable"});
  HttpResponse response;
  response.body = notices_page({.account = *account,
                                .rows = found.rows,
                                .entries = *entries,
                                .more = found.more,
                                .position = *until},
                               service.directory);
  response.position = *until;
  co_return response;
}

constexpr std::array routes{
    Route{Method::get, "/v1/accounts/{account}/statement", Body::none,
          "after wait position at from to limit cursor kind", tell_statement},
    Route{Method::get, "/v1/accounts/{account}/notices", Body::none,
          "after wait position at from limit cursor topic", list_notices},
};

}  // namespace

std::span<const Route> account_book_routes() { return routes; }

}  // namespace packledger::serve
