// The statements that only look at an account: its money, packages, orders and sends.
#include "tests/examples/notation.hpp"
#include "tests/examples/player.hpp"

#include <algorithm>

namespace packledger::examples {
namespace {

std::string text(const std::optional<Instant>& t) { return t ? time_text(*t) : "none"; }
std::string text(std::int64_t n) { return std::to_string(n); }

Facts facts_of(const PackageSeen& package) {
  return {{"state", package.state},
          {"quota", text(package.quota)},
          {"remaining", text(package.remaining)},
          {"held", text(package.held)},
          {"used", text(package.used)},
          {"forfeited", text(package.forfeited)},
          {"refunded", text(package.refunded)},
          {"effective", text(package.effective_at)},
          {"expires", text(package.expires_at)},
          {"rank", text(package.rank)},
          {"pool", package.pool},
          {"mode", package.mode},
          {"priority", text(package.priority)},
          {"price", money_text(package.price)}};
}

Facts facts_of(const OrderSeen& order) {
  return {{"state", order.state},
          {"price", money_text(order.price)},
          {"times_out", text(order.times_out_at)},
          {"paid", text(order.paid_at)},
          {"reference", order.payment_reference}};
}

Facts facts_of(const PoolSeen& pool) {
  return {{"mode", pool.mode},
          {"remaining", text(pool.remaining)},
          {"held", text(pool.held)},
          {"quota", text(pool.quota)}};
}

const PackageSeen* find_package(const AccountSeen& account, const std::string& name) {
  const auto found =
      std::ranges::find(account.packages, real_name(account, name), &PackageSeen::name);
  return found == account.packages.end() ? nullptr : &*found;
}

}  // namespace

bool Player::take_check(Line& line, const std::string& verb) {
  if (verb == "left") {
    check_left(line);
  } else if (verb == "balance") {
    check_balance(line);
  } else if (verb == "package") {
    check_package(line);
  } else if (verb == "pool") {
    check_pool(line);
  } else if (verb == "order") {
    check_order(line);
  } else if (verb == "sent") {
    check_sent(line);
  } else if (verb == "counter") {
    check_counter(line);
  } else {
    return take_journal_check(line, verb) || take_rule_check(line, verb);
  }
  return true;
}

void Player::check_facts(Line& line, const Facts& facts, const std::string& what) {
  while (!line.ended() && !line.fault()) {
    const auto [key, value] = line.pair("key=value");
    const auto fact = facts.find(key);
    if (line.fault()) return;
    if (fact == facts.end()) return line.wrong("nobody knows " + key + " here");
    differ(key + " of " + what, canonical_fact(value), fact->second);
  }
}

std::optional<AccountSeen> Player::account_seen(const std::string& name) {
  auto seen = driver_.account(name);
  if (!seen) miss("there is no account " + name);
  return seen;
}

void Player::check_left(Line& line) {
  const auto account = account_seen(line.word("account"));
  while (account && !line.ended() && !line.fault()) {
    const auto [name, units] = line.pair("package=units");
    const PackageSeen* const package = find_package(*account, name);
    if (package == nullptr) return miss("there is no package " + name);
    differ("what is left of " + name, canonical_fact(units), text(package->remaining));
  }
}

void Player::check_balance(Line& line) {
  const auto account = account_seen(line.word("account"));
  const Money wanted = line.money("amount");
  if (account && !line.fault())
    differ("the balance", money_text(wanted), money_text(account->balance));
}

void Player::check_package(Line& line) {
  const auto account = account_seen(line.word("account"));
  const std::string name = line.word("package");
  if (!account) return;
  const PackageSeen* const package = find_package(*account, name);
  const bool absent = line.take("absent");
  if (absent != (package == nullptr))
    return miss(absent ? "there is a package " + name : "there is no package " + name);
  if (absent) return;
  check_facts(line, facts_of(*package), name);
}

void Player::check_pool(Line& line) {
  const auto account = account_seen(line.word("account"));
  const std::string name = line.word("pool");
  if (!account) return;
  const auto pool = std::ranges::find(account->pools, name, &PoolSeen::pool);
  if (pool == account->pools.end()) return miss("there is no pool " + name);
  check_facts(line, facts_of(*pool), "pool " + name);
}

void Player::check_order(Line& line) {
  const std::string account = line.word("account");
  const std::string name = line.word("order");
  const auto order = driver_.order(account, name);
  const bool absent = line.take("absent");
  if (absent != !order)
    return miss(absent ? "there is an order " + name : "there is no order " + name);
  if (absent) return;
  check_facts(line, facts_of(*order), "order " + name);
}

void Player::check_sent(Line& line) {
  const std::string account = line.word("account");
  const std::string name = line.word("send");
  const auto sent = driver_.sent(account, name);
  const bool absent = line.take("absent");
  if (absent != !sent) return miss(absent ? "there is a send " + name : "there is no send " + name);
  if (absent) return;
  const Facts facts = {{"reversed", text(sent->reversed)},
                       {"at", time_text(sent->occurred_at)},
                       {"rec", time_text(sent->recorded_at)}};
  if (now_->arrow) differ("the send " + name, canonical(now_->expected), sent->told);
  check_facts(line, facts, name);
}

void Player::check_counter(Line& line) {
  const auto account = account_seen(line.word("account"));
  const std::string name = line.word("rating group") + " " + line.word("month");
  const Units wanted = line.units("position");
  if (!account || line.fault()) return;
  const auto found = account->counters.find(name);
  const std::int64_t got = found == account->counters.end() ? 0 : found->second;
  differ("the counter " + name, text(wanted.value), text(got));
}

}  // namespace packledger::examples
