// A statement is folded from entries alone; it must come to the figures of the ledger.
#include "query/statement.hpp"

#include "query/statement_page.hpp"
#include "query/statement_text.hpp"
#include "tests/query/lived.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger {
namespace {

using query_tests::everybody;
using query_tests::first_of_may;
using query_tests::hold;
using query_tests::Lived;
using query_tests::order;
using query_tests::send;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr AccountId acme{1};

Money cny(std::int64_t whole) { return Money{whole * 1'000'000}; }

FundsCredited credit(std::int64_t whole) { return {.amount = cny(whole), .reason = "cash"}; }

// Takes all there is of the account; the sentences of the lines.
std::vector<std::string> told(const Lived& lived) {
  Statement statement{acme};
  std::vector<std::string> texts;
  for (const Entry& entry : lived.entries()) {
    if (account_of(entry) != acme) continue;
    if (const StatementLine* line = statement.take(entry))
      texts.push_back(line_text(entry, *line, statement));
  }
  return texts;
}

std::string page_of(const Lived& lived, StatementQuery query) {
  query.account = acme;
  query.until = lived.entries().back().sequence;
  if (query.limit == 0) query.limit = 1'000;
  StatementPage page{std::move(query)};
  for (const Entry& entry : lived.entries()) {
    if (!page.take(entry)) break;
  }
  return page.body();
}

StatementQuery of_kind(std::string kind) {
  StatementQuery query;
  query.kind = std::move(kind);
  return query;
}

std::string cursor_of(const std::string& page) {
  const std::string mark = R"("next_cursor":")";
  const std::size_t at = page.find(mark);
  if (at == std::string::npos) return {};
  return page.substr(at + mark.size(), page.find('"', at + mark.size()) - at - mark.size());
}

std::string lines_of(const std::string& page) {
  const std::size_t from = page.find(R"("lines":[)") + 9;
  const std::size_t cursor = page.find(R"(],"next_cursor")", from);
  const std::size_t end = cursor == std::string::npos ? page.rfind(R"(],"position")") : cursor;
  return page.substr(from, end - from);
}

TEST(Statement, TellsWhatEachEntryDid) {
  Lived lived;
  lived.ask(credit(100));
  lived.ask(order("o1"));
  lived.ask(send("s1", 999));
  lived.ask(send("s2", 3));
  lived.ask(SendReversed{.send = "s2", .reversal = "r1", .units = Units{3}});
  lived.ask(FundsAdjusted{.amount = cny(-1), .reason = "typing error"});
  EXPECT_THAT(
      told(lived),
      ElementsAre("Credit of 100 CNY: cash.",
                  "Order o1 of cn-1k: 1 package of 1,000 units for 50 CNY.",
                  "Send s1 of 999 units to CN: 999 units from packages.",
                  "Send s2 of 3 units to CN: 1 unit from packages, 2 units charged with 0.13 CNY.",
                  "Reversal r1 of send s2: 3 units given back, with 0.13 CNY.",
                  "Correction of -1 CNY: typing error."));
}

TEST(Statement, TellsOfPackagesThatComeWithoutMoneyAndGo) {
  Lived lived;
  lived.ask(order("o1", Payment::external));
  lived.ask(OrderPaid{.order = "o1", .payment_reference = "bank 7"});
  lived.ask(PackageGranted{.package = "gift",
                           .quota = Units{10},
                           .scope = {{{mainland}}, {}},
                           .effective_at = {},
                           .expires_at = first_of_may + days(2),
                           .validity = {},
                           .price_paid = {},
                           .reason = "sorry"});
  lived.ask(send("s1", 4));
  lived.advance(first_of_may + days(2));
  lived.ask(PackageRefunded{.package = "o1.1", .reason = {}});
  EXPECT_THAT(told(lived), ElementsAre("Order o1 was paid elsewhere (bank 7): 1,000 units came in.",
                                       "Package gift of 10 units was granted: sorry.",
                                       "Send s1 of 4 units to CN: 4 units from packages.",
                                       HasSubstr("Package gift has ended: "),
                                       HasSubstr("Package o1.1 was taken back with ")));
}

