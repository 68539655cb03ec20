// The configuration: what is read, what is refused and in which words, and what is printed.
#include "app/config.hpp"

#include "app/config_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger {
namespace {

using testing::HasSubstr;

// All faults, one a line; "fine" where there are none.
std::string check(std::string_view toml) {
  const auto config = parse_config(toml, "packledger.toml");
  if (config) return "fine";
  std::string lines;
  for (const ConfigFault& fault : config.error()) lines += describe(fault) + "\n";
  return lines;
}

TEST(Config, IsTheDefaultsWhereNothingIsSaid) {
  for (const std::string_view toml : {"", "# nothing\n", "[http]\n"}) {
    const auto config = parse_config(toml, "packledger.toml");
    ASSERT_TRUE(config) << toml;
    EXPECT_EQ(print_config(*config), print_config(Config{})) << toml;
  }
}

TEST(Config, TakesValuesOfEveryKind) {
  const auto config = parse_config(R"(
[listen]
address = "[::1]:80"
[store]
directory = "/srv/ledger"
watermark = "one_behind"
[clock]
test = true
test_start = "2024-05-01T00:00:00+08:00"
[http]
idle_timeout = "PT1M30S"
body_bytes_max = 1_048_576
[log]
level = "debug"
format = "json"
)",
                                   "packledger.toml");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->listen.host, "::1");
  EXPECT_EQ(config->listen.port, 80);
  EXPECT_EQ(config->store.directory, "/srv/ledger");
  EXPECT_EQ(config->store.watermark, WatermarkMode::one_behind);
  EXPECT_TRUE(config->clock.test);
  EXPECT_EQ(config->clock.test_start, parse_instant("2024-04-30T16:00:00Z"));
  EXPECT_EQ(config->http.idle_timeout, seconds(90));
  EXPECT_EQ(config->http.body_bytes_max, 1'048'576);
  EXPECT_EQ(config->log.level, LogLevel::debug);
  EXPECT_EQ(config->log.format, LogFormat::json);
  EXPECT_EQ(config->http.header_timeout, seconds(10)) << "not in the file: the default";
}

TEST(Config, NamesFileLineKeyAndWhatWasExpected) {
  const std::vector<std::pair<std::string_view, std::string_view>> table = {
      // Names that do not exist, wherever they stand.
      {"[http]\n\nidle_time = 1", "packledger.toml:3: http.idle_time: unknown key\n"},
      {"[htpp]\n", "packledger.toml:1: htpp: unknown key\n"},
      {"level = \"info\"", "packledger.toml:1: level: unknown key\n"},
      {"[log.level]\nx = 1",
       "packledger.toml:1: log.level: expected one of trace, debug, info, "
       "warn, error, got a table\n"},
      {"log = \"info\"", "packledger.toml:1: log: unknown key\n"},
      {"[[log]]\nlevel = \"info\"", "packledger.toml:1: log: unknown key\n"},
      // Wrong types.
      {"[engine]\nbatch_entries_max = \"8192\"",
       "packledger.toml:2: engine.batch_entries_max: expected an integer from 1 to 1000000 "
       "entries, got a text in quotes\n"},
      {"[engine]\nbatch_entries_max = 8192.0",
       "packledger.toml:2: engine.batch_entries_max: expected an integer from 1 to 1000000 "
       "entries, got a number with a fraction\n"},
      {"[http]\nidle_timeout = 60",
       "packledger.toml:2: http.idle_timeout: expected an ISO 8601 duration from PT1S to PT1H, "
       "got an integer\n"},
      {"[clock]\ntest = 1",
       "packledger.toml:2: clock.test: expected true or false, got an "
       "integer\n"},
      {"[clock]\ntest_start = 2024-05-01T00:00:00Z",
       "packledger.toml:2: clock.test_start: expected an RFC 3339 time, or empty for none, got a "
       "time without quotes\n"},
      {"[log]\nlevel = [\"info\"]",
       "packledger.toml:2: log.level: expected one of trace, debug, "
       "info, warn, error, got an array\n"},
      // Words and times that are none.
      {"[log]\nlevel = \"loud\"",
       "packledger.toml:2: log.level: expected one of trace, debug, "
       "info, warn, error, got \"loud\"\n"},
      {"[http]\nidle_timeout = \"60s\"",
       "packledger.toml:2: http.idle_timeout: expected an ISO 8601 duration from PT1S to PT1H, "
       "got \"60s\"\n"},
      {"[store]\ndirectory = \"\"",
       "packledger.toml:2: store.directory: expected a path, got "
       "\"\"\n"},
      {"[store]\ndirectory = \"a\\nb\"",
       "packledger.toml:2: store.directory: expected a path, "
       "got \"a\\nb\"\n"},
      // Not TOML.
      {"[http]\nidle_timeout = ",
       "packledger.toml:2: Error while parsing key-value pair: "
       "encountered end-of-file\n"},
  };
  for (const auto& [toml, faults] : table) EXPECT_EQ(check(toml), faults) << toml;
}

