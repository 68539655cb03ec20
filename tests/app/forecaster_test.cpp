// The forecaster beside a ledger, a journal and a folder of usage that are real: what it puts into
// the inbox, when, and that it ends whatever becomes of its questions.
#include "app/forecaster.hpp"

#include "app/usage_folder.hpp"
#include "store/memory_journal.hpp"
#include "tests/ledger/desk.hpp"
#include "tests/ledger/zones.hpp"
#include "tests/system/daemon_process.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace packledger {
namespace {

constexpr std::chrono::seconds deadline{20};
const Instant start = instant("2024-05-01T00:00:00Z");

// The engine, in the thread that asks.
class HandInbox final : public Inbox {
 public:
  HandInbox() {
    PriceBook book;
    book.version = "v1";
    book.currency = Currency{{'C', 'N', 'Y'}};
    must("", PriceBookPublished{book});
  }

  [[nodiscard]] bool put(Request&& request) override {
    const std::scoped_lock lock{mutex_};
    if (full_ > 0) {
      --full_;
      return false;
    }
    if (deaf_) {
      unanswered_.push_back(std::move(request));
      return true;
    }
    if (auto* const question = std::get_if<Question>(&request)) {
      ++questions_;
      question->ask(desk_.ledger());
    } else if (auto* const command = std::get_if<Command>(&request)) {
      commands_.push_back(std::get<RunOutForecast>(command->input.what));
      (void)desk_.ask(command->account, command->input.what);
      keep();
      command->reply(std::unexpected{Refused{}});  // nobody looks at it
    }
    return true;
  }
  [[nodiscard]] std::optional<Request> take() override { return std::nullopt; }

  void must(std::string_view account, What what) {
    const std::scoped_lock lock{mutex_};
    EXPECT_EQ(code_of(desk_.ask(account, std::move(what))), "done");
    keep();
  }
  void advance(Instant to) {
    const std::scoped_lock lock{mutex_};
    desk_.advance(to);
    keep();
  }
  template <class T> T look(const std::function<T(const Desk&)>& at) {
    const std::scoped_lock lock{mutex_};
    return at(desk_);
  }
  std::vector<RunOutForecast> commands() {
    const std::scoped_lock lock{mutex_};
    return commands_;
  }
  std::size_t questions() {
    const std::scoped_lock lock{mutex_};
    return questions_;
  }
  std::size_t unanswered() {
    const std::scoped_lock lock{mutex_};
    return unanswered_.size();
  }
  void refuse(int times) { full_ = times; }
  void be_deaf() { deaf_ = true; }
  [[nodiscard]] const Journal& journal() const { return journal_; }

 private:
  void keep() {
    const auto& all = desk_.entries();
    for (; kept_ < all.size(); ++kept_) {
      const auto appended = journal_.append(journal_.last(), std::span{all}.subspan(kept_, 1));
      EXPECT_TRUE(appended);
    }
  }

  std::mutex mutex_;
  Desk desk_{start};
  MemoryJournal journal_;
  std::size_t kept_ = 0;
  std::vector<RunOutForecast> commands_;
  std::size_t questions_ = 0;
  std::vector<Request> unanswered_;
  int full_ = 0;
  bool deaf_ = false;
};

struct ForecasterTest : testing::Test {
  TemporaryDirectory directory;
  HandInbox inbox;
  std::atomic<std::int64_t> now = start.ms;
  std::atomic<bool> storage_full = false;
  std::atomic<int> looks_for_room = 0;
  std::atomic<int> walks = 0;  // through the table of usage
  std::optional<UsageFolder> folder;
  std::optional<Forecaster> forecaster;

