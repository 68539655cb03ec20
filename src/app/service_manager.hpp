// ServiceManager: tells systemd how the daemon is doing, where it was started by systemd. Elsewhere
// all of this does nothing.
//
// Owner: daemon. Any thread.
#pragma once

#include <chrono>
#include <optional>

namespace packledger {

class ServiceManager {
 public:
  // How often the manager wants to hear that the daemon is alive; absent: never.
  [[nodiscard]] static std::optional<std::chrono::microseconds> watchdog_interval();

  static void say_ready();
  static void say_stopping();
  static void say_alive();
};

}  // namespace packledger
