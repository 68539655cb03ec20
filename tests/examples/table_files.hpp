// The tables of this folder: what every driver plays.
#pragma once

#include <array>
#include <string>

namespace packledger::examples {

inline const std::string table_folder = PACKLEDGER_SOURCE_DIR "/tests/examples/";
inline const std::string book_folder = PACKLEDGER_SOURCE_DIR "/config/";

// Without their ".table".
inline constexpr std::array<const char*, 19> table_files = {
    "section_a", "section_b", "section_c", "section_d", "section_e",  "section_f", "section_g",
    "section_h", "section_i", "section_j", "once",      "orders",     "lifetimes", "modes",
    "holds",     "invoices",  "statement", "runs_out",  "three_years"};

}  // namespace packledger::examples
