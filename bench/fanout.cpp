// packledger_bench_fanout: a crowd that watches while sends pour in: how many updates it is told,
// what they cost the daemon, how old a balance is when it is seen, and what the crowd costs in
// memory; beside what a raw write to a loopback socket costs in the same run.
//
// The publisher is `packledger bench` at a rate; it runs once without the crowd and once with it,
// and what the daemon's processor time grows by is what watching costs.
#include "bench/crowd.hpp"
#include "serve/client.hpp"
#include "tests/system/daemon_process.hpp"
#include "wire/json.hpp"

#include <CLI/CLI.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace packledger::bench {
namespace {

struct Options {
  std::string directory = ".";
  std::string kind = "balances";
  std::size_t watchers = 1'000;
  std::size_t slow_percent = 0;
  std::size_t accounts = 64;
  std::size_t each = 64;  // accounts that one watches
  std::size_t rate = 50'000;
  std::size_t batch = 1'000;
  std::size_t seconds = 10;
  std::size_t probes = 16;  // at a time
};

constexpr double look_ms_max = 10'000;  // then a probe gives up

// The daemon ends with whoever started it.
[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what); }

// ---- what the daemon uses ----

struct Usage {
  double cpu_seconds = 0;
  double resident_mib = 0;
};

Usage usage_of(pid_t process) {
  const std::string directory = "/proc/" + std::to_string(process);
  std::ostringstream stat;
  stat << std::ifstream{directory + "/stat"}.rdbuf();
  const std::string text = stat.str();
  std::istringstream fields{text.substr(std::min(text.rfind(')') + 2, text.size()))};
  std::string field;
  std::uint64_t user = 0;
  std::uint64_t system = 0;
  for (int i = 0; i < 11; ++i) fields >> field;  // from state to cmajflt
  fields >> user >> system;
  Usage usage{.cpu_seconds =
                  static_cast<double>(user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK))};
  std::ifstream status{directory + "/status"};
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) usage.resident_mib = std::stod(line.substr(6)) / 1'024;
  }
  return usage;
}

// ---- the raw socket ----

double thread_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// What one blocking send() of so many bytes to a loopback socket that is read costs its thread.
double raw_write_us(std::size_t bytes) {
  const int door = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(door, any, length) != 0 || ::listen(door, 1) != 0) fail("no loopback socket");
  ::getsockname(door, any, &length);
  const int out = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(out, any, length) != 0) fail("no loopback connection");
  const int in = ::accept(door, nullptr, nullptr);
  const int yes = 1;
  ::setsockopt(out, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  std::thread reader{[in] {
    std::vector<char> room(std::size_t{1024} * 1024);
    while (::recv(in, room.data(), room.size(), 0) > 0) {
    }
  }};
  const std::string message(bytes, 'x');
  constexpr int count = 200'000;
  const double start = thread_seconds();
  for (int i = 0; i < count; ++i) {
    if (::send(out, message.data(), bytes, MSG_NOSIGNAL) < 0) fail("send");
  }
  const double took = thread_seconds() - start;
  ::close(out);
  reader.join();
  ::close(in);
  ::close(door);
  return took / count * 1e6;
}

// ---- the load ----

std::string account(std::size_t number) { return "w-" + std::to_string(number); }

// `packledger bench` with these options; what it tells as JSON.
std::string publish(const std::string& url, const Options& options, const std::string& more) {
  const std::string command = std::string{PACKLEDGER_BIN_DIR "/packledger --json --server "} + url +
                              " bench --prefix w --quota 1000000000 --no-check --accounts " +
                              std::to_string(options.accounts) + " " + more;
  FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) fail("cannot run: " + command);
  std::string told;
  std::array<char, 4'096> piece{};
  for (std::size_t got = 1; got > 0;) {
    got = std::fread(piece.data(), 1, piece.size(), pipe);
    told.append(piece.data(), got);
  }
  if (::pclose(pipe) != 0) fail("it failed: " + command);
  return told;
}

std::int64_t number_in(const std::string& text, std::string_view name) {
  const auto json = parse_json(text);
  const Json* value = json ? json->root().find(name) : nullptr;
  return value == nullptr ? 0 : value->integer().value_or(0);
}

struct Ran {
  double seconds = 0;
  double cpu_seconds = 0;
  double changes_per_second = 0;
  double grown_mib = 0;  // of memory, for what is remembered of the sends and for those who watch
};

