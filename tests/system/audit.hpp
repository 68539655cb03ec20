// Audit: reads the journal of a daemon over HTTP as an outsider would and adds it up again, to hold
// against what the daemon says of itself and against what its clients were told. One thread.
#pragma once

#include "serve/client.hpp"
#include "tests/system/publishers.hpp"
#include "wire/json.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace packledger {

class Audit {
 public:
  // Reads on from where it stands to the end of the journal. No position may be missing, no send
  // may come twice.
  void read_on(HttpClient& http);

  // Everything that the publishers were told must stand in the journal at that very position.
  void expect_holds(const std::map<std::string, Acknowledged>& acknowledged);
  // Renewals and alarms must follow their cause at once, a renewal once for its cause, an alarm
  // once until it is cleared.
  // What packages and balances say must be what the sends in the journal add up to.
  void expect_balanced(HttpClient& http, const std::vector<std::string>& accounts);

  [[nodiscard]] std::uint64_t position() const { return next_ - 1; }
  [[nodiscard]] std::size_t renewals() const { return renewals_.size(); }
  [[nodiscard]] const std::string& latest() const { return recorded_at_; }  // of the last entry
  // Of the entries that are about an account.
  [[nodiscard]] const std::vector<std::uint64_t>& of_accounts() const { return of_accounts_; }
  // What did not hold; empty where all is well.
  [[nodiscard]] const std::vector<std::string>& faults() const { return faults_; }

 private:
  struct Sent {
    std::uint64_t position = 0;
    std::int64_t units = 0;
  };
  struct Sums {
    std::int64_t units = 0;
    std::int64_t from_packages = 0;
    std::int64_t charged_units = 0;
    std::int64_t charged_micros = 0;
    std::int64_t credited_micros = 0;
    std::int64_t renewed_micros = 0;
    bool alarmed = false;  // raised, and not yet cleared
  };

  void read_line(const std::string& line);
  void read_consequence(const Json& entry, std::uint64_t position);
  void expect(bool holds, const std::string& otherwise);

  std::uint64_t next_ = 1;
  std::uint64_t last_cause_ = 0;  // the last entry that is no consequence
  std::vector<std::uint64_t> of_accounts_;
  std::string recorded_at_;  // of the last entry; such texts sort as their times do
  std::map<std::string, Sent> sends_;
  std::set<std::string> renewals_;    // by their keys
  std::map<std::string, Sums> sums_;  // by account
  std::vector<std::string> faults_;
};

}  // namespace packledger
