#include "serve/router.hpp"

#include "wire/send_requests.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace packledger::serve {
namespace {

std::string_view next_piece(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view piece = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return piece;
}

// What stands in the {} of the pattern; nothing where the path is another.
std::optional<std::vector<std::string>> names_in(std::string_view pattern,
                                                 const std::vector<std::string>& segments) {
  std::vector<std::string> names;
  std::string_view rest = pattern.substr(1);
  for (const std::string& segment : segments) {
    if (rest.empty()) return std::nullopt;
    const std::string_view piece = next_piece(rest, '/');
    if (piece.starts_with('{')) {
      const std::string_view ending = piece.substr(piece.find('}') + 1);
      if (segment.size() <= ending.size() || !segment.ends_with(ending)) return std::nullopt;
      names.push_back(segment.substr(0, segment.size() - ending.size()));
    } else if (piece != segment) {
      return std::nullopt;
    }
  }
  if (!rest.empty()) return std::nullopt;
  return names;
}

bool lists(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    if (next_piece(words, ' ') == word) return true;
  }
  return false;
}

std::optional<Problem> wrong_parameter(const Route& route, const Query& query) {
  for (const auto& [name, value] : query.all()) {
    if (lists(route.parameters, name)) continue;
    return Problem{.code = "unknown_parameter",
                   .detail = route.parameters.empty()
                                 ? "this path takes no parameters"
                                 : "this path takes: " + std::string(route.parameters),
                   .field = name};
  }
  return std::nullopt;
}

std::optional<Problem> wrong_body(const Route& route, const HttpRequest& request) {
  if (route.body == Body::none) return std::nullopt;
  if (route.body == Body::optional && request.body.empty()) return std::nullopt;
  if (request.media_type.empty() || request.media_type == "application/json") return std::nullopt;
  if (route.body == Body::sends && sends_media(request.media_type)) return std::nullopt;
  return Problem{.code = "unsupported_media_type",
                 .detail = route.body == Body::sends
                               ? "send application/json, application/x-ndjson, "
                                 "application/x-protobuf or CloudEvents"
                               : "send application/json"};
}

}  // namespace

Result<const Route*, Problem> Router::find(const Target& target, HttpRequest& request) const {
  std::string allow;
  for (const Route& route : routes_) {
    auto names = names_in(route.pattern, target.segments);
    if (!names) continue;
    if (route.method != request.method) {
      if (allow.contains(method_text(route.method))) continue;
      if (!allow.empty()) allow += ", ";
      allow += method_text(route.method);
      if (route.method == Method::get) allow += ", HEAD";
      continue;
    }
    if (auto problem = wrong_parameter(route, target.query)) {
      return std::unexpected(std::move(*problem));
    }
    if (auto problem = wrong_body(route, request)) return std::unexpected(std::move(*problem));
    request.names = std::move(*names);
    request.query = target.query;
    return &route;
  }
  if (allow.empty()) return std::unexpected(Problem{.code = "not_found"});
  return std::unexpected(
      Problem{.code = "method_not_allowed", .detail = "this path takes " + allow, .allow = allow});
}

bool Router::takes_large_body(const Target& target, Method method) const {
  return std::ranges::any_of(routes_, [&](const Route& route) {
    const bool large = route.body == Body::sends || route.body == Body::book;
    return large && route.method == method && names_in(route.pattern, target.segments);
  });
}

}  // namespace packledger::serve
