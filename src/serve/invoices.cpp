// Invoices: asked for, listed and shown, as JSON and as a page to print. What an invoice says
// stands in its entry; the account knows where that is.
#include "serve/asking.hpp"
#include "serve/journal_reader.hpp"
#include "serve/routes.hpp"
#include "serve/service.hpp"
#include "wire/invoice_page.hpp"
#include "wire/invoice_views.hpp"

#include <array>
#include <memory>
#include <utility>

namespace packledger::serve {
namespace asio = boost::asio;
namespace {

// What the account says of the invoices that are wanted.
struct Found {
  InvoicesFound invoices;
  Zone zone;
};
// Shared: the thread that looks at the account fills it, and may outlive the coroutine that waits.
using FoundThere = std::shared_ptr<Found>;

// Their entries, in the order found; a problem document in their place where one of the two
// readings goes wrong.
struct Read {
  HttpResponse response;
  std::vector<Entry> entries;
  [[nodiscard]] bool done() const { return response.status == 200; }
};

asio::awaitable<Read> read_invoices(Service& service, const HttpRequest& request, ViewAccount find,
                                    FoundThere found) {
  Read read{.response = co_await read_account(service, request, std::move(find)), .entries = {}};
  if (!read.done()) co_return read;
  std::vector<Sequence> positions;
  for (const InvoiceMade& made : found->invoices.made) positions.push_back(made.sequence);
  auto entries = co_await read_entries(service, std::move(positions));
  if (!entries)
    read.response = refused(service, Problem{.code = "journal_unavailable"});
  else
    read.entries = std::move(*entries);
  co_return read;
}

// The one whose number the path has; HTML and JSON alike.
asio::awaitable<Read> read_invoice(Service& service, const HttpRequest& request, FoundThere found) {
  auto find = [found, number = parse_natural(request.names[1])](
                  const Account& account, const Ledger&) -> Result<std::string, Problem> {
    const InvoiceMade* made = number ? find_invoice(account, *number) : nullptr;
    if (made == nullptr) return std::unexpected(Problem{.code = "unknown_invoice"});
    found->invoices.made.push_back(*made);
    found->zone = account.settings->zone;
    return std::string{};
  };
  return read_invoices(service, request, std::move(find), found);
}

asio::awaitable<HttpResponse> ask_for_invoice(Service& service, const HttpRequest& request) {
  return write(service, request, read_invoice_request(request.body),
               {.account = request.names[0], .status = 201});
}

asio::awaitable<HttpResponse> look_at_invoice(Service& service, const HttpRequest& request) {
  const auto found = std::make_shared<Found>();
  Read read = co_await read_invoice(service, request, found);
  if (read.done()) read.response.body = invoice_view(read.entries.front(), service.directory);
  co_return std::move(read.response);
}

asio::awaitable<HttpResponse> look_at_invoice_page(Service& service, const HttpRequest& request) {
  const auto found = std::make_shared<Found>();
  Read read = co_await read_invoice(service, request, found);
  if (!read.done()) co_return std::move(read.response);
  read.response.body = invoice_page(read.entries.front(), service.directory, found->zone);
  read.response.media_type = "text/html; charset=utf-8";
  read.response.fields.emplace_back("Content-Security-Policy",
                                    "default-src 'none'; style-src 'unsafe-inline'");
  co_return std::move(read.response);
}

asio::awaitable<HttpResponse> list_invoices(Service& service, const HttpRequest& request) {
  InvoicesQuery query;
  const auto limit = limit_parameter(request.query);
  if (!limit) co_return refused(service, limit.error());
  query.limit = *limit;
  if (const std::string* cursor = request.query.find("cursor")) {
    const auto before = parse_invoices_cursor(*cursor);
    if (!before) {
      co_return refused(service, invalid_parameter("cursor", "the next_cursor of a page"));
    }
    query.before = *before;
  }
  const auto found = std::make_shared<Found>();
  auto find = [found, query](const Account& account,
                             const Ledger&) -> Result<std::string, Problem> {
    found->invoices = find_invoices(account, query);
    return std::string{};
  };
  Read read = co_await read_invoices(service, request, std::move(find), found);
  if (!read.done()) co_return std::move(read.response);
  const AccountId account = service.directory.find(request.names[0]).value_or(AccountId{});
  const InvoicesPage page{.account = request.names[0],
                          .currency = service.directory.currency(account),
                          .entries = read.entries,
                          .next_cursor = std::move(found->invoices.next_cursor),
                          .position = read.response.position.value_or(Sequence{})};
  read.response.body = invoices_page(page);
  co_return std::move(read.response);
}

constexpr std::array routes{
    Route{Method::post, "/v1/accounts/{account}/invoices", Body::optional, write_parameters,
          ask_for_invoice},
    Route{Method::get, "/v1/accounts/{account}/invoices", Body::none,
          "after wait position at limit cursor", list_invoices},
    Route{Method::get, "/v1/accounts/{account}/invoices/{invoice}.html", Body::none,
          read_parameters, look_at_invoice_page},
    Route{Method::get, "/v1/accounts/{account}/invoices/{invoice}", Body::none, read_parameters,
          look_at_invoice},
};

}  // namespace

std::span<const Route> invoice_routes() { return routes; }

}  // namespace packledger::serve
