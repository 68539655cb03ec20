// Notice terms: what the sentence of a notice needs beside its entry: the clock of the account and
// the rule of the alarm or of the renewal, as they were when the notice was made. Followed from the
// entries of one account.
//
// Owner: NoticeIndex or Statement; one thread at a time.
#pragma once

#include "packledger/ledger/alarm.hpp"
#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/renewal.hpp"
#include "packledger/ledger/time.hpp"

#include <map>
#include <memory>
#include <string>

namespace packledger {

// Shared: the notices of years stand on a few rules and a zone, which may have changed since.
struct NoticeTerms {
  std::shared_ptr<const Zone> zone;
  std::shared_ptr<const AlarmRule> alarm;      // of AlarmRaised and AlarmCleared, else null
  std::shared_ptr<const RenewalRule> renewal;  // of PackageRenewed and RenewalFailed, else null
};

class NoticeTermsNow {
 public:
  // The entries of the account, each once, in order, from AccountOpened on.
  void learn(const Entry& entry);
  // Of the entry that was learnt last.
  [[nodiscard]] NoticeTerms of(const Entry& entry) const;

 private:
  friend class NoticeIndex;  // carries it into a snapshot and back

  std::shared_ptr<const Zone> zone_;
  std::map<std::string, std::shared_ptr<const AlarmRule>> alarms_;  // by name
  std::shared_ptr<const RenewalRule> renewal_;
};

}  // namespace packledger
