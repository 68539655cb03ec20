// The life of a daemon as its operator sees it: start, serve, stop, start again, and every reason
// not to start.
#include "serve/client.hpp"
#include "tests/system/daemon_process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>

namespace packledger {
namespace {

using testing::HasSubstr;

const std::string may_day = "2024-05-01T00:00:00+08:00";

// The body of an answer that must be 2xx.
std::string ok(const Result<HttpAnswer, ClientFault>& answer) {
  EXPECT_TRUE(answer) << answer.error().detail;
  if (!answer) return {};
  EXPECT_EQ(answer->status / 100, 2U) << answer->body;
  return answer->body;
}

// An account with money, a package and a send that takes from both.
void do_some_business(HttpClient& http) {
  ok(http.call("PUT", "/v1/price-book",
               R"({"version":"1","effective_from":"2024-01-01T00:00:00Z","currency":"CNY",)"
               R"("payg":[{"destinations":["CN"],"prices":[{"price":"0.05"}]}]})"));
  ok(http.call("POST", "/v1/accounts", R"({"account":"acme","currency":"CNY"})"));
  ok(http.call("POST", "/v1/accounts/acme/funds", R"({"amount":"100"})"));
  ok(http.call("POST", "/v1/accounts/acme/packages",
               R"({"package":"gift","quota":5,"destinations":["CN"],"validity":"P1M"})"));
  const std::string result =
      ok(http.call("POST", "/v1/sends",
                   R"({"account":"acme","send":"s1","units":7,"destination":"CN",)"
                   R"("template":"verification"})"));
  EXPECT_THAT(result, HasSubstr(R"("result":"recorded")"));
}

TEST(Daemon, StartsServesAndStopsInGoodOrder) {
  DaemonProcess daemon{{.test_clock = may_day}};
  const auto started = daemon.start();
  ASSERT_TRUE(started) << started.error();
  HttpClient http{daemon.url()};
  EXPECT_EQ(ok(http.call("GET", "/healthz")), R"({"status":"ok"})");
  EXPECT_THAT(ok(http.call("GET", "/readyz")), HasSubstr("ready"));
  EXPECT_EQ(daemon.output(), "packledgerd listening on " + daemon.url() + "\n");
  EXPECT_THAT(daemon.log(), HasSubstr("event=open_to_all"));
  EXPECT_EQ(daemon.logged("ready", "position"), "0");
  EXPECT_EQ(daemon.stop(), exited(0)) << daemon.log();
  EXPECT_EQ(daemon.logged("stopped", "position"), "0");
}

TEST(Daemon, KnowsEverythingAgainAfterARestart) {
  DaemonProcess daemon{{.test_clock = may_day}};
  ASSERT_TRUE(daemon.start());
  HttpClient before{daemon.url()};
  do_some_business(before);
  const std::string account = ok(before.call("GET", "/v1/accounts/acme"));
  const std::string packages = ok(before.call("GET", "/v1/accounts/acme/packages"));
  const std::string digest = ok(before.call("GET", "/v1/digest"));
  EXPECT_THAT(account, HasSubstr(R"("balance":"99.9")"));
  ASSERT_EQ(daemon.stop(), exited(0));
  const std::string stopped_with = daemon.logged("stopped", "digest");

  ASSERT_TRUE(daemon.start());
  HttpClient after{daemon.url()};
  EXPECT_EQ(ok(after.call("GET", "/v1/accounts/acme")), account);
  EXPECT_EQ(ok(after.call("GET", "/v1/accounts/acme/packages")), packages);
  EXPECT_EQ(ok(after.call("GET", "/v1/digest")), digest);
  EXPECT_EQ(daemon.logged("ready", "digest"), stopped_with);
  EXPECT_EQ(daemon.logged("ready", "position"), "5");
}

TEST(Daemon, AnswersFromThePast) {
  DaemonProcess daemon{{.test_clock = may_day}};
  ASSERT_TRUE(daemon.start());
  HttpClient http{daemon.url()};
  do_some_business(http);
  EXPECT_THAT(ok(http.call("GET", "/v1/accounts/acme?position=3")),
              HasSubstr(R"("balance":"100")"));
  EXPECT_THAT(ok(http.call("GET", "/v1/accounts/acme?position=2")), HasSubstr(R"("balance":"0")"));
  EXPECT_EQ(ok(http.call("GET", "/v1/digest?position=5")), ok(http.call("GET", "/v1/digest")));
}

TEST(Daemon, GoesOnWhereTheTestClockStood) {
  DaemonProcess daemon{{.test_clock = may_day}};
  ASSERT_TRUE(daemon.start());
  HttpClient before{daemon.url()};
  do_some_business(before);
  const std::string advanced =
      ok(before.call("POST", "/v1/clock/advance", R"({"to":"2024-07-01T00:00:00Z"})"));
  EXPECT_THAT(advanced, HasSubstr("package_expired"));
  ASSERT_EQ(daemon.stop(), exited(0));
  ASSERT_TRUE(daemon.start());
  HttpClient after{daemon.url()};
  // The last entry, not the last advance, is what the journal knows.
  EXPECT_THAT(ok(after.call("GET", "/v1/clock")), HasSubstr("2024-06-16T16:00:00.000Z"));
  EXPECT_THAT(ok(after.call("GET", "/v1/accounts/acme/packages")), HasSubstr("expired_retention"));
}

TEST(Daemon, TakesTheTestClockWithoutAnInstant) {
  DaemonProcess daemon{{.test_clock = ""}};
  ASSERT_TRUE(daemon.start());
  HttpClient http{daemon.url()};
  EXPECT_THAT(ok(http.call("GET", "/v1/clock")), HasSubstr(R"("test":true)"));
}

TEST(Daemon, HasNoTestClockUnlessAskedTo) {
  DaemonProcess daemon;
  ASSERT_TRUE(daemon.start());
  HttpClient http{daemon.url()};
  EXPECT_THAT(ok(http.call("GET", "/v1/clock")), HasSubstr(R"("test":false)"));
  const auto advanced = http.call("POST", "/v1/clock/advance", R"({"by":"PT1H"})");
  ASSERT_TRUE(advanced);
  EXPECT_EQ(advanced->status, 404U);
}

TEST(Daemon, KeepsItsFilesToItself) {
  DaemonProcess daemon{{.test_clock = may_day}};
  ASSERT_TRUE(daemon.start());
  HttpClient http{daemon.url()};
  do_some_business(http);
  struct stat status{};
  ASSERT_EQ(::stat(daemon.data().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0700U);
  for (const auto& file : std::filesystem::recursive_directory_iterator{daemon.data()}) {
    ASSERT_EQ(::stat(file.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 077, 0U) << file.path();
  }
}

// ---- reasons not to start ----

struct Refusal {
  std::string why;
  DaemonOptions options;
  int exit_code;
  std::string message;
};

class Refused : public testing::TestWithParam<Refusal> {};

TEST_P(Refused, EndsWithItsCodeAndSaysWhy) {
  DaemonProcess daemon{GetParam().options};
  daemon.spawn();
  EXPECT_EQ(daemon.wait(), exited(GetParam().exit_code)) << daemon.log();
  EXPECT_THAT(daemon.log(), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Daemon, Refused,
    testing::Values(
        Refusal{"UnknownFlag", {.flags = {"--frobnicate"}}, 2, "--frobnicate"},
        Refusal{
            "NoSuchConfig", {.flags = {"--config", "/nonexistent.toml"}}, 2, "/nonexistent.toml"},
        Refusal{"WrongAddress", {.listen = "somewhere"}, 2, "listen.address"},
        Refusal{"WrongInstant", {.test_clock = "yesterday"}, 2, "clock.test_start"},
        Refusal{"EveryAddress", {.listen = "0.0.0.0:0"}, 5, "event=address_refused"},
        Refusal{"EveryAddress6", {.listen = "[::]:0"}, 5, "event=address_refused"},
        Refusal{"ForeignAddress", {.listen = "192.0.2.1:7180"}, 5, "event=address_refused"},
        Refusal{"DataThatIsAFile", {.data = "/dev/null"}, 3, "event=journal_refused"}),
    [](const auto& tested) { return tested.param.why; });

TEST(Daemon, NamesTheLineAndTheKeyOfAWrongConfiguration) {
  const TemporaryDirectory directory;
  const std::string file = directory.path() / "packledger.toml";
  std::ofstream{file} << "[http]\nidle_timeout = \"soon\"\nfrobnicate = 1\n";
  DaemonProcess daemon{{.flags = {"--config", file}}};
  daemon.spawn();
  EXPECT_EQ(daemon.wait(), exited(2));
  EXPECT_THAT(daemon.log(), HasSubstr(file + ":2: http.idle_timeout: "));
  EXPECT_THAT(daemon.log(), HasSubstr(file + ":3: http.frobnicate: "));
}

TEST(Daemon, LetsFlagsWinOverTheFile) {
  const TemporaryDirectory directory;
  const std::string file = directory.path() / "packledger.toml";
  std::ofstream{file} << "[listen]\naddress = \"192.0.2.1:1\"\n[clock]\ntest = true\n"
                         "test_start = \"2030-01-01T00:00:00Z\"\n";
  DaemonProcess daemon{{.flags = {"--config", file}}};
  const auto started = daemon.start();
  ASSERT_TRUE(started) << started.error();
  HttpClient http{daemon.url()};
  EXPECT_THAT(ok(http.call("GET", "/v1/clock")), HasSubstr("2030-01-01T00:00:00.000Z"));
}

TEST(Daemon, OnlyChecksWhereItIsAskedTo) {
  DaemonProcess daemon{{.flags = {"--check"}}};
  daemon.spawn();
  EXPECT_EQ(daemon.wait(), exited(0));
  EXPECT_FALSE(std::filesystem::exists(daemon.data()));
}

TEST(Daemon, RefusesADirectoryThatAnotherOneUses) {
  DaemonProcess first{{.test_clock = may_day}};
  ASSERT_TRUE(first.start());
  DaemonProcess second{{.data = first.data(), .test_clock = may_day}};
  second.spawn();
  EXPECT_EQ(second.wait(), exited(3));
  EXPECT_THAT(second.log(), HasSubstr("event=journal_refused"));
  EXPECT_THAT(second.log(), HasSubstr("another"));
  HttpClient http{first.url()};
  do_some_business(http);  // the first one was not disturbed
}

TEST(Daemon, RefusesAPortThatAnotherOneUses) {
  DaemonProcess first{{.test_clock = may_day}};
  ASSERT_TRUE(first.start());
  const std::string address = first.url().substr(std::string_view{"http://"}.size());
  DaemonProcess second{{.test_clock = may_day, .listen = address}};
  second.spawn();
  EXPECT_EQ(second.wait(), exited(5));
  EXPECT_THAT(second.log(), HasSubstr("event=listen_failed"));
}

// ---- under systemd ----

// The socket that systemd would listen on.
class NotifySocket {
 public:
  NotifySocket() : path_{directory_.path() / "notify"} {
    descriptor_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor_ < 0) return;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(static_cast<char*>(address.sun_path), sizeof(address.sun_path) - 1);
    const timeval deadline{.tv_sec = DaemonProcess::deadline.count() / 1'000, .tv_usec = 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof(deadline));
    EXPECT_EQ(::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  ~NotifySocket() { ::close(descriptor_); }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  std::string next() const {
    std::array<char, 512> message{};
    const ssize_t length = ::recv(descriptor_, message.data(), message.size(), 0);
    return length < 0 ? "nothing in time"
                      : std::string{message.data(), static_cast<std::size_t>(length)};
  }

 private:
  TemporaryDirectory directory_;
  std::string path_;
  int descriptor_ = -1;
};

TEST(Daemon, TellsSystemdHowItIsDoing) {
  const NotifySocket systemd;
  DaemonProcess daemon{
      {.test_clock = may_day,
       .environment = {"NOTIFY_SOCKET=" + systemd.path(), "WATCHDOG_USEC=6000000"}}};
  ASSERT_TRUE(daemon.start());
  EXPECT_EQ(systemd.next(), "READY=1");
  EXPECT_EQ(systemd.next(), "WATCHDOG=1");
  EXPECT_EQ(systemd.next(), "WATCHDOG=1");
  daemon.signal(SIGTERM);
  std::string last = systemd.next();
  while (last == "WATCHDOG=1") last = systemd.next();
  EXPECT_EQ(last, "STOPPING=1");
  EXPECT_EQ(daemon.wait(), exited(0));
}

}  // namespace
}  // namespace packledger
