#include "query/past_usage.hpp"

#include "packledger/ledger/hold.hpp"
#include "query/usage_report.hpp"

#include <algorithm>
#include <utility>

namespace packledger {

Instant PastUsage::begin(const UsageRange& range) {
  return usage_start(range.hour_from, 0) - hold_ttl_max;
}

bool PastUsage::take(const Entry& entry) {
  if (entry.sequence > until_ || failed_ || too_large()) return false;
  ++entries_;
  if (entry.input.account != range_.account || !tells_of_usage(entry)) return true;
  portion_.push_back(entry);
  if (portion_.size() == portion_entries_max) fold();
  return true;
}

bool PastUsage::too_large() const {
  return rows_.size() > usage_rows_max || entries_ > past_usage_entries_max;
}

void PastUsage::visit(const UsageVisit& visit) const {
  for (const auto& [key, quarters] : rows_) {
    if (failed_ || !visit({.key = key, .quarters = quarters})) return;
  }
}

void PastUsage::fold() {
  if (portion_.empty() || failed_) return;
  const UsageWanted wanted = usage_wanted(portion_);
  UsageBefore before{.sends = {}, .holds = holds_};
  if (!find_reversed(journal_, wanted.sends, before.sends)) {
    failed_ = true;
    return;
  }
  const UsageChanges changes = fold_usage(portion_, before);
  portion_.clear();
  for (const auto& [key, quarters] : changes.rows) add(key, quarters);
  for (const auto& [key, subject] : changes.holds) {
    if (subject) {
      holds_.insert_or_assign(key, *subject);
    } else {
      holds_.erase(key);
    }
  }
}

void PastUsage::add(const UsageKey& key, const UsageHour& quarters) {
  first_hour_ = std::min(first_hour_.value_or(key.hour), key.hour);
  if (key.hour < range_.hour_from || key.hour >= range_.hour_to) return;
  UsageHour& row = rows_[key];
  for (std::size_t i = 0; i < quarters_per_hour; ++i) row.at(i) += quarters.at(i);
}

}  // namespace packledger
