// Deduction and rating, rules §5 to §7.
#include "tests/ledger/model.hpp"

#include <algorithm>
#include <ranges>
#include <tuple>

namespace packledger::model {
namespace {

bool names(const std::string& pool, const std::string& country) {
  return pool == country || pool == "*" || pool.find(country) != std::string::npos;
}

std::string group_of(const Asked& asked) {
  if (asked.country != "CN") return asked.country;
  return asked.type == "promotion" ? "promotion" : "industry";
}

std::string told_parts(const std::vector<Part>& parts, const std::vector<Package>& packages) {
  std::string text;
  for (const Part& part : parts) {
    if (!text.empty()) text += '+';
    text += part.package ? packages[*part.package].name + ":" : "P";
    text += std::to_string(part.units);
    if (!part.package) text += "@" + money(part.price);
  }
  return text.empty() ? "nothing" : text;
}

// A day after it can neither come again nor be reversed (R75).
bool forgotten(const Send& send, Ms now) { return now >= send.recorded + 120 * hour; }

Count price_at(const Tariff& tariff, Count position) {
  for (const Tier& tier : tariff.tiers)
    if (!tier.up_to || position <= *tier.up_to) return tier.price;
  return tariff.tiers.back().price;
}

}  // namespace

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
  for (const std::size_t i : living_) {
    const Package& p = packages_[i];
    const bool in_time = p.paid && p.from <= occurred && occurred < p.until;
    if (!in_time || p.taken_back || p.left() == 0) continue;
    const bool not_closed = !p.closed && now < p.until + settings_.late_window;
    const bool covers =
        names(p.wares.destinations, asked.country) && p.wares.templates.contains(asked.type);
    if (not_closed && covers && p.wares.stops == stops) found.push_back(i);
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
  send.counter = group_of(asked) + " " + month_of(occurred);
  const auto found = counters_.find(send.counter);
  const Counter none;
  const Counter& counter = found == counters_.end() ? none : found->second;
  if (has_count) send.counted = tariff->counted ? asked.units : missing;
  Count position = counter.position + (has_count && tariff->counted ? asked.units - missing : 0);
  if (tariff->volume && has_count) {
    if (send.counted == 0) return true;
    const Count price = price_at(*tariff, position + missing);
    if (missing > 0) send.parts.push_back({std::nullopt, missing, price, 0});
    send.volume = true;
    send.list = book_at(occurred)->from;
    send.list_price = price;
    const auto volume = counter.volumes.find(send.list);
    if (volume != counter.volumes.end())
      adjustment = volume->second.units * (price - volume->second.price);
    return true;
  }
  for (Count i = 0; i < missing; ++i) {  // unit by unit, by its own place in the month
    const Count price = price_at(*tariff, ++position);
    if (send.parts.empty() || send.parts.back().package || send.parts.back().price != price)
      send.parts.push_back({std::nullopt, 0, price, 0});
    ++send.parts.back().units;
  }
  return true;
}

void Model::move_count(const Send& send, Count charged) {
  if (send.counted == 0) return;
  Counter& counter = counters_[send.counter];
  counter.position += send.counted;
  if (!send.volume) return;
  Counter::Volume& volume = counter.volumes[send.list];
  volume.units += charged;
  volume.price = send.list_price;
}

// Pay-as-you-go belongs to the month in which it is recorded.
void Model::charge(Ms now, Count amount) {
  if (amount == 0) return;
  balance_ -= amount;
  const auto [month, is_new] = payg_.try_emplace(month_of(now));
  auto& [end, sum] = month->second;
  if (is_new) end = end_of_month(now);
  sum += amount;
}

std::string Model::send(Ms now, const Asked& asked) {
  for (; !sent_.empty() && now >= sent_.front().first + 120 * hour; sent_.pop_front()) {
    const auto old = sends_.find(sent_.front().second);
    if (old != sends_.end() && forgotten(old->second, now)) sends_.erase(old);
  }
  const auto first = sends_.find(asked.name);
  if (first != sends_.end() && !forgotten(first->second, now))
    return first->second.asked == asked ? "duplicate" : "conflict";
  if (asked.units < 1) return "invalid_units";
  if (asked.occurred && *asked.occurred > now + 5 * minute) return "timestamp_in_future";
  const Ms occurred = std::min(asked.occurred.value_or(now), now);
  if (now - occurred > 72 * hour) return "too_old";
  if (suspended_at_ && occurred >= *suspended_at_) return "account_suspended";
  Send send;
  send.recorded = now;
  send.asked = asked;
  Count adjustment = 0;
  if (asked.billable) {
    Count missing = asked.units;
    for (const std::size_t i : payers(now, occurred, asked)) {
      const Count units = std::min(missing, packages_[i].left());
      if (units > 0) send.parts.push_back({i, units, 0, 0});
      missing -= units;
    }
    if (missing > 0 && stops_at(asked.country)) return "quota_exhausted";
    if (!rate(occurred, asked, missing, send, adjustment)) return "no_tariff";
  }
  Count cost = adjustment;
  for (const Part& part : send.parts) cost += part.units * part.price;
  if (settings_.strict && cost > 0 && balance_ < cost) return "insufficient_balance";
  charge(now, cost);
  Count charged = 0;
  bool fell = false;
  for (const Part& part : send.parts) {
    if (!part.package) {
      charged += part.units;
      continue;
    }
    Package& package = packages_[*part.package];
    package.used += part.units;
    fell = fell || (package.in_force() && package.wares.destinations == "CN");
  }
  move_count(send, charged);
  const std::string text = told_parts(send.parts, packages_);
  sent_.emplace_back(now, asked.name);
  sends_.insert_or_assign(asked.name, std::move(send));
  Wake wake = ask(now);
  wake.fell = fell;
  follow(wake);
  return adjustment == 0 ? text : text + " adjusted " + money(adjustment);
}

// Backwards through the parts: charges stand behind packages, so they come back first.
std::string Model::restore(Ms now, Send& send, Count units) {
  const bool all_counted = send.counted == send.asked.units;
  std::string text;
  for (auto part = send.parts.rbegin(); part != send.parts.rend() && units > 0; ++part) {
    const Count back = std::min(units, part->units - part->back);
    if (back == 0) continue;
    part->back += back;
    units -= back;
    if (const auto& payer = part->package) {
      Package& package = packages_[*payer];
      package.used -= back;
      const bool restored = now < package.until && !package.taken_back;
      text =
          piece(text, package.name + ":" + std::to_string(back) + (restored ? "" : "(forfeited)"));
    } else {
      charge(now, -back * part->price);
      text = piece(text, "P" + std::to_string(back) + "@" + money(part->price));
    }
    if (send.counted == 0) continue;
    Counter& counter = counters_[send.counter];
    if (all_counted || !part->package) counter.position -= back;
    if (send.volume && !part->package) counter.volumes[send.list].units -= back;
  }
  return text;
}

std::string Model::reverse(Ms now, const std::string& name, const std::string& reversal,
                           Count units) {
  const auto found = sends_.find(name);
  if (found == sends_.end() || forgotten(found->second, now))
    return units < 1 ? "invalid_units" : "unknown_send";
  Send& send = found->second;
  if (const auto seen = send.reversals.find(reversal); seen != send.reversals.end())
    return seen->second == units ? "duplicate" : "conflict";
  if (units < 1) return "invalid_units";
  if (now >= send.recorded + 96 * hour) return "too_old";
  Count open = 0;
  for (const Part& part : send.parts) open += part.units - part.back;
  if (units > open) return "over_reversal";
  send.reversals[reversal] = units;
  const std::string text = restore(now, send, units);
  follow(ask(now));
  return text;
}

}  // namespace packledger::model
