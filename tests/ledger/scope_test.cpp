// Countries, pools, templates and names (rules §3 R28 R29).
#include "packledger/ledger/scope.hpp"

#include "packledger/ledger/id.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace packledger {
namespace {

constexpr Country thailand{{'T', 'H'}};
constexpr Country indonesia{{'I', 'D'}};

TEST(Pool, IsNamedByItsDestinations) {
  EXPECT_EQ(pool_name({{mainland}}), "CN");
  EXPECT_EQ(pool_name({{indonesia, thailand}}), "ID+TH");
  EXPECT_EQ(pool_name({}), "*");
  for (const std::string_view name : {"CN", "ID+TH", "*", "ID+PH+TH"}) {
    const auto destinations = parse_pool(name);
    ASSERT_TRUE(destinations.has_value()) << name;
    EXPECT_EQ(pool_name(*destinations), name);
  }
}

TEST(Pool, HasOneNameOnly) {
  for (const std::string_view name :
       {"", "cn", "C", "CNN", "TH+ID", "TH+TH", "TH+", "+TH", "TH,ID", "*+TH", "TH ID", "**", "T1"})
    EXPECT_FALSE(parse_pool(name).has_value()) << name;
}

TEST(Destinations, Cover) {
  EXPECT_TRUE(Destinations{}.covers(thailand));
  EXPECT_TRUE((Destinations{{indonesia, thailand}}.covers(thailand)));
  EXPECT_FALSE((Destinations{{indonesia, thailand}}.covers(mainland)));
}

TEST(Templates, CoverWhatTheyName) {
  EXPECT_TRUE(Templates{}.covers(TemplateType::verification));
  EXPECT_TRUE(Templates{}.covers(TemplateType::promotion));
  constexpr Templates industry{0b0110};
  EXPECT_TRUE(industry.covers(TemplateType::verification));
  EXPECT_TRUE(industry.covers(TemplateType::notification));
  EXPECT_FALSE(industry.covers(TemplateType::promotion));
  for (const std::string_view word : {"verification", "notification", "promotion"})
    EXPECT_EQ(template_text(parse_template(word).value()), word);
  EXPECT_FALSE(parse_template("industry").has_value());
}

TEST(RatingGroup, PartsTheMainlandByClassAndTheWorldByCountry) {
  EXPECT_EQ(group_text(rating_group(mainland, TemplateType::verification)), "industry");
  EXPECT_EQ(group_text(rating_group(mainland, TemplateType::notification)), "industry");
  EXPECT_EQ(group_text(rating_group(mainland, TemplateType::promotion)), "promotion");
  EXPECT_EQ(group_text(rating_group(thailand, TemplateType::promotion)), "TH");
  EXPECT_EQ(rating_group(thailand, TemplateType::promotion),
            rating_group(thailand, TemplateType::verification));
}

TEST(Name, IsOneToSixtyFourPlainCharacters) {
  for (const std::string& name : {std::string("a"), std::string("A-Z_0.9:x"), std::string(64, 'x'),
                                  std::string("0190b2e4-7c1f-7d3a-8f00-000000000001")})
    EXPECT_TRUE(is_name(name)) << name;
  for (const std::string& name : {std::string(), std::string(65, 'x'), std::string("a b"),
                                  std::string("a/b"), std::string("ä"), std::string("a\n"),
                                  std::string("a\0b", 3), std::string("a+b"), std::string("a~")})
    EXPECT_FALSE(is_name(name)) << name;
}

TEST(Country, IsTwoCapitals) {
  EXPECT_EQ(parse_country("TH"), thailand);
  for (const std::string_view text : {"", "T", "THA", "th", "T1", "泰"})
    EXPECT_FALSE(parse_country(text).has_value()) << text;
}

}  // namespace
}  // namespace packledger
