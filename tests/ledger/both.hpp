// Both: asks the law and the naive model the same, account by account, and says where they differ.
// Also the random life of an account that the model tests play.
//
// Owner: the test; one thread.
#pragma once

#include "tests/ledger/desk.hpp"
#include "tests/ledger/model.hpp"

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace packledger {

// The two books of the random tests: the second is in force from June 2024 on.
[[nodiscard]] std::vector<model::Book> model_books();
[[nodiscard]] PriceBook law_book(const model::Book& book, const std::string& version);

// One thing that happens to one account at an instant.
struct Step {
  model::Ms at = 0;
  std::string label;  // for the message of a failure
  What law;
  std::function<std::string(model::Model&)> model;
};

// A life of `count` steps, never back in time, the same for the same seed. What exists is guessed
// by names only, so that a life does not depend on any answer.
[[nodiscard]] std::vector<Step> random_life(std::uint64_t seed, std::size_t count);
[[nodiscard]] model::Settings random_settings(std::uint64_t seed);
[[nodiscard]] AccountOpened opening(const std::string& name, const model::Settings& settings);

// The answer of the law in the words of the model.
[[nodiscard]] std::string told(const Result<Decision, Refusal>& decided, const Account& account);

// Where account and model differ now; empty where they agree.
[[nodiscard]] std::string difference(const Account& account, const model::Model& model,
                                     model::Ms now);

}  // namespace packledger
