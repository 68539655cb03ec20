// The published form of the interface says all that is served, and nothing else.
#include "packledger/ledger/input.hpp"
#include "packledger/ledger/reject.hpp"
#include "serve/openapi.hpp"
#include "serve/problem.hpp"
#include "serve/routes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <variant>

namespace packledger::serve {
namespace {

using ::testing::HasSubstr;

std::string interface_document() {
  std::ostringstream text;
  text << std::ifstream(PACKLEDGER_SOURCE_DIR "/docs/interface.md").rdbuf();
  return text.str();
}

std::string small(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

// "get /v1/journal", as the YAML has them: paths at two spaces, methods at four.
std::set<std::string> described_routes() {
  std::set<std::string> routes;
  std::istringstream lines{std::string(openapi_document())};
  std::string path;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("components:")) break;
    if (line.starts_with("  /")) path = line.substr(2, line.find(':') - 2);
    for (const std::string_view method : {"get", "post", "put", "patch", "delete"}) {
      if (line == "    " + std::string(method) + ":")
        routes.insert(std::string(method) + " " + path);
    }
  }
  return routes;
}

TEST(Documents, DescribeEveryRouteThatIsServedAndNoOther) {
  const std::string prose = interface_document();
  std::set<std::string> served;
  for (const Route& route : all_routes()) {
    const std::string pattern(route.pattern);
    served.insert(small(method_text(route.method)) + " " + pattern);
    EXPECT_THAT(prose,
                HasSubstr("`" + std::string(method_text(route.method)) + " " + pattern + "`"));
  }
  EXPECT_EQ(described_routes(), served);
}

TEST(Documents, NameEveryParameter) {
  const std::string yaml(openapi_document());
  for (const Route& route : all_routes()) {
    std::istringstream words{std::string(route.parameters)};
    for (std::string word; words >> word;)
      EXPECT_THAT(yaml, HasSubstr("      name: " + word + "\n")) << route.pattern;
  }
}

TEST(Documents, NameEveryCode) {
  const std::string prose = interface_document();
  for (const ProblemRow& row : problem_rows()) {
    const std::size_t at = prose.find("| `" + std::string(row.code) + "` | ");
    ASSERT_NE(at, std::string::npos) << row.code;
    EXPECT_THAT(prose.substr(at, prose.find('\n', at) - at), HasSubstr(std::to_string(row.status)))
        << row.code;
  }
}

template <std::size_t... kind> std::vector<std::string> kinds(std::index_sequence<kind...>) {
  return {std::string(kind_text(What{std::in_place_index<kind>}))...};
}

TEST(Documents, NameEveryKindOfEntry) {
  const std::string prose = interface_document();
  const std::string yaml(openapi_document());
  for (const std::string& kind : kinds(std::make_index_sequence<std::variant_size_v<What>>())) {
    EXPECT_THAT(prose, HasSubstr("`" + kind + "`"));
    EXPECT_THAT(yaml, HasSubstr("        - " + kind + "\n"));
  }
}

TEST(Problem, HasARowForEveryReject) {
  for (int number = 1; number <= static_cast<int>(Reject::account_overdue); ++number) {
    const auto code = reject_text(static_cast<Reject>(number));
    EXPECT_TRUE(std::ranges::any_of(problem_rows(), [&](const ProblemRow& row) {
      return row.code == code;
    })) << code;
  }
}

TEST(Problem, SaysTheSameCodeOnlyOnce) {
  std::set<std::string_view> codes;
  for (const ProblemRow& row : problem_rows())
    EXPECT_TRUE(codes.insert(row.code).second) << row.code;
}

TEST(Problem, IsInertWhateverItQuotes) {
  const Problem problem{.code = "unknown_parameter", .field = "\"\n<script>\xFF"};
  const HttpResponse response = response_of(problem, Sequence{7});
  EXPECT_THAT(response.body, HasSubstr(R"("field":"\"\n<script>)"));
  EXPECT_THAT(response.body, HasSubstr(R"("position":7)"));
  EXPECT_THAT(response.body, ::testing::Not(HasSubstr("\xFF")));
}

}  // namespace
}  // namespace packledger::serve
