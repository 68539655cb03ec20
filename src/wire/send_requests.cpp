#include "wire/send_requests.hpp"

#include "packledger/ledger/segment.hpp"
#include "wire/json.hpp"
#include "wire/json_fields.hpp"
#include "wire/publish_codec.hpp"
#include "wire/request_fields.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace packledger {

namespace {

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

void read_units(JsonFields& fields, Members& send) {
  send.units = fields.optional_integer("units");
  send.text = fields.optional_text("text");
  send.signature = fields.optional_text("signature");
  if (!send.units && !send.text) fields.missing("units", "an integer, or a text to count");
  if (send.signature && !send.text) fields.refuse("signature", "no member without text");
}

void read_route(JsonFields& fields, Members& send) {
  send.destination = required_parsed(fields, "destination", parse_country, expected::country);
  send.type = required_parsed(fields, "template", parse_template, expected::message_template);
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
  if (is_numbered_name(send.send))
    return std::unexpected{unread(Mistake::business, send, reserved_send_name())};
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
  read_units(fields, send);
  send.occurred_at = optional_parsed(fields, "occurred_at", parse_instant, expected::instant);
  read_route(fields, send);
  if (const auto fault = fields.finish()) [[unlikely]] {
    return std::unexpected{unread(Mistake::shape, send, request_fault(*fault))};
  }
  return checked_send(send);
}

// Attributes of a CloudEvent beyond those of ours are extensions, which a consumer may pass over;
// what is not named as the specification asks is a mistake.
bool is_attribute_name(std::string_view key) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !key.empty() && std::ranges::all_of(key, allowed);
}

std::optional<std::string_view> event_version(std::string_view text) {
  return text == "1.0" ? std::optional{text} : std::nullopt;
}

std::optional<std::string_view> json_type(std::string_view text) {
  const std::string_view type = text.substr(0, text.find_first_of("; "));
  const bool json = type == "application/json" || type.ends_with("+json");
  return json ? std::optional{text} : std::nullopt;
}

// The send that a CloudEvent tells of: its identity in the attributes, its content in the data.
Result<SendAsked, Unread> read_event(const Json& object) {
  JsonFields fields{object};
  Members send;
  send.account = required_name(fields, "subject");
  send.send = required_name(fields, "id");
  (void)required_parsed(fields, "specversion", event_version, "the version 1.0");
  fields.required_text("source", {.bytes_min = 1});
  fields.required_text("type", {.bytes_min = 1});
  (void)optional_parsed(fields, "datacontenttype", json_type, "a media type of JSON");
  const auto time = optional_parsed(fields, "time", parse_instant, expected::instant);
  JsonFields data{fields.required_object("data"), "data"};
  for (const JsonMember& member : object.members()) {
    if (is_attribute_name(member.key)) fields.optional_value(member.key);
  }
  if (const auto fault = fields.finish()) [[unlikely]] {
    return std::unexpected{unread(Mistake::shape, send, request_fault(*fault))};
  }
  read_units(data, send);
  read_route(data, send);
  send.occurred_at = time;
  if (const auto fault = data.finish()) [[unlikely]] {
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
  if (elements.size() > sends_per_batch_max) return std::unexpected{too_many_sends()};
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
    if (read.count() == sends_per_batch_max) return std::unexpected{too_many_sends()};
    keep(read, read_line(line));
  }
  if (read.count() > 0) return read;
  return std::unexpected{RequestFault{"invalid_body", "", "expected a send on each line"}};
}

// What a document of each kind may be.
struct DocumentKind {
  bool one;
  bool many;
  ReadOne read_one;
  std::string_view expected;
};

Result<SendsRead, RequestFault> read_document(std::string_view body, const DocumentKind& kind) {
  const Result<JsonDocument, JsonFault> document = parse_json(body, sends_limits);
  if (!document) {
    return std::unexpected{document.error().too_large ? too_many_sends()
                                                      : request_fault(document.error())};
  }
  const Json& root = document->root();
  if (kind.many && root.is_array()) return many_sends(root.elements(), kind.read_one);
  if (kind.one && root.is_object()) return one_send(root, kind.read_one);
  return std::unexpected{RequestFault{"invalid_body", "", std::string{kind.expected}}};
}

constexpr DocumentKind plain{true, true, read_send, "expected an object or an array"};
constexpr DocumentKind event{true, false, read_event, "expected an object, one event"};
constexpr DocumentKind events{false, true, read_event, "expected an array of events"};

Result<SendsRead, RequestFault> read_batch(std::string_view body) {
  SendsRead read{.shape = SendsShape::protobuf, .sends = {}, .refused = {}};
  if (auto good = read_send_batch(body, read); !good) {
    return std::unexpected{std::move(good.error())};
  }
  return read;
}

}  // namespace

RequestFault reserved_send_name() {
  return {"reserved_name", "send", "send: names with a colon in front are given by the daemon"};
}

RequestFault too_many_sends() {
  return {"too_large", "",
          "expected at most " + std::to_string(sends_per_batch_max) + " sends in one request"};
}

std::optional<SendsMedia> sends_media(std::string_view content_type) {
  std::string media{content_type.substr(0, content_type.find(';'))};
  while (media.ends_with(' ') || media.ends_with('\t')) media.pop_back();
  std::ranges::transform(media, media.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (media.empty() || media == "application/json") return SendsMedia::json;
  if (media == "application/x-ndjson") return SendsMedia::lines;
  if (media == "application/x-protobuf") return SendsMedia::protobuf;
  if (media == "application/cloudevents+json") return SendsMedia::cloud_event;
  if (media == "application/cloudevents-batch+json") return SendsMedia::cloud_events_batch;
  return std::nullopt;
}

Result<SendsRead, RequestFault> read_sends(std::string_view body, SendsMedia media) {
  switch (media) {
    case SendsMedia::json: return read_document(body, plain);
    case SendsMedia::lines: return read_lines(body);
    case SendsMedia::cloud_event: return read_document(body, event);
    case SendsMedia::cloud_events_batch: return read_document(body, events);
    case SendsMedia::protobuf: return read_batch(body);
  }
  std::unreachable();
}

}  // namespace packledger
