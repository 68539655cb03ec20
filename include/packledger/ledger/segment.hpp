// The length of a message in billed parts (rules §2). Pure functions of the text: no account, no
// price, no clock. Which profile a destination has is the caller's to know. The text is never kept.
// Values, any thread.
#pragma once

#include "packledger/ledger/result.hpp"
#include "packledger/ledger/units.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace packledger {

enum class SegmentProfile : std::uint8_t {
  cn_unicode = 1,  // mainland China: every UTF-16 code unit counts 1 (R16)
  intl_auto = 2,   // GSM-7 where every character has a place in its tables, else UCS-2 (R18)
};

// In order of precedence: the first that holds is the one reported.
enum class SegmentFault : std::uint8_t {
  not_utf8 = 1,
  too_long = 2,  // more than message_length_max with the signature and its brackets (R15)
};

inline constexpr std::size_t message_length_max = 500;  // UTF-16 code units (R15, R21)

// Both UTF-8. A signature may come bare ("Acme") or in the brackets it is to be sent with, 【…】 or
// […]; a bare one is wrapped as the profile asks (R17, R25), an empty one adds nothing.
struct MessageText {
  std::string_view signature;
  std::string_view body;
};

// At least 1: an empty message is one part (R26).
[[nodiscard]] Result<Units, SegmentFault> segment_count(const MessageText& text,
                                                        SegmentProfile profile);

}  // namespace packledger
