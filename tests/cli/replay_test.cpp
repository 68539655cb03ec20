// packledger replay: the same ledger again, up to a point, in memory and in a directory; and what
// would have been under another policy, in figures that add up.
#include "tests/cli/stored_ledger.hpp"
#include "wire/json.hpp"

#include <gmock/gmock.h>

#include <sstream>

namespace packledger::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Replay : public StoredLedger {
 protected:
  [[nodiscard]] Ran replay(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"replay", "--data", daemon_.data().string()});
    return run_words(more);
  }
  [[nodiscard]] std::string digest_at(const std::string& position) const {
    HttpClient http{daemon_.url()};
    const auto answer = http.call("GET", "/v1/digest?position=" + position);
    EXPECT_TRUE(answer);
    const auto document = parse_json(answer->body);
    return std::string{text_in(document->root(), "digest")};
  }
  // Thailand at another price.
  std::string other_book(const std::string& from) const {
    const std::string book = file("other.json");
    std::ofstream{book}
        << R"({"version":"2","effective_from":")" << from
        << R"(","currency":"CNY","products":[{"product":"th","destinations":["TH"],)"
        << R"("quota":100,"price":"12","validity":"P1M","expiry":"start_of_day"}],)"
        << R"("payg":[{"destinations":["TH"],"prices":[{"price":"0.1"}]}]})";
    return book;
  }
};

TEST_F(Replay, ComesToTheDigestOfTheDaemonAtAnyPosition) {
  do_business();
  for (const std::string position : {"1", "5", "9", "12"}) {
    const Ran ran = replay({"--until", position});
    EXPECT_EQ(ran.code, ExitCode::ok) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr(digest_at(position)));
  }
  EXPECT_THAT(replay({"--until", "2024-05-01T00:00:00+08:00"}).out, HasSubstr("position 9,"));
  EXPECT_EQ(replay({"--until", "soon"}).code, ExitCode::usage);
}

TEST_F(Replay, MakesAJournalOfItsOwnThatADaemonTakes) {
  do_business();
  const std::string into = file("made");
  const Ran part = replay({"--until", "7", "--into", into});
  EXPECT_EQ(part.code, ExitCode::ok) << part.err;
  const Ran whole = replay({"--into", into});  // goes on
  EXPECT_EQ(whole.code, ExitCode::ok) << whole.err;
  EXPECT_THAT(whole.out, HasSubstr(digest_at("12")));
  EXPECT_EQ(run_words({"verify", "--data", into}).code, ExitCode::ok);
  DaemonProcess other{{.data = into, .test_clock = "2024-04-30T00:00:00+08:00"}};
  const auto started = other.start();
  ASSERT_TRUE(started) << started.error();
  EXPECT_EQ(other.logged("ready", "digest"), digest_at("12"));
}

// 20 units beyond the package are charged, then 2 after its end: 22 at 0.132, or at 0.1.
TEST_F(Replay, SaysWhatOtherPricesWouldHaveCharged) {
  do_business();
  const std::string book = other_book("2024-01-01T00:00:00+08:00");
  const Ran text = replay({"--price-book", book, "--diff"});
  EXPECT_EQ(text.code, ExitCode::ok) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("2.904"), HasSubstr("2.2"), HasSubstr("-0.704"),
                              HasSubstr("1 of 1 accounts differ"), HasSubstr("all in CNY")));
  const Ran csv = replay({"--price-book", book, "--csv"});
  EXPECT_THAT(csv.out, AllOf(HasSubstr("account,currency,charged_as_decided,charged_otherwise"),
                             HasSubstr("\nacme,CNY,2.904,2.2,"), HasSubstr("\n*,CNY,2.904,2.2,")));
  const Ran json = replay({"--price-book", book, "--diff", "--json"});
  EXPECT_THAT(json.out, AllOf(HasSubstr(R"({"account":"acme")"), HasSubstr(R"({"totals":[)"),
                              HasSubstr(R"("charged":"2.2")")));
  // From an instant in between only the last send is charged otherwise.
  const Ran later = replay({"--price-book", other_book("2024-05-20T00:00:00+08:00"), "--csv"});
  EXPECT_THAT(later.out, HasSubstr("\nacme,CNY,2.904,2.84,"));
  const Ran start =
      replay({"--price-book", other_book("2024-05-20T00:00:00+08:00"), "--from-start", "--csv"});
  EXPECT_THAT(start.out, HasSubstr("\nacme,CNY,2.904,2.2,"));
}

TEST_F(Replay, FindsNothingOtherWhereThePolicyIsTheSame) {
  do_business();
  const Ran ran = replay({"--order", "effective_first", "--diff"});
  EXPECT_EQ(ran.code, ExitCode::ok) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("0 of 1 accounts differ"));
}

TEST_F(Replay, RefusesWhatMakesNoSense) {
  do_business();
  EXPECT_EQ(replay({"--order", "random"}).code, ExitCode::usage);
  EXPECT_EQ(replay({"--late-window", "90d"}).code, ExitCode::usage);
  EXPECT_EQ(replay({"--diff"}).code, ExitCode::usage);
  EXPECT_EQ(replay({"--order", "expiry_first", "--into", file("x")}).code, ExitCode::usage);
  put_bytes(file("bad.json"), R"({"version":"2"})");
  const Ran bad = replay({"--price-book", file("bad.json")});
  EXPECT_EQ(bad.code, ExitCode::usage);
  EXPECT_THAT(bad.err, HasSubstr("bad.json: "));
}

}  // namespace
}  // namespace packledger::cli
