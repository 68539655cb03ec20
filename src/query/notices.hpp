// NoticeIndex: where in the journal the notices of each account stand. The notices themselves are
// read from there. Memory: about 80 bytes for a notice.
//
// Owner: serve's front; learns every entry once, in order. One thread.
#pragma once

#include "packledger/ledger/contact.hpp"
#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/id.hpp"
#include "packledger/ledger/time.hpp"
#include "query/notice_terms.hpp"
#include "wire/json_writer.hpp"
#include "wire/names.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

struct NoticeRow {
  Sequence position;
  Instant recorded_at;
  Topic topic = Topic::alarm;
  NoticeTerms terms;
};

struct NoticesQuery {
  Sequence after;                 // of the cursor; 0 from the start
  Sequence until;                 // none after it
  std::optional<Instant> from{};  // recorded at it or later
  std::optional<Topic> topic{};
  std::size_t limit = 0;
};

struct NoticesFound {
  std::vector<NoticeRow> rows;  // in the order of the journal
  bool more = false;
};

class NoticeIndex {
 public:
  // Entries that it has heard of already, from a snapshot, are passed over.
  void learn(const Entry& entry);
  [[nodiscard]] NoticesFound find(AccountId account, const NoticesQuery& query) const;

  // All of it in pieces of about 256 KiB, for a snapshot (docs/snapshot_format.md).
  void write(const std::function<void(std::string_view piece)>& visit) const;
  // The pieces, in order, into one as made; false for one that write cannot have made. Then it is
  // to be thrown away.
  [[nodiscard]] bool read(std::string_view piece);
  // All pieces were read: it has heard of everything up to there.
  void heard(Sequence until) { heard_ = until; }

 private:
  struct OfAccount {
    NoticeTermsNow terms;
    std::vector<NoticeRow> rows;  // rising positions
  };
  struct Piece;
  std::vector<OfAccount> accounts_;  // AccountId n is at n - 1
  Sequence heard_;                   // from a snapshot
};

// "acme-812": the same for ever, however often the notice is told.
[[nodiscard]] std::string notice_name(std::string_view account, Sequence position);

[[nodiscard]] std::optional<Topic> parse_topic(std::string_view text);

// The notices of one account: rows and their entries, as many of one as of the other.
struct NoticesPage {
  AccountId account;
  std::span<const NoticeRow> rows;
  std::span<const Entry> entries;
  bool more = false;
  Sequence position;  // up to which it was read
};
// {account, notices: [as below], next_cursor?, position}
[[nodiscard]] std::string notices_page(const NoticesPage& page, const Names& names);
// {notice, position, kind, topic, at, recorded_at, caused_by?, text, told: [{contact, channels}],
// input, decision}
void write_notice(JsonWriter& json, const Entry& entry, const NoticeTerms& terms,
                  const Names& names);

}  // namespace packledger
