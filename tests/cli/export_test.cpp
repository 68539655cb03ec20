// packledger export and import, backup, restore and repair: the ledger arrives whole, or what is
// wrong is named.
#include "tests/cli/stored_ledger.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

namespace packledger::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Export : public StoredLedger {
 protected:
  void SetUp() override {
    StoredLedger::SetUp();
    do_business();
    said({"reverse", "acme", "s4", "1"});
  }
  // The last word of what verify says.
  static std::string digest_of(const std::string& data) {
    const Ran ran = run_words({"verify", "--data", data});
    EXPECT_EQ(ran.code, ExitCode::ok) << ran.err;
    const std::size_t at = ran.out.find("digest");
    return at == std::string::npos ? "" : ran.out.substr(at);
  }
  [[nodiscard]] Ran take_out(const std::string& format, const std::string& name) const {
    return run_words(
        {"export", "--data", daemon_.data().string(), "--format", format, "--out", file(name)});
  }
  [[nodiscard]] Ran take_in(const std::string& name, const std::string& format = "ndjson",
                            const std::string& into = "imported") const {
    return run_words({"import", file(name), "--data", file(into), "--format", format});
  }
  // With one text in it changed.
  void change(const std::string& from, const std::string& to, const std::string& what,
              const std::string& into) const {
    std::string text = bytes_of(file(from));
    const std::size_t at = text.find(what);
    ASSERT_NE(at, std::string::npos) << what;
    text.replace(at, what.size(), into);
    put_bytes(file(to), text);
  }
};

TEST_F(Export, ArrivesWithTheSameDigest) {
  for (const std::string format : {"ndjson", "protobuf"}) {
    ASSERT_EQ(take_out(format, format).code, ExitCode::ok);
    const Ran ran = take_in(format, format, "from-" + format);
    EXPECT_EQ(ran.code, ExitCode::ok) << ran.err;
    EXPECT_EQ(digest_of(file("from-" + format)), digest_of(daemon_.data().string()));
  }
  EXPECT_EQ(take_out("ndjson", "ndjson").code, ExitCode::usage);  // the file is there
}

TEST_F(Export, HasTheLinesOfTheJournal) {
  ASSERT_EQ(take_out("ndjson", "lines").code, ExitCode::ok);
  HttpClient http{daemon_.url()};
  const auto journal = http.call("GET", "/v1/journal?limit=1000");
  ASSERT_TRUE(journal);
  std::istringstream told{journal->body};
  std::istringstream exported{bytes_of(file("lines"))};
  std::string line;
  std::string longer;
  while (std::getline(told, line)) {
    ASSERT_TRUE(std::getline(exported, longer));
    line.pop_back();
    EXPECT_EQ(longer.substr(0, line.size()), line);
  }
  const Ran part =
      run_words({"export", "--data", daemon_.data().string(), "--from", "3", "--to", "4"});
  EXPECT_THAT(part.out, HasSubstr(R"({"position":3,)"));
  EXPECT_EQ(std::ranges::count(part.out, '\n'), 2);
}

// 20 units beyond the package and 2 after its end, of which one comes back, at 0.132.
TEST_F(Export, TellsItsChargesAsCsv) {
  ASSERT_EQ(take_out("csv", "charges").code, ExitCode::ok);
  const std::string csv = bytes_of(file("charges"));
  EXPECT_THAT(csv, AllOf(HasSubstr("acme,CNY,charge,s3,TH,20,0.132,2.64\n"),
                         HasSubstr("acme,CNY,charge,s4,TH,2,0.132,0.264\n"),
                         HasSubstr("acme,CNY,reversal,s4,,1,0.132,-0.132\n")));
}

TEST_F(Export, IsRefusedAtTheFirstLineThatSaysSomethingElse) {
  ASSERT_EQ(take_out("ndjson", "right").code, ExitCode::ok);
  change("right", "wrong", R"("units":40)", R"("units":41)");
  const Ran ran = take_in("wrong");
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("line 6: input.units: expected 40, got 41")));
  // What was right before it stays, and the right file goes on behind it.
  const Ran rest = take_in("right");
  EXPECT_EQ(rest.code, ExitCode::ok) << rest.err;
  EXPECT_EQ(digest_of(file("imported")), digest_of(daemon_.data().string()));
}

