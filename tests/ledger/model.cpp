#include "tests/ledger/model.hpp"

#include <algorithm>
#include <array>
#include <ranges>
#include <tuple>

namespace packledger::model {
namespace {

constexpr Ms zone = 8 * hour;

struct Date {
  int year = 1970;
  int month = 1;
  int day = 1;
};

int days_in(int year, int month) {
  constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : days[static_cast<std::size_t>(month - 1)];
}

// Walks the months from 1970 on.
Date date_of(Count days) {
  Date date;
  while (days >= days_in(date.year, date.month)) {
    days -= days_in(date.year, date.month);
    if (++date.month > 12) {
      date.month = 1;
      ++date.year;
    }
  }
  date.day += static_cast<int>(days);
  return date;
}

Count days_of(const Date& date) {
  Count days = date.day - 1;
  for (Date at; at.year != date.year || at.month != date.month;) {
    days += days_in(at.year, at.month);
    if (++at.month > 12) {
      at.month = 1;
      ++at.year;
    }
  }
  return days;
}

bool names(const std::string& pool, const std::string& country) {
  return pool == "*" || pool.find(country) != std::string::npos;
}

std::string group_of(const Asked& asked) {
  if (asked.country != "CN") return asked.country;
  return asked.type == "promotion" ? "promotion" : "industry";
}

std::string piece(const std::string& text, const std::string& next) {
  return text.empty() ? next : text + "+" + next;
}

std::string told(const std::vector<Part>& parts, const std::vector<Package>& packages) {
  std::string text;
  for (const Part& part : parts) {
    const std::string units = std::to_string(part.units);
    text = piece(text, part.package ? packages[*part.package].name + ":" + units
                                    : "P" + units + "@" + money(part.price));
  }
  return text.empty() ? "nothing" : text;
}

}  // namespace

std::string money(Count micros) {
  std::string text = micros < 0 ? "-" : "";
  const Count size = micros < 0 ? -micros : micros;
  text += std::to_string(size / 1'000'000);
  std::string decimals = std::to_string(1'000'000 + size % 1'000'000).substr(1);
  while (!decimals.empty() && decimals.back() == '0') decimals.pop_back();
  return decimals.empty() ? text : text + "." + decimals;
}

std::string month_of(Ms t) {
  const Date date = date_of((t + zone) / day);
  const std::string month = std::to_string(date.month);
  return std::to_string(date.year) + (date.month < 10 ? "-0" : "-") + month;
}

Ms end_of(Ms from, int months, Ms rest, Ends ends) {
  const Ms local = from + zone;
  Date date = date_of(local / day);
  for (int i = 0; i < months; ++i) {
    if (++date.month > 12) {
      date.month = 1;
      ++date.year;
    }
  }
  date.day = std::min(date.day, days_in(date.year, date.month));
  const Ms exact = days_of(date) * day + local % day + rest;
  if (ends == Ends::exact) return exact - zone;
  return exact / day * day + (ends == Ends::end_of_day ? day : 0) - zone;
}

const Book* Model::book_at(Ms t) const {
  const Book* found = nullptr;
  for (const Book& book : books_)
    if (book.from <= t && (found == nullptr || book.from >= found->from)) found = &book;
  return found;
}

const Tariff* Model::tariff_at(Ms t, const Asked& asked) const {
  const Book* const book = book_at(t);
  if (book == nullptr) return nullptr;
  const bool promotion = asked.type == "promotion";
  for (const Tariff& tariff : book->tariffs) {
    if (tariff.country == asked.country && (tariff.every_class || tariff.promotion == promotion))
      return &tariff;
  }
  return nullptr;
}

const Package* Model::find(const std::string& name) const {
  const auto found = std::ranges::find(packages_, name, &Package::name);
  return found == packages_.end() ? nullptr : &*found;
}

bool Model::stops_at(const std::string& country) const {
  const std::pair<const std::string, bool>* narrowest = nullptr;
  const auto width = [](const std::string& pool) { return pool == "*" ? 999 : pool.size(); };
  for (const auto& mode : modes_) {
    if (names(mode.first, country) &&
        (narrowest == nullptr || width(mode.first) < width(narrowest->first)))
      narrowest = &mode;
  }
  return narrowest != nullptr && narrowest->second;
}

bool Model::pending(const Order& order, Ms now) const {
  return order.external && !order.paid_at && !order.cancelled && now < order.times_out;
}

std::string Model::credit(Count amount) {
  balance_ += amount;
  return "done";
}

std::string Model::set_mode(const std::string& pool, bool stops) {
  if (balance_ < 0) return "account_overdue";
  modes_[pool] = stops;
  return "done";
}

std::string Model::grant(Ms, const Grant& asked) {
  if (find(asked.name) != nullptr) return "conflict";
  if (asked.quota < 1) return "invalid_quota";
  if (asked.until <= asked.from) return "invalid_expires_at";
  Package package;
  package.name = asked.name;
  package.number = static_cast<Count>(packages_.size());
  package.wares = asked.wares;
  package.quota = asked.quota;
  package.paid = true;
  package.from = asked.from;
  package.until = asked.until;
  packages_.push_back(package);
  modes_.emplace(asked.wares.destinations, asked.wares.stops);
  return "done";
}

void Model::start(Package& package, Ms from, const Order& order) {
  package.paid = true;
  package.from = from;
  package.until = end_of(from, order.months, order.rest, order.ends);
  modes_.emplace(package.wares.destinations, package.wares.stops);
}

std::string Model::buy(Ms now, const Buy& asked) {
  if (orders_.contains(asked.order) || find(asked.order + ".1") != nullptr) return "conflict";
  if (balance_ < 0) return "account_overdue";
  const Book* const book = book_at(now);
  const Product* product = nullptr;
  if (book != nullptr) {
    for (const Product& one : book->products)
      if (one.name == asked.product) product = &one;
  }
  if (product == nullptr) return "unknown_product";
  if (!asked.quota && !product->bands.empty()) return "invalid_quota";
  const Count quota = asked.quota.value_or(product->quota_min);
  if (quota < product->quota_min || quota > product->quota_max) return "invalid_quota";
  Count each = product->price;
  for (const auto& [from, price] : product->bands)
    if (quota >= from) each = quota * price;
  const Count price = each * asked.copies;
  if (!asked.external && balance_ < price) return "insufficient_balance";
  Order order;
  order.product = asked.product;
  order.external = asked.external;
  order.months = product->months;
  order.rest = product->rest;
  order.ends = product->ends;
  order.copies = asked.copies;
  order.times_out = now + day;
  if (!asked.external) {
    order.paid_at = now;
    balance_ -= price;
  }
  for (Count copy = 1; copy <= asked.copies; ++copy) {
    Package package;
    package.name = asked.order + "." + std::to_string(copy);
    package.order = asked.order;
    package.number = static_cast<Count>(packages_.size());
    package.wares = product->wares;
    package.quota = quota;
    package.price = each;
    package.refund = product->refund;
    if (!asked.external) start(package, now, order);
    packages_.push_back(package);
  }
  orders_[asked.order] = order;
  return "price " + money(price);
}

std::string Model::pay(Ms now, const std::string& name, const std::string& reference) {
  const auto found = orders_.find(name);
  if (found != orders_.end() && !found->second.reference.empty())
    return found->second.reference == reference ? "duplicate" : "conflict";
  if (balance_ < 0) return "account_overdue";
  if (found == orders_.end()) return "unknown_order";
  Order& order = found->second;
  if (!pending(order, now)) return "order_not_pending";
  order.paid_at = now;
  order.reference = reference;
  for (Package& package : packages_)
    if (package.order == name) start(package, now, order);
  return "done";
}

std::string Model::cancel(Ms now, const std::string& name) {
  const auto found = orders_.find(name);
  if (found == orders_.end()) return "unknown_order";
  if (found->second.cancelled) return "duplicate";
  if (!pending(found->second, now)) return "order_not_pending";
  found->second.cancelled = true;
  return "done";
}

std::string Model::refund(Ms now, const std::string& name) {
  const auto package = std::ranges::find(packages_, name, &Package::name);
  if (package == packages_.end()) return "unknown_package";
  if (package->taken_back) return "duplicate";
  const Count left = package->quota - package->used;
  const bool live = package->paid && now < package->until && left > 0;
  if (!live || package->refund == Refund::none) return "not_refundable";
  const Order& order = orders_.at(package->order);
  if (package->refund == Refund::prorata && now >= *order.paid_at + 90 * day)
    return "not_refundable";
  if (package->refund == Refund::unused_only) {
    for (const Package& other : packages_)
      if (other.order == package->order && other.used > 0) return "not_refundable";
  }
  const auto amount =
      static_cast<Count>(static_cast<__int128>(package->price) * left / package->quota);
  package->taken_back = true;
  package->refunded = left;
  if (!order.external) balance_ += amount;
  return "refund " + money(amount);
}

bool Model::pays_first(const Package& a, const Package& b) const {
  const auto key = [&](const Package& p) {
    const bool by_end = settings_.expiry_first;
    return std::tuple{p.wares.priority, p.wares.destinations == "*", by_end ? p.until : p.from,
                      by_end ? p.from : p.until, p.number};
  };
  return key(a) < key(b);
}

std::vector<std::size_t> Model::payers(Ms now, Ms occurred, const Asked& asked) const {
  std::vector<std::size_t> found;
  const bool stops = stops_at(asked.country);
  for (std::size_t i = 0; i < packages_.size(); ++i) {
    const Package& p = packages_[i];
    const bool in_time = p.from <= occurred && occurred < p.until;
    const bool not_closed = now < p.until + settings_.late_window;
    const bool covers =
        names(p.wares.destinations, asked.country) && p.wares.templates.contains(asked.type);
    if (p.paid && !p.taken_back && in_time && not_closed && covers && p.wares.stops == stops &&
        p.used < p.quota)
      found.push_back(i);
  }
  std::ranges::sort(
      found, [&](std::size_t a, std::size_t b) { return pays_first(packages_[a], packages_[b]); });
  return found;
}

bool Model::rate(Ms occurred, const Asked& asked, Count missing, Send& send,
                 Count& adjustment) const {
  const Tariff* const tariff = tariff_at(occurred, asked);
  if (tariff == nullptr) return missing == 0;
  const bool has_count = tariff->tiers.size() > 1;
  send.group = group_of(asked);
  send.month = month_of(occurred);
  const auto found = counters_.find({send.group, send.month});
  const Counter counter = found == counters_.end() ? Counter{} : found->second;
  if (has_count) send.counted = tariff->counted ? asked.units : missing;
  Count position = counter.position + (has_count && tariff->counted ? asked.units - missing : 0);
  const auto price_at = [&](Count at) {
    for (const Tier& tier : tariff->tiers)
      if (!tier.up_to || at <= *tier.up_to) return tier.price;
    return tariff->tiers.back().price;
  };
  if (tariff->volume && has_count) {
    if (send.counted == 0) return true;
    const Count price = price_at(position + missing);
    if (missing > 0) send.parts.push_back({std::nullopt, missing, price, 0});
    send.volume = true;
    send.list = book_at(occurred)->from;
    const auto volume = counter.volumes.find(send.list);
    if (volume != counter.volumes.end())
      adjustment = volume->second.units * (price - volume->second.price);
    return true;
  }
  for (Count i = 0; i < missing; ++i) {  // unit by unit, by its own place in the month
    const Count price = price_at(++position);
    if (send.parts.empty() || send.parts.back().package || send.parts.back().price != price)
      send.parts.push_back({std::nullopt, 0, price, 0});
    ++send.parts.back().units;
  }
  return true;
}

std::string Model::send(Ms now, const Asked& asked) {
  if (sends_.contains(asked.name))
    return sends_.at(asked.name).asked == asked.units ? "duplicate" : "conflict";
  if (asked.units < 1) return "invalid_units";
  if (asked.occurred && *asked.occurred > now + Ms{5} * 60'000) return "timestamp_in_future";
  const Ms occurred = std::min(asked.occurred.value_or(now), now);
  if (now - occurred > 72 * hour) return "too_old";
  Send send;
  send.recorded = now;
  send.asked = asked.units;
  Count adjustment = 0;
  if (asked.billable) {
    Count missing = asked.units;
    for (const std::size_t i : payers(now, occurred, asked)) {
      const Count units = std::min(missing, packages_[i].quota - packages_[i].used);
      if (units > 0) send.parts.push_back({i, units, 0, 0});
      missing -= units;
    }
    if (missing > 0 && stops_at(asked.country)) return "quota_exhausted";
    if (!rate(occurred, asked, missing, send, adjustment)) return "no_tariff";
  }
  Count cost = adjustment;
  for (const Part& part : send.parts) cost += part.units * part.price;
  if (settings_.strict && cost > 0 && balance_ < cost) return "insufficient_balance";
  balance_ -= cost;
  Count charged = 0;
  for (const Part& part : send.parts) {
    if (part.package) packages_[*part.package].used += part.units;
    if (!part.package) charged += part.units;
  }
  if (send.counted > 0) {
    Counter& counter = counters_[{send.group, send.month}];
    counter.position += send.counted;
    if (send.volume) {
      Counter::Volume& volume = counter.volumes[send.list];
      volume.units += charged;
      const Tariff* const tariff = tariff_at(occurred, asked);
      for (const auto& tier : std::ranges::reverse_view(tariff->tiers))
        if (!tier.up_to || counter.position <= *tier.up_to) volume.price = tier.price;
    }
  }
  sends_[asked.name] = send;
  const std::string text = told(send.parts, packages_);
  return adjustment == 0 ? text : text + " adjusted " + money(adjustment);
}

std::string Model::reverse(Ms now, const std::string& name, const std::string& reversal,
                           Count units) {
  const auto found = sends_.find(name);
  if (found == sends_.end()) return "unknown_send";
  Send& send = found->second;
  if (now >= send.recorded + 120 * hour) return "unknown_send";  // a day after its window
  if (const auto seen = send.reversals.find(reversal); seen != send.reversals.end())
    return seen->second == units ? "duplicate" : "conflict";
  if (units < 1) return "invalid_units";
  if (now >= send.recorded + 96 * hour) return "too_old";
  Count open = 0;
  for (const Part& part : send.parts) open += part.units - part.back;
  if (units > open) return "over_reversal";
  send.reversals[reversal] = units;
  const bool all_counted = send.counted == send.asked;
  std::string text;
  // Backwards through the parts: charges stand behind packages, so they come back first.
  for (auto part = send.parts.rbegin(); part != send.parts.rend() && units > 0; ++part) {
    const Count back = std::min(units, part->units - part->back);
    if (back == 0) continue;
    part->back += back;
    units -= back;
    if (part->package) {
      Package& package = packages_[*part->package];
      package.used -= back;
      const bool restored = now < package.until && !package.taken_back;
      text =
          piece(text, package.name + ":" + std::to_string(back) + (restored ? "" : "(forfeited)"));
    } else {
      balance_ += back * part->price;
      text = piece(text, "P" + std::to_string(back) + "@" + money(part->price));
    }
    if (send.counted == 0) continue;
    Counter& counter = counters_[{send.group, send.month}];
    if (all_counted || !part->package) counter.position -= back;
    if (send.volume && !part->package) counter.volumes[send.list].units -= back;
  }
  return text;
}

std::string Model::look(Ms now, std::size_t number) const {
  const Package& p = packages_.at(number);
  const Count left = p.quota - p.used - p.refunded;
  std::string state;
  bool live = false;
  if (!p.paid) {
    state = pending(orders_.at(p.order), now) ? "pending_payment" : "cancelled";
  } else if (p.taken_back) {
    state = "refunded";
  } else if (now >= p.until) {
    state = now < p.until + 15 * day   ? "expired_grace"
            : now < p.until + 30 * day ? "expired_retention"
                                       : "released";
  } else {
    live = true;
    state = now < p.from ? "scheduled" : left == 0 ? "used_up" : "active";
  }
  const Count remaining = live ? left : 0;
  const Count forfeited = live || !p.paid ? 0 : left;
  return state + " " + std::to_string(remaining) + "+0+" + std::to_string(p.used) + "+" +
         std::to_string(forfeited) + "+" + std::to_string(p.refunded);
}

}  // namespace packledger::model
