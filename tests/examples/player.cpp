#include "tests/examples/player.hpp"

#include "tests/examples/asks.hpp"
#include "tests/examples/book_files.hpp"
#include "tests/examples/books.hpp"
#include "tests/examples/notation.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace packledger::examples {
namespace {

// All that a replay must bring back.
struct Seen {
  std::string digest;
  std::vector<std::optional<AccountSeen>> accounts;
  std::vector<std::vector<NoticeSeen>> notices;
  std::vector<std::vector<StatementLine>> statements;
  std::vector<EntrySeen> entries;
};

// Whether a line only looks at an alarm, a hold and so on, where one that asks begins alike: it
// ends in key=value or "absent".
bool looks(const std::vector<std::string>& words) {
  constexpr std::array<std::string_view, 5> verbs = {"alarm", "renewal", "contacts", "hold",
                                                     "invoice"};
  if (std::ranges::find(verbs, words[0]) == verbs.end()) return false;
  const std::string& last = words.back();
  return last == "absent" || (!last.starts_with('"') && last.find('=') != std::string::npos);
}

}  // namespace

void Player::miss(const std::string& detail) { misses_.push_back({now_->place, detail}); }

void Player::differ(const std::string& what, const std::string& wanted, const std::string& got) {
  if (wanted != got) miss(what + ": the table says " + wanted + ", it is " + got);
}

std::vector<Miss> Player::play(const Scenario& scenario) {
  const Statement title{scenario.place, {}, {}, false};
  for (const Statement& statement : scenario.statements) {
    now_ = &statement;
    take(statement);
    if (const std::string broken = driver_.broken(); !broken.empty()) {
      miss(broken);
      stopped_ = true;
    }
    if (stopped_) return misses_;
  }
  publish_open_book();
  now_ = &title;
  compare_told();
  compare_keys();
  for (const std::string& account : accounts_) compare_statement(account);
  if (driver_.broken().empty()) compare_replay();
  return misses_;
}

void Player::take(const Statement& statement) {
  std::vector<std::string> words = statement.words;
  const bool dry_run = words[0] == "dry" && words.size() > 1;
  if (dry_run) words.erase(words.begin());
  const std::string verb = words[0];
  const bool looking = looks(words);
  words.erase(words.begin());
  Line line(words);

  const bool known = take_clock(line, verb) || take_book(line, verb) ||
                     (!looking && take_command(line, verb, dry_run)) || take_check(line, verb);
  if (!known) line.wrong("there is no word " + verb + " at the start of a line");
  if (!line.fault() && !line.ended())
    line.wrong("the line goes on where it should end: " + std::string(line.peek()));
  if (!line.fault()) return;
  miss(*line.fault());
  stopped_ = true;
}

bool Player::take_clock(Line& line, const std::string& verb) {
  if (verb == "clock") {
    const Instant now = line.time("time");
    if (clock_) line.wrong("the clock runs already: say advance or restart");
    if (line.fault()) return true;
    driver_.start(now);
    clock_ = now;
    return true;
  }
  if (!clock_) {
    line.wrong("a scenario begins with its clock");
    return true;
  }
  if (verb == "book" || verb == "payg" || verb == "product" || verb == "default" ||
      verb == "renewals")
    return false;
  publish_open_book();
  if (verb == "restart" || verb == "crash") {
    if (line.take("at")) {
      clock_ = line.time("time");
    } else if (verb == "restart") {
      line.wrong("restart at a time");
    }
    if (line.fault()) return true;
    if (verb == "restart") driver_.restart(*clock_);
    if (verb == "crash") driver_.crash(*clock_);
    return true;
  }
  if (verb != "advance") return false;
  const bool by = line.take("by");
  if (!by && !line.take("to")) line.wrong("advance to a time or by a duration");
  const Instant to = by ? *clock_ + line.duration("duration") : line.time("time");
  if (!line.fault()) move_to(to);
  return true;
}

bool Player::take_book(Line& line, const std::string& verb) {
  if (verb == "book") {
    publish_open_book();
    if (!line.take("file")) {
      book_ = read_book(line);
      return true;
    }
    auto book = book_of_file(book_folder_ + line.word("file"));
    if (!book) line.wrong(book.error());
    if (book) book_ = std::move(*book);
    return true;
  }
  if (verb != "payg" && verb != "product" && verb != "default" && verb != "renewals") return false;
  if (!book_) {
    line.wrong("this line belongs to a book");
    return true;
  }
  if (verb == "payg") read_payg(line, *book_);
  if (verb == "product") read_product(line, *book_);
  if (verb == "default") read_defaults(line, *book_);
  if (verb == "renewals") read_renewals(line, *book_);
  return true;
}