TEST(Config, RefusesAKeyThatIsSaidTwice) {
  EXPECT_THAT(check("[log]\nlevel = \"info\"\nlevel = \"warn\""), HasSubstr("packledger.toml:3: "));
}

TEST(Config, TellsAllFaultsInTheOrderOfTheText) {
  EXPECT_EQ(check("[watch]\nping_interval = 1\n[clock]\ntezt = true\n[engine]\n"
                  "batch_entries_max = 0\n"),
            "packledger.toml:2: watch.ping_interval: expected an ISO 8601 duration from PT1S to "
            "PT1H, got an integer\n"
            "packledger.toml:4: clock.tezt: unknown key\n"
            "packledger.toml:6: engine.batch_entries_max: expected an integer from 1 to 1000000 "
            "entries, got 0\n");
}

struct Edge {
  std::string_view key;
  std::string_view text;
  bool allowed;
};

TEST(Config, AllowsBothBoundsAndNothingBeyond) {
  const std::vector<Edge> table = {
      {"engine.batch_entries_max", "0", false},
      {"engine.batch_entries_max", "1", true},
      {"engine.batch_entries_max", "1000000", true},
      {"engine.batch_entries_max", "1000001", false},
      {"engine.batch_entries_max", "-1", false},
      {"engine.batch_entries_max", "99999999999999999999", false},
      {"engine.batch_entries_max", "1e3", false},
      {"engine.batch_entries_max", " 1", false},
      {"engine.batch_entries_max", "", false},
      {"engine.inbox_sends_max", "9999", false},  // less than one batch
      {"engine.inbox_sends_max", "10000", true},
      {"http.header_timeout", "PT0.999S", false},
      {"http.header_timeout", "PT1S", true},
      {"http.header_timeout", "PT1H", true},
      {"http.header_timeout", "PT1H0.001S", false},
      {"http.header_timeout", "P1M", false},  // a month is no duration
      {"clock.test", "true", true},
      {"clock.test", "yes", false},
      {"clock.test_start", "", true},
      {"clock.test_start", "2024-05-01", false},
      {"log.file", "", true},
      {"listen.address", "0.0.0.0:0", true},
      {"listen.address", "127.0.0.1:65535", true},
      {"listen.address", "127.0.0.1:65536", false},
      {"listen.address", "127.0.0.1:-1", false},
      {"listen.address", "127.0.0.1:", false},
      {"listen.address", "127.0.0.1", false},
      {"listen.address", "127.0.0.256:80", false},
      {"listen.address", "localhost:80", false},  // a name could be anywhere
      {"listen.address", "[::]:7180", true},
      {"listen.address", "::1:7180", false},
      {"listen.address", "[127.0.0.1]:7180", false},
      {"listen.address", "[]:7180", false},
      {"listen.address", ":7180", false},
      {"listen.origins", "", true},
      {"listen.origins", "https://console.example", true},
      {"listen.origins", "https://Console.example", false},  // browsers say it in small letters
      {"listen.origins", "https://console.example/", false},
      {"listen.origins", "console.example", false},
      {"listen.origins", "*", false},
      {"listen.origins", "null", false},
      {"listen.origins", "https://a.example,,https://b.example", false},
  };
  for (const auto& [key, text, allowed] : table) {
    Config config;
    EXPECT_EQ(set_config(config, key, text).has_value(), allowed) << key << " " << text;
    // What was refused has changed nothing; what was allowed stands there.
    if (!allowed) EXPECT_EQ(print_config(config), print_config(Config{})) << key << " " << text;
  }
}

TEST(Config, IsOverriddenByFlags) {
  auto config = parse_config("[http]\nbody_bytes_max = 4096\n", "packledger.toml");
  ASSERT_TRUE(config);
  ASSERT_TRUE(set_config(*config, "http.body_bytes_max", "2048"));
  EXPECT_EQ(config->http.body_bytes_max, 2048);
  ASSERT_TRUE(set_config(*config, "listen.address", "[::1]:9000"));
  EXPECT_EQ(config->listen.host, "::1");

  const auto unknown = set_config(*config, "http.body", "1");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(describe(unknown.error()), "http.body: unknown key");
  const auto refused = set_config(*config, "http.body_bytes_max", "2 MiB");
  ASSERT_FALSE(refused);
  EXPECT_EQ(describe(refused.error()),
            "http.body_bytes_max: expected an integer from 1024 to 268435456 bytes, got \"2 MiB\"");
  EXPECT_EQ(config->http.body_bytes_max, 2048);
}

