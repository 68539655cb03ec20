// Renewal, rules §9; how the account stands and its invoices, rules §10.
#include "tests/ledger/model.hpp"

#include <algorithm>

namespace packledger::model {
namespace {

std::string trigger_of(const std::optional<std::size_t>& ending) {
  return ending ? "pre_expiry" : "threshold";
}

std::string when(const Wake& wake) { return " at " + std::to_string(wake.at); }
std::string by(const Wake& wake) { return " by " + std::to_string(wake.cause); }

}  // namespace

std::string Model::credit(Ms now, Count amount) {
  balance_ += amount;
  std::string answer = "done";
  if (amount > 0 && renewal_.pending) {
    const Offer offered = offer(now);
    if (offered.problem.empty() && balance_ < offered.price)
      answer += " needs " + money(offered.price);
  }
  Wake wake = ask(now);
  wake.credited = amount > 0;
  follow(wake);
  return answer;
}

std::string Model::set_mode(Ms now, const std::string& pool, bool stops) {
  if (const std::string debt = stopped_by_debt(); !debt.empty()) return debt;
  modes_[pool] = stops;
  follow(ask(now));
  return "done";
}

std::string Model::set(Ms now, const std::function<void(Settings&)>& change) {
  const std::vector<Ms> before = settings_.reminders;
  change(settings_);
  if (settings_.reminders != before) reminders_since_ = now;
  follow(ask(now));
  return "done";
}

std::string Model::stopped_by_debt() const {
  if (standing_ == "active") return {};
  return "account_" + standing_;
}

void Model::follow_standing(const Wake& wake) {
  bool suspends = wake.suspend && standing_ == "overdue";
  if (balance_ < 0 && standing_ == "active") {
    standing_ = "overdue";
    suspends = settings_.grace == 0;
    suspends_at_ = wake.at + settings_.grace;
    note(wake.at, "overdue " + money(balance_) + " until " + std::to_string(*suspends_at_) +
                      when(wake) + told("account") + by(wake));
  }
  if (suspends) {
    standing_ = "suspended";
    suspended_at_ = wake.at;
    note(wake.at, "suspended " + money(balance_) + when(wake) + told("account") + by(wake));
  }
  if (balance_ >= 0 && standing_ != "active") {
    standing_ = "active";
    suspends_at_.reset();
    suspended_at_.reset();
    note(wake.at, "resumed " + money(balance_) + when(wake) + told("account") + by(wake));
  }
}

Count Model::renewals_of_day(Ms at) const {
  return std::ranges::count_if(renewed_at_, [&](Ms t) { return day_of(t) == day_of(at); });
}

bool Model::another_ends_later(std::size_t number) const {
  return std::ranges::any_of(living_, [&](std::size_t other) {
    const Package& p = packages_[other];
    return p.paid && !p.taken_back && !p.ended && p.wares.destinations == "CN" &&
           p.until > packages_[number].until;
  });
}

void Model::end_pending() {
  if (!renewal_.pending) return;
  if (renewal_.ending) packages_[*renewal_.ending].asked = false;
  renewal_.pending = false;
}

// The reason may be gone after any entry (R98).
void Model::forget_pending(Ms at) {
  if (!renewal_.pending) return;
  const auto& ending = renewal_.ending;
  const bool gone = ending ? packages_[*ending].taken_back || another_ends_later(*ending)
                           : total("CN", at).remaining > renewal_.rule.threshold.value_or(-1);
  if (gone) renewal_.pending = false;
}

// A try that fails says so itself, the daily maximum aside.
std::string Model::retry_line(Ms due) {
  const Offer offered = offer(due);
  std::string refused = stopped_by_debt();
  if (refused.empty()) refused = offered.problem;
  if (refused.empty() && balance_ < offered.price) refused = "insufficient_balance";
  const Ms next = next_time(due, renewal_.agreed.retry_minute);
  renewal_.retry_at = next;
  return "retry " + refused + " needs " + money(offered.price) + " has " + money(balance_) +
         " next " + std::to_string(next);
}

void Model::follow_renewal(const Wake& wake) {
  if (!renewal_.set || !renewal_.rule.enabled) return;
  if (renewal_.pending) {
    if (wake.retry || wake.credited) attempt(wake, renewal_.ending, true);
    return;
  }
  const auto& threshold = renewal_.rule.threshold;
  if (wake.ending) {
    attempt(wake, wake.ending, false);
  } else if ((wake.fell || wake.renewal_set) && threshold && has_pool(pool_number("CN")) &&
             total("CN", wake.at).remaining <= *threshold) {
    attempt(wake, std::nullopt, false);
  }
}

void Model::attempt(const Wake& wake, std::optional<std::size_t> ending, bool retry) {
  const Offer offered = offer(wake.at);
  std::string refused = stopped_by_debt();
  if (refused.empty() && renewals_of_day(wake.at) >= renewal_.agreed.per_day) {
    if (capped_days_.insert(day_of(wake.at)).second) {
      note(wake.at, "capped " + trigger_of(ending) + " " + std::to_string(renewal_.agreed.per_day) +
                        when(wake) + told("renewal") + by(wake));
    }
    return;
  }
  if (refused.empty()) refused = offered.problem;
  if (refused.empty() && balance_ < offered.price) refused = "insufficient_balance";
  if (refused.empty()) {
    renew(wake, offered, trigger_of(ending));
    return;
  }
  if (retry) return;
  renewal_.pending = true;
  renewal_.ending = ending;
  renewal_.retry_at = next_time(wake.at, renewal_.agreed.retry_minute);
  note(wake.at, "failed " + trigger_of(ending) + " " + refused + " needs " + money(offered.price) +
                    " has " + money(balance_) + " retry " + std::to_string(renewal_.retry_at) +
                    when(wake) + told("renewal") + by(wake));
}

void Model::renew(const Wake& wake, const Offer& offered, const std::string& trigger) {
  const Product& product = *offered.product;
  Package package;
  package.name = "renewal-" + std::to_string(trail_.entries + 1);
  package.product = product.name;
  package.number = static_cast<Count>(packages_.size());
  package.wares = product.wares;
  package.quota = renewal_.rule.quantity;
  package.price = offered.price;
  package.refund = product.refund;
  start(package, wake.at, wake.at, end_of(wake.at, product.months, product.rest, product.ends));
  add(package);
  balance_ -= offered.price;
  paid_.push_back(
      {"renewal", package.name, package.product, package.quota, package.price, wake.at});
  renewed_at_.push_back(wake.at);
  renewal_.pending = false;
  Wake next =
      note(wake.at, "renewed " + package.name + " " + trigger + " of " + product.name + " quota " +
                        std::to_string(package.quota) + " price " + money(package.price) +
                        " leaves " + money(balance_) + " until " + std::to_string(package.until) +
                        when(wake) + told("renewal") + by(wake));
  next.rose = "CN";
  follow_standing(next);
  follow_alarms(next);
}

std::string Model::set_renewal(Ms now, const RenewalRule& rule) {
  const Terms& terms = book_at(now)->terms;
  const std::string name = rule.product.empty() ? terms.product : rule.product;
  const Product* const product = product_at(now, name);
  if (product == nullptr || product->wares.destinations != "CN") return "unknown_product";
  if (rule.pool != "CN") return "invalid_pool";
  const bool in_range = rule.quantity >= product->quota_min && rule.quantity <= product->quota_max;
  if (!in_range || rule.quantity < 1'000 || rule.quantity > 1'000'000'000)
    return "invalid_quantity";
  const Ms validity = end_of(now, product->months, product->rest, Ends::exact) - now;
  if (rule.pre_expiry && terms.lead >= validity) return "invalid_lead";
  const Agreed agreed{name, terms.lead, rule.per_day.value_or(terms.per_day), terms.retry_minute};
  const bool same = renewal_.set && renewal_.rule == rule && renewal_.agreed == agreed;
  if (!same) {
    end_pending();
    renewal_ = Renewal{true, rule, agreed, now, false, std::nullopt, 0};
  }
  Wake wake = ask(now);
  wake.renewal_set = !same;
  follow(wake);
  const bool warned = rule.threshold && rule.quantity <= *rule.threshold;
  return "agreed " + name + " " + std::to_string(agreed.lead) + " " +
         std::to_string(agreed.per_day) + " " + std::to_string(agreed.retry_minute) +
         (warned ? " warned" : "");
}

std::string Model::remove_renewal(Ms now) {
  if (!renewal_.set) return "unknown_renewal";
  end_pending();
  renewal_ = Renewal{};
  follow(ask(now));
  return "done";
}

std::string Model::invoice(Ms now) {
  std::vector<PaidLine> lines = paid_;
  std::vector<std::string> over;
  for (const auto& [month, row] : payg_) {
    if (month >= month_of(now)) continue;
    over.push_back(month);
    if (row.second != 0) lines.push_back({"payg", month, "", 0, row.second, row.first});
  }
  Count total = 0;
  std::string text;
  for (const PaidLine& line : lines) {
    total += line.amount;
    text += " [" + line.kind + " " + line.name + " " + line.product + " " +
            std::to_string(line.units) + " " + money(line.amount) + " " + std::to_string(line.at) +
            "]";
  }
  if (total <= 0) return "nothing_to_invoice";
  paid_.clear();
  for (const std::string& month : over) payg_.erase(month);
  const std::string answer = "invoice " + std::to_string(++invoices_) + text + " total " +
                             money(total) + " printed " + money((total + 5'000) / 10'000 * 10'000);
  follow(ask(now));
  return answer;
}

}  // namespace packledger::model
