#include "serve/target.hpp"

#include "serve/http_head.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace packledger::serve {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Target, IsTakenApartAndDecoded) {
  const auto target = parse_target("/v1/accounts/a%3Ab?pool=ID+TH&cursor=%70%31&empty=");
  ASSERT_TRUE(target);
  EXPECT_THAT(target->segments, ElementsAre("v1", "accounts", "a:b"));
  EXPECT_EQ(*target->query.find("pool"), "ID+TH");
  EXPECT_EQ(*target->query.find("cursor"), "p1");
  EXPECT_EQ(*target->query.find("empty"), "");
  EXPECT_EQ(target->query.find("none"), nullptr);
  EXPECT_THAT(parse_target("/")->segments, IsEmpty());
  EXPECT_THAT(parse_target("/?")->query.all(), IsEmpty());
}

TEST(Target, IsRefusedWhereTwoReadersCouldDisagree) {
  for (const std::string wrong :
       {"",          "v1",         "*",       "http://a/",  "//",         "/v1/", "/v1//x", "/./x",
        "/../x",     "/%2E%2e/x",  "/a%2fb",  "/%",         "/%4",        "/%4g", "/%00",   "/%0A",
        "/%7F",      "/%C3",       "/%C0%AF", "/%ED%A0%80", "/a b",       "/a#b", "/a\\b",  "/a\"b",
        "/\xC3\xA4", "/x?a=1&a=2", "/x?=1",   "/x?a=%zz",   "/x?a=1&&b=2"}) {
    const auto target = parse_target(wrong);
    ASSERT_FALSE(target) << wrong;
    EXPECT_EQ(target.error().code, "invalid_target") << wrong;
  }
}

TEST(Head, EndsWithTheEmptyLine) {
  EXPECT_EQ(head_bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\nrest"), 27U);
  EXPECT_EQ(head_bytes("GET / HTTP/1.1\r\nHost: a\r\n\r"), 0U);
}

TEST(Origin, IsOwnOnlyWhereItIsTheHostAndNoName) {
  const auto of = [](std::string_view origin, std::string_view host) {
    const std::vector<std::string> listed{"https://console.example", "http://127.0.0.1:8080"};
    return origin_of(origin, host, listed);
  };
  EXPECT_EQ(of("http://127.0.0.1:7180", "127.0.0.1:7180"), PageOrigin::own);
  EXPECT_EQ(of("http://[::1]:7180", "[::1]:7180"), PageOrigin::own);
  EXPECT_EQ(of("https://LocalHost", "localhost"), PageOrigin::own);
  EXPECT_EQ(of("http://127.0.0.1:7181", "127.0.0.1:7180"), PageOrigin::foreign);
  EXPECT_EQ(of("http://127.0.0.1", "127.0.0.1:7180"), PageOrigin::foreign);
  EXPECT_EQ(of("null", "127.0.0.1:7180"), PageOrigin::foreign);
  EXPECT_EQ(of("", ""), PageOrigin::foreign);
  EXPECT_EQ(of("http://", ""), PageOrigin::foreign);
  // A name that leads here for a moment is whose page it is.
  EXPECT_EQ(of("http://rebound.example:7180", "rebound.example:7180"), PageOrigin::foreign);
  EXPECT_EQ(of("http://127.0.0.1.rebound.example", "127.0.0.1.rebound.example"),
            PageOrigin::foreign);
  EXPECT_EQ(of("https://console.example", "127.0.0.1:7180"), PageOrigin::listed);
  EXPECT_EQ(of("https://console.example", "console.example"), PageOrigin::listed);
  EXPECT_EQ(of("http://console.example", "console.example"), PageOrigin::foreign);
  EXPECT_EQ(of("https://console.example.org", "127.0.0.1:7180"), PageOrigin::foreign);
  EXPECT_EQ(of("http://127.0.0.1:8080", "127.0.0.1:7180"), PageOrigin::listed);
}

TEST(MediaType, IsReadWithoutItsParameters) {
  EXPECT_EQ(media_type_of("Application/JSON ; charset=utf-8"), "application/json");
  EXPECT_EQ(media_type_of(""), "");
}

}  // namespace
}  // namespace packledger::serve