TEST_F(Export, IsRefusedWhereALineIsBrokenMissingOrTwice) {
  ASSERT_EQ(take_out("ndjson", "right").code, ExitCode::ok);
  change("right", "broken", R"("stored":")", R"("stored":"!)");
  EXPECT_THAT(take_in("broken", "ndjson", "a").err, HasSubstr("line 1: stored: expected base 64"));
  std::vector<std::string> lines;
  std::istringstream in{bytes_of(file("right"))};
  for (std::string line; std::getline(in, line);) lines.push_back(line + "\n");
  put_bytes(file("gap"), lines[0] + lines[2]);
  EXPECT_THAT(take_in("gap", "ndjson", "b").err, HasSubstr("line 2: position: expected 2"));
  put_bytes(file("twice"), lines[0] + lines[0]);
  EXPECT_THAT(take_in("twice", "ndjson", "c").err, HasSubstr("line 2: position: expected 2"));
  put_bytes(file("text"), "good morning\n");
  EXPECT_THAT(take_in("text", "ndjson", "d").err, HasSubstr("line 1: "));
  put_bytes(file("cut"), bytes_of(file("right")).substr(0, 700));
  EXPECT_EQ(take_in("cut", "ndjson", "e").code, ExitCode::usage);
}

TEST_F(Export, IsRefusedForEveryCutOfTheProtobufForm) {
  ASSERT_EQ(take_out("protobuf", "right").code, ExitCode::ok);
  const std::string right = bytes_of(file("right"));
  for (std::size_t at = 1; at < right.size(); at += 97) {
    put_bytes(file("cut"), right.substr(0, at));
    const Ran ran = take_in("cut", "protobuf", "cut-" + std::to_string(at));
    EXPECT_NE(ran.out + ran.err, "") << at;
    fs::remove_all(file("cut-" + std::to_string(at)));
  }
}

TEST_F(Export, IsNotMixedWithAnotherJournal) {
  ASSERT_EQ(take_out("ndjson", "right").code, ExitCode::ok);
  ASSERT_EQ(take_in("right").code, ExitCode::ok);
  said({"account", "fund", "acme", "5", "--reason", "more"});
  ASSERT_EQ(take_out("ndjson", "longer").code, ExitCode::ok);
  EXPECT_EQ(take_in("longer").code, ExitCode::ok);  // goes on
  EXPECT_EQ(digest_of(file("imported")), digest_of(daemon_.data().string()));
}

TEST_F(Export, BackupAndRestoreGiveTheLedgerBack) {
  const std::string data = daemon_.data().string();
  const Ran first = run_words({"backup", "--data", data, file("backup")});
  EXPECT_EQ(first.code, ExitCode::ok) << first.err;
  said({"send", "acme", "--send", "s9", "--to", "TH", "--units", "3"});
  const Ran second = run_words({"backup", "--data", data, file("backup"), "--json"});
  EXPECT_EQ(second.code, ExitCode::ok) << second.err;
  stop();
  EXPECT_EQ(run_words({"restore", file("backup"), "--data", file("restored")}).code, ExitCode::ok);
  EXPECT_EQ(digest_of(file("restored")), digest_of(data));
  DaemonProcess other{{.data = file("restored"), .test_clock = "2024-04-30T00:00:00+08:00"}};
  const auto started = other.start();
  ASSERT_TRUE(started) << started.error();
  EXPECT_EQ(run_words({"verify", "--data", file("restored"), "--server", other.url()}).code,
            ExitCode::ok);
}

TEST_F(Export, RepairGivesTheOldDigestBack) {
  const std::string data = daemon_.data().string();
  ASSERT_EQ(run_words({"backup", "--data", data, file("backup")}).code, ExitCode::ok);
  const std::string digest = digest_of(data);
  EXPECT_EQ(run_words({"repair", "--data", data, "--from", file("backup")}).code,
            ExitCode::usage);  // the daemon runs
  daemon_.kill();
  for (const auto& each : fs::directory_iterator(daemon_.data() / "records")) {
    if (each.path().extension() == ".log") fs::resize_file(each.path(), 100);
  }
  EXPECT_EQ(run_words({"verify", "--data", data}).code, ExitCode::wrong);
  const Ran repaired = run_words({"repair", "--data", data, "--from", file("backup")});
  EXPECT_EQ(repaired.code, ExitCode::ok) << repaired.err;
  EXPECT_EQ(digest_of(data), digest);
  const auto started = daemon_.start();
  ASSERT_TRUE(started) << started.error();
}

}  // namespace
}  // namespace packledger::cli
