#include "tests/sim/world_readers.hpp"

#include "serve/watcher.hpp"
#include "tests/ledger/both.hpp"
#include "tests/sim/spans.hpp"
#include "tests/sim/world.hpp"
#include "tests/sim/world_asking.hpp"
#include "tests/sim/world_behind.hpp"
#include "wire/entry_views.hpp"
#include "wire/views.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace packledger::sim {
namespace {

std::uint64_t position_in(std::string_view json) {
  constexpr std::string_view member = R"("position":)";
  const std::size_t at = json.find(member);
  std::uint64_t position = 0;
  if (at != std::string_view::npos)
    std::from_chars(json.data() + at + member.size(), json.data() + json.size(), position);
  return position;
}

// Follows the entries of some accounts over any number of connections.
class WatcherClient final : public Client {
 public:
  WatcherClient(World& world, std::size_t number)
      : world_(world), name_("watcher-" + std::to_string(number)), draws_(world.plan.seed, name_) {
    for (std::size_t i = 0; i < world.plan.accounts; ++i)
      if (draws_.percent(60) || i == 0) accounts_.push_back(account_name(i));
    if (draws_.percent(50)) limits_.watch_queue_bytes_max = 2'000;  // some six entries
  }

  void begin() override { soon(draws_.pick(10 * day)); }
  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] bool is_done() const override { return wanted() == 0; }
  void disconnected() override { watcher_.reset(); }
  void news() override { soon(draws_.percent(80) ? draws_.pick(20) : draws_.pick(hour)); }

 private:
  void soon(Ms delay) {
    if (world_.heals()) delay = draws_.pick(100);
    if (next_look_ && !world_.heals()) return;
    if (next_look_) world_.agenda.cancel(*next_look_);
    next_look_ = world_.agenda.after(delay, [this] {
      next_look_.reset();
      look();
    });
  }

  // The next entry that it is to be told; 0 where there is none yet.
  [[nodiscard]] std::uint64_t wanted() const {
    const auto entries = world_.judge.entries();
    for (std::uint64_t at = position_; at < entries.size(); ++at)
      if (watched_.contains(account_of(entries[at])) || watched_.empty()) return at + 1;
    return 0;
  }

  void look() {
    if (world_.server == nullptr) return;
    if (watcher_ == nullptr) connect();
    for (std::int64_t left = draws_.between(1, 60); left > 0; --left) {
      if (const serve::Text text = watcher_->next()) {
        hear(text->json());
      } else if (watcher_->behind()) {
        watcher_->look();
      } else {
        return;
      }
      if (world_.plan.has(Trouble::network) && !world_.heals() && draws_.rarely(40)) {
        watcher_.reset();
        world_.probes.reach("a watcher comes back");
        break;
      }
    }
    soon(draws_.pick(50));
  }

  void connect() {
    for (const std::string& account : accounts_) {
      const auto id = world_.judge.ledger().accounts().find(account);
      if (id) watched_.insert(*id);
    }
    watcher_ = std::make_unique<serve::Watcher>(world_.server->subscriptions(), limits_, [] {});
    const bool taken = watcher_->take({.kind = serve::WatchKind::entries,
                                       .drop = false,
                                       .accounts = accounts_,
                                       .from = Sequence{position_}});
    world_.invariants.check(Promise::watchers, taken, [&] {
      return name_ + " may not go on from entry " + std::to_string(position_);
    });
  }

  void hear(std::string_view json) {
    if (json.contains(R"("type":"lag")")) return world_.probes.reach("a watcher falls behind");
    const std::uint64_t position = position_in(json);
    const std::uint64_t next = wanted();
    world_.invariants.check(Promise::watchers, position == next, [&] {
      return name_ + " hears " + std::string(json.substr(0, 100)) + ", entry " +
             std::to_string(next) + " is next";
    });
    const std::string said =
        entry_message(world_.judge.entry(Sequence{position}), world_.server->directory());
    world_.invariants.check(Promise::watchers, json == said,
                            [&] { return name_ + " hears " + std::string(json); });
    position_ = position;
  }

  World& world_;
  const std::string name_;
  Draws draws_;
  serve::Limits limits_;
  std::vector<std::string> accounts_;
  std::set<AccountId> watched_;
  std::unique_ptr<serve::Watcher> watcher_;
  std::uint64_t position_ = 0;
  std::optional<Agenda::Ticket> next_look_;
};

// Asks, and sees what it wrote; never an older state behind a newer one.
class ReaderClient final : public Client {
 public:
  ReaderClient(World& world, std::size_t number)
      : world_(world),
        name_("reader-" + std::to_string(number)),
        draws_(world.plan.seed, name_),
        left_(draws_.between(4, 16)) {}

