// Peers by the hundred that stall at every place where a daemon waits for one, and watchers that
// read a byte a second: each that stalls is closed in its time, the daemon does not swell, and who
// works meanwhile is served.
//
// The campaign: scripts/torture --only flood, with as many connections as descriptors allow.
#include "bench/crowd.hpp"
#include "tests/system/mixed_daemon.hpp"
#include "tests/system/stalled_peers.hpp"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <map>
#include <memory>
#include <thread>

namespace packledger {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr double mib = 1'024;

double resident_mib(pid_t process) {
  std::ifstream status{"/proc/" + std::to_string(process) + "/status"};
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) / mib;
  return 0;
}

std::uint16_t port_of(const std::string& url) {
  return static_cast<std::uint16_t>(std::stoul(url.substr(url.rfind(':') + 1)));
}

// So many descriptors may this process have open, and those that it starts.
std::size_t raise_descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

// One who asks and asks, on one connection, and how long each answer took.
class Worker {
 public:
  explicit Worker(const std::string& url)
      : thread_{[this, url](const std::stop_token& stop) { work(url, stop); }} {}

  // The slowest of a hundred, in milliseconds, of those since it was asked last.
  double take_p99() {
    const std::lock_guard lock{mutex_};
    if (took_.empty()) return 0;
    std::ranges::sort(took_);
    const double p99 = took_[took_.size() * 99 / 100];
    took_.clear();
    return p99;
  }
  [[nodiscard]] std::uint64_t served() const { return served_; }
  [[nodiscard]] std::uint64_t refused() const { return refused_; }

 private:
  void work(const std::string& url, const std::stop_token& stop) {
    HttpClient http{url};
    for (std::uint64_t i = 0; !stop.stop_requested(); ++i) {
      const auto began = std::chrono::steady_clock::now();
      const auto answer =
          http.call("POST", "/v1/sends",
                    R"({"account":"a1","send":"w)" + std::to_string(i) +
                        R"(","units":1,"destination":"CN","template":"notification"})");
      const bool good = answer && answer->status == 200;
      ++(good ? served_ : refused_);
      const std::lock_guard lock{mutex_};
      took_.push_back(milliseconds_since(began));
    }
  }

  std::mutex mutex_;
  std::vector<double> took_;
  std::atomic<std::uint64_t> served_ = 0;
  std::atomic<std::uint64_t> refused_ = 0;
  std::jthread thread_;
};

const std::string host = "Host: 127.0.0.1\r\n";

// Each stalls at another place.
std::vector<Stall> stalls() {
  std::string pipelined;  // answers of some 10 MiB: more than the system buffers for us
  for (int i = 0; i < 200; ++i) pipelined += "GET /openapi.yaml HTTP/1.1\r\n" + host + "\r\n";
  return {
      {.name = "says nothing"},
      {.name = "a slow head",
       .says = "GET /healthz HTTP/1.1\r\n",
       .then_says = "X: y\r\n",
       .is_told = true},
      {.name = "a head that ends nowhere", .says = "GET /healthz HTTP/1.1\r\nHo", .is_told = true},
      {.name = "a slow body",
       .says = "POST /v1/sends HTTP/1.1\r\n" + host + "Content-Length: 5000\r\n\r\n",
       .then_says = " ",
       .is_told = true},
      {.name = "a body that never comes",
       .says = "POST /v1/sends HTTP/1.1\r\n" + host + "Content-Length: 5000\r\n\r\n",
       .is_told = true},
      {.name = "answers that are not read", .says = pipelined, .reads = false, .count_max = 100},
      {.name = "half closed", .says = "GET /healthz HTTP/1.1\r\nHo", .half_closes = true},
      {.name = "asks once", .says = "GET /healthz HTTP/1.1\r\n" + host + "\r\n"},
  };
}

class Floods : public testing::Test {
 protected:
  Floods() {
    raise_descriptors();
    std::ofstream{files_.path() / "packledger.toml"}
        << "[http]\nheader_timeout = \"PT2S\"\nbody_timeout = \"PT2S\"\nidle_timeout = \"PT2S\"\n"
           "write_timeout = \"PT2S\"\nconnections_max = 30000\nconnections_per_address_max = "
           "30000\n";
  }
  void SetUp() override {
    const auto started = daemon_.start();
    ASSERT_TRUE(started) << started.error();
    HttpClient http{daemon_.url()};
    const auto opened = http.call("POST", "/v1/accounts", R"({"account":"a1","currency":"CNY"})");
    ASSERT_TRUE(opened && opened->status == 201);
    const auto granted =
        http.call("POST", "/v1/accounts/a1/packages",
                  R"({"package":"p","quota":100000000,"destinations":["CN"],"validity":"P1M"})");
    ASSERT_TRUE(granted && granted->status == 201);
  }
  [[nodiscard]] std::string metric(const std::string& name) const {
    const auto answer = HttpClient{daemon_.url()}.call("GET", "/metrics");
    const std::string text = answer ? answer->body : "";
    const std::size_t at = text.find("\n" + name + " ");
    if (at == std::string::npos) return "none";
    const std::size_t value = at + name.size() + 2;
    return text.substr(value, text.find('\n', value) - value);
  }

