// The storm: very many packages end at the same instant, with alarms and renewals, while sends
// arrive. Everything fires once, in order, in turns of bounded length, and the senders are served
// right behind it.
#include "tests/engine/mainland.hpp"

#include <gtest/gtest.h>

#include <map>
#include <tuple>

namespace packledger {
namespace {

constexpr std::size_t storm = 100'000;
constexpr std::int64_t quota_each = 50;

// Grants go in by the thousand per turn.
void grant_all(World& world, std::size_t accounts, std::size_t each, Instant end) {
  std::vector<CommandAnswer> answers(accounts * each);
  std::size_t n = 0;
  for (std::size_t package = 0; package < each; ++package) {
    for (std::size_t account = 0; account < accounts; ++account) {
      world.put("a" + std::to_string(account),
                mainland_grant("P" + std::to_string(package), quota_each, end), answers[n++]);
    }
  }
  while (!world.inbox.empty()) ASSERT_TRUE(world.engine.turn());
  for (const CommandAnswer& answer : answers) ASSERT_TRUE(answer.has_value());
}

// Expiries by instant and account and package; what follows from each right behind it.
void expect_order(const std::vector<Entry>& told) {
  using Place = std::tuple<Instant, AccountId, PackageId>;
  Place last{};
  Sequence cause;
  for (const Entry& entry : told) {
    const auto* expired = std::get_if<PackageExpired>(&entry.input.what);
    if (expired != nullptr) {
      const Place place{expired->due, entry.input.account, expired->package};
      ASSERT_LT(last, place);
      last = place;
    }
    if (entry.caused_by.value == 0) {
      cause = entry.sequence;
    } else {
      ASSERT_GE(entry.caused_by, cause);
    }
  }
}

void live_through(std::size_t accounts) {
  const std::size_t each = storm / accounts;
  World world;
  const Instant end = world.clock.time + days(30);
  const Money funds{1'000'000'000'000};
  for (std::size_t i = 0; i < accounts; ++i) {
    const std::string name = "a" + std::to_string(i);
    open_mainland_account(world, name, funds);
    (void)world.ask(name, AlarmRuleSet{total_below("low", 1'000)});
  }
  grant_all(world, accounts, each, end);
  for (std::size_t i = 0; i < accounts; ++i)
    (void)world.ask("a" + std::to_string(i), RenewalRuleSet{renewal_at(500, 10'000)});
  world.clock.time = end - Duration{1};  // the reminders come and go
  while (*world.engine.next_due() < end) ASSERT_TRUE(world.engine.turn());
  world.outlet.told.clear();
  world.diary.clear();

  world.clock.time = end;
  std::size_t served = 0;
  for (std::size_t i = 0; i < 1'000; ++i) {
    const std::string account = "a" + std::to_string(i % accounts);
    SendBatch batch{.sends = {mainland_send(account, "s" + std::to_string(i), 1)},
                    .dry_run = false,
                    .reply = [&](const SendsAnswered& answered) {
                      const std::vector<SendTold> answers = told_of(answered);
                      ASSERT_FALSE(answers.front().refusal);
                      // All that ended is gone: the renewal pays.
                      ASSERT_EQ(answers.front().decision.lines.size(), 1U);
                      ++served;
                    }};
    (void)world.inbox.put(Request{std::move(batch)});
  }
  std::size_t turns = 0;
  while (!world.inbox.empty()) {
    const std::size_t before = world.outlet.told.size();
    ASSERT_TRUE(world.engine.turn());
    // A turn is bounded: its timers, each with the few things that may follow, and a batch.
    EXPECT_LE(world.outlet.told.size() - before,
              4 * world.limits.timers_per_turn_max + world.limits.batch_entries_max);
    ++turns;
  }
  EXPECT_EQ(served, 1'000U);
  EXPECT_LE(turns, storm / world.limits.timers_per_turn_max + 2);

  expect_order(world.outlet.told);
  std::map<std::string_view, std::size_t> count;
  for (const Entry& entry : world.outlet.told) ++count[kind_text(entry.input.what)];
  EXPECT_EQ(count["package_expired"], storm);
  EXPECT_EQ(count["alarm_raised"], accounts);
  EXPECT_EQ(count["package_renewed"], accounts);
  EXPECT_EQ(count["alarm_cleared"], accounts);
  EXPECT_EQ(count["send_recorded"], 1'000U);
  for (std::size_t i = 1; i <= accounts; ++i)
    ensure_totals(world.ledger.accounts().at(AccountId{i}));

  Ledger again;
  Diary diary;
  DiaryOutlet outlet{diary};
  ASSERT_TRUE(recover(again, world.journal, outlet));
  EXPECT_EQ(again.digest(), world.ledger.digest());
}

TEST(Storm, OfAThousandAccountsIsExactAndServesTheSenders) { live_through(1'000); }

TEST(Storm, OfOneAccountIsExactAndServesTheSenders) { live_through(1); }

}  // namespace
}  // namespace packledger
