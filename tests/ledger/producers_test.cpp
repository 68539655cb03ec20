// Batches that their producer numbers: which numbers are taken, which are known, which are refused
// (rules §12 R128 to R131).
#include "packledger/ledger/producers.hpp"

#include "tests/ledger/desk.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>

namespace packledger {
namespace {

constexpr Instant start{1'717'214'400'000};

BatchTaken batch(std::string producer, std::uint64_t epoch, std::uint64_t number,
                 std::uint64_t digest = 0) {
  return {.producer = std::move(producer),
          .epoch = epoch,
          .number = number,
          .digest = digest == 0 ? number : digest,
          .sends = 0,
          .entries = 0,
          .not_recorded = {}};
}

std::string ask(Desk& desk, const BatchTaken& asked) { return code_of(desk.ask("", asked)); }

struct Row {
  std::uint64_t epoch;
  std::uint64_t number;
  std::string_view answer;
  std::uint64_t digest = 0;
};

TEST(Producers, TakeEachNumberOnceAndInOrder) {
  Desk desk(start);
  const std::vector<Row> rows{
      {1, 2, "gap"},  // nobody is known yet
      {1, 1, "done"},
      {1, 1, "duplicate"},
      {1, 1, "conflict", 7},  // the same number with
                              // another content
      {1, 3, "gap"},          // nothing of it is taken
      {1, 3, "gap"},
      {1, 2, "done"},
      {1, 1, "duplicate"},
      {1, 2, "duplicate"},
      {1, 3, "done"},
      {1, 5, "gap"},
      {3, 2, "gap"},   // a higher epoch begins at 1
      {1, 4, "done"},  // and has not begun
      {3, 1, "done"},
      {1, 5, "stale_epoch"},
      {1, 1, "stale_epoch"},  // even what was taken
      {2, 1, "stale_epoch"},
      {3, 1, "duplicate"},
      {3, 2, "done"},
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    EXPECT_EQ(ask(desk, batch("gw", row.epoch, row.number, row.digest)), row.answer) << "row " << i;
  }
  EXPECT_EQ(ask(desk, batch("other", 1, 2)), "gap");
  EXPECT_EQ(ask(desk, batch("other", 1, 1)), "done");
}

TEST(Producers, SayWhichMemberIsWrongAndWhereTheFirstStands) {
  Desk desk(start);
  BatchTaken second = batch("gw", 5, 2);
  ASSERT_EQ(ask(desk, batch("gw", 5, 1)), "done");
  ASSERT_EQ(ask(desk, second), "done");
  const auto again = desk.ask("", second);
  EXPECT_EQ(again.error().first, Sequence{2});
  second.digest = 99;
  const auto conflict = desk.ask("", second);
  EXPECT_EQ(conflict.error().first, Sequence{2});
  EXPECT_EQ(conflict.error().field, "sends");
  EXPECT_EQ(desk.ask("", batch("gw", 5, 4)).error().field, "number");
  EXPECT_EQ(desk.ask("", batch("gw", 4, 3)).error().field, "epoch");
}

TEST(Producers, RememberTheirLastBatches) {
  Desk desk(start);
  for (std::uint64_t n = 1; n <= producer_batches_max; ++n)
    ASSERT_EQ(ask(desk, batch("gw", 1, n)), "done");
  EXPECT_EQ(ask(desk, batch("gw", 1, 1)), "duplicate");
  ASSERT_EQ(ask(desk, batch("gw", 1, producer_batches_max + 1)), "done");
  EXPECT_EQ(ask(desk, batch("gw", 1, 1)), "too_old");
  EXPECT_EQ(ask(desk, batch("gw", 1, 1, 999)), "too_old");
  EXPECT_EQ(desk.ask("", batch("gw", 1, 2)).error().first, Sequence{2});
  EXPECT_EQ(desk.ask("", batch("gw", 1, producer_batches_max + 1)).error().first,
            Sequence{producer_batches_max + 1});
}

TEST(Producers, AreForgottenWhenTheyWereSilentForLong) {
  Desk desk(start);
  ASSERT_EQ(ask(desk, batch("gw", 7, 1)), "done");
  desk.advance(start + producer_memory - Duration{1});
  EXPECT_EQ(ask(desk, batch("gw", 7, 1)), "duplicate");
  desk.advance(start + producer_memory);
  EXPECT_EQ(ask(desk, batch("gw", 7, 2)), "gap");
  EXPECT_EQ(ask(desk, batch("gw", 2, 1)), "done");  // as if it had never been
  EXPECT_EQ(ask(desk, batch("gw", 2, 2)), "done");
  EXPECT_EQ(replayed(desk.entries())->digest(), desk.ledger().digest());
}

TEST(Producers, AreBounded) {
  Desk desk(start);
  for (std::size_t i = 0; i < producers_max; ++i)
    ASSERT_EQ(ask(desk, batch("gw" + std::to_string(i), 1, 1)), "done");
  EXPECT_EQ(ask(desk, batch("late", 1, 1)), "producers_max_reached");
  EXPECT_EQ(ask(desk, batch("late", 1, 2)), "gap");
  EXPECT_EQ(ask(desk, batch("gw0", 1, 2)), "done");
  desk.advance(start + producer_memory - Duration{1});
  EXPECT_EQ(ask(desk, batch("gw1", 1, 2)), "done");
  desk.advance(start + producer_memory);
  EXPECT_EQ(ask(desk, batch("late", 1, 1)), "done");
  EXPECT_EQ(desk.ledger().producers().all().size(), 2U);  // and gw1, who spoke since
  EXPECT_EQ(replayed(desk.entries())->digest(), desk.ledger().digest());
}

TEST(Producers, AreNamedSoThatTheirSendsCanBeNamed) {
  EXPECT_TRUE(is_producer("gw-1.eu_2"));
  EXPECT_TRUE(is_producer(std::string(producer_bytes_max, 'x')));
  EXPECT_FALSE(is_producer(std::string(producer_bytes_max + 1, 'x')));
  EXPECT_FALSE(is_producer(""));
  EXPECT_FALSE(is_producer("gw:1"));
  EXPECT_FALSE(is_numbered_name(""));
  EXPECT_FALSE(is_producer("gw 1"));
}

TEST(Producers, OfALedgerLaidOverAnotherLeaveThatAlone) {
  Desk desk(start);
  ASSERT_EQ(ask(desk, batch("gw", 1, 1)), "done");
  const std::string before = desk.ledger().digest();
  EXPECT_EQ(desk.dry_run("", batch("gw", 1, 2)).size(), 1U);
  EXPECT_EQ(desk.dry_run("", batch("new", 1, 1)).size(), 1U);
  EXPECT_TRUE(desk.dry_run("", batch("gw", 1, 1)).empty());
  EXPECT_EQ(desk.ledger().digest(), before);
  Ledger over(Ledger::Over{desk.ledger()});
  over.apply({Sequence{2}, start, Input{{}, {}, batch("gw", 1, 2)}, Done{}, {}});
  EXPECT_EQ(over.producers().find("gw", start)->last, 2U);
  EXPECT_EQ(over.producers().find("gw", start)->batch(1)->first, Sequence{1});
}

TEST(Producers, CountInTheDigest) {
  const auto digest_with = [](const BatchTaken& taken) {
    Desk desk(start);
    EXPECT_EQ(ask(desk, taken), "done");
    return desk.ledger().digest();
  };
  const std::string one = digest_with(batch("gw", 1, 1));
  EXPECT_EQ(digest_with(batch("gw", 1, 1)), one);
  EXPECT_NE(digest_with(batch("gx", 1, 1)), one);
  EXPECT_NE(digest_with(batch("gw", 2, 1)), one);
  EXPECT_NE(digest_with(batch("gw", 1, 1, 5)), one);
}

// What R128 to R130 say, as naively as it can be said.
struct NaiveProducer {
  std::uint64_t epoch = 0;
  std::map<std::uint64_t, std::uint64_t> taken{};  // of this epoch: number, digest
  Instant last_at{};

