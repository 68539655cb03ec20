#include "serve/deadline.hpp"

namespace packledger::serve {
namespace {

constexpr auto never = Deadline::Time::max();

}  // namespace

struct Deadline::State {
  explicit State(boost::asio::ip::tcp::socket& of)
      : socket(of), timer(of.get_executor()), measure(of.get_executor()) {}

  boost::asio::ip::tcp::socket& socket;
  boost::asio::steady_timer timer;
  boost::asio::steady_timer measure;  // never waited for
  Time at = never;
  Time rings_at = never;  // the timer; earlier than `at` where that was put off
  bool passed = false;
};

Deadline::Deadline(boost::asio::ip::tcp::socket& socket)
    : state_(std::make_shared<State>(socket)) {}

Deadline::~Deadline() = default;

Deadline::Time Deadline::in(std::chrono::milliseconds time) const {
  state_->measure.expires_after(time);
  return state_->measure.expiry();
}

void Deadline::set(Time at) {
  state_->at = at;
  state_->passed = false;
  if (at < state_->rings_at) run(state_);
}

void Deadline::lift() {
  state_->at = never;
  state_->passed = false;
}

bool Deadline::passed() const { return state_->passed; }

void Deadline::run(const std::shared_ptr<State>& state) {
  state->rings_at = state->at;
  state->timer.expires_at(state->at);
  state->timer.async_wait(
      [weak = std::weak_ptr(state)](const boost::system::error_code& cancelled) {
        const auto state = weak.lock();
        if (!state || cancelled) return;
        const bool put_off = state->rings_at < state->at;
        state->rings_at = never;
        if (state->at == never) return;
        if (put_off) return run(state);
        state->at = never;
        state->passed = true;
        boost::system::error_code ignored;
        state->socket.cancel(ignored);
      });
}

}  // namespace packledger::serve
