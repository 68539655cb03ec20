// The door to the disk: what is appended where, how the end is told, and that the engine goes on
// deciding while the disk takes its time.
#include "app/commit_thread.hpp"

#include "app/doors.hpp"
#include "packledger/engine/engine.hpp"
#include "store/memory_journal.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>

namespace packledger {
namespace {

constexpr std::chrono::milliseconds deadline{20'000};

// Appends once somebody has let it through; or fails, or throws.
class GatedJournal final : public Journal {
 public:
  enum class Then { append, fail, raise };

  [[nodiscard]] Result<void, Fault> append(Sequence after,
                                           std::span<const Entry> entries) override {
    thread = std::this_thread::get_id();
    gate.acquire();
    if (then == Then::raise) throw std::runtime_error{"no memory"};
    if (then == Then::fail)
      return std::unexpected{Fault{.code = JournalFault::unavailable, .detail = "planted"}};
    return kept_.append(after, entries);
  }
  [[nodiscard]] Result<void, Fault> read(Sequence from, const Visit& visit) const override {
    return kept_.read(from, visit);
  }
  [[nodiscard]] Sequence last() const override { return kept_.last(); }

  std::counting_semaphore<> gate{0};
  Then then = Then::append;
  std::thread::id thread;

 private:
  MemoryJournal kept_;
};

SharedBatch batch_of(std::size_t entries) {
  auto batch = std::make_shared<Batch>();
  for (std::uint64_t n = 1; n <= entries; ++n) {
    batch->entries.push_back({.sequence = Sequence{n},
                              .recorded_at = Instant{1'714'536'000'000},
                              .input = {AccountId{1}, {}, FundsCredited{Money{1}, {}}},
                              .decision = FundsDecision{},
                              .caused_by = {}});
  }
  return batch;
}

struct CommitThreadTest : testing::Test {
  GatedJournal journal;
  std::binary_semaphore woken{0};
  CommitThread commits{journal, [this] { woken.release(); }};

  static constexpr std::size_t large = CommitThread::at_once_max + 1;

  // How a large batch ends once the gate is open.
  Result<void, Fault> end_of_large() {
    commits.start(batch_of(large));
    journal.gate.release();
    EXPECT_TRUE(woken.try_acquire_for(deadline));
    auto ended = commits.ended();
    EXPECT_TRUE(ended);
    return ended.value_or(Result<void, Fault>{});
  }
};

TEST_F(CommitThreadTest, AppendsALargeBatchBesideTheEngineAndWakesIt) {
  commits.start(batch_of(large));
  EXPECT_FALSE(commits.ended());
  EXPECT_FALSE(woken.try_acquire_for(std::chrono::milliseconds{20}));
  journal.gate.release();
  ASSERT_TRUE(woken.try_acquire_for(deadline));
  const auto ended = commits.ended();
  ASSERT_TRUE(ended && ended->has_value());
  EXPECT_EQ(journal.last(), Sequence{large});
  EXPECT_NE(journal.thread, std::this_thread::get_id());
  EXPECT_FALSE(commits.ended());  // it is told once
}

TEST_F(CommitThreadTest, AppendsASmallBatchAtOnce) {
  journal.gate.release();
  commits.start(batch_of(CommitThread::at_once_max));
  const auto ended = commits.ended();
  ASSERT_TRUE(ended && ended->has_value());
  EXPECT_EQ(journal.thread, std::this_thread::get_id());
  EXPECT_FALSE(woken.try_acquire());
}

TEST_F(CommitThreadTest, TellsAFault) {
  journal.then = GatedJournal::Then::fail;
  const auto ended = end_of_large();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().detail, "planted");
}

TEST_F(CommitThreadTest, TellsWhatIsThrownAsAFault) {
  journal.then = GatedJournal::Then::raise;
  const auto ended = end_of_large();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().detail, "an append threw: no memory");
}

// ---- with the engine ----

class StandingClock final : public Clock {
 public:
  Instant now() override { return Instant{1'714'536'000'000}; }
};

class CountingOutlet final : public Outlet {
 public:
  void committed(Committed told) override {
    if (told.batch != nullptr) entries += told.batch->entries.size();
    for (Answer& answer : told.answers) answer();
  }
  std::size_t entries = 0;
};

struct EngineBesideCommits : testing::Test {
  Ledger ledger;
  GatedJournal journal;
  FrontDoor door;
  CountingOutlet outlet;
  StandingClock clock;
  CommitThread commits{journal, [this] { door.wake(); }};
  Engine engine{{.ledger = ledger,
                 .journal = journal,
                 .committer = commits,
                 .inbox = door,
                 .outlet = outlet,
                 .clock = clock},
                {}};
  std::size_t answered = 0;

  static constexpr std::size_t many = CommitThread::at_once_max + 1;

  void open_accounts(const std::string& prefix) {
    for (std::size_t n = 0; n < many; ++n) {
      Command command;
      command.input.what = AccountOpened{
          .name = prefix + std::to_string(n), .currency = *parse_currency("CNY"), .settings = {}};
      command.reply = [this](const CommandAnswer& answer) { answered += answer ? 1 : 0; };
      ASSERT_TRUE(door.put(std::move(command)));
    }
  }
};

TEST_F(EngineBesideCommits, DecidesTheNextBatchWhileTheDiskTakesItsTime) {
  open_accounts("a");
  ASSERT_TRUE(engine.turn());
  open_accounts("b");
  ASSERT_TRUE(engine.turn());
  EXPECT_EQ(ledger.last(), Sequence{2 * many});
  EXPECT_EQ(engine.in_flight(), Sequence{many});
  EXPECT_EQ(outlet.entries, 0U);
  EXPECT_EQ(answered, 0U);
  for (const std::size_t durable : {many, 2 * many}) {
    journal.gate.release();
    door.wait(deadline, {}, WakeFor::none);
    ASSERT_TRUE(engine.turn());
    EXPECT_EQ(outlet.entries, durable);
    EXPECT_EQ(answered, durable);
  }
}

TEST_F(EngineBesideCommits, StopsOnAFaultInFlightAndTellsNothing) {
  journal.then = GatedJournal::Then::fail;
  open_accounts("a");
  ASSERT_TRUE(engine.turn());
  open_accounts("b");
  ASSERT_TRUE(engine.turn());
  journal.gate.release();
  door.wait(deadline, {}, WakeFor::none);
  const auto turned = engine.turn();
  ASSERT_FALSE(turned);
  EXPECT_EQ(turned.error().detail, "planted");
  EXPECT_EQ(outlet.entries, 0U);
  EXPECT_EQ(answered, 0U);
}

}  // namespace
}  // namespace packledger
