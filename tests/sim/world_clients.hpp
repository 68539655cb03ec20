// Clients: they want something of the daemon and go on asking for it until they hear what became of
// it. What is answered once must be answered the same again.
//
// Owner: the World; one thread.
#pragma once

#include "packledger/engine/inbox.hpp"
#include "tests/sim/agenda.hpp"
#include "tests/sim/draws.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace packledger::sim {

class World;
class Server;

class Client {
 public:
  virtual ~Client() = default;
  virtual void begin() = 0;
  // Its process, or its connection, has ended.
  virtual void disconnected() {}
  // Something new is durable, and the front has heard it.
  virtual void news() {}
  // Waits for nothing.
  [[nodiscard]] virtual bool is_done() const = 0;
  // Once all is over: what it has must be what there is.
  virtual void audit() {}
  [[nodiscard]] virtual std::string name() const = 0;
  // When the last thing it wants is wanted.
  [[nodiscard]] virtual Ms ends() const { return 0; }
};

// Asks until there is an answer that stands.
class Asking : public std::enable_shared_from_this<Asking> {
 public:
  Asking(World& world, std::string name) : world_(world), name_(std::move(name)) {}
  virtual ~Asking() = default;
  void begin() { ask(); }
  [[nodiscard]] bool is_done() const { return done_; }
  [[nodiscard]] const std::string& name() const { return name_; }

 protected:
  // At the server; false: it is busy.
  virtual bool put(Server& server) = 0;
  void answered();  // that stands
  [[nodiscard]] World& world() { return world_; }
  // Whether what was recorded then may no longer be known.
  [[nodiscard]] bool forgotten(Sequence recorded, Duration memory, Instant at) const;
  // So that an answer travels over the network back to this.
  void deliver(std::function<void()> answer);

 private:
  void ask();

  World& world_;
  const std::string name_;
  bool done_ = false;
  int tries_ = 0;
};

[[nodiscard]] inline std::string account_name(std::size_t number) {
  return "a" + std::to_string(number);
}

// Makes the clients that the plan asks for.
void make_clients(World& world);

// Opens the accounts with all they begin with; before any trouble.
void open_accounts(World& world);

}  // namespace packledger::sim
