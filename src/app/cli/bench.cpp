// packledger bench: puts a load on the daemon and tells how it bore it. Accounts of its own are
// opened through the interface, sends are published in a closed or an open loop, and at the end
// every recorded unit must be found again in the daemon's own figures.
#include "app/cli/bench_accounts.hpp"
#include "app/cli/bench_worker.hpp"
#include "app/cli/command.hpp"
#include "app/system_clock.hpp"
#include "wire/json_writer.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <ostream>
#include <thread>

namespace packledger::cli {
namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;
constexpr std::int64_t seconds_default = 10;
constexpr std::size_t wrong_lines_max = 20;

struct Percent {
  std::string_view name;
  std::string_view member;
  Percentile percentile;
};
constexpr std::array percents{Percent{"p50", "p50", {50'000}}, Percent{"p90", "p90", {90'000}},
                              Percent{"p99", "p99", {99'000}}, Percent{"p99.9", "p99_9", {99'900}}};

// "1.234 ms"
std::string milliseconds(std::int64_t ns) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.3f ms", static_cast<double>(ns) / 1e6);
  return text.data();
}

CLI::Range from_to(std::int64_t min, std::int64_t max) { return CLI::Range(min, max); }

class Bench final : public Command {
 public:
  void declare(CLI::App& app) override {
    declare_supply(app);
    declare_load(app);
    app.footer(
        "\nWithout --rate each connection has --in-flight batches on their way and sends the next\n"
        "when one is answered. With --rate batches leave by a schedule, and latency counts from\n"
        "when a batch was meant to leave, whatever held it up.\n"
        "It opens accounts in the currency XTS, of which nothing is ever deleted: use a daemon\n"
        "with a ledger of its own.");
  }

  ExitCode run(Session& session) override {
    session_ = &session;
    if (supply_.prefix.empty()) supply_.prefix = fresh_name("bench");
    supply_.accounts = mix_.accounts;
    if (producers_ && protocol_ == "json")
      return session.complain(ExitCode::usage, "--producers: batches are not numbered in json");
    if (producers_) duplicates_ = 0;
    mix_.duplicates_per_mille = duplicates_ * 10;
    // Other names than those of any run before, at up to four million sends a millisecond.
    mix_.first_number = static_cast<std::uint64_t>(read_clocks().wall.ms) << 22U;
    threads_ = std::min(threads_, connections_);
    BenchAccounts accounts{session, supply_};
    say("opening " + grouped(supply_.accounts) + " accounts " + supply_.prefix + "-0 and so on");
    const Stopwatch watch;
    const auto opened = accounts.open();
    if (!opened) return opened.error();
    say(grouped(supply_.accounts) + " accounts with " + std::to_string(supply_.packages) +
        " packages of " + grouped(supply_.quota) + " units " +
        (*opened == BenchAccounts::Opened::fresh ? "opened" : "found") + " in " +
        milliseconds(watch.elapsed().ms * 1'000'000));
    if (const ExitCode code = publish(); code != ExitCode::ok) return code;
    if (no_check_) return tell(nullptr);
    const auto figures = accounts.check(tally_.units_by_account);
    return figures ? tell(&*figures) : figures.error();
  }

 private:
  void declare_supply(CLI::App& app) {
    app.add_option("--accounts", mix_.accounts, "How many accounts.")
        ->check(from_to(1, 20'000'000))
        ->capture_default_str();
    app.add_option("--packages", supply_.packages, "Of each account, used one after the other.")
        ->check(from_to(0, 100))
        ->capture_default_str();
    app.add_option("--quota", supply_.quota, "Units of each package; more is paid per use.")
        ->check(from_to(1, 1'000'000'000'000))
        ->capture_default_str();
    app.add_option("--distribution", distribution_, "Who sends: uniform, or zipf (0.99).")
        ->check(CLI::IsMember({"uniform", "zipf"}))
        ->capture_default_str();
    app.add_option("--duplicates", duplicates_, "How many sends come twice, in per cent.")
        ->check(from_to(0, 100))
        ->capture_default_str()
        ->type_name("PERCENT");
    app.add_option("--prefix", supply_.prefix,
                   "Of the accounts: those of an earlier run with the "
                   "same prefix are used again.")
        ->type_name("NAME");
    app.add_option("--seed", mix_.seed, "The same seed makes the same work.")
        ->capture_default_str();
  }

