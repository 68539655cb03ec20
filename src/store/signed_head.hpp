// A signed head: what a journal was at a position, signed with Ed25519, to be kept where nobody who
// can change the journal can change it, too. A chain alone does not show that its tail was cut off
// or all of it written anew; a head that was kept elsewhere does.
//
// Owner: whoever signs or checks. Pure functions but for the key file, any thread.
// Invariants:
//  1. What is signed is one text with every figure of the head in it; nothing else is trusted.
//  2. A key file is made with mode 0600, and never over another file.
#pragma once

#include "packledger/ledger/id.hpp"
#include "packledger/ledger/result.hpp"
#include "packledger/ledger/time.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace packledger {

struct LedgerHead {
  Sequence position;
  Instant recorded_at;
  std::string chain;   // of the record that ends there, in hex
  std::string digest;  // of the ledger there
};

struct SignedHead {
  LedgerHead head;
  std::string public_key;  // in hex, 32 bytes
  std::string signature;   // in hex, 64 bytes
};

// Makes a key; its public half in hex, or why not.
[[nodiscard]] Result<std::string, std::string> make_signing_key(const std::filesystem::path& file);
[[nodiscard]] Result<SignedHead, std::string> sign_head(const LedgerHead& head,
                                                        const std::filesystem::path& key_file);
// Whether its own public key made its signature.
[[nodiscard]] bool is_signed_by_its_key(const SignedHead& head);

// One line of JSON, and back; else what is wrong with it.
[[nodiscard]] std::string signed_head_json(const SignedHead& head);
[[nodiscard]] Result<SignedHead, std::string> read_signed_head(std::string_view text);

}  // namespace packledger
