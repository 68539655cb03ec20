#include "app/fanout.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace packledger {

Fanout::Fanout(boost::asio::io_context& reader_io, BatchReader reader, const FanoutLimits& limits)
    : reader_io_{reader_io}, reader_{std::move(reader)}, limits_{limits} {}

void Fanout::committed(Committed told) {
  const std::size_t entries = told.batch == nullptr ? 0 : told.batch->entries.size();
  if (!reserve(entries)) return;
  boost::asio::post(reader_io_, [this, entries, live = live_, told = std::move(told)]() mutable {
    if (told.batch != nullptr) {
      const std::lock_guard hears{hearing_};
      live ? reader_.committed(told.batch) : reader_.learn(*told.batch);
      heard_ = told.batch->entries.back().sequence;
    }
    told.batch.reset();  // what the answers need of it they hold
    for (Answer& answer : told.answers) std::exchange(answer, {})();
    release(entries);
  });
}

void Fanout::restored(Sequence heard, std::move_only_function<void()> restore) {
  boost::asio::post(reader_io_, [this, heard, restore = std::move(restore)]() mutable {
    const std::lock_guard hears{hearing_};
    restore();
    heard_ = heard;
  });
}

void Fanout::between(const std::function<void(Sequence heard)>& work) {
  const std::lock_guard nobody_hears{hearing_};
  work(heard_);
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
