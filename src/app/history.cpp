#include "app/history.hpp"

#include "app/logging.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace packledger {
namespace {

bool is_beyond(const Entry& entry, const serve::PastPoint& point) {
  if (point.position) return entry.sequence > *point.position;
  return point.at && entry.recorded_at > *point.at;
}

}  // namespace

History::~History() {
  stopping_ = true;
  worker_.join();
}

bool History::ask(serve::PastPoint point, Question question) {
  if (asked_ >= asked_max) return false;
  ++asked_;
  boost::asio::post(worker_, [this, point, question = std::move(question)]() mutable {
    answer(point, std::move(question));
    --asked_;
  });
  return true;
}

bool History::walk(Sequence from, Journal::Visit visit,
                   std::move_only_function<void(bool read)> done) {
  if (asked_ >= asked_max) return false;
  ++asked_;
  boost::asio::post(
      worker_, [this, from, visit = std::move(visit), done = std::move(done)]() mutable {
        const auto read =
            journal_.read(from, [&](const Entry& entry) { return !stopping_ && visit(entry); });
        if (!read) log_event(LogLevel::error, "past_unreadable", {{"detail", read.error().detail}});
        done(read && !stopping_);
        --asked_;
      });
  return true;
}

void History::answer(const serve::PastPoint& point, Question question) {
  std::unique_ptr<Ledger> ledger = stopping_ ? begin_empty(point) : begin_(point);
  const auto read = journal_.read(next(ledger->last()), [&](const Entry& entry) {
    if (stopping_ || is_beyond(entry, point)) return false;
    ledger->apply(entry);
    return true;
  });
  if (!read) log_event(LogLevel::error, "past_unreadable", {{"detail", read.error().detail}});
  question(read && !stopping_ ? ledger.get() : nullptr);
}

}  // namespace packledger
