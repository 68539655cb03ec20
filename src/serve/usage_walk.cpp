#include "serve/usage_walk.hpp"

#include "query/usage_report.hpp"
#include "serve/journal_reader.hpp"
#include "serve/later.hpp"
#include "serve/service.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace packledger::serve {
namespace asio = boost::asio;
namespace {

constexpr std::int64_t hour_last = 2'000'000;  // in the year 2198; after every send

// The first entry about the account that was recorded at that instant or later; nothing where the
// journal cannot be read.
asio::awaitable<std::optional<Sequence>> first_since(Service& service, AccountId account,
                                                     Instant at) {
  const auto before = co_await position_at(service, Instant{at.ms - 1});
  if (!before) co_return std::nullopt;
  co_return std::max(next(*before), service.directory.opened(account));
}

// Walks the journal on the thread of the past; `done` is called there.
asio::awaitable<std::optional<Problem>> walk_past(Service& service, Sequence from,
                                                  Journal::Visit visit,
                                                  std::function<void()> done) {
  Later<bool> later(service.executor);
  const bool taken =
      service.doors.walk_past &&
      service.doors.walk_past(from, std::move(visit),
                              [done = std::move(done), give = later.giver()](bool read) mutable {
                                if (read) done();
                                give(read);
                              });
  if (!taken) co_return Problem{.code = "busy"};
  if (!co_await later.taken()) co_return Problem{.code = "journal_unavailable"};
  co_return std::nullopt;
}

bool counts_as_use(const Entry& entry) {
  return std::holds_alternative<SendRecorded>(entry.input.what) ||
         std::holds_alternative<HoldCaptured>(entry.input.what);
}

}  // namespace

asio::awaitable<Result<UsageWalked, Problem>> walk_usage(Service& service, const AccountAsOf& as_of,
                                                         const UsageRange& range, UsageVisit visit,
                                                         std::function<void()> done) {
  Later<std::optional<Sequence>> later(service.executor);
  const bool taken =
      service.doors.walk_usage &&
      service.doors.walk_usage(
          {.range = range, .until = as_of.position}, std::move(visit),
          [done = std::move(done), give = later.giver()](std::optional<Sequence> folded) mutable {
            done();
            give(folded);
          });
  if (!taken) co_return std::unexpected(Problem{.code = "busy"});
  const std::optional<Sequence> folded = co_await later.taken();
  if (!folded) co_return std::unexpected(Problem{.code = "usage_unavailable"});
  co_return UsageWalked{.position = *folded, .last = service.positions.last()};
}

asio::awaitable<Result<UsageWalked, Problem>> fold_past_usage(
    Service& service, const AccountAsOf& as_of, const UsageRange& range,
    std::function<void(const PastUsage&)> done) {
  const auto from = co_await first_since(service, as_of.account, PastUsage::begin(range));
  if (!from) co_return std::unexpected(Problem{.code = "journal_unavailable"});
  const auto past = std::make_shared<PastUsage>(service.doors.journal, range, as_of.position);
  const auto problem = co_await walk_past(
      service, *from, [past](const Entry& entry) { return past->take(entry); },
      [past, done = std::move(done)] {
        past->end();
        done(*past);
      });
  if (problem) co_return std::unexpected(*problem);
  if (past->failed()) co_return std::unexpected(Problem{.code = "journal_unavailable"});
  if (past->too_large()) {
    co_return std::unexpected(
        Problem{.code = "period_too_long",
                .detail = "more than " + std::to_string(usage_rows_max) + " rows, or " +
                          std::to_string(past_usage_entries_max) +
                          " entries of the journal since then: choose a shorter period",
                .field = "from"});
  }
  co_return UsageWalked{.position = as_of.position, .last = as_of.position};
}

asio::awaitable<Result<UsageWalked, Problem>> walk_usage_as_of(Service& service,
                                                               const AccountAsOf& as_of,
                                                               const UsageRange& range,
                                                               UsageVisit visit,
                                                               std::function<void()> done) {
  if (!as_of.past) return walk_usage(service, as_of, range, std::move(visit), std::move(done));
  return fold_past_usage(service, as_of, range,
                         [visit = std::move(visit), done = std::move(done)](const PastUsage& past) {
                           past.visit(visit);
                           done();
                         });
}

asio::awaitable<Result<std::optional<Instant>, Problem>> first_use(Service& service,
                                                                   const AccountAsOf& as_of) {
  const auto first = std::make_shared<std::optional<Instant>>();
  const UsageRange all{.account = as_of.account, .hour_from = 0, .hour_to = hour_last};
  const auto walked = co_await walk_usage(
      service, as_of, all,
      [first](const UsageRow& row) {
        *first = usage_start(row.key.hour, 0);
        return false;
      },
      [] {});
  if (!walked) co_return std::unexpected(walked.error());
  co_return *first;
}

// Rows are only added, so nothing was before the first row of today; and a send is recorded in the
// hour in which it occurred, or later.
asio::awaitable<Result<bool, Problem>> used_before(Service& service, const AccountAsOf& as_of,
                                                   Instant edge) {
  const auto first = co_await first_use(service, as_of);
  if (!first) co_return std::unexpected(first.error());
  if (!*first || **first >= edge) co_return false;
  const auto from = co_await first_since(service, as_of.account, **first);
  if (!from) co_return std::unexpected(Problem{.code = "journal_unavailable"});
  const auto found = std::make_shared<bool>(false);
  const auto problem = co_await walk_past(
      service, *from,
      [found, as_of, edge](const Entry& entry) {
        if (entry.sequence > as_of.position || entry.recorded_at >= edge) return false;
        *found = entry.input.account == as_of.account && counts_as_use(entry);
        return !*found;
      },
      [] {});
  if (problem) co_return std::unexpected(*problem);
  co_return *found;
}

}  // namespace packledger::serve
