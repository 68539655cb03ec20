// SeenKeys: the identities of commands other than sends: the Idempotency-Key of a request and the
// natural names of orders, packages, reversals (rules §1 R12). Remembers where the first entry
// stands and a digest of what it asked, not the request itself: the journal has that. Engine
// thread.
#pragma once

#include "packledger/ledger/id.hpp"
#include "packledger/ledger/time.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace packledger {

struct SeenKey {
  Sequence sequence;
  std::uint64_t digest = 0;
  std::optional<Instant> forget_at;  // absent: for ever
};

class SeenKeys {
 public:
  using Key =
      std::pair<AccountId, std::string>;  // the text begins with its kind: "key:", "order:", ...

  explicit SeenKeys(const SeenKeys* beneath = nullptr) : beneath_(beneath) {}

  [[nodiscard]] const SeenKey* find(AccountId account, const std::string& text, Instant at) const;
  void remember(AccountId account, const std::string& text, const SeenKey& seen);
  void forget(Instant at, std::size_t keys_max);
  [[nodiscard]] const std::map<Key, SeenKey>& all() const { return keys_; }

 private:
  friend class LedgerImage;

  const SeenKeys* beneath_;
  std::map<Key, SeenKey> keys_;
  std::deque<std::pair<Instant, Key>> passing_;  // those with an end, in the order of arrival
};

}  // namespace packledger
