#include "tests/sim/world_routes.hpp"

#include "serve/service.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <utility>

namespace packledger::sim {
namespace asio = boost::asio;
namespace {

asio::awaitable<void> answer(std::shared_ptr<serve::Service> service, serve::HttpRequest request,
                             serve::Handler handler, Routes::Told told) {
  const serve::HttpResponse response = co_await handler(*service, request);
  told(response);
}

}  // namespace

Routes::Routes(asio::io_context& io, const serve::Doors& doors, const Ledger& ledger,
               Sequence heard)
    : service_(std::make_shared<serve::Service>(io.get_executor(), doors, serve::Limits{})) {
  service_->directory = serve::Directory{ledger};
  service_->positions.reached(heard);
}

void Routes::learn(const Batch& batch) {
  for (const std::uint32_t at : batch.others) service_->directory.learn(batch.entries[at]);
  service_->positions.reached(batch.entries.back().sequence);
}

void Routes::get(std::string_view text, Told told) {
  const auto target = serve::parse_target(text);
  ENSURE(target.has_value(), "a target that may be asked for");
  serve::HttpRequest request;
  const auto route = service_->router.find(*target, request);
  ENSURE(route.has_value(), "a route that there is");
  const auto ended = [](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
  };
  asio::co_spawn(service_->executor,
                 answer(service_, std::move(request), (*route)->handler, std::move(told)), ended);
}

}  // namespace packledger::sim
