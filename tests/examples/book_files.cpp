#include "tests/examples/book_files.hpp"

#include "tests/examples/zones.hpp"
#include "wire/price_book_json.hpp"

#include <fstream>
#include <sstream>

namespace packledger::examples {

Result<PriceBook, std::string> book_of_file(const std::string& path) {
  const std::ifstream in(path);
  if (!in) return std::unexpected{path + " cannot be read"};
  std::stringstream text;
  text << in.rdbuf();
  const auto find = [](std::string_view name) { return zone_named(std::string(name)); };
  auto book = read_price_book(text.str(), find);
  if (!book) return std::unexpected{book.error().field + ": " + book.error().detail};
  return std::move(*book);
}

}  // namespace packledger::examples
