#include "wire/snapshot_codec.hpp"

#include "packledger/ledger/ledger_image.hpp"
#include "wire/fields.hpp"
#include "wire/snapshot_format.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace packledger {
namespace {

constexpr std::uint64_t items_field = 1;  // of most blocks
// Large enough that its head costs nothing, small enough that it is made and checked in the cache.
constexpr std::size_t block_bytes = std::size_t{256} * 1024;
constexpr std::size_t timers_per_block = 16'384;  // about 200 KiB

template <class F> void describe(F& f, Ref<F, SnapshotHead> head) {
  f.field(1, head.sequence);
  f.check(head.sequence.value != 0, "there is no snapshot of nothing");
  f.field(2, head.recorded_at);
  std::string hash{head.journal.begin(), head.journal.end()};
  f.bytes(3, hash);
  f.check(hash.size() == head.journal.size(), "a hash has not 32 bytes");
  if constexpr (F::reading) {
    if (hash.size() == head.journal.size()) std::ranges::copy(hash, head.journal.begin());
  }
  f.field(4, head.noticed);
  f.check(head.noticed <= head.sequence, "notices were learnt that are not there");
}

// ---- writing ----

// Gathers items to blocks.
class ItemWriter {
 public:
  ItemWriter(BlockWriter& blocks, BlockKind kind) : blocks_(blocks), kind_(kind) {}

  void item(const auto& inside) {
    FieldWriter writer(body_);
    writer.message(items_field, inside);
    if (body_.size() >= block_bytes) flush();
  }
  void flush() {
    if (!body_.empty()) blocks_.block(kind_, body_);
    body_.clear();
    shared = {};
  }

  SharedSettings shared;  // of this block

 private:
  BlockWriter& blocks_;
  BlockKind kind_;
  std::string body_;
};

void write_accounts(BlockWriter& blocks, const Accounts& accounts) {
  ItemWriter items(blocks, BlockKind::accounts);
  for (std::uint64_t n = 1; n <= accounts.count(); ++n) {
    items.item(
        [&](FieldWriter& f) { describe_account(f, accounts.at(AccountId{n}), items.shared); });
  }
  items.flush();
}

// The ledger packs them as it keeps them.
void write_sends(BlockWriter& blocks, const Ledger& ledger) {
  std::string body;
  ledger.sends().save(ledger.recorded_at(), [&](const SendPortion& portion) {
    body.clear();
    FieldWriter writer(body);
    writer.bytes(std::to_underlying(portion.kind), portion.bytes);
    blocks.block(BlockKind::sends, body);
  });
}

void write_keys(BlockWriter& blocks, const SeenKeys& keys) {
  ItemWriter items(blocks, BlockKind::keys);
  for (const auto& [key, seen] : keys.all()) {
    const KeptKey kept{key, seen};
    items.item([&](FieldWriter& f) { describe(f, kept); });
  }
  items.flush();
  ItemWriter passing(blocks, BlockKind::passing_keys);
  for (const PassingKey& key : LedgerImage::passing(keys))
    passing.item([&](FieldWriter& f) { describe(f, key); });
  passing.flush();
}

void write_timers(BlockWriter& blocks, const Timers& timers) {
  std::vector<Timer> some;
  std::string body;
  const auto flush = [&] {
    body.clear();
    FieldWriter writer(body);
    describe(writer, some);
    if (!some.empty()) blocks.block(BlockKind::timers, body);
    some.clear();
  };
  timers.each([&](const Timer& timer) {
    some.push_back(timer);
    if (some.size() == timers_per_block) flush();
  });
  flush();
}

void write_producers(BlockWriter& blocks, const Producers& producers) {
  ItemWriter items(blocks, BlockKind::producers);
  for (const auto& [name, producer] : producers.all()) {
    const NamedProducer named{name, producer};
    items.item([&](FieldWriter& f) { describe(f, named); });
  }
  items.flush();
}

template <class T> void write_one(BlockWriter& blocks, BlockKind kind, const T& value) {
  std::string body;
  FieldWriter writer(body);
  describe(writer, value);
  blocks.block(kind, body);
}

}  // namespace

bool write_snapshot(const SnapshotHead& head, const Ledger& ledger, const Pieces& notices,
                    const SnapshotSink& sink) {
  ENSURE(head.sequence == ledger.last() && head.recorded_at == ledger.recorded_at(),
         "a snapshot tells the ledger's sequence");
  BlockWriter blocks(sink);
  write_one(blocks, BlockKind::head, head);
  ItemWriter books(blocks, BlockKind::books);
  for (const PriceBook& book : ledger.books().all())
    books.item([&](FieldWriter& f) { describe(f, book); });
  books.flush();
  write_accounts(blocks, ledger.accounts());
  write_sends(blocks, ledger);
  write_keys(blocks, ledger.keys());
  write_timers(blocks, ledger.timers());
  write_one(blocks, BlockKind::aftermath, ledger.aftermath());
  notices([&](std::string_view piece) { blocks.block(BlockKind::notices, piece); });
  write_producers(blocks, ledger.producers());
  if (blocks.good()) blocks.end(ledger.digest());
  return blocks.good();
}

// ---- reading ----

namespace {

class SnapshotReader {
 public:
  SnapshotReader(Ledger& ledger, const PieceRead& piece) : image_(ledger), piece_(piece) {}

  // Whether the block could be taken in; what is wrong with it else.
  std::optional<WireFault> take(const Block& block) {
    FieldReader::Outcome outcome{block.body, {}};
    if (block.kind == BlockKind::notices) {
      if (!piece_(block.body)) return WireFault{0, "notices cannot be read"};
      return {};
    }
    FieldReader reader(outcome, block.body);
    take(block.kind, reader, outcome);
    reader.finish();
    return outcome.fault;
  }

