// Service: what the handlers and the sessions of one Front share.
//
// Owner: Front, and every session while it runs: what a coroutine still holds when the io_context
// is torn down must not outlive it. Front thread.
#pragma once

#include "query/notices.hpp"
#include "query/statement_page.hpp"
#include "serve/directory.hpp"
#include "serve/front.hpp"
#include "serve/gate.hpp"
#include "serve/heartbeat.hpp"
#include "serve/metrics.hpp"
#include "serve/positions.hpp"
#include "serve/router.hpp"
#include "serve/sends_spare.hpp"
#include "serve/subscriptions.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <list>
#include <string>

namespace packledger::serve {

// A connection as the one who stops it sees it.
class Connection {
 public:
  virtual ~Connection() = default;
  // Takes no further request; ends as soon as nothing is in flight.
  virtual void finish() = 0;
  // Ends now.
  virtual void cut() = 0;
};

struct Service {
  Service(boost::asio::any_io_executor on, Doors through, const Limits& within);
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  [[nodiscard]] bool ready() const {
    return doors.ready == nullptr || doors.ready->load(std::memory_order_acquire);
  }

  [[nodiscard]] bool storage_full() const {
    return doors.storage_full != nullptr && doors.storage_full->load(std::memory_order_relaxed);
  }

  boost::asio::any_io_executor executor;
  Doors doors;
  Limits limits;
  Router router;
  Directory directory;
  NoticeIndex notices;
  StatementShelf statements;
  Positions positions;
  Metrics metrics;
  Gate connections;
  Guests guests;
  Gate requests;      // that the engine is to answer
  Gate large_bodies;  // in bytes, while they are read and answered
  SendsSpare sends_spare;
  Subscriptions subscriptions;
  Heartbeat heartbeat;
  std::string watch_read;     // what a watcher says, and what it is told, while it is
  std::string watch_written;  // read and written: one room for all of them

  std::list<Connection*> open;  // each enters and leaves by itself
  bool stopping = false;
  std::move_only_function<void()> when_all_closed;  // after stop(); called once
};

// Enters the list of the open, leaves when it goes.
class Opened {
 public:
  Opened(Service& service, Connection& connection);
  ~Opened();
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;

 private:
  Service& service_;
  std::list<Connection*>::iterator place_;
};

}  // namespace packledger::serve
