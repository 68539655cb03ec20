// The price book as JSON: what GET /v1/price-book gives back, in the shape that PUT takes.
//
// Owner: wire; called by serve and by other views. Pure functions, any thread.
#pragma once

#include "packledger/ledger/price_book.hpp"
#include "wire/json_writer.hpp"

#include <string>

namespace packledger {

// One line of JSON without a newline.
[[nodiscard]] std::string price_book_json(const PriceBook& book);

// The same as values of a larger answer.
void write_price_book(JsonWriter& json, const PriceBook& book);
void write_product(JsonWriter& json, const Product& product);

}  // namespace packledger
