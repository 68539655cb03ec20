// What the engine's tests stand on: the real ledger and engine over a journal that can be told to
// fail, an inbox that is a queue, a clock that is set by hand, and a diary of what happened in
// which order. One thread.
#pragma once

#include "packledger/engine/engine.hpp"
#include "packledger/engine/recovery.hpp"
#include "packledger/ledger/ledger.hpp"
#include "store/memory_journal.hpp"

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace packledger {

using Diary = std::vector<std::string>;

class HandClock final : public Clock {
 public:
  Instant time{1'714'492'800'000};  // 2024-04-30T16:00:00Z
  Instant now() override { return time; }
};

class QueueInbox final : public Inbox {
 public:
  bool put(Request&& request) override {
    queue_.push_back(std::move(request));
    return true;
  }
  std::optional<Request> take() override {
    if (queue_.empty()) return std::nullopt;
    auto first = std::move(queue_.front());
    queue_.pop_front();
    return first;
  }
  [[nodiscard]] bool empty() const { return queue_.empty(); }

 private:
  std::deque<Request> queue_;
};

// A memory journal that writes into the diary, and fails from a given append on.
class DiaryJournal final : public Journal {
 public:
  explicit DiaryJournal(Diary& diary) : diary_(diary) {}
  int appends_until_failure = 1'000'000;

  Result<void, Fault> append(Sequence after, std::span<const Entry> entries) override {
    if (appends_until_failure-- <= 0)
      return std::unexpected{Fault{JournalFault::unavailable, "the device failed"}};
    diary_.push_back("synced " + std::to_string(entries.size()));
    return kept_.append(after, entries);
  }
  Result<void, Fault> read(Sequence from, const Visit& visit) const override {
    return kept_.read(from, visit);
  }
  Sequence last() const override { return kept_.last(); }

 private:
  Diary& diary_;
  MemoryJournal kept_;
};

class DiaryOutlet final : public Outlet {
 public:
  explicit DiaryOutlet(Diary& diary) : diary_(diary) {}
  std::vector<Entry> told;

  void committed(Committed what) override {
    if (what.batch != nullptr) {
      const std::vector<Entry>& entries = what.batch->entries;
      diary_.push_back("told " + std::to_string(entries.size()));
      told.insert(told.end(), entries.begin(), entries.end());
    }
    for (Answer& answer : what.answers) answer();
  }

 private:
  Diary& diary_;
};

// One answer to a send, with what it points to.
struct SendTold {
  Sequence sequence;
  std::optional<Refusal> refusal;
  SendDecision decision;
  std::vector<Entry> consequences;
};

inline std::vector<SendTold> told_of(const SendsAnswered& answered) {
  std::vector<SendTold> all;
  for (const SendAnswer& answer : answered.answers) {
    SendTold& told = all.emplace_back();
    told.sequence = answer.sequence;
    if (answer.refusal() != nullptr) told.refusal = *answer.refusal();
    told.decision = decided_of(answer, answered.batch.get()).decision;
    if (answer.unrecorded != nullptr) told.consequences = answer.unrecorded->consequences;
  }
  return all;
}

// Appends at once, or, while it is held, when it is told to.
class HandCommitter final : public Committer {
 public:
  explicit HandCommitter(Journal& journal) : journal_(journal) {}
  bool held = false;
  int looks = 0;  // so often ended() still finds it in flight

  void start(SharedBatch batch) override {
    flying_ = std::move(batch);
    if (!held) end();
  }
  void end() { ended_ = append(journal_, *std::exchange(flying_, nullptr)); }
  std::optional<Result<void, Fault>> ended() override {
    if (looks > 0 && looks-- > 0) return std::nullopt;
    return std::exchange(ended_, std::nullopt);
  }

 private:
  Journal& journal_;
  SharedBatch flying_;
  std::optional<Result<void, Fault>> ended_;
};

struct World {
  Diary diary;
  Ledger ledger;
  DiaryJournal journal{diary};
  HandCommitter commits{journal};
  QueueInbox inbox;
  DiaryOutlet outlet{diary};
  HandClock clock;
  EngineLimits limits;
  Engine engine{{.ledger = ledger,
                 .journal = journal,
                 .committer = commits,
                 .inbox = inbox,
                 .outlet = outlet,
                 .clock = clock},
                limits};

  explicit World(EngineLimits given = {}) : limits(given) {}

  // Puts a command; its answer is written to `answer` when it is told.
  void put(std::string account, What what, CommandAnswer& answer, std::string key = {},
           bool dry_run = false) {
    Command command{.account = std::move(account),
                    .input = {.account = {}, .key = std::move(key), .what = std::move(what)},
                    .dry_run = dry_run,
                    .reply = [this, &answer](CommandAnswer told) {
                      diary.push_back("answered");
                      answer = std::move(told);
                    }};
    (void)inbox.put(Request{std::move(command)});
  }

  // Puts a command, turns once, and gives its answer.
  CommandAnswer ask(std::string account, What what, std::string key = {}, bool dry_run = false) {
    CommandAnswer answer;
    put(std::move(account), std::move(what), answer, std::move(key), dry_run);
    (void)engine.turn();
    return answer;
  }

  // Puts sends; their answers are written to `answers` when they are told.
  void put(std::vector<SendAsked> sends, std::vector<SendTold>& answers, bool dry_run = false) {
    SendBatch batch{.sends = std::move(sends),
                    .dry_run = dry_run,
                    .reply = [this, &answers](const SendsAnswered& answered) {
                      diary.push_back("answered");
                      answers = told_of(answered);
                    }};
    (void)inbox.put(Request{std::move(batch)});
  }

  std::vector<SendTold> send(std::vector<SendAsked> sends, bool dry_run = false) {
    std::vector<SendTold> answers;
    put(std::move(sends), answers, dry_run);
    (void)engine.turn();
    return answers;
  }

  void open_account(const std::string& name) {
    (void)ask({},
              AccountOpened{.name = name, .currency = Currency{{'C', 'N', 'Y'}}, .settings = {}});
  }

  void grant(const std::string& account, const std::string& package, std::int64_t quota,
             Instant until) {
    (void)ask(account,
              PackageGranted{.package = package,
                             .quota = Units{quota},
                             .scope = {.destinations = {{Country{{'T', 'H'}}}}, .templates = {}},
                             .effective_at = {},
                             .expires_at = until,
                             .validity = {},
                             .price_paid = {},
                             .reason = {}});
  }
};

inline SendAsked send_to_thailand(std::string account, std::string send, std::int64_t units) {
  return SendAsked{.account = std::move(account),
                   .send = {.send = std::move(send),
                            .units = Units{units},
                            .occurred_at = {},
                            .destination = Country{{'T', 'H'}}}};
}

}  // namespace packledger
