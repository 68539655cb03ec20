// The end of the demo: what a ledger does by itself. A third account holds and sends units of a
// mainland package; an alarm tells its contact that little is left, and the renewal buys a new
// package. All figures are worked out by hand. Owner: the caller; one thread.
#pragma once

#include "app/cli/session.hpp"

#include <functional>
#include <string>

namespace packledger::cli {

struct WatchedDemo {
  std::string account;  // to be opened
  std::function<void(const std::string& text)> say;
  // Called with what is not as worked out.
  std::function<void(const std::string& what)> differ;
};

[[nodiscard]] ExitCode play_watched(Session& session, const WatchedDemo& demo);

}  // namespace packledger::cli
