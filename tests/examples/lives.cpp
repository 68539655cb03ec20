#include "tests/examples/lives.hpp"

#include "tests/ledger/both.hpp"
#include "tests/ledger/life.hpp"
#include "tests/ledger/zones.hpp"

#include <gtest/gtest.h>

#include <string>

namespace packledger::examples {
namespace {

constexpr std::size_t steps_each = 250;

// What the model answers, as a table would write it: it tells more of rules, holds and invoices.
std::string in_table_words(std::string answer) {
  const auto cut_from = [&](std::string_view mark) {
    answer = answer.substr(0, answer.find(mark));
  };
  const bool warned = answer.ends_with(" warned");
  if (answer.starts_with("agreed") || answer == "done warned")
    return warned ? "fires_after_every_purchase" : "no_warning";
  if (answer.starts_with("done needs ")) return "done";
  if (answer.starts_with("invoice ")) {
    const std::size_t lines = answer.find(" [");
    const std::size_t total = answer.find(" total ");
    if (lines < total) answer.erase(lines, total - lines);
    cut_from(" more");
    return answer;
  }
  cut_from(" until ");
  if (answer.starts_with("took ")) {
    answer.erase(0, std::string_view{"took "}.size());
    if (answer.ends_with(" back ")) cut_from(" back ");
    if (answer.starts_with(' ')) answer.erase(0, 1);
  }
  return answer;
}

std::string answer_of(Driver& driver, const What& what) {
  Outcome outcome;
  if (const auto* send = std::get_if<SendRecorded>(&what)) {
    SendAsk ask;
    ask.account = "acme";
    ask.send = *send;
    outcome = driver.send(ask);
  } else {
    outcome = driver.command({"acme", "", what, false});
  }
  if (outcome.kind == Outcome::Kind::refused) return outcome.code;
  if (outcome.kind == Outcome::Kind::again) return "duplicate";
  return outcome.told.empty() ? "done" : outcome.told;
}

std::string state_of(const PackageSeen& p) {
  return p.state + " " + std::to_string(p.remaining) + "+" + std::to_string(p.held) + "+" +
         std::to_string(p.used) + "+" + std::to_string(p.forfeited) + "+" +
         std::to_string(p.refunded);
}

// As much of the account as a step needs to choose from.
Account outline_of(Driver& driver) {
  Account account;
  const auto seen = driver.account("acme");
  if (!seen) return account;
  account.balance = seen->balance;
  for (const PackageSeen& package : seen->packages)
    account.packages.emplace_back().terms.name = package.name;
  return account;
}

void compare(Driver& driver, const model::Model& model, model::Ms now) {
  const auto seen = driver.account("acme");
  ASSERT_TRUE(seen.has_value()) << driver.broken();
  EXPECT_EQ(money_text(seen->balance), model::money(model.balance()));
  EXPECT_EQ(seen->standing.status, model.standing());
  for (const auto& [name, alarm] : model.alarms()) {
    const auto facts = driver.alarm("acme", name);
    ASSERT_TRUE(facts.has_value()) << name;
    EXPECT_EQ(facts->at("state"), alarm.fired || !alarm.fired_of.empty() ? "fired" : "armed")
        << name;
    EXPECT_EQ(facts->at("firings"), std::to_string(alarm.firings)) << name;
  }
  const auto renewal = driver.renewal("acme");
  ASSERT_EQ(renewal.has_value(), model.renewal().set);
  if (renewal) EXPECT_EQ(renewal->at("state"), model.renewal().pending ? "pending" : "idle");
  ASSERT_EQ(seen->packages.size(), model.packages().size());
  for (std::size_t i = 0; i < seen->packages.size(); ++i)
    EXPECT_EQ(state_of(seen->packages[i]), model::text_of(model.look(now, i)))
        << seen->packages[i].name;
}

}  // namespace

void live(Driver& driver, std::uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  const model::Settings settings = random_settings(seed);
  model::World world(static_cast<model::Count>(model_books().size() + 1));
  world.open("acme", settings, model_books());
  model::Model& model = world.account(0);
  driver.start(instant("2024-05-01T00:00:00Z"));
  int version = 0;
  for (const model::Book& book : model_books()) {
    const PriceBookPublished published{law_book(book, std::to_string(++version))};
    ASSERT_EQ(driver.command({"", "", published, false}).code, "");
  }
  ASSERT_EQ(driver.command({"", "", opening("acme", settings), false}).code, "");
  model::Ms now = 0;
  for (const Step& step : random_life(seed, steps_each)) {
    if (step.at > now) driver.advance(Instant{step.at});
    now = step.at;
    world.pass(step.at);
    const std::string wanted = in_table_words(step.model(model));
    world.pass(step.at);
    const std::string answer =
        answer_of(driver, step.choose ? step.asked(outline_of(driver)) : step.law);
    ASSERT_EQ(answer == "no_warning" && wanted == "done" ? wanted : answer, wanted)
        << step.label << " at " << instant_text(Instant{step.at}) << " " << driver.broken();
  }
  compare(driver, model, now);
  const std::string digest = driver.digest();
  driver.crash(Instant{now});
  EXPECT_EQ(driver.digest(), digest);
  compare(driver, model, now);
  EXPECT_EQ(driver.broken(), "");
}

}  // namespace packledger::examples