  void begin() override {
    if (left_-- > 0) world_.agenda.after(draws_.pick(5 * day), [this] { act(); });
  }
  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] bool is_done() const override { return write_ == nullptr || write_->is_done(); }

 private:
  void act() {
    if (world_.heals()) return;
    if (draws_.percent(40) && is_done()) {
      const std::string key = name_ + "-" + std::to_string(left_);
      write_ = std::make_shared<CommandAsking>(
          world_, key, account_name(0), Input{{}, key, FundsCredited{Money{1'000}, "a test"}});
      write_->begin();
    }
    for (std::int64_t i = draws_.between(1, 3); i > 0; --i) ask();
    begin();
  }

  void ask() {
    world_.send_over([this] {
      if (world_.server == nullptr) return;
      const std::uint64_t number = ++asked_;
      std::ignore =
          world_.server->put([this, number](const Ledger& ledger) { answer(number, ledger); });
    });
  }

  // On the engine's thread; a question is asked once, and answered in order.
  void answer(std::uint64_t number, const Ledger& ledger) {
    const std::uint64_t position = ledger.last().value;
    world_.invariants.check(Promise::reads, number > answered_ && position >= position_, [&] {
      return name_ + " reads position " + std::to_string(position) + " behind " +
             std::to_string(position_);
    });
    answered_ = number;
    position_ = position;
    const std::uint64_t told = world_.judge.last().value;
    world_.invariants.check(Promise::reads, position >= told, [&] {
      return name_ + " reads position " + std::to_string(position) + ", entry " +
             std::to_string(told) + " is told";
    });
    world_.judge.expect_digest(ledger.last(), ledger.digest());
  }

  World& world_;
  const std::string name_;
  Draws draws_;
  std::int64_t left_;
  std::shared_ptr<Asking> write_;
  std::uint64_t asked_ = 0;
  std::uint64_t answered_ = 0;
  std::uint64_t position_ = 0;
};

// Reads accounts by HTTP, as they are and as they were.
class VisitorClient final : public Client {
 public:
  VisitorClient(World& world, std::size_t number)
      : world_(world),
        name_("visitor-" + std::to_string(number)),
        draws_(world.plan.seed, name_),
        left_(draws_.between(4, 16)) {}

  void begin() override {
    if (left_-- > 0) world_.agenda.after(draws_.pick(3 * day), [this] { act(); });
  }
  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] bool is_done() const override { return true; }

 private:
  struct Asked {
    std::string account;
    std::optional<Sequence> past;
    Sequence least;  // of the position of the answer
  };

  void act() {
    if (world_.heals()) return;
    Asked asked{account_name(static_cast<std::size_t>(
                    draws_.pick(static_cast<std::int64_t>(world_.plan.accounts)))),
                {},
                {}};
    std::string target = "/v1/accounts/" + asked.account;
    const auto last = static_cast<std::int64_t>(world_.judge.last().value);
    const std::int64_t dice = draws_.pick(4);
    if (dice == 0) {
      asked.least = Sequence{static_cast<std::uint64_t>(last)};
      target += "?after=" + std::to_string(last);
    } else if (dice == 1) {  // since it was opened
      const auto opened = static_cast<std::int64_t>(model_books().size() + world_.plan.accounts);
      asked.past = Sequence{static_cast<std::uint64_t>(draws_.between(opened, last))};
      target += "?position=" + std::to_string(asked.past->value);
    }
    world_.send_over([this, target, asked] {
      if (world_.server == nullptr) return;
      ++world_.requests;
      world_.server->get(target,
                         [this, asked](const serve::HttpResponse& told) { judge(asked, told); });
    });
    begin();
  }

  void judge(const Asked& asked, const serve::HttpResponse& told) {
    if (told.status == 503) return world_.probes.reach("busy");
    const Sequence at = told.position.value_or(Sequence{});
    const bool in_order = asked.past ? at == *asked.past : at >= asked.least && at >= position_;
    world_.invariants.check(
        Promise::reads, told.status == 200 && in_order && at <= world_.judge.last(), [&] {
          return name_ + " reads " + asked.account + " at position " + std::to_string(at.value) +
                 ", status " + std::to_string(told.status) + ": " + told.body;
        });
    if (asked.past) world_.probes.reach("a page of the past");
    if (asked.least != Sequence{}) world_.probes.reach("a page that waits for a position");
    if (!asked.past) position_ = at;
    compare(asked.account, at, told.body);
  }

  // With what a replay up to there gives, and the naive model.
  void compare(const std::string& name, Sequence at, const std::string& body) {
    if (at == world_.judge.ledger().last()) {
      const AccountId id = *world_.judge.ledger().accounts().find(name);
      return compare(world_.judge.ledger(), id, &world_.judge.model(id), body);
    }
    const auto entries = world_.judge.entries();
    Behind behind(entries.first(at.value));
    const AccountId id = *behind.ledger.accounts().find(name);
    // The model makes all that follows from an entry with it.
    const bool amid =
        at.value < entries.size() && is_consequence_input(entries[at.value].input.what);
    compare(behind.ledger, id, amid ? nullptr : &behind.model.account(id.value - 1), body);
  }

  void compare(const Ledger& ledger, AccountId id, const model::Model* model,
               const std::string& body) {
    const Account& account = ledger.accounts().at(id);
    const std::string replayed = account_view(account, ledger.last());
    world_.invariants.check(Promise::reads, body == replayed, [&] {
      return name_ + " reads " + body + "; a replay gives " + replayed;
    });
    if (model == nullptr) return;
    const std::string begins = R"({"account":")" + account.name + R"(","balance":")" +
                               model::money(model->balance()) + R"(","currency":"CNY","status":")" +
                               model->standing() + '"';
    world_.invariants.check(Promise::rules, body.starts_with(begins),
                            [&] { return name_ + " reads " + body + "; the model: " + begins; });
  }

  World& world_;
  const std::string name_;
  Draws draws_;
  std::int64_t left_;
  Sequence position_;
};

// Folds usage portion by portion; what it did since its last save is lost with the process.
class UsageClient final : public Client {
 public:
  explicit UsageClient(World& world) : world_(world), draws_(world.plan.seed, "usage") {}
  void begin() override {}
  [[nodiscard]] std::string name() const override { return "usage"; }
  [[nodiscard]] bool is_done() const override { return true; }
  void disconnected() override {
    if (now_.folded != saved_.folded) world_.probes.reach("usage folded again");
    now_ = saved_;
  }
  void news() override {
    const std::uint64_t last = world_.judge.ledger().last().value;
    if (draws_.percent(70) || now_.folded >= last) return;
    now_.fold(
        world_.judge.entries(),
        now_.folded + 1 +
            static_cast<std::uint64_t>(draws_.pick(static_cast<std::int64_t>(last - now_.folded))));
    if (draws_.percent(40)) saved_ = now_;
  }
  void audit() override {
    const auto entries = world_.judge.entries();
    now_.fold(entries, entries.size());
    UsageSoFar at_once;
    at_once.fold(entries, entries.size());
    world_.invariants.check(Promise::replay, now_ == at_once,
                            [] { return "usage in portions is not usage in one go"; });
  }

 private:
  World& world_;
  Draws draws_;
  UsageSoFar now_;
  UsageSoFar saved_;
};

}  // namespace

