#include "app/cli/bench_pace.hpp"

#include "packledger/ledger/result.hpp"

namespace packledger::cli {

BenchPace::BenchPace(const BenchSchedule& schedule)
    : schedule_{schedule}, number_{schedule.worker} {
  ENSURE(schedule.batches_max > 0 || schedule.duration_ns > 0, "a run has an end");
  ENSURE(schedule.in_flight_max > 0 && schedule.batch > 0, "something can be sent");
}

// The product overflows 64 bits after some hours of a fast run.
std::int64_t BenchPace::intended(std::int64_t number) const {
  __extension__ using Wide = __int128;
  constexpr std::int64_t ns_per_second = 1'000'000'000;
  const Wide ns = Wide{number} * schedule_.batch * ns_per_second / schedule_.sends_per_second;
  return schedule_.start_ns + static_cast<std::int64_t>(ns);
}

// An open loop sends all that was meant to be sent in its time, however late.
bool BenchPace::is_over(std::int64_t now_ns) const {
  if (schedule_.batches_max > 0 && number_ >= schedule_.batches_max) return true;
  if (schedule_.duration_ns == 0) return false;
  const std::int64_t at = schedule_.sends_per_second == 0 ? now_ns : intended(number_);
  return at >= schedule_.start_ns + schedule_.duration_ns;
}

BenchStep BenchPace::next(std::int64_t now_ns) const {
  if (is_over(now_ns)) {
    return in_flight_ == 0 ? BenchStep{Finished{}} : BenchStep{WaitForAnswer{}};
  }
  if (in_flight_ == schedule_.in_flight_max) return WaitForAnswer{};
  if (schedule_.sends_per_second == 0) return SendNow{number_, now_ns};
  const std::int64_t at = intended(number_);
  if (now_ns < at) return WaitUntil{at};
  return SendNow{number_, at};
}

void BenchPace::sent() {
  number_ += schedule_.workers;
  ++in_flight_;
}

void BenchPace::answered() {
  ENSURE(in_flight_ > 0, "an answer has a question");
  --in_flight_;
}

}  // namespace packledger::cli
