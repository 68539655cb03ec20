// Cursors: the text by which a page of a list says where the next one goes on: a letter for the
// list, then a number. Clients hand it back as it is.
//
// Owner: wire. Pure functions, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace packledger {

// The letters of the lists, so that the cursor of one is none of another.
enum class CursorOf : char { packages = 'p', holds = 'h', invoices = 'i' };

[[nodiscard]] std::string cursor_text(CursorOf list, std::uint64_t number);
// The number, from 1 to max; nothing for a text that no page gave.
[[nodiscard]] std::optional<std::uint64_t> parse_cursor(CursorOf list, std::string_view cursor,
                                                        std::uint64_t max);

}  // namespace packledger
