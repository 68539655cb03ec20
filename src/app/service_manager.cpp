#include "app/service_manager.hpp"

#include <systemd/sd-daemon.h>

#include <cstdint>

namespace packledger {
namespace {

constexpr int keep_environment = 0;  // children of the daemon: none

}  // namespace

std::optional<std::chrono::microseconds> ServiceManager::watchdog_interval() {
  std::uint64_t interval_us = 0;
  if (::sd_watchdog_enabled(keep_environment, &interval_us) <= 0) return std::nullopt;
  return std::chrono::microseconds{interval_us};
}

void ServiceManager::say_ready() { ::sd_notify(keep_environment, "READY=1"); }
void ServiceManager::say_stopping() { ::sd_notify(keep_environment, "STOPPING=1"); }
void ServiceManager::say_alive() { ::sd_notify(keep_environment, "WATCHDOG=1"); }

}  // namespace packledger
