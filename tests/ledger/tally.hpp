// Tally: counts what happened in random lives, to see that they are worth living.
//
// Owner: the test; one thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace packledger {

class Tally {
 public:
  void answer(const std::string& answer);
  void line(const std::string& full);  // of the trail
  // What should have happened so often and did not, one a line; what is rare by nature is asked for
  // only where more than one is.
  [[nodiscard]] std::string rarer_than(std::uint64_t least) const;
  [[nodiscard]] std::string text() const;

 private:
  std::map<std::string, std::uint64_t> counts_;
};

}  // namespace packledger
