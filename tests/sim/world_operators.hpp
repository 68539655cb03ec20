// Operators of a World: whoever publishes price books, and whoever makes forecasts.
//
// Owner: the World; one thread.
#pragma once

namespace packledger::sim {

class World;

void make_operators(World& world);

}  // namespace packledger::sim
