#include "tests/examples/asks.hpp"

#include "tests/examples/rule_asks.hpp"
#include "tests/examples/zones.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace packledger::examples {
namespace {

template <class T, std::size_t N>
std::optional<T> choice(const std::array<std::pair<std::string_view, T>, N>& words,
                        std::string_view word) {
  for (const auto& [text, value] : words)
    if (text == word) return value;
  return std::nullopt;
}

constexpr std::array<std::pair<std::string_view, OverageMode>, 2> modes = {
    {{"pay_per_use", OverageMode::pay_per_use},
     {"stop_before_excess", OverageMode::stop_before_excess}}};
constexpr std::array<std::pair<std::string_view, ExpiryPolicy>, 3> expiries = {
    {{"exact", ExpiryPolicy::exact},
     {"start_of_day", ExpiryPolicy::start_of_day},
     {"end_of_day", ExpiryPolicy::end_of_day}}};
constexpr std::array<std::pair<std::string_view, RefundPolicy>, 3> refunds = {
    {{"none", RefundPolicy::none},
     {"unused_only", RefundPolicy::unused_only},
     {"prorata_90d", RefundPolicy::prorata_90d}}};
constexpr std::array<std::pair<std::string_view, DeductionOrder>, 2> orders = {
    {{"effective_first", DeductionOrder::effective_first},
     {"expiry_first", DeductionOrder::expiry_first}}};
constexpr std::array<std::pair<std::string_view, AbsorbOverage>, 2> absorbs = {
    {{"none", AbsorbOverage::none}, {"same_day", AbsorbOverage::same_day}}};
constexpr std::array<std::string_view, 10> settings = {
    "zone",      "order",         "late_window",    "acceptance_window", "reversal_window",
    "order_ttl", "overdue_grace", "prepaid_strict", "absorb_overage",    "reminders"};

template <class T, std::size_t N>
T chosen(Line& line, const std::array<std::pair<std::string_view, T>, N>& words,
         std::string_view what) {
  const std::string word = line.word(what);
  const auto value = choice(words, word);
  if (!value) line.wrong(word + " is no " + std::string(what));
  return value.value_or(words[0].second);
}

Zone zone(Line& line) {
  const std::string name = line.word("zone");
  auto found = fixed_zone(name);
  if (!found) found = zone_named(name);
  if (!found) line.wrong("there is no zone " + name);
  return found.value_or(Zone{});
}

Destinations destinations(Line& line) {
  const std::string name = line.word("destinations");
  auto found = parse_pool(name);
  if (!found) line.wrong(name + " names no destinations");
  return found.value_or(Destinations{});
}

AccountOpened account_opened(Line& line) {
  AccountOpened opened;
  opened.name = line.word("account");
  const std::string currency = line.word("currency");
  const auto parsed = parse_currency(currency);
  if (!parsed) line.wrong(currency + " is no currency");
  opened.currency = parsed.value_or(Currency{});
  read_settings(line, opened.settings);
  return opened;
}

ServiceModeSet service_mode(Line& line) {
  ServiceModeSet set;
  while (!line.ended() && line.peek() != "at" && line.peek() != "key" && !line.fault()) {
    const std::string pool = line.word("pool");
    set.modes.push_back({pool, chosen(line, modes, "service mode")});
  }
  std::ranges::sort(set.modes, {}, &PoolMode::pool);
  return set;
}

// "P7D+P1D", or "none".
std::vector<Duration> durations(Line& line) {
  std::vector<Duration> all;
  if (line.take("none")) return all;
  for (const std::string& word : split_words(line.word("durations"))) {
    const auto duration = parse_duration(word);
    if (!duration) line.wrong(word + " is no duration");
    all.push_back(duration.value_or(Duration{}));
  }
  return all;
}

std::string reason(Line& line) { return line.take("reason") ? line.text("quoted reason") : ""; }

OrderPlaced order_placed(Line& line) {
  OrderPlaced placed;
  placed.order = line.word("order");
  placed.product = line.word("product");
  for (bool more = true; more && !line.fault();) {
    if (line.take("quota")) {
      placed.quota = line.units("quota");
    } else if (line.take("copies")) {
      placed.copies = static_cast<std::int32_t>(line.number("number of copies"));
    } else if (line.take("renews")) {
      placed.renews = line.word("ended package");
    } else if (line.take("external")) {
      placed.pay = Payment::external;
    } else {
      more = false;
    }
  }
  return placed;
}

bool take_grant_option(Line& line, PackageGranted& grant) {
  if (line.take("from")) {
    grant.effective_at = line.time("time");
  } else if (line.take("until")) {
    grant.expires_at = line.time("time");
  } else if (line.take("lasts")) {
    const std::string word = line.word("validity");
    grant.validity = parse_validity(word);
    if (!grant.validity) line.wrong(word + " is no validity");
  } else if (const auto expiry = parse_expiry(line.peek())) {
    grant.expiry = *expiry;
    (void)line.word("expiry policy");
  } else if (line.take("priority")) {
    grant.priority = static_cast<std::int32_t>(line.number("priority"));
  } else if (line.take("paid")) {
    grant.price_paid = line.money("amount");
  } else if (line.take("stop_before_excess")) {
    grant.mode = OverageMode::stop_before_excess;
  } else if (const auto templates = parse_templates(line.peek())) {
    grant.scope.templates = *templates;
    (void)line.word("templates");
  } else {
    return false;
  }
  return true;
}

PackageGranted package_granted(Line& line) {
  PackageGranted grant;
  grant.package = line.word("package");
  grant.quota = line.units("quota");
  grant.scope.destinations = destinations(line);
  while (!line.fault() && take_grant_option(line, grant)) {
  }
  grant.reason = reason(line);
  return grant;
}

What funds(Line& line, const std::string& verb) {
  const Money amount = line.money("amount");
  if (verb == "credit") return FundsCredited{amount, reason(line)};
  return FundsAdjusted{Money{-amount.micros}, reason(line)};
}

SendReversed send_reversed(Line& line) {
  SendReversed reversed;
  reversed.send = line.word("send");
  reversed.reversal = line.word("reversal");
  reversed.units = line.units("number of units");
  return reversed;
}

OrderPaid order_paid(Line& line) {
  OrderPaid paid;
  paid.order = line.word("order");
  paid.payment_reference = line.word("payment reference");
  return paid;
}

What read_what(Line& line, const std::string& verb) {
  if (verb == "settings") {
    AccountSettingsSet set;
    read_settings(line, set.settings);
    return set;
  }
  if (verb == "mode") return service_mode(line);
  if (verb == "credit" || verb == "debit") return funds(line, verb);
  if (verb == "buy") return order_placed(line);
  if (verb == "pay") return order_paid(line);
  if (verb == "cancel") return OrderCancelled{line.word("order")};
  if (verb == "grant") return package_granted(line);
  if (verb == "refund") {
    PackageRefunded refunded;
    refunded.package = line.word("package");
    refunded.reason = reason(line);
    return refunded;
  }
  if (verb == "reverse") return send_reversed(line);
  return read_rule(line, verb);
}

bool is_command(std::string_view verb) {
  constexpr std::array<std::string_view, 12> verbs = {"account", "settings", "mode",    "credit",
                                                      "debit",   "buy",      "pay",     "cancel",
                                                      "grant",   "refund",   "reverse", "remove"};
  return std::ranges::find(verbs, verb) != verbs.end() || is_rule_verb(verb);
}

}  // namespace

