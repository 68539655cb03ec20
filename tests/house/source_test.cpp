// The split of a text into code and comments, on which all other checks rest.
#include "tests/house/source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace packledger::house {
namespace {

using ::testing::ElementsAre;

std::string code_of(const char* text) { return Source("a.cpp", text).code; }
std::string comments_of(const char* text) { return Source("a.cpp", text).comments; }

TEST(Source, CommentsAreNotCode) {
  EXPECT_EQ(code_of("a // b\nc"), "a     \nc");
  EXPECT_EQ(code_of("a /* b\n */ c"), "a     \n    c");
  EXPECT_EQ(comments_of("a // b\nc"), "  // b\n ");
}

TEST(Source, LiteralsAreBlank) {
  EXPECT_EQ(code_of(R"(f("a // b"); g)"), R"(f("      "); g)");
  EXPECT_EQ(code_of(R"(f("\"x"); g)"), R"(f("   "); g)");
  EXPECT_EQ(code_of(R"(c = '"'; d = '\''; e)"), R"(c = ' '; d = '  '; e)");
  EXPECT_EQ(code_of("f(R\"x(a)\" }\n)x\"); g"), "f(         \n   ); g");
}

TEST(Source, ADigitSeparatorIsNoLiteral) { EXPECT_EQ(code_of("1'000 // '"), "1'000     "); }

TEST(Source, UnfinishedTextEnds) {
  for (const char* text : {"/* a", "\"a", "R\"(a", "'", "R\"", "\"a\\"}) {
    EXPECT_EQ(code_of(text).size(), std::string_view(text).size()) << text;
  }
}

TEST(Source, IncludesAreRead) {
  const std::vector<Include> includes = includes_of(
      {"a.cpp", "#include \"wire/a.hpp\"\n//#include <b>\n  #  include <c/d.h>  // e\n"});
  ASSERT_EQ(includes.size(), 2);
  EXPECT_EQ(includes[0].target, "wire/a.hpp");
  EXPECT_TRUE(includes[0].quoted);
  EXPECT_EQ(includes[1].target, "c/d.h");
  EXPECT_FALSE(includes[1].quoted);
  EXPECT_EQ(includes[1].line, 3);
}

TEST(Source, LinesAndWordsAreFound) {
  EXPECT_THAT(lines_of("a\n\nb"), ElementsAre("a", "", "b"));
  EXPECT_EQ(line_at("a\nb", 2), 2);
  EXPECT_EQ(find_word("double_entry double", "double"), 13);
  EXPECT_EQ(find_word("doubles", "double"), std::string_view::npos);
}

}  // namespace
}  // namespace packledger::house
