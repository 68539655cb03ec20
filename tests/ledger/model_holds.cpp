// Holds, rules §12 R124 to R127.
#include "tests/ledger/model.hpp"

#include <algorithm>

namespace packledger::model {

// The latest of that name, unless it has been forgotten.
Hold* Model::known(const std::string& name, Ms now) {
  const auto found = latest_holds_.find(name);
  if (found == latest_holds_.end()) return nullptr;
  Hold& hold = *found->second;
  return hold.over.empty() || now < hold.over_at + 7 * day ? &hold : nullptr;
}

std::string Model::place(Ms now, const Hold& asked) {
  if (const Hold* const first = known(asked.name, now)) {
    const bool same = first->units == asked.units && first->country == asked.country &&
                      first->type == asked.type && first->ttl == asked.ttl;
    return same ? "duplicate" : "conflict";
  }
  if (asked.units < 1) return "invalid_units";
  if (standing_ == "suspended") return "account_suspended";
  Hold hold = asked;
  Count missing = asked.units;
  const Asked send{"", asked.units, std::nullopt, asked.country, asked.type, true};
  for (const std::size_t i : payers(now, now, send)) {
    const Count units = std::min(missing, packages_[i].left());
    if (units > 0) hold.lines.emplace_back(i, units);
    missing -= units;
  }
  if (missing > 0) return "quota_exhausted";
  hold.number = trail_.entries + 1;
  hold.until = now + asked.ttl.value_or(day);
  Wake wake{};
  std::string text;
  bool fell = false;
  for (const auto& [i, units] : hold.lines) {
    packages_[i].held += units;
    fell = fell || packages_[i].wares.destinations == "CN";
    text = piece(text, packages_[i].name + ":" + std::to_string(units));
  }
  std::erase_if(open_holds_, [](const Hold* one) { return !one->over.empty(); });
  holds_.push_back(hold);
  open_holds_.push_back(&holds_.back());
  latest_holds_[hold.name] = &holds_.back();
  wake = ask(now);
  wake.fell = fell;
  follow(wake);
  return text + " until " + std::to_string(hold.until);
}

// What was taken is used, the first packages first; the rest goes back.
void Model::give_back(const Hold& hold, Count taken, std::string& text) {
  std::string took;
  std::string back;
  for (const auto& [i, units] : hold.lines) {
    Package& package = packages_[i];
    const Count used = std::min(taken, units);
    taken -= used;
    package.held -= units;
    package.used += used;
    if (used > 0) took = piece(took, package.name + ":" + std::to_string(used));
    if (used == units) continue;
    const bool forfeited = package.ended || package.taken_back;
    back = piece(
        back, package.name + ":" + std::to_string(units - used) + (forfeited ? "(forfeited)" : ""));
  }
  text = "took " + took + " back " + back;
}

std::string Model::capture(Ms now, const std::string& name, Count units) {
  if (units < 1) return "invalid_units";
  Hold* const hold = known(name, now);
  if (hold == nullptr) return "unknown_hold";
  if (!hold->over.empty()) return hold->over;
  if (units > hold->units) return "over_capture";
  Send counted;
  Count adjustment = 0;
  const Asked send{"", units, std::nullopt, hold->country, hold->type, true};
  rate(now, send, 0, counted, adjustment);
  charge(now, adjustment);
  move_count(counted, 0);
  hold->over = "hold_captured";
  hold->over_at = now;
  std::string text;
  give_back(*hold, units, text);
  follow(ask(now));
  return adjustment == 0 ? text : text + " adjusted " + money(adjustment);
}

std::string Model::release(Ms now, const std::string& name) {
  Hold* const hold = known(name, now);
  if (hold == nullptr) return "unknown_hold";
  if (!hold->over.empty()) return hold->over;
  hold->over = "hold_released";
  hold->over_at = now;
  std::string text;
  give_back(*hold, 0, text);
  follow(ask(now));
  return text;
}

}  // namespace packledger::model
