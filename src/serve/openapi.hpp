// The OpenAPI description of what is served, docs/openapi.yaml as it was when this was built.
// Constant, any thread.
#pragma once

#include <string_view>

namespace packledger::serve {

[[nodiscard]] std::string_view openapi_document();

}  // namespace packledger::serve
