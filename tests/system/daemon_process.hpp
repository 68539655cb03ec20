// A real packledgerd as a child of the test: started on a free port with its own data, stopped or
// killed, started again. Every wait has a deadline. Used by tests on one thread.
#pragma once

#include "packledger/ledger/result.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

// A directory of its own under the system's, removed with all that is in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// How a process ended: with a code of its own, or by a signal.
struct ProcessEnd {
  enum class How : std::uint8_t { exited, killed };
  How how = How::exited;
  int number = 0;  // the code, or the signal
  friend bool operator==(ProcessEnd, ProcessEnd) = default;
};
[[nodiscard]] std::string describe(const std::optional<ProcessEnd>& end);  // "exit code 3"
[[nodiscard]] constexpr ProcessEnd exited(int code) {
  return {.how = ProcessEnd::How::exited, .number = code};
}

struct DaemonOptions {
  // Where the journal lives; absent: a directory that ends with the DaemonProcess.
  std::optional<std::filesystem::path> data = std::nullopt;
  // The instant of --test-clock; empty: the flag alone; absent: the clock on the wall.
  std::optional<std::string> test_clock = std::nullopt;
  std::string listen = "127.0.0.1:0";
  std::vector<std::string> flags = {};        // more of them
  std::vector<std::string> in_front = {};     // what runs the daemon: {"strace", "-f"}
  std::vector<std::string> environment = {};  // "NAME=value", over that of the test
};

class DaemonProcess {
 public:
  // Far longer than a sanitized daemon needs on a crowded machine.
  static constexpr std::chrono::milliseconds deadline{60'000};

  explicit DaemonProcess(DaemonOptions options = {});
  ~DaemonProcess();  // kills what still runs
  DaemonProcess(const DaemonProcess&) = delete;
  DaemonProcess& operator=(const DaemonProcess&) = delete;

  // Starts the daemon, again if need be, and waits until it says that it is ready. On a fault: what
  // happened instead, with its log.
  [[nodiscard]] Result<void, std::string> start();
  // Starts it and does not wait.
  void spawn();
  // After spawn(): where it listens, once it is ready; nothing when it ended before.
  [[nodiscard]] std::optional<std::string> wait_ready();
  // How it ended; nothing when it still runs after that.
  [[nodiscard]] std::optional<ProcessEnd> wait(std::chrono::milliseconds at_most = deadline);

  void signal(int number) const;
  // SIGTERM, then wait().
  [[nodiscard]] std::optional<ProcessEnd> stop();
  // SIGKILL; comes back when it is gone.
  void kill();

  [[nodiscard]] pid_t pid() const { return process_; }           // while it runs
  [[nodiscard]] const std::string& url() const { return url_; }  // of the last start()
  [[nodiscard]] const std::filesystem::path& data() const { return data_; }
  // What it said since its last start.
  [[nodiscard]] const std::string& output() const { return output_; }
  [[nodiscard]] std::string log() const;
  // The value of `field` in the last line of the log that tells of `event`; empty where none does.
  [[nodiscard]] std::string logged(std::string_view event, std::string_view field) const;

 private:
  [[nodiscard]] std::vector<std::string> command() const;
  // Reads on until the output has a line that begins so; nothing at its end or the deadline.
  [[nodiscard]] std::optional<std::string> line_that_begins(std::string_view beginning);

  DaemonOptions options_;
  TemporaryDirectory directory_;
  std::filesystem::path data_;
  std::string url_;
  std::string output_;
  pid_t process_ = -1;
  int output_pipe_ = -1;
};

}  // namespace packledger
