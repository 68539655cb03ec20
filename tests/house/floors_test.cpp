// Each check of the floors, tried on a line that it must find and on one that it must let pass.
#include "tests/house/floors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace packledger::house {
namespace {

using ::testing::HasSubstr;

std::string floors(const char* path, const char* text) {
  return report(check_floors({path, text}));
}

std::string vendors(const char* path, const char* text) {
  return report(check_vendors({path, text}));
}

std::string purity(const char* path, const char* text) {
  return report(check_purity({path, text}));
}

TEST(Floors, ARoomIncludesLowerRoomsAndItself) {
  EXPECT_EQ(floors("src/store/a.cpp", R"(
#include "store/a.hpp"
#include "wire/entry_codec.hpp"
#include "packledger/engine/journal.hpp"
)"),
            "");
}

TEST(Floors, ARoomDoesNotIncludeAHigherRoom) {
  EXPECT_THAT(floors("src/wire/a.cpp", "\n#include \"store/rocks.hpp\"\n"),
              HasSubstr("src/wire/a.cpp:2: wire (floor 3) includes store (floor 4)"));
  EXPECT_THAT(floors("include/packledger/ledger/a.hpp", "#include \"packledger/engine/clock.hpp\""),
              HasSubstr("ledger (floor 1) includes engine (floor 2)"));
}

TEST(Floors, NeighboursDoNotSeeEachOther) {
  EXPECT_NE(floors("src/query/a.cpp", "#include \"notify/outbox.hpp\""), "");
  EXPECT_NE(floors("src/notify/a.cpp", "#include \"query/usage.hpp\""), "");
}

TEST(Floors, AnIncludeIsNamedFromItsRoomOn) {
  EXPECT_THAT(floors("src/wire/a.cpp", "#include \"json.hpp\""), HasSubstr("from its room on"));
  EXPECT_THAT(floors("src/wire/a.cpp", "#include \"../ledger/a.hpp\""),
              HasSubstr("from its room on"));
}

TEST(Floors, AFileIsInARoom) {
  EXPECT_THAT(floors("src/attic/a.cpp", ""), HasSubstr("is in no room"));
  EXPECT_THAT(floors("src/main.cpp", ""), HasSubstr("is in no room"));
  EXPECT_EQ(floors("tests/ledger/a.cpp", "#include \"app/daemon.hpp\""), "");
}

TEST(Floors, PublicHeadersLieBelowTheLine) {
  EXPECT_THAT(floors("include/packledger/wire/json.hpp", ""), HasSubstr("move this header"));
}

TEST(Floors, ACommentedIncludeIsNone) {
  EXPECT_EQ(floors("src/wire/a.cpp", "// #include \"app/daemon.hpp\"\n"), "");
}

TEST(Vendors, BelowTheLineThereIsTheStandardLibraryOnly) {
  EXPECT_EQ(vendors("src/ledger/a.cpp", "#include <vector>\n#include <expected>\n"), "");
  for (const char* header : {"<boost/json.hpp>", "<unistd.h>", "<spdlog/spdlog.h>", "<thread>",
                             "<mutex>", "<condition_variable>", "<future>", "<random>", "<fstream>",
                             "<iostream>", "<filesystem>"}) {
    const std::string line = std::string("#include ") + header;
    EXPECT_THAT(vendors("src/ledger/a.cpp", line.c_str()), HasSubstr("below the purity line"));
    EXPECT_NE(vendors("include/packledger/engine/a.hpp", line.c_str()), "") << header;
  }
}

TEST(Vendors, EachHasItsOwner) {
  struct Row {
    const char* header;
    const char* owner;
    const char* stranger;
  };
  for (const Row& row :
       {Row{"<google/protobuf/arena.h>", "wire", "store"},
        Row{"\"packledger/v1/entry.pb.h\"", "wire", "app"},
        Row{"<boost/json.hpp>", "wire", "serve"}, Row{"<rocksdb/db.h>", "store", "app"},
        Row{"<openssl/sha.h>", "store", "serve"}, Row{"<boost/beast/http.hpp>", "serve", "app"},
        Row{"<boost/asio/io_context.hpp>", "notify", "store"}, Row{"<CLI/CLI.hpp>", "app", "serve"},
        Row{"<toml++/toml.h>", "app", "serve"}, Row{"<date/tz.h>", "app", "wire"}}) {
    const std::string line = std::string("#include ") + row.header;
    const std::string own = std::string("src/") + row.owner + "/a.cpp";
    const std::string strange = std::string("src/") + row.stranger + "/a.cpp";
    EXPECT_EQ(vendors(own.c_str(), line.c_str()), "");
    EXPECT_THAT(vendors(strange.c_str(), line.c_str()), HasSubstr("call a function of the owner"));
  }
}

TEST(Vendors, StayInSourcesButForAsio) {
  EXPECT_THAT(vendors("src/store/a.hpp", "#include <rocksdb/db.h>"), HasSubstr("in a header"));
  EXPECT_THAT(vendors("src/wire/a.hpp", "#include <spdlog/spdlog.h>"), HasSubstr("in a header"));
  EXPECT_THAT(vendors("src/store/a.hpp", "#include <unistd.h>"), HasSubstr("in a header"));
  EXPECT_EQ(vendors("src/serve/a.hpp", "#include <boost/asio/io_context.hpp>"), "");
  EXPECT_EQ(vendors("src/store/a.cpp", "#include <unistd.h>\n#include <sys/file.h>"), "");
  EXPECT_EQ(vendors("src/wire/a.cpp", "#include <spdlog/spdlog.h>"), "");
}

TEST(Vendors, AStrangerNeedsARow) {
  EXPECT_THAT(vendors("src/app/a.cpp", "#include <curl/curl.h>"), HasSubstr("has no owner"));
}

TEST(Purity, ClocksAndChanceAreReadInOneFile) {
  for (const char* code : {"std::chrono::system_clock::now();", "steady_clock::now();",
                           "high_resolution_clock x;", "std::random_device seed;"}) {
    EXPECT_THAT(purity("src/serve/a.cpp", code), HasSubstr("Clock& or Rng&"));
    EXPECT_NE(purity("include/packledger/ledger/a.hpp", code), "") << code;
    EXPECT_EQ(purity("src/app/system_clock.cpp", code), "");
    EXPECT_EQ(purity("tests/sim/a.cpp", code), "");
    EXPECT_EQ(purity("bench/a.cpp", code), "");
  }
}

TEST(Purity, ThereIsNoFloatingPointBelowTheLine) {
  EXPECT_THAT(purity("src/ledger/a.cpp", "\nconst double price = 1;"),
              HasSubstr("src/ledger/a.cpp:2: double"));
  EXPECT_NE(purity("src/engine/a.cpp", "float x;"), "");
  EXPECT_EQ(purity("src/app/a.cpp", "double seconds;"), "");
}

TEST(Purity, WordsInCommentsAndStringsAreFree) {
  EXPECT_EQ(purity("src/ledger/a.cpp", R"(// never a double
const char* text = "system_clock"; /* float */ int double_entry = 1'000;
)"),
            "");
}

}  // namespace
}  // namespace packledger::house
