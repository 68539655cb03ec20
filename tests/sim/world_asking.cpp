#include "tests/sim/world_asking.hpp"

#include "tests/sim/world.hpp"

#include <utility>

namespace packledger::sim {

// ---- until there is an answer ----

void Asking::ask() {
  if (done_) return;
  ++tries_;
  ++world_.requests;
  if (tries_ == 2) world_.probes.reach("a request asked again");
  world_.send_over_often([self = shared_from_this()] {
    World& world = self->world_;
    if (world.server == nullptr) return;
    if (!self->put(*world.server)) world.probes.reach("busy");
  });
  const Ms patience = world_.heals() ? 700 : world_.draws.between(800, 20'000);
  world_.agenda.after(patience, [self = shared_from_this()] { self->ask(); });
}

void Asking::answered() {
  if (!done_) world_.note(name_ + ": answered");
  done_ = true;
}

// Its time may have leapt, where the machine was started again with another clock.
bool Asking::forgotten(Sequence recorded, Duration memory, Instant at) const {
  return at >= world_.judge.entry(recorded).recorded_at + memory;
}

void Asking::deliver(std::function<void()> answer) {
  world_.send_over([self = shared_from_this(), answer = std::move(answer)] { answer(); });
}

// ---- commands ----

bool CommandAsking::put(Server& server) {
  return server.put(account_, input_, Run::real,
                    [this, self = shared_from_this()](const CommandAnswer& told, Instant at) {
                      std::optional<Sequence> recorded;
                      std::string code;
                      if (told) {
                        recorded = told->entries.front().sequence;
                      } else {
                        code = reject_text(told.error().refusal.reject);
                      }
                      judge(recorded, code, at);
                      deliver([this] { answered(); });
                    });
}

void CommandAsking::judge(std::optional<Sequence> recorded, const std::string& code, Instant at) {
  const Duration memory = input_.key.empty() ? send_memory : key_memory;
  const bool same = !recorded_ || recorded_ == recorded || forgotten(*recorded_, memory, at);
  world().invariants.check(Promise::once, same, [&] {
    return name() + " was entry " + std::to_string(recorded_->value) + ", and now is " +
           (recorded ? std::to_string(recorded->value) : code);
  });
  recorded_ = recorded;
}

// ---- sends ----

std::vector<SendFate> SendsAsking::fates_of(const SendsAnswered& answered) {
  std::vector<SendFate> fates;
  for (const SendAnswer& answer : answered.answers) {
    SendFate& fate = fates.emplace_back();
    if (answer.refusal() == nullptr || answer.repeats()) fate.recorded = answer.sequence;
    if (answer.refusal() != nullptr) fate.code = reject_text(answer.refusal()->reject);
  }
  return fates;
}

bool SendsAsking::put(Server& server) {
  return server.put(sends_, std::nullopt, Run::real,
                    [this, self = shared_from_this()](const SendsAnswered& answered, Instant at) {
                      judge(fates_of(answered), at);
                      deliver([this] { this->answered(); });
                    });
}

void SendsAsking::judge(const std::vector<SendFate>& fates, Instant at) {
  ENSURE(fates.size() == fates_.size(), "each send has its answer");
  for (std::size_t i = 0; i < fates.size(); ++i) {
    const auto& before = fates_[i].recorded;
    const bool same = !before || before == fates[i].recorded || forgotten(*before, send_memory, at);
    world().invariants.check(Promise::once, same, [&] {
      return sends_[i].send.send.string() + " was entry " + std::to_string(before->value) +
             ", and now is " +
             (fates[i].recorded ? std::to_string(fates[i].recorded->value) : fates[i].code);
    });
    if (fates[i].recorded) fates_[i] = fates[i];
  }
}

// ---- any answer will do ----

bool CommandTelling::put(Server& server) {
  return server.put(account_, input_, run_,
                    [this, self = shared_from_this()](const CommandAnswer&, Instant) {
                      deliver([this] { answered(); });
                    });
}

bool SendsTrying::put(Server& server) {
  return server.put(sends_, std::nullopt, Run::dry,
                    [this, self = shared_from_this()](const SendsAnswered&, Instant) {
                      deliver([this] { answered(); });
                    });
}

// ---- numbered batches ----

NumberedAsking::NumberedAsking(World& world, const std::string& name, std::vector<SendAsked> sends,
                               const NumberedBatch& numbered,
                               std::shared_ptr<NumberedAsking> before)
    : SendsAsking(
          world,
          name + " " + std::to_string(numbered.at.epoch) + ":" + std::to_string(numbered.at.number),
          std::move(sends)),
      numbered_(numbered),
      before_(std::move(before)) {}

bool NumberedAsking::put(Server& server) {
  if (before_ != nullptr && before_->is_done()) before_.reset();
  const bool in_order = before_ == nullptr;
  return server.put(
      sends(), numbered_, Run::real,
      [this, in_order, self = shared_from_this()](const SendsAnswered& told, Instant at) {
        const auto& refusal = told.numbered->refusal;
        const bool taken = !refusal || told.numbered->repeats();
        // Where the one before was taken, a gap says that its producer was silent for
        // so long that it is forgotten.
        const bool over = refusal && (refusal->reject == Reject::stale_epoch ||
                                      (refusal->reject == Reject::gap && in_order));
        if (taken) judge(fates_of(told), at);
        // After any other gap it is asked again: those before it come first.
        if (taken || over) deliver([this] { answered(); });
      });
}

}  // namespace packledger::sim