  void open(const std::string& name) {
    AccountOpened opened;
    opened.name = name;
    opened.currency = Currency{{'C', 'N', 'Y'}};
    inbox.must("", opened);
    PackageGranted granted;
    granted.package = "P";
    granted.quota = Units{1'000};
    granted.scope.destinations.countries = {mainland};
    granted.expires_at = start + days(300);
    inbox.must(name, granted);
  }
  void set_alarm(const std::string& account, Duration within) {
    AlarmRule rule;
    rule.name = "soon";
    rule.kind = AlarmKind::runs_out_within;
    rule.threshold.within = within;
    rule.when = AlarmWhen::at_or_below;
    inbox.must(account, AlarmRuleSet{rule});
  }
  // 240 units a day.
  void send_for(const std::string& account, int hours_long) {
    for (int hour = 0; hour < hours_long; ++hour) {
      SendRecorded send;
      send.send = "s" + std::to_string(++sends);
      send.units = Units{10};
      send.destination = mainland;
      inbox.must(account, send);
      pass(hours(1));
    }
  }
  void pass(Duration time) {
    const Instant to = Instant{now} + time;
    inbox.advance(to);
    now = to.ms;
  }
  void start_folder() {
    UsageFolder::Limits quick;
    quick.pause = std::chrono::milliseconds{1};
    quick.wait_max = std::chrono::milliseconds{20};
    folder.emplace(inbox.journal(), directory.path() / "usage", quick);
    folder->start();
  }
  void start_forecaster() {
    Forecaster::Limits quick;
    quick.pause = std::chrono::milliseconds{1};
    quick.accounts_per_look = 2;
    forecaster.emplace(Forecaster::Doors{.inbox = inbox,
                                         .walk_usage =
                                             [this, door = folder->door()](auto&&... walk) {
                                               ++walks;
                                               return door(std::forward<decltype(walk)>(walk)...);
                                             },
                                         .now = [this] { return Instant{now}; },
                                         .storage_full =
                                             [this] {
                                               ++looks_for_room;
                                               return storage_full.load();
                                             }},
                       quick);
    forecaster->start();
  }
  // "acme" has an alarm that would speak; the forecaster runs, the folder of usage does not yet.
  void ask_before_there_is_a_table() {
    open("acme");
    send_for("acme", 25);
    set_alarm("acme", days(365));
    UsageFolder::Limits quick;
    quick.wait_max = std::chrono::milliseconds{1};
    folder.emplace(inbox.journal(), directory.path() / "usage", quick);
    start_forecaster();
    ASSERT_TRUE(comes([&] { return walks == 1; }));
  }
  // The round that may be under way has ended, and another one has not begun.
  bool looks_for_room_again() {
    const int before = looks_for_room;
    return comes([&] { return looks_for_room >= before + 3; });
  }
  [[nodiscard]] static bool comes(const std::function<bool()>& what) {
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (!what() && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(std::chrono::milliseconds{2});
    return what();
  }
  std::size_t entries_of(std::string_view kind) {
    return inbox.look<std::size_t>([kind](const Desk& desk) {
      std::size_t count = 0;
      for (const Entry& entry : desk.entries())
        count += kind_text(entry.input.what) == kind ? 1U : 0U;
      return count;
    });
  }
  int sends = 0;
};

// 480 of 1,000 are gone after two days: 520 last for 52 hours.
TEST_F(ForecasterTest, TellsEveryHourAndTheLawKeepsWhatSpeaks) {
  open("acme");
  send_for("acme", 48);
  set_alarm("acme", hours(51));
  start_folder();
  start_forecaster();
  ASSERT_TRUE(comes([&] { return inbox.commands().size() == 1; }));
  const RunOutForecast first = inbox.commands().front();
  EXPECT_EQ(first.pool, "CN");
  ASSERT_TRUE(first.runs_out_at.has_value());
  EXPECT_EQ(*first.runs_out_at, start + hours(48 + 51)) << "the hour in which the last unit goes";
  EXPECT_EQ(first.position, inbox.journal().last() == Sequence{} ? Sequence{} : first.position);
  ASSERT_TRUE(comes([&] { return entries_of("alarm_raised") == 1; }));
  EXPECT_EQ(entries_of("run_out_forecast"), 1U);
  // An hour later it tells again, and nothing is kept.
  send_for("acme", 1);
  ASSERT_TRUE(comes([&] { return inbox.commands().size() == 2; }));
  EXPECT_EQ(entries_of("run_out_forecast"), 1U);
}

TEST_F(ForecasterTest, LooksThroughAllAccountsAndAsksForThoseWithSuchAnAlarm) {
  for (const char* name : {"a", "b", "c", "d", "e"}) open(name);
  for (const char* name : {"b", "e"}) set_alarm(name, days(365));
  send_for("e", 25);
  start_folder();
  start_forecaster();
  ASSERT_TRUE(comes([&] { return entries_of("alarm_raised") == 1; }));
  const auto commands = inbox.commands();
  ASSERT_EQ(commands.size(), 1U) << "b has sent nothing";
  EXPECT_EQ(
      inbox.look<AccountId>([](const Desk& desk) { return desk.entries().back().input.account; }),
      AccountId{5});
}

TEST_F(ForecasterTest, AsksNothingOfTheLawWithoutAlarms) {
  open("acme");
  send_for("acme", 25);
  start_folder();
  start_forecaster();
  ASSERT_TRUE(comes([&] { return inbox.questions() == 1; }));
  pass(hours(1));
  ASSERT_TRUE(comes([&] { return inbox.questions() == 2; }));
  EXPECT_TRUE(inbox.commands().empty());
}

TEST_F(ForecasterTest, TriesAgainWhereTheInboxIsFull) {
  open("acme");
  send_for("acme", 25);
  set_alarm("acme", days(365));
  inbox.refuse(5);
  start_folder();
  start_forecaster();
  EXPECT_TRUE(comes([&] { return entries_of("alarm_raised") == 1; }));
}

// Found by looking: what nobody asked for went past the refusal of a full disk and into the reserve
// that the journal needs for what is due.
TEST_F(ForecasterTest, WaitsForRoomOnTheDiskAndThenTellsWithinTheHour) {
  open("acme");
  send_for("acme", 25);
  set_alarm("acme", days(365));
  storage_full = true;
  start_folder();
  start_forecaster();
  ASSERT_TRUE(looks_for_room_again());
  EXPECT_EQ(inbox.questions(), 0U);
  storage_full = false;
  EXPECT_TRUE(comes([&] { return entries_of("alarm_raised") == 1; }));
}

// The disk fills up in the middle of a round.
TEST_F(ForecasterTest, BeginsAgainWhereRoomRanOutMeanwhile) {
  ask_before_there_is_a_table();
  storage_full = true;
  folder->start();
  ASSERT_TRUE(looks_for_room_again());
  EXPECT_TRUE(inbox.commands().empty());
  storage_full = false;
  EXPECT_TRUE(comes([&] { return entries_of("alarm_raised") == 1; }));
}

TEST_F(ForecasterTest, WaitsForTheTableOfUsage) {
  ask_before_there_is_a_table();
  EXPECT_TRUE(inbox.commands().empty());
  folder->start();
  ASSERT_TRUE(comes([&] { return entries_of("alarm_raised") == 1; }));
  EXPECT_EQ(inbox.commands().size(), 1U) << "nothing was told without the table";
}

TEST_F(ForecasterTest, EndsAlsoWhereNobodyAnswers) {
  open("acme");
  set_alarm("acme", days(3));
  inbox.be_deaf();
  start_folder();
  start_forecaster();
  ASSERT_TRUE(comes([&] { return inbox.unanswered() == 1; }));
  forecaster.reset();  // and does not wait for ever
}

}  // namespace
}  // namespace packledger
