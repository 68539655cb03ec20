// The configuration of the daemon: its values, and the one table of keys from which they are read,
// checked, printed and documented.
//
// Owner: main; read once at the start, never changed while the daemon runs. Any thread.
// Invariants:
//  1. A Config{} holds the defaults; the table only names where they are.
//  2. Every value in a Config that came from here is within the bounds of its key.
//  3. What print_config says is read back by parse_config as the same values.
#pragma once

#include "packledger/ledger/result.hpp"
#include "packledger/ledger/time.hpp"
#include "store/rocks_journal.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

enum class LogLevel : std::uint8_t { trace, debug, info, warn, error, critical };
enum class LogFormat : std::uint8_t { text, json };

struct ListenConfig {
  std::string host = "127.0.0.1";  // a literal address, version 4 or 6, without brackets
  std::uint16_t port = 7180;       // 0: any free one
  std::string origins;  // of pages that may watch and publish, separated by commas; small letters
};

struct StoreConfig {
  std::string directory = "/var/lib/packledger";
  WatermarkMode watermark = WatermarkMode::before_ack;
  std::int64_t write_buffer_mib = 32;
  std::int64_t snapshot_entries = 20'000'000;  // replayed in some ten seconds; 0: never
  std::int64_t sends_memory_mib = 1'024;       // 13 million sends: hours at a thousand a second
  std::int64_t reserve_mib = 256;  // some write buffers, and what is taken until it is noticed
};

struct EngineConfig {
  std::int64_t batch_entries_max = 8'192;
  std::int64_t timers_per_turn_max = 1'024;
  std::int64_t inbox_requests_max = 4'096;
  std::int64_t inbox_sends_max = 131'072;
};

struct ClockConfig {
  bool test = false;
  std::optional<Instant> test_start;
  Duration max_time_step = hours(1);
};

struct HttpConfig {
  Duration header_timeout = seconds(10);
  Duration body_timeout = seconds(30);
  Duration idle_timeout = seconds(60);
  Duration write_timeout = seconds(20);
  std::int64_t header_bytes_max = 8'192;
  std::int64_t body_bytes_max = 8'388'608;
  std::int64_t connections_max = 10'000;
  // No limit of its own: on loopback this machine, or a proxy, is one address.
  std::int64_t connections_per_address_max = 1'000'000;
};

struct WatchConfig {
  std::int64_t websocket_message_bytes_max = 65'536;
  Duration ping_interval = seconds(30);
  std::int64_t write_queue_bytes_max = 1'048'576;
};

struct LogConfig {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;
  std::string file;
};

struct Config {
  ListenConfig listen;
  StoreConfig store;
  EngineConfig engine;
  ClockConfig clock;
  HttpConfig http;
  WatchConfig watch;
  LogConfig log;
};

struct ConfigFault {
  std::string file;      // empty: not from a file but from the command line
  std::size_t line = 0;  // from 1; 0 where no line is to blame
  std::string key;       // "http.idle_timeout"; empty where the text is not TOML
  std::string problem;   // "expected …" or "unknown key"
};

// "packledger.toml:12: http.idle_timeout: expected a duration from PT1S to PT1H, got \"soon\""
[[nodiscard]] std::string describe(const ConfigFault& fault);

// Reads TOML over the defaults. On faults all of them are told, in the order of the text. `file` is
// only for their messages.
[[nodiscard]] Result<Config, std::vector<ConfigFault>> parse_config(std::string_view toml,
                                                                    std::string_view file);
[[nodiscard]] Result<Config, std::vector<ConfigFault>> load_config(const std::string& file);

// Sets one value from its text, as a flag does: "http.body_bytes_max", "1048576". Nothing changes
// on a fault.
[[nodiscard]] Result<void, ConfigFault> set_config(Config& config, std::string_view key,
                                                   std::string_view text);

// The effective values as TOML, each with its help, default and bounds.
[[nodiscard]] std::string print_config(const Config& config);

// All keys as a Markdown table.
[[nodiscard]] std::string document_config();

}  // namespace packledger
