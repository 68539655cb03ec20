#include "serve/target.hpp"

#include "packledger/ledger/utf8.hpp"

#include <algorithm>
#include <cstdint>

namespace packledger::serve {
namespace {

std::optional<std::uint8_t> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  return std::nullopt;
}

// RFC 3986: unreserved, sub-delims, ':' and '@', and in a query also '/' and '?'.
bool may_stand(char c) {
  const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  return letter || std::string_view("-._~!$&'()*+,;=:@/?").contains(c);
}

bool is_clean(std::string_view text) {
  const bool controls = std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<std::uint8_t>(c);
    return byte < 0x20 || byte == 0x7F;
  });
  return !controls && utf8_valid_bytes(text) == text.size();
}

Problem not_well_formed(std::string_view detail) {
  return Problem{.code = "invalid_target", .detail{detail}};
}

std::optional<Problem> add_segments(std::string_view path, std::vector<std::string>& segments) {
  path.remove_prefix(1);
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    std::optional<std::string> segment = percent_decoded(path.substr(0, end));
    if (!segment) return not_well_formed("the path is not percent-encoded UTF-8");
    if (segment->empty() || *segment == "." || *segment == ".." || segment->contains('/')) {
      return not_well_formed("a segment of the path is empty, a dot or holds a slash");
    }
    segments.push_back(std::move(*segment));
    const bool trailing_slash = end + 1 == path.size();
    if (trailing_slash) return not_well_formed("the path ends with a slash");
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return std::nullopt;
}

std::optional<Problem> add_parameters(std::string_view text, Query& query) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    std::optional<std::string> name = percent_decoded(pair.substr(0, equals));
    std::optional<std::string> value =
        percent_decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value) return not_well_formed("the query is not percent-encoded UTF-8");
    if (name->empty()) return not_well_formed("a parameter of the query has no name");
    if (query.find(*name) != nullptr) {
      return Problem{.code = "invalid_target",
                     .detail = "a parameter of the query comes twice",
                     .field = *name};
    }
    query.add(std::move(*name), std::move(*value));
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      if (!may_stand(text[i])) return std::nullopt;
      decoded += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const auto high = hex_digit(text[i + 1]);
    const auto low = hex_digit(text[i + 2]);
    if (!high || !low) return std::nullopt;
    decoded += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  if (!is_clean(decoded)) return std::nullopt;
  return decoded;
}

Result<Target, Problem> parse_target(std::string_view text) {
  if (!text.starts_with('/')) {
    return std::unexpected(not_well_formed("the target must begin with a slash"));
  }
  const std::size_t question = std::min(text.find('?'), text.size());
  Target target;
  if (auto problem = add_segments(text.substr(0, question), target.segments)) {
    return std::unexpected(std::move(*problem));
  }
  const std::string_view query = text.substr(std::min(question + 1, text.size()));
  if (auto problem = add_parameters(query, target.query)) {
    return std::unexpected(std::move(*problem));
  }
  return target;
}

}  // namespace packledger::serve
