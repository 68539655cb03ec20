// The completion scripts come from the tree of commands. The golden file shows every command and
// option there is: when this test fails because the interface grew, look at the difference, then
//   packledger completion bash > tests/cli/golden/completion.bash
#include "app/cli/completion_script.hpp"
#include "tests/cli/run_words.hpp"

#include <CLI/CLI.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

namespace packledger::cli {
namespace {

using testing::HasSubstr;

std::string bash(const std::string& script) {
  const auto file =
      std::filesystem::temp_directory_path() / ("packledger-" + fresh_name("completion") + ".bash");
  std::ofstream{file} << script;
  const std::string command = "bash --norc " + file.string() + " 2>&1";
  std::string said;
  const auto close = [](std::FILE* pipe) { ::pclose(pipe); };
  const std::unique_ptr<std::FILE, decltype(close)> pipe{::popen(command.c_str(), "r"), close};
  std::array<char, 4096> buffer{};
  while (pipe != nullptr) {
    const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe.get());
    if (got == 0) break;
    said.append(buffer.data(), got);
  }
  std::filesystem::remove(file);
  return said;
}

// What a shell offers after these words, the last of which is being typed.
std::string offered(const std::string& words, int current) {
  return bash(run_words({"completion", "bash"}).out + "COMP_WORDS=(" + words +
              ")\nCOMP_CWORD=" + std::to_string(current) + "\n_packledger\necho ${COMPREPLY[@]}\n");
}

TEST(Completion, IsAsItWasLookedAt) {
  std::ifstream file{std::string(PACKLEDGER_SOURCE_DIR) + "/tests/cli/golden/completion.bash"};
  const std::string golden{std::istreambuf_iterator<char>{file}, {}};
  EXPECT_EQ(run_words({"completion", "bash"}).out, golden);
}

TEST(Completion, BashOffersCommandsAndOptionsWhereTheyStand) {
  EXPECT_EQ(offered("packledger acc", 1), "account\n");
  EXPECT_EQ(offered("packledger account ''", 2).substr(0, 18), "open show set fund");
  EXPECT_EQ(offered("packledger account open acme --cur", 4), "--currency\n");
  EXPECT_EQ(offered("packledger packages acme --exp", 3), "--expiring-within\n");
  EXPECT_EQ(offered("packledger packages acme --ser", 3), "--server\n");
}

TEST(Completion, EveryShellKnowsEveryWord) {
  CLI::App root{"about", "packledger"};
  CLI::App* const open = root.add_subcommand("open", "Open: it's quick.");
  bool flag = false;
  root.add_flag("--json", flag, "As JSON.");
  open->add_flag("--fast", flag, "Faster.");
  const auto nodes = completion_nodes(root);
  ASSERT_EQ(nodes.size(), 2U);
  EXPECT_EQ(nodes[1].path, "packledger open");
  EXPECT_THAT(zsh_completion(nodes), HasSubstr("'open:Open; it'\\''s quick.'"));
  EXPECT_THAT(zsh_completion(nodes), HasSubstr("'--json:As JSON.'"));
  EXPECT_THAT(fish_completion(nodes),
              HasSubstr("-n \"__packledger_at 'packledger open'\" -l fast -d 'Faster.'"));
  EXPECT_THAT(fish_completion(nodes), HasSubstr("-f -a open -d 'Open: it'\\''s quick.'"));
}

}  // namespace
}  // namespace packledger::cli
