// Walks over the usage of an account: now from the table that is folded behind the journal, in the
// past from the journal itself. Coroutines of the front thread; what is walked is visited on other
// threads, which may outlive the one who asks.
#pragma once

#include "packledger/ledger/id.hpp"
#include "packledger/ledger/result.hpp"
#include "packledger/ledger/time.hpp"
#include "query/past_usage.hpp"
#include "serve/asking.hpp"
#include "serve/problem.hpp"
#include "store/usage_table.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>

namespace packledger::serve {

// Up to where usage was counted, and where the journal ended.
struct UsageWalked {
  Sequence position;
  Sequence last;
};

// Visits the rows of the range, then calls `done`, once, on the same thread. Of the table.
[[nodiscard]] boost::asio::awaitable<Result<UsageWalked, Problem>> walk_usage(
    Service& service, const AccountAsOf& as_of, const UsageRange& range, UsageVisit visit,
    std::function<void()> done);

// Folds the journal up to where the account was looked at, and calls `done` with it, once.
[[nodiscard]] boost::asio::awaitable<Result<UsageWalked, Problem>> fold_past_usage(
    Service& service, const AccountAsOf& as_of, const UsageRange& range,
    std::function<void(const PastUsage&)> done);

// The same of the one or the other, as the account was looked at.
[[nodiscard]] boost::asio::awaitable<Result<UsageWalked, Problem>> walk_usage_as_of(
    Service& service, const AccountAsOf& as_of, const UsageRange& range, UsageVisit visit,
    std::function<void()> done);

// The hour of the first row of the table; nothing where there is none.
[[nodiscard]] boost::asio::awaitable<Result<std::optional<Instant>, Problem>> first_use(
    Service& service, const AccountAsOf& as_of);

// Whether anything was recorded before that instant that counts as usage, as of the past.
[[nodiscard]] boost::asio::awaitable<Result<bool, Problem>> used_before(Service& service,
                                                                        const AccountAsOf& as_of,
                                                                        Instant edge);

}  // namespace packledger::serve
