// Agenda: virtual time and the one scheduler of a life. What is to happen is put here with its
// instant; of what comes at one instant the seed decides the order. Everything that happens goes
// into a running hash: two lives are the same where it is the same.
//
// Owner: the World; one thread.
#pragma once

#include "tests/sim/draws.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace packledger::sim {

using Ms = std::int64_t;  // of true time, which no simulated clock need show

class Trace {
 public:
  static constexpr std::size_t kept_max = 60;  // lines that are told of a failure

  // Something happened: into the hash, and kept for the story.
  void note(Ms at, std::string line);
  // Into the hash only.
  void add(std::uint64_t number) { print_.add(number); }
  [[nodiscard]] std::uint64_t hash() const { return print_.value(); }
  [[nodiscard]] std::uint64_t events() const { return events_; }
  [[nodiscard]] const std::deque<std::string>& last() const { return last_; }
  void tell_all() { tells_ = true; }  // on the standard output, as it happens

 private:
  Print print_;
  std::uint64_t events_ = 0;
  std::deque<std::string> last_;
  bool tells_ = false;
};

class Agenda {
 public:
  using Deed = std::move_only_function<void()>;
  using Ticket = std::pair<Ms, std::uint64_t>;  // its place; to take it back

  Agenda(std::uint64_t seed, Ms now) : draws_(seed, "agenda"), now_(now) {}

  [[nodiscard]] Ms now() const { return now_; }
  Ticket at(Ms when, Deed deed);
  Ticket after(Ms delay, Deed deed) { return at(now_ + delay, std::move(deed)); }
  // What has happened already is passed over.
  void cancel(const Ticket& ticket) { deeds_.erase(ticket); }
  [[nodiscard]] bool empty() const { return deeds_.empty(); }
  [[nodiscard]] Ms next() const { return deeds_.begin()->first.first; }
  // Lets the next thing happen.
  void step();

 private:
  Draws draws_;
  Ms now_;
  std::uint64_t count_ = 0;
  std::map<Ticket, Deed> deeds_;
};

}  // namespace packledger::sim
