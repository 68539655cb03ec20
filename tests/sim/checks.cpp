#include "tests/sim/checks.hpp"

#include "packledger/engine/redecision.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

namespace packledger::sim {
namespace {

template <class... Case> struct Cases : Case... {
  using Case::operator()...;
};

std::string at(const Entry& entry) {
  return std::string(kind_text(entry.input.what)) + " at " + std::to_string(entry.sequence.value);
}

std::string package_broken(const Package& package) {
  const Units parts =
      package.remaining + package.held + package.used + package.forfeited + package.refunded;
  const Units quota = package.paid() ? package.terms.quota : Units{0};
  if (parts == quota) return {};
  return "package " + package.terms.name + " has parts of " + std::to_string(parts.value) +
         " and a quota of " + std::to_string(quota.value);
}

// The first text that an account gives.
template <class Look> std::string first_of_accounts(const Ledger& ledger, const Look& look) {
  for (std::uint64_t id = 1; id <= ledger.accounts().count(); ++id) {
    const Account& account = ledger.accounts().at(AccountId{id});
    if (std::string wrong = look(account); !wrong.empty()) return account.name + ": " + wrong;
  }
  return {};
}

struct Sums {
  Units remaining;
  Units held;
  Units quota;
  Units starting;
  friend bool operator==(const Sums&, const Sums&) = default;
};

std::string pools_broken(const Account& account) {
  std::vector<Sums> sums(account.pools.size());
  for (const Package& package : account.packages) {
    if (package.state == PackageState::scheduled)
      sums[package.pool].starting += package.terms.quota;
    if (!package.in_force()) continue;
    sums[package.pool].remaining += package.remaining;
    sums[package.pool].held += package.held;
    sums[package.pool].quota += package.terms.quota;
  }
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const Pool& pool = account.pools[i];
    const Sums kept{pool.remaining, pool.held, pool.quota, pool.starting_by(instant_max)};
    if (kept != sums[i]) return "pool " + pool.name + " has other sums than its packages";
  }
  return {};
}

// By what a client names what it wants once; empty for what has no name of its own.
std::string identity_of(const Entry& entry) {
  const std::string account = std::to_string(entry.input.account.value) + "/";
  return std::visit(
      Cases{
          [&](const AccountOpened& asked) { return "account " + asked.name; },
          [&](const OrderPlaced& asked) { return "order " + account + asked.order; },
          [&](const OrderPaid& asked) { return "payment " + account + asked.order; },
          [&](const OrderCancelled& asked) { return "cancelled " + account + asked.order; },
          [&](const PackageGranted& asked) { return "grant " + account + asked.package; },
          [&](const PackageRefunded& asked) { return "refund " + account + asked.package; },
          [&](const SendRecorded& asked) {
            return "send " + account + std::string(std::string_view(asked.send));
          },
          [&](const SendReversed& asked) {
            return "reversal " + account + asked.send + "/" + asked.reversal;
          },
          [&](const HoldPlaced& asked) { return "hold " + account + asked.hold; },
          [&](const HoldCaptured& asked) { return "end of hold " + account + asked.hold; },
          [&](const HoldReleased& asked) { return "end of hold " + account + asked.hold; },
          [&](const BatchTaken& asked) {
            return "batch " + asked.producer + "/" + std::to_string(asked.epoch) + "/" +
                   std::to_string(asked.number);
          },
          [&](const auto&) { return std::string{}; },
      },
      entry.input.what);
}

using Timed = std::tuple<std::string_view, std::uint64_t, std::string, Instant>;

// When a timer fell due, and which; nothing for what is no timer.
std::optional<Timed> timer_of(const Entry& entry) {
  return std::visit(
      [&](const auto& what) -> std::optional<Timed> {
        if constexpr (requires { what.due; }) {
          std::string which;
          if constexpr (requires { what.package; }) which = std::to_string(what.package.value);
          if constexpr (requires { what.before; }) which += "/" + std::to_string(what.before.ms);
          if constexpr (requires { what.order; }) which = what.order;
          if constexpr (requires { what.hold; }) which = what.hold;
          if constexpr (requires { what.alarm; }) which = what.alarm;
          return Timed{kind_text(entry.input.what), entry.input.account.value, which, what.due};
        } else {
          return std::nullopt;
        }
      },
      entry.input.what);
}

}  // namespace

