#include "serve/heartbeat.hpp"

namespace packledger::serve {

Heartbeat::Place::Place(Heartbeat& heartbeat, Listener& listener)
    : heartbeat_(heartbeat),
      at_(heartbeat.listeners_.insert(heartbeat.listeners_.end(), &listener)) {
  if (!heartbeat.beats_) heartbeat.start();
}

void Heartbeat::start() {
  beats_ = true;
  timer_.expires_after(interval_);
  timer_.async_wait([this](const boost::system::error_code&) {
    for (Listener* listener : listeners_) listener->beat();
    beats_ = false;
    if (!listeners_.empty()) start();
  });
}

}  // namespace packledger::serve
