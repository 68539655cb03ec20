// Reading an object member by member: what comes out, and the first word about what is wrong.
#include "wire/json_fields.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger {
namespace {

constexpr std::array<std::string_view, 2> template_words = {"verification", "promotion"};

// A small decoder of the kind the rooms write. Answers what it understood or the fault.
std::string decode(std::string_view text) {
  const auto document = parse_json(text);
  if (!document) return "not read: " + document.error().detail;
  JsonFields fields{document->root(), "sends[3]"};
  const auto send = fields.required_text("send", {.bytes_min = 1, .bytes_max = 8});
  const auto units = fields.required_integer("units", {1, 1'000'000});
  const auto billable = fields.optional_flag("billable");
  const auto kind = fields.optional_choice("template", template_words);
  const auto tags = fields.optional_array("tags");
  if (const Json* contact = fields.optional_object("contact")) {
    const std::string path = fields.path_of("contact");
    JsonFields inner{*contact, path};
    inner.required_text("email");
    if (const auto fault = inner.finish()) return describe(*fault);
  }
  if (send == "bad") fields.refuse("send", "a name that is not bad");
  if (const auto fault = fields.finish()) return describe(*fault);
  std::string line = std::string{send} + " " + std::to_string(units);
  if (billable) line += *billable ? " billable" : " free";
  if (kind) line += " " + std::string{template_words[*kind]};
  if (tags) line += " tags " + std::to_string(tags->size());
  return line;
}

TEST(JsonFields, ReadWhatIsThere) {
  EXPECT_EQ(decode(R"({"send":"m-1","units":3})"), "m-1 3");
  EXPECT_EQ(decode(R"({"units":1000000,"send":"m-1","billable":false,"template":"promotion",
                       "tags":[1,2],"contact":{"email":"a@b"}})"),
            "m-1 1000000 free promotion tags 2");
}

TEST(JsonFields, SayWhatWasExpected) {
  const std::vector<std::pair<std::string_view, std::string_view>> table = {
      {R"([])", "sends[3]: expected an object"},
      {R"({"units":3})", "sends[3].send: missing, expected a text of 1 to 8 bytes"},
      {R"({"send":"m-1"})", "sends[3].units: missing, expected an integer from 1 to 1000000"},
      {R"({"send":"","units":3})", "sends[3].send: expected a text of 1 to 8 bytes"},
      {R"({"send":"123456789","units":3})", "sends[3].send: expected a text of 1 to 8 bytes"},
      {R"({"send":7,"units":3})", "sends[3].send: expected a text of 1 to 8 bytes"},
      {R"({"send":null,"units":3})", "sends[3].send: expected a text of 1 to 8 bytes"},
      {R"({"send":"m","units":0})", "sends[3].units: expected an integer from 1 to 1000000"},
      {R"({"send":"m","units":1000001})", "sends[3].units: expected an integer from 1 to 1000000"},
      {R"({"send":"m","units":3.0})", "sends[3].units: expected an integer from 1 to 1000000"},
      {R"({"send":"m","units":"3"})", "sends[3].units: expected an integer from 1 to 1000000"},
      {R"({"send":"m","units":18446744073709551617})",
       "sends[3].units: expected an integer from 1 to 1000000"},
      {R"({"send":"m","units":3,"billable":1})", "sends[3].billable: expected true or false"},
      {R"({"send":"m","units":3,"template":"x"})",
       "sends[3].template: expected one of verification, promotion"},
      {R"({"send":"m","units":3,"tags":{}})", "sends[3].tags: expected an array"},
      {R"({"send":"m","units":3,"contact":[]})", "sends[3].contact: expected an object"},
      {R"({"send":"m","units":3,"contact":{}})",
       "sends[3].contact.email: missing, expected a text"},
      {R"({"send":"m","units":3,"unit":3})", "sends[3].unit: unknown field"},
      {R"({"send":"m","units":3,"":3})", "sends[3]: unknown field"},
      {R"({"send":"bad","units":3})", "sends[3].send: expected a name that is not bad"},
  };
  for (const auto& [text, answer] : table) EXPECT_EQ(decode(text), answer) << text;
}

TEST(JsonFields, TellTheFirstFaultOnly) {
  // In the order of reading, not of the text, and before any unknown member.
  EXPECT_EQ(decode(R"({"zzz":1,"units":0,"send":""})"),
            "sends[3].send: expected a text of 1 to 8 bytes");
}

TEST(JsonFields, DescribeOpenBounds) {
  const auto document = parse_json(R"({"a":true,"b":true,"c":true,"d":true})");
  ASSERT_TRUE(document);
  const auto fault_of = [&](auto read) {
    JsonFields fields{document->root(), JsonPlace{}};
    read(fields);
    return describe(fields.finish().value());
  };
  EXPECT_EQ(fault_of([](JsonFields& f) { f.required_integer("a"); }), "a: expected an integer");
  EXPECT_EQ(fault_of([](JsonFields& f) { f.required_integer("b", {.min = 1}); }),
            "b: expected an integer from 1");
  EXPECT_EQ(fault_of([](JsonFields& f) { f.required_integer("c", {.max = 9}); }),
            "c: expected an integer up to 9");
  EXPECT_EQ(fault_of([](JsonFields& f) { f.required_text("d", {.bytes_min = 2}); }),
            "d: expected a text of at least 2 bytes");
}

TEST(JsonFields, KnowTheirPlaceInAnArray) {
  const auto document = parse_json(R"([{"a":1},{"a":"x"}])");
  ASSERT_TRUE(document);
  const auto elements = document->root().elements();
  JsonFields first{elements[0], JsonPlace{.path = {}, .index = 0}};
  first.required_integer("a");
  EXPECT_FALSE(first.finish());
  JsonFields second{elements[1], JsonPlace{.path = {}, .index = 1}};
  second.required_integer("a");
  EXPECT_EQ(describe(second.finish().value()), "[1].a: expected an integer");
  EXPECT_EQ(second.finish().value().wrong, FieldWrong::refused);
}

TEST(JsonFields, RefuseMoreMembersThanAnyObjectOfOursHas) {
  std::string text = "{";
  for (int i = 0; i < 64; ++i) text += "\"k" + std::to_string(i) + "\":0,";
  text += "\"last\":0}";
  const auto document = parse_json(text);
  ASSERT_TRUE(document);
  JsonFields fields{document->root()};
  for (int i = 0; i < 64; ++i) fields.required_integer("k" + std::to_string(i));
  EXPECT_EQ(describe(fields.finish().value()), "last: unknown field");
}

}  // namespace
}  // namespace packledger
