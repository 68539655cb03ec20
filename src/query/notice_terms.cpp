#include "query/notice_terms.hpp"

#include "packledger/ledger/result.hpp"

#include <variant>

namespace packledger {
namespace {

const AccountSettings* settings_in(const Decision& decision) {
  if (const auto* opened = std::get_if<AccountDecision>(&decision)) return &opened->settings;
  if (const auto* set = std::get_if<SettingsDecision>(&decision)) return &set->settings;
  return nullptr;
}

const std::string* alarm_in(const What& what) {
  if (const auto* raised = std::get_if<AlarmRaised>(&what)) return &raised->alarm;
  if (const auto* cleared = std::get_if<AlarmCleared>(&what)) return &cleared->alarm;
  return nullptr;
}

bool is_renewal(const What& what) {
  return std::holds_alternative<PackageRenewed>(what) ||
         std::holds_alternative<RenewalFailed>(what);
}

}  // namespace

void NoticeTermsNow::learn(const Entry& entry) {
  if (const AccountSettings* settings = settings_in(entry.decision)) {
    if (!zone_ || *zone_ != settings->zone) zone_ = std::make_shared<const Zone>(settings->zone);
  } else if (const auto* set = std::get_if<AlarmRuleSet>(&entry.input.what)) {
    alarms_[set->rule.name] = std::make_shared<const AlarmRule>(set->rule);
  } else if (const auto* removed = std::get_if<AlarmRuleRemoved>(&entry.input.what)) {
    alarms_.erase(removed->alarm);
  } else if (const auto* renewal = std::get_if<RenewalRuleSet>(&entry.input.what)) {
    renewal_ = std::make_shared<const RenewalRule>(renewal->rule);
  }
}

NoticeTerms NoticeTermsNow::of(const Entry& entry) const {
  ENSURE(zone_ != nullptr, "an account is opened before it is told anything");
  NoticeTerms terms{.zone = zone_, .alarm = nullptr, .renewal = nullptr};
  if (const std::string* alarm = alarm_in(entry.input.what)) {
    const auto rule = alarms_.find(*alarm);
    ENSURE(rule != alarms_.end(), "an alarm is set before it is raised");
    terms.alarm = rule->second;
  } else if (is_renewal(entry.input.what)) {
    ENSURE(renewal_ != nullptr, "renewal is set before anything is renewed");
    terms.renewal = renewal_;
  }
  return terms;
}

}  // namespace packledger
