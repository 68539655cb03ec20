// The statements that look at the journal, and at what it tells: entries and their order, notices,
// the statement of an account.
#include "tests/examples/notation.hpp"
#include "tests/examples/player.hpp"
#include "tests/examples/rule_asks.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace packledger::examples {
namespace {

// What may be asked of an entry; one that does not have it has "none".
constexpr std::array<std::string_view, 20> decided = {
    "forfeited", "remaining", "quota",       "balance",       "firing",     "needed",     "reason",
    "retry_at",  "next_at",   "refused",     "skipped",       "before",     "price",      "trigger",
    "who",       "topic",     "suspends_at", "renewal_needs", "expires_at", "max_per_day"};

constexpr std::string_view renewed = "renewal-";

std::vector<std::string> renewed_packages(const AccountSeen& account) {
  std::vector<std::string> all;
  for (const PackageSeen& package : account.packages) {
    if (package.name.starts_with(renewed)) all.push_back(package.name);
  }
  return all;
}

// "10>9.935"
std::string change_text(const std::string& before, const std::string& after) {
  return before + ">" + after;
}

}  // namespace

std::string real_name(const AccountSeen& account, const std::string& name) {
  if (!name.starts_with('R')) return name;
  const auto number = parse_number(std::string_view{name}.substr(1));
  const std::vector<std::string> all = renewed_packages(account);
  if (!number || *number < 1 || static_cast<std::size_t>(*number) > all.size()) return name;
  return all[static_cast<std::size_t>(*number) - 1];
}

std::string Player::with_aliases(const std::string& account, const std::string& text) {
  if (text.find(renewed) == std::string::npos) return text;
  const auto seen = driver_.account(account);
  const std::vector<std::string> all = seen ? renewed_packages(*seen) : std::vector<std::string>{};
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t found = std::min(text.find(renewed, at), text.size());
    out += text.substr(at, found - at);
    if (found == text.size()) break;
    const std::size_t end =
        std::min(text.find_first_not_of("0123456789", found + renewed.size()), text.size());
    const std::string name = text.substr(found, end - found);
    const auto position = std::ranges::find(all, name);
    out += position == all.end() ? "R?" : "R" + std::to_string(position - all.begin() + 1);
    at = end;
  }
  return out;
}

std::string Player::entry_word(const EntrySeen& entry) {
  return entry.kind + ":" + with_aliases(entry.account, entry.subject);
}

std::vector<EntrySeen> Player::entries_of(const std::string& account, const std::string& kind,
                                          const std::optional<std::string>& subject) {
  std::vector<EntrySeen> found = driver_.entries();
  std::erase_if(found, [&](const EntrySeen& entry) {
    return entry.account != account || entry.kind != kind ||
           (subject && with_aliases(account, entry.subject) != *subject);
  });
  return found;
}

bool Player::take_journal_check(Line& line, const std::string& verb) {
  if (verb == "entry") {
    check_entry(line);
  } else if (verb == "none") {
    check_count(line, 0);
  } else if (verb == "times") {
    check_count(line, std::nullopt);
  } else if (verb == "latest") {
    check_latest(line);
  } else if (verb == "caused") {
    check_caused(line);
  } else if (verb == "told") {
    check_told(line);
  } else if (verb == "statement") {
    check_statement(line);
  } else {
    return false;
  }
  return true;
}

void Player::check_entry_facts(Line& line, const EntrySeen& entry, Facts more) {
  Facts facts = entry.facts;
  facts.merge(more);
  for (const std::string_view key : decided) facts.try_emplace(std::string(key), "none");
  facts["at"] = time_text(entry.occurred_at);
  facts["rec"] = time_text(entry.recorded_at);
  facts["caused_by"] = "none";
  if (entry.caused_by != 0) {
    for (const EntrySeen& cause : driver_.entries()) {
      if (cause.sequence == entry.caused_by) facts["caused_by"] = entry_word(cause);
    }
  }
  check_facts(line, facts, entry_word(entry));
}

void Player::check_entry(Line& line) {
  const std::string account = line.word("account");
  const std::string kind = line.word("kind of entry");
  const bool named = !line.ended() && line.peek().find('=') == std::string_view::npos;
  const std::optional<std::string> subject =
      named ? std::optional{line.word("subject")} : std::nullopt;
  const std::vector<EntrySeen> found = entries_of(account, kind, subject);
  if (found.size() == 1) return check_entry_facts(line, found[0], {});
  differ("the number of entries " + kind + " " + subject.value_or(""), "1",
         std::to_string(found.size()));
  while (!line.ended() && !line.fault()) (void)line.pair("key=value");
}

void Player::check_count(Line& line, std::optional<std::int64_t> wanted) {
  const std::string account = line.word("account");
  const std::string kind = line.word("kind of entry");
  std::optional<std::string> subject;
  if (!wanted) {
    std::string next = line.word("number of entries");
    if (!line.ended()) {
      subject = std::move(next);
      next = line.word("number of entries");
    }
    wanted = parse_number(next);
    if (!wanted) return line.wrong(next + " is no number of entries");
  } else if (!line.ended()) {
    subject = line.word("subject");
  }
  if (line.fault()) return;
  differ("the number of entries " + kind + " " + subject.value_or(""), std::to_string(*wanted),
         std::to_string(entries_of(account, kind, subject).size()));
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
    if (entry.account == account) all.push_back(entry_word(entry));
  }
  std::string got;
  for (std::size_t i = all.size() - std::min(count, all.size()); i < all.size(); ++i)
    got += (got.empty() ? "" : " ") + all[i];
  differ("the latest entries", wanted, got);
}

