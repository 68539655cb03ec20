// Packages and orders, rules §3 and §4; holds, rules §12.
#include "tests/ledger/model.hpp"

#include <algorithm>

namespace packledger::model {
namespace {

bool reserved(const std::string& name) {
  constexpr std::string_view start = "renewal-";
  return name.starts_with(start) && name.size() > start.size() &&
         name.find_first_not_of("0123456789", start.size()) == std::string::npos;
}

Count price_each(const Product& product, Count quota) {
  Count each = product.price;
  for (const auto& [from, price] : product.bands)
    if (quota >= from) each = quota * price;
  return each;
}

}  // namespace

const Package* Model::find(const std::string& name) const {
  const auto found = numbers_.find(name);
  return found == numbers_.end() ? nullptr : &packages_[found->second];
}

Package& Model::add(const Package& package) {
  bury();
  const auto number = static_cast<std::size_t>(package.number);
  numbers_.emplace(package.name, number);
  living_.push_back(number);
  packages_.push_back(package);
  packages_.back().pool =
      static_cast<std::size_t>(&pool_of(package.wares.destinations) - pools_.data());
  return packages_.back();
}

Pool& Model::pool_of(const std::string& name) {
  const std::size_t number = pool_number(name);
  if (number == pools_.size()) pools_.push_back({name, false});
  return pools_[number];
}

// Nothing more comes of a package that is released, of one that was refunded, once it would be
// over, and of one that will never be paid.
void Model::bury() {
  std::erase_if(living_, [this](std::size_t number) {
    const Package& p = packages_[number];
    if (!p.paid) return !pending(*p.placed);
    return p.released || (p.taken_back && latest_ >= p.until);
  });
}

const Product* Model::product_at(Ms t, const std::string& name) const {
  const Book* const book = book_at(t);
  if (book == nullptr) return nullptr;
  for (const Product& product : book->products)
    if (product.name == name) return &product;
  return nullptr;
}

bool Model::pending(const Order& order) const {
  return order.external && !order.paid_at && !order.cancelled && !order.timed_out;
}

// One that starts later is started by an entry of its own.
void Model::start(Package& package, Ms at, Ms from, Ms until) {
  package.paid = true;
  package.paid_at = at;
  package.from = from;
  package.until = until;
  package.started = from <= at;
  modes_.emplace(package.wares.destinations, package.wares.stops);
  pool_of(package.wares.destinations).paid = true;
}

std::string Model::grant(Ms now, const Grant& asked) {
  if (find(asked.name) != nullptr) return "conflict";
  if (asked.quota < 1) return "invalid_quota";
  if (asked.until <= asked.from) return "invalid_expires_at";
  if (reserved(asked.name)) return "reserved_name";
  Package package;
  package.name = asked.name;
  package.number = static_cast<Count>(packages_.size());
  package.wares = asked.wares;
  package.quota = asked.quota;
  start(package, now, asked.from, asked.until);
  add(package);
  Wake wake = ask(now);
  if (package.started && asked.until > now) wake.rose = asked.wares.destinations;
  follow(wake);
  return "done";
}

bool Model::followed(const std::string& package) const {
  return std::ranges::any_of(orders_, [&](const auto& order) {
    return order.second.renews == package && (order.second.paid_at || pending(order.second));
  });
}

// Whether what is bought may follow an ended package (R42).
bool Model::may_follow(const Buy& asked, const Product& product) const {
  const Package* const old = find(asked.renews);
  return old != nullptr && product.renewable && old->product == asked.product &&
         asked.copies == 1 && old->ended && !old->released && !followed(asked.renews);
}

// True where it starts at once.
bool Model::start_paid(Package& package, Ms now, const Order& order) {
  const Package* const old = order.renews.empty() ? nullptr : find(order.renews);
  const Ms from = old != nullptr       ? old->until
                  : settings_.same_day ? start_of_day(now)
                                       : now + order.delay;
  start(package, now, from, end_of(from, order.months, order.rest, order.ends));
  return package.started;
}

void Model::add_copies(Ms now, const Buy& asked, const Order& order, const Product& product) {
  for (Count copy = 1; copy <= asked.copies; ++copy) {
    Package package;
    package.name = asked.order + "." + std::to_string(copy);
    package.order = asked.order;
    package.placed = &order;
    package.product = asked.product;
    package.number = static_cast<Count>(packages_.size());
    package.wares = product.wares;
    package.quota = order.quota;
    package.price = order.price / asked.copies;
    package.refund = product.refund;
    if (order.paid_at) start_paid(package, now, order);
    add(package);
  }
}

std::string Model::buy(Ms now, const Buy& asked) {
  if (orders_.contains(asked.order) || find(asked.order + ".1") != nullptr) return "conflict";
  if (const std::string debt = stopped_by_debt(); !debt.empty()) return debt;
  const Product* const product = product_at(now, asked.product);
  if (product == nullptr) return "unknown_product";
  if (!asked.quota && !product->bands.empty()) return "invalid_quota";
  const Count quota = asked.quota.value_or(product->quota_min);
  if (quota < product->quota_min || quota > product->quota_max) return "invalid_quota";
  const Count price = price_each(*product, quota) * asked.copies;
  const Package* const old = asked.renews.empty() ? nullptr : find(asked.renews);
  if (old != nullptr && end_of(old->until, product->months, product->rest, product->ends) <= now)
    return "invalid_expires_at";
  if (!asked.renews.empty() && old == nullptr) return "unknown_package";
  if (!asked.external && balance_ < price) return "insufficient_balance";
  if (old != nullptr && !may_follow(asked, *product)) return "not_renewable";
  Order order{asked.product,   static_cast<Count>(orders_.size()),
              asked.external,  std::nullopt,
              false,           false,
              now + day,       {},
              product->months, product->rest,
              product->ends,   product->delay,
              quota,           asked.copies,
              price,           asked.renews};
  if (!asked.external) {
    order.paid_at = now;
    balance_ -= price;
    paid_.push_back({"order", asked.order, asked.product, quota * asked.copies, price, now});
  }
  auto& placed = *orders_.emplace(asked.order, order).first;
  if (asked.external) unpaid_.push_back(&placed);
  add_copies(now, asked, placed.second, *product);
  Wake wake = ask(now);
  if (packages_.back().started) wake.rose = product->wares.destinations;
  follow(wake);
  return "price " + money(price);
}

std::string Model::pay(Ms now, const std::string& name, const std::string& reference) {
  const auto found = orders_.find(name);
  if (found != orders_.end() && !found->second.reference.empty())
    return found->second.reference == reference ? "duplicate" : "conflict";
  if (const std::string debt = stopped_by_debt(); !debt.empty()) return debt;
  if (found == orders_.end()) return "unknown_order";
  Order& order = found->second;
  if (!pending(order)) return "order_not_pending";
  if (!order.renews.empty()) {
    const Package& old = *find(order.renews);
    if (end_of(old.until, order.months, order.rest, order.ends) <= now) return "invalid_expires_at";
    if (old.released) return "not_renewable";
  }
  order.paid_at = now;
  order.reference = reference;
  paid_.push_back({"order", name, order.product, order.quota * order.copies, order.price, now});
  std::string pool;
  for (const std::size_t number : living_) {
    Package& package = packages_[number];
    if (package.order != name) continue;
    if (start_paid(package, now, order)) pool = package.wares.destinations;
  }
  Wake wake = ask(now);
  wake.rose = pool;
  follow(wake);
  return "done";
}

std::string Model::cancel(Ms now, const std::string& name) {
  const auto found = orders_.find(name);
  if (found == orders_.end()) return "unknown_order";
  if (found->second.cancelled) return "duplicate";
  if (!pending(found->second)) return "order_not_pending";
  found->second.cancelled = true;
  follow(ask(now));
  return "done";
}

std::string Model::refund(Ms now, const std::string& name) {
  const auto found = numbers_.find(name);
  if (found == numbers_.end()) return "unknown_package";
  Package* const package = &packages_[found->second];
  if (package->taken_back) return "duplicate";
  const Count left = package->left();
  const bool live = package->paid && now < package->until && left > 0;
  if (!live || package->refund == Refund::none) return "not_refundable";
  if (package->refund == Refund::prorata && now >= package->paid_at + 90 * day)
    return "not_refundable";
  if (package->refund == Refund::unused_only) {
    for (const std::size_t number : living_) {
      const Package& other = packages_[number];
      const bool together = package->order.empty() ? other.name == name  // a renewal
                                                   : other.order == package->order;
      if (together && other.used + other.held > 0) return "not_refundable";
    }
  }
  const auto amount =
      static_cast<Count>(static_cast<__int128>(package->price) * left / package->quota);
  const bool in_force = package->in_force();
  package->taken_back = true;
  package->refunded = left;
  if (package->placed == nullptr || !package->placed->external) balance_ += amount;
  paid_.push_back({"refund", name, package->product, left, -amount, now});
  for (auto& [alarm_name, alarm] : alarms_)
    alarm.fired_of.erase(static_cast<std::size_t>(package->number));
  Wake wake = ask(now);
  wake.fell = in_force && package->wares.destinations == "CN";
  follow(wake);
  return "refund " + money(amount);
}

Look Model::look(Ms now, std::size_t number) const {
  const Package& p = packages_.at(number);
  Look look{State::active, 0, p.held, p.used, 0, p.refunded};
  bool live = false;
  if (!p.paid) {
    look.state = pending(*p.placed) ? State::pending_payment : State::cancelled;
  } else if (p.taken_back) {
    look.state = State::refunded;
  } else if (now >= p.until) {
    look.state = now < p.until + 15 * day   ? State::expired_grace
                 : now < p.until + 30 * day ? State::expired_retention
                                            : State::released;
  } else {
    live = true;
    look.state = now < p.from             ? State::scheduled
                 : p.left() + p.held == 0 ? State::used_up
                                          : State::active;
  }
  if (live) look.remaining = p.left();
  if (!live && p.paid) look.forfeited = p.left();
  return look;
}

Offer Model::offer(Ms at) const {
  const RenewalRule& rule = renewal_.rule;
  const Product* const product = product_at(at, renewal_.agreed.product);
  if (product == nullptr || product->wares.destinations != "CN") return {"unknown_product"};
  if (rule.quantity < product->quota_min || rule.quantity > product->quota_max)
    return {"invalid_quantity"};
  const Count full = price_each(*product, rule.quantity);
  return {"", (full * book_at(at)->terms.discount + 5'000) / 10'000, product};
}

}  // namespace packledger::model
