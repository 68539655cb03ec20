// packledger verify: a ledger that is right is called so, beside its daemon and without; a history
// that is not the one that was made is named.
#include "packledger/ledger/ledger.hpp"
#include "store/rocks_journal.hpp"
#include "store/stored_journal.hpp"
#include "tests/cli/stored_ledger.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

namespace packledger::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Ran verify(const fs::path& data, std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"verify", "--data", data.string()});
  return run_words(more);
}

using Verify = StoredLedger;

TEST_F(Verify, CallsARightStoreRightAndChangesNothing) {
  do_business();
  stop();
  const auto before = all_bytes(daemon_.data());
  const Ran ran = verify(daemon_.data());
  EXPECT_EQ(ran.code, ExitCode::ok) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("right: positions 1 to "), HasSubstr("snapshots "),
                             HasSubstr("digest   ")));
  EXPECT_EQ(all_bytes(daemon_.data()), before);
  const Ran json = verify(daemon_.data(), {"--json", "--rate", "1000"});
  EXPECT_THAT(json.out, AllOf(HasSubstr(R"("verified":true)"), HasSubstr(R"("remarks":[])")));
  const Ran part = verify(daemon_.data(), {"--to", "5"});
  EXPECT_THAT(part.out, HasSubstr("positions 1 to 5,"));
}

TEST_F(Verify, StartsFromTheSnapshotBeforeAPosition) {
  do_business();
  stop();  // writes one
  ASSERT_TRUE(daemon_.start());
  said({"send", "acme", "--send", "s5", "--to", "TH", "--units", "1"});
  const Ran whole = verify(daemon_.data());
  ASSERT_EQ(whole.code, ExitCode::ok) << whole.err;
  const auto journal = StoredJournal::open(daemon_.data());
  ASSERT_TRUE(journal);
  const std::string last = std::to_string((*journal)->last().value);
  const Ran ran = verify(daemon_.data(), {"--from", last});
  EXPECT_EQ(ran.code, ExitCode::ok) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("positions " + last + " to " + last + ","));
  EXPECT_EQ(ran.out.substr(ran.out.find("digest")), whole.out.substr(whole.out.find("digest")));
}

TEST_F(Verify, WorksBesideADaemonUnderLoad) {
  open_account("acme");
  std::atomic<bool> enough = false;
  std::jthread load{[&] {
    HttpClient http{daemon_.url()};
    for (int i = 0; !enough; ++i) {
      const auto answer =
          http.call("POST", "/v1/sends",
                    R"({"account":"acme","send":"l)" + std::to_string(i) +
                        R"(","units":1,"destination":"TH","template":"promotion"})");
      ASSERT_TRUE(answer);
    }
  }};
  for (int round = 0; round < 20; ++round) {
    const Ran ran = verify(daemon_.data(), {"--server", daemon_.url()});
    EXPECT_EQ(ran.code, ExitCode::ok) << ran.err;
  }
  enough = true;
}

TEST_F(Verify, NamesWhatIsNoLedger) {
  const Ran ran = verify(directory_.path() / "nothing");
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_THAT(ran.err, HasSubstr("no_journal"));
}

class VerifyHead : public StoredLedger {
 protected:
  void keep_head(const std::string& name) const {
    const Ran ran = verify(daemon_.data(), {"--head", "--sign-with", file("key")});
    ASSERT_EQ(ran.code, ExitCode::ok) << ran.err;
    put_bytes(file(name), ran.out);
  }
  std::string make_key() const {
    const Ran ran = run_words({"verify", "--make-key", file("key")});
    EXPECT_EQ(ran.code, ExitCode::ok) << ran.err;
    return ran.out.substr(11, 64);
  }
};

