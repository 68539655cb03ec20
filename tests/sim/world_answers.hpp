// What an answer tells, held against the journal: what is recorded stands there and is on the disk;
// what was recorded before is told as then; what is refused is put to the judge.
//
// Functions of the World; one thread.
#pragma once

#include "packledger/engine/inbox.hpp"
#include "tests/sim/world_server.hpp"

#include <optional>
#include <string>

namespace packledger::sim {

class World;

struct CommandAsked {
  const std::string& account;
  const Input& input;
  Run run;
};
void judge_answer(World& world, const Taken& taken, const CommandAsked& asked,
                  const CommandAnswer& answer);
void judge_answer(World& world, const Taken& taken, const std::optional<NumberedBatch>& numbered,
                  const SendsAnswered& answered);

// One that is told to have been there already.
void judge_repeat(World& world, const SendAsked& asked, const Entry& first);

}  // namespace packledger::sim
