// WatchText: one message to whoever watches, ready for every way it may go: as a frame of a
// WebSocket and as a Server-Sent Event. It is made once and shared by all who watch the account.
//
// Values that never change; any thread.
#pragma once

#include "packledger/ledger/id.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace packledger::serve {

class WatchText {
 public:
  struct Event {
    std::string_view type;             // that of the JSON
    std::optional<Sequence> position;  // from which a client may go on behind it
  };
  // `json` is one line.
  WatchText(std::string_view json, Event event);
  // Bytes that go out as they are, in whichever way.
  explicit WatchText(std::string bytes);

  [[nodiscard]] std::string_view json() const { return part(json_at_, json_end_); }
  // A whole frame.
  [[nodiscard]] std::string_view frame() const { return part(frame_at_, json_end_); }
  // A whole event, in two pieces.
  [[nodiscard]] std::string_view event_head() const { return part(0, frame_at_); }
  [[nodiscard]] std::string_view event_body() const { return part(json_at_, bytes_.size()); }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

 private:
  [[nodiscard]] std::string_view part(std::size_t from, std::size_t until) const {
    return std::string_view{bytes_}.substr(from, until - from);
  }

  // "id: 812\nevent: change\ndata: ", the head of a frame, the JSON, "\n\n".
  std::string bytes_;
  std::size_t frame_at_ = 0;
  std::size_t json_at_ = 0;
  std::size_t json_end_ = 0;
};

// Shared: one text goes to every watcher of an account.
using Text = std::shared_ptr<const WatchText>;

[[nodiscard]] Text share_text(std::string_view json, WatchText::Event event);

}  // namespace packledger::serve