void Player::check_caused(Line& line) {
  std::string wanted;
  while (!line.ended() && !line.fault())
    wanted += (wanted.empty() ? "" : " ") + line.word("kind:subject");
  if (!latest_) return line.wrong("a send that is kept does not say what it caused");
  std::string got;
  for (const std::string& one : latest_->caused)
    got += (got.empty() ? "" : " ") + with_aliases(latest_account_, one);
  differ("what it caused", wanted, got.empty() ? "nothing" : got);
}

// Each line names the next notice, so that none is passed over; compare_told asks for the rest.
void Player::check_told(Line& line) {
  const std::string account = line.word("account");
  const std::string kind = line.word("kind of notice");
  if (line.fault()) return;
  const std::vector<NoticeSeen> all = driver_.notices(account);
  std::size_t& next = told_[account];
  if (kind == "nothing") {
    if (next < all.size()) miss("the next notice is " + all[next].kind);
    next = all.size();
    return;
  }
  const bool named = !line.ended() && line.peek().find('=') == std::string_view::npos;
  const std::string subject = named ? line.word("subject") : "";
  if (next >= all.size()) {
    miss("there is no further notice");
    while (!line.ended() && !line.fault()) (void)line.pair("key=value");
    return;
  }
  const NoticeSeen& notice = all[next++];
  for (const EntrySeen& entry : driver_.entries()) {
    if (entry.sequence != notice.sequence) continue;
    const std::string wanted = kind + (named ? " " + subject : "");
    const std::string got = notice.kind + (named ? " " + with_aliases(account, entry.subject) : "");
    if (wanted == got)
      return check_entry_facts(line, entry, {{"who", notice.who}, {"topic", notice.topic}});
    differ("the next notice", wanted, got);
  }
  while (!line.ended() && !line.fault()) (void)line.pair("key=value");
}

void Player::compare_told() {
  for (const auto& [account, count] : told_) {
    const std::vector<NoticeSeen> all = driver_.notices(account);
    for (std::size_t i = count; i < all.size(); ++i) {
      miss("nobody asked for the notice " + all[i].kind + " of " + account + " at " +
           time_text(all[i].at));
    }
  }
}

// R96. No two renewals bear the same key, and each names the entry that caused it.
void Player::compare_keys() {
  std::set<std::string> keys;
  for (const EntrySeen& entry : driver_.entries()) {
    if (entry.kind != "package_renewed") continue;
    const auto key = entry.facts.find("key");
    if (key == entry.facts.end()) return miss("a renewal has no key");
    differ("the key of a renewal",
           "renew/" + entry.account + "/CN/" + std::to_string(entry.caused_by), key->second);
    if (!keys.insert(key->second).second) miss("two renewals have the key " + key->second);
  }
}

// One line of the statement: money that is not named did not move, and every package is named.
void Player::check_statement(Line& line) {
  const std::string account = line.word("account");
  const std::string kind = line.word("kind of entry");
  const bool named = !line.ended() && line.peek().find('=') == std::string_view::npos;
  const std::optional<std::string> subject =
      named ? std::optional{line.word("subject")} : std::nullopt;
  std::map<std::string, std::string> wanted;
  while (!line.ended() && !line.fault()) {
    const auto [what, change] = line.pair("what=before>after");
    std::string canonical_change;
    for (const std::string& side : split_words(change, '>'))
      canonical_change += (canonical_change.empty() ? "" : ">") + canonical_fact(side);
    wanted[what] = canonical_change;
  }
  const std::vector<EntrySeen> entries = entries_of(account, kind, subject);
  std::vector<StatementLine> found = driver_.statement(account);
  std::erase_if(found, [&](const StatementLine& one) {
    return std::ranges::find(entries, one.sequence, &EntrySeen::sequence) == entries.end();
  });
  if (found.size() != 1)
    return differ("the number of such lines", "1", std::to_string(found.size()));
  Facts got;
  if (found[0].before != found[0].after)
    got["balance"] = change_text(money_text(found[0].before), money_text(found[0].after));
  for (const StatementLine::Change& change : found[0].packages) {
    got[with_aliases(account, change.package)] =
        change_text(std::to_string(change.before), std::to_string(change.after));
  }
  const auto written = [](const Facts& facts) {
    std::string out;
    for (const auto& [what, change] : facts) out += " " + what + "=" + change;
    return out;
  };
  differ("the line of the statement", written(wanted), written(got));
}

// Line follows line: each begins where the last one ended, and the last one ends at what is there.
void Player::compare_statement(const std::string& account) {
  const auto seen = driver_.account(account);
  if (!seen) return;
  Money balance;
  std::map<std::string, std::int64_t> remaining;
  for (const StatementLine& line : driver_.statement(account)) {
    const std::string what = "the statement of " + account + " at " + line.kind;
    differ(what, money_text(balance), money_text(line.before));
    balance = line.after;
    for (const StatementLine::Change& change : line.packages) {
      differ(what + " " + change.package, std::to_string(remaining[change.package]),
             std::to_string(change.before));
      remaining[change.package] = change.after;
    }
  }
  differ("the end of the statement of " + account, money_text(seen->balance), money_text(balance));
  for (const PackageSeen& package : seen->packages) {
    differ("the end of the statement for " + package.name, std::to_string(package.remaining),
           std::to_string(remaining[package.name]));
  }
}

}  // namespace packledger::examples
