#include "tests/sim/world_clients.hpp"

#include "tests/ledger/both.hpp"
#include "tests/ledger/life.hpp"
#include "tests/sim/spans.hpp"
#include "tests/sim/world.hpp"
#include "tests/sim/world_askers.hpp"
#include "tests/sim/world_operators.hpp"
#include "tests/sim/world_readers.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace packledger::sim {

SendRecorded some_send(Draws& draws, std::string_view name, Ms now) {
  constexpr std::array countries{"CN", "CN", "CN", "TH", "ID"};
  SendRecorded send;
  send.send = name;
  send.units = Units{draws.between(1, 6)};
  send.destination = country_of(draws.one_of(countries));
  send.type = static_cast<TemplateType>(draws.between(1, 3));
  if (draws.percent(30)) send.occurred_at = Instant{now - draws.pick(70 * hour)};
  return send;
}

namespace {

// Lives the random life of one account.
class Administrator final : public Askers {
 public:
  Administrator(World& world, std::size_t account)
      : Askers(world, "admin-" + std::to_string(account)),
        account_(account_name(account)),
        steps_(random_life(world.plan.seed * 31 + account,
                           std::max<std::size_t>(1, world.plan.steps / world.plan.accounts))) {}

  void begin() override {
    if (next_ < steps_.size()) world_.agenda.at(steps_[next_].at, [this] { play(); });
  }
  [[nodiscard]] Ms ends() const override { return steps_.back().at; }
  [[nodiscard]] bool is_done() const override {
    return next_ == steps_.size() && Askers::is_done();
  }

 private:
  void play() {
    const packledger::Step& step = steps_[next_++];
    const Ledger& ledger = world_.judge.ledger();
    const AccountId id = ledger.accounts().find(account_).value_or(AccountId{});
    const What what = step.asked(ledger.accounts().at(id));
    if (!passes_the_front(what)) return begin();
    const std::string name = account_ + " " + step.label;
    if (const auto* const send = std::get_if<SendRecorded>(&what)) {
      ask(name, std::vector{SendAsked{account_, *send}});
    } else {
      ask(name, account_, Input{{}, key_of(what), what});
    }
    begin();
  }

  // Amounts of the other sign are refused before the ledger is asked.
  static bool passes_the_front(const What& what) {
    if (const auto* const more = std::get_if<FundsCredited>(&what)) return more->amount > Money{};
    if (const auto* const less = std::get_if<FundsAdjusted>(&what)) return less->amount < Money{};
    return true;
  }

  // What its name makes known needs no key.
  std::string key_of(const What& what) {
    const bool named =
        std::holds_alternative<OrderPlaced>(what) || std::holds_alternative<PackageGranted>(what) ||
        std::holds_alternative<HoldPlaced>(what) || std::holds_alternative<SendReversed>(what);
    if (named && draws_.percent(30)) return {};
    return account_ + "-" + std::to_string(next_);
  }

  const std::string account_;
  const std::vector<packledger::Step> steps_;
  std::size_t next_ = 0;
};

// Batches of named sends of all accounts, now and then with some of an earlier batch.
class Sender final : public Askers {
 public:
  Sender(World& world, std::size_t number)
      : Askers(world, "sender-" + std::to_string(number)), left_(draws_.between(3, 12)) {}

  void begin() override {
    if (left_ == 0) return;
    world_.agenda.after(draws_.pick(6 * day), [this] { send(); });
  }

 private:
  void send() {
    if (world_.heals()) return;
    --left_;
    const std::int64_t count = draws_.percent(50) ? draws_.between(1, 4) : draws_.between(5, 40);
    std::vector<SendAsked> sends;
    for (std::int64_t i = 0; i < count; ++i) {
      if (!sent_.empty() && draws_.percent(10)) {
        sends.push_back(draws_.one_of(sent_));
        continue;
      }
      const std::string name = base() + "-" + std::to_string(++named_);
      const std::size_t account = some_account();
      sends.push_back({account_name(account), some_send(draws_, name, world_.agenda.now())});
      if (sends.back().send.occurred_at) sent_.push_back(sends.back());
    }
    if (sent_.size() > 20) sent_.erase(sent_.begin(), sent_.begin() + 10);
    ask(base() + " " + std::to_string(named_), sends);
    begin();
  }

