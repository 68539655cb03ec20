#include "wire/hold_requests.hpp"

#include "packledger/ledger/hold.hpp"
#include "wire/request_fields.hpp"

#include <string>
#include <utility>

namespace packledger {

Result<What, RequestFault> read_hold(std::string_view body) {
  const auto document = parse_body(body);
  if (!document) return std::unexpected{document.error()};
  JsonFields fields{document->root()};
  HoldPlaced placed;
  placed.hold = required_name(fields, "hold");
  placed.units = Units{fields.required_integer("units")};
  placed.destination = required_parsed(fields, "destination", parse_country, expected::country);
  placed.type = required_parsed(fields, "template", parse_template, expected::message_template);
  placed.ttl = optional_duration(fields, "ttl", {seconds(1), hold_ttl_max});
  return finished(fields, std::move(placed));
}

Result<What, RequestFault> read_capture(std::string_view hold, std::string_view body) {
  const auto document = parse_body(body);
  if (!document) return std::unexpected{document.error()};
  JsonFields fields{document->root()};
  const Units units{fields.required_integer("units")};
  return finished(fields, HoldCaptured{std::string{hold}, units});
}

Result<What, RequestFault> read_release(std::string_view hold, std::string_view body) {
  const auto document = parse_optional_body(body);
  if (!document) return std::unexpected{document.error()};
  return finished(JsonFields{document->root()}, HoldReleased{std::string{hold}});
}

}  // namespace packledger
