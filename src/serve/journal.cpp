// The journal as it is told to the outside: its entries, line by line, and the digest of what they
// add up to.
#include "serve/asking.hpp"
#include "serve/journal_reader.hpp"
#include "serve/routes.hpp"
#include "serve/service.hpp"
#include "wire/entry_views.hpp"
#include "wire/json_writer.hpp"

#include <array>
#include <utility>

namespace packledger::serve {
namespace asio = boost::asio;
namespace {

// A filter that finds little looks at so many entries at most; Packledger-Next says where to go on.
constexpr std::size_t entries_looked_at_max = 200'000;

struct JournalQuery {
  Sequence from{1};
  std::size_t limit = 0;
  std::optional<AccountId> account;
  std::string kind;  // empty: all
};

Result<JournalQuery, Problem> journal_query(const Service& service, const Query& query) {
  JournalQuery wanted;
  const auto limit = limit_parameter(query);
  if (!limit) return std::unexpected(limit.error());
  wanted.limit = *limit;
  const auto from = natural_parameter(query, "from", {0, position_max});
  if (!from) return std::unexpected(from.error());
  if (*from) wanted.from.value = **from;
  if (const std::string* name = query.find("account")) {
    wanted.account = service.directory.find(*name);
    if (!wanted.account) return std::unexpected(not_there(Reject::unknown_account));
  }
  auto kind = kind_parameter(query);
  if (!kind) return std::unexpected(kind.error());
  wanted.kind = std::move(*kind);
  return wanted;
}

asio::awaitable<HttpResponse> read_journal(Service& service, const HttpRequest& request) {
  if (auto problem = co_await wait_as_asked(service, request)) co_return refused(service, *problem);
  const auto query = journal_query(service, request.query);
  if (!query) co_return refused(service, query.error());
  const Sequence last = service.positions.last();
  HttpResponse response;
  response.media_type = "application/x-ndjson";
  std::size_t found = 0;
  const Walk walk{.from = query->from, .last = last, .entries_max = entries_looked_at_max};
  const Walked walked = co_await walk_journal(service, walk, [&](const Entry& entry) {
    if (query->account && account_of(entry) != *query->account) return true;
    if (!query->kind.empty() && kind_text(entry.input.what) != query->kind) return true;
    append_journal_line(response.body, entry, service.directory);
    response.body += '\n';
    return ++found < query->limit;
  });
  if (!walked.read) co_return refused(service, Problem{.code = "journal_unavailable"});
  response.position = last;
  response.fields.emplace_back("Packledger-Next", std::to_string(walked.next.value));
  co_return response;
}

asio::awaitable<HttpResponse> tell_digest(Service& service, const HttpRequest& request) {
  return read(service, request, [](const Ledger& ledger) {
    std::string body;
    JsonWriter json(body);
    json.begin_object().member("position", ledger.last().value);
    json.member("digest", ledger.digest()).end_object();
    return Seen{ledger.last(), std::move(body)};
  });
}

constexpr std::array routes{
    Route{Method::get, "/v1/journal", Body::none, "after wait from limit account kind",
          read_journal},
    Route{Method::get, "/v1/digest", Body::none, read_parameters, tell_digest},
};

}  // namespace

std::span<const Route> journal_routes() { return routes; }

}  // namespace packledger::serve
