// Asking: what every handler does with the engine: parameters read, the request put through the
// Inbox, the reply awaited, the answer rendered. Coroutines of the front thread.
#pragma once

#include "packledger/engine/inbox.hpp"
#include "packledger/ledger/ledger.hpp"
#include "packledger/ledger/result.hpp"
#include "serve/http_message.hpp"
#include "serve/problem.hpp"
#include "wire/requests.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger::serve {

class Metrics;
struct Service;

[[nodiscard]] Problem problem_of(const RequestFault& fault);

// ---- parameters of the query ----

inline constexpr std::uint64_t position_max = std::numeric_limits<std::int64_t>::max();

// Digits alone, within 64 bits.
[[nodiscard]] std::optional<std::uint64_t> parse_natural(std::string_view text);

struct NaturalBounds {
  std::uint64_t min = 0;
  std::uint64_t max = 0;
};
[[nodiscard]] Result<std::optional<std::uint64_t>, Problem> natural_parameter(const Query& query,
                                                                              std::string_view name,
                                                                              NaturalBounds bounds);
[[nodiscard]] Result<bool, Problem> flag_parameter(const Query& query, std::string_view name);
[[nodiscard]] Result<std::optional<Instant>, Problem> instant_parameter(const Query& query,
                                                                        std::string_view name);
// "kind", that of an entry; empty where absent.
[[nodiscard]] Result<std::string, Problem> kind_parameter(const Query& query);
// limit and cursor are the only parameters of a page; the limit is page_limit_default where absent.
[[nodiscard]] Result<std::size_t, Problem> limit_parameter(const Query& query);

// ---- reads ----

inline constexpr std::string_view read_parameters = "after wait position at";

// What a look at the ledger found.
struct Seen {
  Sequence position;
  Result<std::string, Problem> body;
};
// Looks at a ledger, which may be the engine's, on its thread, or one of the past, on another.
using Look = std::move_only_function<Seen(const Ledger&)>;

// Waits as the query says, then looks at the ledger as it is, or as it was.
[[nodiscard]] boost::asio::awaitable<HttpResponse> read(Service& service,
                                                        const HttpRequest& request, Look look);
// The same about one account: what it finds is rendered by `view`.
using ViewAccount =
    std::move_only_function<Result<std::string, Problem>(const Account&, const Ledger&)>;
[[nodiscard]] boost::asio::awaitable<HttpResponse> read_account(Service& service,
                                                                const HttpRequest& request,
                                                                ViewAccount view);
// Where a look at one account found it, when there is more to do than to render it.
struct AccountAsOf {
  AccountId account;
  Sequence position;  // of the ledger
  Instant now;        // the daemon's time, or that of the past
  bool past = false;
};
// Waits as the query says, then calls `look` with the account as it is, or as it was; on the thread
// of that ledger.
using LookAtAccount = std::move_only_function<std::optional<Problem>(const Account&)>;
[[nodiscard]] boost::asio::awaitable<Result<AccountAsOf, Problem>> look_at_account(
    Service& service, const HttpRequest& request, LookAtAccount look);

// Only the waiting; then nothing, or what is wrong with the parameters.
[[nodiscard]] boost::asio::awaitable<std::optional<Problem>> wait_as_asked(
    Service& service, const HttpRequest& request);

// The entry up to which a reader of the journal looks, as the query says, after waiting as it says.
[[nodiscard]] boost::asio::awaitable<Result<Sequence, Problem>> reading_end(
    Service& service, const HttpRequest& request);

// A question without parameters: the position and the body that `look` gives, or busy.
[[nodiscard]] boost::asio::awaitable<Result<Seen, Problem>> ask(Service& service, Look look);

// ---- writes ----

inline constexpr std::string_view write_parameters = "dry_run";

// How a write is made and answered.
struct WriteRules {
  std::string_view account{};  // empty where it opens one or is about none
  unsigned status = 200;       // of what was kept
};
[[nodiscard]] boost::asio::awaitable<HttpResponse> write(Service& service,
                                                         const HttpRequest& request,
                                                         Result<What, RequestFault> what,
                                                         WriteRules rules);

[[nodiscard]] Result<std::string, Problem> idempotency_key(const HttpRequest& request);
// Nothing where the inbox is full, or the disk: busy() says which.
[[nodiscard]] boost::asio::awaitable<std::optional<CommandAnswer>> ask(Service& service,
                                                                       Command command);

[[nodiscard]] boost::asio::awaitable<std::optional<SendsAnswered>> ask(Service& service,
                                                                       SendBatch batch);

// Counts what became of sends: those that the engine answered, and those refused before.
void count_sends(Metrics& metrics, std::size_t refused, const SendsAnswered& answered);

// ---- answers ----

[[nodiscard]] HttpResponse refused(const Service& service, const Problem& problem);
[[nodiscard]] HttpResponse refused(Service& service, const Refused& refusal);
[[nodiscard]] HttpResponse busy(const Service& service);
// What was written, from its entries.
[[nodiscard]] HttpResponse written(const Service& service, const Answered& answered,
                                   unsigned status);
[[nodiscard]] HttpResponse dry_run(const Service& service, std::span<const Entry> entries);

}  // namespace packledger::serve
