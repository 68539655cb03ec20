// What is restored comes in order and once: anything else is refused, so that a damaged snapshot is
// never taken for a ledger. Packed sends are read whole or not at all.
#include "ledger/packed_send.hpp"
#include "packledger/ledger/ledger_image.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {
namespace {

LedgerImage::KeptHold kept(std::uint64_t number, const std::string& name, bool named) {
  LedgerImage::KeptHold one;
  one.hold.sequence = Sequence{number};
  one.hold.asked.hold = name;
  one.named = named;
  return one;
}

TEST(LedgerImage, TakesKeysProducersAndTimersInRisingOrder) {
  Ledger ledger;
  LedgerImage image{ledger};
  EXPECT_TRUE(image.remember({AccountId{1}, "b"}, {}));
  EXPECT_FALSE(image.remember({AccountId{1}, "b"}, {}));
  EXPECT_FALSE(image.remember({AccountId{1}, "a"}, {}));
  EXPECT_TRUE(image.add("b", Producer{}));
  EXPECT_FALSE(image.add("b", Producer{}));
  EXPECT_FALSE(image.add("a", Producer{}));
  const Timer timer{Instant{5}, TimerKind::expire, AccountId{1}, 1};
  EXPECT_TRUE(image.set(timer));
  EXPECT_FALSE(image.set(timer));
}

TEST(LedgerImage, TakesHoldsInRisingOrderEachNameForOne) {
  const auto restored = [](std::vector<LedgerImage::KeptHold> all,
                           const LedgerImage::Forgettable& forgettable) {
    Holds holds;
    return LedgerImage::restore(holds, std::move(all), forgettable);
  };
  EXPECT_TRUE(restored({kept(1, "a", false), kept(2, "a", true)}, {{Instant{9}, Sequence{1}}}));
  // One whose name nobody stands for is forgotten like any other.
  Holds holds;
  EXPECT_TRUE(LedgerImage::restore(holds, {kept(1, "a", false)}, {{Instant{9}, Sequence{1}}}));
  holds.forget(Instant{9});
  EXPECT_TRUE(holds.empty());
  EXPECT_FALSE(restored({kept(2, "a", true), kept(1, "b", true)}, {}));
  EXPECT_FALSE(restored({kept(1, "a", true), kept(2, "a", true)}, {}));
  EXPECT_FALSE(restored({kept(1, "a", true)}, {{Instant{9}, Sequence{2}}}));
}

// A name that is used again stands for the later hold.
TEST(LedgerImage, TellsWhichHoldAName) {
  Holds holds;
  const Hold first = kept(1, "a", true).hold;
  const Hold second = kept(2, "a", true).hold;
  EXPECT_FALSE(LedgerImage::is_named(holds, first));
  holds.place(first);
  EXPECT_TRUE(LedgerImage::is_named(holds, first));
  holds.end("a", HoldState::released, Instant{0});
  holds.place(second);
  EXPECT_FALSE(LedgerImage::is_named(holds, first));
  EXPECT_TRUE(LedgerImage::is_named(holds, second));
  EXPECT_EQ(holds.find(Sequence{3}), nullptr);
  // The first is forgotten, and its name still stands for the second.
  holds.forget(Instant{} + hold_memory);
  EXPECT_EQ(holds.find(Sequence{1}), nullptr);
  EXPECT_EQ(holds.find("a", Instant{})->sequence, Sequence{2});
}

std::string packed(const SendTaken& send) {
  std::string bytes(packed_bytes_max(send), '\0');
  bytes.resize(pack(send, bytes.data()));
  return bytes;
}

TEST(PackedSend, IsReadWholeOrNotAtAll) {
  SendRecorded asked;
  asked.send = "s";
  asked.units = Units{7};
  asked.destination = mainland;
  asked.occurred_at = Instant{4};
  const SendDecision decided{.lines = {{PackageId{3}, Units{5}}},
                             .charges = {{Units{2}, Price{9}}},
                             .counter = CounterMove{.month = {},
                                                    .units = Units{7},
                                                    .volume_price = Price{9},
                                                    .adjustment = {},
                                                    .volume_from = {}}};
  const std::string bytes = packed(SendTaken{.account = AccountId{1},
                                             .sequence = Sequence{2},
                                             .recorded_at = Instant{5},
                                             .reversible_until = Instant{8},
                                             .forget_at = Instant{9},
                                             .asked = asked,
                                             .decided = decided});
  const auto whole = packed_body(bytes);
  ASSERT_TRUE(whole.has_value());
  EXPECT_EQ(whole->bytes, bytes.size());
  ASSERT_TRUE(unpacked(whole->body).has_value());
  EXPECT_EQ(unpacked(whole->body)->decided.lines.front().units, Units{5});
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(packed_body(std::string_view{bytes}.substr(0, size)).has_value()) << size;
  for (std::size_t size = 0; size < whole->body.size(); ++size)
    EXPECT_FALSE(unpacked(whole->body.substr(0, size)).has_value()) << size;
  EXPECT_FALSE(unpacked(std::string{whole->body} + '\0').has_value());
  EXPECT_FALSE(packed_head({}).has_value());
  // A number of more than 64 bits.
  EXPECT_FALSE(packed_head(std::string(11, '\x80')).has_value());
}

TEST(PackedSend, AGenerationIsReadWholeOrNotAtAll) {
  SendGeneration generation;
  generation.first = Sequence{1};
  generation.last = Sequence{9};
  generation.records = 4;
  generation.hours = {{-1, {}}, {5, {.records = 4, .low = 1, .high = 2}}};
  std::string bytes;
  pack(generation, bytes);
  ASSERT_TRUE(unpacked_generation(bytes).has_value());
  EXPECT_EQ(unpacked_generation(bytes)->hours, generation.hours);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(unpacked_generation(bytes.substr(0, size)).has_value()) << size;
  EXPECT_FALSE(unpacked_generation(bytes + '\0').has_value());
  EXPECT_FALSE(
      unpacked_generation(std::string(11, '\x80')).has_value());  // a number without an end
  SeenSends without_archive;
  EXPECT_FALSE(without_archive.load({.kind = SendPortionKind::archived, .bytes = bytes}));
  EXPECT_FALSE(without_archive.load({.kind = SendPortionKind::archived, .bytes = "x"}));
  std::ranges::swap(generation.hours.front(), generation.hours.back());
  bytes.clear();
  pack(generation, bytes);
  EXPECT_FALSE(unpacked_generation(bytes).has_value());  // the hours rise
  generation.hours.clear();
  bytes.clear();
  pack(generation, bytes);
  EXPECT_FALSE(unpacked_generation(bytes).has_value());
}

}  // namespace
}  // namespace packledger
