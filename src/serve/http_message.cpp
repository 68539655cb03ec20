#include "serve/http_message.hpp"

#include <algorithm>

namespace packledger::serve {

std::string_view method_text(Method method) {
  switch (method) {
    case Method::get: return "GET";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::patch: return "PATCH";
    case Method::remove: return "DELETE";
  }
  return {};
}

const std::string* Query::find(std::string_view name) const {
  const auto parameter = std::ranges::find(
      parameters_, name, [](const auto& pair) -> std::string_view { return pair.first; });
  return parameter == parameters_.end() ? nullptr : &parameter->second;
}

}  // namespace packledger::serve