Ran publish_for_a_while(const DaemonProcess& daemon, const Options& options) {
  const Usage before = usage_of(daemon.pid());
  const auto start = Clock::now();
  const std::string told = publish(
      daemon.url(), options,
      "--rate " + std::to_string(options.rate) + " --batch " + std::to_string(options.batch) +
          " --in-flight 16 --seconds " + std::to_string(options.seconds));
  const double seconds = seconds_since(start);
  const Usage after = usage_of(daemon.pid());
  return {.seconds = seconds,
          .cpu_seconds = after.cpu_seconds - before.cpu_seconds,
          .changes_per_second = static_cast<double>(number_in(told, "sends_per_second")),
          .grown_mib = after.resident_mib - before.resident_mib};
}

// ---- the crowd ----

// Accounts of a watcher, in a row; the next one's follow.
std::size_t account_of(const Options& options, std::size_t watcher, std::size_t which) {
  return (watcher * options.each + which) % options.accounts;
}

bool is_slow(const Options& options, std::size_t watcher) {
  return watcher % 100 < options.slow_percent;
}

void join_all(Crowd& crowd, const Options& options) {
  for (std::size_t i = 0; i < options.watchers; ++i) {
    std::string message = R"({"watch":")" + options.kind + R"(","accounts":[)";
    for (std::size_t k = 0; k < options.each; ++k) {
      if (k > 0) message += ',';
      message += '"' + account(account_of(options, i, k)) + '"';
    }
    crowd.join(message + "]}", is_slow(options, i) ? Reads::a_byte_a_second : Reads::at_once);
  }
}

// Until nothing has come for half a second.
void wait_until_quiet(const Crowd& crowd) {
  for (std::uint64_t before = ~0ULL; before != crowd.updates();) {
    before = crowd.updates();
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
}

// Single sends to accounts that are watched: from the answer to the watcher that saw it, in ms.
std::vector<double> probe(Crowd& crowd, const std::string& url, const Options& options,
                          std::size_t which, const std::stop_token& stop) {
  HttpClient http{url};
  Dice dice{which + 1};
  std::vector<double> waits;
  for (std::size_t round = 0; !stop.stop_requested(); ++round) {
    // Each probe has watchers of its own.
    const std::size_t shares = options.watchers / options.probes;
    const std::size_t watcher =
        which + options.probes * dice.below(std::max<std::size_t>(shares, 1));
    if (watcher >= options.watchers || is_slow(options, watcher)) continue;
    const std::string name = account(account_of(options, watcher, dice.below(options.each)));
    crowd.look_at(watcher, name);
    const auto answer = http.call(
        "POST", "/v1/sends",
        R"({"account":")" + name + R"(","send":"probe-)" + std::to_string(which) + "-" +
            std::to_string(round) + R"(","units":1,"destination":"CN","template":"verification"})");
    const auto told = Clock::now();
    if (!answer || answer->status != 200) fail("a probe was refused");
    const auto json = parse_json(answer->body);
    const Json* position = json ? json->root().find("position") : nullptr;
    if (position == nullptr) fail("a probe was refused: " + answer->body);
    const auto seen =
        crowd.seen(watcher, static_cast<std::uint64_t>(position->integer().value_or(0)));
    const double wait =
        seen ? std::chrono::duration<double, std::milli>(*seen - told).count() : look_ms_max;
    waits.push_back(std::max(0.0, wait));
  }
  return waits;
}

