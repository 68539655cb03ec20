#include "app/usage_folder.hpp"

#include "app/give_way.hpp"
#include "app/logging.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace packledger {
namespace {

bool is_past(const Stopwatch& stopwatch, std::chrono::milliseconds limit) {
  return stopwatch.elapsed().ms >= limit.count();
}

}  // namespace

UsageFolder::UsageFolder(const Journal& journal, std::filesystem::path directory,
                         const Limits& limits)
    : journal_{journal}, directory_{std::move(directory)}, limits_{limits} {
  // So that the lag is known before there is time to make it good.
  boost::asio::post(worker_, [this] { std::ignore = open(); });
}

UsageFolder::~UsageFolder() {
  stopping_ = true;
  boost::asio::post(worker_, [this] { timer_.cancel(); });
  worker_.join();
}

void UsageFolder::start() {
  boost::asio::post(worker_, [this] {
    give_way();  // on few cores publishing comes first
    look();
  });
}

serve::WalkUsage UsageFolder::door() {
  return [this](const serve::UsageWalk& walk, UsageVisit visit,
                std::move_only_function<void(std::optional<Sequence> folded)> done) {
    return ask({.walk = walk, .visit = std::move(visit), .done = std::move(done), .waits = {}});
  };
}

bool UsageFolder::ask(Question question) {
  if (++asked_ > limits_.questions_max) {
    --asked_;
    return false;
  }
  boost::asio::post(worker_, [this, question = std::move(question)]() mutable {
    questions_.push_back(std::move(question));
    timer_.cancel();  // looks at once
  });
  return true;
}

std::string UsageFolder::metrics() const {
  const std::uint64_t folded = folded_;
  const std::uint64_t last = journal_.last().value;
  return fmt::format(
      "# HELP packledger_usage_position The last entry that is in the table of usage.\n"
      "# TYPE packledger_usage_position gauge\n"
      "packledger_usage_position {}\n"
      "# HELP packledger_usage_lag_entries Durable entries that are not in it yet.\n"
      "# TYPE packledger_usage_lag_entries gauge\n"
      "packledger_usage_lag_entries {}\n",
      folded, last - std::min(folded, last));
}

// ---- its own thread ----

void UsageFolder::look() {
  if (stopping_) return;
  const bool more = fold_portion();
  answer_questions();
  if (more) return boost::asio::post(worker_, [this] { look(); });
  timer_.expires_after(limits_.pause);
  timer_.async_wait([this](const boost::system::error_code&) { look(); });
}

// True where there is more to fold at once.
bool UsageFolder::fold_portion() {
  if (!table_ && !open()) return false;
  const Sequence from = next(table_->cursor().sequence);
  const Sequence last = journal_.last();
  if (from > last) return false;
  const Sequence until{std::min(last.value, from.value + limits_.portion_entries_max - 1)};
  std::vector<Entry> portion;
  UsageCursor cursor;
  const auto read = journal_.read(from, [&](const Entry& entry) {
    if (tells_of_usage(entry)) portion.push_back(entry);
    if (entry.sequence == until) cursor = usage_cursor(entry);
    return entry.sequence < until && !stopping_;
  });
  if (!read) return fail(read.error()), false;
  if (stopping_) return false;
  const auto before = find_before(portion);
  if (!before) return fail(before.error()), false;
  if (const auto added = table_->add(fold_usage(portion, *before), cursor); !added)
    return fail(added.error()), false;
  folded_ = until.value;
  return until < journal_.last();
}

bool UsageFolder::open() {
  if (failed_ && !is_past(*failed_, limits_.fault_pause)) return false;
  auto opened = UsageTable::open(directory_);
  if (!opened && opened.error().code == JournalFault::corrupt) {
    make_anew(opened.error().detail);
    opened = UsageTable::open(directory_);
  }
  if (!opened) return fail(opened.error()), false;
  table_ = *std::move(opened);
  if (!fits_journal()) {
    make_anew("it is of another journal");
    opened = UsageTable::open(directory_);
    if (!opened) return fail(opened.error()), false;
    table_ = *std::move(opened);
  }
  folded_ = table_->cursor().sequence.value;
  return true;
}

bool UsageFolder::fits_journal() const {
  const UsageCursor& cursor = table_->cursor();
  if (cursor.sequence == Sequence{}) return true;
  if (cursor.sequence > journal_.last()) return false;
  bool fits = false;
  const auto read = journal_.read(cursor.sequence, [&](const Entry& entry) {
    fits = usage_cursor(entry) == cursor;
    return false;
  });
  return read && fits;
}

Result<UsageBefore, Fault> UsageFolder::find_before(std::span<const Entry> portion) const {
  UsageBefore before;
  const UsageWanted wanted = usage_wanted(portion);
  for (const UsageHoldKey& key : wanted.holds) {
    const auto hold = table_->hold(key);
    if (!hold) return std::unexpected{hold.error()};
    if (*hold) before.holds.emplace(key, **hold);
  }
  if (auto found = find_reversed(journal_, wanted.sends, before.sends); !found)
    return std::unexpected{std::move(found.error())};
  return before;
}

void UsageFolder::make_anew(std::string_view why) {
  log_event(LogLevel::warn, "usage_made_anew", {{"detail", why}});
  table_.reset();
  UsageTable::remove(directory_);
}

// What is damaged shows when it is opened again, and is made anew then.
void UsageFolder::fail(const Fault& fault) {
  log_event(LogLevel::error, "usage_failed", {{"detail", fault.detail}});
  table_.reset();
  if (fault.code == JournalFault::corrupt) UsageTable::remove(directory_);
  failed_.emplace();
}

void UsageFolder::answer_questions() {
  for (auto question = questions_.begin(); question != questions_.end();) {
    const bool reached = table_ && table_->cursor().sequence >= question->walk.until;
    const bool ripe = reached || is_past(question->waits, limits_.wait_max);
    if (ripe) answer(*question);
    question = ripe ? questions_.erase(question) : std::next(question);
  }
}

void UsageFolder::answer(Question& question) {
  --asked_;
  if (!table_) return question.done(std::nullopt);
  const Sequence folded = table_->cursor().sequence;
  const auto read = table_->read(question.walk.range, question.visit);
  if (!read) fail(read.error());
  question.done(read ? std::optional{folded} : std::nullopt);
}

}  // namespace packledger
