// packledger_bench_publish: sends acknowledged durable over HTTP in JSON batches, beside the raw
// sync rate of the same file system, in one run and by turns, so that a busy machine slows both.
//
// A round is: (a) append as many bytes as a batch takes in the journal and fdatasync, for a while;
// (b) for each number of connections, publish prepared batches to a daemon on the same file system.
#include "bench/rounds.hpp"
#include "packledger/ledger/time.hpp"
#include "serve/client.hpp"
#include "tests/system/daemon_process.hpp"
#include "wire/json_writer.hpp"

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <map>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace packledger::bench {
namespace {

constexpr std::string_view country = "TH";

struct Options {
  std::string directory = ".";
  std::size_t batch = 1'000;
  std::vector<std::size_t> connections{1, 2, 4, 8};
  std::size_t accounts = 1'000;
  std::size_t rounds = 5;
  double raw_seconds = 1;
  std::size_t batches = 200;  // of a round and a number of connections
};

[[noreturn]] void fail(const std::string& what) {
  std::cerr << "bench: " << what << '\n';
  std::exit(1);
}

void must(HttpClient& http, std::string_view method, const std::string& target,
          const std::string& body) {
  const auto answer = http.call(method, target, body);
  if (!answer) fail(answer.error().detail);
  if (answer->status / 100 != 2) fail(target + ": " + answer->body);
}

// Accounts with two packages each, far larger than what is sent.
void open_accounts(HttpClient& http, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = "a" + std::to_string(i);
    must(http, "POST", "/v1/accounts", R"({"account":")" + name + R"(","currency":"CNY"})");
    for (const char* package : {"p1", "p2"}) {
      must(http, "POST", "/v1/accounts/" + name + "/packages",
           std::string(R"({"package":")") + package +
               R"(","quota":1000000000,"destinations":["TH"],"validity":"P12M"})");
    }
  }
}

// Batches as they go over the wire, each send with a name of its own.
class Batches {
 public:
  explicit Batches(const Options& options) : options_{options}, dice_{7} {}

  [[nodiscard]] std::vector<std::string> make(std::size_t count) {
    std::vector<std::string> bodies;
    for (std::size_t i = 0; i < count; ++i) bodies.push_back(make_one());
    return bodies;
  }

 private:
  std::string make_one() {
    std::string body;
    JsonWriter json{body};
    json.begin_array();
    for (std::size_t i = 0; i < options_.batch; ++i) {
      json.begin_object();
      json.member("account", "a" + std::to_string(dice_.below(options_.accounts)));
      json.member("send", "m" + std::to_string(made_++));
      json.member("units", 1 + dice_.below(3));
      json.member("destination", country).member("template", "verification").end_object();
    }
    json.end_array();
    return body;
  }

  const Options& options_;
  Dice dice_;
  std::uint64_t made_ = 0;
};

// Appends and syncs for a while; how many a second.
double raw_syncs(const std::filesystem::path& file, std::size_t bytes, double seconds) {
  const int handle = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (handle < 0) fail("cannot write " + file.string());
  const std::string record(bytes, 'x');
  std::size_t done = 0;
  const auto start = Clock::now();
  double elapsed = 0;
  while ((elapsed = seconds_since(start)) < seconds) {
    if (::write(handle, record.data(), bytes) != static_cast<ssize_t>(bytes)) fail("short write");
    if (::fdatasync(handle) != 0) fail("fdatasync failed");
    ++done;
  }
  ::close(handle);
  std::filesystem::remove(file);
  return static_cast<double>(done) / elapsed;
}

struct Published {
  double per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
};

// One thread and connection each; every answer must say that every send was recorded.
Published publish(const std::string& url, std::size_t connections, std::size_t batch,
                  std::span<const std::string> bodies) {
  std::vector<std::vector<double>> waits(connections);
  const auto run = [&](std::size_t which) {
    HttpClient http{url};
    for (std::size_t i = which; i < bodies.size(); i += connections) {
      const auto start = Clock::now();
      const auto answer = http.call("POST", "/v1/sends", bodies[i]);
      if (!answer || answer->status != 200) fail(answer ? answer->body : answer.error().detail);
      waits[which].push_back(seconds_since(start) * 1'000);
      if (answer->body.find(R"("result":"recorded")") == std::string::npos ||
          answer->body.find(R"("result":"rejected")") != std::string::npos) {
        fail("a send was not recorded: " + answer->body.substr(0, 200));
      }
    }
  };
  const auto start = Clock::now();
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < connections; ++i) threads.emplace_back(run, i);
  }
  const double elapsed = seconds_since(start);
  std::vector<double> all;
  for (const auto& each : waits) all.insert(all.end(), each.begin(), each.end());
  return {.per_second = static_cast<double>(bodies.size() * batch) / elapsed,
          .p50_ms = quantile(all, 0.5),
          .p99_ms = quantile(all, 0.99)};
}

