// Packed sends: a SendRecord without its reversals in few bytes, for memory only. The bytes begin
// with what is looked at most: forget_at, account, name. Pure functions, any thread.
#pragma once

#include "packledger/ledger/seen_sends.hpp"

#include <string>
#include <string_view>

namespace packledger {

void pack(const SendRecord& record, std::string& bytes);  // appends
[[nodiscard]] SendRecord unpacked(std::string_view bytes);

struct PackedHead {
  Instant forget_at;
  AccountId account;
  std::string_view send;
};
[[nodiscard]] PackedHead packed_head(std::string_view bytes);

}  // namespace packledger
