// The ledger with an archive for its sends and without: the same answers and the same digest,
// however slow the archive is and whatever it fails to keep.
#include "ledger/packed_send.hpp"
#include "packledger/ledger/ledger.hpp"
#include "packledger/ledger/ledger_image.hpp"
#include "tests/ledger/lives.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <random>
#include <ranges>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace packledger {
namespace {

// In memory; takes its time, and fails now and then.
class SlowArchive final : public SendArchive {
 public:
  explicit SlowArchive(std::uint64_t seed) : chance_{seed} {}

  void put(const SendGeneration& generation, std::span<const std::string_view> chunks) override {
    ASSERT_NE(progress_, Progress::busy);
    putting_ = {.says = generation, .bytes = {}};
    for (const std::string_view chunk : chunks) putting_.bytes += chunk;
    progress_ = Progress::busy;
    patience_ = chance_() % 20;
  }
  Progress progress() override {
    if (progress_ == Progress::busy && patience_-- == 0) finish();
    return progress_;
  }
  void finish() override {
    if (progress_ != Progress::busy) return;
    if (chance_() % 5 == 0) {
      progress_ = Progress::failed;
      ++failed;
      return;
    }
    kept_.push_back(std::move(putting_));
    progress_ = Progress::kept;
    ++kept;
  }
  bool take(const SendGeneration& generation) override {
    for (Kept& one : cleared_) {
      if (one.says != generation) continue;
      kept_.push_back(std::move(one));
      return true;
    }
    return false;
  }
  void drop(Sequence last) override {
    while (!kept_.empty() && kept_.front().says.last <= last) kept_.pop_front();
  }
  void clear() override {
    for (Kept& one : kept_) cleared_.push_back(std::move(one));
    kept_.clear();
  }
  void prefetch(const SendKey&) const override {}
  bool find(const SendKey& key, std::string_view send, std::string& body) const override {
    for (const Kept& one : kept_ | std::views::reverse) {
      bool here = false;
      for (std::string_view rest = one.bytes; !rest.empty();) {
        const auto packed = packed_body(rest);
        const auto head = packed_head(packed->body);
        if (head->account == key.account && head->send == send) {
          body = packed->body;
          here = true;
        }
        rest.remove_prefix(packed->bytes);
      }
      if (here) ++found;
      if (here) return true;
    }
    return false;
  }

  int kept = 0;
  int failed = 0;
  mutable int found = 0;

 private:
  struct Kept {
    SendGeneration says;
    std::string bytes;
  };
  std::mt19937_64 chance_;
  Progress progress_ = Progress::kept;
  std::uint64_t patience_ = 0;
  Kept putting_;
  std::deque<Kept> kept_;
  std::vector<Kept> cleared_;
};

bool asks_for_sends(const Entry& entry) {
  return std::holds_alternative<SendRecorded>(entry.input.what) ||
         std::holds_alternative<SendReversed>(entry.input.what);
}

void expect_same(const Result<Decision, Refusal>& one, const Result<Decision, Refusal>& other) {
  ASSERT_EQ(one.has_value(), other.has_value());
  if (one) {
    ASSERT_EQ(*one, *other);
  } else {
    ASSERT_EQ(one.error().reject, other.error().reject);
    ASSERT_EQ(one.error().field, other.error().field);
    ASSERT_EQ(one.error().first, other.error().first);
  }
}

TEST(SendArchive, ChangesNoAnswerAndNoDigest) {
  int kept = 0;
  int failed = 0;
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SlowArchive archive{seed};
    std::mt19937_64 chance{seed};
    const SendLimits limits{.generation_records_max = 1 + chance() % 8,
                            .chunk_bytes = 200,
                            .memory_bytes_max = 300 + chance() % 3'000,
                            .archive = &archive};
    Ledger plain;
    Ledger bounded{limits};
    std::vector<Input> asked;
    for (const Entry& entry : entries_of({.seed = seed, .accounts = 3, .steps = 900})) {
      const Instant at = entry.recorded_at;
      expect_same(bounded.decide(entry.input, at), plain.decide(entry.input, at));
      if (!asked.empty()) {
        const Input& again = asked[chance() % asked.size()];
        expect_same(bounded.decide(again, at), plain.decide(again, at));
        Ledger over{Ledger::Over{bounded}};
        expect_same(over.decide(again, at), plain.decide(again, at));
      }
      if (asks_for_sends(entry)) asked.push_back(entry.input);
      plain.apply(entry);
      bounded.apply(entry);
      if (entry.sequence.value % 20 == 0) ASSERT_EQ(bounded.digest(), plain.digest());
    }
    ASSERT_EQ(bounded.digest(), plain.digest());
    std::vector<std::pair<SendPortionKind, std::string>> portions;
    bounded.sends().save(bounded.recorded_at(), [&portions](const SendPortion& portion) {
      portions.emplace_back(portion.kind, std::string{portion.bytes});
    });
    SeenSends without;
    SeenSends again{limits};  // takes the archive over
    bool archived = false;
    for (const auto& [kind, bytes] : portions) {
      ASSERT_TRUE(again.load({.kind = kind, .bytes = bytes}));
      archived = archived || kind == SendPortionKind::archived;
      if (kind == SendPortionKind::archived)
        EXPECT_FALSE(without.load({.kind = kind, .bytes = bytes}));
    }
    EXPECT_EQ(again.sum(plain.recorded_at()), plain.sends().sum(plain.recorded_at()));
    for (const Input& input : asked) {
      const auto* send = std::get_if<SendRecorded>(&input.what);
      if (send == nullptr) continue;
      const auto one = again.find(input.account, send->send, plain.recorded_at());
      const auto other = plain.sends().find(input.account, send->send, plain.recorded_at());
      ASSERT_EQ(one.has_value(), other.has_value());
      if (one) ASSERT_EQ(one->sequence, other->sequence);
      if (one) ASSERT_EQ(one->reversed(), other->reversed());
    }
    kept += archive.kept;
    failed += archive.failed;
    found += archive.found;
  }
  EXPECT_GT(kept, 100);
  EXPECT_GT(failed, 10);
  EXPECT_GT(found, 100);
}

// What was restored without an archive has the limits of the ledger that it becomes.
TEST(SendArchive, TakesWhatWasHandedOver) {
  SlowArchive archive{1};
  Ledger from;
  for (const Entry& entry : entries_of({.seed = 2, .accounts = 2, .steps = 300})) from.apply(entry);
  const std::string digest = from.digest();
  Ledger to{{.generation_records_max = 5, .memory_bytes_max = 100, .archive = &archive}};
  LedgerImage::hand_over(from, to);
  EXPECT_EQ(to.digest(), digest);
  EXPECT_EQ(to.sends().limits().archive, &archive);
  EXPECT_EQ(to.sends().limits().memory_bytes_max, 100U);
}

}  // namespace
}  // namespace packledger
