#include "serve/journal_reader.hpp"

#include "serve/service.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace packledger::serve {
namespace asio = boost::asio;

asio::awaitable<Walked> walk_journal(Service& service, Walk walk,
                                     std::function<bool(const Entry&)> visit) {
  Walked walked{.next = std::max(walk.from, Sequence{1})};
  bool wanted = true;
  while (wanted && walk.entries_max > 0 && walked.next <= walk.last) {
    std::size_t piece = std::min(walk.entries_max, entries_per_piece);
    walk.entries_max -= piece;
    const auto read = service.doors.journal.read(walked.next, [&](const Entry& entry) {
      if (entry.sequence > walk.last) return false;
      walked.next = next(entry.sequence);
      wanted = visit(entry);
      return wanted && --piece > 0;
    });
    if (!read) walked.read = false;
    if (!read) break;
    co_await asio::post(service.executor, asio::use_awaitable);  // the others get their turn
  }
  co_return walked;
}

namespace {

std::optional<Entry> read_entry(const Service& service, Sequence position) {
  std::optional<Entry> found;
  const auto read = service.doors.journal.read(position, [&found](const Entry& entry) {
    found = entry;
    return false;
  });
  return read ? found : std::nullopt;
}

}  // namespace

asio::awaitable<std::optional<std::vector<Entry>>> read_entries(Service& service,
                                                                std::vector<Sequence> positions) {
  std::vector<Entry> entries;
  entries.reserve(positions.size());
  for (const Sequence position : positions) {
    auto entry = read_entry(service, position);
    if (!entry || entry->sequence != position) co_return std::nullopt;
    entries.push_back(std::move(*entry));
    co_await asio::post(service.executor, asio::use_awaitable);
  }
  co_return entries;
}

asio::awaitable<std::optional<Sequence>> position_at(Service& service, Instant at) {
  std::uint64_t before = 0;  // recorded at that time or before
  std::uint64_t behind = service.positions.last().value + 1;
  while (behind - before > 1) {
    const std::uint64_t middle = before + (behind - before) / 2;
    const auto entry = read_entry(service, Sequence{middle});
    if (!entry) co_return std::nullopt;
    (entry->recorded_at <= at ? before : behind) = middle;
    co_await asio::post(service.executor, asio::use_awaitable);
  }
  co_return Sequence{before};
}

}  // namespace packledger::serve
