// Examine: what must hold of every disk that a crash can leave. A history is played once and
// remembered at each of its steps; from any of them power may be lost in any way, and what starts
// again is looked at and goes on to the end.
//
// Owner: the campaign. One thread.
#pragma once

#include "tests/sim/player.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace packledger::sim {

// Counts of looks, by the numbers of docs/proof.md; what was found wrong.
class Looks {
 public:
  static constexpr std::size_t numbers = 17;
  // False where it is wrong, that is, where the text is not empty.
  bool look(int number, const std::string& wrong);
  [[nodiscard]] const std::array<std::uint64_t, numbers>& made() const { return made_; }
  [[nodiscard]] const std::array<std::uint64_t, numbers>& wrong() const { return wrong_; }
  [[nodiscard]] const std::vector<std::string>& stories() const { return stories_; }
  // What is played now; told with each story, and to whoever wants to know it should this end.
  void play(std::string what) {
    playing_ = std::move(what);
    if (heard_) heard_(playing_);
  }
  void on_play(std::function<void(const std::string&)> heard) { heard_ = std::move(heard); }

 private:
  static constexpr std::size_t stories_max = 20;  // more say nothing new
  std::array<std::uint64_t, numbers> made_{};
  std::array<std::uint64_t, numbers> wrong_{};
  std::vector<std::string> stories_;
  std::string playing_;
  std::function<void(const std::string&)> heard_;
};

// A disk before one of its steps, and how much of the history was known then.
struct Point {
  std::shared_ptr<const Disk> disk;
  Step step;            // that would be next; number 0 at the end
  std::size_t act = 0;  // that is played
  std::size_t submitted = 0;
  std::size_t ends = 0;
  std::size_t answers = 0;
  std::size_t acknowledged = 0;
  std::size_t acknowledged_before = 0;
  ChainHash chain{};
};

// One life of a workload without a fault.
struct History {
  const Workload* workload = nullptr;
  std::vector<Point> points;  // one for each step, and one for the end
  Known known;                // at the end
  std::vector<Entry> entries;
  std::map<std::size_t, std::string> digests;  // of the ledger behind so many entries
  std::vector<std::string> notices;
  std::string trace;
  std::size_t snapshots = 0;
};

// `faults`: those of a canary, that must be noticed.
[[nodiscard]] History record(const Workload& workload, Looks& looks, const Faults& faults = {});

// What a start takes at most, and the first commits behind it.
inline constexpr std::uint64_t steps_of_a_start = 70;

struct Crash {
  Loss loss = Loss::dropped;
  std::uint64_t seed = 1;
  bool again = false;  // once more, while it starts
};
// Takes the disk of the point, loses power, starts, looks, goes on to the end, looks again.
// What is scattered may be refused, by name; false where it was.
bool examine(const History& history, const Point& point, const Crash& crash, Looks& looks);

// The same life on a disk with these faults, up to where it stops; then as above, in some ways to
// lose power. False where the fault was not reached.
bool play_with(const History& history, const Faults& faults, std::uint64_t seed, Looks& looks);

// What becomes of the disk at the end where one bit of a file is flipped, or the file is cut there.
struct Damage {
  std::string file;
  std::uint64_t byte = 0;
  bool cut = false;
};
enum class Noticed : std::uint8_t {
  refused,   // with a message that names it
  harmless,  // all is there: it was not needed, or can be made again
  allowed,   // the batch that a watermark of one_behind does not promise yet
  silent,
};
Noticed damage(const History& history, const Damage& damage, Looks& looks);

}  // namespace packledger::sim
