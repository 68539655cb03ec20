#include "wire/contact_address.hpp"

#include "packledger/ledger/utf8.hpp"
#include "wire/rule_requests.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace packledger {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_visible(char c) { return c > 0x20 && c < 0x7F; }

// E.164: no country's code begins with 0.
bool is_phone(std::string_view text) {
  if (!text.starts_with('+')) return false;
  text.remove_prefix(1);
  return text.size() >= phone_digits_min && text.size() <= phone_digits_max &&
         std::ranges::all_of(text, is_digit) && text.front() != '0';
}

// White space and what cannot be seen, in any script.
bool is_blank(char32_t c) {
  const bool control = c <= 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0xFEFF;
  const bool space = c == 0x1680 || (c >= 0x2000 && c <= 0x200F) || c == 0x3000;
  const bool turns = (c >= 0x2028 && c <= 0x202F) || (c >= 0x205F && c <= 0x206F) || c == 0x061C;
  return control || space || turns;
}

bool has_blank(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::optional<Utf8Character> character = utf8_character(text, at);
    if (!character || is_blank(character->value)) return true;
    at += character->bytes;
  }
  return false;
}

bool is_email(std::string_view text) {
  constexpr std::string_view forbidden =
      "\"(),:;<>[]\\";  // with which a list of receivers is written
  if (text.find_first_of(forbidden) != std::string_view::npos) return false;
  const std::size_t at = text.find('@');
  const bool both_sides = at != std::string_view::npos && at > 0 && at + 1 < text.size();
  return both_sides && text.find('@', at + 1) == std::string_view::npos &&
         text.size() <= email_bytes_max && !has_blank(text);
}

bool is_host(std::string_view text) {
  const auto allowed = [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.'; };
  return !text.empty() && std::ranges::all_of(text, allowed) && !text.starts_with('.') &&
         text.find("..") == std::string_view::npos;
}

bool is_address_of_six(std::string_view text) {
  const auto allowed = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
  };
  if (!text.starts_with('[') || !text.ends_with(']')) return false;
  text = text.substr(1, text.size() - 2);
  return text.find(':') != std::string_view::npos && std::ranges::all_of(text, allowed);
}

bool is_port(std::string_view text) {
  constexpr std::size_t digits_max = 5;
  if (text.empty() || text.size() > digits_max || !std::ranges::all_of(text, is_digit)) {
    return false;
  }
  int port = 0;
  for (const char c : text) port = port * 10 + (c - '0');
  return port >= 1 && port <= 65'535;
}

// host, host:port, [::1]:port
bool is_authority(std::string_view text) {
  const std::size_t bracket = text.find(']');
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view host = text.substr(0, colon);
  if (!is_host(host) && !is_address_of_six(host)) return false;
  return colon == std::string_view::npos || is_port(text.substr(colon + 1));
}

// No user in it: a secret belongs into the path, where logs know to look for it.
bool is_https_url(std::string_view text) {
  constexpr std::string_view scheme = "https://";
  constexpr std::string_view forbidden = "\"<>\\^`{|}";
  if (text.size() > address_bytes_max || !text.starts_with(scheme)) return false;
  if (!std::ranges::all_of(text, is_visible)) return false;
  if (text.find_first_of(forbidden) != std::string_view::npos) return false;
  text.remove_prefix(scheme.size());
  return is_authority(text.substr(0, text.find_first_of("/?#")));
}

bool is_address(Channel channel, std::string_view text) {
  switch (channel) {
    case Channel::sms: return is_phone(text);
    case Channel::email: return is_email(text);
    case Channel::internal: return text.empty();
    case Channel::webhook:
    case Channel::dingtalk_robot: return is_https_url(text);
  }
  std::unreachable();
}

}  // namespace

std::optional<std::string> parse_address(Channel channel, std::string_view text) {
  return is_address(channel, text) ? std::optional<std::string>{text} : std::nullopt;
}

std::string_view expected_address(Channel channel) {
  switch (channel) {
    case Channel::sms: return "a phone number of + and 6 to 15 digits, like +8613800138000";
    case Channel::email: return "an e-mail address without spaces and quotation, at most 254 bytes";
    case Channel::internal: return "no member for the channel internal";
    case Channel::webhook:
    case Channel::dingtalk_robot: return "an https URL without a user, at most 512 characters";
  }
  std::unreachable();
}

}  // namespace packledger
