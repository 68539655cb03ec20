// packledger verify on damaged bytes: each change is named, or nothing of the ledger changed by it.
#include "app/cli/verify_walk.hpp"
#include "tests/cli/stored_ledger.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

namespace packledger::cli {
namespace {

enum class Outcome { named, remarked, nothing_changed, silent };

class VerifyDamage : public StoredLedger {
 protected:
  // The steps between two bytes that are changed: 1 in a campaign.
  static std::size_t stride() {
    const char* const text = std::getenv("PACKLEDGER_FLIP_STRIDE");
    return text == nullptr ? 61 : std::max<std::size_t>(std::strtoul(text, nullptr, 10), 1);
  }
  static Result<Verified, StoreFinding> verify(const fs::path& data) {
    std::ostringstream unheard;
    Progress progress{unheard, "verify", {}};
    return VerifyWalk{{.data = data, .from = {}, .to = {}, .heads = {}}, progress}.run();
  }
  Outcome outcome(const fs::path& data) {
    const auto verified = verify(data);
    if (!verified) {
      ++codes_[verified.error().code];
      return Outcome::named;
    }
    if (verified->digest != right_.digest || verified->position != right_.position)
      return Outcome::silent;
    return verified->remarks.empty() ? Outcome::nothing_changed : Outcome::remarked;
  }
  std::map<Outcome, std::size_t> damage(const fs::path& data, const fs::path& file) {
    const std::string bytes = bytes_of(file);
    std::map<Outcome, std::size_t> outcomes;
    const auto look = [&](std::string changed, std::size_t at) {
      put_bytes(file, changed);
      const Outcome result = outcome(data);
      EXPECT_NE(result, Outcome::silent) << file << " at byte " << at;
      ++outcomes[result];
    };
    for (std::size_t at = 0; at < bytes.size(); at += stride()) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ 1 << at % 8);
      look(changed, at);
      if (at / stride() % 5 == 0) look(bytes.substr(0, at), at);
    }
    put_bytes(file, bytes);
    return outcomes;
  }
  void keep_right(const fs::path& data) {
    auto verified = verify(data);
    ASSERT_TRUE(verified) << verified.error().detail;
    right_ = *std::move(verified);
  }
  std::vector<fs::path> files(const fs::path& data) const {
    std::vector<fs::path> all;
    for (const auto& [path, bytes] : all_bytes(data)) {
      const std::string name = path.filename().string();
      // What is derived and checked by nobody else than its owner.
      if (path.string().starts_with((data / "usage").string())) continue;
      // RocksDB's diary, what it might be tuned with, its own name; nothing that tells of records.
      const bool unread = name.starts_with("LOG") || name.starts_with("OPTIONS") ||
                          name == "IDENTITY" || name == "lock";
      if (!unread && !bytes.empty()) all.push_back(path);
    }
    return all;
  }

  std::map<std::string, std::size_t> codes_;
  Verified right_;
};

TEST_F(VerifyDamage, IsNeverSilentAboutAByteOfTheLogTheWatermarkOrASnapshot) {
  do_business();
  stop();
  const fs::path data = copy("damaged");
  keep_right(data);
  for (const fs::path& file : files(data)) {
    auto outcomes = damage(data, file);
    const std::string name = file.filename().string();
    if (name.ends_with(".log") || name == "watermark" || name.ends_with(".snapshot"))
      EXPECT_EQ(outcomes[Outcome::nothing_changed], 0U) << name;
  }
  EXPECT_GT(codes_["cut_tail"], 0U);
  EXPECT_GT(codes_["watermark_damaged"], 0U);
  EXPECT_GT(codes_["snapshot_damaged"], 0U);
}

TEST_F(VerifyDamage, IsNeverSilentAboutAByteOfATable) {
  do_business();
  stop();
  ASSERT_TRUE(daemon_.start());  // moves what the log holds to a table
  stop();
  const fs::path data = copy("damaged");
  fs::remove_all(data / "snapshots");
  keep_right(data);
  std::size_t tables = 0;
  for (const fs::path& file : files(data)) {
    if (file.extension() != ".sst") continue;
    ++tables;
    auto outcomes = damage(data, file);
    EXPECT_GT(outcomes[Outcome::named], 20 * outcomes[Outcome::nothing_changed]);
  }
  EXPECT_GT(tables, 0U);
  EXPECT_GT(codes_["store_damaged"], 0U);
}

}  // namespace
}  // namespace packledger::cli