void Player::publish_open_book() {
  if (!book_) return;
  const Outcome outcome = driver_.command({"", "", PriceBookPublished{std::move(*book_)}, false});
  book_.reset();
  if (outcome.kind != Outcome::Kind::done) miss("the book was not published: " + outcome.code);
}

bool Player::take_command(Line& line, const std::string& verb, bool dry_run) {
  if (verb == "send" || verb == "text") {
    send(line, verb, dry_run);
    return true;
  }
  auto asked = read_command(line, verb);
  if (!asked) return false;
  if (line.fault() || !line.ended()) return true;
  move_to(asked->tail.at);
  if (const auto* opened = std::get_if<AccountOpened>(&asked->ask.what))
    accounts_.insert(opened->name);
  asked->ask.dry_run = dry_run;
  const std::string before = dry_run ? all_of_it() : "";
  if (auto* refund = std::get_if<PackageRefunded>(&asked->ask.what)) {
    if (const auto account = driver_.account(asked->ask.account))
      refund->package = real_name(*account, refund->package);
  }
  latest_ = driver_.command(asked->ask);
  latest_account_ = asked->ask.account;
  compare(latest_account_, *latest_);
  if (dry_run) differ("what is there after a dry run", before, all_of_it());
  return true;
}

std::string Player::all_of_it() {
  return driver_.digest() + " and " + std::to_string(driver_.entries().size()) + " entries";
}

void Player::send(Line& line, const std::string& verb, bool dry_run) {
  SendAsked asked = read_send(line, verb);
  if (line.fault() || !line.ended()) return;
  const Tail& tail = asked.tail;
  if (tail.at && !tail.rec && *tail.at < *clock_)
    return line.wrong("the clock stands at " + time_text(*clock_) + ": say rec");
  move_to(tail.rec ? tail.rec : tail.at);
  asked.ask.dry_run = dry_run;
  const std::string before = dry_run ? all_of_it() : "";
  const Outcome outcome = driver_.send(asked.ask);
  compare(asked.ask.account, outcome);
  latest_.reset();
  if (dry_run) latest_ = outcome;
  latest_account_ = asked.ask.account;
  if (dry_run) differ("what is there after a dry run", before, all_of_it());
}

void Player::move_to(std::optional<Instant> when) {
  if (!when || *when == *clock_) return;
  if (*when < *clock_) {
    miss("the clock stands at " + time_text(*clock_) + " and does not go back");
    stopped_ = true;
    return;
  }
  driver_.advance(*when);
  clock_ = when;
}

void Player::compare(const std::string& account, const Outcome& outcome) {
  const std::string got = with_aliases(account, outcome_text(outcome));
  if (!now_->arrow) {
    if (outcome.kind != Outcome::Kind::done) miss("it should be done, it is " + got);
    return;
  }
  const std::string wanted = canonical(now_->expected);
  if (wanted == "done" && outcome.kind == Outcome::Kind::done) return;
  // A field need not be told where the code says enough.
  if (outcome.kind == Outcome::Kind::refused && wanted == "reject " + outcome.code) return;
  if (wanted == "again" && outcome.kind == Outcome::Kind::again) return;
  differ("the result", wanted, got);
}

void Player::compare_replay() {
  const auto look = [&] {
    Seen seen{driver_.digest(), {}, {}, {}, driver_.entries()};
    for (const std::string& name : accounts_) {
      seen.accounts.push_back(driver_.account(name));
      if (!seen.accounts.back()) continue;
      seen.notices.push_back(driver_.notices(name));
      seen.statements.push_back(driver_.statement(name));
    }
    return seen;
  };
  const Seen before = look();
  driver_.crash(*clock_);
  const Seen after = look();
  if (const std::string broken = driver_.broken(); !broken.empty()) return miss(broken);
  differ("the digest after a replay", before.digest, after.digest);
  if (before.accounts != after.accounts) miss("a replay of the journal gives other balances");
  if (before.entries != after.entries) miss("the journal is another one after a replay");
  if (before.notices != after.notices) miss("a replay of the journal gives other notices");
  if (before.statements != after.statements) miss("a replay gives another statement");
}

}  // namespace packledger::examples
