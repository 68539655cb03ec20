#include "packledger/ledger/alarm.hpp"

#include <algorithm>

namespace packledger {
namespace {

// a x 100 against percent x quota leaves int64 for large quotas.
using Wide = __int128;

bool reaches(AlarmWhen when, Wide value, Wide threshold) {
  return when == AlarmWhen::below ? value < threshold : value <= threshold;
}

const PackageThreshold* exception_for(const AlarmThreshold& threshold, std::string_view package) {
  const auto found =
      std::ranges::lower_bound(threshold.per_package, package, {}, &PackageThreshold::package);
  const bool there = found != threshold.per_package.end() && found->package == package;
  return there ? &*found : nullptr;
}

}  // namespace

bool applies_to(const AlarmRule& rule, std::string_view package) {
  return rule.threshold.units || rule.threshold.percent ||
         exception_for(rule.threshold, package) != nullptr;
}

bool holds(const AlarmRule& rule, Units remaining, Units quota, std::string_view package) {
  if (const PackageThreshold* own = exception_for(rule.threshold, package))
    return reaches(rule.when, remaining.value, own->units.value);
  if (rule.threshold.units) return reaches(rule.when, remaining.value, rule.threshold.units->value);
  if (!rule.threshold.percent) return false;
  return reaches(rule.when, Wide{remaining.value} * 100,
                 Wide{*rule.threshold.percent} * quota.value);
}

bool holds(const AlarmRule& rule, std::optional<Instant> runs_out_at, Instant at) {
  return rule.threshold.within && runs_out_at &&
         reaches(rule.when, (*runs_out_at - at).ms, rule.threshold.within->ms);
}

bool believes(const Alarm& alarm, std::string_view pool, Sequence position) {
  return alarm.run_out && alarm.rule.pool == pool && position >= alarm.run_out->known;
}

bool holds(const AlarmRule& rule, Money balance) {
  return rule.threshold.amount && reaches(rule.when, balance.micros, rule.threshold.amount->micros);
}

}  // namespace packledger
