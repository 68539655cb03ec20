// Asks the naive model what an input asks of the law, so that a journal can be put to it entry by
// entry: the random lives of the tests speak to both at once, a journal only to the law.
//
// Functions of their arguments, one thread.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/input.hpp"
#include "tests/ledger/model.hpp"

#include <optional>
#include <string>

namespace packledger::sim {

// The answer of the model. Only what clients ask of an account that is open, and of that what the
// model knows: no zones, no windows but those of its settings, no validities of grants.
[[nodiscard]] std::string ask_model(model::Model& model, model::Ms now, const What& what);

// The same of an entry that a request made: its account is opened, or answers; nothing where the
// entry is about none.
[[nodiscard]] std::optional<std::string> ask_model(model::World& world, const Entry& entry);

[[nodiscard]] model::Settings model_settings(const SettingsPatch& patch);

}  // namespace packledger::sim
