// Both: puts the law and the naive model side by side: the books that both see, and where account
// and model differ.
//
// Owner: the test; one thread.
#pragma once

#include "tests/ledger/desk.hpp"
#include "tests/ledger/model.hpp"

#include <string>
#include <vector>

namespace packledger {

// The two books of the random tests: the second is in force from the middle of July 2024
// on.
[[nodiscard]] std::vector<model::Book> model_books();
[[nodiscard]] PriceBook law_book(const model::Book& book, const std::string& version);

[[nodiscard]] Scope scope_of(const model::Wares& wares);
[[nodiscard]] OverageMode mode_of(bool stops);
[[nodiscard]] Country country_of(const std::string& text);
[[nodiscard]] TemplateType template_of(const std::string& text);
[[nodiscard]] AccountOpened opening(const std::string& name, const model::Settings& settings);

// The answer of the law in the words of the model.
[[nodiscard]] std::string told(const Result<Decision, Refusal>& decided, const Account& account);
[[nodiscard]] std::string told(const Decision& decision, const Account& account);
[[nodiscard]] std::string told(const Refusal& refusal);
// The line of an entry in the model's trail.
[[nodiscard]] std::string line_of(const Entry& entry, const Account& account);

// Where account and model differ now; empty where they agree.
[[nodiscard]] std::string difference(const Account& account, const model::Model& model,
                                     model::Ms now);
// The same of the balance, the pools, how the account stands, and the packages of which more may
// come.
[[nodiscard]] std::string difference_of_living(const Account& account, const model::Model& model,
                                               model::Ms now);
// The same of its alarms and of the holds that are open.
[[nodiscard]] std::string difference_of_watched(const Account& account, const model::Model& model);

}  // namespace packledger
