// Message length to billed parts (rules §2): the worked examples and both sides of every edge.
#include "packledger/ledger/segment.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace packledger {
namespace {

using enum SegmentProfile;

std::string times(int count, std::string_view text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

// -1 where the text is too long, -2 where it is not UTF-8: numbers read well in a table.
std::int64_t parts(SegmentProfile profile, std::string_view signature, std::string_view body) {
  const auto units = segment_count({.signature = signature, .body = body}, profile);
  if (units) return units->value;
  return units.error() == SegmentFault::too_long ? -1 : -2;
}

struct Counted {
  std::string text;
  std::int64_t parts;
};

void expect_counted(SegmentProfile profile, const std::vector<Counted>& table) {
  for (const auto& [text, expected] : table) {
    EXPECT_EQ(parts(profile, "", text), expected)
        << text.substr(0, 24) << "… of " << text.size() << " bytes";
  }
}

TEST(Segment, AnEmptyMessageIsOnePart) {
  expect_counted(cn_unicode, {{"", 1}});
  expect_counted(intl_auto, {{"", 1}});
}

TEST(Segment, MainlandCountsEveryCharacterOnce) {
  expect_counted(cn_unicode, {
                                 {"短", 1},
                                 {times(70, "短"), 1},
                                 {times(71, "短"), 2},
                                 {times(134, "短"), 2},
                                 {times(135, "短"), 3},
                                 {times(150, "短"), 3},  // 67 + 67 + 16
                                 {times(160, "短"), 3},  // 67 + 67 + 26
                                 {times(500, "短"), 8},
                                 {times(501, "短"), -1},
                                 // Letters, digits, spaces and full-width forms are no cheaper.
                                 {times(70, "a"), 1},
                                 {times(71, "a"), 2},
                                 {times(35, "a，"), 1},
                                 {times(35, "1 ") + "€", 2},
                             });
}

TEST(Segment, MainlandDividesAndLosesNothingBetweenParts) {
  // 134 code units in surrogate pairs: the 34th pair would straddle the first edge of 67.
  expect_counted(cn_unicode, {
                                 {times(35, "😀"), 1},
                                 {times(35, "😀") + "a", 2},
                                 {times(67, "😀"), 2},
                                 {times(67, "😀") + "a", 3},
                                 {times(250, "😀"), 8},
                                 {times(250, "😀") + "a", -1},
                             });
}

TEST(Segment, GsmCountsSeptets) {
  expect_counted(intl_auto, {
                                {times(160, "a"), 1},
                                {times(161, "a"), 2},  // 153 + 8
                                {times(306, "a"), 2},
                                {times(307, "a"), 3},
                                {times(320, "a"), 3},  // 153 + 153 + 14
                                {times(459, "a"), 3},
                                {times(460, "a"), 4},
                                {times(500, "a"), 4},
                                {times(501, "a"), -1},
                            });
}

TEST(Segment, AnExtensionCharacterCostsTwoSeptets) {
  expect_counted(intl_auto, {
                                {times(158, "a") + "€", 1},  // 160
                                {times(159, "a") + "€", 2},  // 161
                                {times(80, "€"), 1},
                                {times(81, "€"), 2},
                            });
  for (const std::string_view one : {"\f", "^", "{", "}", "\\", "[", "~", "]", "|", "€"}) {
    expect_counted(intl_auto, {
                                  {times(80, one), 1},
                                  {times(80, one) + "a", 2},
                                  {times(158, "a") + std::string{one}, 1},
                                  {times(159, "a") + std::string{one}, 2},
                              });
  }
}

TEST(Segment, AnEscapePairIsNeverSplit) {
  expect_counted(intl_auto, {
                                {times(152, "€"), 2},  // 76 in each part, one septet lost
                                {times(153, "€"), 3},  // 306 septets would divide into 2
                                {times(152, "a") + "€" + times(152, "a"), 3},
                                {times(152, "a") + "€" + times(151, "a"), 2},  // 152 | 2 + 151
                                {times(151, "a") + "€" + times(153, "a"), 2},  // 151 + 2 | 153
                                {times(153, "a") + "€" + times(151, "a"), 2},  // 153 | 2 + 151
                                // Within 160 there are no parts, and no edge at 153.
                                {times(152, "a") + "€" + times(6, "a"), 1},
                            });
}

TEST(Segment, Ucs2CountsCodeUnits) {
  expect_counted(intl_auto, {
                                {times(70, "短"), 1},
                                {times(71, "短"), 2},
                                {times(134, "短"), 2},
                                {times(135, "短"), 3},
                                {times(500, "短"), 8},
                                {times(501, "短"), -1},
                                {times(35, "😀"), 1},
                                {times(35, "😀") + "a", 2},
                                // One character outside the tables changes all the others.
                                {times(159, "a") + "，", 3},
                            });
}

TEST(Segment, ASurrogatePairIsNeverSplit) {
  expect_counted(intl_auto,
                 {
                     {times(66, "a") + "😀" + times(66, "a"), 3},  // 66 | 2 + 65 | 1
                     {times(66, "a") + "😀" + times(65, "a"), 2},  // 66 | 2 + 65
                     {times(65, "a") + "😀" + times(67, "a"), 2},  // 65 + 2 | 67
                     {times(67, "a") + "😀" + times(65, "a"), 2},  // 67 | 2 + 65
                     {times(66, "😀"), 2},                         // 33 in each part
                     {times(67, "😀"), 3},               // 134 code units would divide into 2
                     {times(66, "a") + "😀" + "aa", 1},  // 70: one part has no edge at 67
                 });
}

// Whether a character has a place in the tables shows in what 71 characters cost: 1 part or 2.
bool is_gsm(std::string_view character) {
  return parts(intl_auto, "", std::string{character} + times(70, "a")) == 1;
}

TEST(Segment, KnowsTheWholeBasicTable) {
  for (const std::string_view character :
       {"@", "£", "$", "¥", "è", "é", "ù", "ì", "ò", "Ç", "\n", "Ø", "ø", "\r", "Å", "å", "Δ",
        "_", "Φ", "Γ", "Λ", "Ω", "Π", "Ψ", "Σ", "Θ", "Ξ", "Æ",  "æ", "ß", "É",  " ", "!", "\"",
        "#", "¤", "%", "&", "'", "(", ")", "*", "+", ",", "-",  ".", "/", ":",  ";", "<", "=",
        ">", "?", "¡", "Ä", "Ö", "Ñ", "Ü", "§", "¿", "ä", "ö",  "ñ", "ü", "à"}) {
    EXPECT_TRUE(is_gsm(character)) << character;
    EXPECT_EQ(parts(intl_auto, "", times(160, character)), 1) << character;
    EXPECT_EQ(parts(intl_auto, "", times(161, character)), 2) << character;
  }
  for (char c = '0'; c <= '9'; ++c) EXPECT_TRUE(is_gsm({&c, 1})) << c;
  for (char c = 'A'; c <= 'Z'; ++c) EXPECT_TRUE(is_gsm({&c, 1})) << c;
  for (char c = 'a'; c <= 'z'; ++c) EXPECT_TRUE(is_gsm({&c, 1})) << c;
}

TEST(Segment, KnowsWhatIsNotInTheTables) {
  for (const std::string_view character :
       {"ç",  "`", "“", "”",  "‘",    "’",    "—",      "–",      "…",      "，", "【",
        "】", "á", "Á", "í",  "À",    "È",    "Ê",      "Α",      "α",      "ω",  "µ",
        "₤",  "¢", "°", "\t", "\x1B", "\x7F", "\u00A0", "\u0301", "\uFEFF", "Ϊ"}) {
    EXPECT_FALSE(is_gsm(character)) << character;
  }
  EXPECT_FALSE(is_gsm({"\0", 1}));
  EXPECT_TRUE(is_gsm("é"));         // one code point
  EXPECT_FALSE(is_gsm("e\u0301"));  // the same to the eye, two code points
}

struct Signed {
  std::string_view signature;
  std::string body;
  std::int64_t parts;
};

void expect_signed(SegmentProfile profile, const std::vector<Signed>& table) {
  for (const auto& [signature, body, expected] : table) {
    EXPECT_EQ(parts(profile, signature, body), expected)
        << signature << " and " << body.size() << " bytes";
  }
}

TEST(Segment, TheMainlandSignatureIsWrappedAndItsBracketsCount) {
  expect_signed(cn_unicode, {
                                {"华为云", times(65, "短"), 1},  // 3 + 2 + 65
                                {"华为云", times(66, "短"), 2},
                                {"【华为云】", times(65, "短"), 1},  // as it is
                                {"【华为云】", times(66, "短"), 2},
                                {"HUAWEI", times(62, "短"), 1},  // 8 with its brackets
                                {"HUAWEI", times(63, "短"), 2},
                                {"[HUAWEI]", times(62, "短"), 1},
                                {"[HUAWEI]", times(63, "短"), 2},
                                {"", times(70, "短"), 1},
                                {"【】", times(68, "短"), 1},
                                {"【】", times(69, "短"), 2},
                                // Half a pair, or two halves of different pairs, is a bare text.
                                {"【", times(67, "短"), 1},
                                {"【", times(68, "短"), 2},
                                {"[A】", times(65, "短"), 1},
                                {"[A】", times(66, "短"), 2},
                                {"[", times(67, "短"), 1},
                                {"[", times(68, "短"), 2},
                            });
}

TEST(Segment, AnInternationalSignatureOfGsmCharactersTakesAsciiBracketsAndASpace) {
  expect_signed(intl_auto, {
                               {"Acme", times(151, "a"), 1},  // [Acme] is 9 septets
                               {"Acme", times(152, "a"), 2},
                               {"[Acme]", times(152, "a"), 1},  // as it is: 8, without a space
                               {"[Acme]", times(153, "a"), 2},
                               {"Ünïx", times(64, "a"), 1},  // ï is not GSM: 【】, UCS-2, 6 + 64
                               {"Ünïx", times(65, "a"), 2},
                               {"Ünix", times(151, "a"), 1},
                               {"华为云", times(65, "a"), 1},
                               {"华为云", times(66, "a"), 2},
                               {"【Acme】", times(64, "a"), 1},
                               {"【Acme】", times(65, "a"), 2},
                               // The signature's brackets follow the signature, not the body.
                               {"Acme", times(63, "短"), 1},  // 7 code units
                               {"Acme", times(64, "短"), 2},
                               {"€", times(153, "a"), 1},  // 2 + 2 + 2 + 1 septets
                               {"€", times(154, "a"), 2},
                           });
}

TEST(Segment, AMessageHasAtMost500CodeUnitsWithItsSignature) {
  expect_signed(cn_unicode, {
                                {"华为云", times(495, "短"), 8},
                                {"华为云", times(496, "短"), -1},
                                {"华为云", times(247, "😀") + "a", 8},
                                {"华为云", times(248, "😀"), -1},  // half of a pair too much
                            });
  expect_signed(intl_auto, {
                               {"Acme", times(493, "a"), 4},  // 500 characters, 502 septets
                               {"Acme", times(494, "a"), -1},
                               {"", times(500, "€"), 7},  // 1,000 septets, 76 characters in a part
                               {"", times(501, "€"), -1},
                           });
  const std::string endless(1'000'000, 'a');
  EXPECT_EQ(parts(intl_auto, "", endless), -1);
  EXPECT_EQ(parts(intl_auto, endless, ""), -1);
  EXPECT_EQ(parts(cn_unicode, endless, endless), -1);
}

TEST(Segment, RefusesBytesThatAreNotUtf8) {
  for (const std::string_view bytes :
       {"\xFF", "\x80", "a\xC3", "\xC0\x80", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE5\x8D", "\xE5\x8D\xC3\xA9"}) {
    EXPECT_EQ(parts(cn_unicode, "", bytes), -2);
    EXPECT_EQ(parts(intl_auto, bytes, ""), -2);
  }
  // Before the length is looked at, wherever the bytes are.
  EXPECT_EQ(parts(intl_auto, "", times(600, "a") + "\xFF"), -2);
}

}  // namespace
}  // namespace packledger