TEST(Statement, TellsHoldsAndWhatBecomesOfThem) {
  Lived lived;
  lived.ask(credit(100));
  lived.ask(order("o1"));
  lived.ask(hold("h1", 100));
  lived.ask(HoldCaptured{.hold = "h1", .units = Units{80}});
  lived.ask(hold("h2", 5));
  lived.ask(HoldReleased{.hold = "h2"});
  lived.ask(hold("h3", 1));
  lived.advance(lived.now() + hours(24));
  const std::vector<std::string> all = told(lived);
  EXPECT_THAT(
      std::vector<std::string>(all.begin() + 2, all.end()),
      ElementsAre("Hold h1: 100 units set aside.", "Hold h1: 80 units used, 20 units given back.",
                  "Hold h2: 5 units set aside.", "Hold h2 was released: 5 units given back.",
                  "Hold h3: 1 unit set aside.", "Hold h3 has run out: 1 unit given back."));
}

TEST(Statement, TellsHeldUnitsApartFromThoseThatAreUsed) {
  Lived lived;
  lived.ask(credit(100));
  lived.ask(order("o1"));
  lived.ask(hold("h1", 100));
  lived.ask(HoldCaptured{.hold = "h1", .units = Units{80}});
  const std::string placed = page_of(lived, of_kind("hold_placed"));
  EXPECT_THAT(placed,
              HasSubstr(R"({"package":"o1.1","before":1000,"after":900,"units":-100,"held":100})"));
  const std::string captured = page_of(lived, of_kind("hold_captured"));
  EXPECT_THAT(captured,
              HasSubstr(R"({"package":"o1.1","before":900,"after":920,"units":20,"held":-100})"));
  EXPECT_THAT(captured, HasSubstr(R"("name":"h1")"));
  EXPECT_THAT(captured, Not(HasSubstr(R"("amount")")));
}

TEST(Statement, TellsOfALateSendThatItUsesWhatWasForfeited) {
  Lived lived;
  lived.ask(PackageGranted{.package = "gift",
                           .quota = Units{10},
                           .scope = {{{mainland}}, {}},
                           .effective_at = {},
                           .expires_at = first_of_may + days(2),
                           .validity = {},
                           .price_paid = {},
                           .reason = {}});
  lived.advance(first_of_may + days(2));
  SendRecorded late = send("s1", 4);
  late.occurred_at = first_of_may + days(1);
  lived.ask(late, first_of_may + days(2) + hours(1));
  const std::string page = page_of(lived, {});
  EXPECT_THAT(page,
              HasSubstr(R"({"package":"gift","before":10,"after":0,"units":-10,"forfeited":10})"));
  EXPECT_THAT(page,
              HasSubstr(R"({"package":"gift","before":0,"after":0,"units":0,"forfeited":-4})"));
}

