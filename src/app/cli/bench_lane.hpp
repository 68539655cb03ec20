// How batches of a load go over the wire and what their answers say, for each of the ways to
// publish: JSON and protobuf over HTTP, protobuf over the publishing WebSocket.
// Owner: a worker; one thread, whose texts and vectors are used again and again.
#pragma once

#include "app/cli/bench_work.hpp"
#include "serve/load_client.hpp"
#include "wire/publish_codec.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::cli {

enum class BenchProtocol : std::uint8_t { json, protobuf, publish };

class BenchLane {
 public:
  BenchLane(BenchProtocol protocol, std::string prefix)
      : protocol_{protocol}, prefix_{std::move(prefix)} {}

  // The target of the WebSocket; empty over HTTP.
  [[nodiscard]] std::string websocket() const;
  // Writes a batch down, then puts it on its way. One that is numbered is protobuf, and its sends
  // bear no names.
  void write(const BatchHead& head, std::span<const BenchSend> sends);
  void publish(LoadClient& client, std::size_t connection) const;

  // What an answer says: `results` for each send, or `refused` for all of them. False where it
  // makes no sense. It lives until the next call and no longer than the answer.
  [[nodiscard]] bool read(const LoadAnswer& answer, SendResultsRead& results) const;

 private:
  void write_json(std::span<const BenchSend> sends);
  void write_protobuf(const BatchHead& head, std::span<const BenchSend> sends);

  BenchProtocol protocol_;
  std::string prefix_;
  std::string body_;
  std::vector<SendAsked> asked_;
};

// The results in a JSON array, found by their keys: no text of an answer can hold them unescaped.
[[nodiscard]] bool read_json_results(std::string_view body, SendResultsRead& results);

// What became of the sends of a run.
struct BenchTally {
  std::int64_t recorded = 0;
  std::int64_t duplicates = 0;
  std::map<std::string, std::int64_t, std::less<>> rejected;  // sends, by code
  std::map<std::string, std::int64_t, std::less<>> refused;   // whole batches, by code
  std::int64_t units = 0;                                     // of the recorded
  std::vector<std::int64_t> units_by_account;

  void add(const BenchTally& other);
  // False where the results are not those of the sends.
  [[nodiscard]] bool add(std::span<const BenchSend> sends, const SendResultsRead& results);
};

}  // namespace packledger::cli
