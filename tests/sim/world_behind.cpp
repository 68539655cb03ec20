#include "tests/sim/world_behind.hpp"

#include "tests/sim/model_ask.hpp"
#include "tests/sim/world_judge.hpp"

#include <tuple>

namespace packledger::sim {

Behind::Behind(std::span<const Entry> entries) {
  ledger.apply(entries);
  for (const Entry& entry : entries) {
    const What& what = entry.input.what;
    if (is_consequence_input(what)) continue;
    if (is_timer_input(what)) {
      model.pass_one(entry.recorded_at.ms);
    } else {
      std::ignore = ask_model(model, entry);
    }
    model.forget_lines();
  }
}

}  // namespace packledger::sim
