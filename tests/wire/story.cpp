#include "tests/wire/story.hpp"

#include "packledger/ledger/result.hpp"
#include "wire/price_book_json.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <variant>

namespace packledger::wire_tests {

Instant instant_at(std::string_view when) {
  std::string text = "2024-" + std::string{when} + ":00+08:00";
  text[10] = 'T';
  const auto instant = parse_instant(text);
  ENSURE(instant.has_value(), "tests write month-day hour:minute");
  return *instant;
}

Story::Story() {
  std::ifstream file{PACKLEDGER_SOURCE_DIR "/config/price_book.example.json"};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  auto book = read_price_book(text, [](std::string_view) { return std::nullopt; });
  ENSURE(book.has_value(), "the shipped book can be read");
  constexpr Currency yuan{{'C', 'N', 'Y'}};
  const Instant at = instant_at("05-01 00:00");
  (void)keep({AccountId{}, "", PriceBookPublished{std::move(*book)}}, at);
  (void)keep({AccountId{}, "", AccountOpened{"acme", yuan, {}}}, at);
  (void)keep({AccountId{1}, "", FundsCredited{Money{10'000'000'000}, ""}}, at);
}

Entry Story::tell(std::string_view when, What what) {
  return tell_all(when, std::move(what)).front();
}

std::vector<Entry> Story::tell_all(std::string_view when, What what) {
  const Instant at = instant_at(when);
  while (auto due = ledger_.due_input(at)) (void)keep(std::move(*due), at);
  const bool of_all = std::holds_alternative<PriceBookPublished>(what);
  return keep({of_all ? AccountId{} : AccountId{1}, "", std::move(what)}, at);
}

void Story::send(std::string_view when, std::string_view name, Units units,
                 std::string_view destination) {
  (void)tell(when, SendRecorded{.send = std::string{name},
                                .units = units,
                                .occurred_at = std::nullopt,
                                .destination = parse_country(destination).value(),
                                .type = TemplateType::verification,
                                .billable = true});
}

SendRecord Story::sent(std::string_view name) const {
  auto record = ledger_.sends().find(AccountId{1}, name, ledger_.recorded_at());
  ENSURE(record.has_value(), "the story has this send");
  return *std::move(record);
}

// The entry, then what it causes, as the engine keeps them.
std::vector<Entry> Story::keep(Input input, Instant at) {
  std::vector<Entry> kept{keep_one(std::move(input), at, Sequence{})};
  for (auto inputs = ledger_.consequences(); !inputs.empty(); inputs = ledger_.consequences()) {
    const Sequence cause = ledger_.cause();
    for (Input& next : inputs) kept.push_back(keep_one(std::move(next), at, cause));
  }
  return kept;
}

Entry Story::keep_one(Input input, Instant at, Sequence cause) {
  const auto decided = ledger_.decide(input, at);
  ENSURE(decided || cause == Sequence{}, "what follows from an entry is never refused");
  if (!decided) {
    ADD_FAILURE() << kind_text(input.what) << ": " << reject_text(decided.error().reject);
    return {};
  }
  Entry entry{.sequence = next(ledger_.last()),
              .recorded_at = at,
              .input = std::move(input),
              .decision = *decided,
              .caused_by = cause};
  ledger_.apply(entry);
  return entry;
}

}  // namespace packledger::wire_tests
