#include "tests/sim/agenda.hpp"

#include "packledger/ledger/time.hpp"

#include <algorithm>
#include <iostream>

namespace packledger::sim {

void Trace::note(Ms at, std::string line) {
  ++events_;
  print_.add(static_cast<std::uint64_t>(at));
  print_.add(line);
  line.insert(0, instant_text(Instant{at}) + " ");
  if (tells_) std::cout << line << "\n";
  last_.push_back(std::move(line));
  if (last_.size() > kept_max) last_.pop_front();
}

Agenda::Ticket Agenda::at(Ms when, Deed deed) {
  // The order of what comes together is drawn; the count makes the place one of its own.
  constexpr std::uint64_t draws = 1U << 16U;
  const std::uint64_t drawn = static_cast<std::uint64_t>(draws_.pick(draws)) << 40U;
  const Ticket ticket{std::max(when, now_), drawn | ++count_};
  deeds_.emplace(ticket, std::move(deed));
  return ticket;
}

void Agenda::step() {
  auto first = deeds_.extract(deeds_.begin());
  now_ = first.key().first;
  first.mapped()();
}

}  // namespace packledger::sim
