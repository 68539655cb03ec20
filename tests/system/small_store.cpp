#include "tests/system/small_store.hpp"

#include "serve/client.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

namespace packledger {
namespace {

struct Ask {
  std::string method;
  std::string target;
  std::string body;
};

std::string send_of(const std::string& name, int units) {
  return R"({"account":"acme","send":")" + name + R"(","units":)" + std::to_string(units) +
         R"(,"destination":"CN","template":"verification"})";
}

const std::vector<Ask> first_part = {
    {"PUT", "/v1/price-book",
     R"({"version":"1","effective_from":"2024-01-01T00:00:00Z","currency":"CNY","products":[)"
     R"({"product":"custom","destinations":["CN"],"quota":{"min":1000,"max":1000000},)"
     R"("price_bands":[{"from":1000,"unit_price":"0.05"}],"validity":"P12M"}],)"
     R"("renewal":{"product":"custom"},)"
     R"("payg":[{"destinations":["CN"],"prices":[{"price":"0.065"}]}]})"},
    {"POST", "/v1/accounts", R"({"account":"acme","currency":"CNY"})"},
    {"POST", "/v1/accounts/acme/funds", R"({"amount":"1000"})"},
    {"POST", "/v1/accounts/acme/packages",
     R"({"package":"first","quota":50,"destinations":["CN"],"validity":"P12M"})"},
    {"POST", "/v1/accounts/acme/orders",
     R"({"order":"o1","product":"custom","quota":1000,"pay":"balance"})"},
    {"PUT", "/v1/accounts/acme/alarms/low", R"({"threshold":{"units":1040}})"},
    {"PUT", "/v1/accounts/acme/renewal", R"({"enabled":true,"threshold":1000,"quantity":1000})"},
    {"POST", "/v1/sends", send_of("s1", 20)},
    {"POST", "/v1/accounts/acme/holds",
     R"({"hold":"h1","units":5,"destination":"CN","template":"verification"})"},
};
const std::vector<Ask> second_part = {
    {"POST", "/v1/accounts/acme/holds/h1/capture", R"({"units":3})"},
    {"POST", "/v1/sends", send_of("s2", 40)},
    {"POST", "/v1/accounts/acme/sends/s1/reversals", R"({"reversal":"r1","units":2})"},
    {"PATCH", "/v1/accounts/acme", R"({"late_window":"PT48H"})"},
    {"POST", "/v1/accounts/acme/invoices", "{}"},
};

}  // namespace

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void put_bytes(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream{file, std::ios::binary} << bytes;
}

bool SmallStore::do_business(const std::string& url, int part) {
  HttpClient http{url};
  for (const Ask& ask : part == 1 ? first_part : second_part) {
    const auto answer = http.call(ask.method, ask.target, ask.body);
    if (answer && answer->status / 100 == 2) continue;
    fault_ = ask.target + ": " + (answer ? answer->body : answer.error().detail);
    return false;
  }
  return true;
}

SmallStore::SmallStore() {
  std::ofstream{directory_.path() / "packledger.toml"}
      << "[store]\nsnapshot_entries = 10\nwrite_buffer_mib = 1\n";
  DaemonProcess daemon{options(made_)};
  // A start moves what the log holds to a table; the second part stays in the log.
  for (const int part : {1, 2}) {
    const auto started = daemon.start();
    if (!started) {
      fault_ = started.error();
      return;
    }
    if (!do_business(daemon.url(), part)) return;
    journal_ = journal_of(daemon.url());
    usage_ = usage_of(daemon.url());
    if (daemon.stop() != exited(0)) fault_ = daemon.log();
    digest_ = daemon.logged("stopped", "digest");
    position_ = daemon.logged("stopped", "position");
  }
}

DaemonOptions SmallStore::options(const std::filesystem::path& data) const {
  return {.data = data, .flags = {"--config", directory_.path() / "packledger.toml"}};
}

std::filesystem::path SmallStore::copy() const {
  const std::filesystem::path to = directory_.path() / "copy";
  std::filesystem::remove_all(to);
  std::filesystem::copy(made_, to, std::filesystem::copy_options::recursive);
  return to;
}

std::string SmallStore::journal_of(const std::string& url) {
  const auto answer = HttpClient{url}.call("GET", "/v1/journal?limit=1000");
  return answer && answer->status == 200 ? answer->body : "";
}

// Once all of the journal is in it.
std::string SmallStore::usage_of(const std::string& url) {
  constexpr int tries = 100;
  constexpr std::chrono::milliseconds step{20};
  HttpClient http{url};
  for (int i = 0; i < tries; ++i) {
    const auto answer = http.call("GET", "/v1/accounts/acme/usage?range=30d");
    if (answer && answer->status == 200 && answer->body.contains(R"("behind":0)"))
      return answer->body.substr(answer->body.find(R"("totals")"));  // without hours as they pass
    std::this_thread::sleep_for(step);
  }
  return "";
}

}  // namespace packledger
