#include "app/free_space.hpp"

#include <gmock/gmock.h>

namespace packledger {
namespace {

using testing::HasSubstr;
using testing::Not;

struct FreeSpaceTest : testing::Test {
  std::optional<std::uint64_t> free = 10'000;
  FreeSpace space{"data", 800, [this](const std::string&) { return free; }};

  bool short_at(std::optional<std::uint64_t> bytes) {
    free = bytes;
    space.look();
    return space.is_short();
  }
};

TEST_F(FreeSpaceTest, IsShortBelowTheReserveUntilWellAboveIt) {
  EXPECT_FALSE(space.is_short());
  EXPECT_FALSE(short_at(800));
  EXPECT_TRUE(short_at(799));
  EXPECT_TRUE(short_at(899));
  EXPECT_FALSE(short_at(900));
  EXPECT_FALSE(short_at(801));
  EXPECT_TRUE(short_at(0));
}

TEST_F(FreeSpaceTest, IsNotShortWhereTheSystemDoesNotTell) {
  EXPECT_TRUE(short_at(1));
  EXPECT_FALSE(short_at(std::nullopt));
  EXPECT_TRUE(space.has_room(1'000'000));
  EXPECT_THAT(space.metrics(), Not(HasSubstr("storage_free_bytes")));
}

TEST_F(FreeSpaceTest, HasRoomForWhatLeavesTheReserve) {
  EXPECT_FALSE(short_at(1'000));
  EXPECT_TRUE(space.has_room(200));
  EXPECT_FALSE(space.has_room(201));
  EXPECT_TRUE(short_at(700));
  EXPECT_FALSE(space.has_room(0));
}

TEST_F(FreeSpaceTest, TellsInTheMetrics) {
  EXPECT_THAT(space.metrics(), HasSubstr("packledger_storage_free_bytes 10000\n"));
  EXPECT_THAT(space.metrics(), HasSubstr("packledger_storage_full 0\n"));
  EXPECT_TRUE(short_at(5));
  EXPECT_THAT(space.metrics(), HasSubstr("packledger_storage_full 1\n"));
}

TEST(FreeSpace, WithoutAReserveIsNeverShort) {
  FreeSpace space{"data", 0, [](const std::string&) { return 0; }};
  space.look();
  EXPECT_FALSE(space.is_short());
}

TEST(FreeSpace, AsksTheSystem) {
  FreeSpace space{"/", 1};
  EXPECT_THAT(space.metrics(), HasSubstr("packledger_storage_free_bytes"));
  FreeSpace nowhere{"/no/such/directory", 1};
  EXPECT_FALSE(nowhere.is_short());
}

}  // namespace
}  // namespace packledger
