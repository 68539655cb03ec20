// What a dry run answers, held against a naive model that has heard the journal up to the place at
// which it was decided: the same answer, the same entries behind it, and what they would make due.
//
// Functions of the World; one thread.
#pragma once

#include "packledger/engine/inbox.hpp"
#include "tests/sim/world_answers.hpp"
#include "tests/sim/world_server.hpp"

#include <span>
#include <string_view>

namespace packledger::sim {

// Keys, and names of sends, that begin so were never asked for in earnest.
inline constexpr std::string_view only_tried = "dry-";

// One that was not refused: the entries that it would make.
void judge_tried(World& world, const Taken& taken, const CommandAsked& asked,
                 std::span<const Entry> entries);
void judge_tried(World& world, const Taken& taken, const SendsAnswered& answered);

}  // namespace packledger::sim
