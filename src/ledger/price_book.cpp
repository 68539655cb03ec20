#include "packledger/ledger/price_book.hpp"

#include <algorithm>

namespace packledger {

const Product* PriceBook::product(std::string_view name) const {
  const auto found = std::ranges::find(products, name, &Product::name);
  return found == products.end() ? nullptr : &*found;
}

const Tariff* PriceBook::tariff(Country country, TemplateType type) const {
  const Tariff* everywhere = nullptr;
  for (const Tariff& tariff : tariffs) {
    if (!tariff.scope.covers(country, type)) continue;
    if (!tariff.scope.destinations.everywhere()) return &tariff;
    if (everywhere == nullptr) everywhere = &tariff;
  }
  return everywhere;
}

std::optional<Money> price_of(const Product& product, Units quota) {
  if (!product.custom()) return product.price;
  const PriceBand* band = nullptr;
  for (const PriceBand& candidate : product.bands) {
    if (candidate.from <= quota) band = &candidate;
  }
  ENSURE(band != nullptr, "the first band begins at or below the smallest quota");
  return charge(band->unit_price, quota);
}

const PriceBook* PriceBooks::in_force(Currency currency, Instant t) const {
  const PriceBook* best = nullptr;
  for (const PriceBook& book : books_) {
    if (book.currency != currency || book.effective_from > t) continue;
    if (best == nullptr || best->effective_from <= book.effective_from) best = &book;
  }
  return best;
}

const PriceBook* PriceBooks::in_force(Instant t) const {
  const PriceBook* best = nullptr;
  for (const PriceBook& book : books_) {
    if (book.effective_from > t) continue;
    if (best == nullptr || best->effective_from <= book.effective_from) best = &book;
  }
  return best;
}

}  // namespace packledger
