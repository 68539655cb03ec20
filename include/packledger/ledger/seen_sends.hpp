// SeenSends: every send that may still come again or be reversed, by account and name (rules §1 R4
// R12, §5 R57, §7 R75). This is the one place of once-only: the check and the effect are one step
// of the ledger. Engine thread.
//
// A record is forgotten at a journal time that is fixed when it is made, after the send could no
// longer be accepted and no longer be reversed; whether it is found depends on that time alone, not
// on when its memory is given back.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/id.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace packledger {

struct Reversal {
  std::string name;
  Units units;
  Sequence sequence;
};

struct SendRecord {
  AccountId account;
  Sequence sequence;
  Instant recorded_at;
  Instant reversible_until;  // first instant at which it can no longer be reversed
  Instant forget_at;
  SendRecorded asked;
  SendDecision decided;
  std::vector<Reversal> reversals;

  [[nodiscard]] Units reversed() const;
};

class SeenSends {
 public:
  // A view over another one: what is not here is looked up there, nothing is changed there.
  explicit SeenSends(const SeenSends* beneath = nullptr) : beneath_(beneath) {}

  [[nodiscard]] const SendRecord* find(AccountId account, std::string_view send, Instant at) const;
  void remember(SendRecord record);
  // Adds a reversal to a record that find() knows.
  void reverse(AccountId account, std::string_view send, Reversal reversal);
  // Gives back the memory of at most `records_max` forgotten records.
  void forget(Instant at, std::size_t records_max);

  [[nodiscard]] std::size_t size() const { return records_.size(); }
  // In the order of recording; for the digest.
  [[nodiscard]] const std::deque<SendRecord>& all() const { return records_; }

 private:
  struct Key {
    AccountId account;
    std::string send;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyView {
    AccountId account;
    std::string_view send;
  };
  struct KeyHash {
    using is_transparent = void;
    std::size_t operator()(const Key& key) const { return (*this)(KeyView{key.account, key.send}); }
    std::size_t operator()(const KeyView& key) const;
  };
  struct KeyEqual {
    using is_transparent = void;
    static KeyView view(const Key& key) { return {key.account, key.send}; }
    static KeyView view(const KeyView& key) { return key; }
    bool operator()(const auto& a, const auto& b) const {
      return view(a).account == view(b).account && view(a).send == view(b).send;
    }
  };

  const SeenSends* beneath_;
  std::deque<SendRecord> records_;  // in the order of recording
  std::uint64_t forgotten_ = 0;     // records taken from the front so far
  std::unordered_map<Key, std::uint64_t, KeyHash, KeyEqual>
      places_;  // look-up only, never iterated
};

}  // namespace packledger
