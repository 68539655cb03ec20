// The statements that only look: what the account, its packages, its orders and the journal must
// show now.
#include "tests/examples/notation.hpp"
#include "tests/examples/player.hpp"

#include <algorithm>
#include <functional>

namespace packledger::examples {
namespace {

using Facts = std::map<std::string, std::string>;

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
  return {{"mode", pool.mode}, {"remaining", text(pool.remaining)}, {"quota", text(pool.quota)}};
}

Facts facts_of(const EntrySeen& entry) {
  return {{"at", time_text(entry.occurred_at)},
          {"rec", time_text(entry.recorded_at)},
          {"forfeited", entry.forfeited ? text(*entry.forfeited) : "none"}};
}

// The same instant or number in the one way in which facts are written.
std::string canonical_fact(const std::string& value) {
  if (value.find('T') != std::string::npos) {
    if (const auto t = parse_time(value)) return time_text(*t);
  }
  if (const auto n = parse_number(value)) return text(*n);
  if (const auto amount = parse_money(value)) return money_text(*amount);
  return value;
}

// Compares every key=value that is left of the line.
void check_facts(Line& line, const Facts& facts,
                 const std::function<void(std::string, std::string, std::string)>& differ) {
  while (!line.ended() && !line.fault()) {
    const auto [key, value] = line.pair("key=value");
    const auto fact = facts.find(key);
    if (line.fault()) return;
    if (fact == facts.end()) return line.wrong("nobody knows " + key + " here");
    differ(key, canonical_fact(value), fact->second);
  }
}

const PackageSeen* find_package(const AccountSeen& account, const std::string& name) {
  const auto found = std::ranges::find(account.packages, name, &PackageSeen::name);
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
  } else if (verb == "entry") {
    check_entry(line, true);
  } else if (verb == "none") {
    check_entry(line, false);
  } else if (verb == "latest") {
    check_latest(line);
  } else {
    return false;
  }
  return true;
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
  check_facts(line, facts_of(*package), [&](const auto& key, const auto& wanted, const auto& got) {
    differ(key + " of " + name, wanted, got);
  });
}

void Player::check_pool(Line& line) {
  const auto account = account_seen(line.word("account"));
  const std::string name = line.word("pool");
  if (!account) return;
  const auto pool = std::ranges::find(account->pools, name, &PoolSeen::pool);
  if (pool == account->pools.end()) return miss("there is no pool " + name);
  check_facts(line, facts_of(*pool), [&](const auto& key, const auto& wanted, const auto& got) {
    differ(key + " of pool " + name, wanted, got);
  });
}

void Player::check_order(Line& line) {
  const std::string account = line.word("account");
  const std::string name = line.word("order");
  const auto order = driver_.order(account, name);
  const bool absent = line.take("absent");
  if (absent != !order)
    return miss(absent ? "there is an order " + name : "there is no order " + name);
  if (absent) return;
  check_facts(line, facts_of(*order), [&](const auto& key, const auto& wanted, const auto& got) {
    differ(key + " of order " + name, wanted, got);
  });
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
  check_facts(line, facts, [&](const auto& key, const auto& wanted, const auto& got) {
    differ(key + " of " + name, wanted, got);
  });
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

void Player::check_entry(Line& line, bool wanted) {
  const std::string account = line.word("account");
  const std::string kind = line.word("kind of entry");
  const bool named = !line.ended() && line.peek().find('=') == std::string_view::npos;
  const std::string subject = named ? line.word("subject") : "";
  std::vector<EntrySeen> found = driver_.entries();
  std::erase_if(found, [&](const EntrySeen& entry) {
    return entry.account != account || entry.kind != kind || (named && entry.subject != subject);
  });
  const std::string what = kind + " " + subject;
  if (!wanted) return differ("the number of entries " + what, "0", std::to_string(found.size()));
  differ("the number of entries " + what, "1", std::to_string(found.size()));
  if (found.size() != 1) {
    while (!line.ended() && !line.fault()) (void)line.pair("key=value");
    return;
  }
  check_facts(line, facts_of(found[0]), [&](const auto& key, const auto& want, const auto& got) {
    differ(key + " of " + what, want, got);
  });
}

void Player::check_latest(Line& line) {
  const std::string account = line.word("account");
  std::string wanted;
  std::size_t count = 0;
  while (!line.ended() && !line.fault()) {
    wanted += (count++ == 0 ? "" : " ") + line.word("kind:subject");
  }
  std::vector<std::string> all;
  for (const EntrySeen& entry : driver_.entries()) {
    if (entry.account == account) all.push_back(entry.kind + ":" + entry.subject);
  }
  std::string got;
  for (std::size_t i = all.size() - std::min(count, all.size()); i < all.size(); ++i)
    got += (got.empty() ? "" : " ") + all[i];
  differ("the latest entries", wanted, got);
}

}  // namespace packledger::examples
