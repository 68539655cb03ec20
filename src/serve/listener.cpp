#include "serve/listener.hpp"

#include "serve/http_session.hpp"
#include "serve/service.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

#include <exception>
#include <utility>

namespace packledger::serve {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
namespace {

constexpr auto waiting = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds descriptors_pause{100};  // none free: wait for some to close

ListenFailed failed_with(const error_code& failed) {
  if (failed == asio::error::address_in_use)
    return {ListenFault::in_use, "somebody listens at this address already"};
  return {ListenFault::forbidden, failed.message()};
}

// The lowest descriptor that is free tells how near the limit is, whoever holds the others.
bool descriptors_left(int any, std::size_t spare) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return true;
  const int next = ::dup(any);
  if (next < 0) return false;
  ::close(next);
  return static_cast<rlim_t>(next) + spare < limit.rlim_cur;
}

// A session must never take the daemon with it.
void ended(const std::exception_ptr& thrown) {
  if (!thrown) return;
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& what) {
    spdlog::error("event=session_threw detail=\"{}\"", what.what());
  }
}

}  // namespace

Result<std::uint16_t, ListenFailed> Listener::open(const ListenAddress& address) {
  error_code failed;
  const auto host = asio::ip::make_address(address.host, failed);
  if (failed) {
    return std::unexpected(
        ListenFailed{ListenFault::invalid_address, "expected a literal IPv4 or IPv6 address"});
  }
  const tcp::endpoint endpoint(host, address.port);
  acceptor_.open(endpoint.protocol(), failed);
  if (!failed) acceptor_.set_option(asio::socket_base::reuse_address(true), failed);
  if (!failed && host.is_v6()) acceptor_.set_option(asio::ip::v6_only(true), failed);
  if (!failed) acceptor_.bind(endpoint, failed);
  if (!failed) acceptor_.listen(asio::socket_base::max_listen_connections, failed);
  if (failed) return std::unexpected(failed_with(failed));
  const std::uint16_t port = acceptor_.local_endpoint(failed).port();
  if (failed) return std::unexpected(failed_with(failed));
  return port;
}

void Listener::run(std::shared_ptr<Service> service) {
  asio::co_spawn(acceptor_.get_executor(), accept(std::move(service)), ended);
}

void Listener::stop() {
  error_code ignored;
  acceptor_.close(ignored);
}

asio::awaitable<void> Listener::wait_for_descriptors(std::size_t spare) {
  asio::steady_timer pause(acceptor_.get_executor());
  while (acceptor_.is_open() && !descriptors_left(acceptor_.native_handle(), spare)) {
    pause.expires_after(descriptors_pause);
    co_await pause.async_wait(waiting);
  }
}

asio::awaitable<void> Listener::accept(std::shared_ptr<Service> service) {
  asio::steady_timer pause(acceptor_.get_executor());
  while (acceptor_.is_open()) {
    co_await service->connections.enter();
    co_await wait_for_descriptors(service->limits.descriptors_spare);
    auto [failed, socket] = co_await acceptor_.async_accept(waiting);
    if (failed) {
      service->connections.leave();
      if (failed == asio::error::operation_aborted) co_return;
      pause.expires_after(descriptors_pause);
      co_await pause.async_wait(waiting);
      continue;
    }
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    asio::co_spawn(acceptor_.get_executor(), serve_connection(std::move(socket), service), ended);
  }
}

}  // namespace packledger::serve
