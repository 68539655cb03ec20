// AccountName: the name of an account together with its hash. Whoever reads a name from outside
// makes the hash on a thread of its own, so that the engine need not, and the two cannot disagree.
// Value, any thread.
#pragma once

#include "packledger/ledger/name.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace packledger {

// Fast and well spread, the same in every build; 0 for no name.
[[nodiscard]] std::uint64_t account_hash(std::string_view name);

class AccountName {
 public:
  AccountName() = default;
  // As Name: of text of at most name_bytes_max bytes.
  AccountName(std::string_view text) { assign(text); }  // NOLINT(google-explicit-constructor)
  AccountName(const std::string& text) : AccountName(std::string_view{text}) {}  // NOLINT
  AccountName(const char* text) : AccountName(std::string_view{text}) {}         // NOLINT

  void assign(std::string_view text) {
    name_.assign(text);
    hash_ = account_hash(text);
  }

  [[nodiscard]] std::string_view view() const { return name_.view(); }
  operator std::string_view() const { return view(); }  // NOLINT(google-explicit-constructor)
  [[nodiscard]] std::string string() const { return name_.string(); }
  [[nodiscard]] std::size_t size() const { return name_.size(); }
  [[nodiscard]] bool empty() const { return name_.empty(); }
  [[nodiscard]] std::uint64_t hash() const { return hash_; }

  friend bool operator==(const AccountName& a, const AccountName& b) {
    return a.hash_ == b.hash_ && a.name_ == b.name_;
  }

 private:
  std::uint64_t hash_ = 0;  // first: it is looked at long before the name
  Name name_;
};

}  // namespace packledger