bool take_tail(Line& line, Tail& tail) {
  if (line.take("at")) {
    tail.at = line.time("time");
  } else if (line.take("rec")) {
    tail.rec = line.time("time");
  } else if (line.take("key")) {
    tail.key = line.word("key");
  } else {
    return false;
  }
  return true;
}

std::optional<OverageMode> parse_mode(std::string_view word) { return choice(modes, word); }
std::string_view mode_text(OverageMode mode) {
  return mode == OverageMode::pay_per_use ? "pay_per_use" : "stop_before_excess";
}
std::optional<ExpiryPolicy> parse_expiry(std::string_view word) { return choice(expiries, word); }
std::optional<RefundPolicy> parse_refund(std::string_view word) { return choice(refunds, word); }

std::optional<Templates> parse_templates(std::string_view word) {
  if (word == "all") return Templates{};
  if (word == "industry") return parse_templates("verification+notification");
  Templates templates{0};
  while (!word.empty()) {
    const std::size_t end = std::min(word.find('+'), word.size());
    const auto type = parse_template(word.substr(0, end));
    if (!type) return std::nullopt;
    templates.bits = static_cast<std::uint8_t>(templates.bits | 1U << static_cast<unsigned>(*type));
    word.remove_prefix(std::min(end + 1, word.size()));
  }
  if (templates.bits == 0) return std::nullopt;
  return templates;
}