// A value other than the default for every key, so that a key that reads or writes a neighbour's
// place is found out.
const std::vector<std::pair<std::string_view, std::string_view>> other_values = {
    {"listen.address", "[fe80::1]:9"},
    {"listen.origins", "https://console.example, http://127.0.0.1:8080"},
    {"store.directory", "/tmp/say \"hi\" \\ 华为"},
    {"store.watermark", "one_behind"},
    {"store.write_buffer_mib", "17"},
    {"store.snapshot_entries", "18"},
    {"store.sends_memory_mib", "65"},
    {"store.reserve_mib", "66"},
    {"engine.batch_entries_max", "11"},
    {"engine.timers_per_turn_max", "12"},
    {"engine.inbox_requests_max", "13"},
    {"engine.inbox_sends_max", "10014"},
    {"clock.test", "true"},
    {"clock.test_start", "2024-05-01T00:00:00.000Z"},
    {"clock.max_time_step", "PT25H"},
    {"http.header_timeout", "PT2S"},
    {"http.body_timeout", "PT3S"},
    {"http.idle_timeout", "PT4S"},
    {"http.write_timeout", "PT5S"},
    {"http.header_bytes_max", "2001"},
    {"http.body_bytes_max", "2002"},
    {"http.connections_max", "2003"},
    {"http.connections_per_address_max", "2004"},
    {"watch.websocket_message_bytes_max", "2004"},
    {"watch.ping_interval", "PT6S"},
    {"watch.write_queue_bytes_max", "20005"},
    {"log.level", "trace"},
    {"log.format", "json"},
    {"log.file", "/var/log/packledger.log"},
};

TEST(Config, KeepsEveryKeyInAPlaceOfItsOwn) {
  ASSERT_EQ(other_values.size(), all_config_keys().size()) << "a new key needs a row";
  Config config;
  for (const auto& [key, text] : other_values) ASSERT_TRUE(set_config(config, key, text)) << key;
  for (std::size_t i = 0; i < other_values.size(); ++i) {
    const ConfigKey& key = all_config_keys()[i];
    EXPECT_EQ(key.name, other_values[i].first);
    EXPECT_EQ(key.read(config), other_values[i].second) << key.name;
    EXPECT_NE(key.read(Config{}), other_values[i].second) << key.name;
  }
}

TEST(Config, IsReadBackAsItWasPrinted) {
  Config config;
  for (const auto& [key, text] : other_values) ASSERT_TRUE(set_config(config, key, text)) << key;
  const std::string printed = print_config(config);
  const auto again = parse_config(printed, "printed.toml");
  ASSERT_TRUE(again) << describe(again.error().front());
  EXPECT_EQ(print_config(*again), printed);
  EXPECT_THAT(printed, HasSubstr("\n[http]\n"));
  EXPECT_THAT(printed, HasSubstr("\n# Default \"PT1M\": an ISO 8601 duration from PT1S to PT1H.\n"
                                 "idle_timeout = \"PT4S\"\n"));
}

TEST(Config, HasDefaultsWithinItsOwnBounds) {
  for (const ConfigKey& key : all_config_keys()) {
    Config config;
    EXPECT_TRUE(key.write(config, key.read(config))) << key.name;
    EXPECT_TRUE(key.help.ends_with('.')) << key.name;
  }
}

TEST(Config, IsInTheRepositoryAsItIsPrinted) {
  const std::ifstream file{PACKLEDGER_SOURCE_DIR "/config/packledger.toml"};
  ASSERT_TRUE(file);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), print_config(Config{}))
      << "write what `packledger config print` prints into config/packledger.toml";
}

TEST(Config, IsDocumentedKeyByKey) {
  const std::string document = document_config();
  for (const ConfigKey& key : all_config_keys()) {
    EXPECT_THAT(document, HasSubstr("| `" + std::string{key.name} + "` | `"));
  }
  EXPECT_THAT(document, HasSubstr("| `http.connections_max` | `10000` | an integer from 1 to "
                                  "1000000 connections | "));
}

TEST(Config, SaysWhenItsFileCannotBeRead) {
  const auto config = load_config("/no/such/packledger.toml");
  ASSERT_FALSE(config);
  EXPECT_EQ(describe(config.error().front()), "/no/such/packledger.toml: cannot be read");
  EXPECT_FALSE(load_config("/"));  // a directory
  EXPECT_TRUE(load_config(PACKLEDGER_SOURCE_DIR "/config/packledger.toml"));
}

}  // namespace
}  // namespace packledger
