// What is due, found by looking at everything, rules R5; and what each entry leaves behind it.
#include "tests/ledger/model.hpp"

#include <algorithm>
#include <tuple>

namespace packledger::model {
namespace {

std::string at(Ms t) { return " at " + std::to_string(t); }

// Keeps the one that comes first.
void sooner(std::optional<Moment>& first, Ms due, Due kind, Count number,
            const std::string& name = {}, Ms before = 0) {
  if (first && std::tuple{first->due, first->kind, first->number} <= std::tuple{due, kind, number})
    return;
  first.emplace(due, kind, number, name, before);
}

}  // namespace

void Model::moments_of(const Package& p, std::optional<Moment>& first) const {
  if (!p.paid || p.taken_back || p.released) return;
  const auto comes = [&](Ms due, Due kind, Ms before = 0) {
    if (!first || due <= first->due) sooner(first, due, kind, p.number, {}, before);
  };
  if (p.ended) {
    if (!p.closed) comes(p.closes, Due::close);
    if (p.grace_over) {
      comes(p.until + 30 * day, Due::release);
    } else {
      comes(p.until + 15 * day, Due::grace_end);
    }
    return;
  }
  comes(p.until, Due::expire);
  if (!p.started) comes(p.from, Due::activate);
  for (const Ms before : settings_.reminders) {
    const Ms due = p.until - before;
    const bool counts = due > p.from && due > p.paid_at && due > reminders_since_;
    if (counts && !p.reminders.contains(due)) comes(due, Due::reminder, before);
  }
  if (renewal_.set && renewal_.rule.enabled && renewal_.rule.pre_expiry && !p.asked &&
      p.wares.destinations == "CN") {
    const Ms lead = p.until - renewal_.agreed.lead;
    comes(std::max({lead, p.from, p.paid_at, renewal_.since}), Due::pre_expiry);
  }
}

const std::optional<Moment>& Model::earliest() {
  if (earliest_known_) return earliest_;
  std::optional<Moment>& first = earliest_;
  first.reset();
  earliest_known_ = true;
  for (const std::size_t number : living_) moments_of(packages_[number], first);
  if (standing_ == "overdue" && suspends_at_) sooner(first, *suspends_at_, Due::suspend, 0);
  if (renewal_.pending) sooner(first, renewal_.retry_at, Due::renewal_retry, 0);
  std::erase_if(unpaid_, [this](const auto* one) { return !pending(one->second); });
  for (const auto* const one : unpaid_)
    sooner(first, one->second.times_out, Due::order_timeout, one->second.number, one->first);
  for (const Hold* const hold : open_holds_)
    if (hold->over.empty()) sooner(first, hold->until, Due::hold_expire, hold->number, hold->name);
  for (const auto& [name, alarm] : alarms_)
    for (const Ms look : alarm.looks) sooner(first, look, Due::alarm_cooldown, alarm.number, name);
  return first;
}

Model* World::first_due(Ms now) {
  Model* first = nullptr;
  std::pair<Ms, Due> earliest;
  for (Model& account : accounts_) {  // of what comes together, the account that was opened first
    const std::optional<Moment>& next = account.earliest();
    if (!next || next->due > now) continue;
    const std::pair due{next->due, next->kind};
    if (first != nullptr && due >= earliest) continue;
    first = &account;
    earliest = due;
  }
  return first;
}

bool World::is_due(Ms now) { return first_due(now) != nullptr; }

bool World::pass_one(Ms now) {
  Model* const account = first_due(now);
  if (account == nullptr) return false;
  const Moment moment = *account->earliest();
  account->take(moment);
  return true;
}

void World::pass(Ms now) {
  while (pass_one(now)) {
  }
}

void Model::take(const Moment& moment) {
  Wake wake;
  const std::string when = at(moment.due);
  switch (moment.kind) {
    case Due::suspend:
      wake = note(moment.due, "suspension" + when);
      wake.suspend = true;
      break;
    case Due::renewal_retry:
      wake = note(moment.due, retry_line(moment.due) + when);
      wake.retry = true;
      break;
    case Due::order_timeout:
      orders_.at(moment.name).timed_out = true;
      wake = note(moment.due, "timed out " + moment.name + when);
      break;
    case Due::hold_expire: {
      Hold& hold = **std::ranges::find(open_holds_, moment.number, &Hold::number);
      hold.over = "hold_expired";
      hold.over_at = moment.due;
      std::string text;
      give_back(hold, 0, text);
      wake = note(moment.due, "hold " + moment.name + " over " + text + when);
      break;
    }
    case Due::alarm_cooldown:
      alarms_.at(moment.name).looks.erase(moment.due);
      wake = note(moment.due, "cooldown " + moment.name + when);
      wake.again = moment.name;
      break;
    default: take_package(moment, wake); break;
  }
  follow(wake);
}

void Model::take_package(const Moment& moment, Wake& wake) {
  const auto number = static_cast<std::size_t>(moment.number);
  Package& package = packages_[number];
  const std::string when = package.name + at(moment.due);
  const bool mainland = package.wares.destinations == "CN";
  switch (moment.kind) {
    case Due::expire: {
      const Count lost = package.left();
      package.ended = true;
      package.closes = package.until + settings_.late_window;
      for (auto& [name, alarm] : alarms_) alarm.fired_of.erase(number);
      wake = note(moment.due, "expired " + std::to_string(lost) + " of " + when);
      wake.fell = mainland && package.started && lost > 0;
      break;
    }
    case Due::activate:
      package.started = true;
      wake = note(moment.due, "started " + when);
      wake.rose = package.wares.destinations;
      break;
    case Due::pre_expiry: {
      package.asked = true;
      const bool not_last = another_ends_later(number);
      const bool outstanding = !not_last && renewal_.pending;
      wake = note(moment.due, std::string(not_last      ? "not last "
                                          : outstanding ? "outstanding "
                                                        : "asks ") +
                                  when);
      if (!not_last && !outstanding) wake.ending = number;
      break;
    }
    case Due::reminder: {
      package.reminders.insert(moment.due);
      const Count left = package.left();
      wake = note(moment.due, "reminder " + std::to_string(moment.before) + " before, left " +
                                  std::to_string(left) + (left == 0 ? " skipped " : " ") + when +
                                  (left == 0 ? "" : told("reminder")));
      break;
    }
    case Due::close:
      package.closed = true;
      wake = note(moment.due, "closed " + when);
      break;
    case Due::grace_end:
      package.grace_over = true;
      wake = note(moment.due, "grace ended " + when);
      break;
    default:
      package.released = true;
      wake = note(moment.due, "released " + when);
      break;
  }
}

Wake Model::note(Ms instant, const std::string& line) {
  latest_ = std::max(latest_, instant);
  ++trail_.entries;
  std::string& full = trail_.lines.emplace_back();
  full.reserve(name_.size() + 2 + line.size());
  full.append(name_).append(": ").append(line);
  forget_pending(latest_);
  earliest_known_ = false;
  Wake wake;
  wake.cause = trail_.entries;
  wake.at = latest_;
  return wake;
}

// Account status, alarms raised, alarms cleared, renewal (R87).
void Model::follow(const Wake& wake) {
  follow_standing(wake);
  follow_alarms(wake);
  follow_renewal(wake);
}

}  // namespace packledger::model