  // What comes last.
  void end(const SnapshotHead& head) {
    image_.end(head.sequence, head.recorded_at, std::move(aftermath_));
  }

 private:
  void take(BlockKind kind, FieldReader& reader, FieldReader::Outcome& outcome) {
    switch (kind) {
      case BlockKind::aftermath: return describe(reader, aftermath_);
      case BlockKind::timers: return take_timers(reader);
      case BlockKind::books:
        return each<PriceBook>(reader, outcome, [this](FieldReader&, PriceBook book) {
          image_.publish(std::move(book));
        });
      case BlockKind::accounts: return take_accounts(reader, outcome);
      case BlockKind::sends: return take_sends(reader);
      case BlockKind::keys:
        return each<KeptKey>(reader, outcome, [this](FieldReader& f, KeptKey kept) {
          const bool rises = image_.remember(std::move(kept.key), kept.seen);
          f.check(rises, "the keys do not rise");
        });
      case BlockKind::passing_keys:
        return each<PassingKey>(reader, outcome, [this](FieldReader&, PassingKey passing) {
          image_.let_pass(passing.first, std::move(passing.second));
        });
      case BlockKind::producers:
        return each<NamedProducer>(reader, outcome, [this](FieldReader& f, NamedProducer named) {
          const bool rises = image_.add(named.first, std::move(named.second));
          f.check(rises, "the producers do not rise");
        });
      case BlockKind::head:
      case BlockKind::notices:
      case BlockKind::end: break;
    }
    reader.check(false, "a block is of a kind that only a newer release knows");
  }

  // Each item of the block, read into a fresh T by `read` and passed on where it is good.
  template <class T>
  static void each(FieldReader& reader, FieldReader::Outcome& outcome, const auto& take,
                   const auto& read) {
    while (reader.next() == items_field) {
      const std::string_view message = reader.one_message(items_field);
      if (!reader.good()) return;
      FieldReader inside(outcome, message);
      T value;
      read(inside, value);
      inside.finish();
      if (!reader.good()) return;
      take(inside, std::move(value));
      if (!reader.good()) return;
    }
  }
  template <class T>
  static void each(FieldReader& reader, FieldReader::Outcome& outcome, const auto& take) {
    each<T>(reader, outcome, take, [](FieldReader& f, T& value) { describe(f, value); });
  }

  void take_accounts(FieldReader& reader, FieldReader::Outcome& outcome) {
    SharedSettings shared;
    each<Account>(
        reader, outcome,
        [this](FieldReader& f, Account account) {
          f.check(account.id.value == ++accounts_, "accounts are not numbered without gaps");
          if (f.good()) image_.add(std::move(account));
        },
        [&shared](FieldReader& f, Account& account) { describe_account(f, account, shared); });
  }

  void take_sends(FieldReader& reader) {
    for (const auto kind :
         {SendPortionKind::records, SendPortionKind::reversals, SendPortionKind::archived}) {
      std::string bytes;
      reader.bytes(std::to_underlying(kind), bytes);
      if (!reader.good()) return;
      reader.check(image_.remember({.kind = kind, .bytes = bytes}), "sends cannot be read");
    }
  }

  void take_timers(FieldReader& reader) {
    std::vector<Timer> timers;
    describe(reader, timers);
    for (const Timer& timer : timers) {
      if (!reader.good()) return;
      reader.check(image_.set(timer), "the timers do not rise");
    }
  }

  LedgerImage image_;
  const PieceRead& piece_;
  Aftermath aftermath_;
  std::uint64_t accounts_ = 0;
};

Result<SnapshotHead, SnapshotFault> read_head(BlockReader& blocks) {
  const auto block = blocks.next();
  if (!block) return std::unexpected{block.error()};
  if (block->kind != BlockKind::head)
    return std::unexpected{blocks.fault(0, "the first block is no head")};
  SnapshotHead head;
  FieldReader::Outcome outcome{block->body, {}};
  FieldReader reader(outcome, block->body);
  describe(reader, head);
  reader.finish();
  if (outcome.fault)
    return std::unexpected{blocks.fault(outcome.fault->offset, outcome.fault->detail)};
  return head;
}

bool comes_once(BlockKind kind) { return kind == BlockKind::head || kind == BlockKind::aftermath; }

}  // namespace

Result<SnapshotHead, SnapshotFault> read_snapshot_head(const SnapshotSource& source) {
  BlockReader blocks(source);
  return read_head(blocks);
}

Result<SnapshotHead, SnapshotFault> read_snapshot(const SnapshotSource& source, Ledger& ledger,
                                                  const PieceRead& piece) {
  BlockReader blocks(source);
  const auto head = read_head(blocks);
  if (!head) return head;
  SnapshotReader reader(ledger, piece);
  BlockKind before = BlockKind::head;
  while (true) {
    const auto block = blocks.next();
    if (!block) return std::unexpected{block.error()};
    if (block->kind < before || (block->kind == before && comes_once(before)))
      return std::unexpected{blocks.fault(0, "a block stands in the wrong place")};
    before = block->kind;
    if (before == BlockKind::end) break;
    if (const auto fault = reader.take(*block))
      return std::unexpected{blocks.fault(fault->offset, fault->detail)};
  }
  reader.end(*head);
  if (const std::string digest = ledger.digest(); digest != blocks.digest())
    return std::unexpected{blocks.fault(0, "the ledger has digest " + digest + ", but had " +
                                               blocks.digest() + " when it was written")};
  return head;
}

}  // namespace packledger
