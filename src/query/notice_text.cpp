#include "query/notice_text.hpp"

#include "packledger/ledger/result.hpp"
#include "query/wording.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <variant>

namespace packledger {
namespace {

std::string_view verb(AlarmWhen when) { return when == AlarmWhen::below ? "below" : "at or below"; }

// Why a renewal could not be done, where it is no matter of the balance.
constexpr std::array reasons{
    std::pair{Reject::unknown_product, "the price list in force does not have the product"},
    std::pair{Reject::invalid_quantity, "the product is not sold in that quantity"},
    std::pair{Reject::amount_overflow, "the price is too large to be counted"},
    std::pair{Reject::invalid_expires_at, "the package would end before it starts"},
    std::pair{Reject::packages_max_reached, "the account has as many packages as it may have"},
};

// What stands behind "failed: ".
std::string reason_words(const RenewalFailure& failure, Currency currency) {
  const std::string balance = money_words(failure.balance, currency);
  if (failure.reason == Reject::insufficient_balance)
    return "it costs " + money_words(failure.needed, currency) + " and the balance is " + balance;
  if (failure.reason == Reject::account_overdue)
    return "the account is overdue with a balance of " + balance;
  if (failure.reason == Reject::account_suspended)
    return "the account is suspended with a balance of " + balance;
  const auto row =
      std::ranges::find(reasons, failure.reason, &decltype(reasons)::value_type::first);
  ENSURE(row != reasons.end(), "a renewal fails for no other reason");
  return row->second;
}

struct Sentence {
  const Entry& entry;
  const NoticeTerms& terms;
  const Names& names;
  AccountId account = account_of(entry);
  Currency currency = names.currency(account);

  template <class Decided> [[nodiscard]] const Decided& decided() const {
    const auto* decision = std::get_if<Decided>(&entry.decision);
    ENSURE(decision != nullptr, "an entry holds the decision of its own kind");
    return *decision;
  }
  [[nodiscard]] std::string package(PackageId id) const {
    return std::string(names.package(account, id));
  }
  [[nodiscard]] std::string when(Instant t) const { return instant_words(*terms.zone, t); }
  [[nodiscard]] std::string money(Money amount) const { return money_words(amount, currency); }

  // "1,000 units", "10% of 5,000 units"
  [[nodiscard]] std::string threshold(PackageId of, Units quota) const {
    const AlarmThreshold& set = terms.alarm->threshold;
    if (of.value != 0) {
      const auto own = std::ranges::find(
          set.per_package, names.package(account, of),
          [](const PackageThreshold& row) -> std::string_view { return row.package; });
      if (own != set.per_package.end()) return units_words(own->units);
    }
    if (set.units) return units_words(*set.units);
    return std::to_string(set.percent.value_or(0)) + "% of " + units_words(quota);
  }
  // The end of "because …".
  [[nodiscard]] std::string trigger_words(RenewalTrigger trigger) const {
    const RenewalRule& rule = *terms.renewal;
    if (trigger == RenewalTrigger::pre_expiry)
      return "the last package of pool " + rule.pool + " was near its end";
    return "pool " + rule.pool + " had " + units_words(rule.threshold.value_or(Units{})) +
           " or fewer";
  }
  [[nodiscard]] std::string place(PackageId of) const {
    return of.value == 0 ? "in pool " + terms.alarm->pool : "of package " + package(of);
  }

