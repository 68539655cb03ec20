// Routes: what the daemon answers by HTTP, without sockets: the product's own router and handlers
// over the doors of a Server, on its io_context. What a session does before and behind them is left
// out: reading a head, limits of time and size, writing an answer.
//
// Owner: Server; one thread. A request holds what it needs, as it may outlive this.
#pragma once

#include "packledger/ledger/ledger.hpp"
#include "serve/front.hpp"
#include "serve/http_message.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string_view>

namespace packledger::serve {
struct Service;
}

namespace packledger::sim {

class Routes {
 public:
  Routes(boost::asio::io_context& io, const serve::Doors& doors, const Ledger& ledger,
         Sequence heard);

  void learn(const Batch& batch);
  // "/v1/accounts/a0?after=7"
  using Told = std::function<void(const serve::HttpResponse&)>;
  void get(std::string_view target, Told told);

 private:
  std::shared_ptr<serve::Service> service_;
};

}  // namespace packledger::sim
