#include "packledger/engine/what_if.hpp"

#include "engine/following.hpp"
#include "packledger/ledger/ledger_image.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace packledger {
namespace {

// The name of a package that a renewal made has the number of its entry, which is another one where
// other entries stand before it.
constexpr std::string_view renewal_name = "renewal-";

std::string name_otherwise(const std::string& name, const Account* as_decided,
                           const Account* otherwise) {
  if (!name.starts_with(renewal_name) || as_decided == nullptr || otherwise == nullptr) return name;
  std::size_t place = 0;  // among the packages that renewals made
  for (const Package& package : as_decided->packages) {
    if (package.terms.name == name) break;
    place += package.terms.name.starts_with(renewal_name) ? 1 : 0;
  }
  for (const Package& package : otherwise->packages) {
    if (!package.terms.name.starts_with(renewal_name)) continue;
    if (place-- == 0) return package.terms.name;
  }
  return name;
}

template <class T> void overlay(std::optional<T>& asked, const std::optional<T>& policy) {
  if (policy) asked = policy;
}

void overlay(SettingsPatch& asked, const SettingsPatch& policy) {
  overlay(asked.zone, policy.zone);
  overlay(asked.order, policy.order);
  overlay(asked.late_window, policy.late_window);
  overlay(asked.acceptance_window, policy.acceptance_window);
  overlay(asked.reversal_window, policy.reversal_window);
  overlay(asked.order_ttl, policy.order_ttl);
  overlay(asked.overdue_grace, policy.overdue_grace);
  overlay(asked.prepaid_strict, policy.prepaid_strict);
  overlay(asked.absorb_overage, policy.absorb_overage);
  overlay(asked.reminders, policy.reminders);
}

// What an input becomes under a policy.
struct Asking {
  const Policy& policy;
  const Account* as_decided;  // of the input; null where it is about none
  const Account* otherwise;
  Sequence last_as_decided;
  Sequence last_otherwise;

  void operator()(AccountOpened& asked) const { overlay(asked.settings, policy.settings); }
  void operator()(AccountSettingsSet& asked) const { overlay(asked.settings, policy.settings); }
  void operator()(PriceBookPublished& asked) const {
    const bool replaced = policy.book && asked.book.currency == policy.book->currency &&
                          asked.book.effective_from >= policy.book->effective_from;
    if (replaced) asked.book = *policy.book;
  }
  void operator()(PackageRefunded& asked) const {
    asked.package = name_otherwise(asked.package, as_decided, otherwise);
  }
  void operator()(OrderPlaced& asked) const {
    asked.renews = name_otherwise(asked.renews, as_decided, otherwise);
  }
  // It was so many entries behind the journal, and would have been so behind the other one.
  void operator()(RunOutForecast& asked) const {
    const std::uint64_t behind =
        last_as_decided.value - std::min(asked.position, last_as_decided).value;
    asked.position = Sequence{last_otherwise.value - std::min(behind, last_otherwise.value)};
  }
  template <class Other> void operator()(Other&) const {}
};

Money balance_of(const Ledger& ledger, AccountId id) {
  const Account* const account = ledger.accounts().find(id);
  return account == nullptr ? Money{} : account->balance;
}

}  // namespace

WhatIf::WhatIf(Policy policy)
    : WhatIf(std::move(policy), {.as_decided = std::make_unique<Ledger>(),
                                 .otherwise = std::make_unique<Ledger>(),
                                 .rows = {},
                                 .refused = {}}) {
  if (policy_.book) LedgerImage{*state_.otherwise}.publish(*policy_.book);
}

WhatIf::WhatIf(Policy policy, State state) : policy_(std::move(policy)), state_(std::move(state)) {}

void WhatIf::take(const Entry& entry) {
  const bool own = entry.caused_by != Sequence{};
  if (!own) decide_otherwise(entry);
  const Money balance = balance_of(*state_.as_decided, entry.input.account);
  state_.as_decided->apply(entry);
  if (const AccountId account = account_of(entry); account.value != 0)
    row(account).as_decided.count(entry, balance);
  if (!own) send_came_last_ = std::holds_alternative<SendRecorded>(entry.input.what);
}

std::optional<AccountId> WhatIf::mistaken() const {
  for (std::uint64_t id = 1; id <= state_.rows.size(); ++id) {
    const Row& sums = state_.rows[id - 1];
    const bool right = adds_up(sums.as_decided, state_.as_decided->accounts().at(AccountId{id})) &&
                       adds_up(sums.otherwise, state_.otherwise->accounts().at(AccountId{id}));
    if (!right) return AccountId{id};
  }
  return std::nullopt;
}

Input WhatIf::asked_otherwise(const Entry& entry) const {
  Input input = entry.input;
  std::visit(Asking{.policy = policy_,
                    .as_decided = state_.as_decided->accounts().find(input.account),
                    .otherwise = state_.otherwise->accounts().find(input.account),
                    .last_as_decided = state_.as_decided->last(),
                    .last_otherwise = state_.otherwise->last()},
             input.what);
  return input;
}

// Of what is in the journal only what came from outside is taken, at the time at which it came.
void WhatIf::decide_otherwise(const Entry& entry) {
  const Instant at = entry.recorded_at;
  if (!send_came_last_ || !goes_on_with_a_batch(entry, *state_.as_decided)) fire_due(at);
  if (is_timer(entry.input.what)) return;
  Input input = asked_otherwise(entry);
  auto decision = state_.otherwise->decide(input, at);
  if (!decision) {
    if (input.account.value != 0) ++row(input.account).otherwise.refused;
    ++state_.refused[decision.error().reject];
    return;
  }
  keep(entry_of(*state_.otherwise, std::move(input), *std::move(decision), at));
  follow_up(*state_.otherwise, at, [this](const Entry& made) { keep(made); });
}

void WhatIf::fire_due(Instant at) {
  while (auto input = state_.otherwise->due_input(at)) {
    Decision decision = own_decision(*state_.otherwise, *input, at);
    keep(entry_of(*state_.otherwise, *std::move(input), std::move(decision), at));
    follow_up(*state_.otherwise, at, [this](const Entry& made) { keep(made); });
  }
}

void WhatIf::keep(const Entry& entry) {
  const Money balance = balance_of(*state_.otherwise, entry.input.account);
  state_.otherwise->apply(entry);
  if (const AccountId account = account_of(entry); account.value != 0)
    row(account).otherwise.count(entry, balance);
}

WhatIf::Row& WhatIf::row(AccountId account) {
  if (state_.rows.size() < account.value) state_.rows.resize(account.value);
  return state_.rows[account.value - 1];
}

}  // namespace packledger
