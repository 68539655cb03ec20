// Each check between files, tried on a kept and on a broken promise.
#include "tests/house/promises.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace packledger::house {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Source reject_header{"include/packledger/ledger/reject.hpp", R"(
enum class Fault { io = 1 };
// In order of precedence, e.g. not_an_enumerator = 9,
enum class Reject : std::uint8_t {
  unknown_account = 1,  // nobody, of that name
  quota_exhausted = 3,
};
)"};

const Source entry_proto{"proto/packledger/v1/entry.proto", R"(
message Entry {
  uint64 sequence = 1;
  oneof input {
    PackagePurchase package_purchase = 2;  // never renumber
    packledger.v1.SMSHold hold = 3;
  }
  oneof decision { Refund refund = 4; }
}
)"};

TEST(Promises, EnumeratorsAreRead) {
  EXPECT_THAT(enumerators_of(reject_header, "Reject"),
              ElementsAre("unknown_account", "quota_exhausted"));
  EXPECT_THAT(enumerators_of(reject_header, "Fault"), ElementsAre("io"));
  EXPECT_THAT(enumerators_of(reject_header, "Absent"), IsEmpty());
}

TEST(Promises, EveryRejectIsDocumented) {
  const std::vector<Source> rules{{"docs/rules.md", "`unknown_account`, quota_exhausted"}};
  EXPECT_EQ(report(check_rejects(reject_header, rules)),
            "include/packledger/ledger/reject.hpp:6: quota_exhausted is told nowhere: say in "
            "docs/rules.md when `quota_exhausted` is answered\n");
  const std::vector<Source> both{rules[0], {"docs/interface.md", "| `quota_exhausted` | 409 |"}};
  EXPECT_EQ(report(check_rejects(reject_header, both)), "");
}

TEST(Promises, AHeaderWithoutRejectsIsAFinding) {
  EXPECT_THAT(report(check_rejects({"reject.hpp", "int x;"}, {})), HasSubstr("declare"));
}

TEST(Promises, MessagesOfAOneofAreRead) {
  EXPECT_THAT(messages_of_oneof(entry_proto, "input"), ElementsAre("PackagePurchase", "SMSHold"));
  EXPECT_THAT(messages_of_oneof(entry_proto, "decision"), ElementsAre("Refund"));
}

TEST(Promises, SnakeCaseKeepsRunsOfCapitalsTogether) {
  EXPECT_EQ(snake_case("PackagePurchase"), "package_purchase");
  EXPECT_EQ(snake_case("Send"), "send");
  EXPECT_EQ(snake_case("SMSHold"), "sms_hold");
}

TEST(Promises, EveryStoredInputHasGoldenBytes) {
  const std::vector<std::string> one{"tests/wire/golden/package_purchase.hex"};
  EXPECT_THAT(report(check_golden(entry_proto, one)),
              HasSubstr("entry.proto:6: SMSHold has no golden bytes"));
  const std::vector<std::string> both{one[0], "tests/wire/golden/sms_hold.hex"};
  EXPECT_EQ(report(check_golden(entry_proto, both)), "");
  EXPECT_THAT(report(check_golden({"a.proto", "message Entry {}"}, both)), HasSubstr("declare"));
}

TEST(Promises, EverySourceIsBuilt) {
  const std::vector<Source> lists{
      {"src/app/CMakeLists.txt", "packledger_room(app\n  SOURCES daemon.cpp cli/buy.cpp)\n"},
      {"src/wire/CMakeLists.txt", "packledger_room(wire\n  SOURCES\n  # json.cpp\n)\n"}};
  const auto built = [&](const char* path) {
    return report(check_built(std::vector<Source>{{path, ""}}, lists));
  };
  EXPECT_EQ(built("src/app/daemon.cpp"), "");
  EXPECT_EQ(built("src/app/cli/buy.cpp"), "");
  EXPECT_EQ(built("src/app/daemon.hpp"), "");
  EXPECT_THAT(built("src/app/buy.cpp"), HasSubstr("is never built"));
  EXPECT_THAT(built("src/wire/daemon.cpp"), HasSubstr("is never built"));
  EXPECT_THAT(built("src/wire/json.cpp"), HasSubstr("is never built"));
}

}  // namespace
}  // namespace packledger::house