  std::string answer(const BatchTaken& asked, Instant at) {
    if (epoch != 0 && at - last_at >= producer_memory) *this = {};
    if (asked.epoch < epoch) return "stale_epoch";
    if (asked.epoch == epoch && asked.number <= taken.size()) {
      if (taken.size() - asked.number >= producer_batches_max) return "too_old";
      return taken[asked.number] == asked.digest ? "duplicate" : "conflict";
    }
    const std::uint64_t expected = asked.epoch == epoch ? taken.size() + 1 : 1;
    if (asked.number != expected) return "gap";
    if (asked.epoch > epoch) taken.clear();
    epoch = asked.epoch;
    taken[asked.number] = asked.digest;
    last_at = at;
    return "done";
  }
};

TEST(Producers, AnswerAsANaiveModelDoes) {
  std::mt19937_64 rng(20261122);
  std::map<std::string, int> answers;
  for (int life = 0; life < 30; ++life) {
    Desk desk(start);
    std::map<std::string, NaiveProducer> model;
    for (int step = 0; step < 8'000; ++step) {
      const std::string name = "p" + std::to_string(rng() % 3);
      NaiveProducer& naive = model[name];
      if (rng() % 1'500 == 0) desk.advance(desk.now() + days(80 + rng() % 20));
      const std::uint64_t current = std::max<std::uint64_t>(naive.epoch, 1);
      const std::uint64_t last = naive.taken.size();
      BatchTaken asked = batch(name, current, last + 1);
      switch (rng() % 16) {  // mostly the next
        case 0: asked.number = 1 + rng() % (last + 1); break;
        case 1: asked.number = last + 1 + rng() % 3; break;
        case 2: asked.epoch = 1 + rng() % current; break;
        case 3:
          if (rng() % 20 == 0) asked = batch(name, current + rng() % 3, 1);
          break;
        default: break;
      }
      asked.digest = asked.number * 10 + (rng() % 8 == 0 ? 1 : 0);
      const std::string wanted = naive.answer(asked, desk.now());
      ASSERT_EQ(ask(desk, asked), wanted) << "life " << life << " step " << step;
      ++answers[wanted];
    }
    ASSERT_EQ(replayed(desk.entries())->digest(), desk.ledger().digest());
  }
  for (const char* answer : {"done", "duplicate", "conflict", "gap", "stale_epoch", "too_old"})
    EXPECT_GT(answers[answer], 20) << answer;
}

}  // namespace
}  // namespace packledger
