#include "wire/send_requests.hpp"

#include "packledger/ledger/segment.hpp"
#include "wire/json.hpp"
#include "wire/json_fields.hpp"
#include "wire/request_fields.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace packledger {

namespace {

constexpr std::string_view expected_template = "one of verification, notification, promotion";
// The values of sends_per_batch_max sends with every member there is, and as many again: whatever
// is larger is too many sends, not a fault of the text.
constexpr JsonLimits sends_limits{.depth_max = 32, .elements_max = sends_per_batch_max * 24};

// Whose mistake it is decides how it is told.
enum class Mistake : std::uint8_t {
  shape,     // the client's program: a fault of the request where the send stands alone
  business,  // what the client wants: always a result
};

struct Unread {
  Mistake mistake = Mistake::shape;
  SendRefused refused;
};

// The members of one send as they stand in the body.
struct Members {
  std::string_view account;
  std::string_view send;
  std::optional<std::int64_t> units;
  std::optional<std::string_view> text;
  std::optional<std::string_view> signature;
  std::optional<Instant> occurred_at;
  Country destination;
  TemplateType type = TemplateType::verification;
  bool billable = true;
};

void read_content(JsonFields& fields, Members& send) {
  send.units = fields.optional_integer("units");
  send.text = fields.optional_text("text");
  send.signature = fields.optional_text("signature");
  if (!send.units && !send.text) fields.missing("units", "an integer, or a text to count");
  if (send.signature && !send.text) fields.refuse("signature", "no member without text");
  send.occurred_at = optional_parsed(fields, "occurred_at", parse_instant, expected::instant);
  send.destination = required_parsed(fields, "destination", parse_country, expected::country);
  send.type = required_parsed(fields, "template", parse_template, expected_template);
  send.billable = fields.optional_flag("billable").value_or(true);
}

Unread unread(Mistake mistake, const Members& send, RequestFault fault) {
  return {mistake, {0, std::string{send.account}, std::string{send.send}, std::move(fault)}};
}

// The units that were given or counted; where both, they agree.
Result<Units, RequestFault> units_of(const Members& send) {
  if (!send.text) return Units{*send.units};
  const MessageText text{.signature = send.signature.value_or(""), .body = *send.text};
  const bool at_home = send.destination == mainland;
  const auto counted =
      segment_count(text, at_home ? SegmentProfile::cn_unicode : SegmentProfile::intl_auto);
  if (!counted) {
    return std::unexpected{RequestFault{
        "invalid_text", "text", "text: expected at most 500 characters with its signature"}};
  }
  if (!send.units || *send.units == counted->value) return *counted;
  return std::unexpected{
      RequestFault{"units_mismatch", "units",
                   "units: expected " + std::to_string(counted->value) + ", which the text takes"}};
}

Result<SendAsked, Unread> checked_send(const Members& send) {
  const Result<Units, RequestFault> units = units_of(send);
  if (!units) return std::unexpected{unread(Mistake::business, send, units.error())};
  return SendAsked{.account = std::string{send.account},
                   .send = {.send = std::string{send.send},
                            .units = *units,
                            .occurred_at = send.occurred_at,
                            .destination = send.destination,
                            .type = send.type,
                            .billable = send.billable}};
}

Result<SendAsked, Unread> read_send(const Json& object) {
  JsonFields fields{object};
  Members send;
  send.account = required_name(fields, "account");
  send.send = required_name(fields, "send");
  read_content(fields, send);
  if (const auto fault = fields.finish()) [[unlikely]] {
    return std::unexpected{unread(Mistake::shape, send, request_fault(*fault))};
  }
  return checked_send(send);
}

void keep(SendsRead& read, Result<SendAsked, Unread> send) {
  if (send) {
    read.sends.push_back(std::move(*send));
    return;
  }
  SendRefused& refused = send.error().refused;
  refused.index = read.count();
  read.refused.push_back(std::move(refused));
}

RequestFault too_many() {
  return {"too_large", "",
          "expected at most " + std::to_string(sends_per_batch_max) + " sends in one request"};
}

using ReadOne = Result<SendAsked, Unread> (*)(const Json&);

Result<SendsRead, RequestFault> one_send(const Json& object, ReadOne read_one) {
  SendsRead read{.shape = SendsShape::object, .sends = {}, .refused = {}};
  Result<SendAsked, Unread> send = read_one(object);
  if (!send && send.error().mistake == Mistake::shape) {
    return std::unexpected{std::move(send.error().refused.fault)};
  }
  keep(read, std::move(send));
  return read;
}

Result<SendsRead, RequestFault> many_sends(std::span<const Json> elements, ReadOne read_one) {
  if (elements.size() > sends_per_batch_max) return std::unexpected{too_many()};
  SendsRead read{.shape = SendsShape::array, .sends = {}, .refused = {}};
  read.sends.reserve(elements.size());
  for (const Json& element : elements) keep(read, read_one(element));
  return read;
}

Result<SendAsked, Unread> read_line(std::string_view line) {
  const Result<JsonDocument, JsonFault> document = parse_json(line);
  if (document) return read_send(document->root());
  return std::unexpected{unread(Mistake::shape, {}, request_fault(document.error()))};
}

Result<SendsRead, RequestFault> read_lines(std::string_view body) {
  SendsRead read{.shape = SendsShape::lines, .sends = {}, .refused = {}};
  while (!body.empty()) {
    const std::size_t end = std::min(body.find('\n'), body.size());
    const std::string_view line = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (read.count() == sends_per_batch_max) return std::unexpected{too_many()};
    keep(read, read_line(line));
  }
  if (read.count() > 0) return read;
  return std::unexpected{RequestFault{"invalid_body", "", "expected a send on each line"}};
}

Result<SendsRead, RequestFault> read_document(std::string_view body, ReadOne read_one) {
  const Result<JsonDocument, JsonFault> document = parse_json(body, sends_limits);
  if (!document) {
    return std::unexpected{document.error().too_large ? too_many()
                                                      : request_fault(document.error())};
  }
  const Json& root = document->root();
  if (root.is_array()) return many_sends(root.elements(), read_one);
  if (root.is_object()) return one_send(root, read_one);
  return std::unexpected{RequestFault{"invalid_body", "", "expected an object or an array"}};
}

}  // namespace

std::optional<SendsMedia> sends_media(std::string_view content_type) {
  std::string media{content_type.substr(0, content_type.find(';'))};
  while (media.ends_with(' ') || media.ends_with('\t')) media.pop_back();
  std::ranges::transform(media, media.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (media.empty() || media == "application/json") return SendsMedia::json;
  if (media == "application/x-ndjson") return SendsMedia::lines;
  return std::nullopt;
}

Result<SendsRead, RequestFault> read_sends(std::string_view body, SendsMedia media) {
  if (media == SendsMedia::lines) return read_lines(body);
  return read_document(body, read_send);
}

}  // namespace packledger
