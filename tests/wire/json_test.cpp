// The strict reader, as tables: what is read, what is refused, and where the finger points.
#include "wire/json.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace packledger {
namespace {

using namespace std::string_view_literals;

// What was understood, in one line: integers bare, other numbers as ~text~, texts in '…'.
std::string shape(const Json& json) {
  if (json.is_null()) return "null";
  if (const auto flag = json.flag()) return *flag ? "true" : "false";
  if (const auto integer = json.integer()) return std::to_string(*integer);
  if (const auto number = json.other_number()) return "~" + std::string{*number} + "~";
  if (const auto text = json.text()) return "'" + std::string{*text} + "'";
  std::string line;
  if (json.is_array()) {
    for (const Json& element : json.elements()) line += (line.empty() ? "" : ",") + shape(element);
    return "[" + line + "]";
  }
  for (const JsonMember& member : json.members()) {
    line += (line.empty() ? "" : ",") + std::string{member.key} + "=" + shape(member.value);
  }
  return "{" + line + "}";
}

struct Read {
  std::string_view text;
  std::string_view understood;
};

TEST(Json, IsReadAsWritten) {
  const std::vector<Read> table = {
      {"null", "null"},
      {" true ", "true"},
      {"\t\r\n[ ]\n", "[]"},
      {"{}", "{}"},
      {R"("")", "''"},
      {R"("Acme, 华为云 😀")", "'Acme, 华为云 😀'"},
      {R"([1,[2,[]],{"a":null}])", "[1,[2,[]],{a=null}]"},
      // Members keep their order; the same key may stand in different objects.
      {R"({"b":1,"a":{"b":2},"c":[{"b":3}]})", "{b=1,a={b=2},c=[{b=3}]}"},
      {R"({"":1})", "{=1}"},
  };
  for (const auto& [text, understood] : table) {
    const auto document = parse_json(text);
    ASSERT_TRUE(document) << text << ": " << document.error().detail;
    EXPECT_EQ(shape(document->root()), understood) << text;
  }
}

TEST(Json, UndoesEveryEscape) {
  const std::vector<Read> table = {
      {R"("\"\\\/\b\f\n\r\t")", "'\"\\/\b\f\n\r\t'"},
      {R"("\u534E\u4e3a")", "'华为'"},
      {R"("\ud83d\ude00")", "'😀'"},
      {R"("plain then \u0041 then plain")", "'plain then A then plain'"},
      {R"({"\u0061b":"c\u0064"})", "{ab='cd'}"},
      {R"("\u0001")", "'\x01'"},
  };
  for (const auto& [text, understood] : table) {
    const auto document = parse_json(text);
    ASSERT_TRUE(document) << text << ": " << document.error().detail;
    EXPECT_EQ(shape(document->root()), understood) << text;
  }
}

TEST(Json, KeepsALongTextWithEscapesWhole) {
  // Longer than any buffer that the scanner may unescape into, and not of its rhythm.
  std::string written, meant;
  for (int i = 0; i < 5'000; ++i) {
    written += R"(ab\n华\ud83d\ude00)";
    meant += "ab\n华😀";
  }
  const auto document = parse_json("[\"" + written + "\",\"" + written + "\"]");
  ASSERT_TRUE(document);
  const auto texts = document->root().elements();
  ASSERT_EQ(texts.size(), 2U);
  EXPECT_EQ(texts[0].text(), meant);
  EXPECT_EQ(texts[1].text(), meant);
}

TEST(Json, TakesForAnIntegerOnlyWhatFitsAndIsWrittenAsOne) {
  const std::vector<Read> table = {
      {"0", "0"},
      {"-0", "0"},
      {"9223372036854775807", "9223372036854775807"},
      {"9223372036854775808", "~9223372036854775808~"},    // 2^63
      {"18446744073709551615", "~18446744073709551615~"},  // 2^64 - 1
      {"18446744073709551616", "~18446744073709551616~"},  // 2^64
      {"-9223372036854775808", "-9223372036854775808"},
      {"-9223372036854775809", "~-9223372036854775809~"},
      {"1.0", "~1.0~"},
      {"1e3", "~1e3~"},
      {"0.132", "~0.132~"},
      {"-1.5E-7", "~-1.5E-7~"},
      {"1e308", "~1e308~"},
      {"1e-400", "~1e-400~"},  // very small is finite
      {"[12345678901234567,1234567890123456789012345678901234567890,1]",
       "[12345678901234567,~1234567890123456789012345678901234567890~,1]"},
  };
  for (const auto& [text, understood] : table) {
    const auto document = parse_json(text);
    ASSERT_TRUE(document) << text << ": " << document.error().detail;
    EXPECT_EQ(shape(document->root()), understood) << text;
  }
}

struct Refused {
  std::string_view text;
  std::string_view path;
  std::string_view detail;
  std::size_t offset;
};

void expect_refused(const std::vector<Refused>& table) {
  for (const auto& [text, path, detail, offset] : table) {
    const auto document = parse_json(text);
    ASSERT_FALSE(document) << text << " was read as " << shape(document->root());
    EXPECT_EQ(document.error().path, path) << text;
    EXPECT_EQ(document.error().detail, detail) << text;
    EXPECT_EQ(document.error().offset, offset) << text;
  }
}

TEST(Json, RefusesWhatIsNotOneValue) {
  expect_refused({
      {"", "", "there is no value", 0},
      {" \n", "", "there is no value", 2},
      {"1 2", "", "more text after the value", 2},
      {"{}x", "", "more text after the value", 2},
      {"{}\0"sv, "", "more text after the value", 2},
      {R"({"a":)", "a", "the text ends inside a value", 5},
      {"[1,", "[1]", "the text ends inside a value", 3},
      {R"("abc)", "", "the text ends inside a value", 4},
      {"nul", "", "the text ends inside a value", 3},
      {"nulL", "", "not JSON", 0},
      {"[1,]", "[1]", "not JSON", 3},
      {R"({"a":1,})", "", "not JSON", 7},
      {"{'a':1}", "", "not JSON", 1},
      {"// no\n1", "", "not JSON", 0},
      {"NaN", "", "not JSON", 0},
      {"+1", "", "not JSON", 0},
      {"[01]", "[1]", "not JSON", 2},
      {"[1,.5]", "[1]", "not JSON", 3},
      {"\"a\nb\"", "", "not JSON", 2},  // a bare control character
      {R"("\x41")", "", "not JSON", 2},
  });
}

TEST(Json, RefusesBytesThatAreNotUtf8) {
  expect_refused({
      {"\"\xFF\"", "", "not UTF-8", 1},
      {"\"a\x80\"", "", "not UTF-8", 2},             // a continuation that continues nothing
      {"\"\xC3\"", "", "not UTF-8", 1},              // cut short
      {"\"\xC0\x80\"", "", "not UTF-8", 1},          // U+0000 in two bytes
      {"\"\xED\xA0\x80\"", "", "not UTF-8", 1},      // half of a surrogate pair
      {"\"\xF4\x90\x80\x80\"", "", "not UTF-8", 1},  // above U+10FFFF
      {"\xEF\xBB\xBF{}", "", "not JSON", 0},         // a byte order mark is UTF-8, but not JSON
      {R"("\ud83d")", "", "not JSON", 7},
      {R"("\ud83dx")", "", "not JSON", 7},
      {R"("\ude00")", "", "not JSON", 7},
  });
}

TEST(Json, RefusesTheSameKeyTwiceAndNamesIt) {
  expect_refused({
      {R"({"units":1,"units":2})", "units", "the same key twice in one object", 17},
      {R"([{"a":1},{"b":{"c":1,"c":1}}])", "[1].b.c", "the same key twice in one object", 23},
      {R"({"a":1,"\u0061":2})", "a", "the same key twice in one object",
       14},  // by another spelling
      {R"({"a":{"a":{"x":1,"x":1}}})", "a.a.x", "the same key twice in one object", 19},
  });
}

TEST(Json, FindsAKeyThatComesTwiceInALargeObject) {
  for (const int members : {15, 16, 17, 18, 1'000}) {
    for (const int twice : {0, members / 2, members - 1}) {
      std::string text = R"({"in":{)";
      for (int i = 0; i < members; ++i) text += "\"k" + std::to_string(i) + "\":0,";
      const std::string once = text + "\"other\":0}}";
      text += "\"k" + std::to_string(twice) + "\":0}}";
      EXPECT_TRUE(parse_json(once)) << members;
      const auto document = parse_json(text);
      ASSERT_FALSE(document) << members;
      EXPECT_EQ(document.error().path, "in.k" + std::to_string(twice)) << members;
    }
  }
}

TEST(Json, RefusesNul) {
  expect_refused({
      {R"({"send":"m\u0000x"})", "send", "U+0000 in a text", 17},
      {R"({"a\u0000":1})", "", "U+0000 in a key", 9},
      {"\"a\0b\""sv, "", "not JSON", 2},
  });
}

TEST(Json, RefusesNumbersThatNoNumberTypeHolds) {
  expect_refused({
      {R"({"units":1e400})", "units", "a number that is too large", 14},
      {R"({"units":-1e400})", "units", "a number that is too large", 15},
      {R"({"units":1e99999999999})", "units", "a number that is too large", 20},
  });
}

TEST(Json, IsNestedAsDeeplyAsTheLimitAndNoDeeper) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(parse_json(nested(32)));
  const auto too_deep = parse_json(nested(33));
  ASSERT_FALSE(too_deep);
  EXPECT_EQ(too_deep.error().detail, "nested too deeply");
  EXPECT_FALSE(parse_json(std::string(1'000'000, '[')));
  EXPECT_TRUE(parse_json(nested(2), {.depth_max = 2}));
  EXPECT_FALSE(parse_json(R"([[{}]])", {.depth_max = 2}));
}

TEST(Json, HoldsAsManyValuesAsTheLimitAndNoMore) {
  const JsonLimits five{.elements_max = 5};
  EXPECT_TRUE(parse_json("[1,2,3,4]", five));  // four and the array around them
  EXPECT_FALSE(parse_json("[1,2,3,4,5]", five));
  EXPECT_TRUE(parse_json(R"([[],{},{"a":1}])", five));
  const auto too_many = parse_json(R"({"a":[1,2],"b":[3,4]})", five);
  ASSERT_FALSE(too_many);
  EXPECT_EQ(too_many.error().path, "b[0]");
  EXPECT_EQ(too_many.error().detail, "too many values");
}

TEST(Json, CutsAKeyShortInAPath) {
  const std::string key(63, 'k');
  const auto document = parse_json("{\"" + key + "华为\":[1e400]}");
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().path, key + "…[0]");  // cut before a character, never inside one
}

