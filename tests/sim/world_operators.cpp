#include "tests/sim/world_operators.hpp"

#include "tests/ledger/both.hpp"
#include "tests/sim/spans.hpp"
#include "tests/sim/world_askers.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace packledger::sim {
namespace {

// Publishes price books in the course of the life, for what is to come or has been, and sends
// around the instants from which they are in force.
class Publisher final : public Askers {
 public:
  explicit Publisher(World& world) : Askers(world, "publisher"), left_(world.plan.books) {}

  void begin() override {
    if (left_ == 0) return;
    world_.agenda.after(draws_.pick(15 * day), [this] { publish(); });
  }

 private:
  void publish() {
    if (world_.heals()) return;
    --left_;
    const model::Book book = changed(draws_.one_of(model_books()));
    begun_.push_back(book.from);
    const std::string version = base() + "-" + std::to_string(begun_.size());
    ask(version, "", Input{{}, version, PriceBookPublished{law_book(book, version)}});
    for (std::int64_t i = draws_.between(1, 4); i > 0; --i) send_around(book.from);
    begin();
  }

  Ms start() {
    const Ms now = world_.agenda.now();
    switch (draws_.pick(8)) {
      case 0: return now - draws_.pick(3 * day);
      case 1: return now;
      case 2: return begun_.empty() ? 0 : draws_.one_of(begun_);
      case 3: return draws_.one_of(model_books()).from;
      case 4: return now + draws_.pick(20 * day);
      case 5: return now / day * day + draws_.between(1, 3) * day;
      default: return now + draws_.pick(36 * hour);
    }
  }

  // Dearer or cheaper, with other tiers, and now and then without something.
  model::Book changed(model::Book book) {
    book.from = start();
    for (model::Product& product : book.products) {
      if (product.bands.empty()) product.price += draws_.pick(1'000'000);
      for (auto& [from, price] : product.bands) price += draws_.pick(1'000);
      if (!product.bands.empty() && draws_.rarely(3)) product.quota_max += draws_.pick(500);
    }
    for (model::Tariff& tariff : book.tariffs) {
      for (model::Tier& tier : tariff.tiers) tier.price += draws_.pick(9'000);
      if (draws_.rarely(3)) tariff.volume = !tariff.volume;
      if (draws_.rarely(3)) tariff.counted = !tariff.counted;
      if (draws_.rarely(6)) tariff.tiers.erase(tariff.tiers.begin(), tariff.tiers.end() - 1);
    }
    if (draws_.rarely(4)) book.tariffs.pop_back();
    if (draws_.rarely(4)) book.products.erase(book.products.begin());
    book.terms.lead = draws_.between(1, 60) * hour;
    book.terms.discount = draws_.between(8'000, 10'000);
    book.terms.per_day = draws_.between(1, 3);
    book.terms.retry_minute = draws_.pick(1'440);
    return book;
  }

  // Just before and just after; those that come later than they happened, too.
  void send_around(Ms from) {
    const Ms delay = std::max<Ms>(0, from - world_.agenda.now()) + draws_.pick(6 * hour);
    if (delay > 25 * day) return;
    world_.agenda.after(delay, [this, from] {
      if (world_.heals()) return;
      std::vector<SendAsked> sends;
      for (const Ms apart : {Ms{-1}, Ms{0}, Ms{1}, -draws_.pick(hour), draws_.pick(hour)}) {
        const std::string name = base() + "-" + std::to_string(++named_);
        SendRecorded send = some_send(draws_, name, world_.agenda.now());
        send.occurred_at = Instant{from + apart};
        sends.push_back({account_name(some_account()), std::move(send)});
      }
      ask(base() + " " + std::to_string(named_), sends);
    });
  }

  std::size_t left_;
  std::uint64_t named_ = 0;
  std::vector<Ms> begun_;
};

}  // namespace

void make_operators(World& world) {
  if (world.plan.books > 0) world.clients.push_back(std::make_unique<Publisher>(world));
}

}  // namespace packledger::sim
