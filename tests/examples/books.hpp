// Books: small price books written in the tables.
//
//   book    2024 CNY from 2020-01-01T00:00
//   payg    CN industry counted 1_000_000:0.065 3_000_000:0.060 rest:0.055
//   payg    TH rest:0.132
//   product th-10k TH 10000 for 1100 lasts P1M start_of_day
//   product any-cn CN 1000..1000000000 bands 1000:0.050 10000:0.047 lasts P24M end_of_day
//   default late_window PT48H
//   renewals any-cn lead P10D discount 9500 max_per_day 3 retry_at 04:30
//
// Owner: the Player, on its stack.
#pragma once

#include "packledger/ledger/price_book.hpp"
#include "tests/examples/line.hpp"

#include <string>

namespace packledger::examples {

[[nodiscard]] PriceBook read_book(Line& line);
void read_payg(Line& line, PriceBook& book);
void read_product(Line& line, PriceBook& book);
void read_defaults(Line& line, PriceBook& book);
void read_renewals(Line& line, PriceBook& book);

}  // namespace packledger::examples
