// What clients ask for: commands, batches of sends, numbered batches. Each is asked for until its
// answer stands, and what was recorded once must be told so ever after.
//
// Owner: its client, shared with messages that are on their way; one thread.
#pragma once

#include "packledger/engine/inbox.hpp"
#include "tests/sim/world_clients.hpp"
#include "tests/sim/world_server.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace packledger::sim {

class CommandAsking final : public Asking {
 public:
  CommandAsking(World& world, std::string name, std::string account, Input input)
      : Asking(world, std::move(name)), account_(std::move(account)), input_(std::move(input)) {}

 private:
  bool put(Server& server) override;
  // In the order in which the server has decided, whatever the network does to answers.
  void judge(std::optional<Sequence> recorded, const std::string& code, Instant at);

  const std::string account_;
  const Input input_;
  std::optional<Sequence> recorded_;
};

// The same where any answer will do: a dry run, or what the daemon tells itself.
class CommandTelling final : public Asking {
 public:
  CommandTelling(World& world, std::string name, std::string account, Input input, Run run)
      : Asking(world, std::move(name)),
        account_(std::move(account)),
        input_(std::move(input)),
        run_(run) {}

 private:
  bool put(Server& server) override;

  const std::string account_;
  const Input input_;
  const Run run_;
};

// What became of one send.
struct SendFate {
  std::optional<Sequence> recorded;
  std::string code;  // of a refusal
};

class SendsAsking : public Asking {
 public:
  SendsAsking(World& world, std::string name, std::vector<SendAsked> sends)
      : Asking(world, std::move(name)), sends_(std::move(sends)), fates_(sends_.size()) {}

 protected:
  bool put(Server& server) override;
  [[nodiscard]] static std::vector<SendFate> fates_of(const SendsAnswered& answered);
  void judge(const std::vector<SendFate>& fates, Instant at);
  [[nodiscard]] const std::vector<SendAsked>& sends() const { return sends_; }

 private:
  const std::vector<SendAsked> sends_;
  std::vector<SendFate> fates_;
};

class SendsTrying final : public Asking {
 public:
  SendsTrying(World& world, std::string name, std::vector<SendAsked> sends)
      : Asking(world, std::move(name)), sends_(std::move(sends)) {}

 private:
  bool put(Server& server) override;

  const std::vector<SendAsked> sends_;
};

class NumberedAsking final : public SendsAsking {
 public:
  // `before`: its number is the one before this; null: none is.
  NumberedAsking(World& world, const std::string& name, std::vector<SendAsked> sends,
                 const NumberedBatch& numbered, std::shared_ptr<NumberedAsking> before);

 private:
  bool put(Server& server) override;

  const NumberedBatch numbered_;
  std::shared_ptr<NumberedAsking> before_;  // let go of once it is taken
};

}  // namespace packledger::sim