TEST(Json, OutlivesTheTextItWasReadFrom) {
  std::string text = R"({"account":"acme","note":"caf\u00e9"})";
  auto parsed = parse_json(text);
  text.assign(text.size(), '#');
  ASSERT_TRUE(parsed);
  const JsonDocument moved = std::move(*parsed);
  EXPECT_EQ(shape(moved.root()), "{account='acme',note='café'}");
}

TEST(Json, IsFoundByKey) {
  const auto document = parse_json(R"({"a":1,"b":{"a":2}})");
  ASSERT_TRUE(document);
  const Json& root = document->root();
  EXPECT_EQ(root.find("b")->find("a")->integer(), 2);
  EXPECT_EQ(root.find("c"), nullptr);
  EXPECT_EQ(root.find("a")->find("a"), nullptr);  // an integer has no members
}

TEST(Json, AnswersOnlyForItsOwnKind) {
  const auto document = parse_json("[\"1\",1]");
  ASSERT_TRUE(document);
  const auto values = document->root().elements();
  EXPECT_FALSE(values[0].integer());
  EXPECT_FALSE(values[1].text());
  EXPECT_FALSE(values[1].flag());
  EXPECT_FALSE(values[1].is_array());
  EXPECT_TRUE(values[1].elements().empty());
  EXPECT_FALSE(values[1].is_object());
  EXPECT_TRUE(values[1].members().empty());
  EXPECT_FALSE(values[1].other_number());
}

}  // namespace
}  // namespace packledger
