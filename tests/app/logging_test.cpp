// The log: what a line looks like in either format, and that no value can be more than a value.
#include "app/logging.hpp"

#include "packledger/ledger/time.hpp"
#include "wire/json.hpp"

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger {
namespace {

class Logging : public testing::Test {
 protected:
  Logging() {
    std::string name = std::filesystem::temp_directory_path() / "packledger-log-XXXXXX";
    directory_ = mkdtemp(name.data());
    file_ = directory_ / "daemon.log";
  }
  ~Logging() override {
    EXPECT_TRUE(start_logging({}));  // lets go of the file
    std::filesystem::remove_all(directory_);
  }

  void start(LogFormat format, LogLevel level = LogLevel::info) {
    const auto started = start_logging({.level = level, .format = format, .file = file_});
    ASSERT_TRUE(started) << started.error();
  }
  // Every line so far; of each the time is checked and cut off.
  std::vector<std::string> lines() const {
    std::vector<std::string> all;
    std::ifstream in{file_};
    for (std::string line; std::getline(in, line);) {
      const bool json = line.starts_with('{');
      const std::size_t from = json ? std::string_view{R"({"time":")"}.size() : 5;
      EXPECT_TRUE(line.starts_with(json ? R"({"time":")" : "time=")) << line;
      EXPECT_TRUE(parse_instant(line.substr(from, 24))) << line;
      all.push_back(line.substr(from + 24 + (json ? 2 : 1)));
    }
    return all;
  }

  std::filesystem::path directory_;
  std::filesystem::path file_;
};

using Lines = std::vector<std::string>;

TEST_F(Logging, WritesAnEventAsKeysAndValues) {
  start(LogFormat::text);
  log_event(LogLevel::info, "listening", {{"address", "127.0.0.1"}, {"port", 7180}});
  log_event(LogLevel::warn, "slow_sync", {{"ms", std::uint64_t{18446744073709551615U}}});
  log_event(LogLevel::error, "stopping");
  EXPECT_EQ(lines(), (Lines{"level=info event=listening address=127.0.0.1 port=7180",
                            "level=warn event=slow_sync ms=18446744073709551615",
                            "level=error event=stopping"}));
}

TEST_F(Logging, WritesAnEventAsAJsonObject) {
  start(LogFormat::json);
  log_event(LogLevel::info, "listening",
            {{"address", std::string{"[::1]"}}, {"port", 7180}, {"open", true}, {"left", -1}});
  log_event(LogLevel::error, "stopping");
  EXPECT_EQ(lines(), (Lines{R"("level":"info","event":"listening","address":"[::1]",)"
                            R"("port":7180,"open":true,"left":-1})",
                            R"("level":"error","event":"stopping"})"}));
}

struct Value {
  std::string_view value;
  std::string_view text;
  std::string_view json;
};

TEST_F(Logging, KeepsEveryValueAValue) {
  const std::vector<Value> table = {
      {"acme", "acme", R"("acme")"},
      {"a.b_c:d-e/f+g@h,i%[j]", "a.b_c:d-e/f+g@h,i%[j]", R"("a.b_c:d-e/f+g@h,i%[j]")"},
      {"", R"("")", R"("")"},
      {"two words", R"("two words")", R"("two words")"},
      // What would begin a field or a line of its own.
      {"x level=error", R"("x level=error")", R"("x level=error")"},
      {"a=b", R"("a=b")", R"("a=b")"},
      {"x\ntime=0 level=error event=paid", R"("x\ntime=0 level=error event=paid")",
       R"("x\ntime=0 level=error event=paid")"},
      {"x\r\n", R"("x\r\n")", R"("x\r\n")"},
      {R"(x","level":"error)", R"("x\",\"level\":\"error")", R"("x\",\"level\":\"error")"},
      {R"(x\)", R"("x\\")", R"("x\\")"},
      // What would steer a terminal.
      {"\x1B[2J", R"("\u001b[2J")", R"("\u001b[2J")"},
      {"a\u009B2Jb", R"("a\u009b2Jb")", R"("a\u009b2Jb")"},
      {"a\u202Eb", R"("a\u202eb")", R"("a\u202eb")"},
      // Formats of the libraries below are text, too.
      {"{} %s %n", R"("{} %s %n")", R"("{} %s %n")"},
      {"华为", R"("华为")", R"("华为")"},
      {"a\xFFz", "\"a\uFFFDz\"", "\"a\uFFFDz\""},
  };
  start(LogFormat::text);
  for (const Value& row : table) log_event(LogLevel::info, "seen", {{"account", row.value}});
  start(LogFormat::json);
  for (const Value& row : table) log_event(LogLevel::info, "seen", {{"account", row.value}});

  const Lines all = lines();
  ASSERT_EQ(all.size(), 2 * table.size()) << "one event is one line";
  for (std::size_t i = 0; i < table.size(); ++i) {
    EXPECT_EQ(all[i], "level=info event=seen account=" + std::string{table[i].text});
    EXPECT_EQ(all[i + table.size()],
              R"("level":"info","event":"seen","account":)" + std::string{table[i].json} + "}");
  }
}

TEST_F(Logging, KeepsNamesInert) {
  start(LogFormat::text);
  log_event(LogLevel::info, "seen\nlevel=error", {{"a b=c\n", 1}});
  start(LogFormat::json);
  log_event(LogLevel::info, "seen\n", {{"a\"b\n", 1}});
  EXPECT_EQ(lines(), (Lines{R"(level=info event="seen\nlevel=error" a_b_c_=1)",
                            R"("level":"info","event":"seen\n","a\"b\n":1})"}));
}

TEST_F(Logging, TakesTheSentencesOfTheRoomsBelowAsOneField) {
  start(LogFormat::text);
  spdlog::warn("no such zone: {}", "Mars\nlevel=error event=paid");
  spdlog::info("ready");
  start(LogFormat::json);
  spdlog::critical("no such zone: {}", "\"}\n{");
  EXPECT_EQ(lines(), (Lines{R"(level=warn message="no such zone: Mars\nlevel=error event=paid")",
                            "level=info message=ready",
                            R"("level":"critical","message":"no such zone: \"}\n{"})"}));
}

TEST_F(Logging, IsJsonThatOurOwnReaderTakes) {
  start(LogFormat::json);
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
  log_event(LogLevel::info, every_byte, {{"value", every_byte}});
  spdlog::info(every_byte);
  std::ifstream in{file_};
  int count = 0;
  for (std::string line; std::getline(in, line); ++count) {
    // The reader refuses U+0000, which the writer may only escape.
    for (std::size_t at; (at = line.find("\\u0000")) != std::string::npos;) line.erase(at, 6);
    EXPECT_TRUE(parse_json(line)) << line;
  }
  EXPECT_EQ(count, 2);
}

TEST_F(Logging, LeavesOutWhatIsLessImportantThanTheLevel) {
  start(LogFormat::text, LogLevel::warn);
  log_event(LogLevel::info, "listening");
  log_event(LogLevel::warn, "slow_sync");
  spdlog::info("a sentence");
  spdlog::error("a failure");
  start(LogFormat::text, LogLevel::trace);
  log_event(LogLevel::trace, "turn");
  EXPECT_EQ(lines(), (Lines{"level=warn event=slow_sync", R"(level=error message="a failure")",
                            "level=trace event=turn"}));
}

TEST_F(Logging, AppendsToAFileThatOnlyItsOwnerReads) {
  const mode_t before = umask(0022);
  start(LogFormat::text);
  umask(before);
  log_event(LogLevel::info, "first");
  start(LogFormat::text);
  log_event(LogLevel::info, "second");
  EXPECT_EQ(lines(), (Lines{"level=info event=first", "level=info event=second"}));
  struct stat file{};
  ASSERT_EQ(stat(file_.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777U, 0600U);
}

TEST_F(Logging, SaysWhenTheFileCannotBeOpenedAndGoesOnAsBefore) {
  start(LogFormat::text);
  const auto failed = start_logging({.level = LogLevel::info,
                                     .format = LogFormat::json,
                                     .file = directory_.string()});  // a directory
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().find(directory_.string()), std::string::npos) << failed.error();
  log_event(LogLevel::info, "still_here");
  EXPECT_EQ(lines(), (Lines{"level=info event=still_here"}));
}

}  // namespace
}  // namespace packledger
