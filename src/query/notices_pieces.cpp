// The index of notices as the message SnapshotNotices of proto/packledger/v1/snapshot.proto,
// written and read by hand.
#include "packledger/ledger/result.hpp"
#include "query/notices.hpp"
#include "wire/entry_format.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace packledger {

template <> inline constexpr Topic last_of<Topic> = Topic::account;

namespace {

constexpr std::uint64_t items_field = 1;
constexpr std::size_t piece_bytes = std::size_t{256} * 1024;
// Zones of a piece that are told once; more are rare, and each would be compared with all of them.
constexpr std::size_t zones_max = 32;

// One row with its terms as numbers: 0 is none, or the zone now.
struct KeptRow {
  Sequence position;
  Instant recorded_at;
  Topic topic = Topic::alarm;
  std::uint64_t zone = 0;
  std::uint64_t alarm = 0;
  std::uint64_t renewal = 0;
};

template <class F> void describe(F& f, Ref<F, KeptRow> row) {
  f.item(row.position);
  f.item(row.recorded_at);
  f.item(row.topic);
  f.item(row.zone);
  f.item(row.alarm);
  f.item(row.renewal);
}

struct KeptNotices {
  std::uint64_t zone_as = 0;
  std::optional<Zone> zone;
  std::vector<Zone> zones;
  std::vector<AlarmRule> alarms;
  std::vector<RenewalRule> renewals;
  std::vector<std::uint64_t> alarms_now;
  std::uint64_t renewal_now = 0;
  std::vector<KeptRow> rows;
};

template <class F> void describe(F& f, Ref<F, KeptNotices> kept) {
  f.field(1, kept.zone_as);
  f.message(2, kept.zone, described);
  f.check((kept.zone_as == 0) == kept.zone.has_value(), "a zone is told twice or not at all");
  f.messages(3, kept.zones, described);
  f.messages(4, kept.alarms, described);
  f.messages(5, kept.renewals, described);
  f.packed(6, kept.alarms_now, one_item);
  f.field(7, kept.renewal_now);
  f.packed(8, kept.rows, described);
}

// What several rows stand on, numbered from 1 in the order in which it is asked for.
template <class T> class Numbers {
 public:
  explicit Numbers(std::vector<T>& kept) : kept_(kept) {}
  std::uint64_t of(const std::shared_ptr<const T>& value) {
    if (value == nullptr) return 0;
    const auto found = numbers_.try_emplace(value.get(), kept_.size() + 1);
    if (found.second) kept_.push_back(*value);
    return found.first->second;
  }

 private:
  std::vector<T>& kept_;
  std::map<const T*, std::uint64_t> numbers_;
};

template <class T> std::vector<std::shared_ptr<const T>> shared(std::vector<T> values) {
  std::vector<std::shared_ptr<const T>> all;
  for (T& value : values) all.push_back(std::make_shared<const T>(std::move(value)));
  return all;
}

}  // namespace

struct NoticeIndex::Piece {
  std::vector<std::shared_ptr<const Zone>> zones;  // told in this piece

  KeptNotices kept(const OfAccount& of) {
    KeptNotices kept;
    tell_zone(of.terms.zone_, kept);
    Numbers<Zone> other_zones{kept.zones};
    Numbers<AlarmRule> alarms{kept.alarms};
    Numbers<RenewalRule> renewals{kept.renewals};
    for (const auto& [name, rule] : of.terms.alarms_) kept.alarms_now.push_back(alarms.of(rule));
    kept.renewal_now = renewals.of(of.terms.renewal_);
    for (const NoticeRow& row : of.rows) {
      const NoticeTerms& terms = row.terms;
      const bool zone_now = terms.zone == of.terms.zone_;
      kept.rows.push_back({row.position, row.recorded_at, row.topic,
                           zone_now ? 0 : other_zones.of(terms.zone), alarms.of(terms.alarm),
                           renewals.of(terms.renewal)});
    }
    return kept;
  }

  void tell_zone(const std::shared_ptr<const Zone>& zone, KeptNotices& kept) {
    ENSURE(zone != nullptr, "an account has a zone");
    const auto same = [&](const auto& told) { return told == zone || *told == *zone; };
    const auto found = std::ranges::find_if(zones, same);
    if (found != zones.end()) {
      kept.zone_as = static_cast<std::uint64_t>(found - zones.begin()) + 1;
      return;
    }
    kept.zone = *zone;
    if (zones.size() < zones_max) zones.push_back(zone);
  }

  // False where a number stands for nothing.
  bool restore(KeptNotices kept, OfAccount& of) {
    if (kept.zone) {
      of.terms.zone_ = std::make_shared<const Zone>(*std::move(kept.zone));
      if (zones.size() < zones_max) zones.push_back(of.terms.zone_);
    } else if (!pick(zones, kept.zone_as, of.terms.zone_)) {
      return false;
    }
    const auto other_zones = shared(std::move(kept.zones));
    const auto alarms = shared(std::move(kept.alarms));
    const auto renewals = shared(std::move(kept.renewals));
    bool right = pick(renewals, kept.renewal_now, of.terms.renewal_);
    for (const std::uint64_t number : kept.alarms_now) {
      std::shared_ptr<const AlarmRule> rule;
      right = right && pick(alarms, number, rule) && rule != nullptr;
      if (right) of.terms.alarms_[rule->name] = rule;
    }
    for (const KeptRow& row : kept.rows) {
      NoticeTerms terms{.zone = of.terms.zone_, .alarm = nullptr, .renewal = nullptr};
      if (row.zone != 0) right = right && pick(other_zones, row.zone, terms.zone);
      right = right && pick(alarms, row.alarm, terms.alarm);
      right = right && pick(renewals, row.renewal, terms.renewal);
      right = right && (of.rows.empty() || of.rows.back().position < row.position);
      of.rows.push_back({row.position, row.recorded_at, row.topic, std::move(terms)});
    }
    return right;
  }

  template <class T>
  static bool pick(const std::vector<std::shared_ptr<const T>>& from, std::uint64_t number,
                   std::shared_ptr<const T>& into) {
    if (number > from.size()) return false;
    if (number != 0) into = from[number - 1];
    return true;
  }
};

void NoticeIndex::write(const std::function<void(std::string_view piece)>& visit) const {
  std::string body;
  Piece piece;
  const auto flush = [&] {
    if (!body.empty()) visit(body);
    body.clear();
    piece = {};
  };
  for (const OfAccount& of : accounts_) {
    const KeptNotices kept = piece.kept(of);
    FieldWriter writer(body);
    writer.message(items_field, [&](FieldWriter& f) { describe(f, kept); });
    if (body.size() >= piece_bytes) flush();
  }
  flush();
}

bool NoticeIndex::read(std::string_view piece) {
  FieldReader::Outcome outcome{piece, {}};
  FieldReader reader(outcome, piece);
  Piece told;
  while (reader.next() == items_field) {
    const std::string_view message = reader.one_message(items_field);
    if (!reader.good()) return false;
    FieldReader inside(outcome, message);
    KeptNotices kept;
    describe(inside, kept);
    inside.finish();
    if (!reader.good() || !told.restore(std::move(kept), accounts_.emplace_back())) return false;
    if (accounts_.back().terms.zone_ == nullptr) return false;
  }
  reader.finish();
  return reader.good();
}

}  // namespace packledger
