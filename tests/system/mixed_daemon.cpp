#include "tests/system/mixed_daemon.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace packledger {
namespace {

PublisherOptions of_kind(PublishBy by, std::string prefix, std::vector<std::string> accounts) {
  return {.threads = 1,
          .sends_per_batch = 20,
          .accounts = std::move(accounts),
          .by = by,
          .prefix = std::move(prefix),
          .again_every = 9};
}

}  // namespace

MixedDaemon::MixedDaemon(DaemonOptions options, LoadOptions load)
    : LoadedDaemon{std::move(options), of_kind(PublishBy::json, "t", {}), std::move(load)},
      named{of_kind(PublishBy::fast_lane, "f", publishers.accounts())},
      numbered{of_kind(PublishBy::producers, "gw-", publishers.accounts())},
      follower{publishers.accounts()} {}

void MixedDaemon::expect_all_there(Audit& auditor) {
  const bool anew = auditor.position() == 0;
  const auto by_name = anew ? named.acknowledged() : named.take_news();
  const auto by_number = anew ? numbered.acknowledged() : numbered.take_news();
  LoadedDaemon::expect_all_there(auditor);
  auditor.expect_holds(by_name);
  auditor.expect_holds(by_number);
  EXPECT_THAT(named.complaints(), testing::IsEmpty());
  EXPECT_THAT(numbered.complaints(), testing::IsEmpty());
  EXPECT_THAT(auditor.faults(), testing::IsEmpty());
}

void MixedDaemon::go_on() { work_at(daemon.url()); }

void MixedDaemon::work_at(const std::string& url) {
  for (Publishers* const each : {&publishers, &named, &numbered}) each->send_to(url);
  follower.watch_at(url);
}

// An answer comes with all that follows from what was asked, so nothing moves any more but by time;
// and the daemon itself must say that it stands still.
void MixedDaemon::quieten() {
  constexpr int asked_max = 100;
  pause_all();
  for (Publishers* const each : {&publishers, &named, &numbered})
    ASSERT_TRUE(each->wait_at_rest()) << "a publisher still waits for an answer";
  HttpClient http{daemon.url()};
  std::string before;
  for (int asked = 0; asked < asked_max; ++asked) {
    const std::string now = digest_of(http).position;
    if (!now.empty() && now == before) return;
    before = now;
  }
  FAIL() << "the ledger does not come to rest behind " << before;
}

void MixedDaemon::pause_all() {
  LoadedDaemon::pause_all();
  named.pause();
  numbered.pause();
}

bool MixedDaemon::let_work(std::size_t sends) {
  const std::size_t by_json = publishers.count() + sends;
  const std::size_t by_name = named.count() + sends;
  const std::size_t by_number = numbered.count() + sends;
  return publishers.wait_for(by_json) && named.wait_for(by_name) && numbered.wait_for(by_number);
}

void MixedDaemon::expect_followed(const Audit& auditor, bool to_the_end) {
  const std::vector<std::uint64_t>& all = auditor.of_accounts();
  if (to_the_end && !all.empty()) EXPECT_TRUE(follower.wait_for(all.back()));
  const std::vector<std::uint64_t> seen = follower.positions();
  EXPECT_THAT(follower.complaints(), testing::IsEmpty());
  ASSERT_LE(seen.size(), all.size()) << "it was told of what is not in the journal";
  const auto [in_seen, in_all] = std::ranges::mismatch(seen, all);
  EXPECT_TRUE(in_seen == seen.end()) << "entry " << *in_seen << " was told in place of " << *in_all;
  if (to_the_end) EXPECT_EQ(seen.size(), all.size());
}

void MixedDaemon::expect_round(Campaign& campaign) {
  follower.watch_at({});  // the daemon's address is another now
  expect_all_there(audit);
  expect_followed(audit, false);
  count_looks(campaign);
  campaign.checked(Invariant::outbox);
}

// A look begins where the one before ended; the last, from the first entry on, is of everything.
void MixedDaemon::count_looks(Campaign& campaign) {
  campaign.checked(Invariant::durable, acknowledged() - acknowledged_before_);
  campaign.checked(Invariant::prefix, audit.position() - position_before_);
  campaign.checked(Invariant::once, audit.position() - position_before_);
  campaign.checked(Invariant::conservation, publishers.accounts().size());
  acknowledged_before_ = acknowledged();
  position_before_ = audit.position();
}

void MixedDaemon::expect_whole(Campaign& campaign) {
  pause_all();
  expect_replay_is_equal();  // starts it again
  follower.watch_at(daemon.url());
  expect_followed(audit, true);
  acknowledged_before_ = position_before_ = 0;
  count_looks(campaign);
  campaign.checked(Invariant::replay);
  campaign.checked(Invariant::watchers, audit.of_accounts().size());
  campaign.figure("sends acknowledged", static_cast<double>(acknowledged()));
  campaign.figure("entries", static_cast<double>(audit.position()));
  campaign.figure("requests of unknown outcome",
                  static_cast<double>(publishers.unknown_outcomes() + named.unknown_outcomes() +
                                      numbered.unknown_outcomes()));
  campaign.figure("batches answered again", static_cast<double>(numbered.repeats()));
  campaign.figure("connections of the watcher", static_cast<double>(follower.connections()));
}

std::size_t MixedDaemon::acknowledged() const {
  return publishers.count() + named.count() + numbered.count();
}

}  // namespace packledger
