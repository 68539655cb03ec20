#include "packledger/ledger/reject.hpp"

namespace packledger {

std::string_view reject_text(Reject reject) {
  switch (reject) {
    case Reject::unknown_account: return "unknown_account";
    case Reject::duplicate: return "duplicate";
    case Reject::conflict: return "conflict";
    case Reject::invalid_units: return "invalid_units";
    case Reject::timestamp_in_future: return "timestamp_in_future";
    case Reject::too_old: return "too_old";
    case Reject::account_suspended: return "account_suspended";
    case Reject::account_overdue: return "account_overdue";
    case Reject::unknown_product: return "unknown_product";
    case Reject::invalid_quota: return "invalid_quota";
    case Reject::invalid_expires_at: return "invalid_expires_at";
    case Reject::unknown_order: return "unknown_order";
    case Reject::order_not_pending: return "order_not_pending";
    case Reject::unknown_package: return "unknown_package";
    case Reject::not_refundable: return "not_refundable";
    case Reject::unknown_send: return "unknown_send";
    case Reject::over_reversal: return "over_reversal";
    case Reject::quota_exhausted: return "quota_exhausted";
    case Reject::no_tariff: return "no_tariff";
    case Reject::amount_overflow: return "amount_overflow";
    case Reject::insufficient_balance: return "insufficient_balance";
    case Reject::packages_max_reached: return "packages_max_reached";
    case Reject::reserved_name: return "reserved_name";
    case Reject::unknown_alarm: return "unknown_alarm";
    case Reject::unknown_contact: return "unknown_contact";
    case Reject::alarms_max_reached: return "alarms_max_reached";
    case Reject::unknown_renewal: return "unknown_renewal";
    case Reject::invalid_pool: return "invalid_pool";
    case Reject::invalid_quantity: return "invalid_quantity";
    case Reject::invalid_lead: return "invalid_lead";
    case Reject::unknown_hold: return "unknown_hold";
    case Reject::hold_captured: return "hold_captured";
    case Reject::hold_released: return "hold_released";
    case Reject::hold_expired: return "hold_expired";
    case Reject::over_capture: return "over_capture";
    case Reject::holds_max_reached: return "holds_max_reached";
    case Reject::nothing_to_invoice: return "nothing_to_invoice";
    case Reject::not_renewable: return "not_renewable";
    case Reject::stale_epoch: return "stale_epoch";
    case Reject::gap: return "gap";
    case Reject::producers_max_reached: return "producers_max_reached";
    case Reject::nothing_to_tell: return "nothing_to_tell";
  }
  return "";
}

}  // namespace packledger
