// The log of the daemon: where it goes, what a line looks like, and how an event is written to it.
//
//   log_event(LogLevel::info, "listening", {{"address", "127.0.0.1"}, {"port", 7180}});
//
//   time=2024-05-01T00:00:00.000Z level=info event=listening address=127.0.0.1 port=7180
//   {"time":"2024-05-01T00:00:00.000Z","level":"info","event":"listening","address":"127.0.0.1",…}
//
// Owner: main, which starts it before anything else runs. After that any thread writes; the rooms
// below write sentences through spdlog itself, and those come out as one field, `message`.
// Invariants:
//  1. One event is one line. No value, whoever supplied it, can end the line, end its own field or
//     steer a terminal: what could is escaped.
//  2. A line is handed to the operating system before the call returns.
#pragma once

#include "app/config.hpp"
#include "packledger/ledger/result.hpp"
#include "wire/json_writer.hpp"

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace packledger {

// Looks at a text; lives no longer than the call it is made for.
class LogValue {
 public:
  template <JsonScalar T>
  LogValue(const T& value) : value_(held(value)) {}  // implicit: fields are written as {"port", 80}

 private:
  friend class LogLine;
  using Held = std::variant<std::string_view, std::int64_t, std::uint64_t, bool>;

  template <JsonScalar T> static Held held(const T& value) {
    if constexpr (std::same_as<T, bool>) {
      return value;
    } else if constexpr (std::signed_integral<T>) {
      return static_cast<std::int64_t>(value);
    } else if constexpr (std::unsigned_integral<T>) {
      return static_cast<std::uint64_t>(value);
    } else {
      return std::string_view{value};
    }
  }

  Held value_;
};

struct LogField {
  std::string_view name;  // snake_case, ours
  LogValue value;
};

// Sends everything that is logged in this process, through spdlog too, where `config` says. A file
// is made with mode 0600 and appended to. On a fault, which says what failed, nothing has changed.
[[nodiscard]] Result<void, std::string> start_logging(const LogConfig& config);

// `event` is a short name, snake_case, ours: what an operator searches for. Without start_logging
// the line goes to the standard output of spdlog.
void log_event(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

}  // namespace packledger
