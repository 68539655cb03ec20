// A ledger for tests of views: the real law, told input by input at instants written in the zone of
// the books. One thread.
#pragma once

#include "packledger/ledger/ledger.hpp"

#include <string_view>
#include <vector>

namespace packledger::wire_tests {

class Story {
 public:
  // Publishes the shipped price book and opens acme in yuan with 10,000 on its balance, on
  // 2024-05-01T00:00:00+08:00.
  Story();

  // "05-10 12:30": what was asked then, after every timer that is due by then. Fails the test where
  // the law refuses.
  Entry tell(std::string_view when, What what);
  // The same with all that it caused behind it.
  std::vector<Entry> tell_all(std::string_view when, What what);
  void send(std::string_view when, std::string_view name, Units units,
            std::string_view destination = "TH");

  [[nodiscard]] const Account& acme() const { return ledger_.accounts().at(AccountId{1}); }
  [[nodiscard]] SendRecord sent(std::string_view name) const;
  [[nodiscard]] Sequence last() const { return ledger_.last(); }
  [[nodiscard]] const Ledger& ledger() const { return ledger_; }

 private:
  std::vector<Entry> keep(Input input, Instant at);
  Entry keep_one(Input input, Instant at, Sequence cause);

  Ledger ledger_;
};

[[nodiscard]] Instant instant_at(std::string_view when);

}  // namespace packledger::wire_tests
