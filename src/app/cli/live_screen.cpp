#include "app/cli/live_screen.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <ostream>

namespace packledger::cli {
namespace {

// ECMA-48, and the private modes of xterm that every terminal of today knows.
constexpr const char* other_screen = "\x1b[?1049h\x1b[?25l";  // without a cursor
constexpr const char* first_screen = "\x1b[?25h\x1b[?1049l";
constexpr const char* home = "\x1b[H";
constexpr const char* clear_line_end = "\x1b[K";
constexpr const char* clear_below = "\x1b[J";

volatile std::sig_atomic_t told_to_end = 0;

void note_end(int) { told_to_end = 1; }

void on_end(void (*what)(int)) {
  struct sigaction action{};
  action.sa_handler = what;  // without SA_RESTART: who waits notices
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

LiveScreen::LiveScreen(std::ostream& out) : out_{out} {
  told_to_end = 0;
  on_end(note_end);
  out_ << other_screen << std::flush;
}

LiveScreen::~LiveScreen() {
  out_ << first_screen << std::flush;
  on_end(SIG_DFL);
}

ScreenSize LiveScreen::size() {
  winsize told{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &told) != 0 || told.ws_col == 0 || told.ws_row == 0)
    return {};
  return {.columns = told.ws_col, .rows = told.ws_row};
}

void LiveScreen::draw(std::span<const std::string> lines) {
  std::string all = home;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) all += "\r\n";
    all += lines[i];
    all += clear_line_end;
  }
  out_ << all << clear_below << std::flush;
}

bool LiveScreen::ended() const { return told_to_end != 0; }

}  // namespace packledger::cli
