// Contact addresses: where each channel leads, and what an address of it looks like. Only the form
// is known here; nobody is asked whether the address exists.
//
// Owner: wire. Pure functions, any thread.
#pragma once

#include "packledger/ledger/contact.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace packledger {

// The address as it was given; nothing where it is none of this channel. What is accepted is one
// line of visible characters, without quotation marks and angle brackets in a URL.
[[nodiscard]] std::optional<std::string> parse_address(Channel channel, std::string_view text);

// What a client is told instead.
[[nodiscard]] std::string_view expected_address(Channel channel);

}  // namespace packledger
