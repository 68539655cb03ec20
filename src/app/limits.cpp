#include "app/limits.hpp"

#include "app/config_keys.hpp"
#include "app/logging.hpp"
#include "packledger/ledger/result.hpp"

#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace packledger {
namespace {

using std::chrono::milliseconds;

milliseconds milliseconds_of(Duration duration) { return milliseconds{duration.ms}; }

std::size_t size_of(std::int64_t count) { return static_cast<std::size_t>(count); }

// The store and the log want some descriptors, too: what is left is for connections.
std::size_t connections_max(std::int64_t wanted) {
  constexpr rlim_t other_descriptors = 512;
  const rlim_t needed = static_cast<rlim_t>(wanted) + other_descriptors;
  rlimit limit{};
  ENSURE(::getrlimit(RLIMIT_NOFILE, &limit) == 0, "the system tells its limits");
  rlimit raised = limit;
  raised.rlim_cur = std::min(needed, limit.rlim_max);
  if (limit.rlim_cur < needed && ::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  if (limit.rlim_cur >= needed) return size_of(wanted);
  const std::size_t possible = limit.rlim_cur - std::min(limit.rlim_cur / 2, other_descriptors);
  log_event(LogLevel::warn, "connections_limited",
            {{"wanted", wanted}, {"possible", possible}, {"descriptors", limit.rlim_cur}});
  return possible;
}

}  // namespace

// What these ask for is a preference: where the allocator is another one, nothing is lost.
void keep_memory() {
  constexpr int mib = 1024 * 1024;
  ::mallopt(M_MMAP_THRESHOLD, 32 * mib);  // the most it takes; a full batch is about 6
  ::mallopt(M_TRIM_THRESHOLD, 1024 * mib);
  ::mallopt(M_TOP_PAD, 64 * mib);  // as large as a heap of a thread, which is then never given back
}

OpenOptions open_options(const StoreConfig& config) {
  return {.directory = config.directory,
          .watermark = config.watermark,
          .write_buffer_bytes = size_of(config.write_buffer_mib) * 1024 * 1024,
          .files = nullptr};
}

std::uint64_t reserve_bytes(const StoreConfig& config) {
  return static_cast<std::uint64_t>(config.reserve_mib) * 1024 * 1024;
}

// A generation takes about a sixth of the memory, so that one is written while others fill; the
// fewer there are in files, the less a new name costs.
SendLimits send_limits(const StoreConfig& config, SendArchive& archive) {
  constexpr std::size_t records_max = std::size_t{1} << 22U;
  const std::size_t bytes = size_of(config.sends_memory_mib) * 1024 * 1024;
  SendLimits limits;
  limits.generation_records_max = std::min(bytes / 512, records_max);
  limits.memory_bytes_max = bytes;
  limits.archive = &archive;
  return limits;
}

FrontDoorLimits door_limits(const EngineConfig& config) {
  return {.requests_max = size_of(config.inbox_requests_max),
          .sends_max = size_of(config.inbox_sends_max)};
}

EngineLimits engine_limits(const EngineConfig& config) {
  return {.batch_entries_max = size_of(config.batch_entries_max),
          .timers_per_turn_max = size_of(config.timers_per_turn_max)};
}

serve::Limits front_limits(const Config& config) {
  serve::Limits limits;
  limits.header_bytes_max = size_of(config.http.header_bytes_max);
  limits.body_bytes_max = size_of(config.http.body_bytes_max);
  limits.connections_max = connections_max(config.http.connections_max);
  limits.connections_per_address_max = size_of(config.http.connections_per_address_max);
  limits.header_timeout = milliseconds_of(config.http.header_timeout);
  limits.body_timeout = milliseconds_of(config.http.body_timeout);
  limits.write_timeout = milliseconds_of(config.http.write_timeout);
  limits.idle_timeout = milliseconds_of(config.http.idle_timeout);
  limits.ping_interval = milliseconds_of(config.watch.ping_interval);
  limits.watch_message_bytes_max = size_of(config.watch.websocket_message_bytes_max);
  limits.watch_queue_bytes_max = size_of(config.watch.write_queue_bytes_max);
  limits.origins = listed_origins(config.listen.origins);
  return limits;
}

}  // namespace packledger
