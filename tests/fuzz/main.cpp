// packledger_fuzz: under libFuzzer PACKLEDGER_FUZZ_TARGET names the target; elsewhere
// `packledger_fuzz TARGET FILE-OR-DIRECTORY...` plays inputs, and `packledger_fuzz` lists targets.
#include "tests/fuzz/target.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace packledger::fuzz {
namespace {

std::vector<Target> all_targets() {
  std::vector<Target> all;
  for (const auto targets : {edge_targets(), request_targets(), stored_targets(), law_targets()})
    all.insert(all.end(), targets.begin(), targets.end());
  return all;
}

[[maybe_unused]] const Target* find_target(std::string_view name) {
  static const std::vector<Target> targets = all_targets();
  const auto found = std::ranges::find(targets, name, &Target::name);
  return found == targets.end() ? nullptr : &*found;
}

}  // namespace

void must(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

#ifdef PACKLEDGER_LIBFUZZER

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Target* target = [] {
    const char* name = std::getenv("PACKLEDGER_FUZZ_TARGET");
    const Target* found = name == nullptr ? nullptr : find_target(name);
    must(found != nullptr, "PACKLEDGER_FUZZ_TARGET names a target");
    return found;
  }();
  target->run({reinterpret_cast<const char*>(data), size});
  return 0;
}

#else

namespace {

std::size_t play(const Target& target, const std::filesystem::path& path) {
  std::size_t played = 0;
  if (std::filesystem::is_directory(path)) {
    for (const auto& each : std::filesystem::directory_iterator(path))
      played += play(target, each.path());
    return played;
  }
  std::ifstream in{path, std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
  std::fprintf(stderr, "%s\n", path.c_str());  // the last one is to blame
  target.run(bytes);
  return 1;
}

}  // namespace

int run(std::span<char*> words) {
  if (words.size() == 1) {
    for (const Target& each : all_targets())
      std::printf("%.*s\n", static_cast<int>(each.name.size()), each.name.data());
    return 0;
  }
  const Target* target = find_target(words[1]);
  must(target != nullptr, "the first word names a target");
  std::size_t played = 0;
  for (const char* path : words.subspan(2)) played += play(*target, path);
  std::printf("%zu inputs\n", played);
  return played == 0 ? 1 : 0;
}

#endif

}  // namespace packledger::fuzz

#ifndef PACKLEDGER_LIBFUZZER
int main(int count, char** words) {
  return packledger::fuzz::run({words, static_cast<std::size_t>(count)});
}
#endif
