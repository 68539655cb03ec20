// Desk: a Ledger driven by hand, for tests that need no engine: what is due is taken first, what is
// decided is applied, and every entry is kept.
//
// Owner: the test; one thread.
#pragma once

#include "packledger/ledger/ledger.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

class Desk {
 public:
  explicit Desk(Instant now) : ledger_(std::make_unique<Ledger>()), now_(now) {}

  // Time passes: each timer is recorded at its own instant.
  void advance(Instant to);
  // Time has passed: all that is due is recorded now.
  void jump(Instant to);

  // Decides and applies. `account` is empty where the input opens one or is about none.
  Result<Decision, Refusal> ask(std::string_view account, What what, std::string key = {});
  // The same without keeping anything.
  [[nodiscard]] Result<Decision, Refusal> try_out(std::string_view account, What what) const;

  [[nodiscard]] const Ledger& ledger() const { return *ledger_; }
  [[nodiscard]] const Account& account(std::string_view name) const;
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] Instant now() const { return now_; }

 private:
  void keep(Input input, Decision decision);
  void take_due();
  [[nodiscard]] Input input_of(std::string_view account, What what, std::string key) const;

  std::unique_ptr<Ledger> ledger_;
  std::vector<Entry> entries_;
  Instant now_;
};

// A ledger made from entries alone.
[[nodiscard]] std::unique_ptr<Ledger> replayed(std::span<const Entry> entries);

// "quota_exhausted"; "done" where it is no refusal.
[[nodiscard]] std::string code_of(const Result<Decision, Refusal>& decided);

}  // namespace packledger
