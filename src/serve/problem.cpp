#include "serve/problem.hpp"

#include "packledger/ledger/result.hpp"
#include "wire/json_writer.hpp"

#include <algorithm>
#include <array>

namespace packledger::serve {
namespace {

constexpr std::string_view invalid_title = "The request is not valid";

// The rejects of the law first, in its order; then what this room and wire refuse by themselves.
constexpr std::array rows{
    ProblemRow{"unknown_account", 404, "There is no such account"},
    ProblemRow{"duplicate", 409, "This was done before"},
    ProblemRow{"conflict", 409, "The same identity was used with another content"},
    ProblemRow{"invalid_units", 400, "The number of units is not allowed"},
    ProblemRow{"timestamp_in_future", 422, "The time of occurrence lies in the future"},
    ProblemRow{"too_old", 422, "The time of occurrence lies too far back"},
    ProblemRow{"account_suspended", 422, "The account is suspended"},
    ProblemRow{"unknown_product", 422, "The price book in force has no such product"},
    ProblemRow{"invalid_quota", 400, "The quota is not allowed"},
    ProblemRow{"unknown_order", 404, "There is no such order"},
    ProblemRow{"order_not_pending", 422, "The order does not wait for a payment"},
    ProblemRow{"unknown_package", 404, "There is no such package"},
    ProblemRow{"not_refundable", 422, "The package cannot be refunded"},
    ProblemRow{"unknown_send", 422, "There is no such send"},
    ProblemRow{"over_reversal", 422, "More units than are left to reverse"},
    ProblemRow{"quota_exhausted", 422, "The packages do not have enough units left"},
    ProblemRow{"no_tariff", 422, "The price book has no price for this destination"},
    ProblemRow{"amount_overflow", 422, "The amount is too large to be counted"},
    ProblemRow{"insufficient_balance", 422, "The balance is too small"},
    ProblemRow{"packages_max_reached", 422, "The account has as many packages as it may have"},
    ProblemRow{"account_overdue", 422, "The account is overdue"},
    ProblemRow{"invalid_expires_at", 400, "The package would end before it starts"},
    ProblemRow{"reserved_name", 422, "The name is one of those that renewals give"},
    ProblemRow{"unknown_alarm", 404, "There is no such alarm"},
    ProblemRow{"unknown_contact", 422, "The account has no such contact"},
    ProblemRow{"alarms_max_reached", 422, "The account has as many alarms as it may have"},
    ProblemRow{"unknown_renewal", 404, "No automatic renewal is set"},
    ProblemRow{"invalid_pool", 400, "Automatic renewal is for the mainland pool only"},
    ProblemRow{"invalid_quantity", 400, "The quantity is not allowed"},
    ProblemRow{"invalid_lead", 400, "The package would end within the lead of its renewal"},
    ProblemRow{"unknown_hold", 404, "There is no such hold"},
    ProblemRow{"hold_captured", 422, "The hold was captured"},
    ProblemRow{"hold_released", 422, "The hold was released"},
    ProblemRow{"hold_expired", 422, "The hold has run out"},
    ProblemRow{"over_capture", 422, "More units than are held"},
    ProblemRow{"holds_max_reached", 422, "The account has as many open holds as it may have"},
    ProblemRow{"not_renewable", 422, "The package cannot be renewed by this order"},
    ProblemRow{"stale_epoch", 409, "The producer has begun a higher epoch"},
    ProblemRow{"gap", 409, "Batches before this one were not taken"},
    ProblemRow{"producers_max_reached", 422, "As many producers are known as may be"},
    ProblemRow{"nothing_to_tell", 422, "The forecast makes no alarm speak"},
    ProblemRow{"nothing_to_invoice", 422, "Nothing was paid that is not invoiced yet"},

    ProblemRow{"invalid_json", 400, "The body is not JSON as it is accepted here"},
    ProblemRow{"unknown_field", 400, "The body has a member that is not known"},
    ProblemRow{"unknown_parameter", 400, "The query has a parameter that is not known"},
    ProblemRow{"invalid_request", 400, "The request is not HTTP as it is accepted here"},
    ProblemRow{"invalid_target", 400, "The path or the query is not well-formed"},
    ProblemRow{"no_price_book", 404, "No price book is in force"},
    ProblemRow{"unknown_invoice", 404, "There is no such invoice"},
    ProblemRow{"forbidden_origin", 403, "Pages of another host may not ask this"},
    ProblemRow{"not_found", 404, "There is nothing at this path"},
    ProblemRow{"period_too_long", 422, "The period is too long for one answer"},
    ProblemRow{"test_clock_off", 404, "The daemon runs on the real clock"},
    ProblemRow{"method_not_allowed", 405, "The path does not take this method"},
    ProblemRow{"too_slow", 408, "The request did not come in time"},
    ProblemRow{"too_large", 413, "The body is too large"},
    ProblemRow{"target_too_long", 414, "The path and query are too long"},
    ProblemRow{"unsupported_media_type", 415, "The path does not take this content type"},
    ProblemRow{"expectation_failed", 417, "The expectation cannot be met"},
    ProblemRow{"upgrade_required", 426, "This path speaks WebSocket only"},
    ProblemRow{"header_too_large", 431, "The header is too large"},
    ProblemRow{"internal", 500, "The daemon could not answer"},
    ProblemRow{"not_implemented", 501, "The transfer coding is not known"},
    ProblemRow{"busy", 503, "Too much is waiting, try again shortly"},
    ProblemRow{"storage_full", 503, "The disk has no room for more"},
    ProblemRow{"not_ready", 503, "The daemon is still recovering"},
    ProblemRow{"journal_unavailable", 503, "The journal cannot be read"},
    ProblemRow{"usage_unavailable", 503, "The table of usage cannot be read now"},
};

const ProblemRow* row_of(std::string_view code) {
  const auto row = std::ranges::find(rows, code, &ProblemRow::code);
  return row == rows.end() ? nullptr : &*row;
}

}  // namespace

std::span<const ProblemRow> problem_rows() { return rows; }

unsigned status_of(const Problem& problem) {
  if (problem.as) return *problem.as;
  const ProblemRow* row = row_of(problem.code);
  if (row != nullptr) return row->status;
  ENSURE(problem.code.starts_with("invalid_"), "every code is in the table");
  return 400;
}

Problem problem_of(const Refusal& refusal, std::string_view field) {
  Problem problem;
  problem.code = reject_text(refusal.reject);
  problem.field = field.empty() ? refusal.field : field;
  if (refusal.shortfall)
    problem.detail = "needs " + money_text(refusal.shortfall->needed) + ", the balance is " +
                     money_text(refusal.shortfall->balance);
  if (refusal.first.value != 0) {
    problem.detail = "first asked in entry " + std::to_string(refusal.first.value);
    if (!problem.field.empty()) problem.detail += ", with another " + problem.field;
  }
  return problem;
}

Problem not_there(Reject reject) { return Problem{.code{reject_text(reject)}, .as = 404}; }

Problem invalid_parameter(std::string_view name, std::string_view expected) {
  return Problem{.code = "invalid_" + std::string(name),
                 .detail = std::string(name) + ": expected " + std::string(expected),
                 .field{name}};
}

HttpResponse response_of(const Problem& problem, Sequence position) {
  HttpResponse response;
  response.status = status_of(problem);
  response.media_type = "application/problem+json";
  response.position = position;
  const ProblemRow* row = row_of(problem.code);
  const std::string_view title = row == nullptr ? invalid_title : row->title;
  JsonWriter json(response.body);
  json.begin_object();
  json.member("type", "urn:packledger:problem:" + problem.code);
  json.member("title", title);
  json.member("status", response.status);
  json.member("code", problem.code);
  json.member("detail", problem.detail.empty() ? title : std::string_view(problem.detail));
  if (!problem.field.empty()) json.member("field", problem.field);
  json.member("position", position.value);
  json.end_object();
  if (response.status == 503) response.fields.emplace_back("Retry-After", "1");
  if (!problem.allow.empty()) response.fields.emplace_back("Allow", problem.allow);
  if (response.status == 426) response.fields.emplace_back("Upgrade", "websocket");
  return response;
}

}  // namespace packledger::serve
