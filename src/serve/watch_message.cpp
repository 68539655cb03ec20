#include "serve/watch_message.hpp"

#include "wire/json.hpp"
#include "wire/json_fields.hpp"
#include "wire/request_fields.hpp"

#include <array>
#include <span>

namespace packledger::serve {
namespace {

constexpr std::array<std::string_view, 2> kinds{"balances", "entries"};
constexpr JsonLimits limits{.depth_max = 4, .elements_max = 16'384};

void read_names(JsonFields& fields, std::optional<std::span<const Json>> elements,
                std::size_t accounts_max, std::vector<std::string>& accounts) {
  if (!elements) return;
  const std::string expected =
      "an array of 1 to " + std::to_string(accounts_max) + " names of accounts";
  if (elements->empty() || elements->size() > accounts_max) fields.refuse("accounts", expected);
  for (const Json& element : *elements) {
    const auto name = element.text();
    if (!name || !is_name(*name)) {
      fields.refuse("accounts", expected);
      return;
    }
    accounts.emplace_back(*name);
  }
}

}  // namespace

std::string_view kind_text(WatchKind kind) { return kinds[static_cast<std::size_t>(kind)]; }

Result<WatchAsked, RequestFault> read_watch(std::string_view message, std::size_t accounts_max) {
  const auto document = parse_json(message, limits);
  if (!document) return std::unexpected(request_fault(document.error()));
  if (!document->root().is_object()) {
    return std::unexpected(
        RequestFault{.code = "invalid_body", .field = {}, .detail = "expected an object"});
  }
  WatchAsked asked;
  asked.drop = document->root().find("unwatch") != nullptr;
  JsonFields fields(document->root());
  const std::size_t kind = fields.required_choice(asked.drop ? "unwatch" : "watch", kinds);
  asked.kind = static_cast<WatchKind>(kind);
  if (asked.drop) {
    read_names(fields, fields.optional_array("accounts"), accounts_max, asked.accounts);
  } else {
    read_names(fields, fields.required_array("accounts"), accounts_max, asked.accounts);
    const auto from = fields.optional_integer("from", {.min = 0});
    if (from) asked.from = Sequence{static_cast<std::uint64_t>(*from)};
  }
  if (const auto fault = fields.finish()) return std::unexpected(request_fault(*fault));
  return asked;
}

}  // namespace packledger::serve
