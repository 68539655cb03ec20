// Where a request ends: requests that try to hide another one, and good ones that are cut, damaged
// and split at every byte.
#include "tests/serve/session_under_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::serve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Statuses = std::vector<unsigned>;

constexpr std::string_view hidden =
    "POST /v1/accounts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    "Content-Length: 37\r\n\r\n{\"account\":\"hidden\",\"currency\":\"CNY\"}";
const std::string start = "POST /v1/accounts HTTP/1.1\r\nHost: a\r\n";
const std::string chunked = start + "Transfer-Encoding: chunked\r\n\r\n";

struct Smuggled {
  std::string name;
  std::string bytes;  // a request that one reader may take to end elsewhere than another
};

const std::string none(1, '\0');

std::vector<Smuggled> smuggled_by_head() {
  return {
      {"both lengths", start + "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"both lengths turned round",
       start + "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n"},
      {"two lengths", start + "Content-Length: 0\r\nContent-Length: 5\r\n\r\nhello"},
      {"twice the same length", start + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"},
      {"a length in hex", start + "Content-Length: 0x5\r\n\r\nhello"},
      {"a length with a sign", start + "Content-Length: +5\r\n\r\nhello"},
      {"a length in pieces", start + "Content-Length: 5 0\r\n\r\nhello"},
      {"no length", start + "Content-Length:\r\n\r\n"},
      {"a length of 2^64 + 5", start + "Content-Length: 18446744073709551621\r\n\r\nhello"},
      {"a length behind a folded line", start + "X: y\r\n Content-Length: 5\r\n\r\nhello"},
      {"a tab before the colon", start + "Content-Length\t: 5\r\n\r\nhello"},
      {"a space before the colon", start + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"},
      {"a space before the name", start + " Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"a line without a colon", start + "Transfer-Encoding\r\n\r\n0\r\n\r\n"},
      {"a name with a NUL", start + "Transfer-Encoding" + none + ": chunked\r\n\r\n0\r\n\r\n"},
      {"a coding with a vertical tab", start + "Transfer-Encoding:\vchunked\r\n\r\n0\r\n\r\n"},
      {"a coding twice", start + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"},
      {"a coding and its name", start + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
      {"a coding with an identity",
       start + "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n"},
      {"a coding in quotes", start + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"},
      {"a bare line feed in the head", start + "X: y\nContent-Length: 5\r\n\r\nhello"},
      {"a bare carriage return", start + "X: y\rContent-Length: 5\r\n\r\nhello"},
      {"bare line feeds", "POST /v1/accounts HTTP/1.1\nHost: a\nContent-Length: 0\n\n\r\n\r\n"},
      {"an old HTTP with chunks",
       "POST /v1/accounts HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"a newer HTTP", "POST /v1/accounts HTTP/1.2\r\nHost: a\r\nContent-Length: 0\r\n\r\n"},
  };
}

std::vector<Smuggled> smuggled_by_chunks() {
  return {
      {"a chunk size with a sign", chunked + "+2\r\n{}\r\n0\r\n\r\n"},
      {"a negative chunk size", chunked + "-2\r\n{}\r\n0\r\n\r\n"},
      {"a chunk size with a 0x", chunked + "0x2\r\n{}\r\n0\r\n\r\n"},
      {"a chunk size of 2^64 + 2", chunked + "10000000000000002\r\n{}\r\n0\r\n\r\n"},
      {"a chunk size with a space before", chunked + " 2\r\n{}\r\n0\r\n\r\n"},
      {"no chunk size", chunked + "\r\n{}\r\n0\r\n\r\n"},
      {"an extension in place of a size", chunked + ";a=b\r\n{}\r\n0\r\n\r\n"},
      {"a chunk size and a bare line feed", chunked + "2\n{}\r\n0\r\n\r\n"},
      {"a chunk size and a bare carriage return", chunked + "2\r{}\r\n0\r\n\r\n"},
      {"a bare line feed in an extension", chunked + "2;a\n=b\r\n{}\r\n0\r\n\r\n"},
      {"a bare line feed in a quoted extension", chunked + "2;a=\"\n\"\r\n{}\r\n0\r\n\r\n"},
      {"a NUL in an extension", chunked + "2;" + none + "\r\n{}\r\n0\r\n\r\n"},
      {"a chunk that goes on", chunked + "2\r\n{}0\r\n0\r\n\r\n"},
      {"a chunk that ends with a line feed", chunked + "2\r\n{}\n0\r\n\r\n"},
      {"a chunk that is too short", chunked + "3\r\n{}\r\n0\r\n\r\n"},
      {"a last chunk with more behind it", chunked + "2\r\n{}\r\n0x\r\n\r\n"},
      {"a trailer with a bare line feed", chunked + "2\r\n{}\r\n0\r\nX: y\nZ: z\r\n\r\n"},
      {"a trailer with a length", chunked + "2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n"},
      {"a trailer with a coding", chunked + "2\r\n{}\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n"},
  };
}

std::vector<Smuggled> smuggled_by_start() {
  return {
      {"a whole URL", "GET http://a/healthz HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"an authority", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a fragment without a path", "GET #x HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a tab in the request line", "GET /healthz\tx HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a NUL in the path", "GET /healthz" + none + " HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a method that is no token", "GE(T /healthz HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"two origins",
       "GET /healthz HTTP/1.1\r\nHost: a\r\nOrigin: http://a\r\nOrigin: http://b\r\n\r\n"},
      {"an upgrade with a body",
       "GET /v1/watch HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
       "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
       "Content-Length: 5\r\n\r\nhello"},
      {"an upgrade with chunks",
       "GET /v1/publish HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
       "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
       "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"an upgrade of another version",
       "GET /v1/watch HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
       "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"},
      {"an upgrade without a key",
       "GET /v1/watch HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
       "Sec-WebSocket-Version: 13\r\n\r\n"},
  };
}

void expect_refused(const std::vector<Smuggled>& table) {
  for (const Smuggled& bad : table) {
    SCOPED_TRACE(bad.name);
    SessionUnderTest session;
    session.say(bad.bytes + std::string(hidden));
    EXPECT_EQ(session.last().value, 0U) << session.heard();
    const auto statuses = statuses_of(session.heard());
    ASSERT_TRUE(statuses) << session.heard();
    ASSERT_EQ(statuses->size(), 1U) << session.heard();
    EXPECT_THAT(statuses->front(), ::testing::AnyOf(400U, 501U)) << session.heard();
    EXPECT_THAT(session.heard(), HasSubstr("\r\nConnection: close\r\n"));
    EXPECT_THAT(session.heard(), HasSubstr("application/problem+json"));
  }
}

TEST(Framing, RefusesWhatCouldHideARequestAndCloses) {
  expect_refused(smuggled_by_head());
  expect_refused(smuggled_by_chunks());
  expect_refused(smuggled_by_start());
}

TEST(Framing, GoesOnBehindWhatIsRefusedButUnderstood) {
  const std::string then = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
  const auto statuses = [&](const std::string& bytes) {
    return statuses_of(answers_to({bytes + then})).value_or(Statuses{});
  };
  EXPECT_THAT(statuses("TRACE /healthz HTTP/1.1\r\nHost: a\r\n\r\n"), ElementsAre(405, 200));
  EXPECT_THAT(statuses("OPTIONS /healthz HTTP/1.1\r\nHost: a\r\n\r\n"), ElementsAre(405, 200));
  EXPECT_THAT(statuses("LINK /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"),
              ElementsAre(405, 200));
  EXPECT_THAT(statuses("GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"),
              ElementsAre(200, 200));
  EXPECT_THAT(statuses("GET /a/../b HTTP/1.1\r\nHost: a\r\n\r\n"), ElementsAre(400, 200));
  EXPECT_THAT(statuses("\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"), ElementsAre(404, 200));
  // Trailers are not read, only their end is found.
  EXPECT_THAT(statuses(chunked + "2\r\n{}\r\n0\r\nX: y\r\n z\r\n\r\n"), ElementsAre(400, 200));
  EXPECT_THAT(statuses(chunked + "2;a=b;c=\"d\"\r\n{}\r\n0;e\r\nX: y\r\n\r\n"),
              ElementsAre(400, 200));
}

TEST(Framing, TakesNoFieldOfATrailerForOneOfTheHead) {
  const std::string body = "20\r\n{\"account\":\"a\",\"currency\":\"CNY\"}\r\n0\r\n";
  const std::string heard =
      answers_to({chunked + body + "Idempotency-Key: k\r\nOrigin: http://elsewhere\r\n\r\n" +
                  "GET /v1/journal?from=1 HTTP/1.1\r\nHost: a\r\n\r\n"});
  EXPECT_THAT(statuses_of(heard).value_or(Statuses{}), ElementsAre(201, 200)) << heard;
  EXPECT_THAT(heard, Not(HasSubstr("\"key\"")));
}

// Opens an account without keeping it. What may be changed without harm - the host, the text of a
// name, the case of a field's name - is written in capitals nowhere else used.
const std::string good =
    "POST /v1/accounts?dry_run=true HTTP/1.1\r\nHost: H\r\nContent-Length: 35\r\n\r\n"
    "{\"account\":\"AAAA\",\"currency\":\"CNY\"}";
constexpr std::string_view then_health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(Framing, NeverTakesARequestThatWasCutAtAnyByte) {
  for (std::size_t cut = 0; cut < good.size(); ++cut) {
    const std::string heard = answers_to({std::string_view(good).substr(0, cut)});
    EXPECT_THAT(heard, Not(HasSubstr("HTTP/1.1 2"))) << cut;
  }
  EXPECT_THAT(statuses_of(answers_to({good})).value_or(Statuses{}), ElementsAre(200));
}

// Whether another text stands for the same request, or for one as good, by a look at its parts.
bool is_as_good(const std::string& bytes) {
  std::string same = bytes;
  const std::size_t name = good.find("AAAA");
  for (std::size_t i = name; i < name + 4; ++i) {
    const char c = same[i];
    const bool may_stand = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || std::string_view("._:-").contains(c);
    if (may_stand) same[i] = 'A';
  }
  const std::size_t currency = good.find("CNY");  // any other three capitals
  for (std::size_t i = currency; i < currency + 3; ++i)
    if (same[i] >= 'A' && same[i] <= 'Z') same[i] = good[i];
  const std::size_t host = good.find(": H");
  same[good.find("HTTP/1.1") + 7] = '1';  // of HTTP/1.0
  same[host + 1] = ' ';                   // or it belongs to the host
  same[host + 2] = 'H';
  if (same[good.find(": 35") + 1] == '0') same[good.find(": 35") + 1] = ' ';
  const std::size_t fields = good.find("Host:");
  const std::size_t length = good.find("Content-Length:");
  for (const auto& [from, to] : {std::pair{fields, fields + 4}, std::pair{length, length + 14}})
    for (std::size_t i = from; i < to; ++i)
      if ((same[i] ^ good[i]) == 0x20 && good[i] != '-') same[i] = good[i];
  return same == good;
}

TEST(Framing, NeverTakesARequestWithAnyBitTurned) {
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string bytes = good;
      bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << bit));
      const std::string heard = answers_to({bytes + std::string(then_health)});
      const auto statuses = statuses_of(heard);
      ASSERT_TRUE(statuses) << at << " " << bit << heard;
      if (statuses->empty()) continue;  // waits for more
      for (const unsigned status : *statuses) EXPECT_NE(status, 500U) << at << " " << bit;
      if (statuses->front() >= 300) continue;
      EXPECT_TRUE(is_as_good(bytes)) << at << " " << bit << heard;
      EXPECT_TRUE(*statuses == Statuses({200, 200}) || bytes.contains("HTTP/1.0\r\n")) << heard;
    }
  }
}

TEST(Framing, DoesNotDependOnHowTheBytesAreSplit) {
  const std::string many =
      std::string(then_health) + chunked +
      "1e;x=\"y\"\r\n{\"account\":\"a\",\"currency\":\"CNY\r\n2\r\n\"}\r\n0\r\nT: u\r\n\r\n" +
      good + "GET /v1/accounts/a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n" +
      "DELETE /healthz HTTP/1.1\r\nHost: a\r\n\r\n" + "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n";
  const std::string whole = answers_to({many});
  EXPECT_THAT(statuses_of(whole).value_or(Statuses{}), ElementsAre(200, 201, 200, 200, 405, 400));
  const std::string_view all = many;
  for (std::size_t at = 1; at < all.size(); ++at)
    ASSERT_EQ(answers_to({all.substr(0, at), all.substr(at)}), whole) << at;
  std::vector<std::string_view> bytes;
  for (std::size_t at = 0; at < all.size(); ++at) bytes.push_back(all.substr(at, 1));
  EXPECT_EQ(answers_to(bytes), whole);
}

}  // namespace
}  // namespace packledger::serve
