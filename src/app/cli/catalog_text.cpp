#include "app/cli/catalog_text.hpp"

#include "app/cli/session.hpp"
#include "app/cli/table.hpp"

namespace packledger::cli {
namespace {

std::string list_text(const Json& array) {
  std::string text;
  for (const Json& each : array.elements()) {
    text += (text.empty() ? "" : "+") + std::string(each.text().value_or("?"));
  }
  return text;
}

std::string quota_text(const Json& quota) {
  if (const auto fixed = quota.integer()) return grouped(*fixed);
  return grouped(integer_in(quota, "min")) + " - " + grouped(integer_in(quota, "max"));
}

// "470", or from the smallest band to the largest per unit.
std::string price_text(const Json& product) {
  const auto bands = value_in(product, "price_bands").elements();
  if (bands.empty()) return grouped(text_in(product, "price"));
  std::string text{text_in(bands.front(), "unit_price")};
  if (bands.size() > 1) text += " - " + std::string(text_in(bands.back(), "unit_price"));
  return text + " each";
}

std::string tiers_text(const Json& tariff) {
  std::string text;
  for (const Json& tier : value_in(tariff, "prices").elements()) {
    if (!text.empty()) text += ", then ";
    text += text_in(tier, "price");
    if (const std::int64_t up_to = integer_in(tier, "up_to"); up_to != 0) {
      text += " up to " + grouped(up_to);
    }
  }
  return text;
}

std::string heading(const Json& book) {
  return "price book " + std::string(text_in(book, "version")) + ", in force from " +
         std::string(text_in(book, "effective_from")) + ", prices in " +
         std::string(text_in(book, "currency")) + "\n";
}

}  // namespace

std::string products_text(const Json& book, Look look) {
  Table table{{{"PRODUCT"},
               {"TO"},
               {"FOR"},
               {"UNITS", Align::right},
               {"PRICE", Align::right},
               {"VALIDITY"},
               {"ENDS"},
               {"MODE"}}};
  for (const Json& product : value_in(book, "products").elements()) {
    table.add({{std::string(text_in(product, "product")), Color::bold},
               {list_text(value_in(product, "destinations"))},
               {list_text(value_in(product, "templates"))},
               {quota_text(value_in(product, "quota"))},
               {price_text(product)},
               {std::string(text_in(product, "validity"))},
               {std::string(text_in(product, "expiry"))},
               {std::string(text_in(product, "mode"))}});
  }
  return heading(book) + (table.empty() ? "no products\n" : table.text(look));
}

std::string tariffs_text(const Json& book, Look look) {
  Table table{{{"TO"}, {"FOR"}, {"PAY PER USE"}, {"TIERS"}}};
  for (const Json& tariff : value_in(book, "payg").elements()) {
    const std::string templates = list_text(value_in(tariff, "templates"));
    const bool tiered = value_in(tariff, "prices").elements().size() > 1;
    table.add({{list_text(value_in(tariff, "destinations")), Color::bold},
               {templates.empty() ? "all" : templates},
               {tiers_text(tariff)},
               {tiered ? std::string(text_in(tariff, "tiers")) : ""}});
  }
  return table.empty() ? "no tariffs: only packages pay\n" : table.text(look);
}

}  // namespace packledger::cli
