// Askers: clients who want several things at a time, and ask for each until they are answered.
//
// Owner: the World; one thread.
#pragma once

#include "tests/sim/world.hpp"
#include "tests/sim/world_asking.hpp"
#include "tests/sim/world_trial.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger::sim {

// Those who ask until they are answered.
class Askers : public Client {
 public:
  Askers(World& world, std::string name)
      : world_(world),
        draws_(world.plan.seed, name),
        dry_(world.plan.seed, "dry runs of " + name),
        base_(std::move(name)) {}
  [[nodiscard]] std::string name() const override {
    for (const auto& asking : askings_)
      if (!asking->is_done()) return asking->name();
    return base_;
  }
  [[nodiscard]] bool is_done() const override {
    return std::ranges::all_of(askings_, [](const auto& asking) { return asking->is_done(); });
  }

 protected:
  void ask(std::shared_ptr<Asking> asking) {
    std::erase_if(askings_, [](const auto& each) { return each->is_done(); });
    askings_.push_back(asking);
    asking->begin();
  }
  // Now and then a dry run goes with it, whichever of the two comes first; some under its own key.
  void ask(const std::string& name, const std::string& account, const Input& input) {
    if (tries_out()) {
      Input tried = input;
      if (dry_.percent(60)) tried.key = std::string(only_tried) + name;
      ask(std::make_shared<CommandTelling>(world_, "try " + name, account, tried, Run::dry));
    }
    ask(std::make_shared<CommandAsking>(world_, name, account, input));
  }
  // The same with sends; some batches have one more send, of which nothing else is ever said.
  void ask(const std::string& name, const std::vector<SendAsked>& sends) {
    if (tries_out()) {
      std::vector<SendAsked> tried = sends;
      if (dry_.percent(40)) {
        tried.push_back(dry_.one_of(sends));
        tried.back().send.send = std::string(only_tried) + tried.back().send.send.string();
      }
      if (dry_.percent(20)) tried.push_back(tried.front());
      ask(std::make_shared<SendsTrying>(world_, "try " + name, std::move(tried)));
    }
    ask(std::make_shared<SendsAsking>(world_, name, sends));
  }
  [[nodiscard]] const std::string& base() const { return base_; }
  [[nodiscard]] std::size_t some_account() {
    return static_cast<std::size_t>(draws_.pick(static_cast<std::int64_t>(world_.plan.accounts)));
  }
  World& world_;
  Draws draws_;

 private:
  bool tries_out() { return dry_.percent(static_cast<std::int64_t>(world_.plan.dry_runs)); }

  Draws dry_;
  const std::string base_;
  std::vector<std::shared_ptr<Asking>> askings_;
};

[[nodiscard]] SendRecorded some_send(Draws& draws, std::string_view name, Ms now);

}  // namespace packledger::sim
