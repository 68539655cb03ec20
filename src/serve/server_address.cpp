#include "serve/server_address.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <system_error>

namespace packledger {
namespace {

constexpr std::string_view scheme = "http://";

}  // namespace

std::optional<ServerAddress> parse_server_address(std::string_view url) {
  if (!url.starts_with(scheme)) return std::nullopt;
  url.remove_prefix(scheme.size());
  if (url.ends_with('/')) url.remove_suffix(1);
  if (url.empty() || url.find_first_of("/?#@ ") != std::string_view::npos) return std::nullopt;
  ServerAddress server{.host = {}, .port = "80", .authority = std::string(url)};
  const std::size_t bracket = url.starts_with('[') ? url.find(']') : 0;
  if (bracket == std::string_view::npos) return std::nullopt;
  const std::size_t colon = url.find(':', bracket);
  const std::string_view host = url.substr(0, colon);
  server.host = bracket == 0 ? host : host.substr(1, bracket - 1);
  if (server.host.empty() || (bracket != 0 && host.size() != bracket + 1)) return std::nullopt;
  if (colon == std::string_view::npos) return server;
  server.port = url.substr(colon + 1);
  std::uint16_t number = 0;
  const char* const end = server.port.data() + server.port.size();
  const auto read = std::from_chars(server.port.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end || number == 0) return std::nullopt;
  return server;
}

}  // namespace packledger
