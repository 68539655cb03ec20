// The daemon: everything built and wired, from the journal up to the sockets, and run until a
// signal or a fault ends it.
//
// Owner: main. run() is called once; its thread becomes the front's, the engine gets its own.
#pragma once

#include "app/config.hpp"

#include <cstdint>

namespace packledger {

// What the process ends with. Documented in --help: never renumber.
enum class ExitCode : std::uint8_t {
  ok = 0,
  unexpected = 1,  // a broken invariant aborts instead
  usage = 2,       // the command line or the configuration is wrong
  journal = 3,     // the journal was refused, or failed: look at it, then start again
  address = 5,     // the address is taken, forbidden, or not a loopback one
};

// Until SIGTERM or SIGINT ends it in good order. A fault of the journal ends the process from
// within, at once: memory is then ahead of the disk, and nobody may be told.
[[nodiscard]] ExitCode run(const Config& config);

}  // namespace packledger
