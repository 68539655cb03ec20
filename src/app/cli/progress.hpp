// Progress of long work on a journal: a bar where a person looks at a terminal, else now and then a
// plain line; a rate that is kept; and the wish of the person to stop.
//
// Owner: the command; one thread. Interrupt: one at a time.
#pragma once

#include "app/system_clock.hpp"

#include <cstdint>
#include <iosfwd>
#include <string>

namespace packledger::cli {

struct ProgressOptions {
  bool bar = false;            // the stream is a terminal
  std::uint64_t rate_max = 0;  // entries a second; 0: as fast as it goes
};

class Progress {
 public:
  Progress(std::ostream& err, std::string what, const ProgressOptions& options)
      : err_{err}, what_{std::move(what)}, options_{options} {}
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void begin(std::uint64_t whole) { whole_ = whole; }
  // One more entry is done, or so many. False once the person wants to stop.
  [[nodiscard]] bool step(std::uint64_t entries = 1);
  // Takes the bar away.
  void end() { wipe(); }

  [[nodiscard]] std::uint64_t done() const { return done_; }
  [[nodiscard]] Duration elapsed() const { return stopwatch_.elapsed(); }
  // "1,234 entries in 5.1 s, 241 a second"
  [[nodiscard]] std::string summary() const;

 private:
  void look();
  void keep_rate() const;
  void tell();
  void wipe();

  std::ostream& err_;
  std::string what_;
  ProgressOptions options_;
  std::uint64_t whole_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t next_look_ = 1;
  Duration told_at_;
  bool shown_ = false;  // the bar
  Stopwatch stopwatch_;
};

// While it lives, SIGINT and SIGTERM only note the wish; the second time they end the process.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  [[nodiscard]] static bool asked();
};

}  // namespace packledger::cli
