#include "app/cli/traffic_sums.hpp"

#include "app/cli/session.hpp"

namespace packledger::cli {
namespace {

Money money_in(const Json& object, std::string_view key) {
  return parse_money(text_in(object, key)).value_or(Money{});
}

bool add_lines(const Json& answer, std::int64_t& units) {
  for (const Json& line : value_in(answer, "lines").elements()) {
    if (integer_in(line, "units") <= 0) return false;
    units += integer_in(line, "units");
  }
  return true;
}

bool add_charges(const Json& answer, std::int64_t& units, Money& amount) {
  for (const Json& line : value_in(answer, "payg").elements()) {
    const auto price = parse_money(text_in(line, "unit_price"));
    const auto line_amount = parse_money(text_in(line, "amount"));
    const Units count{integer_in(line, "units")};
    if (!price || !line_amount || charge(Price{price->micros}, count) != *line_amount) return false;
    units += count.value;
    amount += *line_amount;
  }
  return true;
}

void expect_equal(std::vector<std::string>& wrong, std::string_view what, std::int64_t ours,
                  std::int64_t theirs) {
  if (ours == theirs) return;
  wrong.push_back(std::string(what) + ": the answers add up to " + grouped(ours) +
                  ", the accounts to " + grouped(theirs));
}

void expect_equal(std::vector<std::string>& wrong, std::string_view what, Money ours,
                  Money theirs) {
  if (ours == theirs) return;
  wrong.push_back(std::string(what) + ": the answers add up to " + money_text(ours) +
                  ", the accounts to " + money_text(theirs));
}

}  // namespace

bool TrafficSums::add_send(const Json& result) {
  const std::string_view kind = text_in(result, "result");
  if (kind == "duplicate") {
    ++duplicates;
    return true;
  }
  if (kind == "rejected") {
    ++rejected[std::string(text_in(result, "code"))];
    return true;
  }
  if (kind != "recorded") return false;
  ++recorded;
  charged += money_in(result, "adjustment");
  return add_lines(result, package_units) && add_charges(result, payg_units, charged);
}

bool TrafficSums::add_reversal(const Json& answer) {
  ++reversals;
  std::int64_t packages = 0;
  std::int64_t charges = 0;
  const bool sound = add_lines(answer, packages) && add_charges(answer, charges, refunded);
  package_units -= packages;
  payg_units -= charges;
  return sound;
}

void TrafficState::add_package(std::string_view account, const Json& package,
                               std::vector<std::string>& wrong) {
  const std::int64_t whole = integer_in(package, "quota");
  const std::int64_t parts = integer_in(package, "remaining") + integer_in(package, "held") +
                             integer_in(package, "used") + integer_in(package, "forfeited") +
                             integer_in(package, "refunded");
  const std::string_view status = text_in(package, "state");
  const bool paid = status != "pending_payment" && status != "cancelled";
  if (paid && whole != parts) {
    wrong.push_back(std::string(account) + " " + std::string(text_in(package, "package")) +
                    ": the quota is " + grouped(whole) + " but its parts are " + grouped(parts));
  }
  ++packages;
  quota += whole;
  remaining += integer_in(package, "remaining");
  held += integer_in(package, "held");
  used += integer_in(package, "used");
  forfeited += integer_in(package, "forfeited");
  refunded_units += integer_in(package, "refunded");
}

void TrafficState::add_account(const Json& account, std::vector<std::string>& wrong) {
  const Json& totals = value_in(account, "totals");
  const Money has = money_in(account, "balance");
  const Money sum = money_in(totals, "credited") + money_in(totals, "refunded") -
                    money_in(totals, "purchased") - money_in(totals, "charged");
  if (has != sum) {
    wrong.push_back(std::string(text_in(account, "account")) + ": the balance is " +
                    money_text(has) + " but its moves add up to " + money_text(sum));
  }
  balance += has;
  credited += money_in(totals, "credited");
  purchased += money_in(totals, "purchased");
  charged += money_in(totals, "charged");
  refunded += money_in(totals, "refunded");
}

void compare(const TrafficSums& sums, const TrafficState& state, std::vector<std::string>& wrong) {
  expect_equal(wrong, "units in packages", sums.quota, state.quota);
  expect_equal(wrong, "units paid by packages", sums.package_units, state.used);
  expect_equal(wrong, "money credited", sums.credited, state.credited);
  expect_equal(wrong, "money for packages", sums.purchased, state.purchased);
  expect_equal(wrong, "money per use", sums.charged, state.charged);
  expect_equal(wrong, "money refunded", sums.refunded, state.refunded);
}

}  // namespace packledger::cli
