#include "wire/requests.hpp"

#include "packledger/ledger/package.hpp"
#include "wire/request_fields.hpp"
#include "wire/words.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace packledger {

namespace {

constexpr std::string_view expected_mode = "a mode: pay_per_use or stop_before_excess";
constexpr std::string_view expected_modes =
    "an object of pools and their modes, like {\"CN\": \"pay_per_use\"}, at most 256";
constexpr TextBounds reason_bounds{.bytes_min = 0, .bytes_max = reason_bytes_max};

std::string reason_of(JsonFields& fields) {
  return std::string{fields.optional_text("reason", reason_bounds).value_or("")};
}

std::optional<OverageMode> mode_of(std::string_view text) {
  const auto found = std::ranges::find(words::modes, text);
  if (found == words::modes.end()) return std::nullopt;
  return static_cast<OverageMode>(found - words::modes.begin() + 1);
}

// "modes": {"CN": "pay_per_use"}
void read_modes_object(JsonFields& fields, std::vector<PoolMode>& modes) {
  const Json* object = fields.optional_object("modes");
  if (object == nullptr) return;
  if (object->members().size() > modes_max) fields.refuse("modes", expected_modes);
  for (const JsonMember& member : object->members()) {
    const auto mode = mode_of(member.value.text().value_or(std::string_view{}));
    if (!mode || !parse_pool(member.key)) return fields.refuse("modes", expected_modes);
    modes.push_back({std::string{member.key}, *mode});
  }
}

// "pools": [{"pool": "CN", "mode": "pay_per_use"}]
std::optional<FieldFault> read_modes_array(JsonFields& fields, std::vector<PoolMode>& modes) {
  const auto pools = fields.optional_array("pools");
  if (!pools) return std::nullopt;
  if (pools->size() > modes_max) fields.refuse("pools", "an array of at most 256 pools");
  for (std::size_t i = 0; i < pools->size(); ++i) {
    const std::string path = fields.path_of("pools");
    JsonFields pool{(*pools)[i], JsonPlace{path, i}};
    const std::string_view name = required_parsed(pool, "pool", parse_pool_name, expected::pool);
    const OverageMode mode = required_parsed(pool, "mode", mode_of, expected_mode);
    if (auto fault = pool.finish()) return fault;
    modes.push_back({std::string{name}, mode});
  }
  return std::nullopt;
}

}  // namespace

Result<What, RequestFault> read_account(std::string_view body, const FindZone& find_zone) {
  const auto document = parse_body(body);
  if (!document) return std::unexpected{document.error()};
  JsonFields fields{document->root()};
  AccountOpened opened;
  opened.name = required_name(fields, "account");
  opened.currency = required_parsed(fields, "currency", parse_currency, expected::currency);
  opened.settings = read_settings(fields);
  opened.settings.zone = optional_zone(fields, find_zone);
  return finished(fields, std::move(opened));
}

Result<AccountPatch, RequestFault> read_account_patch(std::string_view body,
                                                      const FindZone& find_zone) {
  const auto document = parse_body(body);
  if (!document) return std::unexpected{document.error()};
  JsonFields fields{document->root()};
  SettingsPatch settings = read_settings(fields);
  settings.zone = optional_zone(fields, find_zone);
  std::vector<PoolMode> modes;
  read_modes_object(fields, modes);
  if (const auto fault = read_modes_array(fields, modes); fault && fields.ok()) {
    return std::unexpected{request_fault(*fault)};
  }
  std::ranges::sort(modes, {}, &PoolMode::pool);
  const auto twice = std::ranges::adjacent_find(modes, {}, &PoolMode::pool);
  if (twice != modes.end()) fields.refuse("pools", "one mode for each pool");
  if (const auto fault = fields.finish()) return std::unexpected{request_fault(*fault)};

  AccountPatch patch;
  if (settings != SettingsPatch{}) patch.settings = AccountSettingsSet{std::move(settings)};
  if (!modes.empty()) patch.modes = ServiceModeSet{std::move(modes)};
  if (patch.settings || patch.modes) return patch;
  return std::unexpected{
      RequestFault{"invalid_body", "", "expected a setting or a mode to change"}};
}

Result<What, RequestFault> read_funds(std::string_view body) {
  const auto document = parse_body(body);
  if (!document) return std::unexpected{document.error()};
  JsonFields fields{document->root()};
  const auto some = [](std::string_view text) {
    const std::optional<Money> amount = parse_money(text);
    return amount == Money{0} ? std::nullopt : amount;
  };
  const Money amount = required_parsed(
      fields, "amount", some,
      "a decimal text other than zero with at most 6 decimals, like \"100\" or \"-2.5\"");
  std::string reason = reason_of(fields);
  if (amount < Money{0}) return finished(fields, FundsAdjusted{amount, std::move(reason)});
  return finished(fields, FundsCredited{amount, std::move(reason)});
}

