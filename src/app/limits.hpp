// Limits: what the configuration says, as each part of the daemon wants to hear it. Any thread.
#pragma once

#include "app/config.hpp"
#include "app/doors.hpp"
#include "packledger/engine/engine.hpp"
#include "serve/front.hpp"
#include "store/rocks_journal.hpp"

#include <cstdint>

namespace packledger {

// From here on the process keeps what it frees, to use it again: a page that is given back has to
// be cleared when it comes again. It stays as large as it once was. Before any thread is started.
void keep_memory();

[[nodiscard]] OpenOptions open_options(const StoreConfig& config);
[[nodiscard]] std::uint64_t reserve_bytes(const StoreConfig& config);
[[nodiscard]] FrontDoorLimits door_limits(const EngineConfig& config);
[[nodiscard]] SendLimits send_limits(const StoreConfig& config, SendArchive& archive);
[[nodiscard]] EngineLimits engine_limits(const EngineConfig& config);
// Raises the process's limit of open descriptors as far as it may and needs to; where that is not
// far enough, fewer connections are allowed, and the log says so.
[[nodiscard]] serve::Limits front_limits(const Config& config);

}  // namespace packledger
