#include "app/commit_thread.hpp"

#include "packledger/ledger/result.hpp"

#include <exception>
#include <string>
#include <utility>

namespace packledger {
namespace {

// Nothing of ours throws; a vendor's exception is a failed append like any other.
Result<void, Fault> append_caught(Journal& journal, const Batch& batch) {
  try {
    return append(journal, batch);
  } catch (const std::exception& thrown) {
    return std::unexpected{
        Fault{JournalFault::unavailable, std::string{"an append threw: "} + thrown.what()}};
  }
}

}  // namespace

CommitThread::CommitThread(Journal& journal, std::function<void()> wake)
    : journal_{journal},
      wake_{std::move(wake)},
      thread_{[this](const std::stop_token& stop) { run(stop); }} {}

void CommitThread::start(SharedBatch batch) {
  const bool at_once = batch->entries.size() <= at_once_max;
  auto ended = at_once ? std::optional{append_caught(journal_, *batch)} : std::nullopt;
  {
    const std::lock_guard lock{mutex_};
    ENSURE(batch_ == nullptr && !ended_, "one batch is in flight at a time");
    ended_ = std::move(ended);
    if (!at_once) batch_ = std::move(batch);
  }
  if (!at_once) started_.notify_one();
}

std::optional<Result<void, Fault>> CommitThread::ended() {
  const std::lock_guard lock{mutex_};
  return std::exchange(ended_, std::nullopt);
}

void CommitThread::run(const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  while (started_.wait(lock, stop, [this] { return batch_ != nullptr; })) {
    SharedBatch batch = batch_;
    lock.unlock();
    auto ended = append_caught(journal_, *batch);
    batch.reset();
    lock.lock();
    batch_.reset();
    ended_ = std::move(ended);
    lock.unlock();
    wake_();
    lock.lock();
  }
}

}  // namespace packledger
