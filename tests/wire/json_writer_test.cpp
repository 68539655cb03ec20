// The writer: what goes out is always one line of valid JSON, whatever the texts hold.
#include "wire/json_writer.hpp"

#include "wire/json.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger {
namespace {

using namespace std::string_view_literals;

TEST(JsonWriter, WritesObjectsAndArrays) {
  std::string out = "kept:";
  JsonWriter json{out};
  json.begin_object().member("account", "acme").member("units", 3).member("open", true);
  json.key("packages").begin_array();
  json.begin_object().member("package", std::string{"P1"}).end_object();
  json.value(-1).null().begin_array().end_array().begin_object().end_object().end_array();
  json.key("money").raw(R"("0.132")").end_object();
  EXPECT_EQ(out, R"(kept:{"account":"acme","units":3,"open":true,"packages":)"
                 R"([{"package":"P1"},-1,null,[],{}],"money":"0.132"})");
}

TEST(JsonWriter, WritesEveryInteger) {
  std::string out;
  JsonWriter json{out};
  json.begin_array();
  json.value(std::numeric_limits<std::int64_t>::min()).value(std::numeric_limits<int>::max());
  json.value(std::numeric_limits<std::uint64_t>::max()).value(std::uint8_t{7}).value(false);
  json.end_array();
  EXPECT_EQ(out, "[-9223372036854775808,2147483647,18446744073709551615,7,false]");
}

TEST(JsonWriter, EscapesWhatCouldBeMisread) {
  const std::vector<std::pair<std::string_view, std::string_view>> table = {
      {"", R"("")"},
      {R"(say "hi" \o/)", R"("say \"hi\" \\o/")"},
      {"a\nb\rc\td", R"("a\nb\rc\td")"},
      {"\0\x01\x1B\x1F\x7F"sv, R"("\u0000\u0001\u001b\u001f\u007f")"},
      {"华为云 é 😀", R"("华为云 é 😀")"},
      {"a\u0080\u009B31m\u00A0z", "\"a\\u0080\\u009b31m\u00A0z\""},  // C1: a terminal obeys
      {"a\u2028b\u202Ec\u2069\uFEFF", R"("a\u2028b\u202ec\u2069\ufeff")"},
      {"a\xFFz", "\"a\uFFFDz\""},
      {"\xE5\x8D", "\"\uFFFD\uFFFD\""},            // a character cut short
      {"\xED\xA0\x80", "\"\uFFFD\uFFFD\uFFFD\""},  // half of a surrogate pair
  };
  for (const auto& [text, written] : table) {
    std::string out;
    append_json_text(out, text);
    EXPECT_EQ(out, written);
  }
}

TEST(JsonWriter, WritesWhatTheReaderReadsBack) {
  std::string every_byte;
  for (int byte = 1; byte < 0x80; ++byte) every_byte += static_cast<char>(byte);
  every_byte += "华😀";
  std::string out;
  JsonWriter{out}.begin_object().member(every_byte, every_byte).end_object();
  EXPECT_EQ(out.find('\n'), std::string::npos);
  const auto document = parse_json(out);
  ASSERT_TRUE(document) << document.error().detail;
  EXPECT_EQ(document->root().members()[0].key, every_byte);
  EXPECT_EQ(document->root().members()[0].value.text(), every_byte);
}

TEST(JsonWriterDeathTest, StopsOnMisuse) {
  std::string out;
  EXPECT_DEATH(JsonWriter{out}.begin_object().value(1), "key");
  EXPECT_DEATH(JsonWriter{out}.begin_array().key("a"), "key");
  EXPECT_DEATH(JsonWriter{out}.begin_object().key("a").key("b"), "key");
  EXPECT_DEATH(JsonWriter{out}.begin_object().key("a").end_object(), "brackets");
  EXPECT_DEATH(JsonWriter{out}.begin_object().end_array(), "brackets");
  EXPECT_DEATH(JsonWriter{out}.end_array(), "brackets");
  EXPECT_DEATH(JsonWriter{out}.value(1).value(2), "root");
}

}  // namespace
}  // namespace packledger
