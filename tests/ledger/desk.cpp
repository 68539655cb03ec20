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

void Desk::jump(Instant to, std::size_t timers_max) {
  now_ = std::max(now_, to);
  take_due(timers_max);
}

void Desk::take_due(std::size_t timers_max) {
  for (std::size_t i = 0; i < timers_max; ++i) {
    auto input = ledger_->due_input(now_);
    if (!input) return;
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
  const auto recorded = record(input_of(account, std::move(what), std::move(key)));
  if (!recorded) return std::unexpected(recorded.error());
  return entries_[*recorded].decision;
}

Result<std::size_t, Refusal> Desk::record(Input input) {
  take_due();
  auto decided = ledger_->decide(input, now_);
  if (!decided) return std::unexpected(std::move(decided).error());
  const std::size_t place = entries_.size();
  keep(std::move(input), *std::move(decided));
  take_due();  // a package granted for the past has ended already
  return place;
}

Result<Decision, Refusal> Desk::try_out(std::string_view account, What what) const {
  return ledger_->decide(input_of(account, std::move(what), {}), now_);
}

std::vector<Entry> Desk::dry_run(std::string_view account, What what) const {
  Ledger over(Ledger::Over{*ledger_});
  std::vector<Entry> made;
  const auto make = [&](Input input, Sequence caused_by) {
    auto decided = over.decide(input, now_);
    if (!decided) return;
    made.push_back({next(over.last()), now_, std::move(input), *std::move(decided), caused_by});
    over.apply(made.back());
  };
  make(input_of(account, std::move(what), {}), {});
  while (!made.empty()) {
    const std::vector<Input> inputs = over.consequences();
    if (inputs.empty()) break;
    for (const Input& input : inputs) make(input, over.cause());
  }
  return made;
}

const Account& Desk::account(std::string_view name) const {
  const auto id = ledger_->accounts().find(name);
  ENSURE(id.has_value(), "the test names accounts that are open");
  return ledger_->accounts().at(*id);
}

// With all that follows from it, before anything else is due.
void Desk::keep(Input input, Decision decision) {
  apply(std::move(input), std::move(decision), {});
  while (true) {
    std::vector<Input> inputs = ledger_->consequences();
    if (inputs.empty()) return;
    for (Input& next_one : inputs) {
      auto decided = ledger_->decide(next_one, now_);
      ENSURE(decided.has_value(), "a consequence is never refused");
      apply(std::move(next_one), *std::move(decided), ledger_->cause());
    }
  }
}

void Desk::apply(Input input, Decision decision, Sequence caused_by) {
  entries_.push_back(
      {next(ledger_->last()), now_, std::move(input), std::move(decision), caused_by});
  ledger_->apply(entries_.back());
  const AccountId id = account_of(entries_.back());
  if (id == AccountId{}) return;
  const Account& changed = ledger_->accounts().at(id);
  ensure_balanced(changed);
  ++sums_.balances;
  if (care_ == Care::living) {
    for (const PackageId open : changed.open) ensure_conserved(changed.package(open));
    sums_.packages += changed.open.size();
    return;
  }
  ensure_totals(changed);
  sums_.packages += changed.packages.size();
  for (const Package& package : changed.packages) {
    if (package.paid()) ensure_conserved(package);
  }
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
