// The rules of an account that make the ledger act by itself: alarms, automatic renewal; and the
// contacts who are told.
#include "serve/asking.hpp"
#include "serve/routes.hpp"
#include "serve/service.hpp"
#include "wire/rule_requests.hpp"
#include "wire/rule_views.hpp"

#include <array>

namespace packledger::serve {
namespace asio = boost::asio;
namespace {

// ---- alarms ----

asio::awaitable<HttpResponse> set_alarm(Service& service, const HttpRequest& request) {
  if (!is_name(request.names[1])) {
    co_return refused(service, invalid_parameter("alarm",
                                                 "a name of 1 to 64 characters of "
                                                 "A-Z a-z 0-9 . _ : -"));
  }
  co_return co_await write(service, request, read_alarm(request.names[1], request.body),
                           {.account = request.names[0]});
}

asio::awaitable<HttpResponse> remove_alarm(Service& service, const HttpRequest& request) {
  if (!is_name(request.names[1])) co_return refused(service, not_there(Reject::unknown_alarm));
  co_return co_await write(service, request, What{AlarmRuleRemoved{request.names[1]}},
                           {.account = request.names[0]});
}

asio::awaitable<HttpResponse> look_at_alarm(Service& service, const HttpRequest& request) {
  return read_account(
      service, request,
      [name = request.names[1]](const Account& account,
                                const Ledger& ledger) -> Result<std::string, Problem> {
        const Alarm* alarm = account.find_alarm(name);
        if (alarm == nullptr) return std::unexpected(not_there(Reject::unknown_alarm));
        return alarm_view(account, *alarm, ledger.last());
      });
}

asio::awaitable<HttpResponse> list_alarms(Service& service, const HttpRequest& request) {
  return read_account(
      service, request,
      [](const Account& account, const Ledger& ledger) -> Result<std::string, Problem> {
        return alarms_view(account, ledger.last());
      });
}

// ---- automatic renewal ----

asio::awaitable<HttpResponse> set_renewal(Service& service, const HttpRequest& request) {
  return write(service, request, read_renewal(request.body), {.account = request.names[0]});
}

asio::awaitable<HttpResponse> remove_renewal(Service& service, const HttpRequest& request) {
  return write(service, request, What{RenewalRuleRemoved{}}, {.account = request.names[0]});
}

asio::awaitable<HttpResponse> look_at_renewal(Service& service, const HttpRequest& request) {
  return read_account(
      service, request,
      [](const Account& account, const Ledger& ledger) -> Result<std::string, Problem> {
        if (!account.renewal) return std::unexpected(not_there(Reject::unknown_renewal));
        return renewal_view(account, ledger);
      });
}

// ---- contacts ----

asio::awaitable<HttpResponse> set_contacts(Service& service, const HttpRequest& request) {
  return write(service, request, packledger::read_contacts(request.body),
               {.account = request.names[0]});
}

asio::awaitable<HttpResponse> look_at_contacts(Service& service, const HttpRequest& request) {
  return read_account(
      service, request,
      [](const Account& account, const Ledger& ledger) -> Result<std::string, Problem> {
        return contacts_view(account, ledger.last());
      });
}

constexpr std::array routes{
    Route{Method::get, "/v1/accounts/{account}/alarms", Body::none, read_parameters, list_alarms},
    Route{Method::get, "/v1/accounts/{account}/alarms/{alarm}", Body::none, read_parameters,
          look_at_alarm},
    Route{Method::put, "/v1/accounts/{account}/alarms/{alarm}", Body::json, write_parameters,
          set_alarm},
    Route{Method::remove, "/v1/accounts/{account}/alarms/{alarm}", Body::none, write_parameters,
          remove_alarm},
    Route{Method::get, "/v1/accounts/{account}/renewal", Body::none, read_parameters,
          look_at_renewal},
    Route{Method::put, "/v1/accounts/{account}/renewal", Body::json, write_parameters, set_renewal},
    Route{Method::remove, "/v1/accounts/{account}/renewal", Body::none, write_parameters,
          remove_renewal},
    Route{Method::get, "/v1/accounts/{account}/contacts", Body::none, read_parameters,
          look_at_contacts},
    Route{Method::put, "/v1/accounts/{account}/contacts", Body::json, write_parameters,
          set_contacts},
};

}  // namespace

std::span<const Route> rule_routes() { return routes; }

}  // namespace packledger::serve
