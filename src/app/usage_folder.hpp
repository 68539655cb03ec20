// UsageFolder: the back of the daemon that folds the journal into the table of usage, at its own
// pace and on a thread of its own, and answers questions about it there. The journal is all it
// reads, so that publishing knows nothing of it: whoever stops it or deletes its table loses
// nothing but time.
//
// Owner: daemon. start, the door and metrics on any thread; everything else on its own.
// Invariants:
//  1. Of a portion of the journal all is in the table, with its cursor, or nothing.
//  2. A table that is missing, damaged, of another release or of another journal is made anew.
//  3. Memory has a bound: portion_entries_max entries, and questions_max questions.
#pragma once

#include "app/system_clock.hpp"
#include "packledger/engine/journal.hpp"
#include "query/usage.hpp"
#include "serve/front.hpp"
#include "store/usage_table.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>

namespace packledger {

class UsageFolder {
 public:
  struct Limits {
    std::size_t portion_entries_max = 8'192;       // a few MB; folded in some ten milliseconds
    std::chrono::milliseconds pause{200};          // between two looks at a journal that rests
    std::chrono::milliseconds fault_pause{5'000};  // before a disk that failed is tried again
    std::chrono::milliseconds wait_max{2'000};     // for the position that a question is to have
    std::size_t questions_max = 64;
  };

  UsageFolder(const Journal& journal, std::filesystem::path directory, const Limits& limits);
  UsageFolder(const Journal& journal, std::filesystem::path directory)
      : UsageFolder(journal, std::move(directory), Limits{}) {}
  ~UsageFolder();
  UsageFolder(const UsageFolder&) = delete;
  UsageFolder& operator=(const UsageFolder&) = delete;

  // Begins to fold.
  void start();
  // The front's way to ask; this outlives it.
  [[nodiscard]] serve::WalkUsage door();
  // Prometheus text.
  [[nodiscard]] std::string metrics() const;

 private:
  struct Question {
    serve::UsageWalk walk;
    UsageVisit visit;
    std::move_only_function<void(std::optional<Sequence>)> done;
    Stopwatch waits;
  };

  [[nodiscard]] bool ask(Question question);
  void look();
  [[nodiscard]] bool fold_portion();
  [[nodiscard]] bool open();
  [[nodiscard]] bool fits_journal() const;
  [[nodiscard]] Result<UsageBefore, Fault> find_before(std::span<const Entry> portion) const;
  void make_anew(std::string_view why);
  void fail(const Fault& fault);
  void answer_questions();
  void answer(Question& question);

  const Journal& journal_;
  const std::filesystem::path directory_;
  const Limits limits_;
  std::unique_ptr<UsageTable> table_;  // nothing: not open
  std::optional<Stopwatch> failed_;    // for how long
  std::list<Question> questions_;

  std::atomic<std::uint64_t> folded_ = 0;
  std::atomic<std::size_t> asked_ = 0;
  std::atomic<bool> stopping_ = false;
  boost::asio::thread_pool worker_{1};
  boost::asio::steady_timer timer_{worker_};
};

}  // namespace packledger
