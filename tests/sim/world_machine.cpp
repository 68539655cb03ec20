#include "tests/sim/world_machine.hpp"

#include <algorithm>
#include <utility>

namespace packledger::sim {

Ms WallClock::shown(Ms now) const {
  if (still_) return *still_;
  return now + offset_ + (drift_ == 0 ? 0 : (now - drifts_since_) * drift_ / 1'000'000);
}

void WallClock::drift(Ms now, std::int64_t millionths) {
  offset_ = shown(now) - now;
  still_.reset();
  drift_ = millionths;
  drifts_since_ = now;
}

void WallClock::set_right() {
  offset_ = 0;
  drift_ = 0;
  still_.reset();
}

Machine::Machine(const Plan& plan, Ms now)
    : disk(std::make_shared<Disk>(plan.seed)),
      files(files_over(*disk)),
      env(std::make_shared<OneThread>(disk)),
      wall(now),
      plan_(plan) {}

std::vector<std::string> Machine::files_with(std::string_view ending) const {
  std::vector<std::string> found = disk->files();
  std::erase_if(found, [&](const std::string& path) { return !path.ends_with(ending); });
  std::ranges::sort(found);
  return found;
}

Result<std::unique_ptr<RocksJournal>, Fault> Machine::open_journal() const {
  OpenOptions options;
  options.directory = journal_directory;
  options.watermark = plan_.watermark;
  options.write_buffer_bytes = plan_.write_buffer_bytes;
  options.env = env;
  return RocksJournal::open(options);
}

Result<std::unique_ptr<RocksJournal>, Fault> Machine::open_journal(
    const std::shared_ptr<Disk>& other, std::shared_ptr<OneThread>& other_env) const {
  other_env = std::make_shared<OneThread>(other);
  OpenOptions options;
  options.directory = journal_directory;
  options.write_buffer_bytes = plan_.write_buffer_bytes;
  options.env = other_env;
  return RocksJournal::open(options);
}

void Machine::lose_power(Loss loss) {
  disk->cut_power();
  disk->lose_power(loss);
}

void Machine::start_again(Ms now, bool power_was_lost) {
  disk->plan({});
  disk->restore_power();
  env = std::make_shared<OneThread>(disk);
  if (!power_was_lost) return;
  wall.start_machine(now);
  remembered_start.reset();
  believe(now);
}

Instant Machine::clock_max(Ms now) const {
  const Ms followed = (now - wall.started()) / 100;
  return Instant{now + clock_step_max.ms + excused_ + followed + minutes(2).ms};
}

}  // namespace packledger::sim