Result<What, RequestFault> read_order(std::string_view body) {
  const auto document = parse_body(body);
  if (!document) return std::unexpected{document.error()};
  JsonFields fields{document->root()};
  OrderPlaced placed;
  placed.order = required_name(fields, "order");
  placed.product = required_name(fields, "product");
  const auto quota = fields.optional_integer("quota", {1, grant_quota_max.value});
  if (quota) placed.quota = Units{*quota};
  placed.copies = static_cast<std::int32_t>(
      fields.optional_integer("copies", {1, order_copies_max}).value_or(1));
  placed.pay = static_cast<Payment>(fields.required_choice("pay", words::payments) + 1);
  placed.renews = optional_name(fields, "renews").value_or("");
  return finished(fields, std::move(placed));
}

Result<What, RequestFault> read_payment(std::string_view order, std::string_view body) {
  const auto document = parse_body(body);
  if (!document) return std::unexpected{document.error()};
  JsonFields fields{document->root()};
  const auto reference =
      fields.required_text("payment_reference", {.bytes_min = 1, .bytes_max = reason_bytes_max});
  return finished(fields, OrderPaid{std::string{order}, std::string{reference}});
}

Result<What, RequestFault> read_cancellation(std::string_view order, std::string_view body) {
  const auto document = parse_optional_body(body);
  if (!document) return std::unexpected{document.error()};
  return finished(JsonFields{document->root()}, OrderCancelled{std::string{order}});
}

namespace {

// When a granted package starts and ends: an instant, or a validity from its start on.
void read_term(JsonFields& fields, PackageGranted& granted) {
  granted.effective_at = optional_parsed(fields, "effective_at", parse_instant, expected::instant);
  granted.expires_at = optional_parsed(fields, "expires_at", parse_instant, expected::instant);
  granted.validity = optional_parsed(fields, "validity", parse_validity, expected::validity);
  const auto expiry = optional_enum<ExpiryPolicy>(fields, "expiry", words::expiries);
  if (granted.validity) {
    granted.expiry = expiry.value_or(usual_expiry(granted.scope.destinations));
    if (granted.expires_at) fields.refuse("validity", "no member beside expires_at");
    return;
  }
  if (expiry) fields.refuse("expiry", "no member without validity");
  if (!granted.expires_at) {
    fields.missing("expires_at", std::string{expected::instant} + ", or a validity");
  }
  if (granted.effective_at && granted.expires_at && *granted.expires_at <= *granted.effective_at) {
    fields.refuse("expires_at", "a time after effective_at");
  }
}

}  // namespace

Result<What, RequestFault> read_grant(std::string_view body) {
  const auto document = parse_body(body);
  if (!document) return std::unexpected{document.error()};
  JsonFields fields{document->root()};
  PackageGranted granted;
  granted.package = required_name(fields, "package");
  granted.quota = Units{fields.required_integer("quota", {1, grant_quota_max.value})};
  granted.scope = read_scope(fields);
  granted.mode = optional_enum<OverageMode>(fields, "mode", words::modes).value_or(granted.mode);
  granted.priority = static_cast<std::int32_t>(
      fields.optional_integer("priority", {0, priority_max}).value_or(granted.priority));
  read_term(fields, granted);
  const auto price = [](std::string_view text) {
    const std::optional<Money> paid = parse_money(text);
    return paid && *paid < Money{0} ? std::nullopt : paid;
  };
  granted.price_paid =
      optional_parsed(fields, "price_paid", price, expected::price).value_or(Money{0});
  granted.reason = reason_of(fields);
  return finished(fields, std::move(granted));
}

Result<What, RequestFault> read_refund(std::string_view package, std::string_view body) {
  const auto document = parse_optional_body(body);
  if (!document) return std::unexpected{document.error()};
  JsonFields fields{document->root()};
  std::string reason = reason_of(fields);
  return finished(fields, PackageRefunded{std::string{package}, std::move(reason)});
}

Result<What, RequestFault> read_reversal(std::string_view send, std::string_view body) {
  const auto document = parse_body(body);
  if (!document) return std::unexpected{document.error()};
  JsonFields fields{document->root()};
  const std::string_view reversal = required_name(fields, "reversal");
  const Units units{fields.required_integer("units")};
  return finished(fields, SendReversed{std::string{send}, std::string{reversal}, units});
}

Result<What, RequestFault> read_invoice_request(std::string_view body) {
  const auto document = parse_optional_body(body);
  if (!document) return std::unexpected{document.error()};
  JsonFields fields{document->root()};
  const auto note = optional_parsed(fields, "note", parse_note, expected::note);
  return finished(fields, InvoiceRequested{std::string{note.value_or("")}});
}

Result<ClockAdvance, RequestFault> read_clock_advance(std::string_view body) {
  const auto document = parse_body(body);
  if (!document) return std::unexpected{document.error()};
  JsonFields fields{document->root()};
  ClockAdvance advance;
  advance.by = optional_duration(fields, "by", {Duration{0}, duration_max});
  advance.to = optional_parsed(fields, "to", parse_instant, expected::instant);
  if (advance.by && advance.to) fields.refuse("to", "no member beside by");
  if (!advance.by && !advance.to) fields.missing("by", "a duration like PT1H, or a time as to");
  if (const auto fault = fields.finish()) return std::unexpected{request_fault(*fault)};
  return advance;
}

}  // namespace packledger
