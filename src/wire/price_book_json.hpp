// The price book read from JSON: what PUT /v1/price-book takes, and GET gives back by
// price_book_view.
//
// Owner: wire; called by serve and by views. Pure functions, any thread.
// Invariants:
//  1. read_price_book(price_book_json(book)) is the book again.
//  2. A book that was read can be used as it is: tiers rise and the last is open, bands rise and
//     the first covers the smallest quota, product names are unique, the product of the renewal
//     terms exists, and every price of a whole package fits in Money.
#pragma once

#include "packledger/ledger/price_book.hpp"
#include "packledger/ledger/result.hpp"
#include "wire/price_book_view.hpp"
#include "wire/requests.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace packledger {

inline constexpr std::size_t products_max = 1'000;  // a catalog people can still read
inline constexpr std::size_t tariffs_max = 1'000;   // 250 countries by three templates
inline constexpr std::size_t tiers_max = 64;        // tiers of a tariff, bands of a product
inline constexpr std::int64_t product_quota_max = 1'000'000'000'000;  // grant_quota_max
inline constexpr std::int32_t discount_bp_max = 10'000;               // the full price
inline constexpr Duration renewal_lead_max = days(365);  // R101: shorter than any validity
inline constexpr Duration activation_delay_max = days(30);

// {version, effective_from, currency, zone?, products?, payg?, account_defaults?, renewal?}
[[nodiscard]] Result<PriceBook, RequestFault> read_price_book(std::string_view body,
                                                              const FindZone& find_zone);

}  // namespace packledger
