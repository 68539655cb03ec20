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
  }
  return "";
}

}  // namespace packledger
