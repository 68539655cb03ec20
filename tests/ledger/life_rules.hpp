// Rules: what an account asks for beyond sends and packages, drawn at random: alarms, renewal,
// contacts, holds, invoices, settings.
//
// Owner: Life; one thread.
#pragma once

#include "tests/ledger/draw.hpp"

#include <vector>

namespace packledger {

class Rules {
 public:
  // With forecasts, and alarms that want them: no client has these.
  Rules(Draw& draw, bool forecasts) : draw_(draw), forecasts_(forecasts) {}

  Step alarm();
  Step alarm_removal();
  Step forecast();
  Step renewal();
  Step renewal_removal();
  Step contacts();
  Step hold();
  Step capture();
  Step release();
  Step invoice();
  Step settings();

 private:
  model::AlarmRule alarm_rule();
  std::string some_package();

  Draw& draw_;
  bool forecasts_;
  std::vector<model::AlarmRule> alarms_;
  std::vector<model::RenewalRule> renewals_;
  std::vector<model::Hold> holds_;
};

}  // namespace packledger
