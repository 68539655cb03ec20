#include "serve/front.hpp"

#include "serve/listener.hpp"
#include "serve/service.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <list>
#include <utility>

namespace packledger::serve {
namespace asio = boost::asio;

class Front::State {
 public:
  State(asio::io_context& on, Doors doors, const Limits& limits)
      : io(on),
        service(std::make_shared<Service>(on.get_executor(), std::move(doors), limits)),
        stop_limit(on) {}

  asio::io_context& io;
  std::shared_ptr<Service> service;  // shared with the sessions: see Service
  std::list<Listener> listeners;
  asio::steady_timer stop_limit;
};

Front::Front(asio::io_context& io, Doors doors, const Limits& limits)
    : state_(std::make_unique<State>(io, std::move(doors), limits)) {}

Front::~Front() { state_->service->when_all_closed = {}; }

Result<std::uint16_t, ListenFailed> Front::start(const ListenAddress& address) {
  Listener& listener = state_->listeners.emplace_back(state_->io);
  const auto port = listener.open(address);
  if (port)
    listener.run(state_->service);
  else
    state_->listeners.pop_back();
  return port;
}

// What a send changes is neither a name nor a notice.
void Front::learn(const Batch& batch) {
  Service& service = *state_->service;
  for (const std::uint32_t at : batch.others) {
    service.directory.learn(batch.entries[at]);
    service.notices.learn(batch.entries[at]);
  }
  service.positions.reached(batch.entries.back().sequence);
}

void Front::write_notices(const std::function<void(std::string_view piece)>& visit) const {
  state_->service->notices.write(visit);
}

void Front::restore(Learnt learnt) {
  Service& service = *state_->service;
  service.directory = std::move(learnt.directory);
  service.notices = std::move(learnt.notices);
  service.positions.reached(learnt.position);
}

void Front::committed(const SharedBatch& batch) {
  learn(*batch);
  state_->service->subscriptions.committed(batch->entries);
}

void Front::stop(std::move_only_function<void()> done) {
  Service& service = *state_->service;
  if (service.stopping) return;
  service.stopping = true;
  for (Listener& listener : state_->listeners) listener.stop();
  auto closed = [this, done = std::move(done)]() mutable {
    state_->stop_limit.cancel();
    done();
  };
  if (service.open.empty()) {
    asio::post(state_->io, std::move(closed));
    return;
  }
  service.when_all_closed = std::move(closed);
  service.positions.stop();
  for (auto next = service.open.begin(); next != service.open.end();) (*next++)->finish();
  state_->stop_limit.expires_after(service.limits.stop_timeout);
  state_->stop_limit.async_wait([state = state_.get()](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    for (Connection* connection : state->service->open) connection->cut();
  });
}

}  // namespace packledger::serve