std::string conservation_broken(const Ledger& ledger) {
  return first_of_accounts(ledger, [](const Account& account) {
    for (const Package& package : account.packages) {
      if (std::string wrong = package_broken(package); !wrong.empty()) return wrong;
    }
    const Money sums = account.credited + account.refunded - account.purchased - account.charged;
    if (account.balance == sums) return std::string{};
    return "a balance of " + std::to_string(account.balance.micros) + ", but its sums make " +
           std::to_string(sums.micros);
  });
}

std::string totals_broken(const Ledger& ledger) {
  return first_of_accounts(ledger, [](const Account& account) {
    for (const Package& package : account.packages) {
      for (const Units part :
           {package.remaining, package.held, package.used, package.forfeited, package.refunded}) {
        if (part < Units{0} || part > package.terms.quota)
          return "package " + package.terms.name + " has a part of " + std::to_string(part.value);
      }
    }
    return pools_broken(account);
  });
}

std::string acknowledged_lost(std::span<const Entry> recovered,
                              std::span<const Entry> acknowledged) {
  if (recovered.size() < acknowledged.size())
    return std::to_string(acknowledged.size()) + " entries were acknowledged, " +
           std::to_string(recovered.size()) + " are there";
  const auto [mine, theirs] = std::ranges::mismatch(recovered, acknowledged);
  return theirs == acknowledged.end() ? "" : at(*theirs) + " was acknowledged otherwise";
}

std::string no_prefix(std::span<const Entry> recovered, std::span<const Entry> submitted,
                      std::span<const std::size_t> ends) {
  if (recovered.size() > submitted.size()) return at(recovered[submitted.size()]) + " is invented";
  const auto [mine, theirs] = std::ranges::mismatch(recovered, submitted);
  if (mine != recovered.end()) return at(*mine) + " is not what was submitted";
  const bool whole = recovered.empty() || std::ranges::find(ends, recovered.size()) != ends.end();
  return whole ? "" : "it ends within a batch, with " + at(recovered.back());
}

std::string told_twice(std::span<const Entry> entries) {
  std::set<std::string> seen;
  for (const Entry& entry : entries) {
    const std::string identity = identity_of(entry);
    if (!identity.empty() && !seen.insert(identity).second)
      return identity + " has a second effect, " + at(entry);
    if (entry.input.key.empty()) continue;
    const std::string key =
        "key " + std::to_string(entry.input.account.value) + "/" + entry.input.key;
    if (!seen.insert(key).second) return key + " has a second effect, " + at(entry);
  }
  return {};
}

std::string out_of_turn(std::span<const Entry> entries, Ledger& ledger) {
  Redecision law(ledger);
  for (const Entry& entry : entries) {
    if (const auto differs = law.take(entry))
      return at(entry) + ": " + std::string(difference_text(differs->what));
  }
  const auto left = law.end();
  return left ? "the end: " + std::string(difference_text(left->what)) : "";
}

std::string timers_wrong(std::span<const Entry> entries) {
  std::set<Timed> fired;
  for (const Entry& entry : entries) {
    const auto timer = timer_of(entry);
    if (!timer) continue;
    if (std::get<Instant>(*timer) > entry.recorded_at) return at(entry) + " fired early";
    if (!fired.insert(*timer).second) return at(entry) + " fired twice";
  }
  return {};
}

std::vector<std::string> notices_of(std::span<const Entry> entries) {
  std::vector<std::string> notices;
  for (const Entry& entry : entries) {
    std::visit(
        [&](const auto& what) {
          if constexpr (requires { what.at; }) {
            std::string text = std::string(kind_text(entry.input.what)) + " " +
                               std::to_string(entry.input.account.value);
            if constexpr (requires { what.alarm; })
              text += " " + what.alarm + " " + std::to_string(what.package.value);
            notices.push_back(text + " " + std::to_string(what.at.ms));
          }
        },
        entry.input.what);
  }
  return notices;
}

}  // namespace packledger::sim