bool names_setting(std::string_view word) {
  return std::ranges::find(settings, word) != settings.end();
}

void read_settings(Line& line, SettingsPatch& patch) {
  while (!line.fault() && names_setting(line.peek())) {
    const std::string name = line.word("setting");
    if (name == "zone") patch.zone = zone(line);
    if (name == "order") patch.order = chosen(line, orders, "order of use");
    if (name == "late_window") patch.late_window = line.duration("duration");
    if (name == "acceptance_window") patch.acceptance_window = line.duration("duration");
    if (name == "reversal_window") patch.reversal_window = line.duration("duration");
    if (name == "order_ttl") patch.order_ttl = line.duration("duration");
    if (name == "overdue_grace") patch.overdue_grace = line.duration("duration");
    if (name == "prepaid_strict") patch.prepaid_strict = line.word("true or false") == "true";
    if (name == "absorb_overage") patch.absorb_overage = chosen(line, absorbs, "absorb policy");
    if (name == "reminders") patch.reminders = durations(line);
  }
}

std::optional<Asked> read_command(Line& line, const std::string& verb) {
  if (!is_command(verb)) return std::nullopt;
  Asked asked;
  if (verb == "account") {
    asked.ask.what = account_opened(line);
  } else if (verb == "remove") {
    std::tie(asked.ask.account, asked.ask.what) = read_removal(line);
  } else {
    asked.ask.account = line.word("account");
    asked.ask.what = read_what(line, verb);
  }
  while (!line.fault() && take_tail(line, asked.tail)) {
  }
  asked.ask.key = asked.tail.key;
  return asked;
}

SendAsked read_send(Line& line, const std::string& verb) {
  SendAsked asked;
  SendAsk& ask = asked.ask;
  ask.account = line.word("account");
  ask.send.send = line.word("send");
  ask.has_units = verb == "send";
  if (ask.has_units) ask.send.units = line.units("number of units");
  const std::string country = line.word("destination");
  const auto parsed = parse_country(country);
  if (!parsed) line.wrong(country + " is no country");
  ask.send.destination = parsed.value_or(Country{});
  if (!ask.has_units) ask.text = line.text("quoted text");
  while (!line.ended() && !line.fault()) {
    if (const auto type = parse_template(line.peek())) {
      ask.send.type = *type;
      (void)line.word("template");
    } else if (line.take("unbilled")) {
      ask.send.billable = false;
    } else if (line.take("signature")) {
      ask.signature = line.text("quoted signature");
    } else if (line.take("units")) {
      ask.send.units = line.units("number of units");
      ask.has_units = true;
    } else if (!take_tail(line, asked.tail)) {
      break;
    }
  }
  ask.send.occurred_at = asked.tail.at;
  return asked;
}

}  // namespace packledger::examples
