// What the HTTP interface answers, in the words of the tables: for the HttpDriver. Pure functions;
// a member that is missing or of the wrong kind is told by `fault`, once.
#pragma once

#include "tests/examples/driver.hpp"
#include "wire/json.hpp"

#include <string>
#include <vector>

namespace packledger::examples {

// Reads members that must be there, and remembers the first that is not.
class Answer {
 public:
  explicit Answer(const Json& json, std::string& fault) : json_(json), fault_(fault) {}
  [[nodiscard]] std::string text(std::string_view key) const;
  [[nodiscard]] std::int64_t integer(std::string_view key) const;
  [[nodiscard]] Money money(std::string_view key) const;
  [[nodiscard]] Instant instant(std::string_view key) const;
  // Nothing where it is absent or null.
  [[nodiscard]] std::optional<Instant> optional_instant(std::string_view key) const;
  [[nodiscard]] std::string optional_text(std::string_view key) const;
  [[nodiscard]] std::span<const Json> list(std::string_view key) const;
  [[nodiscard]] const Json& json() const { return json_; }
  [[nodiscard]] Answer inner(const Json& json) const { return Answer{json, fault_}; }

 private:
  [[nodiscard]] const Json& member(std::string_view key) const;

  const Json& json_;
  std::string& fault_;
};

[[nodiscard]] PackageSeen seen_package(const Answer& package);
void see_account(const Answer& account, AccountSeen& seen);
[[nodiscard]] OrderSeen seen_order(const Answer& order);
[[nodiscard]] SentSeen seen_sent(const Answer& send);
[[nodiscard]] EntrySeen seen_entry(const Answer& entry);

// Of a problem, or of a refused line.
[[nodiscard]] Outcome refusal_of(const Answer& problem);
// Of one result of POST /v1/sends; checks that each amount is units times price.
[[nodiscard]] Outcome outcome_of_send(const Answer& result);
// "price 470", "refund 12.5", "P3@0.132+B3+A1(forfeited)"
[[nodiscard]] std::string told_command(const What& what, const Answer& answer);
// What followed from a command, "alarm_raised:low"; of a dry run: what would.
[[nodiscard]] std::vector<std::string> caused_by(const Answer& answer);

}  // namespace packledger::examples
