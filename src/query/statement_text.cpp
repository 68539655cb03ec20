#include "query/statement_text.hpp"

#include "packledger/ledger/result.hpp"
#include "query/notice_text.hpp"
#include "query/wording.hpp"

#include <string_view>
#include <variant>

namespace packledger {
namespace {

struct NameOf {
  const Entry& entry;
  const Statement& statement;

  std::string package(PackageId id) const {
    return std::string(statement.package(account_of(entry), id));
  }
  std::string operator()(const OrderPlaced& placed) const { return placed.order; }
  std::string operator()(const OrderPaid& paid) const { return paid.order; }
  std::string operator()(const PackageGranted& granted) const { return granted.package; }
  std::string operator()(const PackageRefunded& refunded) const { return refunded.package; }
  std::string operator()(const SendRecorded& recorded) const { return recorded.send.string(); }
  std::string operator()(const SendReversed& reversed) const { return reversed.send; }
  std::string operator()(const HoldPlaced& placed) const { return placed.hold; }
  std::string operator()(const HoldCaptured& captured) const { return captured.hold; }
  std::string operator()(const HoldReleased& released) const { return released.hold; }
  std::string operator()(const HoldExpired& expired) const { return expired.hold; }
  std::string operator()(const InvoiceRequested&) const {
    return std::to_string(std::get<InvoiceDecision>(entry.decision).number);
  }
  std::string operator()(const PackageExpired& expired) const { return package(expired.package); }
  std::string operator()(const ExpiryReminderDue& due) const { return package(due.package); }
  std::string operator()(const OrderCancelled& cancelled) const { return cancelled.order; }
  std::string operator()(const OrderTimedOut& late) const { return late.order; }
  std::string operator()(const PackageActivated& started) const { return package(started.package); }
  std::string operator()(const AlarmRuleSet& set) const { return set.rule.name; }
  std::string operator()(const AlarmRuleRemoved& removed) const { return removed.alarm; }
  std::string operator()(const RunOutForecast& forecast) const { return forecast.pool; }
  std::string operator()(const AlarmRaised& raised) const { return raised.alarm; }
  std::string operator()(const AlarmCleared& cleared) const { return cleared.alarm; }
  std::string operator()(const PackageRenewed&) const {
    return std::get<RenewalDecision>(entry.decision).package.name;
  }
  std::string operator()(const auto&) const { return {}; }
};

// ": goodwill"
std::string with(std::string_view reason) {
  return reason.empty() ? std::string{} : ": " + std::string(reason);
}

struct TextOf {
  const Entry& entry;
  const StatementLine& line;
  const Statement& statement;

  [[nodiscard]] std::string money(Money amount) const {
    return money_words(amount, statement.currency());
  }
  [[nodiscard]] Units given() const {
    Units sum;
    for (const PackageMove& move : line.moves) sum += move.after - move.before;
    return sum;
  }

