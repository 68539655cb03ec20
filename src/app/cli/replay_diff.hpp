// What a journal would have come to under another policy, for people and programs: account by
// account and in all, as text, CSV or lines of JSON.
//
// Owner: the command replay; one thread.
#pragma once

#include "app/cli/figures.hpp"
#include "packledger/engine/what_if.hpp"

#include <cstddef>
#include <iosfwd>
#include <map>
#include <string>

namespace packledger::cli {

enum class DiffForm : std::uint8_t { text, csv, json };

// The sums of all accounts of a currency.
using Totals = std::map<std::string, WhatIf::Row>;
[[nodiscard]] Totals totals_of(const WhatIf::State& state);

// credited + refunded - purchased - charged
[[nodiscard]] Money balance_of(const Tally& tally);

// The accounts for which anything differs, at most so many as text; then the totals. The totals are
// the sums over all accounts, also of those that are not shown.
struct DiffAsked {
  DiffForm form = DiffForm::text;
  bool accounts = false;
  std::size_t text_rows_max = 40;
  Look look;
};
void write_diff(std::ostream& out, const WhatIf::State& state, const DiffAsked& asked);

}  // namespace packledger::cli
