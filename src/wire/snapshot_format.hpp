// The messages of proto/packledger/v1/snapshot.proto: the state of a ledger, described once for the
// writer and the reader. What an account is lies in snapshot_account.hpp.
//
// Owner: wire; included by snapshot_codec.cpp only. Pure functions, any thread.
// Invariants:
//  1. Field numbers and types are those of snapshot.proto, in rising order (tests/wire proves it).
#pragma once

#include "packledger/ledger/ledger_image.hpp"
#include "wire/entry_format.hpp"
#include "wire/snapshot_account.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace packledger {

// ---- keys ----

struct KeptKey {
  SeenKeys::Key key;
  SeenKey seen;
};

template <class F> void describe(F& f, Ref<F, KeptKey> kept) {
  f.field(1, kept.key.first);
  f.bytes(2, kept.key.second);
  f.field(3, kept.seen.sequence);
  f.field(4, kept.seen.digest);
  f.field(5, kept.seen.forget_at);
}

using PassingKey = std::pair<Instant, SeenKeys::Key>;

template <class F> void describe(F& f, Ref<F, PassingKey> passing) {
  f.field(1, passing.first);
  f.field(2, passing.second.first);
  f.bytes(3, passing.second.second);
}

// ---- producers ----

using NamedProducer = std::pair<std::string, Producer>;

template <class F> void describe(F& f, Ref<F, NamedProducer> named) {
  f.text(1, named.first);
  f.check(is_producer(named.first), "a producer is not named as producers are");
  auto& producer = named.second;
  f.field(2, producer.epoch);
  f.field(3, producer.last);
  f.field(4, producer.last_at);
  f.packed(5, producer.batches, [](F& items, auto& batch) {
    items.item(batch.first);
    items.item(batch.digest);
  });
  f.check(producer.last >= 1 && producer.batches.size() ==
                                    std::min<std::uint64_t>(producer.last, producer_batches_max),
          "a producer has not its last batches");
}

// ---- timers ----

template <class F> void describe(F& f, Ref<F, std::vector<Timer>> timers) {
  Instant before{};
  f.packed(1, timers, [&](F& items, auto& timer) {
    Instant step{timer.due.ms - before.ms};
    items.item(step);
    if constexpr (F::reading) timer.due = Instant{before.ms + step.ms};
    before = timer.due;
    auto kind = static_cast<std::uint64_t>(std::to_underlying(timer.kind));
    items.item(kind);
    items.check(kind <= std::to_underlying(TimerKind::alarm_cooldown), "a timer is of no kind");
    if constexpr (F::reading) timer.kind = static_cast<TimerKind>(kind);
    items.item(timer.account);
    items.item(timer.number);
  });
}

// ---- what is to be followed up ----

template <class F> void describe(F& f, Ref<F, Aftermath> after) {
  f.field(1, after.account);
  f.field(2, after.cause);
  f.field(3, after.at);
  std::optional<std::uint64_t> pool_rose = after.pool_rose;
  f.field(4, pool_rose);
  f.check(pool_rose.value_or(0) <= pools_max, "a pool is out of range");
  if constexpr (F::reading) {
    after.pool_rose.reset();
    if (pool_rose) after.pool_rose = static_cast<std::uint32_t>(*pool_rose);
  }
  f.field(5, after.mainland_fell);
  f.field(6, after.credited);
  f.field(7, after.rule_changed);
  f.field(8, after.renewal_set);
  f.field(9, after.grace_over);
  f.field(10, after.retry);
  f.text(11, after.alarm);
  f.field(12, after.ending);
  f.packed(13, after.touched, one_item);
}

}  // namespace packledger
