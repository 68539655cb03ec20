#include "tests/sim/world.hpp"

#include "tests/ledger/both.hpp"
#include "tests/ledger/zones.hpp"
#include "tests/sim/spans.hpp"
#include "tests/sim/world_clients.hpp"

#include <algorithm>
#include <utility>

namespace packledger::sim {
namespace {

// After the troubles every request has its answer within this time.
constexpr Ms answers_within = 5 * second;

Ms first_day() { return instant("2024-05-19T12:00:00Z").ms; }

}  // namespace

World::World(const Plan& wanted, bool tells)
    : plan(wanted),
      draws(plan.seed, "world"),
      agenda(plan.seed, first_day()),
      judge(trace, invariants, probes),
      machine(plan, first_day()),
      begun(first_day()) {
  if (tells) trace.tell_all();
}

World::~World() {
  for (auto& client : clients) client->disconnected();
  server.reset();
}

void World::live() {
  set_up();
  run(ends_);
  heal();
  settle();
  audit();
}

void World::set_up() {
  start();
  open_accounts(*this);
  make_clients(*this);
  for (const auto& client : clients) {
    client->begin();
    ends_ = std::max(ends_, client->ends());
  }
  ends_ += hour;
  sets_up_ = false;
  plan_disturbances();
}

void World::step() {
  try {
    agenda.step();
  } catch (const Died& died) {
    end(died.what(), !machine.disk->has_power() && power_cut_);
  }
  look_for_end();
}

void World::run(Ms until) {
  while (!agenda.empty() && agenda.next() <= until) step();
}

// ---- the network ----

void World::later(Ms delay, std::move_only_function<void(Server&)> deed) {
  agenda.after(delay, [this, process = processes_, deed = std::move(deed)]() mutable {
    if (server != nullptr && server->number() == process) deed(*server);
  });
}

void World::send_over(std::move_only_function<void()>&& deed) {
  const bool bad = plan.has(Trouble::network) && !heals_;
  if (bad && draws.percent(8)) return probes.reach("a message lost");
  const Ms delay = bad ? draws.pick(draws.percent(5) ? 2 * minute : 800) : draws.pick(2);
  agenda.after(delay, std::move(deed));
}

void World::send_over_often(const std::function<void()>& deed) {
  send_over([deed] { deed(); });
  const bool bad = plan.has(Trouble::network) && !heals_;
  if (bad && draws.percent(8)) {
    probes.reach("a message doubled");
    send_over([deed] { deed(); });
  }
}

void World::submitted(const SharedBatch& batch) {
  submitted_.push_back(batch);
  batch_ends_.push_back(batch->entries.back().sequence);
}

void World::heard() {
  std::erase_if(submitted_, [this](const SharedBatch& batch) {
    return batch->entries.back().sequence <= judge.last();
  });
  for (const auto& client : clients) client->news();
}

// ---- after the troubles ----

void World::heal() {
  heals_ = true;
  note("heal");
  machine.wall.set_right();
  machine.disk->plan({});
  disk_full_ = false;
  if (server != nullptr) end("it is started again", draws.percent(50));
  if (server == nullptr) start();
}

void World::settle() {
  const Ms healed = agenda.now();
  const auto is_done = [](const auto& client) { return client->is_done(); };
  while (!std::ranges::all_of(clients, is_done) || server == nullptr || !server->rests()) {
    const Ms now = agenda.empty() ? healed + answers_within + 1 : agenda.next();
    invariants.check(Promise::bounds, now <= healed + answers_within, [&] {
      const auto waits = std::ranges::find_if_not(clients, is_done);
      return (waits == clients.end() ? "the engine" : (*waits)->name()) +
             " has no answer within five seconds after the troubles";
    });
    step();
  }
}

void World::audit() {
  sim::audit(*this);
  for (const auto& client : clients) client->audit();
}

}  // namespace packledger::sim
