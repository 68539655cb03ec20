#include "packledger/ledger/account_name.hpp"

#include "ledger/send_hash.hpp"

namespace packledger {

std::uint64_t account_hash(std::string_view name) {
  constexpr std::uint64_t seed = 0x4528'21e6'38d0'1377ULL;  // another than those of sends
  return name.empty() ? 0 : hash_of(name, seed);
}

}  // namespace packledger