  TemporaryDirectory files_;
  DaemonProcess daemon_{{.test_clock = "2024-05-01T00:00:00+08:00",
                         .flags = {"--config", files_.path() / "packledger.toml"}}};
};

TEST_F(Floods, EveryStalledPeerIsClosedAndOthersAreServed) {
  constexpr milliseconds limit{2'000};
  constexpr milliseconds grace{10'000};  // the machine may be busy; what it took is told
  constexpr std::size_t ours = 600;      // descriptors for all else
  Campaign campaign{"flood", {.suite = 1, .campaign = 8}};
  const std::size_t descriptors = raise_descriptors();
  const std::size_t wanted = campaign.is_long() ? std::size_t{20'000} : std::size_t{480};
  const std::size_t each = std::min(wanted, descriptors - ours) / stalls().size();
  while (campaign.more()) {
    SCOPED_TRACE(campaign.where());
    Worker worker{daemon_.url()};
    std::this_thread::sleep_for(milliseconds{campaign.is_long() ? 3'000 : 300});
    campaign.most("p99 alone ms", worker.take_p99());
    const double before = resident_mib(daemon_.pid());
    const std::uint64_t served_before = worker.served();
    StalledPeers peers{port_of(daemon_.url())};
    std::size_t joined = 0;
    std::map<std::string, std::size_t> joined_of;
    for (const Stall& stall : stalls())
      joined += joined_of[stall.name] = peers.join(stall, std::min(each, stall.count_max));
    campaign.most("p99 while they connect ms", worker.take_p99());
    peers.stall_for(limit + milliseconds{1'000}, limit + grace);
    campaign.most("p99 while they stall and are closed ms", worker.take_p99());
    // Who reads nothing hears of no end; but the daemon has none of them any more.
    EXPECT_EQ(metric("packledger_connections_open"), "2");  // the worker and the one that asks
    for (const Stall& stall : stalls()) {
      const StalledPeers::Closed closed = peers.closed(stall.name);
      if (stall.reads) EXPECT_EQ(closed.open, 0U) << stall.name;
      if (stall.is_told) {
        EXPECT_EQ(closed.answered, joined_of[stall.name]) << stall.name;
        EXPECT_THAT(closed.heard, HasSubstr(R"("code":"too_slow")"));
      }
      campaign.most(stall.name + ": closed after ms", 1'000 * closed.slowest_s);
      campaign.figure(stall.name + ": answered", static_cast<double>(closed.answered));
      campaign.checked(Invariant::bounds, each);
    }
    EXPECT_GE(joined, each * (stalls().size() - 1));
    campaign.most("connections", static_cast<double>(joined));
    const double grown = resident_mib(daemon_.pid()) - before;
    campaign.most("the daemon grew by MiB", grown);
    EXPECT_LT(grown, 64 + 0.05 * static_cast<double>(joined));
    EXPECT_GT(worker.served(), served_before);
    EXPECT_EQ(worker.refused(), 0U);
  }
  EXPECT_EQ(metric("packledger_connections_open"), "1");  // the one that asks
  for (const std::string_view in : {"head", "body"}) {    // two kinds each
    const std::string slow = "packledger_connections_slow_total{in=\"" + std::string{in} + "\"}";
    EXPECT_GE(std::stoull("0" + metric(slow)), 2 * each);
  }
}

class SlowWatchers : public MixedDaemon {};

TEST_F(SlowWatchers, HinderNobody) {
  Campaign campaign{"flood", {}};
  raise_descriptors();
  const std::size_t watchers = campaign.is_long() ? 1'000 : 100;
  ASSERT_TRUE(campaign.more());
  const double before = resident_mib(daemon.pid());
  bench::Crowd crowd{port_of(daemon.url())};
  for (std::size_t i = 0; i < watchers; ++i) {
    const std::string& account = publishers.accounts()[i % publishers.accounts().size()];
    crowd.join(R"({"watch":"entries","accounts":[")" + account + R"("],"from":0})",
               bench::Reads::a_byte_a_second);
  }
  const std::jthread reader{[&](const std::stop_token& stop) { crowd.run(stop); }};
  ASSERT_TRUE(let_work(campaign.is_long() ? 20'000 : 1'500));
  const double grown = resident_mib(daemon.pid()) - before;
  campaign.figure("watchers of a byte a second", static_cast<double>(watchers));
  campaign.figure("the daemon grew beside watchers by MiB", grown);
  EXPECT_LT(grown, 64 + 1.1 * static_cast<double>(watchers));  // the limit of each is a MiB
  quieten();
  expect_round(campaign);
  campaign.checked(Invariant::bounds, watchers);
}

}  // namespace
}  // namespace packledger
