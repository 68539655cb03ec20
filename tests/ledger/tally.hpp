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
  void line(const std::string& line);  // of the trail
  // What should have happened more than ten times and did not, one a line.
  [[nodiscard]] std::string missing() const;
  [[nodiscard]] std::string text() const;

 private:
  std::map<std::string, std::uint64_t> counts_;
};

}  // namespace packledger
