// `packledger watch` on a terminal: the balances as a table that is drawn anew whenever something
// has changed, until Ctrl-C. A connection that breaks is opened again.
#pragma once

#include "app/cli/session.hpp"

#include <string>
#include <vector>

namespace packledger::cli {

// `request` watches the balances of these accounts.
[[nodiscard]] ExitCode watch_live(Session& session, const std::string& request,
                                  const std::vector<std::string>& accounts);

}  // namespace packledger::cli
