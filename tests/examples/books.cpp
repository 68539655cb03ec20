#include "tests/examples/books.hpp"

#include "tests/examples/asks.hpp"

#include <algorithm>
#include <utility>

namespace packledger::examples {
namespace {

// "1000:0.050" or "rest:0.055".
std::pair<std::string, Money> priced(Line& line) {
  const std::string word = line.word("price");
  const std::size_t colon = word.find(':');
  const auto price =
      colon == std::string::npos ? std::nullopt : parse_money(word.substr(colon + 1));
  if (!price) line.wrong(word + " is no bound with a price");
  return {word.substr(0, colon), price.value_or(Money{})};
}

Units bound(Line& line, const std::string& word) {
  const auto value = parse_number(word);
  if (!value) line.wrong(word + " is no number of units");
  return Units{value.value_or(0)};
}

Scope scope(Line& line) {
  const std::string pool = line.word("destinations");
  const auto destinations = parse_pool(pool);
  if (!destinations) line.wrong(pool + " names no destinations");
  return {destinations.value_or(Destinations{}), {}};
}

void read_quota(Line& line, Product& product) {
  const std::string word = line.word("quota");
  const std::size_t dots = word.find("..");
  product.quota_min = bound(line, word.substr(0, dots));
  product.quota_max =
      dots == std::string::npos ? product.quota_min : bound(line, word.substr(dots + 2));
}

bool take_product_option(Line& line, Product& product) {
  if (line.take("lasts")) {
    const std::string word = line.word("validity");
    const auto validity = parse_validity(word);
    if (!validity) line.wrong(word + " is no validity");
    product.validity = validity.value_or(Validity{});
  } else if (const auto expiry = parse_expiry(line.peek())) {
    product.expiry = *expiry;
    (void)line.word("expiry policy");
  } else if (line.take("stop_before_excess")) {
    product.mode = OverageMode::stop_before_excess;
  } else if (line.take("renewable")) {
    product.renewable = true;
  } else if (line.take("on_delivery")) {
    product.charge = ChargeTrigger::on_delivery;
  } else if (line.take("refund")) {
    const std::string word = line.word("refund policy");
    const auto refund = parse_refund(word);
    if (!refund) line.wrong(word + " is no refund policy");
    product.refund = refund.value_or(RefundPolicy::none);
  } else if (line.take("priority")) {
    product.priority = static_cast<std::int32_t>(line.number("priority"));
  } else if (line.take("delay")) {
    product.activation_delay = line.duration("activation delay");
  } else if (const auto templates = parse_templates(line.peek())) {
    product.scope.templates = *templates;
    (void)line.word("templates");
  } else {
    return false;
  }
  return true;
}

}  // namespace

PriceBook read_book(Line& line) {
  PriceBook book;
  book.version = line.word("version");
  const std::string currency = line.word("currency");
  const auto parsed = parse_currency(currency);
  if (!parsed) line.wrong(currency + " is no currency");
  book.currency = parsed.value_or(Currency{});
  if (!line.take("from")) line.wrong("a book says from when on it is in force");
  book.effective_from = line.time("time");
  return book;
}

void read_payg(Line& line, PriceBook& book) {
  Tariff tariff;
  tariff.scope = scope(line);
  while (!line.ended() && !line.fault()) {
    if (line.take("volume")) {
      tariff.mode = TierMode::volume;
    } else if (line.take("counted")) {
      tariff.counts_packages = true;
    } else if (const auto templates = parse_templates(line.peek())) {
      tariff.scope.templates = *templates;
      (void)line.word("templates");
    } else {
      const auto [up_to, price] = priced(line);
      Tier tier{std::nullopt, Price{price.micros}};
      if (up_to != "rest") tier.up_to = bound(line, up_to);
      tariff.tiers.push_back(tier);
    }
  }
  if (tariff.tiers.empty()) line.wrong("a tariff has at least one price");
  book.tariffs.push_back(std::move(tariff));
}

void read_product(Line& line, PriceBook& book) {
  Product product;
  product.name = line.word("product");
  product.scope = scope(line);
  read_quota(line, product);
  if (line.take("for")) {
    product.price = line.money("price");
  } else if (line.take("bands")) {
    while (!line.fault() && line.peek().find(':') != std::string_view::npos) {
      const auto [from, price] = priced(line);
      product.bands.push_back({bound(line, from), Price{price.micros}});
    }
  } else {
    line.wrong("a product has a price (for) or bands");
  }
  while (!line.fault() && take_product_option(line, product)) {
  }
  book.products.push_back(std::move(product));
}

void read_defaults(Line& line, PriceBook& book) {
  SettingsPatch patch;
  read_settings(line, patch);
  AccountSettings& to = book.defaults;
  to.order = patch.order.value_or(to.order);
  to.late_window = patch.late_window.value_or(to.late_window);
  to.acceptance_window = patch.acceptance_window.value_or(to.acceptance_window);
  to.reversal_window = patch.reversal_window.value_or(to.reversal_window);
  to.order_ttl = patch.order_ttl.value_or(to.order_ttl);
  to.prepaid_strict = patch.prepaid_strict.value_or(to.prepaid_strict);
  to.overdue_grace = patch.overdue_grace.value_or(to.overdue_grace);
  to.reminders = patch.reminders.value_or(to.reminders);
  to.absorb_overage = patch.absorb_overage.value_or(to.absorb_overage);
  to.zone = patch.zone.value_or(to.zone);
}

void read_renewals(Line& line, PriceBook& book) {
  RenewalTerms terms;
  terms.product = line.word("product");
  for (bool more = true; more && !line.fault();) {
    if (line.take("lead")) {
      terms.lead = line.duration("lead");
    } else if (line.take("discount")) {
      terms.discount_bp = static_cast<std::int32_t>(line.number("basis points"));
    } else if (line.take("max_per_day")) {
      terms.per_day_max = static_cast<std::int32_t>(line.number("number of renewals"));
    } else if (line.take("retry_at")) {
      const std::string word = line.word("time of day");
      const std::size_t colon = std::min(word.find(':'), word.size());
      const auto hour = parse_number(word.substr(0, colon));
      const auto minute = parse_number(word.substr(std::min(colon + 1, word.size())));
      if (!hour || !minute) line.wrong(word + " is no time of day");
      terms.retry_at_minute = static_cast<std::int32_t>(hour.value_or(0) * 60 + minute.value_or(0));
    } else {
      more = false;
    }
  }
  book.renewal = std::move(terms);
}

}  // namespace packledger::examples
