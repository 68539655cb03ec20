// What the row of an account is made of: values that few have, that many have alike, and names.
#include "packledger/ledger/account_name.hpp"
#include "packledger/ledger/accounts.hpp"
#include "packledger/ledger/few.hpp"
#include "packledger/ledger/mostly_default.hpp"
#include "packledger/ledger/places_by_name.hpp"
#include "packledger/ledger/shared.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace packledger {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

TEST(MostlyDefault, ReadsAsItsDefaultUntilItIsChanged) {
  MostlyDefault<std::vector<int>> some;
  EXPECT_TRUE(some->empty());
  some.change().push_back(3);
  EXPECT_THAT(*some, ElementsAre(3));
  MostlyDefault<std::vector<int>> copy = some;
  copy.change().push_back(4);
  EXPECT_THAT(*some, ElementsAre(3));
  EXPECT_THAT(*copy, ElementsAre(3, 4));
  some = std::move(copy);
  EXPECT_THAT(*some, ElementsAre(3, 4));
  some.reset();
  EXPECT_TRUE(some->empty());
}

TEST(Alike, KeepsEqualValuesOnce) {
  Alike<std::string> alike;
  const Shared<std::string> first = alike.of("same");
  EXPECT_EQ(&*alike.of("same"), &*first);
  EXPECT_NE(&*alike.of("other"), &*first);
  EXPECT_EQ(*alike.of("other"), "other");
  // Of too many it forgets the oldest; whoever has it keeps it.
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(*alike.of(std::to_string(i)), std::to_string(i));
  EXPECT_EQ(*first, "same");
  EXPECT_EQ(*alike.of("same"), "same");
  EXPECT_EQ(*Shared<std::string>{}, "");
}

TEST(PlacesByName, FindsFewAndMany) {
  std::vector<std::string> names;
  const auto name_of = [&names](std::size_t place) -> const std::string& { return names[place]; };
  PlacesByName places;
  for (std::size_t count = 1; count <= 40; ++count) {
    names.push_back("n" + std::to_string(count));
    places.grown(names.size(), name_of);
    for (std::size_t place = 0; place < names.size(); ++place)
      EXPECT_EQ(places.find(names[place], names.size(), name_of), place);
    EXPECT_FALSE(places.find("n0", names.size(), name_of));
  }
  PlacesByName at_once;
  at_once.grown(names.size(), name_of);
  EXPECT_EQ(at_once.find("n40", names.size(), name_of), 39U);
}

TEST(Few, TakesAValueAnywhere) {
  Few<int, 2> few;
  std::vector<int> many;
  for (int i = 0; i < 6; ++i) {
    const int place = i / 2;
    few.insert(few.begin() + place, i);
    many.insert(many.begin() + place, i);
    EXPECT_THAT(few, ElementsAreArray(many));
  }
  few.erase(few.begin() + 1);
  many.erase(many.begin() + 1);
  EXPECT_THAT(few, ElementsAreArray(many));
}

TEST(AccountName, HasTheHashOfItsText) {
  AccountName name{"acme"};
  EXPECT_EQ(name.hash(), account_hash("acme"));
  EXPECT_EQ(name, AccountName{std::string{"acme"}});
  name.assign("beta");
  EXPECT_EQ(name.view(), "beta");
  EXPECT_EQ(name.hash(), account_hash("beta"));
  EXPECT_NE(name, AccountName{"acme"});
  EXPECT_EQ(AccountName{}.hash(), account_hash(""));
}

TEST(Accounts, ShareTheSettingsThatAreEqual) {
  Accounts accounts;
  for (const char* name : {"a", "b", "c"}) {
    Account account;
    account.id = AccountId{accounts.count() + 1};
    account.name = name;
    AccountSettings settings;
    settings.late_window = hours(*name == 'c' ? 1 : 2);
    account.settings = settings;
    accounts.add(std::move(account));
  }
  const auto settings_of = [&](const char* name) {
    return &*accounts.at(*accounts.find(AccountName{name})).settings;
  };
  EXPECT_EQ(settings_of("a"), settings_of("b"));
  EXPECT_EQ(settings_of("c")->late_window, hours(1));
  EXPECT_FALSE(accounts.find("d"));
  EXPECT_FALSE(accounts.find(std::string(100, 'a')));
}

}  // namespace
}  // namespace packledger
