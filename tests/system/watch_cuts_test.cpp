// Watchers that are cut again and again while sends pour in: each comes back with the last position
// it saw, and has seen every entry of its account once, in order; and who watches the balance ends
// at the exact one.
//
// The campaign: PACKLEDGER_CUT_ROUNDS=1000 build/dev/bin/system_test --gtest_filter='Cut*'
#include "tests/serve/event_socket.hpp"
#include "tests/system/loaded_daemon.hpp"
#include "wire/json.hpp"

#include <iostream>
#include <memory>
#include <random>

namespace packledger {
namespace {

struct Seen {
  std::uint64_t position = 0;
  std::string type;
  std::string text;
};

// One who watches, by whichever way.
class Viewer {
 public:
  virtual ~Viewer() = default;
  [[nodiscard]] virtual std::optional<Seen> next() = 0;
};

Seen seen_in(std::string text) {
  Seen seen;
  if (const auto json = parse_json(text)) {
    if (const Json* type = json->root().find("type")) seen.type = type->text().value_or("");
    if (const Json* position = json->root().find("position"))
      seen.position = static_cast<std::uint64_t>(position->integer().value_or(0));
  }
  seen.text = std::move(text);
  return seen;
}

std::string text_of(const Seen& seen, std::string_view member) {
  const auto json = parse_json(seen.text);
  const Json* value = json ? json->root().find(member) : nullptr;
  return value == nullptr ? std::string{} : std::string(value->text().value_or(""));
}

struct What {
  std::string kind;  // "entries"
  std::string account;
  std::optional<std::uint64_t> from = std::nullopt;
};

class SocketViewer final : public Viewer {
 public:
  SocketViewer(const std::string& url, const What& what) : client_{url} {
    std::string ask = R"({"watch":")" + what.kind + R"(","accounts":[")" + what.account + R"("])";
    if (what.from) ask += R"(,"from":)" + std::to_string(*what.from);
    EXPECT_TRUE(client_.connect());
    EXPECT_TRUE(client_.send(ask + "}"));
  }
  std::optional<Seen> next() override {
    auto text = client_.next(std::chrono::seconds(20));
    if (!text || !*text) return std::nullopt;
    return seen_in(std::move(**text));
  }

 private:
  WatchClient client_;
};

class EventViewer final : public Viewer {
 public:
  EventViewer(const std::string& url, const What& what)
      : socket_{
            static_cast<std::uint16_t>(std::stoul(url.substr(url.rfind(':') + 1))),
            "watch=" + what.kind + "&accounts=" + what.account,
            what.from ? "Last-Event-ID: " + std::to_string(*what.from) + "\r\n" : std::string{}} {}
  std::optional<Seen> next() override {
    auto event = socket_.next();
    if (!event) return std::nullopt;
    Seen seen = seen_in(std::move(event->data));
    EXPECT_EQ(event->id, std::to_string(seen.position));
    EXPECT_EQ(event->type, seen.type);
    return seen;
  }

 private:
  serve::EventSocket socket_;
};

class Cuts : public LoadedDaemon {
 protected:
  template <class How> std::unique_ptr<Viewer> view(const What& what) {
    return std::make_unique<How>(daemon.url(), what);
  }
  // Every entry of the account, in order, as the journal tells them.
  std::vector<std::uint64_t> journal_of(const std::string& account) {
    HttpClient http{daemon.url()};
    std::vector<std::uint64_t> positions;
    std::string from = "1";
    const std::string last = digest_of(http).position;
    while (std::stoull(from) <= std::stoull(last)) {
      const auto page =
          http.call("GET", "/v1/journal?limit=1000&account=" + account + "&from=" + from);
      if (!page || page->status != 200) return {};
      from = std::string(page->header("Packledger-Next"));
      for (std::size_t at = 0; at < page->body.size();) {
        const std::size_t end = page->body.find('\n', at);
        positions.push_back(seen_in(page->body.substr(at, end - at)).position);
        at = end + 1;
      }
    }
    return positions;
  }

  template <class How> void see_every_entry_once();
  template <class How> void end_at_the_exact_balance();
};

template <class How> void Cuts::see_every_entry_once() {
  const std::uint64_t rounds = from_environment("PACKLEDGER_CUT_ROUNDS", 100);
  const std::uint64_t seed = from_environment("PACKLEDGER_SEED", 1);
  std::mt19937_64 chance{seed};
  const std::string account = publishers.accounts().front();
  std::vector<std::uint64_t> positions;
  const auto follow = [&](std::uint64_t entries) {
    auto viewer = view<How>(
        {.kind = "entries", .account = account, .from = positions.empty() ? 0 : positions.back()});
    for (std::uint64_t i = 0; i < entries;) {
      const auto seen = viewer->next();
      ASSERT_TRUE(seen) << "nothing came behind " << positions.size() << " entries";
      if (seen->type != "entry") continue;
      positions.push_back(seen->position);
      ++i;
    }
  };
  for (std::uint64_t round = 0; round < rounds && !HasFatalFailure(); ++round)
    follow(chance() % 60);
  publishers.stop();
  // The rest, without a cut.
  const std::vector<std::uint64_t> all = journal_of(account);
  ASSERT_GE(all.size(), positions.size());
  follow(all.size() - positions.size());
  EXPECT_EQ(positions, all);
  std::cout << rounds << " cuts, seed " << seed << ": " << positions.size()
            << " entries seen once, in order, of " << all.back() << " in the journal\n";
}

template <class How> void Cuts::end_at_the_exact_balance() {
  const std::string account = publishers.accounts().front();
  auto viewer = view<How>({.kind = "balances", .account = account});
  auto first = viewer->next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->type, "snapshot");
  std::uint64_t last = first->position;
  std::size_t told = 1;
  ASSERT_TRUE(publishers.wait_for(publishers.count() + 5'000));
  publishers.stop();
  HttpClient http{daemon.url()};
  const auto now = http.call("GET", "/v1/accounts/" + account);
  ASSERT_TRUE(now);
  const Seen exact = seen_in(now->body);
  const std::uint64_t newest = journal_of(account).back();
  Seen seen = *first;
  while (seen.position < newest) {
    auto next = viewer->next();
    ASSERT_TRUE(next);
    EXPECT_EQ(next->type, "change");
    EXPECT_GT(next->position, last);
    last = next->position;
    seen = std::move(*next);
    ++told;
  }
  EXPECT_EQ(text_of(seen, "balance"), text_of(exact, "balance"));
  EXPECT_LT(told, publishers.count());
}

TEST_F(Cuts, WatcherByWebSocketHasSeenEveryEntryOnce) { see_every_entry_once<SocketViewer>(); }
TEST_F(Cuts, WatcherByEventsHasSeenEveryEntryOnce) { see_every_entry_once<EventViewer>(); }
TEST_F(Cuts, ConflatedWatcherByWebSocketEndsAtTheExactBalance) {
  end_at_the_exact_balance<SocketViewer>();
}
TEST_F(Cuts, ConflatedWatcherByEventsEndsAtTheExactBalance) {
  end_at_the_exact_balance<EventViewer>();
}

}  // namespace
}  // namespace packledger
