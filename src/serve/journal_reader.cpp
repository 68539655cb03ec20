#include "serve/journal_reader.hpp"

#include "serve/service.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

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

}  // namespace packledger::serve
