// Book files: the published price books in config/, for "book file price_book.example.json".
#pragma once

#include "packledger/ledger/price_book.hpp"
#include "packledger/ledger/result.hpp"

#include <string>

namespace packledger::examples {

[[nodiscard]] Result<PriceBook, std::string> book_of_file(const std::string& path);

}  // namespace packledger::examples
