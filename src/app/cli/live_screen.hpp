// A terminal that is drawn over and over in place: on the other screen that terminals keep for
// this, so that the person gets back what was there before, however it ends.
//
// Owner: one command at a time; one thread. While it lives, SIGINT and SIGTERM only make ended()
// true.
#pragma once

#include "app/cli/watch_table.hpp"

#include <iosfwd>
#include <span>
#include <string>

namespace packledger::cli {

class LiveScreen {
 public:
  explicit LiveScreen(std::ostream& out);
  ~LiveScreen();
  LiveScreen(const LiveScreen&) = delete;
  LiveScreen& operator=(const LiveScreen&) = delete;

  // As large as it is now; 80 by 24 where nobody knows.
  [[nodiscard]] static ScreenSize size();
  // Instead of what is there.
  void draw(std::span<const std::string> lines);
  // The person has had enough.
  [[nodiscard]] bool ended() const;

 private:
  std::ostream& out_;
};

}  // namespace packledger::cli
