// The address of a server as a person writes it: http://host[:port], IPv6 in brackets, with or
// without a slash at its end. Owner: the clients of serve. Pure functions, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace packledger {

struct ServerAddress {
  std::string host;  // without the brackets of an IPv6 address
  std::string port;
  std::string authority;  // as it stands in the URL, for the Host header
};

// Nothing where it is no such address.
[[nodiscard]] std::optional<ServerAddress> parse_server_address(std::string_view url);

}  // namespace packledger
