#include "tests/system/campaign.hpp"

#include "tests/sim/promises.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <utility>

namespace packledger {
namespace {

// What failed so far, each in its first line.
std::vector<std::string> failures() {
  std::vector<std::string> all;
  const testing::TestInfo* const test = testing::UnitTest::GetInstance()->current_test_info();
  if (test == nullptr) return all;
  for (int i = 0; i < test->result()->total_part_count(); ++i) {
    const testing::TestPartResult& part = test->result()->GetTestPartResult(i);
    if (!part.failed()) continue;
    std::string told = part.summary();
    std::ranges::replace(told, '\n', ' ');
    std::ranges::replace(told, '\t', ' ');
    all.push_back(told.substr(0, 300));
  }
  return all;
}

}  // namespace

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::stoull(text);
}

double milliseconds_since(std::chrono::steady_clock::time_point then) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - then).count();
}

std::string_view name_of(Invariant invariant) {
  return sim::promise_names.at(static_cast<std::size_t>(invariant));
}

Campaign::Campaign(std::string name, Rounds rounds)
    : name_{std::move(name)},
      seconds_{from_environment("PACKLEDGER_SECONDS", 0)},
      rounds_{from_environment("PACKLEDGER_ROUNDS", seconds_ > 0 ? rounds.campaign : rounds.suite)},
      seed_{from_environment("PACKLEDGER_SEED", 1)},
      dice_{seed_} {}

double Campaign::seconds() const {
  return std::chrono::duration<double>(Clock::now() - began_).count();
}

bool Campaign::more() {
  const bool over = seconds_ > 0 && seconds() >= static_cast<double>(seconds_);
  if (round_ >= rounds_ || over || testing::Test::HasFailure()) return false;
  ++round_;
  return true;
}

std::string Campaign::where() const {
  return name_ + ": round " + std::to_string(round_) + ", seed " + std::to_string(seed_);
}

void Campaign::most(const std::string& name, double value) {
  figures_[name] = std::max(figures_[name], value);
}

// One fact a line, its parts with tabs between.
Campaign::~Campaign() {
  const std::vector<std::string> failed = failures();
  std::cout << name_ << ": " << round_ << " rounds in " << seconds() << " s, seed " << seed_;
  for (const auto& [name, value] : figures_) std::cout << "; " << name << " " << value;
  std::cout << "\n";
  const char* const file = std::getenv("PACKLEDGER_TELL");
  if (file == nullptr) return;
  std::ofstream out{file, std::ios::app};
  out << "ran\t" << name_ << "\t" << round_ << "\t" << seconds() << "\n";
  for (const auto& [invariant, times] : checked_)
    out << "invariant\t" << name_ << "\t" << static_cast<int>(invariant) << "\t"
        << name_of(invariant) << "\t" << times << "\n";
  for (const auto& [name, value] : figures_)
    out << "figure\t" << name_ << "\t" << name << "\t" << value << "\n";
  for (const std::string& each : failed)
    out << "failure\t" << name_ << "\t" << where() << ": " << each << "\n";
}

}  // namespace packledger
