#include "serve/routes.hpp"

namespace packledger::serve {

std::vector<Route> all_routes() {
  std::vector<Route> routes;
  for (const auto of_subject :
       {account_routes(), package_routes(), publish_routes(), hold_routes(), rule_routes(),
        invoice_routes(), account_book_routes(), explain_routes(), usage_routes(),
        forecast_routes(), journal_routes(), operator_routes(), event_routes()}) {
    routes.insert(routes.end(), of_subject.begin(), of_subject.end());
  }
  return routes;
}

}  // namespace packledger::serve
