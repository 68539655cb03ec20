// Usage: how much was sent, step by step.
#include "query/usage_report.hpp"
#include "serve/asking.hpp"
#include "serve/routes.hpp"
#include "serve/service.hpp"
#include "serve/usage_walk.hpp"

#include <array>
#include <memory>
#include <optional>
#include <utility>

namespace packledger::serve {
namespace asio = boost::asio;
namespace {

// What the query says, before the account and its zone are looked at.
struct UsageAsked {
  std::optional<UsageSpan> span;
  std::optional<Instant> from;
  std::optional<Instant> to;
  std::optional<UsageStep> step;
  std::optional<Zone> zone;
  std::string package;  // empty: all
  UsageFilter filter;   // but for the package
};

Result<void, Problem> take_period(const Query& query, UsageAsked& asked) {
  const auto from = instant_parameter(query, "from");
  if (!from) return std::unexpected(from.error());
  const auto to = instant_parameter(query, "to");
  if (!to) return std::unexpected(to.error());
  asked.from = *from;
  asked.to = *to;
  const std::string* span = query.find("range");
  if (span != nullptr) asked.span = parse_span(*span);
  if (span != nullptr && !asked.span)
    return std::unexpected(invalid_parameter("range", "one of today, yesterday, 7d, 30d"));
  if (asked.span && (*from || *to))
    return std::unexpected(invalid_parameter("range", "no from or to beside it"));
  if (*to && !*from) return std::unexpected(invalid_parameter("to", "from beside it"));
  if (*from && *to && **to <= **from)
    return std::unexpected(invalid_parameter("to", "a time after from"));
  const std::string* step = query.find("step");
  if (step != nullptr) asked.step = parse_step(*step);
  if (step != nullptr && !asked.step)
    return std::unexpected(invalid_parameter("step", "one of hour, day, month"));
  return {};
}

Result<void, Problem> take_filter(const Query& query, UsageAsked& asked) {
  const auto payg = flag_parameter(query, "payg");
  if (!payg) return std::unexpected(payg.error());
  asked.filter.payg = *payg;
  if (const std::string* package = query.find("package")) {
    if (!is_name(*package)) return std::unexpected(invalid_parameter("package", "its name"));
    if (*payg) return std::unexpected(invalid_parameter("payg", "no package beside it"));
    asked.package = *package;
  }
  if (const std::string* country = query.find("destination")) {
    asked.filter.destination = parse_country(*country);
    if (!asked.filter.destination)
      return std::unexpected(invalid_parameter("destination", "an ISO 3166 country, like TH"));
  }
  if (const std::string* type = query.find("template")) {
    asked.filter.type = parse_template(*type);
    if (!asked.filter.type) {
      return std::unexpected(
          invalid_parameter("template", "one of verification, notification, promotion"));
    }
  }
  return {};
}

Result<UsageAsked, Problem> usage_asked(const Service& service, const Query& query) {
  UsageAsked asked;
  if (auto taken = take_period(query, asked); !taken) return std::unexpected(taken.error());
  if (auto taken = take_filter(query, asked); !taken) return std::unexpected(taken.error());
  if (const std::string* zone = query.find("zone")) {
    const bool nameable = !zone->empty() && zone->size() <= zone_name_bytes_max;
    if (nameable) asked.zone = fixed_zone(*zone);
    if (nameable && !asked.zone && service.doors.find_zone)
      asked.zone = service.doors.find_zone(*zone);
    if (!asked.zone)
      return std::unexpected(invalid_parameter("zone", "an offset or an IANA name of a zone"));
  }
  return asked;
}

// What only the ledger knows of the account.
struct AccountSeen {
  Zone zone;
  std::optional<PackageId> package;
};

asio::awaitable<Result<AccountAsOf, Problem>> look_at(Service& service, const HttpRequest& request,
                                                      std::string package,
                                                      std::shared_ptr<AccountSeen> seen) {
  return look_at_account(
      service, request,
      [package = std::move(package), seen](const Account& account) -> std::optional<Problem> {
        seen->zone = account.settings->zone;
        if (package.empty()) return std::nullopt;
        const Package* const wanted = account.find_package(package);
        if (wanted == nullptr) return not_there(Reject::unknown_package);
        seen->package = wanted->terms.id;
        return std::nullopt;
      });
}

Problem too_long() {
  return {.code = "period_too_long",
          .detail = "at most " + std::to_string(usage_points_max) +
                    " points are told at once: choose a longer step or a shorter period",
          .field = "step"};
}

UsageStep step_of(const UsageAsked& asked, const UsagePeriod& period) {
  return asked.step.value_or(step_for(period));
}

Result<UsageQuery, Problem> usage_query(const UsageAsked& asked, const Zone& zone, Instant now) {
  UsagePeriod period;
  if (asked.from) {
    // Up to now where no end is given: to the end of the quarter, which rows are cut at.
    const Instant quarter{(now.ms / usage_quarter.ms + 1) * usage_quarter.ms};
    period = {.from = *asked.from, .to = asked.to.value_or(quarter)};
    if (period.to <= period.from)
      return std::unexpected(invalid_parameter("from", "a time that is past"));
    for (const auto& [name, at] : {std::pair{"from", period.from}, std::pair{"to", period.to}}) {
      if (at.ms % usage_quarter.ms != 0)
        return std::unexpected(invalid_parameter(name, "a full quarter of an hour"));
    }
  } else {
    const UsageSpan span = asked.span.value_or(UsageSpan::today);
    const bool short_span = span == UsageSpan::today || span == UsageSpan::yesterday;
    const UsageStep step = asked.step.value_or(short_span ? UsageStep::hour : UsageStep::day);
    period = period_of(zone, span, step, now);
  }
  UsageQuery query{.account = {}, .step = step_of(asked, period), .bounds = {}, .filter = {}};
  auto bounds = usage_bounds(zone, query.step, period);
  if (!bounds && bounds.error() == UsageFault::too_many_points) return std::unexpected(too_long());
  if (!bounds) {
    return std::unexpected(
        invalid_parameter("zone", "one whose hours begin at full quarters of an hour of UTC"));
  }
  query.bounds = *std::move(bounds);
  query.filter = asked.filter;
  return query;
}

asio::awaitable<HttpResponse> tell(Service& service, UsageQuery query, Zone zone,
                                   AccountAsOf as_of) {
  // Shared: filled on another thread, which may outlive us.
  const auto report = std::make_shared<UsageReport>(std::move(query));
  const auto walked = co_await walk_usage_as_of(
      service, as_of, report->range(), [report](const UsageRow& row) { return report->take(row); },
      [] {});
  if (!walked) co_return refused(service, walked.error());
  if (report->too_large()) {
    co_return refused(service, Problem{.code = "period_too_long",
                                       .detail = "more than " + std::to_string(usage_rows_max) +
                                                 " rows: choose a shorter period",
                                       .field = "from"});
  }
  HttpResponse response;
  response.body =
      report->body(service.directory, zone, {.position = walked->position, .last = walked->last});
  response.position = walked->position;
  co_return response;
}

asio::awaitable<HttpResponse> tell_usage(Service& service, const HttpRequest& request) {
  const auto asked = usage_asked(service, request.query);
  if (!asked) co_return refused(service, asked.error());
  const auto seen = std::make_shared<AccountSeen>();  // filled on the thread of the ledger
  const auto as_of = co_await look_at(service, request, asked->package, seen);
  if (!as_of) co_return refused(service, as_of.error());
  const Zone& zone = asked->zone ? *asked->zone : seen->zone;
  auto query = usage_query(*asked, zone, as_of->now);
  if (!query) co_return refused(service, query.error());
  query->account = as_of->account;
  query->filter.package = seen->package;
  co_return co_await tell(service, *std::move(query), zone, *as_of);
}

constexpr std::array routes{
    Route{Method::get, "/v1/accounts/{account}/usage", Body::none,
          "after wait position at range from to step zone package payg destination template",
          tell_usage},
};

}  // namespace

std::span<const Route> usage_routes() { return routes; }

}  // namespace packledger::serve