  void declare_load(CLI::App& app) {
    app.add_option("--protocol", protocol_, "json or protobuf over HTTP, or the publish WebSocket.")
        ->check(CLI::IsMember({"json", "protobuf", "publish"}))
        ->capture_default_str();
    app.add_flag("--producers", producers_,
                 "Each connection numbers its batches, and its sends bear no names: none comes "
                 "twice. Not with json.");
    app.add_option("--batch", schedule_.batch, "Sends of a batch.")
        ->check(from_to(1, 10'000))
        ->capture_default_str();
    app.add_option("--connections", connections_, "How many connections.")
        ->check(from_to(1, 10'000))
        ->capture_default_str();
    app.add_option("--in-flight", in_flight_, "Batches that a connection has unanswered.")
        ->check(from_to(1, 10'000))
        ->capture_default_str();
    app.add_option("--threads", threads_, "Threads that share the connections.")
        ->check(from_to(1, 64))
        ->capture_default_str();
    app.add_option("--rate", schedule_.sends_per_second,
                   "Sends a second, by a schedule; 0: as many as are answered.")
        ->check(from_to(0, 1'000'000'000))
        ->capture_default_str();
    CLI::Option* const sends =
        app.add_option("--sends", sends_, "How many sends.")->check(from_to(1, 1'000'000'000'000));
    app.add_option("--seconds", seconds_, "For how long; 10 where neither is given.")
        ->check(from_to(1, 86'400))
        ->excludes(sends);
    app.add_flag("--no-check", no_check_, "Do not read the accounts back at the end.");
  }

  void say(const std::string& text) {
    if (!session_->options.json) session_->out() << text << std::endl;
  }

  // ---- the load ----

  [[nodiscard]] BenchRun run_of(std::int64_t worker) const {
    BenchRun run;
    run.server = session_->options.server;
    run.client = session_->client_options();
    run.prefix = supply_.prefix;
    run.mix = mix_;
    run.sends_max = sends_;
    run.in_flight = static_cast<std::size_t>(in_flight_);
    run.schedule = schedule_;
    if (protocol_ == "json") run.protocol = BenchProtocol::json;
    if (protocol_ == "protobuf") run.protocol = BenchProtocol::protobuf;
    if (producers_)  // unlike those of any run before: at most 24 characters with the connection
      run.producers = "b" + std::to_string(mix_.first_number >> 22U) + "-" + std::to_string(worker);
    if (distribution_ == "zipf") run.mix.distribution = BenchDistribution::zipf;
    // The first workers have one connection more where they do not divide evenly.
    const std::int64_t more = worker < connections_ % threads_ ? 1 : 0;
    run.connections = static_cast<std::size_t>(connections_ / threads_ + more);
    run.schedule.worker = worker;
    run.schedule.workers = threads_;
    return run;
  }

  ExitCode publish() {
    if (sends_ == 0 && seconds_ == 0) seconds_ = seconds_default;
    schedule_.duration_ns = seconds_ * ns_per_second;
    schedule_.batches_max = (sends_ + schedule_.batch - 1) / schedule_.batch;
    const auto clock = session_->ask({.target = "/v1/clock"});
    if (!clock) return clock.error();
    const auto now = instant_in(clock->json(), "now");
    if (!now) return session_->complain(ExitCode::unexpected, "the daemon tells no time");
    std::vector<std::unique_ptr<BenchWorker>> workers;
    for (std::int64_t i = 0; i < threads_; ++i) {
      BenchRun run = run_of(i);
      run.occurred_at = *now;
      run.time_passes = !value_in(clock->json(), "test").flag().value_or(false);
      workers.push_back(std::make_unique<BenchWorker>(std::move(run)));
      if (const auto connected = workers.back()->connect(); !connected) {
        return broken(connected.error());
      }
      const std::optional<std::size_t> credit = workers.back()->credit();
      if (credit && *credit < static_cast<std::size_t>(in_flight_)) {
        return session_->complain(ExitCode::usage, "--in-flight: the daemon takes at most " +
                                                       std::to_string(*credit) +
                                                       " batches of a connection at once");
      }
    }
    const std::int64_t start = monotonic_ns();
    {
      std::vector<std::jthread> threads;
      for (const auto& worker : workers) {
        threads.emplace_back([&worker, start] { worker->run(start); });
      }
    }
    for (const auto& worker : workers) {
      if (worker->fault()) return broken(*worker->fault());
      tally_.add(worker->tally());
      latency_.add(worker->latency());
      elapsed_ns_ = std::max(elapsed_ns_, worker->end_ns() - start);
    }
    return ExitCode::ok;
  }

  ExitCode broken(const ClientFault& fault) {
    const bool ours = fault.code == ClientFaultCode::protocol;
    return session_->complain(ours ? ExitCode::unexpected : ExitCode::unreachable, fault.detail);
  }

  // ---- what came of it ----

  [[nodiscard]] std::int64_t answered() const {
    std::int64_t sends = tally_.recorded + tally_.duplicates;
    for (const auto& [code, count] : tally_.rejected) sends += count;
    return sends;
  }

  [[nodiscard]] std::int64_t per_second() const {
    const double seconds = static_cast<double>(std::max<std::int64_t>(elapsed_ns_, 1)) / 1e9;
    return static_cast<std::int64_t>(static_cast<double>(answered()) / seconds);
  }

  ExitCode tell(const BenchFigures* figures) {
    if (session_->options.json) {
      tell_json(figures);
    } else {
      tell_text(figures);
    }
    if (figures == nullptr || figures->wrong.empty()) return ExitCode::ok;
    const std::size_t shown = std::min(figures->wrong.size(), wrong_lines_max);
    for (std::size_t i = 0; i < shown; ++i) {
      session_->err() << "  " << figures->wrong[i] << '\n';
    }
    return session_->complain(ExitCode::unexpected,
                              grouped(static_cast<std::int64_t>(figures->wrong.size())) +
                                  " figures of the daemon do not add up");
  }

  void tell_text(const BenchFigures* figures) {
    say(grouped(answered()) + " sends answered durable in " + milliseconds(elapsed_ns_) + ": " +
        grouped(per_second()) + " a second (" + protocol_ + ", batches of " +
        grouped(schedule_.batch) + (producers_ ? " numbered, " : ", ") + grouped(connections_) +
        " connections with " + grouped(in_flight_) + " in flight, " + distribution_ + ")");
    say("  recorded " + grouped(tally_.recorded) + ", duplicate " + grouped(tally_.duplicates));
    for (const auto& [code, count] : tally_.rejected) {
      say("  rejected " + code + ": " + grouped(count));
    }
    for (const auto& [code, count] : tally_.refused) {
      say("  batches refused " + code + ": " + grouped(count));
    }
    std::string line = "batches answered after: ";
    for (const Percent& each : percents) {
      line += std::string(each.name) + " " + milliseconds(latency_.at(each.percentile)) + ", ";
    }
    say(line + "longest " + milliseconds(latency_.max()));
    if (figures == nullptr) return;
    say("units: " + grouped(tally_.units) + " recorded, " + grouped(figures->used) +
        " used of packages + " + grouped(figures->charged) + " paid per use");
    if (figures->wrong.empty()) say("Every unit adds up, account by account.");
  }

  void tell_json(const BenchFigures* figures) {
    std::string text;
    JsonWriter json{text};
    json.begin_object().member("protocol", protocol_).member("distribution", distribution_);
    json.member("accounts", mix_.accounts).member("packages", supply_.packages);
    json.member("quota", supply_.quota).member("duplicates_percent", duplicates_);
    json.member("producers", producers_)
        .member("batch", schedule_.batch)
        .member("connections", connections_);
    json.member("in_flight", in_flight_).member("threads", threads_);
    json.member("rate", schedule_.sends_per_second).member("seed", mix_.seed);
    json.member("sends", answered()).member("batches", latency_.count());
    json.member("elapsed_ns", elapsed_ns_).member("sends_per_second", per_second());
    json.member("recorded", tally_.recorded).member("duplicates", tally_.duplicates);
    json.key("rejected").begin_object();
    for (const auto& [code, count] : tally_.rejected) json.member(code, count);
    json.end_object().key("batches_refused").begin_object();
    for (const auto& [code, count] : tally_.refused) json.member(code, count);
    json.end_object().key("latency_ns").begin_object();
    for (const Percent& each : percents) json.member(each.member, latency_.at(each.percentile));
    json.member("max", latency_.max()).end_object().member("units_recorded", tally_.units);
    if (figures != nullptr) {
      json.member("units_used", figures->used).member("units_charged", figures->charged);
      json.member("wrong", figures->wrong.size());
    }
    json.end_object();
    session_->out() << text << '\n';
  }

  BenchSupply supply_;
  BenchMix mix_;
  BenchSchedule schedule_;
  std::string distribution_ = "uniform";
  std::string protocol_ = "publish";
  std::int64_t duplicates_ = 1;
  std::int64_t connections_ = 4;
  std::int64_t in_flight_ = 8;
  std::int64_t threads_ = 1;
  std::int64_t sends_ = 0;
  std::int64_t seconds_ = 0;
  bool no_check_ = false;
  bool producers_ = false;

  Session* session_ = nullptr;
  BenchTally tally_;
  BenchLatency latency_;
  std::int64_t elapsed_ns_ = 0;
};

}  // namespace

void add_bench_command(CommandTree& tree) {
  tree.add(tree.root(), "bench", "Put a load on the daemon, measure it and check its figures.",
           std::make_unique<Bench>());
}

}  // namespace packledger::cli
