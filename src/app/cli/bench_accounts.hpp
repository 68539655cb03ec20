// The accounts of a load: opened, funded and supplied through the interface as anybody's would be,
// and read back at the end: every unit that was answered as recorded must have been taken from a
// package or charged, account by account. Those of an earlier run can be used again; then what they
// had used before is read at the start.
//
// Owner: `packledger bench`; one thread.
#pragma once

#include "app/cli/session.hpp"
#include "serve/load_client.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::cli {

struct BenchSupply {
  std::string prefix;
  std::int64_t accounts = 10'000;
  std::int64_t packages = 2;    // of each account, used one after the other
  std::int64_t quota = 10'000;  // units of each package; what is beyond them is paid per use
};

// What the daemon shows of all accounts together.
struct BenchFigures {
  std::int64_t used = 0;           // units taken from packages
  std::int64_t charged = 0;        // units paid per use
  std::vector<std::string> wrong;  // what does not add up, in words
};

class BenchAccounts {
 public:
  BenchAccounts(Session& session, BenchSupply supply)
      : session_{session}, supply_{std::move(supply)} {}

  enum class Opened : std::uint8_t { fresh, known };
  // With a price book in the currency for tests, where there is none of ours yet.
  [[nodiscard]] Result<Opened, ExitCode> open();
  // Reads all accounts back; `units` are those recorded, by account.
  [[nodiscard]] Result<BenchFigures, ExitCode> check(std::span<const std::int64_t> units);

 private:
  struct Chore {
    std::string method = "GET";
    std::string target;
    std::string body = {};
  };
  // `chores` of every account, in order, many accounts at a time.
  struct Round {
    std::int64_t chores = 0;
    std::function<Chore(std::int64_t account, std::int64_t chore)> make;
    // False where the answer makes no sense; none: any answer will do.
    std::function<bool(std::int64_t account, std::int64_t chore, std::string_view body)> take = {};
  };
  [[nodiscard]] ExitCode publish_book();
  [[nodiscard]] Result<bool, ExitCode> is_known(std::int64_t account);
  [[nodiscard]] ExitCode read_before();
  [[nodiscard]] ExitCode read();
  [[nodiscard]] ExitCode perform(const Round& round);
  [[nodiscard]] Chore opening(std::int64_t account, std::int64_t chore) const;
  [[nodiscard]] bool add_account(std::int64_t account, std::string_view body);
  [[nodiscard]] bool add_packages(std::int64_t account, std::string_view body);
  [[nodiscard]] std::string name(std::int64_t account) const;

  Session& session_;
  BenchSupply supply_;
  BenchFigures figures_;
  BenchFigures before_;                // of the run
  std::vector<std::int64_t> shown_;    // units used and charged, by account
  std::vector<std::int64_t> earlier_;  // the same, before the run
};

}  // namespace packledger::cli
