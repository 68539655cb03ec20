// Accounts: opened, looked at, set and funded.
#include "serve/asking.hpp"
#include "serve/routes.hpp"
#include "serve/service.hpp"
#include "wire/command_answers.hpp"
#include "wire/requests.hpp"
#include "wire/views.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>
#include <vector>

namespace packledger::serve {
namespace asio = boost::asio;
namespace {

asio::awaitable<HttpResponse> open_account(Service& service, const HttpRequest& request) {
  return write(service, request, packledger::read_account(request.body, service.doors.find_zone),
               {.status = 201});
}

asio::awaitable<HttpResponse> look_at_account(Service& service, const HttpRequest& request) {
  return read_account(
      service, request,
      [](const Account& account, const Ledger& ledger) -> Result<std::string, Problem> {
        return account_view(account, ledger.last());
      });
}

asio::awaitable<HttpResponse> fund(Service& service, const HttpRequest& request) {
  return write(service, request, read_funds(request.body), {.account = request.names.front()});
}

Command command_for(const HttpRequest& request, What what, std::string key) {
  Command command;
  command.account = request.names.front();
  command.input.key = std::move(key);
  command.input.what = std::move(what);
  return command;
}

// A patch of settings and modes is two commands. The second is tried first, so that in all but a
// race of two patches either both are kept or none. It bears a key of its own kind: one key stands
// for one entry.
asio::awaitable<HttpResponse> set_both(Service& service, const HttpRequest& request,
                                       AccountPatch patch, std::string key) {
  constexpr std::string_view modes_mark = ":modes";
  std::string modes_key = key.empty() ? key : key + std::string(modes_mark);
  if (modes_key.size() > key_bytes_max) {
    co_return refused(service, Problem{.code = "invalid_idempotency_key",
                                       .detail = "too long for a patch of settings and modes",
                                       .field = "Idempotency-Key"});
  }
  const auto dry = flag_parameter(request.query, "dry_run");
  if (!dry) co_return refused(service, dry.error());
  Command trial = command_for(request, *patch.modes, modes_key);
  trial.dry_run = true;
  const auto tried = co_await ask(service, std::move(trial));
  if (!tried) co_return busy(service);
  if (!*tried) co_return refused(service, tried->error());

  Command settings = command_for(request, std::move(*patch.settings), std::move(key));
  settings.dry_run = *dry;
  auto first = co_await ask(service, std::move(settings));
  if (!first) co_return busy(service);
  if (!*first) co_return refused(service, first->error());
  std::vector<Entry> entries = std::move((*first)->entries);
  if (*dry) {
    std::ranges::move((*tried)->entries, std::back_inserter(entries));
    co_return dry_run(service, entries);
  }
  Command modes = command_for(request, std::move(*patch.modes), std::move(modes_key));
  const auto second = co_await ask(service, std::move(modes));
  if (!second) co_return busy(service);
  if (!*second) co_return refused(service, second->error());
  std::ranges::move((*second)->entries, std::back_inserter(entries));
  HttpResponse response;
  response.body = command_answer(entries, service.directory);
  response.position = entries.back().sequence;
  if ((*first)->replayed && (*second)->replayed)
    response.fields.emplace_back("Idempotency-Replayed", "true");
  co_return response;
}

asio::awaitable<HttpResponse> set_account(Service& service, const HttpRequest& request) {
  auto patch = read_account_patch(request.body, service.doors.find_zone);
  if (!patch) co_return refused(service, problem_of(patch.error()));
  const auto key = idempotency_key(request);
  if (!key) co_return refused(service, key.error());
  if (patch->settings && patch->modes)
    co_return co_await set_both(service, request, std::move(*patch), *key);
  What what = patch->settings ? What{std::move(*patch->settings)} : What{std::move(*patch->modes)};
  co_return co_await write(service, request, std::move(what), {.account = request.names.front()});
}

constexpr std::array routes{
    Route{Method::post, "/v1/accounts", Body::json, write_parameters, open_account},
    Route{Method::get, "/v1/accounts/{account}", Body::none, read_parameters, look_at_account},
    Route{Method::patch, "/v1/accounts/{account}", Body::json, write_parameters, set_account},
    Route{Method::post, "/v1/accounts/{account}/funds", Body::json, write_parameters, fund},
};

}  // namespace

std::span<const Route> account_routes() { return routes; }

}  // namespace packledger::serve
