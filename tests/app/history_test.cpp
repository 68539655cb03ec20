// Questions about the past: where the replay stops, and how many may ask.
#include "app/history.hpp"

#include "store/memory_journal.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <optional>
#include <string>

namespace packledger {
namespace {

constexpr std::chrono::milliseconds deadline{20'000};

constexpr Instant noon{1'714'536'000'000};

// Passes everything on, but lets a reader wait at the gate first.
class GatedJournal final : public Journal {
 public:
  [[nodiscard]] Result<void, Fault> append(Sequence after,
                                           std::span<const Entry> entries) override {
    return kept_.append(after, entries);
  }
  [[nodiscard]] Result<void, Fault> read(Sequence from, const Visit& visit) const override {
    if (gate.valid()) gate.wait();
    if (broken) return std::unexpected{Fault{.code = JournalFault::corrupt, .detail = "planted"}};
    return kept_.read(from, visit);
  }
  [[nodiscard]] Sequence last() const override { return kept_.last(); }

  std::shared_future<void> gate;
  bool broken = false;

 private:
  MemoryJournal kept_;
};

struct HistoryTest : testing::Test {
  GatedJournal journal;
  Ledger ledger;

  void record(What what, Instant at, AccountId account = {}) {
    const Input input{.account = account, .key = {}, .what = std::move(what)};
    auto decision = ledger.decide(input, at);
    ASSERT_TRUE(decision);
    const Entry entry{.sequence = next(ledger.last()),
                      .recorded_at = at,
                      .input = input,
                      .decision = *std::move(decision),
                      .caused_by = {}};
    ASSERT_TRUE(journal.append(ledger.last(), {&entry, 1}));
    ledger.apply(entry);
  }

  // An account at noon, and 1 CNY at each full hour after it, three times.
  void SetUp() override {
    const Currency cny = *parse_currency("CNY");
    record(AccountOpened{.name = "acme", .currency = cny, .settings = {}}, noon);
    for (int hour = 1; hour <= 3; ++hour) {
      record(FundsCredited{.amount = *parse_money("1"), .reason = {}}, noon + hours(hour),
             AccountId{1});
    }
  }

  // "4 entries, 3 CNY", or "nothing".
  static History::Question told_to(std::promise<std::string>& answer) {
    return [&answer](const Ledger* past) {
      if (past == nullptr) return answer.set_value("nothing");
      const Account* account = past->accounts().find(AccountId{1});
      answer.set_value(std::to_string(past->last().value) + " entries, " +
                       (account == nullptr ? "no account" : money_text(account->balance) + " CNY"));
    };
  }

  std::string ask(const serve::PastPoint& point) {
    History history{journal};
    std::promise<std::string> answer;
    if (!history.ask(point, told_to(answer))) return "busy";
    auto told = answer.get_future();
    return told.wait_for(deadline) == std::future_status::ready ? told.get() : "silence";
  }

  static serve::PastPoint after(std::uint64_t position) {
    return {.position = Sequence{position}, .at = std::nullopt};
  }
  static serve::PastPoint at(Instant instant) { return {.position = std::nullopt, .at = instant}; }
};

TEST_F(HistoryTest, StandsAfterTheEntryOfThatNumber) {
  EXPECT_EQ(ask(after(0)), "0 entries, no account");
  EXPECT_EQ(ask(after(1)), "1 entries, 0 CNY");
  EXPECT_EQ(ask(after(3)), "3 entries, 2 CNY");
  EXPECT_EQ(ask(after(4)), "4 entries, 3 CNY");
  EXPECT_EQ(ask(after(99)), "4 entries, 3 CNY");
}

TEST_F(HistoryTest, StandsAfterTheLastEntryOfThatInstant) {
  EXPECT_EQ(ask(at(noon - Duration{1})), "0 entries, no account");
  EXPECT_EQ(ask(at(noon)), "1 entries, 0 CNY");
  EXPECT_EQ(ask(at(noon + hours(2) - Duration{1})), "2 entries, 1 CNY");
  EXPECT_EQ(ask(at(noon + hours(2))), "3 entries, 2 CNY");
  EXPECT_EQ(ask(at(noon + days(1))), "4 entries, 3 CNY");
}

TEST_F(HistoryTest, SaysNothingWhereTheJournalCannotBeRead) {
  journal.broken = true;
  EXPECT_EQ(ask(after(4)), "nothing");
}

TEST_F(HistoryTest, LetsOneWaitAndSaysBusyToTheNext) {
  std::promise<void> open;
  journal.gate = open.get_future().share();
  std::promise<std::string> first;
  std::promise<std::string> second;
  std::promise<std::string> third;
  History history{journal};
  ASSERT_TRUE(history.ask(after(1), told_to(first)));
  ASSERT_TRUE(history.ask(after(2), told_to(second)));
  EXPECT_FALSE(history.ask(after(3), told_to(third)));
  open.set_value();
  EXPECT_EQ(first.get_future().get(), "1 entries, 0 CNY");
  EXPECT_EQ(second.get_future().get(), "2 entries, 1 CNY");
}

// "2 3 4 read", or "2 3 not read": what a walk from there on visits, at most so many.
std::string walked(History& history, Sequence from, std::size_t entries_max) {
  std::string visited;  // by the walk's thread until it is done
  std::promise<bool> done;
  const bool taken = history.walk(
      from,
      [&visited, entries_max, count = std::size_t{0}](const Entry& entry) mutable {
        visited += std::to_string(entry.sequence.value) + " ";
        return ++count < entries_max;
      },
      [&done](bool read) { done.set_value(read); });
  if (!taken) return "busy";
  auto told = done.get_future();
  if (told.wait_for(deadline) != std::future_status::ready) return "silence";
  return visited + (told.get() ? "read" : "not read");
}

TEST_F(HistoryTest, WalksTheJournalAsFarAsTheVisitorWants) {
  History history{journal};
  EXPECT_EQ(walked(history, Sequence{2}, 99), "2 3 4 read");
  EXPECT_EQ(walked(history, Sequence{1}, 2), "1 2 read");
  EXPECT_EQ(walked(history, Sequence{5}, 99), "read");
  journal.broken = true;
  EXPECT_EQ(walked(history, Sequence{1}, 99), "not read");
}

TEST_F(HistoryTest, CountsWalksAmongThoseWhoWait) {
  std::promise<void> open;
  journal.gate = open.get_future().share();
  std::promise<std::string> first;
  std::promise<std::string> second;
  History history{journal};
  ASSERT_TRUE(history.ask(after(1), told_to(first)));
  ASSERT_TRUE(history.ask(after(2), told_to(second)));
  EXPECT_EQ(walked(history, Sequence{1}, 1), "busy");
  open.set_value();
  EXPECT_EQ(second.get_future().get(), "2 entries, 1 CNY");
}

TEST_F(HistoryTest, AnswersAlsoWhenItGoes) {
  std::promise<void> open;
  journal.gate = open.get_future().share();
  std::promise<std::string> answer;
  auto told = answer.get_future();
  std::optional<History> history{std::in_place, journal};
  ASSERT_TRUE(history->ask(after(4), told_to(answer)));
  auto going = std::async(std::launch::async, [&] { history.reset(); });
  EXPECT_EQ(going.wait_for(std::chrono::milliseconds{20}), std::future_status::timeout);
  open.set_value();
  EXPECT_EQ(going.wait_for(deadline), std::future_status::ready);
  EXPECT_EQ(told.get(), "nothing");
}

}  // namespace
}  // namespace packledger
