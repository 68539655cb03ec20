#include "app/cli/watch_live.hpp"

#include "app/cli/live_screen.hpp"
#include "app/system_clock.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <ostream>
#include <thread>

namespace packledger::cli {
namespace {

constexpr std::chrono::milliseconds patience{200};  // the chart moves on while nothing comes
constexpr std::int64_t draw_ms = 200;               // more often nobody can read
constexpr std::int64_t retry_ms_max = 10'000;

std::int64_t now_ms() { return monotonic_ns() / 1'000'000; }

class Live {
 public:
  Live(Session& session, const std::string& request, const std::vector<std::string>& accounts)
      : session_{session}, request_{request}, table_{accounts} {}

  ExitCode run() {
    if (auto connected = connect(); !connected)
      return session_.complain(ExitCode::unreachable, connected.error().detail);
    {
      LiveScreen screen{session_.out()};
      while (!screen.ended() && !refusal_) {
        if (client_) {
          follow(screen);
        } else {
          wait_and_connect(screen);
        }
      }
    }
    if (refusal_) return session_.complain(ExitCode::refused, "the daemon refused: " + *refusal_);
    // The last table stays with the person.
    ScreenSize size = LiveScreen::size();
    size.rows = ~std::size_t{0};
    for (const std::string& line : table_.lines("", now_ms(), size, session_.look))
      session_.out() << line << '\n';
    return ExitCode::ok;
  }

 private:
  Result<void, ClientFault> connect() {
    client_.emplace(session_.options.server, session_.client_options());
    auto connected = client_->connect();
    if (connected) connected = client_->send(request_);
    if (!connected) client_.reset();
    return connected;
  }

  void follow(LiveScreen& screen) {
    const auto message = client_->next(patience);
    if (!message) {
      client_.reset();
      return;
    }
    if (*message) take(**message);
    draw(screen, "watching; Ctrl-C ends");
  }

  void take(const std::string& text) {
    const auto document = parse_json(text);
    if (!document) return;
    const Json& message = document->root();
    const std::string_view type = text_in(message, "type");
    if (type == "error") {
      refusal_ =
          std::string(text_in(message, "code")) + ": " + std::string(text_in(message, "detail"));
    } else if (type == "snapshot" || type == "change") {
      table_.take(message, now_ms());
      retry_ms_ = 1'000;
    }
  }

  void draw(LiveScreen& screen, const std::string& state) {
    if (now_ms() - drawn_ms_ < draw_ms) return;
    drawn_ms_ = now_ms();
    screen.draw(table_.lines(state, drawn_ms_, LiveScreen::size(), session_.look));
  }

  void wait_and_connect(LiveScreen& screen) {
    const std::int64_t until = now_ms() + retry_ms_;
    while (now_ms() < until && !screen.ended()) {
      draw(screen, "the connection broke; trying again in " +
                       std::to_string((until - now_ms()) / 1'000 + 1) + " s; Ctrl-C ends");
      std::this_thread::sleep_for(std::min<std::chrono::milliseconds>(
          patience, std::chrono::milliseconds(std::max<std::int64_t>(until - now_ms(), 1))));
    }
    retry_ms_ = std::min(retry_ms_ * 2, retry_ms_max);
    if (!screen.ended()) static_cast<void>(connect());  // or the next time
  }

  Session& session_;
  const std::string& request_;
  WatchTable table_;
  std::optional<WatchClient> client_;
  std::optional<std::string> refusal_;
  std::int64_t drawn_ms_ = 0;
  std::int64_t retry_ms_ = 1'000;
};

}  // namespace

ExitCode watch_live(Session& session, const std::string& request,
                    const std::vector<std::string>& accounts) {
  return Live{session, request, accounts}.run();
}

}  // namespace packledger::cli
