// Each check of a file's shape, tried on what it must find and on what it must let pass.
#include "tests/house/shape.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace packledger::house {
namespace {

using ::testing::HasSubstr;

std::string times(std::size_t count, std::string_view text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

std::string lines(const std::string& text) { return report(check_lines({"src/wire/a.cpp", text})); }

// Puts `count` statements into the braces that `before` opens and `after` closes.
std::string functions(std::string_view before, std::size_t count, std::string_view after) {
  const std::string text = std::string(before) + times(count, "\n  f({1});") + std::string(after);
  return report(check_functions({"src/wire/a.cpp", text}));
}

TEST(Shape, ColumnsAreCountedInCharacters) {
  EXPECT_EQ(lines(times(columns_max, "x")), "");
  EXPECT_EQ(lines(times(columns_max, "条")), "");
  EXPECT_THAT(lines("\n" + times(columns_max + 1, "x")), HasSubstr("a.cpp:2: 101 columns"));
}

TEST(Shape, AFileEndsAtTheWall) {
  EXPECT_EQ(lines(times(file_lines_max, "\n")), "");
  EXPECT_THAT(lines(times(file_lines_max + 1, "\n")), HasSubstr("501 lines"));
}

TEST(Shape, AFunctionEndsAtTheWall) {
  constexpr std::size_t fits = function_lines_max - 2;  // the first and the last line count
  EXPECT_EQ(functions("void f() {", fits, "\n}"), "");
  EXPECT_THAT(functions("\nvoid take() {", fits + 1, "\n}"),
              HasSubstr("a.cpp:2: take has 71 lines"));
}

TEST(Shape, FunctionsAreFoundInAllTheirForms) {
  for (const char* before :
       {"namespace a {\nvoid take() {", "struct A {\n public:\n  int take() const {",
        "template <class T>\nauto take(T t) -> std::vector<T> {", "A::take(int a) : a_{a}, b_{} {",
        "class A : public B {\n  A& take(const A&) noexcept {", "TEST(Suite, take) {",
        "A::take(int a) : std::vector<int>{a} {", "A::take()\n    : a_(1) {",
        "int x = 3;\nint y{4};\nbool take(int a = 3) {", "#define M(x) {\nvoid take() {",
        "constexpr auto take = [](int a) -> int {", "std::array a = {B{1}, B{2}};\nint take() {",
        "enum class E { a, b };\nE take() {"}) {
    EXPECT_THAT(functions(before, function_lines_max, "\n}"), HasSubstr("the wall is 70"))
        << before;
  }
}

TEST(Shape, ClassesAndTablesAreNoFunctions) {
  EXPECT_EQ(functions("class A : public B {", 100, "\n};"), "");
  EXPECT_EQ(functions("namespace a::b {", 100, "\n}"), "");
  EXPECT_EQ(functions("constexpr std::array rows{", 100, "\n};"), "");
  EXPECT_EQ(functions("const Table rows = {", 100, "\n};"), "");
  EXPECT_EQ(functions("template <class T>\n  requires(sizeof(T) > 1)\nstruct A {", 100, "\n};"),
            "");
}

TEST(Shape, AHeaderOpensWithAComment) {
  const auto opening = [](const char* path, const char* text) {
    return report(check_opening({path, text}));
  };
  EXPECT_EQ(opening("src/wire/a.hpp", "// What this is.\n#pragma once\n"), "");
  EXPECT_EQ(opening("src/wire/a.cpp", "#include \"wire/a.hpp\"\n"), "");
  EXPECT_THAT(opening("src/wire/a.hpp", "#pragma once\n// What this is.\n"),
              HasSubstr("open the header with a comment"));
}

TEST(Shape, ATodoHasNameAndCondition) {
  const auto todos = [](const char* text) { return report(check_todos({"src/a.cpp", text})); };
  EXPECT_EQ(todos("// TODO(ann): drop this when 0.2 is out.\n"), "");
  EXPECT_EQ(todos("const char* text = \"TODO\";\n"), "");
  EXPECT_EQ(todos("// Not one of the TODOS.\n"), "");
  for (const char* text : {"// TODO: drop this when 0.2 is out.", "// TODO(ann): drop this.",
                           "// TODO(): drop this when done.", "int x;  // FIXME", "/* XXX */"}) {
    EXPECT_THAT(todos(text), HasSubstr("without name and condition")) << text;
  }
}

TEST(Shape, NamesSaySomething) {
  const auto names = [](const char* path) { return report(check_names({path, ""})); };
  EXPECT_EQ(names("src/wire/entry_codec.cpp"), "");
  EXPECT_EQ(names("src/wire/base64.cpp"), "");
  for (const char* path : {"src/wire/util/a.cpp", "src/common/a.cpp", "src/store/impl/a.cpp",
                           "src/serve/helpers.hpp", "src/app/manager/a.hpp", "src/base/a.cpp"}) {
    EXPECT_THAT(names(path), HasSubstr("says nothing")) << path;
  }
}

}  // namespace
}  // namespace packledger::house
