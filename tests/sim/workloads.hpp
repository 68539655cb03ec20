// Workloads: small lives of a ledger, each made for one corner of the store: what is small enough
// is played at every step of the disk.
//
// Owner: the campaign. Values, made anew by each call.
#pragma once

#include "tests/sim/player.hpp"

#include <vector>

namespace packledger::sim {

[[nodiscard]] std::vector<Workload> small_workloads();

}  // namespace packledger::sim
