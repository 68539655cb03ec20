#include "store/read_ahead.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace packledger {
namespace {

constexpr std::size_t ahead_max = 4;  // portions; about 1 MiB each

// Between the thread that reads and the one that takes.
class Ahead {
 public:
  // The reader's. False where nothing more is wanted.
  bool put(SharedBatch portion) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return closed_ || waiting_.size() < ahead_max; });
    if (!closed_) waiting_.push_back(std::move(portion));
    changed_.notify_all();
    return !closed_;
  }
  void end(Result<void, Fault> outcome) {
    const std::lock_guard lock{mutex_};
    outcome_ = std::move(outcome);
    changed_.notify_all();
  }

  // The taker's. Null at the end.
  SharedBatch take() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return outcome_.has_value() || !waiting_.empty(); });
    if (waiting_.empty()) return nullptr;
    SharedBatch portion = std::move(waiting_.front());
    waiting_.pop_front();
    changed_.notify_all();
    return portion;
  }
  void close() {
    const std::lock_guard lock{mutex_};
    closed_ = true;
    changed_.notify_all();
  }
  // Once the reader has ended.
  [[nodiscard]] Result<void, Fault> outcome() const { return *outcome_; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<SharedBatch> waiting_;
  std::optional<Result<void, Fault>> outcome_;
  bool closed_ = false;
};

// Nothing more is wanted, also where the taker has thrown: the reader must not wait for it.
struct Closing {
  Ahead& ahead;
  ~Closing() { ahead.close(); }
};

}  // namespace

ReadPortions read_ahead(const Journal& journal) {
  return [&journal](Sequence from, const TakePortion& take) -> Result<void, Fault> {
    Ahead ahead;
    std::jthread reader{[&] {
      const auto put = [&](const SharedBatch& portion) { return ahead.put(portion); };
      ahead.end(portions_of(journal)(from, put));
    }};
    {
      const Closing closing{ahead};
      bool more = true;
      while (const SharedBatch portion = more ? ahead.take() : nullptr) more = take(portion);
    }
    reader.join();
    return ahead.outcome();
  };
}

}  // namespace packledger
