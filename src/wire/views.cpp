#include "wire/views.hpp"

#include "wire/cursor.hpp"
#include "wire/json_writer.hpp"
#include "wire/price_book_view.hpp"
#include "wire/value_views.hpp"
#include "wire/words.hpp"

#include <algorithm>
#include <vector>

namespace packledger {

namespace {

void write_position(JsonWriter& json, Sequence position) {
  json.member("position", position.value);
}

void write_pools(JsonWriter& json, const Account& account) {
  json.key("pools").begin_array();
  for (const PoolTotal& pool : pool_totals(account)) {
    json.begin_object().member("pool", pool.pool);
    json.member("mode", words::word(pool.mode));
    json.member("remaining", pool.remaining.value).member("held", pool.held.value);
    json.member("quota", pool.quota.value).end_object();
  }
  json.end_array();
}

void write_balance(JsonWriter& json, const Account& account) {
  write_money(json, "balance", account.balance);
  json.member("currency", account.currency.text());
  json.member("status", status_text(account.standing->status));
}

void write_standing(JsonWriter& json, const Standing& standing) {
  if (standing.overdue_at) write_instant(json, "overdue_at", *standing.overdue_at);
  if (standing.suspends_at) write_instant(json, "suspends_at", *standing.suspends_at);
  if (standing.suspended_at) write_instant(json, "suspended_at", *standing.suspended_at);
}

void write_totals(JsonWriter& json, const Account& account) {
  json.key("totals").begin_object();
  write_money(json, "credited", account.credited);
  write_money(json, "refunded", account.refunded);
  write_money(json, "purchased", account.purchased);
  write_money(json, "charged", account.charged);
  json.member("currency", account.currency.text()).end_object();
}

void write_counters(JsonWriter& json, const Account& account) {
  json.key("counters").begin_array();
  for (const auto& [key, counter] : *account.counters) {
    const auto& [group, month] = key;
    json.begin_object().member("group", group_text(group)).member("month", month_text(month));
    json.member("position", counter.position.value).end_object();
  }
  json.end_array();
}

void write_rank(JsonWriter& json, std::uint32_t rank) {
  json.key("rank");
  if (rank == 0) {
    json.null();
  } else {
    json.value(rank);
  }
}

void write_package(JsonWriter& json, const Account& account, const Package& package,
                   std::uint32_t rank) {
  write_package_head(json, package.terms);
  json.member("remaining", package.remaining.value).member("held", package.held.value);
  json.member("used", package.used.value).member("forfeited", package.forfeited.value);
  json.member("refunded", package.refunded.value);
  write_package_times(json, package.terms);
  json.member("state", state_text(package.state));
  write_package_terms(json, package.terms, account.currency);
  write_rank(json, rank);
}

std::uint32_t rank_of(const std::vector<std::uint32_t>& ranks, PackageId package) {
  return ranks[package.value - 1];
}

bool matches(const Package& package, const PackagesQuery& query) {
  if (query.state && package.state != *query.state) return false;
  if (query.product && package.terms.product != *query.product) return false;
  if (query.order && package.terms.order != *query.order) return false;
  return !query.pool || pool_name(package.terms.scope.destinations) == *query.pool;
}

}  // namespace

std::string account_view(const Account& account, Sequence position) {
  std::string out;
  JsonWriter json{out};
  json.begin_object().member("account", account.name);
  write_balance(json, account);
  write_standing(json, *account.standing);
  write_instant(json, "opened_at", account.opened_at);
  write_pools(json, account);
  write_settings_with_zone(json, *account.settings);
  write_modes(json, *account.modes);
  write_totals(json, account);
  write_counters(json, account);
  write_position(json, position);
  json.end_object();
  return out;
}

std::string package_view(const Account& account, const Package& package, Sequence position) {
  std::string out;
  JsonWriter json{out};
  json.begin_object().member("account", account.name);
  write_package(json, account, package, rank_of(ranks(account), package.terms.id));
  write_position(json, position);
  json.end_object();
  return out;
}

std::string packages_page(const Account& account, const PackagesQuery& query, Sequence position) {
  const std::size_t limit = std::clamp<std::size_t>(query.limit, 1, page_limit_max);
  const std::vector<std::uint32_t> all_ranks = ranks(account);
  std::string out;
  JsonWriter json{out};
  json.begin_object().key("packages").begin_array();
  std::size_t listed = 0;
  PackageId last;
  bool more = false;
  for (std::size_t i = query.after.value; i < account.packages.size() && !more; ++i) {
    const Package& package = account.packages[i];
    if (!matches(package, query)) continue;
    more = listed == limit;
    if (more) continue;
    json.begin_object();
    write_package(json, account, package, rank_of(all_ranks, package.terms.id));
    json.end_object();
    last = package.terms.id;
    ++listed;
  }
  json.end_array();
  write_position(json, position);
  if (more) json.member("next_cursor", cursor_text(CursorOf::packages, last.value));
  json.end_object();
  return out;
}

std::optional<PackageId> parse_packages_cursor(std::string_view cursor) {
  const auto after = parse_cursor(CursorOf::packages, cursor, packages_per_account_max);
  return after ? std::optional{PackageId{*after}} : std::nullopt;
}

std::optional<PackageState> parse_package_state(std::string_view text) {
  for (auto n = static_cast<int>(PackageState::pending_payment);
       n <= static_cast<int>(PackageState::refunded); ++n) {
    const auto state = static_cast<PackageState>(n);
    if (state_text(state) == text) return state;
  }
  return std::nullopt;
}

std::string order_view(const Account& account, const Order& order, Sequence position) {
  std::string out;
  JsonWriter json{out};
  json.begin_object().member("account", account.name).member("order", order.name);
  json.member("product", order.product);
  json.member("pay", words::word(order.pay));
  json.member("status", state_text(order.state)).member("quota", order.quota.value);
  json.member("copies", order.copies);
  if (order.renews.value != 0) json.member("renews", account.package(order.renews).terms.name);
  write_money(json, "price", order.price);
  json.member("currency", account.currency.text());
  write_instant(json, "placed_at", order.placed_at);
  if (order.times_out_at) write_instant(json, "times_out_at", *order.times_out_at);
  if (order.paid_at) write_instant(json, "paid_at", *order.paid_at);
  if (!order.payment_reference.empty()) {
    json.member("payment_reference", order.payment_reference);
  }
  const std::vector<std::uint32_t> all_ranks = ranks(account);
  json.key("packages").begin_array();
  for (std::int32_t copy = 0; copy < order.copies; ++copy) {
    const PackageId id{order.package_first.value + static_cast<std::uint64_t>(copy)};
    json.begin_object();
    write_package(json, account, account.package(id), rank_of(all_ranks, id));
    json.end_object();
  }
  json.end_array();
  write_position(json, position);
  json.end_object();
  return out;
}

std::string products_view(const PriceBook& book, Sequence position) {
  std::string out;
  JsonWriter json{out};
  json.begin_object().member("version", book.version);
  write_instant(json, "effective_from", book.effective_from);
  json.member("currency", book.currency.text()).key("products").begin_array();
  for (const Product& product : book.products) write_product(json, product);
  json.end_array();
  write_position(json, position);
  json.end_object();
  return out;
}

std::string balance_message(const Account& account, BalanceTold told, Sequence position) {
  std::string out;
  JsonWriter json{out};
  json.begin_object();
  json.member("type", told.type == BalanceMessage::snapshot ? "snapshot" : "change");
  json.member("account", account.name);
  write_position(json, position);
  write_balance(json, account);
  write_pools(json, account);
  json.key("packages").begin_array();
  for (const PackageId id : account.open) {
    const Package& package = account.package(id);
    json.begin_object().member("package", package.terms.name);
    json.member("remaining", package.remaining.value).member("held", package.held.value);
    json.member("state", state_text(package.state)).end_object();
  }
  json.end_array();
  if (told.gap) json.member("gap", true);
  json.end_object();
  return out;
}

}  // namespace packledger
