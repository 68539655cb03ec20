// Many who watch while sends pour in, by both ways, one in ten of them reading a byte a second: all
// others see the newest balance, and the daemon does not swell.
//
// The campaign: PACKLEDGER_WATCHERS=3500 build/dev/bin/system_test --gtest_filter='Crowded*'
#include "bench/crowd.hpp"
#include "tests/serve/event_socket.hpp"
#include "tests/system/loaded_daemon.hpp"
#include "wire/json.hpp"

#include <fstream>
#include <iostream>
#include <memory>
#include <thread>

namespace packledger {
namespace {

using bench::Crowd;
using bench::Reads;
using serve::EventSocket;

double resident_mib(pid_t process) {
  std::ifstream status{"/proc/" + std::to_string(process) + "/status"};
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) / 1'024;
  return 0;
}

std::uint64_t position_in(const std::string& text) {
  const auto json = parse_json(text);
  const Json* position = json ? json->root().find("position") : nullptr;
  return position ? static_cast<std::uint64_t>(position->integer().value_or(0)) : 0;
}

class Crowded : public LoadedDaemon {
 protected:
  static constexpr std::size_t slow_each = 10;
  static constexpr std::size_t events_each = 10;  // so many WebSockets for one by events

  [[nodiscard]] const std::string& account(std::size_t watcher) const {
    return publishers.accounts()[watcher % publishers.accounts().size()];
  }
  // Credits every account once more; the positions, by account.
  std::vector<std::uint64_t> change_all() {
    HttpClient http{daemon.url()};
    std::vector<std::uint64_t> positions;
    for (const std::string& name : publishers.accounts()) {
      const auto answer = http.call("POST", "/v1/accounts/" + name + "/funds", R"({"amount":"1"})");
      EXPECT_TRUE(answer && answer->status == 200);
      positions.push_back(answer ? position_in(answer->body) : 0);
    }
    return positions;
  }
};

TEST_F(Crowded, AllButTheSlowSeeTheNewestBalance) {
  const std::size_t watchers = from_environment("PACKLEDGER_WATCHERS", 300);
  const auto port =
      static_cast<std::uint16_t>(std::stoul(daemon.url().substr(daemon.url().rfind(':') + 1)));
  const double before = resident_mib(daemon.pid());
  Crowd crowd{port};
  std::vector<std::unique_ptr<EventSocket>> by_events;
  for (std::size_t i = 0; i < watchers; ++i) {
    crowd.join(R"({"watch":"balances","accounts":[")" + account(i) + R"("]})",
               i % slow_each == 0 ? Reads::a_byte_a_second : Reads::at_once);
    if (i % events_each == 0) {
      by_events.push_back(
          std::make_unique<EventSocket>(port, "watch=balances&accounts=" + account(i)));
    }
  }
  const std::jthread reader{[&](const std::stop_token& stop) { crowd.run(stop); }};
  ASSERT_TRUE(publishers.wait_for(publishers.count() + 20'000));
  publishers.stop();
  const double grown = resident_mib(daemon.pid()) - before;

  for (std::size_t i = 0; i < watchers; ++i)
    if (i % slow_each != 0) crowd.look_at(i, account(i));
  const std::vector<std::uint64_t> newest = change_all();
  for (std::size_t i = 0; i < watchers; ++i) {
    if (i % slow_each == 0) continue;
    EXPECT_TRUE(crowd.seen(i, newest[i % newest.size()])) << "watcher " << i;
  }
  // These have read nothing so far: what they skip they never get.
  std::size_t told = 0;
  for (std::size_t i = 0; i < by_events.size(); ++i) {
    for (std::uint64_t seen = 0; seen < newest[i * events_each % newest.size()]; ++told) {
      const auto event = by_events[i]->next();
      ASSERT_TRUE(event);
      EXPECT_GT(position_in(event->data), seen);
      seen = position_in(event->data);
    }
  }
  EXPECT_EQ(crowd.lost(), 0U);
  EXPECT_LT(grown, 64 + 0.1 * static_cast<double>(watchers));
  std::cout << watchers << " watchers by WebSocket, told " << crowd.updates() << " times; "
            << by_events.size() << " by events, told " << told << " times; the daemon grew by "
            << grown << " MiB\n";
}

}  // namespace
}  // namespace packledger
