#include "bench/crowd.hpp"

#include "serve/client_frames.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <iostream>

namespace packledger::bench {
namespace {

constexpr std::size_t room_bytes = std::size_t{1024} * 1024;
constexpr int wait_ms = 20;

[[noreturn]] void fail(const std::string& what) {
  std::cerr << "bench: " << what << ": " << std::strerror(errno) << '\n';
  std::exit(1);
}

unsigned byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

std::uint64_t position_in(std::string_view text) {
  constexpr std::string_view name = "\"position\":";
  const std::size_t at = text.find(name);
  std::uint64_t position = 0;
  if (at != std::string_view::npos)
    std::from_chars(text.data() + at + name.size(), text.data() + text.size(), position);
  return position;
}

}  // namespace

Crowd::Crowd(std::uint16_t port)
    : port_{port}, poll_{::epoll_create1(EPOLL_CLOEXEC)}, room_(room_bytes) {
  if (poll_ < 0) fail("epoll");
}

Crowd::~Crowd() {
  for (const Watcher& watcher : watchers_)
    if (watcher.handle >= 0) ::close(watcher.handle);
  ::close(poll_);
}

void Crowd::join(std::string_view message, Reads reads) {
  const int handle = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (handle < 0) fail("socket");
  // What lies in buffers is old when it is read.
  const int kept = reads == Reads::a_byte_a_second ? 4'096 : 65'536;
  ::setsockopt(handle, SOL_SOCKET, SO_RCVBUF, &kept, sizeof kept);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(handle, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    fail("connect");
  std::string ask;
  append_upgrade(ask, {.authority = "127.0.0.1:" + std::to_string(port_), .key = {}}, "/v1/watch");
  append_frame(ask, FrameKind::text, message, {0x5A5A5A5AU});
  if (::send(handle, ask.data(), ask.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(ask.size()))
    fail("send");
  const std::size_t number = watchers_.size();
  watchers_.push_back({.handle = handle, .reads = reads, .upgraded = false, .part = {}});
  looked_at_.push_back(std::make_unique<std::atomic<bool>>(false));
  if (reads == Reads::a_byte_a_second) {
    slow_.push_back(number);
    return;
  }
  epoll_event event{.events = EPOLLIN, .data = {.u64 = number}};
  if (::epoll_ctl(poll_, EPOLL_CTL_ADD, handle, &event) != 0) fail("epoll_ctl");
}

void Crowd::run(const std::stop_token& stop) {
  std::array<epoll_event, 256> events{};
  auto last_slow = Clock::now();
  while (!stop.stop_requested()) {
    const int count = ::epoll_wait(poll_, events.data(), static_cast<int>(events.size()), wait_ms);
    for (int i = 0; i < count; ++i)
      read(static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64));
    if (seconds_since(last_slow) < 1) continue;
    last_slow = Clock::now();
    read_slowly();
  }
}

void Crowd::read_slowly() {
  char byte = 0;
  for (const std::size_t number : slow_) {
    Watcher& watcher = watchers_[number];
    if (watcher.handle < 0) continue;
    const ssize_t got = ::recv(watcher.handle, &byte, 1, MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN)) lose(watcher);
  }
}

void Crowd::lose(Watcher& watcher) {
  ++lost_;
  ::close(watcher.handle);
  watcher.handle = -1;
}

void Crowd::read(std::size_t number) {
  Watcher& watcher = watchers_[number];
  if (watcher.handle < 0) return;
  const std::size_t kept = watcher.part.size();
  std::ranges::copy(watcher.part, room_.begin());
  const ssize_t got =
      ::recv(watcher.handle, room_.data() + kept, room_.size() - kept, MSG_DONTWAIT);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) return lose(watcher);
  bytes_ += static_cast<std::uint64_t>(got);
  const std::string_view all{room_.data(), kept + static_cast<std::size_t>(got)};
  watcher.part = all.substr(take(number, all));
}

// Takes every whole frame; how many bytes they were.
std::size_t Crowd::take(std::size_t number, std::string_view bytes) {
  std::size_t taken = 0;
  if (!watchers_[number].upgraded) {
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) return 0;
    watchers_[number].upgraded = true;
    taken = end + 4;
  }
  for (;;) {
    const std::string_view rest = bytes.substr(taken);
    if (rest.size() < 2) return taken;
    std::size_t head = 2;
    std::size_t length = byte_at(rest, 1);
    if (length == 126) {
      if (rest.size() < 4) return taken;
      head = 4;
      length = byte_at(rest, 2) * 256U + byte_at(rest, 3);
    } else if (length == 127) {
      std::cerr << "bench: a message above 64 KiB\n";
      std::exit(1);
    }
    if (rest.size() < head + length) return taken;
    take_frame(number, byte_at(rest, 0) & 0x0FU, rest.substr(head, length));
    taken += head + length;
  }
}

void Crowd::take_frame(std::size_t number, unsigned kind, std::string_view payload) {
  if (kind == static_cast<unsigned>(FrameKind::ping)) {
    std::string pong;
    append_frame(pong, FrameKind::pong, payload, {0x5A5A5A5AU});
    ::send(watchers_[number].handle, pong.data(), pong.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return;
  }
  ++updates_;
  if (looking_ == 0 || !*looked_at_[number]) return;
  const std::lock_guard lock{mutex_};
  const auto look = looks_.find(number);
  if (look == looks_.end() || payload.find(look->second.words) == std::string_view::npos) return;
  look->second.sights.push_back({position_in(payload), Clock::now()});
  noted_.notify_all();
}

void Crowd::look_at(std::size_t watcher, const std::string& account) {
  const std::lock_guard lock{mutex_};
  looks_[watcher] = {.words = R"("account":")" + account + "\"", .sights = {}};
  looking_ = looks_.size();
  *looked_at_[watcher] = true;
}

std::optional<Clock::time_point> Crowd::seen(std::size_t watcher, std::uint64_t position) {
  std::unique_lock lock{mutex_};
  std::optional<Clock::time_point> found;
  noted_.wait_for(lock, std::chrono::seconds(10), [&] {
    for (const Sight& sight : looks_[watcher].sights)
      if (!found && sight.position >= position) found = sight.at;
    return found.has_value();
  });
  looks_.erase(watcher);
  looking_ = looks_.size();
  *looked_at_[watcher] = false;
  return found;
}

}  // namespace packledger::bench
