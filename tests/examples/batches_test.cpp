// The same requests give the same journal, however they fall into turns and batches: one by one,
// all of an instant at once, or through an engine that may take only one of anything per turn, on
// time or after a pause. Played with random lives, and with every table.
#include "packledger/engine/engine.hpp"
#include "store/memory_journal.hpp"
#include "tests/examples/law_driver.hpp"
#include "tests/examples/player.hpp"
#include "tests/examples/table.hpp"
#include "tests/examples/table_files.hpp"
#include "tests/examples/world.hpp"
#include "tests/ledger/both.hpp"
#include "tests/ledger/life.hpp"
#include "tests/ledger/zones.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace packledger::examples {
namespace {

using Asking = LawPlay::Asked;

constexpr std::size_t accounts = 3;
constexpr std::size_t steps_each = 150;
constexpr EngineLimits one_of_each{.batch_entries_max = 1, .timers_per_turn_max = 1};

Input input_of(What what) { return Input{{}, "", std::move(what)}; }

// The lives of some accounts, in the order of time; at one instant account by account, each in its
// own order.
std::vector<Asking> askings(std::uint64_t seed) {
  const Instant start = instant("2024-05-01T00:00:00Z");
  std::vector<Asking> all;
  int version = 0;
  for (const model::Book& book : model_books()) {
    const PriceBook published = law_book(book, std::to_string(++version));
    all.push_back({start, "", input_of(PriceBookPublished{published})});
  }
  std::multimap<Instant, Asking> by_time;
  for (std::size_t i = 0; i < accounts; ++i) {
    const std::string account = "a" + std::to_string(i);
    all.push_back({start, "", input_of(opening(account, random_settings(i)))});
    for (Step& step : random_life(seed * 10 + i, steps_each)) {
      const Instant at{step.at};
      by_time.emplace(at, Asking{at, account, input_of(std::move(step.law))});
    }
  }
  for (auto& [at, asking] : by_time) all.push_back(std::move(asking));
  return all;
}

// Each commit ends so many turns after it was begun; meanwhile the engine decides the next batch.
class LateCommitter final : public Committer {
 public:
  LateCommitter(Journal& journal, int turns) : journal_(journal), turns_(turns) {}
  void start(SharedBatch batch) override {
    batch_ = std::move(batch);
    left_ = turns_;
  }
  [[nodiscard]] std::optional<Result<void, Fault>> ended() override {
    if (left_-- > 0) return std::nullopt;
    return append(journal_, *std::exchange(batch_, nullptr));
  }

 private:
  Journal& journal_;
  int turns_;
  int left_ = 0;
  SharedBatch batch_;
};

class World {
 public:
  explicit World(const EngineLimits& limits, int commit_turns = 0)
      : commits_(journal_, commit_turns),
        engine_({.ledger = ledger_,
                 .journal = journal_,
                 .committer = commits_,
                 .inbox = inbox_,
                 .outlet = outlet_,
                 .clock = clock_},
                limits) {}

  void put(const std::string& account, const Input& input) {
    ++waiting_;
    if (const auto* send = std::get_if<SendRecorded>(&input.what)) {
      SendBatch batch;
      batch.sends.push_back({account, *send});
      batch.reply = [this](const SendsAnswered&) { --waiting_; };
      (void)inbox_.put(Request{std::move(batch)});
      return;
    }
    Command command;
    command.account = account;
    command.input = input;
    command.reply = [this](const CommandAnswer&) { --waiting_; };
    (void)inbox_.put(Request{std::move(command)});
  }

