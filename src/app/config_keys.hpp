// The one table of configuration keys. What is not in it does not exist; what is in it is read from
// a file and from flags, checked, printed and documented without further ado.
//
// Owner: config; made at its first use and never changed. Any thread.
// Invariants:
//  1. Keys of one section stand together, in the order in which they are printed.
//  2. What `read` gives, `write` takes.
#pragma once

#include "app/config.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

enum class Written : std::uint8_t { text, integer, flag };  // how a value stands in a file

struct ConfigKey {
  std::string_view name;  // with its section: "http.idle_timeout"
  std::string_view help;  // one sentence
  Written written = Written::text;
  std::string allowed;  // "an integer from 1 to 1024 MiB"
  // The value as text, without quotes.
  std::function<std::string(const Config&)> read;
  // False, and nothing changed, where the text is not allowed.
  std::function<bool(Config&, std::string_view)> write;
};

[[nodiscard]] const std::vector<ConfigKey>& all_config_keys();

// What listen.origins says, one by one: "https://a.example, http://b" to two.
[[nodiscard]] std::vector<std::string> listed_origins(std::string_view text);

}  // namespace packledger
