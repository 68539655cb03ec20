// A request as the handlers see it and an answer as they give it: no bytes of HTTP, no vendor.
// Values; front thread.
#pragma once

#include "packledger/ledger/id.hpp"
#include "serve/watch_message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger::serve {

enum class Method : std::uint8_t { get, post, put, patch, remove };
[[nodiscard]] std::string_view method_text(Method method);  // "GET"

// The parameters of a query, decoded, each name at most once.
class Query {
 public:
  void add(std::string name, std::string value) {
    parameters_.emplace_back(std::move(name), std::move(value));
  }
  [[nodiscard]] const std::string* find(std::string_view name) const;
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& all() const {
    return parameters_;
  }

 private:
  std::vector<std::pair<std::string, std::string>> parameters_;
};

struct HttpRequest {
  Method method = Method::get;
  std::vector<std::string> names;  // what stands in the {} of the route, decoded, in order
  Query query;
  std::string media_type;                      // in small letters, without parameters
  std::optional<std::string> idempotency_key;  // as it came
  std::optional<std::string> last_event_id;    // as it came
  std::string body;
};

struct HttpResponse {
  unsigned status = 200;
  std::string_view media_type = "application/json";                // static text
  std::vector<std::pair<std::string_view, std::string>> fields{};  // further ones; names are static
  std::optional<Sequence> position{};  // absent: what the front has heard of
  std::string body{};
  // It has no body and does not end: this watch is told behind its head, as events.
  std::optional<WatchAsked> events{};
};

}  // namespace packledger::serve