  std::int64_t left_;
  std::uint64_t named_ = 0;
  std::vector<SendAsked> sent_;
};

// Numbers its batches, keeps some in flight, and begins a new epoch now and then.
class ProducerClient final : public Askers {
 public:
  ProducerClient(World& world, std::size_t number)
      : Askers(world, "producer-" + std::to_string(number)), left_(draws_.between(4, 20)) {}

  void begin() override {
    if (left_ == 0) return;
    world_.agenda.after(draws_.percent(60) ? draws_.pick(500) : draws_.pick(5 * day),
                        [this] { send(); });
  }

 private:
  void send() {
    if (world_.heals()) return;
    --left_;
    if (draws_.percent(10)) {
      ++epoch_;
      number_ = 0;
      last_ = nullptr;
    }
    const std::string producer = "p" + base().substr(9);
    std::vector<SendAsked> sends;
    ++number_;
    const std::int64_t count = draws_.between(1, 12);
    for (std::int64_t i = 0; i < count; ++i) {
      const std::string name = ":" + producer + ":" + std::to_string(epoch_) + ":" +
                               std::to_string(number_) + ":" + std::to_string(i);
      const std::size_t account = some_account();
      sends.push_back({account_name(account), some_send(draws_, name, world_.agenda.now())});
    }
    const NumberedBatch numbered{producer, {epoch_, number_}, epoch_ * 1'000 + number_};
    auto asking = std::make_shared<NumberedAsking>(world_, producer, sends, numbered, last_);
    last_ = asking;
    ask(asking);
    begin();
  }

  std::int64_t left_;
  std::uint64_t epoch_ = 1;
  std::uint64_t number_ = 0;
  std::shared_ptr<NumberedAsking> last_;
};

// Many packages of one account that end at one instant.
class Storm final : public Askers {
 public:
  Storm(World& world, std::size_t number) : Askers(world, "storm-" + std::to_string(number)) {}
  void begin() override {
    world_.agenda.after(draws_.pick(20 * day), [this] { grant(); });
  }

 private:
  void grant() {
    if (world_.heals()) return;
    const std::size_t account = some_account();
    const Ms now = world_.agenda.now();
    PackageGranted granted;
    granted.expires_at = Instant{now / hour * hour + draws_.between(2, 90) * hour};
    granted.effective_at = Instant{now / hour * hour + hour};
    granted.scope.destinations.countries = {country_of(draws_.percent(50) ? "TH" : "ID")};
    const std::int64_t count = draws_.between(10, 60);
    for (std::int64_t i = 0; i < count; ++i) {
      granted.package = base() + "-" + std::to_string(i);
      granted.quota = Units{draws_.between(1, 9)};
      ask(std::make_shared<CommandAsking>(world_, granted.package, account_name(account),
                                          Input{{}, {}, granted}));
    }
  }
};

}  // namespace

void make_clients(World& world) {
  const Plan& plan = world.plan;
  auto& clients = world.clients;
  for (std::size_t i = 0; i < plan.accounts; ++i)
    clients.push_back(std::make_unique<Administrator>(world, i));
  for (std::size_t i = 0; i < plan.senders; ++i)
    clients.push_back(std::make_unique<Sender>(world, i));
  for (std::size_t i = 0; i < plan.producers; ++i)
    clients.push_back(std::make_unique<ProducerClient>(world, i));
  for (std::size_t i = 0; i < plan.storms; ++i)
    clients.push_back(std::make_unique<Storm>(world, i));
  make_operators(world);
  make_readers(world);
}

void open_accounts(World& world) {
  std::vector<std::shared_ptr<Asking>> askings;
  const auto must = [&](const std::string& name, What what) {
    askings.push_back(
        std::make_shared<CommandAsking>(world, name, "", Input{{}, name, std::move(what)}));
    askings.back()->begin();
    while (!askings.back()->is_done()) world.agenda.step();
  };
  int version = 0;
  for (const model::Book& book : model_books()) {
    ++version;
    must("book " + std::to_string(version),
         PriceBookPublished{law_book(book, std::to_string(version))});
  }
  for (std::size_t i = 0; i < world.plan.accounts; ++i) {
    must("open " + account_name(i), opening(account_name(i), random_settings(world.plan.seed + i)));
  }
}

}  // namespace packledger::sim
