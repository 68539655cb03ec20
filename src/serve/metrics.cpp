#include "serve/metrics.hpp"

#include <fmt/format.h>

#include <iterator>

namespace packledger::serve {
namespace {

constexpr std::array<std::string_view, slow_count> slow_names{"head",    "body",    "answer",
                                                              "message", "watcher", "silence"};

void append_head(std::string& out, std::string_view name, std::string_view kind,
                 std::string_view help) {
  fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, kind);
}

template <class Number>
void append_one(std::string& out, std::string_view name, std::string_view kind,
                std::string_view help, Number value) {
  append_head(out, name, kind, help);
  fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
}

}  // namespace

void Metrics::append_to(std::string& out) const {
  append_head(out, "packledger_http_answers_total", "counter", "Answers by route and status.");
  for (const auto& [key, count] : answers_) {
    fmt::format_to(std::back_inserter(out),
                   "packledger_http_answers_total{{route=\"{}\",status=\"{}\"}} {}\n", key.first,
                   key.second, count);
  }
  append_head(out, "packledger_sends_total", "counter", "Sends by result.");
  for (const auto& [result, count] : sends_) {
    fmt::format_to(std::back_inserter(out), "packledger_sends_total{{result=\"{}\"}} {}\n", result,
                   count);
  }
  append_head(out, "packledger_rejects_total", "counter", "Rejects of the law by code.");
  for (const auto& [code, count] : rejects_) {
    fmt::format_to(std::back_inserter(out), "packledger_rejects_total{{code=\"{}\"}} {}\n", code,
                   count);
  }
  append_one(out, "packledger_connections_total", "counter", "Connections accepted.", connections);
  append_one(out, "packledger_connections_open", "gauge", "Connections open.", connections_open);
  append_one(out, "packledger_watchers_open", "gauge", "Watchers open, by WebSocket or events.",
             watchers_open);
  append_one(out, "packledger_publishers_open", "gauge", "WebSocket publishers open.",
             publishers_open);
  append_one(out, "packledger_publish_batches_total", "counter",
             "Batches taken from WebSocket publishers.", publish_batches);
  append_one(out, "packledger_watch_messages_total", "counter", "Messages sent to watchers.",
             watch_messages);
  append_one(out, "packledger_watch_writes_total", "counter",
             "Writes to the sockets of watchers; each carries one message or many.", watch_writes);
  append_one(out, "packledger_requests_refused_total", "counter",
             "Requests that were not HTTP as it is accepted here.", requests_refused);
  append_one(out, "packledger_connections_refused_total", "counter",
             "Connections turned away because their address had too many.", connections_refused);
  append_head(out, "packledger_connections_slow_total", "counter",
              "Connections closed because their client was too slow, by where it was.");
  for (std::size_t i = 0; i < slow_count; ++i) {
    fmt::format_to(std::back_inserter(out), "packledger_connections_slow_total{{in=\"{}\"}} {}\n",
                   slow_names[i], slow_[i]);
  }
}

}  // namespace packledger::serve