void UsageSoFar::fold(std::span<const Entry> journal, std::uint64_t until) {
  if (until <= folded) return;
  const auto portion = journal.subspan(folded, until - folded);
  const UsageWanted wanted = usage_wanted(portion);
  UsageBefore before;
  for (const Sequence sequence : wanted.sends) {
    const Entry& entry = journal[sequence.value - 1];
    if (std::holds_alternative<SendRecorded>(entry.input.what))
      before.sends.emplace(sequence, usage_subject(entry));
  }
  for (const UsageHoldKey& key : wanted.holds) {
    if (const auto hold = holds.find(key); hold != holds.end())
      before.holds.emplace(key, hold->second);
  }
  const UsageChanges changes = fold_usage(portion, before);
  for (const auto& [key, quarters] : changes.rows) {
    UsageHour& row = rows[key];
    for (std::size_t i = 0; i < quarters.size(); ++i) row[i] += quarters[i];
  }
  for (const auto& [key, subject] : changes.holds) {
    if (subject) holds.insert_or_assign(key, *subject);
    if (!subject) holds.erase(key);
  }
  folded = until;
}

void make_readers(World& world) {
  auto& clients = world.clients;
  for (std::size_t i = 0; i < world.plan.watchers; ++i)
    clients.push_back(std::make_unique<WatcherClient>(world, i));
  for (std::size_t i = 0; i < world.plan.readers; ++i)
    clients.push_back(std::make_unique<ReaderClient>(world, i));
  for (std::size_t i = 0; i < world.plan.visitors; ++i)
    clients.push_back(std::make_unique<VisitorClient>(world, i));
  clients.push_back(std::make_unique<UsageClient>(world));
}

}  // namespace packledger::sim
