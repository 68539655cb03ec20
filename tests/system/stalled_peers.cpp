#include "tests/system/stalled_peers.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace packledger {

StalledPeers::~StalledPeers() {
  for (const Peer& peer : peers_)
    if (peer.handle >= 0) ::close(peer.handle);
}

std::size_t StalledPeers::join(const Stall& stall, std::size_t count) {
  constexpr int small_room = 4'096;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  stalls_.push_back(stall);
  for (std::size_t i = 0; i < count; ++i) {
    const int handle = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (handle < 0) return i;
    ::setsockopt(handle, SOL_SOCKET, SO_RCVBUF, &small_room, sizeof small_room);
    if (::connect(handle, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ::close(handle);
      return i;
    }
    ::fcntl(handle, F_SETFL, O_NONBLOCK);
    peers_.push_back({.handle = handle, .stall = stalls_.size() - 1, .joined = Clock::now()});
    (void)::send(handle, stall.says.data(), stall.says.size(), MSG_NOSIGNAL);
    if (stall.half_closes) ::shutdown(handle, SHUT_WR);
    constexpr std::size_t at_once = 500;
    if (i % at_once == at_once - 1) turn({});  // those that are here stall meanwhile
  }
  return count;
}

void StalledPeers::end(Peer& peer) {
  peer.closed_s = std::chrono::duration<double>(Clock::now() - peer.joined).count();
  ::close(peer.handle);
  peer.handle = -1;
}

void StalledPeers::say_more(Peer& peer) {
  const std::string& words = stalls_[peer.stall].then_says;
  if (peer.handle < 0 || words.empty()) return;
  const ssize_t sent =
      ::send(peer.handle, &words[peer.said % words.size()], 1, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent == 1) ++peer.said;
}

void StalledPeers::read(Peer& peer) {
  constexpr std::size_t heard_max = 600;
  std::array<char, 4'096> room{};
  while (true) {
    const ssize_t bytes = ::recv(peer.handle, room.data(), room.size(), MSG_DONTWAIT);
    if (bytes < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (bytes <= 0) return end(peer);
    const auto more = std::min(static_cast<std::size_t>(bytes),
                               heard_max - std::min(heard_max, peer.heard.size()));
    peer.heard.append(room.data(), more);
  }
}

void StalledPeers::stall_for(std::chrono::milliseconds at_least,
                             std::chrono::milliseconds at_most) {
  const auto began = Clock::now();
  while (Clock::now() < began + at_most) {
    const bool any_left = turn(trickle / 2);
    if (!any_left && Clock::now() >= began + at_least) return;
  }
}

bool StalledPeers::turn(std::chrono::milliseconds wait_max) {
  std::vector<pollfd> waiting;
  std::vector<Peer*> who;
  for (Peer& peer : peers_) {
    if (peer.handle < 0 || !stalls_[peer.stall].reads) continue;
    waiting.push_back({.fd = peer.handle, .events = POLLIN, .revents = 0});
    who.push_back(&peer);
  }
  ::poll(waiting.data(), waiting.size(), static_cast<int>(wait_max.count()));
  for (std::size_t i = 0; i < waiting.size(); ++i)
    if (waiting[i].revents != 0) read(*who[i]);
  if (Clock::now() >= next_trickle_) {
    next_trickle_ = Clock::now() + trickle;
    for (Peer& peer : peers_) say_more(peer);
  }
  return !waiting.empty();
}

StalledPeers::Closed StalledPeers::closed(const std::string& name) const {
  Closed told;
  for (const Peer& peer : peers_) {
    if (stalls_[peer.stall].name != name) continue;
    if (peer.handle >= 0) ++told.open;
    told.slowest_s = std::max(told.slowest_s, peer.closed_s);
    if (peer.heard.starts_with("HTTP/1.1 ")) {
      ++told.answered;
      told.heard = peer.heard;
    }
  }
  return told;
}

}  // namespace packledger
