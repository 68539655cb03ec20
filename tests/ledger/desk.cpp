#include "tests/ledger/desk.hpp"

#include <algorithm>
#include <utility>

namespace packledger {

void Desk::advance(Instant to) {
  while (const auto due = ledger_->next_due()) {
    if (*due > to) break;
    now_ = std::max(now_, *due);
    take_due();
  }
  now_ = std::max(now_, to);
}

void Desk::jump(Instant to) {
  now_ = std::max(now_, to);
  take_due();
}

void Desk::take_due() {
  while (auto input = ledger_->due_input(now_)) {
    auto decided = ledger_->decide(*input, now_);
    ENSURE(decided.has_value(), "a timer is never refused");
    keep(*std::move(input), *std::move(decided));
  }
}

Input Desk::input_of(std::string_view account, What what, std::string key) const {
  const auto id = ledger_->accounts().find(account);
  return {id.value_or(AccountId{}), std::move(key), std::move(what)};
}

Result<Decision, Refusal> Desk::ask(std::string_view account, What what, std::string key) {
  take_due();
  Input input = input_of(account, std::move(what), std::move(key));
  auto decided = ledger_->decide(input, now_);
  if (decided) {
    keep(std::move(input), *decided);
    take_due();  // a package granted for the past has ended already
  }
  return decided;
}

Result<Decision, Refusal> Desk::try_out(std::string_view account, What what) const {
  return ledger_->decide(input_of(account, std::move(what), {}), now_);
}

const Account& Desk::account(std::string_view name) const {
  const auto id = ledger_->accounts().find(name);
  ENSURE(id.has_value(), "the test names accounts that are open");
  return ledger_->accounts().at(*id);
}

void Desk::keep(Input input, Decision decision) {
  entries_.push_back({next(ledger_->last()), now_, std::move(input), std::move(decision), {}});
  ledger_->apply(entries_.back());
}

std::unique_ptr<Ledger> replayed(std::span<const Entry> entries) {
  auto ledger = std::make_unique<Ledger>();
  for (const Entry& entry : entries) ledger->apply(entry);
  return ledger;
}

std::string code_of(const Result<Decision, Refusal>& decided) {
  return decided ? "done" : std::string(reject_text(decided.error().reject));
}

}  // namespace packledger