  std::string operator()(const FundsCredited& funds) const {
    return "Credit of " + money(funds.amount) + with(funds.reason);
  }
  std::string operator()(const FundsAdjusted& funds) const {
    return "Correction of " + money(funds.amount) + with(funds.reason);
  }
  std::string operator()(const OrderPlaced& placed) const {
    const auto& decided = std::get<OrderDecision>(entry.decision);
    const std::size_t copies = decided.packages.size();
    return "Order " + placed.order + " of " + placed.product + ": " +
           count_words(static_cast<std::int64_t>(copies)) +
           (copies == 1 ? " package of " : " packages of ") +
           units_words(decided.packages.front().quota) + (copies == 1 ? "" : " each") + " for " +
           money(decided.price);
  }
  std::string operator()(const OrderPaid& paid) const {
    return "Order " + paid.order + " was paid elsewhere (" + paid.payment_reference +
           "): " + units_words(given()) + " came in";
  }
  std::string operator()(const PackageGranted& granted) const {
    return "Package " + granted.package + " of " + units_words(granted.quota) + " was granted" +
           with(granted.reason);
  }
  std::string operator()(const PackageRefunded& refunded) const {
    const auto& decided = std::get<RefundDecision>(entry.decision);
    return "Package " + refunded.package + " was taken back with " + units_words(decided.units) +
           " left, for " + money(decided.amount) + with(refunded.reason);
  }
  std::string operator()(const SendRecorded& send) const {
    const auto& decided = std::get<SendDecision>(entry.decision);
    Units charged;
    for (const ChargeLine& part : decided.charges) charged += part.units;
    const Units packaged = send.units - charged;
    std::string text = "Send " + send.send.string() + " of " + units_words(send.units) + " to " +
                       std::string(send.destination.text()) + ": ";
    if (packaged > Units{0}) text += units_words(packaged) + " from packages";
    if (packaged > Units{0} && charged > Units{0}) text += ", ";
    if (charged > Units{0})
      text += units_words(charged) + " charged with " + money(line.before - line.after);
    return text;
  }
  std::string operator()(const SendReversed& reversed) const {
    std::string text = "Reversal " + reversed.reversal + " of send " + reversed.send + ": " +
                       units_words(reversed.units) + " given back";
    if (line.after != line.before) text += ", with " + money(line.after - line.before);
    return text + lost();
  }
  std::string operator()(const HoldPlaced& placed) const {
    return "Hold " + placed.hold + ": " + units_words(placed.units) + " set aside";
  }
  std::string operator()(const HoldCaptured& captured) const {
    const Units back = given_back();
    return "Hold " + captured.hold + ": " + units_words(captured.units) + " used" +
           (back > Units{0} ? ", " + units_words(back) + " given back" : "") + lost();
  }
  std::string operator()(const HoldReleased& released) const {
    return "Hold " + released.hold + " was released: " + units_words(given_back()) + " given back" +
           lost();
  }
  std::string operator()(const HoldExpired& expired) const {
    return "Hold " + expired.hold + " has run out: " + units_words(given_back()) + " given back" +
           lost();
  }
  std::string operator()(const PackageExpired& expired) const {
    const std::string package{statement.package(account_of(entry), expired.package)};
    return "Package " + package +
           " has ended: " + units_words(std::get<ExpiryDecision>(entry.decision).forfeited) +
           " forfeited";
  }
  std::string operator()(const InvoiceRequested& requested) const {
    const auto& decided = std::get<InvoiceDecision>(entry.decision);
    return "Invoice " + std::to_string(decided.number) + " over " + money(decided.total) +
           with(requested.note);
  }
  // Those that move nothing, yet belong to the story of a figure.
  std::string operator()(const AccountOpened& opened) const {
    return "Account " + opened.name + " was opened";
  }
  std::string operator()(const OrderCancelled& cancelled) const {
    return "Order " + cancelled.order + " was cancelled";
  }
  std::string operator()(const OrderTimedOut& late) const {
    return "Order " + late.order + " was not paid in time";
  }
  std::string operator()(const PackageActivated& started) const {
    return "Package " + std::string(statement.package(account_of(entry), started.package)) +
           " has started";
  }
  std::string operator()(const AlarmRuleSet& set) const {
    return "Alarm " + set.rule.name + " was set";
  }
  std::string operator()(const AlarmRuleRemoved& removed) const {
    return "Alarm " + removed.alarm + " was removed";
  }
  std::string operator()(const RunOutForecast& forecast) const {
    const std::string head = "Forecast for pool " + forecast.pool + ": ";
    if (!forecast.runs_out_at) return head + "no end is in sight";
    const auto zone = statement.notice_terms(entry).zone;
    return head + "used up or ended by " + instant_words(*zone, *forecast.runs_out_at);
  }
  std::string operator()(const RenewalRuleSet& set) const {
    return std::string("Automatic renewal was set and is ") + (set.rule.enabled ? "on" : "off");
  }
  std::string operator()(const RenewalRuleRemoved&) const {
    return "Automatic renewal was removed";
  }
  // The others have none, or are notices.
  std::string operator()(const auto&) const { return {}; }

 private:
  [[nodiscard]] Units given_back() const {
    Units sum;
    for (const ReversalLine& back : std::get<HoldEndDecision>(entry.decision).back)
      sum += back.units;
    return sum;
  }
  // Of what was given back to packages that are over.
  [[nodiscard]] std::string lost() const {
    Units sum;
    for (const PackageMove& move : line.moves) sum += move.forfeited;
    return sum > Units{0} ? ", of which " + units_words(sum) + " are forfeited" : std::string{};
  }
};

}  // namespace

std::string line_name(const Entry& entry, const Statement& statement) {
  return std::visit(NameOf{.entry = entry, .statement = statement}, entry.input.what);
}

std::string line_text(const Entry& entry, const StatementLine& line, const Statement& statement) {
  if (line.notice) return notice_text(entry, statement.notice_terms(entry), statement);
  const std::string text =
      std::visit(TextOf{.entry = entry, .line = line, .statement = statement}, entry.input.what);
  return text.empty() ? text : text + ".";
}

}  // namespace packledger