  std::string operator()(const AlarmRaised& raised) const {
    const auto& decision = decided<AlarmDecision>();
    const AlarmRule& rule = *terms.alarm;
    const std::string head = "Alarm " + raised.alarm + ": ";
    if (rule.kind == AlarmKind::balance) {
      return head + "the balance is " + money(decision.balance) + ", " +
             std::string(verb(rule.when)) + " the threshold of " +
             money(rule.threshold.amount.value_or(Money{})) + ".";
    }
    const std::string where = place(raised.package);
    if (decision.runs_out_at) {
      return head + units_words(decision.remaining) + " left " + where + ", used up or ended by " +
             when(*decision.runs_out_at) + " at the present rate, " + std::string(verb(rule.when)) +
             " the threshold of " + duration_words(rule.threshold.within.value_or(Duration{})) +
             ".";
    }
    if (decision.remaining == Units{0}) return head + "no units are left " + where + ".";
    return head + units_words(decision.remaining) + " left " + where + ", " +
           std::string(verb(rule.when)) + " the threshold of " +
           threshold(raised.package, decision.quota) + ".";
  }
  std::string operator()(const AlarmCleared& cleared) const {
    const auto& decision = decided<AlarmDecision>();
    const std::string head = "Alarm " + cleared.alarm + " has ended: ";
    if (terms.alarm->kind == AlarmKind::balance)
      return head + "the balance is " + money(decision.balance) + ".";
    const std::string left = units_words(decision.remaining) + " left " + place(cleared.package);
    if (terms.alarm->kind != AlarmKind::runs_out_within) return head + left + ".";
    if (!decision.runs_out_at) return head + left + ", and their end is not in sight.";
    return head + left + ", until " + when(*decision.runs_out_at) + " at the present rate.";
  }
  std::string operator()(const ExpiryReminderDue& reminder) const {
    const auto& decision = decided<ReminderDecision>();
    return "Package " + package(reminder.package) + " ends in " + duration_words(reminder.before) +
           ", at " + when(reminder.due + reminder.before) + ", with " +
           units_words(decision.remaining) + " left; what is not used by then is lost.";
  }
  std::string operator()(const PackageRenewed& renewed) const {
    const auto& decision = decided<RenewalDecision>();
    const PackageTerms& bought = decision.package;
    return "Automatic renewal bought package " + bought.name + " of " + units_words(bought.quota) +
           " for " + money(decision.price) + ", because " + trigger_words(renewed.trigger) +
           "; it ends at " + when(bought.expires_at) + " and the balance is now " +
           money(decision.balance_after) + ".";
  }
  std::string operator()(const RenewalFailed& failed) const {
    const auto& decision = decided<RenewalFailure>();
    return "Automatic renewal of " + units_words(terms.renewal->quantity) + ", due because " +
           trigger_words(failed.trigger) + ", failed: " + reason_words(decision, currency) +
           "; it is tried again with every credit and next at " + when(decision.retry_at) + ".";
  }
  std::string operator()(const RenewalCapped& capped) const {
    const std::int32_t most = decided<CapDecision>().per_day_max;
    return "Automatic renewal rests since " + when(capped.at) +
           " until the next day: " + count_words(most) +
           (most == 1 ? " renewal a day is" : " renewals a day are") + " allowed.";
  }
  std::string operator()(const AccountOverdue& overdue) const {
    const auto& decision = decided<StandingDecision>();
    const std::string head = "The account is overdue: its balance is " + money(decision.balance);
    if (!decision.suspends_at || *decision.suspends_at <= overdue.at)
      return head + ", and there is no time of grace.";
    return head + "; unless it is made good, the account is suspended at " +
           when(*decision.suspends_at) + ".";
  }
  std::string operator()(const AccountSuspended& suspended) const {
    return "The account is suspended since " + when(suspended.at) + ": its balance is " +
           money(decided<StandingDecision>().balance) +
           ", and nothing is sent until it is made good.";
  }
  std::string operator()(const AccountResumed& resumed) const {
    return "The account is active again since " + when(resumed.at) + ": its balance is " +
           money(decided<StandingDecision>().balance) + ".";
  }
  std::string operator()(const auto&) const {
    ENSURE(false, "only what has receivers is a notice");
    return {};
  }
};

}  // namespace

Topic topic_of(const Entry& entry) {
  const What& what = entry.input.what;
  if (std::holds_alternative<AlarmRaised>(what) || std::holds_alternative<AlarmCleared>(what))
    return Topic::alarm;
  if (std::holds_alternative<ExpiryReminderDue>(what)) return Topic::reminder;
  if (std::holds_alternative<PackageRenewed>(what) || std::holds_alternative<RenewalFailed>(what) ||
      std::holds_alternative<RenewalCapped>(what))
    return Topic::renewal;
  return Topic::account;
}

std::string notice_text(const Entry& entry, const NoticeTerms& terms, const Names& names) {
  return std::visit(Sentence{.entry = entry, .terms = terms, .names = names}, entry.input.what);
}

}  // namespace packledger
