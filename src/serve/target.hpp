// The target of a request taken apart: path segments and query, percent-decoded strictly. Pure
// functions, any thread.
#pragma once

#include "packledger/ledger/result.hpp"
#include "serve/http_message.hpp"
#include "serve/problem.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::serve {

struct Target {
  std::vector<std::string> segments;  // of "/v1/sends": "v1", "sends"; none of "/"
  Query query;
};

// Takes only what begins with '/'. Refuses: characters that a URI may not hold, '%' without two hex
// digits, decoded bytes that are not UTF-8 or are controls, an encoded '/', empty segments, "." and
// "..", a parameter that comes twice.
[[nodiscard]] Result<Target, Problem> parse_target(std::string_view text);

// "%2B" to "+"; nothing where the text is not well-formed as said above. '+' stays '+'.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace packledger::serve
