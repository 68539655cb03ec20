#include "app/cli/progress.hpp"

#include "app/cli/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <ostream>
#include <thread>

namespace packledger::cli {
namespace {

constexpr Duration bar_interval{200};
constexpr Duration line_interval = seconds(10);
constexpr std::uint64_t look_interval = 256;  // entries between two looks at the clock
constexpr std::size_t bar_width = 30;

volatile std::sig_atomic_t wish_to_stop = 0;

void note_wish(int signal) {
  wish_to_stop = 1;
  std::signal(signal, SIG_DFL);  // asked twice, somebody is in a hurry
}

std::int64_t signed_of(std::uint64_t number) { return static_cast<std::int64_t>(number); }

}  // namespace

Progress::~Progress() { wipe(); }

bool Progress::step(std::uint64_t entries) {
  done_ += entries;
  if (done_ >= next_look_) look();
  return !Interrupt::asked();
}

void Progress::look() {
  const std::uint64_t stride =
      options_.rate_max == 0 ? look_interval
                             : std::clamp<std::uint64_t>(options_.rate_max / 20, 1, look_interval);
  next_look_ = done_ + stride;
  keep_rate();
  const Duration interval = options_.bar ? bar_interval : line_interval;
  const Duration now = stopwatch_.elapsed();
  if (now.ms - told_at_.ms < interval.ms) return;
  told_at_ = now;
  tell();
}

// Sleeps in short pieces, so that a wish to stop is heard.
void Progress::keep_rate() const {
  constexpr std::int64_t piece_ms = 100;
  if (options_.rate_max == 0) return;
  const auto due_ms = static_cast<std::int64_t>(done_ * 1'000 / options_.rate_max);
  while (!Interrupt::asked()) {
    const std::int64_t early = due_ms - stopwatch_.elapsed().ms;
    if (early <= 0) return;
    std::this_thread::sleep_for(std::chrono::milliseconds{std::min(early, piece_ms)});
  }
}

void Progress::tell() {
  const std::int64_t whole = signed_of(std::max(whole_, done_));
  const std::int64_t done = signed_of(done_);
  const std::int64_t elapsed = std::max<std::int64_t>(told_at_.ms, 1);
  const std::int64_t left_s = done == 0 ? 0 : (whole - done) * elapsed / done / 1'000;
  const std::string figures =
      fmt::format("{} of {} entries, {} a second, about {} s left", grouped(done), grouped(whole),
                  grouped(done * 1'000 / elapsed), grouped(left_s));
  if (!options_.bar) {
    err_ << what_ << ": " << figures << '\n' << std::flush;
    return;
  }
  const std::size_t filled =
      whole == 0 ? bar_width
                 : static_cast<std::size_t>(done) * bar_width / static_cast<std::size_t>(whole);
  err_ << '\r' << what_ << " [" << std::string(filled, '#') << std::string(bar_width - filled, '.')
       << "] " << figures << "\x1b[K" << std::flush;
  shown_ = true;
}

void Progress::wipe() {
  if (shown_) err_ << "\r\x1b[K" << std::flush;
  shown_ = false;
}

std::string Progress::summary() const {
  const std::int64_t took = std::max<std::int64_t>(elapsed().ms, 1);
  return fmt::format("{} entries in {}.{} s, {} a second", grouped(signed_of(done_)), took / 1'000,
                     took % 1'000 / 100, grouped(signed_of(done_) * 1'000 / took));
}

Interrupt::Interrupt() {
  wish_to_stop = 0;
  std::signal(SIGINT, note_wish);
  std::signal(SIGTERM, note_wish);
}

Interrupt::~Interrupt() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  wish_to_stop = 0;
}

bool Interrupt::asked() { return wish_to_stop != 0; }

}  // namespace packledger::cli
