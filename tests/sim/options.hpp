// Options: the words behind the name of a campaign. All of them are `--name`, `--name VALUE` or
// `--name=VALUE`; one that no campaign asked for is an error.
//
//   Options options(words);
//   run.seed = options.number("--seed", 1);
//   run.story = options.flag("--story");
//   options.expect_no_more();
//
// Owner: the campaign; one thread.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::sim {

// What is wrong with the words; ends the program with exit code 2.
struct BadOptions : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Options {
 public:
  explicit Options(std::span<const std::string> words) : words_(words.begin(), words.end()) {}

  // Each takes its option out of the words; given twice, the last one counts.
  [[nodiscard]] bool flag(std::string_view name);
  [[nodiscard]] std::string text(std::string_view name, std::string otherwise);
  [[nodiscard]] std::uint64_t number(std::string_view name, std::uint64_t otherwise);
  void expect_no_more() const;

 private:
  std::vector<std::string> words_;
};

}  // namespace packledger::sim
