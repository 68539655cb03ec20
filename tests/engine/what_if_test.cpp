// A journal decided anew: without a policy it comes to the same, with one to what the examples say;
// and what is summed up from entries is what the ledgers say, to the last micro-unit.
#include "packledger/engine/what_if.hpp"

#include "tests/engine/fixture.hpp"
#include "tests/engine/mainland.hpp"
#include "tests/ledger/lives.hpp"

#include <gtest/gtest.h>

namespace packledger {
namespace {

std::unique_ptr<WhatIf> walked(std::span<const Entry> entries, Policy policy = {}) {
  auto walk = std::make_unique<WhatIf>(std::move(policy));
  for (const Entry& entry : entries) walk->take(entry);
  EXPECT_FALSE(walk->mistaken());
  return walk;
}

TEST(WhatIf, ComesToTheSameWithoutAPolicy) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto walk = walked(entries_of({.seed = seed, .accounts = 3, .steps = 900}));
    const WhatIf::State& state = walk->state();
    EXPECT_EQ(state.otherwise->digest(), state.as_decided->digest());
    EXPECT_TRUE(state.refused.empty());
    for (const WhatIf::Row& row : state.rows) EXPECT_EQ(row.as_decided, row.otherwise);
  }
}

TEST(WhatIf, AddsUpUnderAnyPolicy) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const std::vector<Entry> entries = entries_of({.seed = seed, .accounts = 3, .steps = 900});
    Policy policy;
    policy.settings.order =
        seed % 2 == 0 ? DeductionOrder::expiry_first : DeductionOrder::effective_first;
    if (seed % 3 == 0) policy.settings.late_window = Duration{};
    if (seed % 4 == 0) policy.settings.prepaid_strict = true;
    if (seed % 5 == 0) policy.book = mainland_book();
    if (policy.book) policy.book->effective_from = Instant{};
    walked(entries, policy);
  }
}

// A package of 1,000, an alarm below 200, and money for what is beyond.
struct Journal {
  World world;

  Journal() {
    open_mainland_account(world, "acme", Money{30'000'000});
    grant_mainland(world, "acme", "P", 1'000, world.clock.time + days(300));
    (void)world.ask("acme", AlarmRuleSet{total_below("low", 200)});
  }
  [[nodiscard]] WhatIf::Row row_under(Policy policy) const {
    return walked(world.outlet.told, std::move(policy))->state().rows.at(0);
  }
};

TEST(WhatIf, ChargesAtOtherPrices) {
  Journal journal;
  (void)journal.world.send({mainland_send("acme", "s1", 900), mainland_send("acme", "s2", 300)});
  Policy policy;
  policy.book = mainland_book();
  policy.book->tariffs[0].tiers[0].price = Price{50'000};
  const WhatIf::Row row = journal.row_under(policy);
  EXPECT_EQ(row.as_decided.charged, Money{13'000'000});  // 200 at 0.065
  EXPECT_EQ(row.otherwise.charged, Money{10'000'000});   // 200 at 0.05
  EXPECT_EQ(row.otherwise.package_units, Units{1'000});
  EXPECT_EQ(row.as_decided.alarms, 1U);
  EXPECT_EQ(row.otherwise.alarms, 1U);
}

TEST(WhatIf, ReplacesOnlyBooksFromItsStartOn) {
  Journal journal;  // its book is in force from 1970 on
  (void)journal.world.send({mainland_send("acme", "s1", 1'100)});
  journal.world.clock.time = journal.world.clock.time + days(2);
  (void)journal.world.send({mainland_send("acme", "s2", 100)});
  Policy policy;
  policy.book = mainland_book();
  policy.book->tariffs[0].tiers[0].price = Price{10'000};
  policy.book->effective_from = journal.world.clock.time - days(1);
  const WhatIf::Row row = journal.row_under(policy);
  EXPECT_EQ(row.as_decided.charged, Money{13'000'000});
  EXPECT_EQ(row.otherwise.charged, Money{7'500'000});  // 100 at 0.065, 100 at 0.01
}

TEST(WhatIf, ForfeitsOtherUnitsInAnotherOrder) {
  Journal journal;  // P lasts for 300 days
  grant_mainland(journal.world, "acme", "Q", 500, journal.world.clock.time + days(10));
  (void)journal.world.send({mainland_send("acme", "s1", 400)});
  journal.world.clock.time = journal.world.clock.time + days(11);
  (void)journal.world.engine.turn();
  Policy policy;
  policy.settings.order = DeductionOrder::expiry_first;
  const WhatIf::Row row = journal.row_under(policy);
  EXPECT_EQ(row.otherwise.forfeited, Units{100});
  policy.settings.order = DeductionOrder::effective_first;
  EXPECT_EQ(journal.row_under(policy).otherwise, row.as_decided);
}

TEST(WhatIf, ChargesLateSendsWhereTheWindowIsShorter) {
  World world;
  open_mainland_account(world, "acme", Money{30'000'000});
  grant_mainland(world, "acme", "Q", 500, world.clock.time + days(10));
  world.clock.time = world.clock.time + days(11);
  SendAsked late = mainland_send("acme", "late", 100);
  late.send.occurred_at = world.clock.time - days(2);
  (void)world.send({late});
  Policy policy;
  policy.settings.late_window = hours(1);
  const WhatIf::Row row = walked(world.outlet.told, policy)->state().rows.at(0);
  EXPECT_EQ(row.as_decided.charged, Money{});
  EXPECT_EQ(row.as_decided.package_units, Units{100});
  EXPECT_EQ(row.otherwise.charged, Money{6'500'000});
  EXPECT_EQ(row.otherwise.package_units, Units{});
}

TEST(WhatIf, CountsWhatWouldHaveBeenRefused) {
  Journal journal;
  (void)journal.world.send({mainland_send("acme", "s1", 1'900)});  // 58.5 with 30 in the account
  (void)journal.world.ask("acme", FundsCredited{.amount = Money{50'000'000}, .reason = {}});
  Policy policy;
  policy.settings.prepaid_strict = true;
  const auto walk = walked(journal.world.outlet.told, policy);
  const WhatIf::Row& row = walk->state().rows.at(0);
  EXPECT_EQ(row.as_decided.suspensions, 1U);
  EXPECT_EQ(row.otherwise.suspensions, 0U);
  EXPECT_EQ(row.otherwise.refused, 1U);
  EXPECT_EQ(walk->state().refused.at(Reject::insufficient_balance), 1U);
  EXPECT_EQ(walk->state().otherwise->accounts().at(AccountId{1}).balance, Money{80'000'000});
}

}  // namespace
}  // namespace packledger
