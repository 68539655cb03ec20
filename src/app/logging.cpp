#include "app/logging.hpp"

#include "packledger/ledger/time.hpp"

#include <fcntl.h>
#include <spdlog/formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <utility>

namespace packledger {

namespace {

// The logger whose payload is fields that are already written; every other payload is a sentence.
constexpr const char* event_logger = "event";

// Of the process, as spdlog's registry is: start_logging writes it, log_event reads it.
std::atomic<LogFormat> format_in_use = LogFormat::text;

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::trace: return spdlog::level::trace;
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warn: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
    case LogLevel::critical: return spdlog::level::critical;
  }
  std::unreachable();
}

std::string_view level_word(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace: return "trace";
    case spdlog::level::debug: return "debug";
    case spdlog::level::info: return "info";
    case spdlog::level::warn: return "warn";
    case spdlog::level::err: return "error";
    case spdlog::level::critical: return "critical";
    case spdlog::level::off:
    case spdlog::level::n_levels: break;
  }
  return "error";
}

constexpr bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// A value that needs no quotes: nothing in it could be taken for the end of a field.
bool is_bare(std::string_view value) {
  constexpr std::string_view harmless = "._:/+-@,%[]";
  return !value.empty() && std::ranges::all_of(value, [&](char c) {
    return is_letter_or_digit(c) || harmless.contains(c);
  });
}

}  // namespace

// The fields of one line, one behind the other, in either format.
class LogLine {
 public:
  explicit LogLine(LogFormat format) : format_(format) {}

  void add(std::string_view name, const LogValue& value) {
    if (!out_.empty()) out_ += format_ == LogFormat::json ? ',' : ' ';
    add_name(name);
    std::visit([&](auto held) { add_value(held); }, value.value_);
  }
  [[nodiscard]] const std::string& fields() const { return out_; }

 private:
  void add_name(std::string_view name) {
    if (format_ == LogFormat::json) {
      append_json_text(out_, name);
      out_ += ':';
      return;
    }
    for (const char c : name) out_ += is_letter_or_digit(c) || c == '.' ? c : '_';
    out_ += '=';
  }
  void add_value(std::string_view text) {
    if (format_ == LogFormat::text && is_bare(text)) {
      out_ += text;
    } else {
      append_json_text(out_, text);
    }
  }
  void add_value(bool flag) { out_ += flag ? "true" : "false"; }
  void add_value(std::integral auto number) { out_ += std::to_string(number); }

  LogFormat format_;
  std::string out_;
};

namespace {

class LineFormatter final : public spdlog::formatter {
 public:
  explicit LineFormatter(LogFormat format) : format_(format) {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const std::string_view payload{message.payload.data(), message.payload.size()};
    const std::string_view logger{message.logger_name.data(), message.logger_name.size()};
    const auto since_epoch = message.time.time_since_epoch();
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
    LogLine line{format_};
    line.add("time", instant_text(Instant{ms}));
    line.add("level", level_word(message.level));
    std::string_view written;
    if (logger == event_logger) {
      written = payload;
    } else {
      line.add("message", payload);
    }
    const bool json = format_ == LogFormat::json;
    if (json) out.push_back('{');
    append(out, line.fields());
    if (!written.empty()) out.push_back(json ? ',' : ' ');
    append(out, written);
    if (json) out.push_back('}');
    out.push_back('\n');
  }

  [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<LineFormatter>(format_);
  }

 private:
  static void append(spdlog::memory_buf_t& out, std::string_view text) {
    out.append(text.data(), text.data() + text.size());
  }

  LogFormat format_;
};

// Throws spdlog_ex.
spdlog::sink_ptr open_sink(const LogConfig& config) {
  if (config.file.empty()) return std::make_shared<spdlog::sinks::stderr_sink_mt>();
  // Made here, because spdlog would make it readable for everybody; it reports what fails.
  const int made = ::open(config.file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (made >= 0) ::close(made);
  return std::make_shared<spdlog::sinks::basic_file_sink_mt>(config.file);
}

}  // namespace

Result<void, std::string> start_logging(const LogConfig& config) {
  try {
    const spdlog::sink_ptr sink = open_sink(config);
    sink->set_formatter(std::make_unique<LineFormatter>(config.format));
    // Shared: spdlog's registry keeps its loggers by shared_ptr.
    const auto sentences = std::make_shared<spdlog::logger>("", sink);
    const auto events = std::make_shared<spdlog::logger>(event_logger, sink);
    for (const auto& logger : {sentences, events}) {
      logger->set_level(spdlog_level(config.level));
      logger->flush_on(spdlog::level::trace);
    }
    format_in_use = config.format;
    spdlog::drop(event_logger);
    spdlog::register_logger(events);
    spdlog::set_default_logger(sentences);
    return {};
  } catch (const spdlog::spdlog_ex& failure) {
    return std::unexpected{std::string{failure.what()}};
  }
}

void log_event(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  const std::shared_ptr<spdlog::logger> events = spdlog::get(event_logger);
  spdlog::logger* logger = events ? events.get() : spdlog::default_logger_raw();
  if (!logger->should_log(spdlog_level(level))) return;
  LogLine line{format_in_use};
  line.add("event", event);
  for (const LogField& field : fields) line.add(field.name, field.value);
  logger->log(spdlog_level(level), spdlog::string_view_t{line.fields()});
}

}  // namespace packledger
