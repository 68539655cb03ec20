// The language of the tables itself: what is cut into what, and that nothing is skipped silently.
#include "tests/examples/line.hpp"
#include "tests/examples/notation.hpp"
#include "tests/examples/player.hpp"
#include "tests/examples/table.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace packledger::examples {
namespace {

std::string fault_of(std::string_view text) {
  const auto table = parse_table(text, "/nowhere/", "t.table");
  if (table) return "no fault";
  return std::to_string(table.error().place.line) + ": " + table.error().detail;
}

TEST(Language, CutsScenariosAtTitles) {
  const auto table = parse_table(
      "# Prose for the reader,\n# two lines of it.\n\n"
      "setup base\nclock 1\n\n"
      "# First. One.\nas base\nsend a s1  # a remark\n# a remark, too\n\nleft a A=1\n\n"
      "# Second.\nsend a s2 -> A1 or \"two words\"\n",
      "/nowhere/", "t.table");
  ASSERT_TRUE(table.has_value());
  ASSERT_EQ(table->scenarios.size(), 2U);
  const Scenario& first = table->scenarios[0];
  EXPECT_EQ(first.title, "First. One.");
  EXPECT_EQ(first.place.line, 7);
  ASSERT_EQ(first.statements.size(), 3U);
  EXPECT_EQ(first.statements[0].place.line, 5);
  EXPECT_EQ(first.statements[1].words, (std::vector<std::string>{"send", "a", "s1"}));
  EXPECT_FALSE(first.statements[1].arrow);
  const Statement& second = table->scenarios[1].statements[0];
  EXPECT_TRUE(second.arrow);
  EXPECT_EQ(second.expected, (std::vector<std::string>{"A1", "or", "\"two words"}));
}

TEST(Language, NamesTheLineThatItCannotRead) {
  EXPECT_EQ(fault_of("send a s1\n"),
            "1: a scenario begins with a title: a line with # after an empty line");
  EXPECT_EQ(fault_of("# T.\nas nothing\n"), "2: there is no setup nothing");
  EXPECT_EQ(fault_of("# T.\ntext \"open\n"), "2: a text has no closing quote");
  EXPECT_EQ(fault_of("# T.\n-> done\n"), "2: nothing stands before the arrow");
  EXPECT_EQ(fault_of("include gone.table\n"), "0: cannot be read");
  EXPECT_EQ(fault_of("setup a\nclock x\n\nsetup a\nclock x\n"),
            "4: there is a setup of this name already");
}

TEST(Language, ReadsTimesAsLocalOnes) {
  const std::vector<std::pair<std::string_view, std::string_view>> table = {
      {"2024-05-01T00:00", "2024-05-01T00:00:00.000"},
      {"2024-05-01T00:00:30", "2024-05-01T00:00:30.000"},
      {"2024-05-01T00:00:00.001", "2024-05-01T00:00:00.001"},
      {"2024-05-01T00:00Z", "2024-05-01T08:00:00.000"},
      {"2024-05-01T00:00:00-04:00", "2024-05-01T12:00:00.000"},
  };
  for (const auto& [word, wanted] : table) {
    const auto t = parse_time(word);
    ASSERT_TRUE(t.has_value()) << word;
    EXPECT_EQ(time_text(*t), wanted);
  }
  for (const std::string_view word : {"2024-05-01", "noon", "2024-05-01T0:00", ""})
    EXPECT_FALSE(parse_time(word).has_value()) << word;
}

TEST(Language, WritesTextsOut) {
  EXPECT_EQ(parse_text("\"a{3}b"), "aaab");
  EXPECT_EQ(parse_text("\"汉{2}"), "汉汉");
  EXPECT_EQ(parse_text("\"e\\u{301}"), "e\u0301");
  EXPECT_EQ(parse_text("\"\\u{1F600}{2}"), "\U0001F600\U0001F600");
  EXPECT_EQ(parse_text("\"\\{\\\\"), "{\\");
  EXPECT_EQ(parse_text("\"a b"), "a b");
  for (const std::string_view bad : {"\"{3}", "\"a{0}", "\"a{x}", "\"a{3", "\"\\", "a"})
    EXPECT_FALSE(parse_text(bad).has_value()) << bad;
}

TEST(Language, WritesResultsInOneWay) {
  EXPECT_EQ(canonical({"A1+P3@0.060"}), "A1+P3@0.06");
  EXPECT_EQ(canonical({"price", "470.00"}), "price 470");
  EXPECT_EQ(canonical({"P1@0.040", "adjusted", "-499.960"}), "P1@0.04 adjusted -499.96");
  EXPECT_EQ(line_text("A", 1), "A1");
  EXPECT_EQ(line_text("o1.1", 150), "o1.1:150");
  EXPECT_EQ(outcome_text({Outcome::Kind::refused, "conflict", "units", ""}), "conflict units");
}

// A driver that is never reached: the statement must be refused before.
class NoDriver final : public Driver {
 public:
  void start(Instant) override {}
  void advance(Instant) override {}
  void restart(Instant) override {}
  Outcome command(const CommandAsk&) override { return {}; }
  Outcome send(const SendAsk&) override { return {}; }
  std::optional<AccountSeen> account(const std::string&) override { return AccountSeen{}; }
  std::optional<OrderSeen> order(const std::string&, const std::string&) override { return {}; }
  std::optional<SentSeen> sent(const std::string&, const std::string&) override { return {}; }
  std::optional<Facts> alarm(const std::string&, const std::string&) override { return {}; }
  std::optional<Facts> renewal(const std::string&) override { return {}; }
  std::optional<Facts> hold(const std::string&, const std::string&) override { return {}; }
  std::optional<Facts> invoice(const std::string&, const std::string&) override { return {}; }
  Facts contacts(const std::string&) override { return {}; }
  std::vector<NoticeSeen> notices(const std::string&) override { return {}; }
  std::vector<StatementLine> statement(const std::string&) override { return {}; }
  std::vector<EntrySeen> entries() override { return {}; }
  std::string digest() override { return {}; }
  void crash(Instant) override {}
};

std::string miss_of(const std::string& statement) {
  const auto table = parse_table("# T.\nclock 2024-05-01T00:00\n" + statement + "\n", "/", "t");
  if (!table) return table.error().detail;
  NoDriver driver;
  const auto misses = Player{driver, "/"}.play(table->scenarios[0]);
  return misses.empty() ? "" : std::to_string(misses[0].place.line) + ": " + misses[0].detail;
}

TEST(Language, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(miss_of("send acme s1 1 TH"), "");
  EXPECT_EQ(miss_of("sned acme s1 1 TH"), "3: there is no word sned at the start of a line");
  EXPECT_EQ(miss_of("send acme s1 x TH"), "3: x is no number of units");
  EXPECT_EQ(miss_of("send acme s1 1 TH soon"), "3: the line goes on where it should end: soon");
  EXPECT_EQ(miss_of("send acme s1 1"), "3: the line ends where it should say destination");
  EXPECT_EQ(miss_of("send acme s1 1 TH at 2024-04-30T00:00"),
            "3: the clock stands at 2024-05-01T00:00:00.000: say rec");
  EXPECT_EQ(miss_of("payg TH rest:1"), "3: this line belongs to a book");
  EXPECT_EQ(miss_of("clock 2024-05-01T00:00"), "3: the clock runs already: say advance or restart");
  EXPECT_EQ(miss_of("send acme s1 1 TH -> A1"), "3: the result: the table says A1, it is done");
}

TEST(Language, RefusesRulesItDoesNotKnow) {
  EXPECT_EQ(
      miss_of("alarm acme low total below 1000 cooldown PT1H contacts ops at 2024-05-02T00:00"),
      "");
  EXPECT_EQ(miss_of("alarm acme low below 1000"),
            "3: an alarm is for total, per_package or balance");
  EXPECT_EQ(miss_of("alarm acme low total ten%"), "3: ten% is no percentage");
  EXPECT_EQ(miss_of("alarm acme each per_package A:many"),
            "3: A:many is no package with its units");
  EXPECT_EQ(miss_of("alarm acme low total under 1000"),
            "3: the line goes on where it should end: under");
  EXPECT_EQ(miss_of("renewal acme quantity 1000"), "3: renewal is on or off");
  EXPECT_EQ(miss_of("remove package acme P"), "3: remove an alarm or the renewal");
  EXPECT_EQ(miss_of("contacts acme ops"), "3: a contact is told by its channels");
  EXPECT_EQ(miss_of("contacts acme ops by pigeon"), "3: pigeon is no channel");
  EXPECT_EQ(miss_of("contacts acme ops by sms about weather"), "3: weather is no topic");
  EXPECT_EQ(miss_of("settings acme reminders P7D+soon"), "3: soon is no duration");
  EXPECT_EQ(miss_of("hold acme h1 1 CHINA"), "3: CHINA is no country");
  EXPECT_EQ(miss_of("crash at noon"), "3: noon is no time");
}

// A line that ends in key=value, or "absent", looks where one that asks begins alike.
TEST(Language, TellsLookingFromAsking) {
  EXPECT_EQ(miss_of("alarm acme low state=fired"), "3: there is no such alarm low");
  EXPECT_EQ(miss_of("renewal acme state=idle"), "3: there is no such renewal ");
  EXPECT_EQ(miss_of("hold acme h1 absent"), "");
  EXPECT_EQ(miss_of("invoice acme 1 total=1"), "3: there is no invoice 1");
  EXPECT_EQ(miss_of("invoice acme note \"a=b\" -> invoice 1"),
            "3: the result: the table says invoice 1, it is done");
  EXPECT_EQ(miss_of("contacts acme ops=sms/alarm"), "3: nobody knows ops here");
}

TEST(Language, KnowsWhatMayBeAskedOfEntries) {
  EXPECT_EQ(miss_of("told acme nothing"), "");
  EXPECT_EQ(miss_of("told acme alarm_raised low"), "3: there is no further notice");
  EXPECT_EQ(miss_of("times acme alarm_raised 0"), "");
  EXPECT_EQ(miss_of("times acme alarm_raised low 1"),
            "3: the number of entries alarm_raised low: the table says 1, it is 0");
  EXPECT_EQ(miss_of("times acme alarm_raised low"), "3: low is no number of entries");
  EXPECT_EQ(miss_of("caused nothing"), "3: a send that is kept does not say what it caused");
  EXPECT_EQ(miss_of("statement acme send_recorded s1 balance=1>0"),
            "3: the number of such lines: the table says 1, it is 0");
  EXPECT_EQ(miss_of("status acme active"), "3: the status: the table says active, it is ");
}

}  // namespace
}  // namespace packledger::examples
