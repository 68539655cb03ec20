// Few and Name: they behave as a std::vector and a std::string would, in place or not.
#include "packledger/ledger/few.hpp"

#include "packledger/ledger/name.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace packledger {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

TEST(Few, KeepsItsOrderInPlaceAndBeyond) {
  Few<int, 2> few;
  std::vector<int> many;
  for (int i = 0; i < 7; ++i) {
    few.push_back(i);
    many.push_back(i);
    EXPECT_THAT(few, ElementsAreArray(many));
    EXPECT_EQ(few.back(), i);
  }
  few.erase(few.begin() + 1, few.begin() + 5);
  EXPECT_THAT(few, ElementsAre(0, 5, 6));
  few.resize(1);
  EXPECT_THAT(few, ElementsAre(0));
  few.resize(3);
  EXPECT_THAT(few, ElementsAre(0, 0, 0));
  few.clear();
  EXPECT_TRUE(few.empty());
  few.push_back(9);
  EXPECT_THAT(few, ElementsAre(9));
}

TEST(Few, IsCopiedAndMovedWhole) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{5}}) {
    const std::vector<int> values(size, 4);
    Few<int, 2> first{values};
    const Few<int, 2> copy = first;
    EXPECT_EQ(copy, first);
    const Few<int, 2> moved = std::move(first);
    EXPECT_EQ(moved, copy);
    first = copy;
    EXPECT_THAT(first, ElementsAreArray(values));
  }
}

TEST(Few, DiffersByLengthAndByValue) {
  EXPECT_NE((Few<int, 2>{1, 2}), (Few<int, 2>{1}));
  EXPECT_NE((Few<int, 2>{1, 2, 3}), (Few<int, 2>{1, 2, 4}));
  EXPECT_EQ((Few<int, 2>{1, 2, 3}), (Few<int, 2>{1, 2, 3}));
}

TEST(FewDeath, KnowsItsBounds) {
  EXPECT_DEATH(static_cast<void>(Few<int, 2>{1}[1]), "that many values");
}

TEST(Name, HoldsUpToItsBound) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, name_bytes_max}) {
    const std::string text(size, 'x');
    const Name name{text};
    EXPECT_EQ(name.view(), text);
    EXPECT_EQ(name.size(), size);
    EXPECT_EQ(name.empty(), size == 0);
  }
  EXPECT_LT(Name{"a"}, Name{"b"});
  EXPECT_LT(Name{"a"}, Name{"aa"});
  EXPECT_NE(Name{"a"}, Name{"aa"});
}

TEST(NameDeath, RefusesMore) {
  EXPECT_DEATH(Name{std::string(name_bytes_max + 1, 'x')}, "no longer than names may be");
}

}  // namespace
}  // namespace packledger