  // Until all are answered and durable, and nothing is due any more.
  void turn() {
    int turns = 0;
    do {
      ASSERT_TRUE(engine_.turn().has_value());
    } while ((waiting_ > 0 || engine_.in_flight().value > 0 || due()) && ++turns < 100'000);
    ASSERT_EQ(waiting_, 0);
  }

  // Time passes, and every timer fires at its own instant.
  void advance(Instant to) {
    while (const auto due = engine_.next_due()) {
      if (*due > to) break;
      clock_.set(std::max(*due, clock_.now()));
      turn();
    }
  }

  void set(Instant now) { clock_.set(now); }
  [[nodiscard]] std::string digest() const { return ledger_.digest(); }
  [[nodiscard]] std::vector<Entry> journal() const {
    std::vector<Entry> all;
    const auto read = journal_.read(Sequence{1}, [&](const Entry& entry) {
      all.push_back(entry);
      return true;
    });
    EXPECT_TRUE(read.has_value());
    return all;
  }

 private:
  [[nodiscard]] bool due() {
    const auto due = engine_.next_due();
    return due && *due <= std::max(clock_.now(), ledger_.recorded_at());
  }

  Ledger ledger_;
  MemoryJournal journal_;
  LateCommitter commits_;
  QueueInbox inbox_;
  DeafOutlet outlet_;
  HandClock clock_;
  Engine engine_;
  int waiting_ = 0;
};

enum class Turns { one_by_one, by_instant };
enum class Time { passes, jumps };  // jumps: the process was away, what was due is taken late

struct Pace {
  EngineLimits limits;
  Turns turns = Turns::one_by_one;
  Time time = Time::jumps;
  int commit_turns = 0;
};

struct Made {
  std::string digest;
  std::vector<Entry> journal;
};

Made made(const std::vector<Asking>& all, const Pace& pace) {
  World world(pace.limits, pace.commit_turns);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (pace.time == Time::passes) world.advance(all[i].at);
    world.set(all[i].at);
    const std::optional<Input>& input = all[i].input;
    if (input) world.put(all[i].account, *input);
    const bool more_now = i + 1 < all.size() && all[i + 1].at == all[i].at;
    if (pace.turns == Turns::one_by_one || !more_now) world.turn();
  }
  return {world.digest(), world.journal()};
}

// The journal without the instants at which it was written, which a pause changes and nothing else.
std::vector<Entry> timeless(std::vector<Entry> journal) {
  for (Entry& entry : journal) entry.recorded_at = {};
  return journal;
}

// Where two journals differ first; empty where they do not.
std::string difference(const std::vector<Entry>& one, const std::vector<Entry>& other) {
  for (std::size_t i = 0; i < std::max(one.size(), other.size()); ++i) {
    if (i < one.size() && i < other.size() && one[i] == other[i]) continue;
    const auto kind = [&](const std::vector<Entry>& all) {
      return i < all.size() ? std::string(kind_text(all[i].input.what)) : "nothing";
    };
    return "entry " + std::to_string(i + 1) + ": " + kind(one) + " or " + kind(other);
  }
  return {};
}

TEST(Batches, NeverChangeWhatIsDecided) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const std::vector<Asking> all = askings(seed);
    const Made wanted = made(all, {});
    EXPECT_EQ(made(all, {{}, Turns::by_instant}).digest, wanted.digest);
    EXPECT_EQ(made(all, {one_of_each, Turns::one_by_one}).digest, wanted.digest);
    EXPECT_EQ(made(all, {one_of_each, Turns::by_instant}).digest, wanted.digest);
  }
}

TEST(Commits, ThatAreLateNeverChangeWhatIsDecided) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const std::vector<Asking> all = askings(seed);
    const Made wanted = made(all, {});
    const EngineLimits few{.batch_entries_max = 3, .timers_per_turn_max = 2};
    for (const EngineLimits& limits : {EngineLimits{}, one_of_each, few}) {
      const Made late = made(all, {limits, Turns::by_instant, Time::jumps, 2});
      EXPECT_EQ(late.digest, wanted.digest);
      EXPECT_EQ(difference(timeless(late.journal), timeless(wanted.journal)), "");
    }
  }
}

TEST(Pauses, ChangeOnlyWhenThingsAreRecorded) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const std::vector<Asking> all = askings(seed);
    const Made on_time = made(all, {{}, Turns::one_by_one, Time::passes});
    const Made late = made(all, {});
    EXPECT_EQ(difference(timeless(late.journal), timeless(on_time.journal)), "");
  }
}

// Every table, as its play asked for it, in other turns and batches and with pauses.
class Paces : public testing::TestWithParam<const char*> {};
TEST_P(Paces, GiveTheJournalOfTheTable) {
  const auto table = read_table(table_folder, std::string(GetParam()) + ".table");
  ASSERT_TRUE(table.has_value());
  const std::array<Pace, 6> paces = {
      {{{}, Turns::one_by_one, Time::passes},
       {{}, Turns::one_by_one, Time::jumps},
       {{}, Turns::by_instant, Time::jumps},
       {one_of_each, Turns::one_by_one, Time::passes},
       {one_of_each, Turns::by_instant, Time::jumps},
       {{.batch_entries_max = 3, .timers_per_turn_max = 2}, Turns::by_instant, Time::jumps}}};
  for (const Scenario& scenario : table->scenarios) {
    SCOPED_TRACE(scenario.title);
    LawPlay play;
    const auto driver = make_law_driver(play);
    ASSERT_TRUE((Player{*driver, book_folder}.play(scenario).empty()));
    for (const Pace& pace : paces)
      EXPECT_EQ(difference(timeless(made(play.asked, pace).journal), timeless(play.journal)), "");
  }
}
INSTANTIATE_TEST_SUITE_P(Tables, Paces, testing::ValuesIn(table_files),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace packledger::examples
