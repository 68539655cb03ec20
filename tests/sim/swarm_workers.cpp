#include "tests/sim/swarm_workers.hpp"

#include "packledger/ledger/result.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

namespace packledger::sim {
namespace {

using std::chrono::steady_clock;

constexpr unsigned life_seconds_max = 120;  // then it hangs
constexpr char between_lines = '\x1f';

std::string plain(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  std::ranges::replace(text, '\t', ' ');
  return text;
}

// Written as a whole, so that nothing is lost when the process ends.
void write_line(int pipe, std::string line) {
  line += '\n';
  for (std::size_t at = 0; at < line.size();) {
    const ssize_t some = ::write(pipe, line.data() + at, line.size() - at);
    if (some <= 0) return;
    at += static_cast<std::size_t>(some);
  }
}

class Worker {
 public:
  Worker(const Swarm& swarm, std::uint64_t first, steady_clock::time_point until)
      : swarm_(swarm), until_(until), next_(first) {
    begin();
  }
  ~Worker() {
    if (process_ != 0) ::kill(process_, SIGKILL);  // nobody listens any more
    end();
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  [[nodiscard]] bool is_done() const { return process_ == 0; }
  [[nodiscard]] int pipe() const { return pipe_; }

  // What has come; calls `told` for each life.
  [[nodiscard]] bool read(const HearLife& told) {
    char buffer[65'536];
    const ssize_t some = ::read(pipe_, buffer, sizeof buffer);
    if (some <= 0) return ended(told);
    bytes_.append(buffer, static_cast<std::size_t>(some));
    for (std::size_t end = bytes_.find('\n'); end != std::string::npos; end = bytes_.find('\n')) {
      const std::string line = bytes_.substr(0, end);
      bytes_.erase(0, end + 1);
      if (!hear(line, told)) return false;
    }
    return true;
  }

 private:
  void begin() {
    int ends[2];
    ENSURE(::pipe(ends) == 0, "there is a pipe");
    process_ = ::fork();
    ENSURE(process_ >= 0, "there is a process");
    if (process_ == 0) {
      ::close(ends[0]);
      work(ends[1]);
      ::_exit(0);
    }
    ::close(ends[1]);
    pipe_ = ends[0];
  }

  void work(int to) const {
    for (std::uint64_t seed = next_; seed <= swarm_.last; seed += swarm_.jobs) {
      if (steady_clock::now() >= until_) return;
      write_line(to, "begin " + std::to_string(seed));
      ::alarm(life_seconds_max);
      write_line(to, line_of(play(swarm_.plan_of(seed))));
    }
  }

  bool hear(const std::string& line, const HearLife& told) {
    constexpr std::string_view begins = "begin ";
    if (line.starts_with(begins)) {
      playing_ = std::stoull(line.substr(begins.size()));
      return true;
    }
    next_ = *playing_ + swarm_.jobs;
    return told(swarm_.plan_of(*std::exchange(playing_, std::nullopt)), life_of(line));
  }

  // In the midst of a life: that one has aborted, and the next ones are played in a new process.
  bool ended(const HearLife& told) {
    const int status = end();
    if (!playing_) return true;
    LifeTold life;
    life.failure = WIFSIGNALED(status)
                       ? "the process ended by signal " + std::to_string(WTERMSIG(status)) + " (" +
                             ::strsignal(WTERMSIG(status)) + ")"
                       : "the process ended";
    const std::uint64_t seed = *std::exchange(playing_, std::nullopt);
    next_ = seed + swarm_.jobs;
    if (!told(swarm_.plan_of(seed), life)) return false;
    bytes_.clear();
    if (next_ <= swarm_.last && steady_clock::now() < until_) begin();
    return true;
  }

  int end() {
    int status = 0;
    if (process_ == 0) return status;
    ::close(pipe_);
    ::waitpid(process_, &status, 0);
    process_ = 0;
    return status;
  }

  const Swarm& swarm_;
  const steady_clock::time_point until_;
  std::uint64_t next_;
  ::pid_t process_ = 0;
  int pipe_ = -1;
  std::string bytes_;
  std::optional<std::uint64_t> playing_;
};

std::uint64_t number(std::istringstream& in) {
  std::string field;
  std::getline(in, field, '\t');
  return field.empty() ? 0 : std::stoull(field);
}

std::string text(std::istringstream& in) {
  std::string field;
  std::getline(in, field, '\t');
  return field;
}

}  // namespace

std::string line_of(const LifeTold& life) {
  std::ostringstream out;
  out << (life.violated ? static_cast<int>(*life.violated) + 1 : 0) << '\t' << life.hash;
  for (const auto figure : life_figures) out << '\t' << life.counts.*figure;
  for (const std::uint64_t checked : life.counts.checked) out << '\t' << checked;
  out << '\t' << life.counts.probes.size();
  for (const auto& [name, count] : life.counts.probes) out << '\t' << name << '\t' << count;
  out << '\t' << plain(life.failure) << '\t';
  for (const std::string& line : life.last) out << plain(line) << between_lines;
  return out.str();
}

LifeTold life_of(const std::string& line) {
  std::istringstream in(line);
  LifeTold life;
  if (const std::uint64_t violated = number(in); violated > 0)
    life.violated = static_cast<Promise>(violated - 1);
  life.hash = number(in);
  for (const auto figure : life_figures) life.counts.*figure = number(in);
  for (std::uint64_t& checked : life.counts.checked) checked = number(in);
  for (std::uint64_t left = number(in); left > 0; --left) {
    const std::string name = text(in);
    life.counts.probes[name] = number(in);
  }
  life.failure = text(in);
  std::istringstream last(text(in));
  for (std::string one; std::getline(last, one, between_lines);) life.last.push_back(one);
  return life;
}

void play_apart(const Swarm& swarm, const HearLife& told) {
  const auto forever = steady_clock::time_point::max();
  const auto until = swarm.seconds.count() == 0 ? forever : steady_clock::now() + swarm.seconds;
  std::vector<std::unique_ptr<Worker>> workers;
  for (std::size_t i = 0; i < swarm.jobs && swarm.first + i <= swarm.last; ++i)
    workers.push_back(std::make_unique<Worker>(swarm, swarm.first + i, until));
  while (!workers.empty()) {
    std::vector<::pollfd> pipes;
    for (const auto& worker : workers) pipes.push_back({worker->pipe(), POLLIN, 0});
    if (::poll(pipes.data(), pipes.size(), -1) < 0) continue;
    for (std::size_t i = 0; i < pipes.size(); ++i) {
      if (pipes[i].revents != 0 && !workers[i]->read(told)) return;
    }
    std::erase_if(workers, [](const auto& worker) { return worker->is_done(); });
  }
}

LifeTold play_apart(const Plan& plan) {
  LifeTold told;
  Swarm swarm;
  swarm.first = swarm.last = plan.seed;
  swarm.plan_of = [&plan](std::uint64_t) { return plan; };
  play_apart(swarm, [&told](const Plan&, const LifeTold& life) {
    told = life;
    return true;
  });
  return told;
}

}  // namespace packledger::sim
