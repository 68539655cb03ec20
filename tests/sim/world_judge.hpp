// Judge: hears every durable entry once, in order, and puts it to the naive model: the same
// decision, the same entries behind it, the same state. It keeps a ledger of its own, made by apply
// alone, and all entries: what was durable once must stay so.
//
// What was refused makes no entry. It is told with the place at which it was decided, and judged
// there.
//
// Owner: the World; one thread.
#pragma once

#include "packledger/ledger/ledger.hpp"
#include "tests/ledger/model.hpp"
#include "tests/sim/agenda.hpp"
#include "tests/sim/invariants.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace packledger::sim {

// The shortest time for which a name of a send, and a key, is remembered (rules R12, R75).
inline constexpr Duration send_memory = hours(120);
inline constexpr Duration key_memory = days(7);

struct RefusedAsk {
  Sequence after;  // the last entry that was decided before it
  std::uint64_t order = 0;
  Instant at;
  AccountId account;
  What what;
  std::string code;
  bool of_a_batch = false;  // of sends, which are decided in one go
};

class Judge {
 public:
  Judge(Trace& trace, Invariants& invariants, Probes& probes);

  // Durable. One that was heard before must be the same.
  void take(const Entry& entry);
  void refused(RefusedAsk ask) { refused_.push_back(std::move(ask)); }
  // Judges all that was taken, once every answer of the batch was told.
  void settle();
  // What somebody has read behind an entry.
  void expect_digest(Sequence behind, std::string digest);
  // No timer may be recorded later than the clock can have shown.
  void clock_shows_at_most(Instant at) { clock_max_ = at; }

  // All that is durable; heard, but maybe not judged yet.
  [[nodiscard]] std::span<const Entry> entries() const { return entries_; }
  [[nodiscard]] const Entry& entry(Sequence sequence) const;
  [[nodiscard]] Sequence last() const { return Sequence{entries_.size()}; }
  // As it is after all that is judged.
  [[nodiscard]] const Ledger& ledger() const { return ledger_; }
  [[nodiscard]] const model::Model& model(AccountId account) {
    return world_.account(account.value - 1);
  }
  [[nodiscard]] std::uint64_t judged_refusals() const { return judged_refusals_; }

 private:
  void judge(const Entry& entry);
  void judge_timer(const Entry& entry);
  void judge_command(const Entry& entry);
  void judge_batch(const Entry& entry);
  void judge_consequence(const Entry& entry, const std::string& line);
  void judge_refusals();
  void judge(const RefusedAsk& ask);
  void judge_number(const BatchTaken& batch, const RefusedAsk& ask);
  void close_group();
  void look_at(AccountId account);
  void look_once(const Entry& entry);
  void look_at_books(const Entry& entry);
  void look_at_alarm(const Entry& entry);
  void look_at_forecast(const RefusedAsk& ask, const RunOutForecast& forecast);
  [[nodiscard]] bool goes_on(const Entry& entry) const;

  Trace& trace_;
  Invariants& invariants_;
  Probes& probes_;
  Ledger ledger_;
  model::World world_{0};
  std::vector<Entry> entries_;
  std::size_t judged_ = 0;
  std::vector<RefusedAsk> refused_;
  std::uint64_t judged_refusals_ = 0;

  std::deque<std::string> expected_;  // what the model wants to follow
  AccountId touched_;                 // by the group of entries that is being heard
  std::string fired_;                 // the timer heard last
  bool send_came_last_ = false;
  Instant clock_max_ = instant_max;
  std::map<Sequence, std::string> digests_;  // that were read, of entries not judged yet
  std::map<std::pair<AccountId, std::string>, std::pair<Sequence, Instant>> sends_;
  std::map<std::string, std::pair<Sequence, Instant>> keys_;
  // The last batch of a producer; number 0 before the first one.
  struct LastBatch {
    std::uint64_t epoch = 0;
    std::uint64_t number = 0;
    Instant at;
  };
  // What is known of it by then.
  [[nodiscard]] LastBatch last_batch(const std::string& producer, Instant at) const;
  std::map<std::string, LastBatch> producers_;
};

[[nodiscard]] bool is_timer_input(const What& what);
[[nodiscard]] bool is_consequence_input(const What& what);

}  // namespace packledger::sim
