#include "serve/http_head.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace packledger::serve {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::size_t host_bytes_max = 255 + 6;  // a name, a colon and a port

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, small, small);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.size() <= 18 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Problem refuse(std::string_view detail) {
  return Problem{.code = "invalid_request", .detail{detail}};
}

// A literal address or this machine, with or without a port: what no name server can change.
bool is_literal(std::string_view host) {
  if (host.starts_with('[')) return true;  // version 6
  host = host.substr(0, host.find(':'));
  if (same(host, "localhost")) return true;
  return !host.empty() &&
         std::ranges::all_of(host, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

// The fields that decide where a request ends and whom it is for.
struct Framing {
  std::size_t hosts = 0;
  std::size_t lengths = 0;
  std::size_t codings = 0;
  std::size_t origins = 0;
};

std::optional<Problem> wrong_field(std::string_view line, Framing& framing) {
  if (line.front() == ' ' || line.front() == '\t') return refuse("a field of the head is folded");
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return refuse("a field has no name");
  const std::string_view name = line.substr(0, colon);
  if (name.contains(' ') || name.contains('\t')) return refuse("a space in the name of a field");
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (same(name, "host")) {
    const bool odd = std::ranges::any_of(value, [](char c) {
      return c == ' ' || c == ',' || c == '/' || c == '@' || static_cast<std::uint8_t>(c) >= 0x80;
    });
    if (++framing.hosts > 1 || value.size() > host_bytes_max || odd) {
      return refuse("expected one well-formed Host");
    }
  } else if (same(name, "content-length")) {
    if (++framing.lengths > 1 || !is_digits(value)) {
      return refuse("expected one Content-Length of digits");
    }
  } else if (same(name, "origin")) {
    if (++framing.origins > 1) return refuse("expected one Origin");
  } else if (same(name, "transfer-encoding")) {
    if (++framing.codings > 1) return refuse("expected one Transfer-Encoding");
    if (!same(value, "chunked")) {
      return Problem{.code = "not_implemented",
                     .detail = "the only transfer coding taken is chunked"};
    }
  }
  return std::nullopt;
}

std::optional<Problem> wrong_start(std::string_view line, std::size_t target_bytes_max) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return refuse("no request line");
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (target.size() > target_bytes_max) {
    return Problem{.code = "target_too_long",
                   .detail = "expected at most " + std::to_string(target_bytes_max) + " bytes"};
  }
  if (!target.starts_with('/')) return refuse("the target must be a path");
  return std::nullopt;
}

}  // namespace

std::size_t head_bytes(std::string_view received) {
  const std::size_t end = received.find("\r\n\r\n");
  return end == std::string_view::npos ? 0 : end + 4;
}

std::optional<Problem> wrong_head(std::string_view head, std::size_t target_bytes_max) {
  Framing framing;
  bool start = true;
  bool version_1_0 = false;
  head.remove_suffix(line_end.size());  // the empty line
  while (!head.empty()) {
    const std::size_t end = head.find(line_end);
    if (end == std::string_view::npos) return refuse("a line does not end with CRLF");
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(end + line_end.size());
    const bool controls = std::ranges::any_of(line, [](char c) {
      return (static_cast<std::uint8_t>(c) < 0x20 && c != '\t') || c == 0x7F;
    });
    if (controls) return refuse("a control character in the head");
    auto problem = start ? wrong_start(line, target_bytes_max) : wrong_field(line, framing);
    if (problem) return problem;
    if (start) version_1_0 = line.ends_with("HTTP/1.0");
    start = false;
  }
  if (framing.hosts == 0 && !version_1_0) return refuse("expected a Host");
  if (framing.lengths + framing.codings > 1) return refuse("two lengths of the body");
  if (framing.codings > 0 && version_1_0) return refuse("no transfer coding in HTTP/1.0");
  return std::nullopt;
}

bool is_origin(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text.starts_with(scheme)) continue;
    const std::string_view host = text.substr(scheme.size());
    return !host.empty() && host.size() <= host_bytes_max && std::ranges::all_of(host, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
             std::string_view(".-_:[]").contains(c);
    });
  }
  return false;
}

PageOrigin origin_of(std::string_view origin, std::string_view host,
                     std::span<const std::string> listed) {
  const auto is = [origin](std::string_view other) { return same(origin, other); };
  if (is_literal(host) &&
      (is("http://" + std::string(host)) || is("https://" + std::string(host)))) {
    return PageOrigin::own;
  }
  return std::ranges::any_of(listed, is) ? PageOrigin::listed : PageOrigin::foreign;
}

std::string media_type_of(std::string_view content_type) {
  std::string type(trimmed(content_type.substr(0, content_type.find(';'))));
  std::ranges::transform(type, type.begin(), small);
  return type;
}

}  // namespace packledger::serve