std::uintmax_t bytes_in(const std::filesystem::path& directory) {
  std::uintmax_t bytes = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator{directory}) {
    if (file.is_regular_file() && file.path().extension() == ".log") bytes += file.file_size();
  }
  return bytes;
}

struct Measured {
  std::vector<double> raw;                                  // syncs a second
  std::map<std::size_t, std::vector<Published>> published;  // by connections
};

void print(const Options& options, const Measured& measured, std::size_t record_bytes) {
  const double raw = median(measured.raw);
  std::cout << "machine: " << machine() << '\n'
            << "raw: append " << grouped(static_cast<double>(record_bytes)) << " B + fdatasync "
            << grouped(raw) << " /s, which would carry "
            << grouped(raw * static_cast<double>(options.batch)) << " sends/s\n"
            << "\n| connections | sends/s acknowledged durable | of raw | ack p50 ms | p99 ms |\n"
            << "|---:|---:|---:|---:|---:|\n";
  for (const auto& [connections, rounds] : measured.published) {
    std::vector<double> rates;
    std::vector<double> p50;
    std::vector<double> p99;
    for (const Published& each : rounds) {
      rates.push_back(each.per_second);
      p50.push_back(each.p50_ms);
      p99.push_back(each.p99_ms);
    }
    const double rate = median(rates);
    std::printf("| %zu | %s | %.2f | %.2f | %.2f |\n", connections, grouped(rate).c_str(),
                rate / (raw * static_cast<double>(options.batch)), median(p50), median(p99));
    std::fflush(stdout);
  }
}

int run(const Options& options) {
  const std::filesystem::path directory =
      std::filesystem::path{options.directory} / "packledger-bench";
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  DaemonProcess daemon{{.data = directory / "data"}};
  if (const auto started = daemon.start(); !started) fail(started.error());
  HttpClient http{daemon.url()};
  open_accounts(http, options.accounts);
  Batches batches{options};

  // The first batches warm up, and tell how many bytes one takes in the journal.
  constexpr std::size_t warm_up = 50;
  const std::uintmax_t before = bytes_in(directory);
  static_cast<void>(publish(daemon.url(), 1, options.batch, batches.make(warm_up)));
  const auto record_bytes = static_cast<std::size_t>((bytes_in(directory) - before) / warm_up);

  Measured measured;
  for (std::size_t round = 0; round < options.rounds; ++round) {
    measured.raw.push_back(raw_syncs(directory / "raw", record_bytes, options.raw_seconds));
    for (const std::size_t connections : options.connections) {
      const std::vector<std::string> bodies = batches.make(options.batches);
      measured.published[connections].push_back(
          publish(daemon.url(), connections, options.batch, bodies));
    }
  }
  print(options, measured, record_bytes);
  static_cast<void>(daemon.stop());
  std::filesystem::remove_all(directory);
  return 0;
}

}  // namespace
}  // namespace packledger::bench

int main(int argc, char** argv) {
  packledger::bench::Options options;
  CLI::App app{"Measures durable publishing beside the raw disk.", "packledger_bench_publish"};
  app.add_option("--directory", options.directory, "Where to write.")->capture_default_str();
  app.add_option("--batch", options.batch, "Sends a request.")->capture_default_str();
  app.add_option("--connections", options.connections, "How many, one after the other.")
      ->delimiter(',');
  app.add_option("--accounts", options.accounts, "How many.")->capture_default_str();
  app.add_option("--rounds", options.rounds, "Rounds; medians are told.")->capture_default_str();
  app.add_option("--raw-seconds", options.raw_seconds, "Of a round.")->capture_default_str();
  app.add_option("--batches", options.batches, "Of a round.")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return packledger::bench::run(options);
}
