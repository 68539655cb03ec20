#include "serve/watch_text.hpp"

#include "serve/frames.hpp"

#include <utility>

namespace packledger::serve {

WatchText::WatchText(std::string_view json, Event event) {
  constexpr std::size_t around = 80;  // at most: the words below, 20 digits, ten of a head
  bytes_.reserve(json.size() + event.type.size() + around);
  if (event.position) bytes_.append("id: ").append(std::to_string(event.position->value)) += '\n';
  bytes_.append("event: ").append(event.type).append("\ndata: ");
  frame_at_ = bytes_.size();
  append_frame_head(bytes_, FrameKind::text, json.size());
  json_at_ = bytes_.size();
  bytes_ += json;
  json_end_ = bytes_.size();
  bytes_ += "\n\n";
}

WatchText::WatchText(std::string bytes) : bytes_(std::move(bytes)), json_end_(bytes_.size()) {}

Text share_text(std::string_view json, WatchText::Event event) {
  return std::make_shared<const WatchText>(json, event);
}

}  // namespace packledger::serve
