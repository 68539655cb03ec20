// The systemd unit: the lines without which it would not be what SECURITY.md promises.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {
namespace {

std::vector<std::string> unit_lines() {
  std::ifstream file{PACKLEDGER_SOURCE_DIR "/systemd/packledger.service"};
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

TEST(SystemdUnit, KeepsTheDaemonInItsPlace) {
  const std::vector<std::string_view> needed = {
      "Type=notify",
      "ExecStart=/usr/bin/packledgerd",
      "DynamicUser=yes",
      "StateDirectory=packledger",
      "StateDirectoryMode=0700",
      "UMask=0077",
      "LimitNOFILE=65536",
      "LimitCORE=0",
      "WatchdogSec=60s",
      "CapabilityBoundingSet=",
      "AmbientCapabilities=",
      "NoNewPrivileges=yes",
      "ProtectSystem=strict",
      "ProtectHome=yes",
      "PrivateTmp=yes",
      "PrivateDevices=yes",
      "PrivateUsers=yes",
      "ProtectClock=yes",
      "ProtectKernelTunables=yes",
      "ProtectKernelModules=yes",
      "ProtectKernelLogs=yes",
      "ProtectControlGroups=yes",
      "ProtectProc=invisible",
      "RestrictNamespaces=yes",
      "RestrictSUIDSGID=yes",
      "RestrictRealtime=yes",
      "LockPersonality=yes",
      "MemoryDenyWriteExecute=yes",
      "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
      "SystemCallArchitectures=native",
      "SystemCallFilter=@system-service",
      "SystemCallFilter=~@privileged @resources @obsolete",
      "SystemCallFilter=setpriority sched_setscheduler ioprio_set",
  };
  const std::vector<std::string> lines = unit_lines();
  ASSERT_FALSE(lines.empty());
  for (const std::string_view line : needed)
    EXPECT_NE(std::ranges::find(lines, line), lines.end()) << "missing: " << line;
}

TEST(SystemdUnit, IsNotStartedAgainWhereThatChangesNothing) {
  const std::vector<std::string> lines = unit_lines();
  EXPECT_NE(std::ranges::find(lines, "Restart=on-failure"), lines.end());
  EXPECT_NE(std::ranges::find(lines, "RestartPreventExitStatus=2 3 5"), lines.end());
}

TEST(SystemdUnit, RunsNothingAsRoot) {
  for (const std::string& line : unit_lines()) {
    EXPECT_FALSE(line.starts_with("User=root")) << line;
    // A plus, an exclamation mark or a minus in front of a program lifts the restrictions.
    if (line.starts_with("Exec")) EXPECT_EQ(line.substr(line.find('=') + 1, 1), "/") << line;
  }
}

}  // namespace
}  // namespace packledger
