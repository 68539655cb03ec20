// One connection, its session, an engine and a journal in memory, all in the thread that calls:
// bytes go in piece by piece, exactly as they are cut here, and all that can happen does happen
// before the next piece comes. Deterministic, so that it serves tables and fuzzing alike.
#pragma once

#include "packledger/engine/engine.hpp"
#include "packledger/engine/inbox.hpp"
#include "packledger/engine/outlet.hpp"
#include "packledger/ledger/ledger.hpp"
#include "serve/front.hpp"
#include "store/memory_journal.hpp"

#include <boost/asio/io_context.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::serve {

struct Service;

class SessionUnderTest final : public Outlet, public Inbox {
 public:
  explicit SessionUnderTest(const Limits& limits = {});
  ~SessionUnderTest() override;
  SessionUnderTest(const SessionUnderTest&) = delete;
  SessionUnderTest& operator=(const SessionUnderTest&) = delete;

  // The client says this in one piece; then everybody does what there is to do.
  void say(std::string_view piece);
  // The client says nothing more.
  void end();
  // All that it was answered so far.
  [[nodiscard]] const std::string& heard() const { return heard_; }
  [[nodiscard]] bool closed() const { return closed_; }  // by the daemon
  [[nodiscard]] Sequence last() const { return journal_.last(); }

  void committed(Committed told) override;
  [[nodiscard]] bool put(packledger::Request&& request) override;
  [[nodiscard]] std::optional<packledger::Request> take() override;

 private:
  class StillClock final : public Clock {
   public:
    [[nodiscard]] Instant now() override;
  };

  void run();
  bool hear();

  StillClock clock_;
  Ledger ledger_;
  MemoryJournal journal_;
  CommitAtOnce commits_{journal_};
  std::deque<packledger::Request> waiting_;
  Engine engine_;
  std::unique_ptr<boost::asio::io_context> io_;
  std::shared_ptr<Service> service_;  // shared as Front does
  int client_ = -1;
  bool closed_ = false;
  std::string heard_;
};

// What these pieces are answered, one after the other, by a daemon of their own.
[[nodiscard]] std::string answers_to(const std::vector<std::string_view>& pieces);

// The status of each answer of a connection, in order; nothing where these are no whole answers
// one after the other. Answers of a WebSocket end it.
[[nodiscard]] std::optional<std::vector<unsigned>> statuses_of(std::string_view heard);

}  // namespace packledger::serve
