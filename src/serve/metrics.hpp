// Metrics: what this room counts, rendered in the Prometheus text format. Labels come from our own
// tables only, so their number is bounded.
//
// Owner: Service. Front thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace packledger::serve {

// Where a client was so slow that its connection was closed.
enum class Slow : std::uint8_t { head, body, answer, message, watcher, silence };
inline constexpr std::size_t slow_count = 6;

class Metrics {
 public:
  void answered(std::string_view route, unsigned status) { ++answers_[{route, status}]; }
  void sends(std::string_view result, std::uint64_t count) { sends_[result] += count; }
  void rejected(std::string_view code) { ++rejects_[code]; }
  void slow(Slow in) { ++slow_[static_cast<std::size_t>(in)]; }

  std::uint64_t connections = 0;          // ever
  std::int64_t connections_open = 0;      // now
  std::int64_t watchers_open = 0;         // now
  std::int64_t publishers_open = 0;       // now, of the fast lane
  std::uint64_t publish_batches = 0;      // ever, of the fast lane
  std::uint64_t watch_messages = 0;       // ever
  std::uint64_t watch_writes = 0;         // ever: each carries what there is to tell
  std::uint64_t requests_refused = 0;     // not HTTP as it is accepted here
  std::uint64_t connections_refused = 0;  // too many of one address

  void append_to(std::string& out) const;

 private:
  std::map<std::pair<std::string_view, unsigned>, std::uint64_t> answers_;  // texts are static
  std::map<std::string_view, std::uint64_t> sends_;
  std::map<std::string_view, std::uint64_t> rejects_;
  std::array<std::uint64_t, slow_count> slow_{};
};

}  // namespace packledger::serve
