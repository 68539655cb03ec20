// Plan: what kind of life a seed is: how many clients of which kind, with which limits, and which
// troubles come how often. Everything can be narrowed by hand, to find the smallest life that still
// goes wrong.
//
// Values, any thread.
#pragma once

#include "packledger/engine/engine.hpp"
#include "packledger/ledger/seen_sends.hpp"
#include "store/rocks_journal.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::sim {

enum class Trouble : std::uint8_t {
  power,       // the power is cut at some step of the disk
  kill,        // the process ends at some step of the disk
  sync_fails,  // a sync fails
  disk_full,   // there is no room for a while
  clock,       // steps, leaps, stands still, drifts
  network,     // delays, loses, doubles and reorders messages
  slow_disk,   // a commit takes long
  snapshots,   // are written at odd moments, cut short, damaged
  sends,       // files of sends are damaged
  flips,       // bits of what was synced
};
inline constexpr std::array troubles{
    Trouble::power,   Trouble::kill,      Trouble::sync_fails, Trouble::disk_full, Trouble::clock,
    Trouble::network, Trouble::slow_disk, Trouble::snapshots,  Trouble::sends,     Trouble::flips,
};
[[nodiscard]] std::string_view trouble_text(Trouble trouble);
[[nodiscard]] std::optional<Trouble> parse_trouble(std::string_view text);

struct Plan {
  std::uint64_t seed = 1;
  std::size_t steps = 0;      // of the life of all accounts together
  std::size_t accounts = 1;   // each with an administrator
  std::size_t producers = 0;  // of numbered batches
  std::size_t senders = 0;    // of batches of named sends
  std::size_t watchers = 0;
  std::size_t readers = 0;
  std::size_t storms = 0;       // many packages with one end
  std::size_t dry_runs = 0;     // of a hundred requests, that are tried out, too
  std::size_t books = 0;        // of prices, published in the course of the life
  std::size_t visitors = 0;     // who read by HTTP
  std::size_t forecasters = 0;  // who set alarms that want forecasts, and make these
  std::uint32_t troubles = 0;
  std::size_t disturbances = 0;  // how often any of them comes

  EngineLimits engine;
  std::size_t requests_max = 4'096;
  SendLimits memory;
  WatermarkMode watermark = WatermarkMode::before_ack;
  std::size_t write_buffer_bytes = 0;
  std::int64_t commit_ms_max = 0;  // how long a commit takes
  std::int64_t snapshot_hours = 0;
  bool acknowledges_early = false;  // the canary: says what is not on the disk yet

  [[nodiscard]] bool has(Trouble trouble) const {
    return (troubles >> static_cast<unsigned>(trouble) & 1U) != 0;
  }
  void drop(Trouble trouble) { troubles &= ~(1U << static_cast<unsigned>(trouble)); }
};

[[nodiscard]] Plan plan_of(std::uint64_t seed);

// What may be narrowed, by the name of its option: "steps", "accounts", …
struct PlanSize {
  std::string_view name;
  std::size_t Plan::* size;
  std::size_t least = 0;
};
inline constexpr std::array plan_sizes{
    PlanSize{"steps", &Plan::steps, 1},
    PlanSize{"accounts", &Plan::accounts, 1},
    PlanSize{"producers", &Plan::producers, 0},
    PlanSize{"senders", &Plan::senders, 0},
    PlanSize{"watchers", &Plan::watchers, 0},
    PlanSize{"readers", &Plan::readers, 0},
    PlanSize{"storms", &Plan::storms, 0},
    PlanSize{"disturbances", &Plan::disturbances, 0},
    PlanSize{"dry-runs", &Plan::dry_runs, 0},
    PlanSize{"books", &Plan::books, 0},
    PlanSize{"forecasters", &Plan::forecasters, 0},
    PlanSize{"visitors", &Plan::visitors, 0},
};

// "--seed 7 --steps 12 --without clock,network": as short as the seed allows.
[[nodiscard]] std::string options_of(const Plan& plan);

}  // namespace packledger::sim
