#include "app/cli/bench_worker.hpp"

#include "app/system_clock.hpp"

#include <algorithm>
#include <chrono>

namespace packledger::cli {

BenchWorker::BenchWorker(BenchRun run)
    : run_{std::move(run)},
      client_{run_.server,
              {.connections = run_.connections,
               .websocket = BenchLane{run_.protocol, {}}.websocket(),
               .client = run_.client}},
      lane_{run_.protocol, run_.prefix},
      work_{run_.mix, static_cast<std::uint64_t>(run_.schedule.worker),
            static_cast<std::uint64_t>(run_.schedule.workers)},
      in_flight_(run_.connections) {
  tally_.units_by_account.resize(static_cast<std::size_t>(run_.mix.accounts));
  for (std::size_t i = 0; i < run_.connections && !run_.producers.empty(); ++i)
    producers_.push_back({run_.producers + "-" + std::to_string(i)});
  for (std::size_t i = 0; i < run_.in_flight; ++i) {
    for (std::size_t connection = 0; connection < run_.connections; ++connection) {
      free_.push_back(connection);
    }
  }
}

Result<void, ClientFault> BenchWorker::connect() {
  auto connected = client_.connect();
  if (!connected || run_.protocol != BenchProtocol::publish) return connected;
  while (greetings_ < run_.connections && !fault_) {
    auto waited = client_.wait(std::nullopt, [this](const LoadAnswer& answer) { greeted(answer); });
    if (!waited) return waited;
  }
  if (fault_) return std::unexpected(*fault_);
  return {};
}

void BenchWorker::greeted(const LoadAnswer& answer) {
  ++greetings_;
  if (!lane_.read(answer, results_) || results_.batch != 0) return fail("the daemon did not greet");
  credit_ = std::min<std::size_t>(credit_.value_or(results_.credit), results_.credit);
}

void BenchWorker::run(std::int64_t start_ns) {
  start_ns_ = start_ns;
  end_ns_ = start_ns;
  run_.schedule.start_ns = start_ns;
  run_.schedule.in_flight_max = run_.connections * run_.in_flight;
  pace_.emplace(run_.schedule);
  while (!fault_) {
    const std::int64_t now = monotonic_ns();
    const BenchStep step = pace_->next(now);
    if (std::holds_alternative<Finished>(step)) return;
    if (const auto* const next = std::get_if<SendNow>(&step)) {
      send(*next);
      wait(0);  // who only sends would see its answers late
    } else if (const auto* const until = std::get_if<WaitUntil>(&step)) {
      wait(until->at_ns - now);
    } else {
      wait(std::nullopt);
    }
  }
}

BatchHead BenchWorker::head_of(std::uint64_t batch, std::size_t connection) {
  BatchHead head{.batch = batch};
  if (producers_.empty()) return head;
  Producer& producer = producers_[connection];
  head.producer = producer.name;
  head.number = {.epoch = 1, .number = ++producer.number};
  return head;
}

void BenchWorker::send(const SendNow& now) {
  const std::size_t connection = free_.front();
  free_.pop_front();
  Flight flight{.batch = static_cast<std::uint64_t>(now.number) + 1,  // 0 is the greeting
                .intended_ns = now.intended_ns,
                .sends = {}};
  if (!spare_.empty()) {
    flight.sends = std::move(spare_.back());
    spare_.pop_back();
  }
  std::int64_t count = run_.schedule.batch;
  if (run_.sends_max > 0) count = std::min(count, run_.sends_max - now.number * count);
  Instant occurred_at = run_.occurred_at;
  if (run_.time_passes) {
    constexpr std::int64_t ns_per_ms = 1'000'000;
    occurred_at = occurred_at + Duration{(monotonic_ns() - start_ns_) / ns_per_ms};
  }
  work_.fill(static_cast<std::size_t>(count), occurred_at, flight.sends);
  lane_.write(head_of(flight.batch, connection), flight.sends);
  // In a closed loop nobody waits for what is not written yet.
  if (run_.schedule.sends_per_second == 0) flight.intended_ns = monotonic_ns();
  lane_.publish(client_, connection);
  in_flight_[connection].push_back(std::move(flight));
  pace_->sent();
}

void BenchWorker::take(const LoadAnswer& answer) {
  end_ns_ = monotonic_ns();
  std::deque<Flight>& flights = in_flight_[answer.connection];
  if (flights.empty()) return fail("an answer that nobody asked for");
  Flight flight = std::move(flights.front());
  flights.pop_front();
  const bool numbered = run_.protocol == BenchProtocol::publish;
  if (!lane_.read(answer, results_) || (numbered && results_.batch != flight.batch) ||
      !tally_.add(flight.sends, results_)) {
    return fail("the answer to a batch makes no sense");
  }
  latency_.add(end_ns_ - flight.intended_ns);
  ++batches_;
  spare_.push_back(std::move(flight.sends));
  free_.push_back(answer.connection);
  pace_->answered();
}

void BenchWorker::wait(std::optional<std::int64_t> ns) {
  std::optional<std::chrono::nanoseconds> timeout;
  if (ns) timeout = std::chrono::nanoseconds{*ns};
  auto waited = client_.wait(timeout, [this](const LoadAnswer& answer) { take(answer); });
  if (!waited && !fault_) fault_ = std::move(waited.error());
}

void BenchWorker::fail(std::string detail) {
  if (!fault_) fault_ = ClientFault{ClientFaultCode::protocol, std::move(detail)};
}

}  // namespace packledger::cli