TEST(Statement, HasTheNoticesAndTheInvoicesOfTheAccount) {
  Lived lived;
  lived.ask(ContactsSet{{everybody("ops")}});
  lived.ask(credit(100));
  lived.ask(order("o1"));
  lived.ask(InvoiceRequested{"May"});
  AlarmRule low;
  low.name = "low";
  low.threshold.units = Units{1'001};
  lived.ask(AlarmRuleSet{low});
  EXPECT_THAT(told(lived),
              ElementsAre(HasSubstr("Credit"), HasSubstr("Order"), "Invoice 1 over 50 CNY: May.",
                          "Alarm low: 1,000 units left in pool CN, below the threshold of 1,001 "
                          "units."));
  const std::string page = page_of(lived, of_kind("invoice_requested"));
  EXPECT_THAT(page, HasSubstr(R"("name":"1")"));
  EXPECT_THAT(page, HasSubstr(R"("balance_before":"50","balance_after":"50","packages":[])"));
}

TEST(Statement, LeavesOutWhatMovesNothing) {
  Lived lived;
  lived.ask(ServiceModeSet{{PoolMode{.pool = "CN", .mode = OverageMode::pay_per_use}}});
  lived.ask(order("o1", Payment::external));
  SendRecorded free = send("s1", 4);
  free.billable = false;
  lived.ask(free);
  lived.advance(lived.now() + hours(24));  // the order times out
  EXPECT_THAT(told(lived), ElementsAre());
}

// One in so many, the same on every machine.
class Dice {
 public:
  std::int64_t roll(std::int64_t sides) {
    state_ = state_ * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
    return static_cast<std::int64_t>((state_ >> 33U) % static_cast<std::uint64_t>(sides));
  }

 private:
  std::uint64_t state_ = 812;
};

// A year of an account that does all that moves money or units, refusals included.
void live(Lived& lived, int steps) {
  Dice dice;
  for (int i = 0; i < steps; ++i) {
    const std::string fresh = std::to_string(i);
    const auto some = [&](std::string_view prefix) {  // one of the last dozen
      return std::string(prefix) + std::to_string(std::max<std::int64_t>(0, i - dice.roll(12)));
    };
    switch (dice.roll(12)) {
      case 0:
        if (dice.roll(8) == 0)
          lived.ask(FundsAdjusted{.amount = Money{-1} - lived.acme().balance, .reason = {}});
        lived.ask(credit(1 + dice.roll(200)), lived.now() + hours(1));
        break;
      case 1: lived.ask(order("o" + fresh)); break;
      case 2: lived.ask(order("x" + fresh, Payment::external)); break;
      case 3: lived.ask(OrderPaid{.order = some("x"), .payment_reference = "b"}); break;
      case 4:
        lived.ask(SendReversed{.send = some("s"), .reversal = fresh, .units = Units{1}});
        break;
      case 5: lived.ask(hold("h" + fresh, 1 + dice.roll(300))); break;
      case 6: lived.ask(HoldCaptured{.hold = some("h"), .units = Units{1 + dice.roll(200)}}); break;
      case 7: lived.ask(HoldReleased{.hold = some("h")}); break;
      case 8: lived.ask(PackageRefunded{.package = some("o") + ".1", .reason = {}}); break;
      case 9: lived.advance(lived.now() + hours(dice.roll(24 * 9))); break;
      default: lived.ask(send("s" + fresh, 1 + dice.roll(400))); break;
    }
  }
}

TEST(Statement, ComesToTheFiguresOfTheLedger) {
  Lived lived;
  lived.ask(credit(1'000));
  RenewalRule renewal;
  renewal.threshold = Units{3'000};
  renewal.quantity = Units{1'000};
  lived.ask(RenewalRuleSet{renewal});
  live(lived, 2'000);
  Statement statement{acme};
  Money balance;
  std::vector<Units> remaining;
  std::vector<Units> held;
  std::vector<Units> forfeited;
  for (const Entry& entry : lived.entries()) {
    if (account_of(entry) != acme) continue;
    const StatementLine* line = statement.take(entry);
    if (line == nullptr) continue;
    ASSERT_EQ(line->before, balance) << entry.sequence.value;
    balance = line->after;
    for (const PackageMove& move : line->moves) {
      remaining.resize(std::max<std::size_t>(remaining.size(), move.package.value));
      held.resize(remaining.size());
      forfeited.resize(remaining.size());
      const std::size_t at = move.package.value - 1;
      ASSERT_EQ(remaining[at], move.before) << entry.sequence.value;
      remaining[at] = move.after;
      held[at] += move.held;
      forfeited[at] += move.forfeited;
    }
  }
  EXPECT_EQ(balance, lived.acme().balance);
  remaining.resize(lived.acme().packages.size());
  held.resize(remaining.size());
  forfeited.resize(remaining.size());
  std::size_t renewed = 0;
  for (std::size_t i = 0; i < remaining.size(); ++i) {
    const Package& package = lived.acme().packages[i];
    EXPECT_EQ(remaining[i], package.remaining) << package.terms.name;
    EXPECT_EQ(held[i], package.held) << package.terms.name;
    EXPECT_EQ(forfeited[i], package.forfeited) << package.terms.name;
    if (package.terms.name.starts_with("renewal-")) ++renewed;
  }
  EXPECT_GT(renewed, 0U) << "the life is to have renewals";
  std::set<std::string_view> kinds;
  for (const Entry& entry : lived.entries()) kinds.insert(kind_text(entry.input.what));
  EXPECT_THAT(kinds, ::testing::IsSupersetOf(
                         {"send_recorded", "send_reversed", "hold_captured", "hold_released",
                          "hold_expired", "order_paid", "package_refunded", "package_expired",
                          "package_renewed", "account_suspended", "account_resumed"}));
}

TEST(StatementPage, HasTheSameLinesWhereverItIsCut) {
  Lived lived;
  lived.ask(credit(1'000));
  live(lived, 120);
  const std::string whole = page_of(lived, {});
  for (const std::size_t limit : {1U, 7U, 100U}) {
    std::string lines;
    Sequence after;
    for (;;) {
      const std::string page =
          page_of(lived, {.account = {}, .after = after, .until = {}, .limit = limit});
      if (!lines.empty()) lines += ',';
      lines += lines_of(page);
      const std::string cursor = cursor_of(page);
      if (cursor.empty()) break;
      after = Sequence{std::stoull(cursor)};
    }
    EXPECT_EQ(lines, lines_of(whole)) << limit;
  }
}

// The same over a shelf, entries already folded left out.
std::string turned(const Lived& lived, std::size_t limit, std::size_t& taken) {
  StatementShelf shelf;
  StatementQuery query{
      .account = acme, .after = {}, .until = lived.entries().back().sequence, .limit = limit};
  std::string lines;
  for (;;) {
    StatementPage page = shelf.take(query);
    const std::size_t begin = page.walk_from(Sequence{2}).value - 1;
    for (std::size_t at = begin; at < lived.entries().size(); ++at) {
      ++taken;
      if (!page.take(lived.entries()[at])) break;
    }
    const std::string body = page.body();
    if (!lines.empty()) lines += ',';
    lines += lines_of(body);
    const std::string cursor = cursor_of(body);
    if (cursor.empty()) return lines;
    query.after = Sequence{std::stoull(cursor)};
    shelf.keep(std::move(page));
  }
}

TEST(StatementPage, IsTurnedWithoutFoldingAgain) {
  Lived lived;
  lived.ask(credit(1'000));
  live(lived, 120);
  for (const std::size_t limit : {1U, 7U, 1'000U}) {
    std::size_t taken = 0;
    EXPECT_EQ(turned(lived, limit, taken), lines_of(page_of(lived, {}))) << limit;
    EXPECT_EQ(taken, lived.entries().size() - 1) << "all but the price book, each once";
  }
}

TEST(StatementPage, IsTurnedOnlyIntoTheOneThatFollowsIt) {
  Lived lived;
  for (int i = 0; i < 5; ++i) lived.ask(credit(i + 1));
  const Sequence last = lived.entries().back().sequence;
  StatementQuery query{.account = acme, .after = {}, .until = last, .limit = 2};
  StatementPage page{query};
  for (const Entry& entry : lived.entries()) {
    if (!page.take(entry)) break;
  }
  EXPECT_TRUE(page.more());
  EXPECT_FALSE(page.precedes(query));
  query.after = Sequence{4};
  EXPECT_TRUE(page.precedes(query));
  StatementQuery other = query;
  other.account = AccountId{2};
  EXPECT_FALSE(page.precedes(other));
  other = query;
  other.kind = "funds_credited";
  EXPECT_FALSE(page.precedes(other));
  other = query;
  other.from = first_of_may;
  EXPECT_FALSE(page.precedes(other));
  other = query;
  other.to = lived.now() + hours(1);
  EXPECT_FALSE(page.precedes(other));
  other = query;
  other.until = Sequence{4};  // it has looked at the fifth entry already
  EXPECT_FALSE(page.precedes(other));
}

TEST(StatementShelf, GivesUpTheOldestPage) {
  Lived lived;
  for (int i = 0; i < 3; ++i) lived.ask(credit(i + 1));
  const auto asked = [&](std::size_t reader) {
    StatementQuery query{
        .account = acme, .after = {}, .until = lived.entries().back().sequence, .limit = 1};
    query.from = Instant{static_cast<std::int64_t>(reader)};  // tells the readers apart
    return query;
  };
  StatementShelf shelf;
  for (std::size_t reader = 0; reader <= StatementShelf::pages_max; ++reader) {
    StatementPage page = shelf.take(asked(reader));
    for (const Entry& entry : lived.entries()) {
      if (!page.take(entry)) break;
    }
    shelf.keep(std::move(page));
  }
  const auto walks_from = [&](std::size_t reader) {
    StatementQuery second = asked(reader);
    second.after = Sequence{3};
    return shelf.take(second).walk_from(Sequence{2});
  };
  EXPECT_EQ(walks_from(0), Sequence{2});
  EXPECT_EQ(walks_from(1), Sequence{5});
  EXPECT_EQ(walks_from(1), Sequence{2}) << "a page is taken off the shelf";
}

TEST(StatementPage, HoldsAPeriodWithTheBalanceAsItWasThen) {
  Lived lived;
  lived.ask(credit(1));
  lived.ask(credit(2), first_of_may + hours(1));
  lived.ask(credit(4), first_of_may + hours(2));
  StatementQuery period;
  period.from = first_of_may + hours(1);
  period.to = first_of_may + hours(2);
  const std::string page = page_of(lived, period);
  EXPECT_THAT(page, HasSubstr(R"("amount":"2","balance_before":"1","balance_after":"3")"));
  EXPECT_THAT(page, Not(HasSubstr(R"("amount":"4")")));
  EXPECT_THAT(page, Not(HasSubstr(R"("amount":"1")")));
  EXPECT_EQ(cursor_of(page), "");
}

}  // namespace
}  // namespace packledger
