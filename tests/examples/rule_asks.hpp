// What tables ask of alarms, renewal, contacts, holds and invoices: the words of one line, read
// into a command. The reference is README.md beside this file.
//
// Owner: read_command, on its stack.
#pragma once

#include "packledger/ledger/input.hpp"
#include "tests/examples/line.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger::examples {

[[nodiscard]] bool is_rule_verb(std::string_view verb);

// What stands after such a verb and the account.
[[nodiscard]] What read_rule(Line& line, std::string_view verb);
// "alarm acme low" or "renewal acme", after "remove": the account, and what is asked of it.
[[nodiscard]] std::pair<std::string, What> read_removal(Line& line);

// "low", "ops+boss": what stands between the plus signs.
[[nodiscard]] std::vector<std::string> split_words(std::string_view words, char by = '+');

}  // namespace packledger::examples