void print(const Options& options, const Ran& alone, const Ran& watched, const Crowd& crowd,
           std::uint64_t updates, std::uint64_t bytes, double memory_mib,
           std::vector<double> waits) {
  const double size = updates == 0 ? 0 : static_cast<double>(bytes) / static_cast<double>(updates);
  const double raw = raw_write_us(static_cast<std::size_t>(size) + 1);
  const double cost = watched.cpu_seconds / watched.seconds - alone.cpu_seconds / alone.seconds;
  const double us = cost * watched.seconds / static_cast<double>(updates) * 1e6;
  std::cout << "machine: " << machine() << '\n';
  std::cout << options.watchers << " watchers of " << options.each << " " << options.kind << ", "
            << options.slow_percent << " % read a byte a second; "
            << grouped(watched.changes_per_second) << " changes/s of "
            << grouped(static_cast<double>(options.accounts)) << " accounts ("
            << grouped(alone.changes_per_second) << " without watchers)\n";
  std::printf("updates told: %s /s, %.0f B each, for %.3f of a core: %s /s per core\n",
              grouped(static_cast<double>(updates) / watched.seconds).c_str(), size, cost,
              grouped(1e6 / us).c_str());
  std::printf("one update: %.2f us of the daemon; a raw loopback write: %.2f us; ratio %.2f\n", us,
              raw, us / raw);
  if (!waits.empty()) {
    std::printf("seen after acknowledged, %zu probes: p50 %.0f ms, p99 %.0f ms, longest %.0f ms\n",
                waits.size(), quantile(waits, 0.5), quantile(waits, 0.99), quantile(waits, 1));
  }
  std::printf(
      "memory: %.1f KiB a watcher at rest; it grew by %.1f MiB, without watchers by %.1f MiB; "
      "%s connections lost\n",
      memory_mib * 1'024 / static_cast<double>(options.watchers), watched.grown_mib,
      alone.grown_mib, grouped(static_cast<double>(crowd.lost())).c_str());
}

int run(const Options& options) {
  const std::filesystem::path directory =
      std::filesystem::path{options.directory} / "packledger-bench-fanout";
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  std::ofstream{directory / "packledger.toml"} << "[http]\nconnections_max = 16384\n";
  DaemonProcess daemon{
      {.data = directory / "data", .flags = {"--config", directory / "packledger.toml"}}};
  if (const auto started = daemon.start(); !started) fail(started.error());
  static_cast<void>(publish(daemon.url(), options, "--sends 1"));
  const Ran alone = publish_for_a_while(daemon, options);

  const double memory_before = usage_of(daemon.pid()).resident_mib;
  Crowd crowd{
      static_cast<std::uint16_t>(std::stoul(daemon.url().substr(daemon.url().rfind(':') + 1)))};
  join_all(crowd, options);
  std::jthread reader{[&](const std::stop_token& stop) { crowd.run(stop); }};
  wait_until_quiet(crowd);
  const double memory = usage_of(daemon.pid()).resident_mib - memory_before;
  const std::uint64_t updates = crowd.updates();
  const std::uint64_t bytes = crowd.bytes();
  std::vector<std::vector<double>> waits(options.kind == "balances" ? options.probes : 0);
  Ran watched;
  {
    std::vector<std::jthread> probes;
    for (std::size_t i = 0; i < waits.size(); ++i) {
      probes.emplace_back([&, i](const std::stop_token& stop) {
        try {
          waits[i] = probe(crowd, daemon.url(), options, i, stop);
        } catch (const std::exception& error) {
          std::cerr << "bench: a probe ended: " << error.what() << '\n';
        }
      });
    }
    watched = publish_for_a_while(daemon, options);
  }
  std::vector<double> all;
  for (const auto& each : waits) all.insert(all.end(), each.begin(), each.end());
  print(options, alone, watched, crowd, crowd.updates() - updates, crowd.bytes() - bytes, memory,
        std::move(all));
  reader.request_stop();
  reader.join();
  static_cast<void>(daemon.stop());
  std::filesystem::remove_all(directory);
  return 0;
}

}  // namespace
}  // namespace packledger::bench

int main(int argc, char** argv) {
  packledger::bench::Options options;
  CLI::App app{"Measures what watching costs the daemon.", "packledger_bench_fanout"};
  app.add_option("--directory", options.directory, "Where to write.")->capture_default_str();
  app.add_option("--kind", options.kind, "balances or entries.")
      ->check(CLI::IsMember({"balances", "entries"}))
      ->capture_default_str();
  app.add_option("--watchers", options.watchers, "How many.")->capture_default_str();
  app.add_option("--slow-watchers", options.slow_percent, "How many read a byte a second.")
      ->type_name("PERCENT")
      ->capture_default_str();
  app.add_option("--accounts", options.accounts, "That change.")->capture_default_str();
  app.add_option("--each", options.each, "Accounts that one watches.")->capture_default_str();
  app.add_option("--rate", options.rate, "Changes a second.")->capture_default_str();
  app.add_option("--batch", options.batch, "Changes of a batch.")->capture_default_str();
  app.add_option("--seconds", options.seconds, "How long.")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    return packledger::bench::run(options);
  } catch (const std::exception& error) {
    std::cerr << "bench: " << error.what() << '\n';
    return 1;
  }
}
