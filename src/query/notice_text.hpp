// The sentence of a notice: what has happened, with its figures, for somebody who reads bills and
// no code. Pure functions, any thread.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "query/notice_terms.hpp"
#include "wire/names.hpp"

#include <string>

namespace packledger {

// What a notice is about. The entry is one of which told_by has receivers.
[[nodiscard]] Topic topic_of(const Entry& entry);

// One sentence or two, in English, with a full stop.
[[nodiscard]] std::string notice_text(const Entry& entry, const NoticeTerms& terms,
                                      const Names& names);

}  // namespace packledger
