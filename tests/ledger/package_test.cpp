// The order of use: a strict total order within one account (rules §5 R46).
#include "packledger/ledger/package.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

namespace packledger {
namespace {

constexpr Country thailand{{'T', 'H'}};

PackageTerms terms(std::uint64_t id, std::int32_t priority, bool everywhere, std::int64_t start,
                   std::int64_t end) {
  PackageTerms made;
  made.id = PackageId{id};
  made.priority = priority;
  if (!everywhere) made.scope.destinations.countries = {thailand};
  made.effective_at = Instant{start};
  made.expires_at = Instant{end};
  return made;
}

// Few values of each, so that ties are common.
std::vector<PackageTerms> some_terms(std::uint64_t seed, std::size_t count) {
  std::mt19937_64 random{seed};
  const auto pick = [&](std::uint64_t n) { return static_cast<std::int64_t>(random() % n); };
  std::vector<PackageTerms> all;
  for (std::size_t i = 1; i <= count; ++i) {
    const std::int64_t start = pick(3) * 10;
    all.push_back(terms(i, static_cast<std::int32_t>(50 + pick(3)), pick(2) == 0, start,
                        start + 1 + pick(3) * 10));
  }
  std::ranges::shuffle(all, random);
  return all;
}

TEST(Package, IsPaidAndExpiredByItsState) {
  const auto facts = [](PackageState state) {
    Package package;
    package.state = state;
    return std::pair{package.paid(), package.expired()};
  };
  using enum PackageState;
  for (const PackageState state : {pending_payment, cancelled})
    EXPECT_EQ(facts(state), std::pair(false, false)) << state_text(state);
  for (const PackageState state : {scheduled, active, used_up, refunded})
    EXPECT_EQ(facts(state), std::pair(true, false)) << state_text(state);
  for (const PackageState state : {expired_grace, expired_retention, released})
    EXPECT_EQ(facts(state), std::pair(true, true)) << state_text(state);
}

class Order : public testing::TestWithParam<DeductionOrder> {};

TEST_P(Order, IsStrictAndTotal) {
  const auto all = some_terms(1, 60);
  const auto before = [&](const PackageTerms& a, const PackageTerms& b) {
    return burns_before(a, b, GetParam());
  };
  for (const PackageTerms& a : all) {
    EXPECT_FALSE(before(a, a));
    for (const PackageTerms& b : all) {
      if (a.id == b.id) continue;
      EXPECT_NE(before(a, b), before(b, a));
      for (const PackageTerms& c : all) {
        if (before(a, b) && before(b, c)) EXPECT_TRUE(before(a, c));
      }
    }
  }
}

TEST_P(Order, DoesNotDependOnWhereTheyStood) {
  auto once = some_terms(2, 200);
  auto again = some_terms(2, 200);
  std::ranges::reverse(again);
  const auto before = [&](const PackageTerms& a, const PackageTerms& b) {
    return burns_before(a, b, GetParam());
  };
  std::ranges::sort(once, before);
  std::ranges::sort(again, before);
  EXPECT_TRUE(std::ranges::equal(once, again, {}, &PackageTerms::id, &PackageTerms::id));
}

INSTANTIATE_TEST_SUITE_P(Both, Order,
                         testing::Values(DeductionOrder::effective_first,
                                         DeductionOrder::expiry_first));

TEST(Order, AsksInTurn) {
  const auto first = DeductionOrder::effective_first;
  const auto expiry = DeductionOrder::expiry_first;
  // Priority before all, the country before the start.
  EXPECT_TRUE(burns_before(terms(9, 50, true, 90, 99), terms(1, 51, false, 0, 1), first));
  EXPECT_TRUE(burns_before(terms(9, 50, false, 90, 99), terms(1, 50, true, 0, 1), first));
  // The start before the end, or the end before the start.
  EXPECT_TRUE(burns_before(terms(9, 50, true, 0, 99), terms(1, 50, true, 1, 2), first));
  EXPECT_FALSE(burns_before(terms(9, 50, true, 0, 99), terms(1, 50, true, 1, 2), expiry));
  // Equal starts: the end. Equal ends: the start. Equal both: the purchase.
  EXPECT_TRUE(burns_before(terms(9, 50, true, 0, 1), terms(1, 50, true, 0, 2), first));
  EXPECT_TRUE(burns_before(terms(9, 50, true, 0, 9), terms(1, 50, true, 1, 9), expiry));
  EXPECT_TRUE(burns_before(terms(1, 50, true, 0, 9), terms(2, 50, true, 0, 9), first));
  EXPECT_TRUE(burns_before(terms(1, 50, true, 0, 9), terms(2, 50, true, 0, 9), expiry));
}

TEST(Package, SaysWhenItsUnitsDoNotAddUp) {
  Package package;
  package.terms.quota = Units{10};
  package.state = PackageState::active;
  package.remaining = Units{9};
  EXPECT_DEATH(ensure_conserved(package), "");
  package.used = Units{2};
  package.forfeited = Units{-1};
  EXPECT_DEATH(ensure_conserved(package), "");
}

}  // namespace
}  // namespace packledger
