// Directory: the names behind the numbers of entries, learnt from the entries themselves. Memory:
// about 60 bytes for an account and for each package.
//
// Owner: Front. Front thread.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/ledger.hpp"
#include "wire/names.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace packledger::serve {

class Directory final : public Names {
 public:
  Directory() = default;
  // Of a ledger that was restored: as if every entry up to its last had been learnt.
  explicit Directory(const Ledger& ledger);

  // Every entry once, in order; those up to the last of that ledger are passed over.
  void learn(const Entry& entry);

  [[nodiscard]] std::string_view account(AccountId account) const override;
  [[nodiscard]] Currency currency(AccountId account) const override;
  [[nodiscard]] std::string_view package(AccountId account, PackageId package) const override;

  [[nodiscard]] std::optional<AccountId> find(std::string_view account) const;
  // The entry that opened it, before which there is nothing about it; 0 of an unknown account.
  [[nodiscard]] Sequence opened(AccountId account) const;
  [[nodiscard]] std::size_t accounts() const { return rows_.size(); }

 private:
  struct Row {
    std::string_view name;  // of its key in numbers_
    Currency currency;
    Sequence opened;
    std::vector<std::string> packages;  // PackageId n is at n - 1
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  [[nodiscard]] const Row* row(AccountId account) const;
  void learn_package(AccountId account, const PackageTerms& package);

  Sequence learnt_;        // from a ledger
  std::vector<Row> rows_;  // AccountId n is at n - 1
  std::unordered_map<std::string, AccountId, Hash, std::equal_to<>> numbers_;
};

}  // namespace packledger::serve
