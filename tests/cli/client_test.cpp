// The client against a server of a few lines that answers exactly what a test tells it to.
#include "serve/client.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

namespace packledger {
namespace {

// One connection: the answers to its requests, one by one, then it is closed.
using Script = std::vector<std::string>;

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Name: a\r\n\r\n{}";

class ScriptedServer {
 public:
  explicit ScriptedServer(std::vector<Script> connections) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener_, generic, sizeof address), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
    socklen_t length = sizeof address;
    EXPECT_EQ(::getsockname(listener_, generic, &length), 0);
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::jthread{[this, connections = std::move(connections)] {
      for (const Script& script : connections) serve(script);
    }};
  }
  ~ScriptedServer() {
    ::shutdown(listener_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    ::close(listener_);
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] const std::string& url() const { return url_; }
  // Until one more connection has been closed.
  void wait_for_close() { closed_.acquire(); }
  // After the last connection: all that was received.
  [[nodiscard]] const std::string& received() {
    thread_.join();
    return received_;
  }

 private:
  void serve(const Script& script) {
    const int connection = ::accept(listener_, nullptr, nullptr);
    if (connection < 0) return;
    for (const std::string& answer : script) {
      if (!read_request(connection)) break;
      if (::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) break;
    }
    ::close(connection);
    closed_.release();
  }

  // Bodies of our tests come in one piece with their heads.
  bool read_request(int connection) {
    std::array<char, 4096> buffer{};
    std::string request;
    while (request.find("\r\n\r\n") == std::string::npos) {
      const auto got = ::recv(connection, buffer.data(), buffer.size(), 0);
      if (got <= 0) return false;
      request.append(buffer.data(), static_cast<std::size_t>(got));
    }
    received_ += request;
    return true;
  }

  int listener_ = -1;
  std::string url_;
  std::string received_;
  std::counting_semaphore<> closed_{0};
  std::jthread thread_;
};

TEST(HttpClient, AsksAndReadsTheAnswer) {
  ScriptedServer server{{{ok}}};
  HttpClient client{server.url() + "/", {.key = "secret"}};
  const auto answer = client.call("POST", "/v1/sends?x=1", "[]", {{"Idempotency-Key", "k"}});
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->status, 200U);
  EXPECT_EQ(answer->body, "{}");
  EXPECT_EQ(answer->header("x-name"), "a");
  EXPECT_EQ(answer->header("X-Other"), "");
  const std::string& received = server.received();
  EXPECT_TRUE(received.starts_with("POST /v1/sends?x=1 HTTP/1.1\r\n")) << received;
  for (const char* line : {"Authorization: Bearer secret\r\n", "Idempotency-Key: k\r\n",
                           "Content-Type: application/json\r\n", "Content-Length: 2\r\n"}) {
    EXPECT_NE(received.find(line), std::string::npos) << line << received;
  }
}

TEST(HttpClient, KeepsItsConnection) {
  ScriptedServer server{{{ok, ok, ok}}};
  HttpClient client{server.url()};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(client.call("POST", "/", "{}"));
}

TEST(HttpClient, OpensAnotherWhereTheKeptOneWasClosed) {
  ScriptedServer server{{{ok}, {ok}}};
  HttpClient client{server.url()};
  ASSERT_TRUE(client.call("POST", "/one", "{}"));
  server.wait_for_close();  // the client must notice before it sends
  const auto answer = client.call("POST", "/two", "{}");
  EXPECT_TRUE(answer) << answer.error().detail;
}

TEST(HttpClient, NeverSendsAWriteTwice) {
  // The second request is read and the connection closed without an answer.
  ScriptedServer server{{{ok, ""}}};
  HttpClient client{server.url()};
  ASSERT_TRUE(client.call("POST", "/one", "{}"));
  const auto answer = client.call("POST", "/two", "{}");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ClientFaultCode::closed);
  const std::string& received = server.received();
  EXPECT_EQ(received.find("/two"), received.rfind("/two"));
}

TEST(HttpClient, RepeatsAReadOnAFreshConnection) {
  ScriptedServer server{{{ok, ""}, {ok}}};
  HttpClient client{server.url()};
  ASSERT_TRUE(client.call("GET", "/one"));
  EXPECT_TRUE(client.call("GET", "/two"));
}

TEST(HttpClient, TellsWhatIsWrong) {
  for (const char* url :
       {"", "127.0.0.1:7180", "https://127.0.0.1", "http://", "http://h:0", "http://h:65536",
        "http://h:1x", "http://h/path", "http://[::1", "http://:7180", "http://user@h"}) {
    const auto answer = HttpClient{url}.call("GET", "/");
    ASSERT_FALSE(answer) << url;
    EXPECT_EQ(answer.error().code, ClientFaultCode::invalid_url) << url;
  }
  const auto refused = HttpClient{"http://127.0.0.1:1"}.call("GET", "/");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ClientFaultCode::unreachable);

  ScriptedServer server{{{"SSH-2.0-OpenSSH\r\n\r\n"}}};
  const auto nonsense = HttpClient{server.url()}.call("GET", "/");
  ASSERT_FALSE(nonsense);
  EXPECT_EQ(nonsense.error().code, ClientFaultCode::protocol);
}

TEST(HttpClient, DoesNotWaitForEver) {
  ScriptedServer server{{{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun", "never"}}};
  HttpClient client{server.url(), {.key = {}, .answer_timeout = std::chrono::milliseconds{50}}};
  const auto answer = client.call("POST", "/", "{}");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ClientFaultCode::timeout);
}

TEST(WatchClient, TellsWhatIsWrong) {
  EXPECT_EQ(WatchClient{"nonsense"}.connect().error().code, ClientFaultCode::invalid_url);
  EXPECT_EQ(WatchClient{"http://127.0.0.1:1"}.connect().error().code, ClientFaultCode::unreachable);
  ScriptedServer server{{{ok}}};
  WatchClient plain{server.url()};
  EXPECT_EQ(plain.connect().error().code, ClientFaultCode::protocol);
  EXPECT_EQ(plain.send("x").error().code, ClientFaultCode::closed);
  EXPECT_EQ(plain.next(std::chrono::milliseconds{1}).error().code, ClientFaultCode::closed);
}

}  // namespace
}  // namespace packledger
