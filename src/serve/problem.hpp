// Every "no" of the interface in one table: code, status and title; and its form as
// application/problem+json. Nothing a client reads here names a file, an address or a place in the
// program. Values and pure functions, any thread.
#pragma once

#include "packledger/ledger/id.hpp"
#include "packledger/ledger/reject.hpp"
#include "serve/http_message.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace packledger::serve {

struct Problem {
  std::string code{};  // one of problem_rows(), or invalid_<member>
  std::string detail{};
  std::string field{};           // the member or parameter that is wrong; may be empty
  std::string allow{};           // 405: the methods that there are
  std::optional<unsigned> as{};  // another status than that of the table
};

struct ProblemRow {
  std::string_view code{};
  unsigned status = 500;
  std::string_view title{};
};
[[nodiscard]] std::span<const ProblemRow> problem_rows();

[[nodiscard]] unsigned status_of(const Problem& problem);

// What the law said, about something that a request wants to change.
[[nodiscard]] Problem problem_of(const Refusal& refusal, std::string_view field = {});
// The same for a request that only reads: what is not there is 404, whatever it is.
[[nodiscard]] Problem not_there(Reject reject);

// "invalid_limit", about a parameter of the query.
[[nodiscard]] Problem invalid_parameter(std::string_view name, std::string_view expected);

[[nodiscard]] HttpResponse response_of(const Problem& problem, Sequence position);

}  // namespace packledger::serve
