#include "tests/system/follower.hpp"

#include "serve/client.hpp"
#include "wire/json.hpp"

#include <optional>
#include <utility>

namespace packledger {
namespace {

std::string list_of(const std::vector<std::string>& accounts) {
  std::string list;
  for (const std::string& account : accounts)
    list += (list.empty() ? "[\"" : ",\"") + account + "\"";
  return list + "]";
}

}  // namespace

Follower::Follower(std::vector<std::string> accounts)
    : accounts_{list_of(accounts)}, thread_{[this](const std::stop_token& stop) { run(stop); }} {}

void Follower::watch_at(const std::string& url) {
  {
    const std::lock_guard lock{mutex_};
    url_ = url;
  }
  changed_.notify_all();
}

bool Follower::wait_for(std::uint64_t position) {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, deadline,
                           [&] { return !positions_.empty() && positions_.back() >= position; });
}

void Follower::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

std::vector<std::uint64_t> Follower::positions() const {
  const std::lock_guard lock{mutex_};
  return positions_;
}

std::uint64_t Follower::last() const {
  const std::lock_guard lock{mutex_};
  return positions_.empty() ? 0 : positions_.back();
}

std::uint64_t Follower::connections() const {
  const std::lock_guard lock{mutex_};
  return connections_;
}

std::vector<std::string> Follower::complaints() const {
  const std::lock_guard lock{mutex_};
  return complaints_;
}

std::string Follower::next_url(const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, stop, [&] { return !url_.empty(); });
  return stop.stop_requested() ? std::string{} : url_;
}

bool Follower::is_at(const std::string& url) const {
  const std::lock_guard lock{mutex_};
  return url_ == url;
}

void Follower::run(const std::stop_token& stop) {
  constexpr std::chrono::milliseconds pause{20};  // nobody listens yet
  while (!stop.stop_requested()) {
    const std::string url = next_url(stop);
    if (!url.empty()) follow(url, stop);
    std::this_thread::sleep_for(pause);
  }
}

void Follower::follow(const std::string& url, const std::stop_token& stop) {
  constexpr std::chrono::milliseconds look_up{100};
  WatchClient client{url};
  if (!client.connect()) return;
  const std::string entries = R"({"watch":"entries","accounts":)" + accounts_ + R"(,"from":)" +
                              std::to_string(last()) + "}";
  const std::string balances = R"({"watch":"balances","accounts":)" + accounts_ + "}";
  if (!client.send(entries) || !client.send(balances)) return;
  {
    const std::lock_guard lock{mutex_};
    ++connections_;
  }
  while (!stop.stop_requested() && is_at(url)) {
    const auto message = client.next(look_up);
    if (!message) return;
    if (*message) take(**message);
  }
}

void Follower::take(const std::string& message) {
  const auto json = parse_json(message);
  const auto text = [&](std::string_view key) {
    const Json* member = json ? json->root().find(key) : nullptr;
    return member == nullptr ? std::string{} : std::string{member->text().value_or("")};
  };
  const Json* const said = json ? json->root().find("position") : nullptr;
  const auto position =
      said == nullptr ? 0 : static_cast<std::uint64_t>(said->integer().value_or(0));
  const std::string type = text("type");
  const std::lock_guard lock{mutex_};
  if (type == "entry") {
    if (!positions_.empty() && position <= positions_.back())
      complaints_.push_back("entry " + std::to_string(position) + " behind " +
                            std::to_string(positions_.back()));
    positions_.push_back(position);
  } else if (type == "snapshot" || type == "change") {
    std::uint64_t& before = balances_[text("account")];
    if (position < before)
      complaints_.push_back("a balance of " + std::to_string(position) + " behind one of " +
                            std::to_string(before));
    before = position;
    if (message.contains(R"("gap":true)")) complaints_.push_back("a gap: " + message);
  } else if (type != "lag") {
    complaints_.push_back("it was told " + message);
  }
  changed_.notify_all();
}

}  // namespace packledger
