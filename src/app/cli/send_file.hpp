// Publishing a file of sends, one JSON object a line. It can be run again from any line: a send is
// known by its name, so what was recorded is answered as a duplicate and not counted twice.
// Owner: the caller; one thread.
#pragma once

#include "app/cli/session.hpp"

#include <cstdint>
#include <iosfwd>

namespace packledger::cli {

inline constexpr std::size_t file_batch_lines_max = 1'000;  // some 200 KiB a request

struct Publishing {
  std::int64_t from_line = 1;
  bool dry_run = false;  // nothing is kept, so every request is tried on the ledger as it is
};

// Good lines stay whatever comes after them; the first bad line is named at the end. With --json
// the daemon's results are printed, a line each.
[[nodiscard]] ExitCode publish_sends(Session& session, std::istream& lines, Publishing how);

}  // namespace packledger::cli
