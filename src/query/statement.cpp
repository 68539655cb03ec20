#include "query/statement.hpp"

#include "ledger/rules.hpp"
#include "packledger/ledger/result.hpp"

#include <algorithm>
#include <span>
#include <variant>

namespace packledger {
namespace {

Units minus(Units units) { return Units{0} - units; }

}  // namespace

// What one entry does; one function for each decision.
struct StatementFold {
  Statement& to;
  const Entry& entry;

  void operator()(const AccountDecision&) const {
    const auto& opened = std::get<AccountOpened>(entry.input.what);
    to.name_ = opened.name;
    to.currency_ = opened.currency;
  }
  void operator()(const FundsDecision& decided) const { to.balance_ = decided.balance_after; }
  void operator()(const OrderDecision& decided) const {
    for (const PackageTerms& terms : decided.packages) add(terms);
    if (decided.times_out_at) {
      const auto& placed = std::get<OrderPlaced>(entry.input.what);
      to.unpaid_[placed.order] = {decided.packages.front().id, decided.packages.size()};
      return;
    }
    to.balance_ = decided.balance_after;
    for (const PackageTerms& terms : decided.packages) give_quota(terms.id);
  }
  void operator()(const PaidDecision&) const {
    const auto order = to.unpaid_.find(std::get<OrderPaid>(entry.input.what).order);
    ENSURE(order != to.unpaid_.end(), "an order is placed before it is paid");
    for (std::size_t copy = 0; copy < order->second.copies; ++copy)
      give_quota(PackageId{order->second.first.value + copy});
    to.unpaid_.erase(order);
  }
  void operator()(const GrantDecision& decided) const {
    add(decided.package);
    give_quota(decided.package.id);
  }
  void operator()(const RefundDecision& decided) const {
    move(decided.package, {.remaining = minus(decided.units)});
    to.balance_ = decided.balance_after;
  }
  void operator()(const SendDecision& decided) const {
    for (const PackageLine& line : decided.lines) {
      const bool late = stock(line.package).ended;
      const Units taken = minus(line.units);
      move(line.package, late ? Change{.forfeited = taken} : Change{.remaining = taken});
    }
    to.balance_ -= amount_of(decided.charges);
    if (decided.counter) to.balance_ -= decided.counter->adjustment;
  }
  void operator()(const ReversalDecision& decided) const {
    for (const ReversalLine& line : decided.lines) give_back(line, Units{0});
    to.balance_ += amount_of(decided.charges);
  }
  void operator()(const ExpiryDecision& decided) const {
    const PackageId package = std::get<PackageExpired>(entry.input.what).package;
    stock(package).ended = true;
    move(package, {.remaining = minus(decided.forfeited), .forfeited = decided.forfeited});
  }
  void operator()(const HoldDecision& decided) const {
    for (const PackageLine& line : decided.lines)
      move(line.package, {.remaining = minus(line.units), .held = line.units});
  }
  void operator()(const HoldEndDecision& decided) const {
    for (const PackageLine& line : decided.taken) move(line.package, {.held = minus(line.units)});
    for (const ReversalLine& line : decided.back) give_back(line, line.units);
    if (decided.counter) to.balance_ -= decided.counter->adjustment;
  }
  void operator()(const RenewalDecision& decided) const {
    add(decided.package);
    give_quota(decided.package.id);
    to.balance_ = decided.balance_after;
  }
  // The others move nothing.
  void operator()(const auto&) const {}

 private:
  struct Change {
    Units remaining{};
    Units held{};
    Units forfeited{};
  };

  [[nodiscard]] Statement::Stock& stock(PackageId package) const {
    ENSURE(package.value >= 1 && package.value <= to.packages_.size(),
           "a package is there before it is used");
    return to.packages_[package.value - 1];
  }
  void add(const PackageTerms& terms) const {
    ENSURE(terms.id.value == to.packages_.size() + 1, "packages are numbered without gaps");
    to.packages_.push_back({.name = terms.name, .quota = terms.quota, .remaining = {}});
  }
  void give_quota(PackageId package) const { move(package, {.remaining = stock(package).quota}); }
  void give_back(const ReversalLine& line, Units from_held) const {
    const Units held = minus(from_held);
    move(line.package, line.restored ? Change{.remaining = line.units, .held = held}
                                     : Change{.held = held, .forfeited = line.units});
  }
  void move(PackageId package, const Change& change) const {
    Statement::Stock& of = stock(package);
    auto& moves = to.line_.moves;
    auto row = std::ranges::find(moves, package, &PackageMove::package);
    if (row == moves.end())
      row = moves.insert(moves.end(), {.package = package,
                                       .before = of.remaining,
                                       .after = of.remaining,
                                       .held = {},
                                       .forfeited = {}});
    of.remaining += change.remaining;
    row->after = of.remaining;
    row->held += change.held;
    row->forfeited += change.forfeited;
  }
};

const StatementLine* Statement::take(const Entry& entry) {
  line_.before = balance_;
  line_.moves.clear();
  std::visit(StatementFold{.to = *this, .entry = entry}, entry.decision);
  terms_.learn(entry);
  line_.after = balance_;
  line_.notice = told_by(entry) != nullptr;
  const bool invoice = std::holds_alternative<InvoiceDecision>(entry.decision);
  const bool tells = line_.notice || invoice || line_.before != line_.after || !line_.moves.empty();
  return tells ? &line_ : nullptr;
}

std::string_view Statement::account(AccountId account) const {
  return account == account_ ? std::string_view{name_} : std::string_view{};
}

Currency Statement::currency(AccountId account) const {
  return account == account_ ? currency_ : Currency{};
}

std::string_view Statement::package(AccountId account, PackageId package) const {
  const bool known = account == account_ && package.value >= 1 && package.value <= packages_.size();
  return known ? std::string_view{packages_[package.value - 1].name} : std::string_view{};
}

}  // namespace packledger
