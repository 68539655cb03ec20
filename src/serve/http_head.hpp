// What the head of a request says beside its method and target, checked more strictly than the
// library does, so that no two readers of the same bytes can disagree where a request ends (RFC
// 9112 §11.2). Pure functions, any thread.
#pragma once

#include "packledger/ledger/result.hpp"
#include "serve/problem.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace packledger::serve {

// How many bytes the head at the start of these bytes has, the empty line included; 0 where its end
// has not come yet.
[[nodiscard]] std::size_t head_bytes(std::string_view received);

// Of the raw head. Refuses: lines that are folded or not ended by CRLF, control characters, a space
// before a colon, a Host, Content-Length or Origin that is missing, repeated or not well-formed,
// both kinds of length, any transfer coding but chunked, targets that are no path or too long.
[[nodiscard]] std::optional<Problem> wrong_head(std::string_view head,
                                                std::size_t target_bytes_max);

// Where the page comes from that a browser asks for.
enum class PageOrigin : std::uint8_t {
  none,     // no page asks
  own,      // from the host that is asked
  listed,   // from elsewhere; it is allowed for
  foreign,  // from elsewhere
};
// A host that is asked by a name is not believed to be ours: a name may be made to lead here
// for a moment (DNS rebinding). Whoever is to come by a name is listed.
[[nodiscard]] PageOrigin origin_of(std::string_view origin, std::string_view host,
                                   std::span<const std::string> listed);

// "https://console.example", "http://127.0.0.1:8080": scheme, host and perhaps a port, in small
// letters, nothing else.
[[nodiscard]] bool is_origin(std::string_view text);

// "Application/JSON; charset=utf-8" to "application/json".
[[nodiscard]] std::string media_type_of(std::string_view content_type);

}  // namespace packledger::serve
