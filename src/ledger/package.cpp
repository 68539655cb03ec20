#include "packledger/ledger/package.hpp"

#include <tuple>

namespace packledger {

std::string_view state_text(PackageState state) {
  switch (state) {
    case PackageState::pending_payment: return "pending_payment";
    case PackageState::scheduled: return "scheduled";
    case PackageState::active: return "active";
    case PackageState::used_up: return "used_up";
    case PackageState::expired_grace: return "expired_grace";
    case PackageState::expired_retention: return "expired_retention";
    case PackageState::released: return "released";
    case PackageState::cancelled: return "cancelled";
    case PackageState::refunded: return "refunded";
  }
  return "";
}

bool Package::paid() const {
  return state != PackageState::pending_payment && state != PackageState::cancelled;
}

bool Package::expired() const {
  return state == PackageState::expired_grace || state == PackageState::expired_retention ||
         state == PackageState::released;
}

bool burns_before(const PackageTerms& a, const PackageTerms& b, DeductionOrder order) {
  const auto key = [order](const PackageTerms& terms) {
    const bool effective_first = order == DeductionOrder::effective_first;
    const Instant first = effective_first ? terms.effective_at : terms.expires_at;
    const Instant second = effective_first ? terms.expires_at : terms.effective_at;
    return std::tuple{terms.priority, terms.scope.destinations.everywhere(), first, second,
                      terms.id};
  };
  return key(a) < key(b);
}

void ensure_conserved(const Package& package) {
  const bool none_negative = package.remaining >= Units{0} && package.held >= Units{0} &&
                             package.used >= Units{0} && package.forfeited >= Units{0} &&
                             package.refunded >= Units{0};
  ENSURE(none_negative, "no part of a package is negative");
  const Units sum =
      package.remaining + package.held + package.used + package.forfeited + package.refunded;
  ENSURE(sum == (package.paid() ? package.terms.quota : Units{0}),
         "quota = remaining + held + used + forfeited + refunded");
}

}  // namespace packledger
