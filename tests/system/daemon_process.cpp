#include "tests/system/daemon_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

namespace packledger {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

// What is left of the time until `end`, for poll().
int milliseconds_until(SteadyClock::time_point end) {
  const auto left = std::chrono::duration_cast<milliseconds>(end - SteadyClock::now());
  return left.count() > 0 ? static_cast<int>(left.count()) : 0;
}

bool is_readable_before(int descriptor, SteadyClock::time_point end) {
  pollfd waiting{.fd = descriptor, .events = POLLIN, .revents = 0};
  return ::poll(&waiting, 1, milliseconds_until(end)) > 0;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// The test's own environment; what is in `over` wins by standing first.
std::vector<std::string> environment_with(const std::vector<std::string>& over) {
  std::vector<std::string> all = over;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view name =
        std::string_view{*variable}.substr(0, std::string_view{*variable}.find('=') + 1);
    bool known = false;
    for (const std::string& one : over) known = known || one.starts_with(name);
    if (!known) all.emplace_back(*variable);
  }
  return all;
}

struct SpawnActions {
  SpawnActions() { ::posix_spawn_file_actions_init(&actions); }
  ~SpawnActions() { ::posix_spawn_file_actions_destroy(&actions); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  posix_spawn_file_actions_t actions{};
};

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = std::filesystem::temp_directory_path() / "packledger-test-XXXXXX";
  ENSURE(::mkdtemp(pattern.data()) != nullptr, "a temporary directory can be made");
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string describe(const std::optional<ProcessEnd>& end) {
  if (!end) return "still running";
  const bool killed = end->how == ProcessEnd::How::killed;
  return (killed ? "killed by signal " : "exit code ") + std::to_string(end->number);
}

DaemonProcess::DaemonProcess(DaemonOptions options)
    : options_{std::move(options)}, data_{options_.data.value_or(directory_.path() / "data")} {}

DaemonProcess::~DaemonProcess() {
  kill();
  if (output_pipe_ >= 0) ::close(output_pipe_);
}

std::vector<std::string> DaemonProcess::command() const {
  std::vector<std::string> words = options_.in_front;
  words.emplace_back(PACKLEDGER_BIN_DIR "/packledgerd");
  for (const std::string& word :
       {std::string{"--data"}, data_.string(), std::string{"--listen"}, options_.listen}) {
    words.push_back(word);
  }
  words.insert(words.end(), options_.flags.begin(), options_.flags.end());
  if (options_.test_clock) {
    words.emplace_back("--test-clock");
    if (!options_.test_clock->empty()) words.push_back(*options_.test_clock);
  }
  return words;
}

void DaemonProcess::spawn() {
  kill();
  output_.clear();
  url_.clear();
  if (output_pipe_ >= 0) ::close(output_pipe_);
  std::array<int, 2> ends{};
  ENSURE(::pipe2(ends.data(), O_CLOEXEC) == 0, "a pipe can be made");
  output_pipe_ = ends[0];

  const std::string log = directory_.path() / "daemon.log";
  SpawnActions actions;
  ::posix_spawn_file_actions_adddup2(&actions.actions, ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions.actions, STDERR_FILENO, log.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
  std::vector<std::string> words = command();
  std::vector<std::string> variables = environment_with(options_.environment);
  const int failed = ::posix_spawnp(&process_, words.front().c_str(), &actions.actions, nullptr,
                                    pointers_to(words).data(), pointers_to(variables).data());
  ::close(ends[1]);
  ENSURE(failed == 0, "the daemon's program can be started");
}

Result<void, std::string> DaemonProcess::start() {
  spawn();
  if (wait_ready()) return {};
  // Its output ended, or the deadline has passed already: no long wait again.
  return std::unexpected{"packledgerd did not become ready: " + describe(wait()) + "\n" + log()};
}

std::optional<std::string> DaemonProcess::wait_ready() {
  constexpr std::string_view ready = "packledgerd listening on ";
  const auto line = line_that_begins(ready);
  if (!line) return std::nullopt;
  url_ = line->substr(ready.size());
  return url_;
}

std::optional<std::string> DaemonProcess::line_that_begins(std::string_view beginning) {
  const auto end = SteadyClock::now() + deadline;
  std::size_t looked_at = 0;
  while (true) {
    for (std::size_t newline = output_.find('\n', looked_at); newline != std::string::npos;
         newline = output_.find('\n', looked_at)) {
      std::string line = output_.substr(looked_at, newline - looked_at);
      looked_at = newline + 1;
      if (line.starts_with(beginning)) return line;
    }
    std::array<char, 4096> more{};
    if (!is_readable_before(output_pipe_, end)) return std::nullopt;
    const ssize_t read = ::read(output_pipe_, more.data(), more.size());
    if (read <= 0) return std::nullopt;
    output_.append(more.data(), static_cast<std::size_t>(read));
  }
}

std::optional<ProcessEnd> DaemonProcess::wait(milliseconds at_most) {
  if (process_ < 0) return std::nullopt;
  // A descriptor for the process becomes readable when it ends.
  const int descriptor = static_cast<int>(::syscall(SYS_pidfd_open, process_, 0));
  ENSURE(descriptor >= 0, "a child that was not waited for has a descriptor");
  const bool ended = is_readable_before(descriptor, SteadyClock::now() + at_most);
  ::close(descriptor);
  if (!ended) return std::nullopt;
  int status = 0;
  ENSURE(::waitpid(process_, &status, 0) == process_, "the child can be waited for");
  process_ = -1;
  if (WIFSIGNALED(status))
    return ProcessEnd{.how = ProcessEnd::How::killed, .number = WTERMSIG(status)};
  return exited(WEXITSTATUS(status));
}

void DaemonProcess::signal(int number) const {
  if (process_ > 0) ::kill(process_, number);
}

std::optional<ProcessEnd> DaemonProcess::stop() {
  signal(SIGTERM);
  return wait();
}

void DaemonProcess::kill() {
  if (process_ < 0) return;
  signal(SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

std::string DaemonProcess::log() const {
  std::ifstream file{directory_.path() / "daemon.log", std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::string DaemonProcess::logged(std::string_view event, std::string_view field) const {
  const std::string text = log();
  const std::size_t line = text.rfind(" event=" + std::string{event} + " ");
  if (line == std::string::npos) return {};
  const std::string found = text.substr(line, text.find('\n', line) - line) + " ";
  const std::string name = " " + std::string{field} + "=";
  const std::size_t value = found.find(name);
  if (value == std::string::npos) return {};
  const std::size_t begin = value + name.size();
  return found.substr(begin, found.find(' ', begin) - begin);
}

}  // namespace packledger
