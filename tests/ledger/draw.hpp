// Draw: chance and time for a random life. Instants at which something ends are remembered, so that
// much happens on the very edge.
//
// Owner: the test; one thread.
#pragma once

#include "tests/ledger/life.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace packledger {

class Draw {
 public:
  Draw(std::uint64_t seed, model::Ms now) : random_(seed), now_(now), big_(seed % 3 != 0) {}

  [[nodiscard]] model::Ms now() const { return now_; }
  // Packages of thousands, and sends of hundreds; else of a few.
  [[nodiscard]] bool big() const { return big_; }

  model::Count pick(model::Count n) {
    return static_cast<model::Count>(random_() % static_cast<std::uint64_t>(n));
  }
  template <class T, std::size_t N> T one_of(const std::array<T, N>& values) {
    return values[static_cast<std::size_t>(pick(static_cast<model::Count>(N)))];
  }
  // Once in n.
  bool rarely(model::Count n) { return pick(n) == 0; }

  void pass_time() {
    const model::Count dice = pick(20);
    if (dice < 8) return;
    if (dice < 11) now_ += pick(4);
    if (dice == 11 || dice == 18) go_to_an_edge();
    if (dice >= 12 && dice < 15) now_ += pick(3 * model::hour);
    if (dice >= 15 && dice < 18) now_ += pick(2 * model::day);
    if (dice == 19) now_ += pick(10 * model::day);
  }

  // As between sends that follow one another.
  void pass_moments() {
    const model::Count dice = pick(16);
    if (dice == 0) now_ += pick(model::hour);
    if (dice == 1) now_ += pick(3 * model::hour);
    if (dice > 1 && dice < 8) now_ += pick(2'000);
  }

  void remember(model::Ms edge) { edges_.push_back(edge); }
  [[nodiscard]] const std::vector<model::Ms>& edges() const { return edges_; }

  Step step(std::string label, What law, std::function<std::string(model::Model&)> ask) const {
    return {now_, std::move(label), std::move(law), std::move(ask), {}};
  }

 private:
  // An instant at which something ends, or the millisecond before it.
  void go_to_an_edge() {
    std::erase_if(edges_, [this](model::Ms edge) { return edge + 4 * model::day < now_; });
    if (edges_.empty()) return;
    const model::Ms edge =
        edges_[static_cast<std::size_t>(pick(static_cast<model::Count>(edges_.size())))];
    now_ = std::max(now_, edge - pick(2));
  }

  std::mt19937_64 random_;
  model::Ms now_;
  bool big_;
  std::vector<model::Ms> edges_;
};

}  // namespace packledger
