#include "serve/service.hpp"

#include "serve/routes.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace packledger::serve {

Service::Service(boost::asio::any_io_executor on, Doors through, const Limits& within)
    : executor(std::move(on)),
      doors(std::move(through)),
      limits(within),
      router(all_routes()),
      positions(executor),
      connections(executor, within.connections_max),
      requests(executor, within.requests_waiting_max),
      large_bodies(executor, within.large_bodies_bytes_max),
      subscriptions(executor, doors.inbox, doors.journal, directory, positions),
      heartbeat(executor, within.ping_interval) {}

Opened::Opened(Service& service, Connection& connection)
    : service_(service), place_(service.open.insert(service.open.end(), &connection)) {
  ++service_.metrics.connections;
  ++service_.metrics.connections_open;
  if (service_.stopping) connection.finish();
}

Opened::~Opened() {
  service_.open.erase(place_);
  --service_.metrics.connections_open;
  if (service_.stopping && service_.open.empty() && service_.when_all_closed) {
    boost::asio::post(service_.executor, std::exchange(service_.when_all_closed, {}));
  }
}

}  // namespace packledger::serve
