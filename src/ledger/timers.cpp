#include "packledger/ledger/timers.hpp"

#include "packledger/ledger/result.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace packledger {
namespace {

constexpr std::int64_t hour_ms = hours(1).ms;
constexpr std::size_t near_max = 8'192;    // timers in a tree: about 0.7 MB
constexpr std::size_t notes_tidy = 1'024;  // few enough to be looked through at any time

}  // namespace

// ---- notes ----

Timers::Hour Timers::hour_of(Instant due) {
  const Hour hour = due.ms / hour_ms;
  return due.ms % hour_ms < 0 ? hour - 1 : hour;
}

Timers::Note Timers::note_of(const Timer& timer, bool cancelled) {
  ENSURE(timer.account.value <= std::numeric_limits<std::uint32_t>::max(),
         "accounts are numbered in 32 bits");
  const Instant hour{hour_of(timer.due) * hour_ms};
  Note note{.number = timer.number, .account = static_cast<std::uint32_t>(timer.account.value)};
  note.ms = static_cast<std::uint32_t>((timer.due - hour).ms) & 0x3F'FFFFU;
  note.kind = std::to_underlying(timer.kind);
  note.cancelled = cancelled ? 1 : 0;
  return note;
}

Timer Timers::timer_of(const Note& note, Hour hour) {
  return {.due = Instant{hour * hour_ms + note.ms},
          .kind = static_cast<TimerKind>(note.kind),
          .account = AccountId{note.account},
          .number = note.number};
}

std::vector<Timer> Timers::left_by(const Notes& notes, Hour hour) {
  struct Said {
    Timer timer;
    std::size_t turn = 0;
    bool cancelled = false;
    auto operator<=>(const Said&) const = default;
  };
  std::vector<Said> said;
  said.reserve(notes.all.size());
  for (const Note& note : notes.all)
    said.push_back({timer_of(note, hour), said.size(), note.cancelled != 0});
  std::ranges::sort(said);
  std::vector<Timer> left;
  for (std::size_t i = 0; i < said.size(); ++i) {
    const bool last_word = i + 1 == said.size() || said[i + 1].timer != said[i].timer;
    if (last_word && !said[i].cancelled) left.push_back(said[i].timer);
  }
  return left;
}

void Timers::note(const Timer& timer, bool cancelled) {
  const Hour hour = hour_of(timer.due);
  if (cancelled && !later_.contains(hour)) return;
  Notes& notes = later_[hour];
  notes.all.push_back(note_of(timer, cancelled));
  if (!cancelled || notes.all.size() <= std::max(notes_tidy, notes.tidy_above)) return;
  const std::vector<Timer> left = left_by(notes, hour);
  if (left.empty()) {
    later_.erase(hour);
    return;
  }
  notes.all.clear();
  for (const Timer& one : left) notes.all.push_back(note_of(one, false));
  notes.tidy_above = 2 * left.size();
}

// ---- timers ----

void Timers::set(const Timer& timer) {
  if (near_.empty()) {
    near_hour_ = hour_of(timer.due);
    trim_above_ = near_max;
  }
  if (hour_of(timer.due) > near_hour_) return note(timer, false);
  near_.insert(timer);
  if (near_.size() > trim_above_) trim();
}

bool Timers::set_last(const Timer& timer) {
  if (last_set_ && timer <= *last_set_) return false;
  last_set_ = timer;
  set(timer);
  return true;
}

void Timers::cancel(const Timer& timer) {
  if (near_.empty()) return;
  if (hour_of(timer.due) > near_hour_) return note(timer, true);
  near_.erase(timer);
  if (near_.empty()) open_next();
}

bool Timers::holds(const Timer& timer) const {
  const Hour hour = hour_of(timer.due);
  if (near_.empty() || hour <= near_hour_) return near_.contains(timer);
  const auto notes = later_.find(hour);
  return notes != later_.end() && std::ranges::binary_search(left_by(notes->second, hour), timer);
}

// Puts the next hour that has any timers in order.
void Timers::open_next() {
  while (near_.empty() && !later_.empty()) {
    const auto next = later_.begin();
    const std::vector<Timer> timers = left_by(next->second, next->first);
    near_ = {timers.begin(), timers.end()};
    near_hour_ = next->first;
    trim_above_ = std::max(near_max, 2 * near_.size());
    later_.erase(next);
  }
}

// Whatever lies behind the first hour is noted again.
void Timers::trim() {
  const Hour first = hour_of(near_.begin()->due);
  const auto behind = near_.lower_bound(Timer{Instant{(first + 1) * hour_ms}, {}, {}, 0});
  near_hour_ = first;
  for (auto timer = behind; timer != near_.end(); ++timer) note(*timer, false);
  near_.erase(behind, near_.end());
  trim_above_ = std::max(near_max, 2 * near_.size());
}

void Timers::each(const std::function<void(const Timer&)>& visit) const {
  for (const Timer& timer : near_) visit(timer);
  for (const auto& [hour, notes] : later_) {
    for (const Timer& timer : left_by(notes, hour)) visit(timer);
  }
}

std::size_t Timers::memory() const {
  constexpr std::size_t node = sizeof(Timer) + 5 * sizeof(void*);  // of a tree, and what it is in
  std::size_t bytes = near_.size() * node;
  for (const auto& [hour, notes] : later_)
    bytes += node + sizeof(Notes) + notes.all.capacity() * sizeof(Note);
  return bytes;
}

}  // namespace packledger
