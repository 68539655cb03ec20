#include "app/config_keys.hpp"

#include "packledger/ledger/time.hpp"
#include "packledger/ledger/utf8.hpp"
#include "serve/http_head.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <optional>
#include <type_traits>
#include <utility>

namespace packledger {

std::vector<std::string> listed_origins(std::string_view text) {
  std::vector<std::string> origins;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    origins.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (text.starts_with(' ')) text.remove_prefix(1);
  }
  return origins;
}

namespace {

// ---- the kinds of keys ----

// Where in a Config the value of a key lives.
template <class Section, class Value> struct Place {
  Section Config::* section;
  Value Section::* member;
  Value& in(Config& config) const { return config.*section.*member; }
  const Value& in(const Config& config) const { return config.*section.*member; }
};

struct IntegerRange {
  std::int64_t min;
  std::int64_t max;
  std::string_view unit;
};

struct DurationRange {
  Duration min;
  Duration max;
};

template <class Integer> std::optional<Integer> integer_of(std::string_view text) {
  Integer value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <class Section>
ConfigKey integer(std::string_view name, Place<Section, std::int64_t> place, IntegerRange range,
                  std::string_view help) {
  const auto write = [=](Config& config, std::string_view text) {
    const auto value = integer_of<std::int64_t>(text);
    if (!value || *value < range.min || *value > range.max) return false;
    place.in(config) = *value;
    return true;
  };
  const std::string allowed = "an integer from " + std::to_string(range.min) + " to " +
                              std::to_string(range.max) + " " + std::string{range.unit};
  return {.name = name,
          .help = help,
          .written = Written::integer,
          .allowed = allowed,
          .read = [=](const Config& config) { return std::to_string(place.in(config)); },
          .write = write};
}

template <class Section>
ConfigKey duration(std::string_view name, Place<Section, Duration> place, DurationRange range,
                   std::string_view help) {
  const auto write = [=](Config& config, std::string_view text) {
    const std::optional<Duration> value = parse_duration(text);
    if (!value || *value < range.min || *value > range.max) return false;
    place.in(config) = *value;
    return true;
  };
  return {.name = name,
          .help = help,
          .written = Written::text,
          .allowed = "an ISO 8601 duration from " + duration_text(range.min) + " to " +
                     duration_text(range.max),
          .read = [=](const Config& config) { return duration_text(place.in(config)); },
          .write = write};
}

template <class Section>
ConfigKey flag(std::string_view name, Place<Section, bool> place, std::string_view help) {
  const auto write = [=](Config& config, std::string_view text) {
    if (text != "true" && text != "false") return false;
    place.in(config) = text == "true";
    return true;
  };
  return {.name = name,
          .help = help,
          .written = Written::flag,
          .allowed = "true or false",
          .read = [=](const Config& config) { return place.in(config) ? "true" : "false"; },
          .write = write};
}

template <class Section, class Enum>
ConfigKey choice(std::string_view name, Place<Section, Enum> place,
                 const std::vector<std::pair<std::string_view, std::type_identity_t<Enum>>>& words,
                 std::string_view help) {
  std::string allowed = "one of";
  for (const auto& [word, value] : words) {
    allowed += (word == words.front().first ? " " : ", ") + std::string{word};
  }
  const auto read = [=](const Config& config) {
    const auto found = std::ranges::find(words, place.in(config), [](auto& w) { return w.second; });
    ENSURE(found != words.end(), "every value of the enum has a word");
    return std::string{found->first};
  };
  const auto write = [=](Config& config, std::string_view text) {
    const auto found = std::ranges::find(words, text, [](auto& w) { return w.first; });
    if (found == words.end()) return false;
    place.in(config) = found->second;
    return true;
  };
  return {.name = name,
          .help = help,
          .written = Written::text,
          .allowed = allowed,
          .read = read,
          .write = write};
}

// A file or directory; `may_be_empty` says in words what an empty one means.
template <class Section>
ConfigKey path(std::string_view name, Place<Section, std::string> place,
               std::string_view may_be_empty, std::string_view help) {
  const auto write = [=](Config& config, std::string_view text) {
    const bool printable = std::ranges::none_of(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
    if (!printable || utf8_valid_bytes(text) != text.size()) return false;
    if (text.empty() && may_be_empty.empty()) return false;
    place.in(config) = text;
    return true;
  };
  std::string allowed = "a path";
  if (!may_be_empty.empty()) allowed += ", or empty for " + std::string{may_be_empty};
  return {.name = name,
          .help = help,
          .written = Written::text,
          .allowed = allowed,
          .read = [=](const Config& config) { return place.in(config); },
          .write = write};
}

template <class Section>
ConfigKey instant(std::string_view name, Place<Section, std::optional<Instant>> place,
                  std::string_view help) {
  const auto read = [=](const Config& config) {
    const std::optional<Instant>& value = place.in(config);
    return value ? instant_text(*value) : std::string{};
  };
  const auto write = [=](Config& config, std::string_view text) {
    const std::optional<Instant> value = parse_instant(text);
    if (!value && !text.empty()) return false;
    place.in(config) = value;
    return true;
  };
  return {.name = name,
          .help = help,
          .written = Written::text,
          .allowed = "an RFC 3339 time, or empty for none",
          .read = read,
          .write = write};
}

bool write_listen(Config& config, std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  const auto port = integer_of<std::uint16_t>(text.substr(colon + 1));
  std::string host{text.substr(0, colon)};
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  std::array<unsigned char, sizeof(in6_addr)> address{};
  const int family = bracketed ? AF_INET6 : AF_INET;
  if (!port || inet_pton(family, host.c_str(), address.data()) != 1) return false;
  config.listen.host = host;
  config.listen.port = *port;
  return true;
}

std::string read_listen(const Config& config) {
  const bool version_6 = config.listen.host.contains(':');
  const std::string host = version_6 ? "[" + config.listen.host + "]" : config.listen.host;
  return host + ":" + std::to_string(config.listen.port);
}

ConfigKey listen_address(std::string_view name, std::string_view help) {
  return {.name = name,
          .help = help,
          .written = Written::text,
          .allowed = "ADDRESS:PORT with a literal address, version 6 in brackets",
          .read = read_listen,
          .write = write_listen};
}

bool write_origins(Config& config, std::string_view text) {
  const std::vector<std::string> origins = listed_origins(text);
  const bool good = std::ranges::all_of(origins, serve::is_origin);
  if (good) config.listen.origins = text;
  return good;
}

ConfigKey page_origins(std::string_view name, std::string_view help) {
  return {.name = name,
          .help = help,
          .written = Written::text,
          .allowed =
              "http://HOST or https://HOST in small letters with or without a port, several "
              "separated by commas, or empty for none",
          .read = [](const Config& config) { return config.listen.origins; },
          .write = write_origins};
}

// ---- the table ----

std::vector<ConfigKey> storage_and_engine_keys() {
  using S = StoreConfig;
  using E = EngineConfig;
  constexpr auto store = [](auto member) { return Place{&Config::store, member}; };
  constexpr auto engine = [](auto member) { return Place{&Config::engine, member}; };
  return {
      listen_address("listen.address",
                     "Where HTTP and WebSocket are served. Port 0 takes any free one."),
      page_origins("listen.origins",
                   "Pages in browsers that may watch and publish beside those of this very host."),
      path("store.directory", store(&S::directory), "",
           "Holds the journal and its watermark; made with mode 0700 where absent."),
      choice("store.watermark", store(&S::watermark),
             {{"before_ack", WatermarkMode::before_ack}, {"one_behind", WatermarkMode::one_behind}},
             "Whether an answer waits for the watermark of its own batch, or of the one before."),
      integer("store.write_buffer_mib", store(&S::write_buffer_mib), {1, 1'024, "MiB"},
              "What gathers in memory before it moves from the write-ahead log to its table."),
      integer("store.snapshot_entries", store(&S::snapshot_entries),
              {0, 1'000'000'000'000, "entries"},
              "After so many entries the state is kept in a snapshot, so that a start reads only "
              "what came after; 0: never."),
      integer("store.sends_memory_mib", store(&S::sends_memory_mib), {64, 1'048'576, "MiB"},
              "With more sends remembered than fit, the oldest go to files beside the journal."),
      integer("store.reserve_mib", store(&S::reserve_mib), {0, 1'048'576, "MiB"},
              "With less than that free on the disk of the journal writes are refused, and reads "
              "go on; 0: never."),
      integer("engine.batch_entries_max", engine(&E::batch_entries_max), {1, 1'000'000, "entries"},
              "One turn makes at most so many entries durable with one sync."),
      integer("engine.timers_per_turn_max", engine(&E::timers_per_turn_max),
              {1, 1'000'000, "timers"},
              "One turn fires at most so many timers; a storm of them is spread over turns."),
      integer("engine.inbox_requests_max", engine(&E::inbox_requests_max),
              {1, 1'000'000, "requests"},
              "With so many requests waiting for the engine, further ones are told to come later."),
      integer("engine.inbox_sends_max", engine(&E::inbox_sends_max), {10'000, 10'000'000, "sends"},
              "The same for the sends in them; at least one full batch must fit."),
  };
}

std::vector<ConfigKey> clock_keys() {
  using C = ClockConfig;
  constexpr auto clock = [](auto member) { return Place{&Config::clock, member}; };
  return {
      flag("clock.test", clock(&C::test),
           "Runs on a clock that moves only when a client advances it. Never in production."),
      instant("clock.test_start", clock(&C::test_start),
              "Where the test clock starts; none: where the journal ends, or now."),
      duration(
          "clock.max_time_step", clock(&C::max_time_step), {minutes(1), days(365)},
          "A wall clock further ahead of the boot clock is not believed until it is accepted."),
  };
}

std::vector<ConfigKey> network_keys() {
  using H = HttpConfig;
  using W = WatchConfig;
  constexpr auto http = [](auto member) { return Place{&Config::http, member}; };
  constexpr auto watch = [](auto member) { return Place{&Config::watch, member}; };
  constexpr DurationRange timeouts{seconds(1), hours(1)};
  constexpr std::int64_t mib = 1'048'576;
  return {
      duration("http.header_timeout", http(&H::header_timeout), timeouts,
               "A connection gets 408, and is closed, when the head of a request takes longer."),
      duration("http.body_timeout", http(&H::body_timeout), timeouts,
               "A connection gets 408, and is closed, when the body of a request takes longer."),
      duration("http.idle_timeout", http(&H::idle_timeout), timeouts,
               "A connection is closed after so long without a request."),
      duration("http.write_timeout", http(&H::write_timeout), timeouts,
               "A connection is closed when its client takes nothing of an answer for so long."),
      integer("http.header_bytes_max", http(&H::header_bytes_max), {1'024, mib, "bytes"},
              "A longer head of a request is refused with 431."),
      integer("http.body_bytes_max", http(&H::body_bytes_max), {1'024, 256 * mib, "bytes"},
              "A longer body is refused with 413."),
      integer("http.connections_max", http(&H::connections_max), {1, 1'000'000, "connections"},
              "With so many open, new ones wait until another closes."),
      integer("http.connections_per_address_max", http(&H::connections_per_address_max),
              {1, 1'000'000, "connections"},
              "With so many open from one address, further ones are answered 503 and closed."),
      integer("watch.websocket_message_bytes_max", watch(&W::websocket_message_bytes_max),
              {1'024, 16 * mib, "bytes"},
              "A watcher that sends a longer message is closed with 1009."),
      duration("watch.ping_interval", watch(&W::ping_interval), timeouts,
               "How often a WebSocket is pinged; it is closed when it stays silent twice."),
      integer("watch.write_queue_bytes_max", watch(&W::write_queue_bytes_max),
              {16'384, 1'024 * mib, "bytes"},
              "With so much unsent a watcher is paused, and later given the newest state."),
  };
}

std::vector<ConfigKey> log_keys() {
  using L = LogConfig;
  constexpr auto log = [](auto member) { return Place{&Config::log, member}; };
  return {
      choice("log.level", log(&L::level),
             {{"trace", LogLevel::trace},
              {"debug", LogLevel::debug},
              {"info", LogLevel::info},
              {"warn", LogLevel::warn},
              {"error", LogLevel::error}},
             "The least important event that is written."),
      choice("log.format", log(&L::format), {{"text", LogFormat::text}, {"json", LogFormat::json}},
             "Lines of key=value for people, or one JSON object a line for machines."),
      path("log.file", log(&L::file), "standard error", "Where the log goes; appended to."),
  };
}

}  // namespace

const std::vector<ConfigKey>& all_config_keys() {
  static const std::vector<ConfigKey> keys = [] {
    std::vector<ConfigKey> all = storage_and_engine_keys();
    std::ranges::move(clock_keys(), std::back_inserter(all));
    std::ranges::move(network_keys(), std::back_inserter(all));
    std::ranges::move(log_keys(), std::back_inserter(all));
    return all;
  }();
  return keys;
}

}  // namespace packledger
