// Asks: the statements that ask the ledger for something, read into commands and sends.
//
// Owner: the Player, on its stack. Each function reads the line after its verb; "at" and "rec" and
// "key" are understood everywhere by take_tail.
#pragma once

#include "tests/examples/driver.hpp"
#include "tests/examples/line.hpp"

#include <optional>
#include <string>

namespace packledger::examples {

// "at", "rec" and "key", which may end any line.
struct Tail {
  std::optional<Instant> at;   // when it happened
  std::optional<Instant> rec;  // when it is recorded, where that is later
  std::string key;             // the Idempotency-Key
};
// Takes one of them; false where the next word is none.
[[nodiscard]] bool take_tail(Line& line, Tail& tail);

struct Asked {
  CommandAsk ask;
  Tail tail;
};
// Nothing where the verb is no command.
[[nodiscard]] std::optional<Asked> read_command(Line& line, const std::string& verb);

struct SendAsked {
  SendAsk ask;
  Tail tail;
};
// "send acme s1 3 TH …" or "text acme s1 TH "…" …"
[[nodiscard]] SendAsked read_send(Line& line, const std::string& verb);

// "mode stop", "pay_per_use", "expiry_first": the words of the contract.
[[nodiscard]] std::optional<OverageMode> parse_mode(std::string_view word);
[[nodiscard]] std::string_view mode_text(OverageMode mode);
[[nodiscard]] std::optional<ExpiryPolicy> parse_expiry(std::string_view word);
[[nodiscard]] std::optional<RefundPolicy> parse_refund(std::string_view word);
// "industry", "promotion", "all", or the three template types joined by '+'.
[[nodiscard]] std::optional<Templates> parse_templates(std::string_view word);
// Any settings, as long as the next word is the name of one.
void read_settings(Line& line, SettingsPatch& settings);
[[nodiscard]] bool names_setting(std::string_view word);

}  // namespace packledger::examples
