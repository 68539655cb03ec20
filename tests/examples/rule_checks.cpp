// The statements that look at how an account stands and at its rules: alarms, renewal, contacts,
// holds and invoices.
#include "tests/examples/notation.hpp"
#include "tests/examples/player.hpp"

namespace packledger::examples {

bool Player::take_rule_check(Line& line, const std::string& verb) {
  if (verb == "status") {
    check_status(line);
  } else if (verb == "alarm" || verb == "renewal" || verb == "hold") {
    check_named(line, verb);
  } else if (verb == "invoice") {
    check_invoice(line);
  } else if (verb == "contacts") {
    check_contacts(line);
  } else {
    return false;
  }
  return true;
}

// "suspended since T", "overdue since T until T", "active".
void Player::check_status(Line& line) {
  const auto account = account_seen(line.word("account"));
  const std::string wanted = line.word("status");
  std::optional<Instant> since;
  std::optional<Instant> until;
  if (line.take("since")) since = line.time("time");
  if (line.take("until")) until = line.time("time");
  if (!account || line.fault()) return;
  const StandingSeen& standing = account->standing;
  const auto text = [](const std::optional<Instant>& t) { return t ? time_text(*t) : "never"; };
  differ("the status", wanted, standing.status);
  const bool suspended = standing.status == "suspended";
  if (since) {
    const auto& began = suspended ? standing.suspended_at : standing.overdue_at;
    differ("since when", text(since), text(began));
  }
  if (until) differ("until when", text(until), text(standing.suspends_at));
  if (standing.status != "active") return;
  differ("what is left of an arrear", "never never never",
         text(standing.overdue_at) + " " + text(standing.suspends_at) + " " +
             text(standing.suspended_at));
}

void Player::check_named(Line& line, const std::string& verb) {
  const std::string account = line.word("account");
  const std::string name = verb == "renewal" ? "" : line.word(verb);
  if (line.fault()) return;
  auto facts = verb == "alarm"  ? driver_.alarm(account, name)
               : verb == "hold" ? driver_.hold(account, name)
                                : driver_.renewal(account);
  const bool absent = line.take("absent");
  if (absent != !facts)
    return miss((absent ? "there is such " : "there is no such ") + verb + " " + name);
  if (absent) return;
  if (verb == "renewal") {
    for (const char* const key : {"trigger", "retry_at", "package"})
      facts->try_emplace(key, "none");
  }
  for (auto& [key, value] : *facts) value = with_aliases(account, value);
  check_facts(line, *facts, verb + " " + name);
}

void Player::check_invoice(Line& line) {
  const std::string account = line.word("account");
  const std::string number = line.word("number of the invoice");
  if (line.fault()) return;
  auto facts = driver_.invoice(account, number);
  const bool absent = line.take("absent");
  if (absent != !facts)
    return miss((absent ? "there is an invoice " : "there is no invoice ") + number);
  if (absent) return;
  if (now_->arrow) {
    differ("the lines of invoice " + number, canonical(now_->expected),
           with_aliases(account, (*facts)["lines"]));
  }
  check_facts(line, *facts, "invoice " + number);
}

void Player::check_contacts(Line& line) {
  const std::string account = line.word("account");
  if (line.fault()) return;
  const Facts facts = driver_.contacts(account);
  if (line.take("absent"))
    return differ("the number of contacts", "0", std::to_string(facts.size()));
  check_facts(line, facts, "the contacts of " + account);
}

}  // namespace packledger::examples
