// The checks of the house, run over the source tree. Each finding says what to do instead.
#include "tests/house/floors.hpp"
#include "tests/house/promises.hpp"
#include "tests/house/shape.hpp"
#include "tests/house/tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace packledger::house {
namespace {

void expect_none(const Findings& findings) {
  EXPECT_TRUE(findings.empty()) << "\n" << report(findings);
}

void expect_silent(Findings (*check)(const Source&)) {
  const std::vector<Source> sources = cpp_of_tree();
  const bool read_itself = std::ranges::any_of(
      sources, [](const Source& source) { return source.path == "tests/house/house_test.cpp"; });
  ASSERT_TRUE(read_itself) << "this is not the source tree: " << PACKLEDGER_SOURCE_DIR;
  Findings findings;
  for (const Source& source : sources) append(findings, check(source));
  expect_none(findings);
}

TEST(House, RoomsIncludeOnlyLowerFloors) { expect_silent(check_floors); }
TEST(House, VendorsStayWithTheirOwners) { expect_silent(check_vendors); }
TEST(House, ClocksChanceAndFloatsStayOut) { expect_silent(check_purity); }
TEST(House, LinesAndFilesAreShort) { expect_silent(check_lines); }
TEST(House, FunctionsAreShort) { expect_silent(check_functions); }
TEST(House, HeadersSayWhatTheyAre) { expect_silent(check_opening); }
TEST(House, EveryTodoHasNameAndCondition) { expect_silent(check_todos); }
TEST(House, NamesSaySomething) { expect_silent(check_names); }

TEST(House, EverySourceIsBuilt) { expect_none(check_built(cpp_of_tree(), cmake_of_tree())); }

TEST(House, EveryRejectIsDocumented) {
  const std::optional<Source> header = file_of_tree("include/packledger/ledger/reject.hpp");
  if (!header) GTEST_SKIP() << "there is no reject.hpp yet";
  std::vector<Source> documents;
  for (const char* path : {"docs/rules.md", "docs/interface.md"}) {
    if (std::optional<Source> document = file_of_tree(path)) documents.push_back(*document);
  }
  if (documents.empty()) GTEST_SKIP() << "there is no docs/rules.md yet";
  expect_none(check_rejects(*header, documents));
}

TEST(House, EveryStoredInputHasGoldenBytes) {
  const std::optional<Source> proto = file_of_tree("proto/packledger/v1/entry.proto");
  if (!proto) GTEST_SKIP() << "there is no entry.proto yet";
  expect_none(check_golden(*proto, paths_of_tree()));
}

}  // namespace
}  // namespace packledger::house