TEST_F(VerifyHead, TellsARolledBackCopyFromTheStore) {
  const std::string key = make_key();
  do_business();
  keep_head("old");
  const fs::path old = copy("copy");
  said({"send", "acme", "--send", "s5", "--to", "TH", "--units", "2"});
  keep_head("new");
  const Ran right = verify(
      daemon_.data(), {"--against", file("old"), "--against", file("new"), "--public-key", key});
  EXPECT_EQ(right.code, ExitCode::ok) << right.err;
  EXPECT_THAT(right.out, HasSubstr("heads    2 right"));
  EXPECT_EQ(verify(old, {"--against", file("old")}).code, ExitCode::ok);
  const Ran rolled = verify(old, {"--against", file("new")});
  EXPECT_EQ(rolled.code, ExitCode::wrong);
  EXPECT_THAT(rolled.err, AllOf(HasSubstr("rolled_back"), HasSubstr("an older copy")));
}

TEST_F(VerifyHead, TakesNoHeadThatWasChangedOrSignedByAnother) {
  make_key();
  do_business();
  keep_head("head");
  std::string changed = bytes_of(file("head"));
  const std::size_t digest = changed.find("\"digest\":\"") + 10;
  changed[digest] = changed[digest] == '0' ? '1' : '0';
  put_bytes(file("changed"), changed);
  const Ran forged = verify(daemon_.data(), {"--against", file("changed")});
  EXPECT_EQ(forged.code, ExitCode::wrong);
  EXPECT_THAT(forged.err, HasSubstr("head_forged"));
  const Ran other =
      verify(daemon_.data(), {"--against", file("head"), "--public-key", std::string(64, 'a')});
  EXPECT_THAT(other.err, HasSubstr("another key"));
  EXPECT_EQ(run_words({"verify", "--make-key", file("key")}).code, ExitCode::usage);  // it is there
}

// The journal in another directory, its last entry replaced, with a chain and a watermark as right
// as any.
void rewrite(const fs::path& from, const fs::path& to, const std::function<void(Entry&)>& change) {
  const auto journal = StoredJournal::open(from);
  ASSERT_TRUE(journal);
  const auto made = RocksJournal::open({.directory = to, .files = nullptr});
  ASSERT_TRUE(made) << made.error().detail;
  const auto walked =
      (*journal)->walk(Sequence{1}, [&](const RecordView& record) -> Result<bool, StoreFinding> {
        std::vector<Entry> entries;
        const auto read = visit_entries(record, record.first, [&](const Entry& entry) {
          entries.push_back(entry);
          if (entry.sequence == (*journal)->last()) change(entries.back());
          return true;
        });
        EXPECT_TRUE(read);
        EXPECT_TRUE((*made)->append((*made)->last(), entries));
        return true;
      });
  ASSERT_TRUE(walked);
}

TEST_F(VerifyHead, TellsARewrittenEndWithAValidChain) {
  make_key();
  do_business();
  said({"account", "fund", "acme", "5", "--reason", "first"});
  keep_head("head");
  stop();
  rewrite(daemon_.data(), file("rewritten"),
          [](Entry& entry) { std::get<FundsCredited>(entry.input.what).reason = "other"; });
  EXPECT_EQ(verify(file("rewritten")).code, ExitCode::ok);  // nothing in it says so
  const Ran told = verify(file("rewritten"), {"--against", file("head")});
  EXPECT_EQ(told.code, ExitCode::wrong);
  EXPECT_THAT(told.err, HasSubstr("rewritten at position"));
}

TEST_F(Verify, NamesADecisionThatTheLawDoesNotMake) {
  do_business();
  said({"account", "fund", "acme", "5", "--reason", "first"});
  stop();
  rewrite(daemon_.data(), file("rewritten"), [](Entry& entry) {
    std::get<FundsDecision>(entry.decision).balance_after += Money{1'000'000};
  });
  const Ran told = verify(file("rewritten"), {"--json"});
  EXPECT_EQ(told.code, ExitCode::wrong);
  EXPECT_THAT(told.err, AllOf(HasSubstr("decided_otherwise at position"), HasSubstr("record key 0"),
                              HasSubstr("today's law decides otherwise")));
  EXPECT_THAT(told.out, AllOf(HasSubstr(R"("verified":false)"), HasSubstr("funds_credited")));
}

}  // namespace
}  // namespace packledger::cli
