#include "app/fanout.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace packledger {

Fanout::Fanout(boost::asio::io_context& reader_io, BatchReader reader, const FanoutLimits& limits)
    : reader_io_{reader_io}, reader_{std::move(reader)}, limits_{limits} {}

void Fanout::committed(std::span<const Entry> entries, const Ledger& /*ledger*/) {
  if (live_) return post({entries.begin(), entries.end()});
  learning_.insert(learning_.end(), entries.begin(), entries.end());
  if (learning_.size() >= limits_.learn_entries) post(std::exchange(learning_, {}));
}

void Fanout::go_live() {
  post(std::exchange(learning_, {}));
  live_ = true;
}

void Fanout::post(std::vector<Entry> entries) {
  if (entries.empty() || !reserve(entries.size())) return;
  auto batch = std::make_shared<serve::Batch>();
  batch->entries = std::move(entries);
  boost::asio::post(reader_io_, [this, live = live_, told = Told{std::move(batch)}] {
    if (live) {
      reader_.committed(told);
    } else {
      reader_.learn(told->entries);
    }
    release(told->entries.size());
  });
}

// Alone even a batch above the limit gets through.
bool Fanout::reserve(std::size_t entries) {
  std::unique_lock lock{mutex_};
  room_.wait(lock,
             [&] { return closed_ || waiting_ == 0 || waiting_ + entries <= limits_.entries_max; });
  if (closed_) return false;
  waiting_ += entries;
  return true;
}

void Fanout::release(std::size_t entries) {
  {
    const std::lock_guard lock{mutex_};
    waiting_ -= entries;
  }
  room_.notify_one();
}

void Fanout::close() {
  {
    const std::lock_guard lock{mutex_};
    closed_ = true;
  }
  room_.notify_all();
}

std::size_t Fanout::entries_waiting() const {
  const std::lock_guard lock{mutex_};
  return waiting_;
}

}  // namespace packledger
