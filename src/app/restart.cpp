#include "app/restart.hpp"

#include "app/logging.hpp"
#include "app/system_clock.hpp"
#include "packledger/ledger/ledger_image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace packledger {
namespace {

void refuse(const Snapshots& files, const RefusedSnapshot& refused) {
  const bool other = refused.fault.code == SnapshotFault::Code::other_format;
  log_event(other ? LogLevel::info : LogLevel::error,
            other ? "snapshot_passed_over" : "snapshot_refused",
            {{"file", refused.file.path.string()}, {"detail", refused.fault.detail}});
  if (!other) files.put_aside(refused.file);
}

}  // namespace

std::optional<TakenUp> take_up_snapshot(const Snapshots& files, const ChainAt& chain_at,
                                        Ledger& ledger) {
  const Stopwatch stopwatch;
  NoticeIndex notices;
  const auto begin_notices = [&notices] {
    notices = NoticeIndex{};
    return [&notices](std::string_view piece) { return notices.read(piece); };
  };
  auto loaded = files.load({.chain_at = chain_at,
                            .fits = {},
                            .begin_notices = begin_notices,
                            .refused = [&files](const RefusedSnapshot& r) { refuse(files, r); },
                            .sends = ledger.sends().limits()});
  if (!loaded) {
    SendArchive* const archive = ledger.sends().limits().archive;
    if (archive != nullptr) archive->clear();  // what a refused one has taken
    return std::nullopt;
  }
  const SnapshotHead& head = loaded->head;
  LedgerImage::hand_over(*loaded->ledger, ledger);
  notices.heard(head.noticed);
  TakenUp taken{.learnt = {.directory = serve::Directory{ledger},
                           .notices = std::move(notices),
                           .position = head.sequence},
                .heard = head.noticed};
  log_event(
      LogLevel::info, "snapshot_loaded",
      {{"position", head.sequence.value},
       {"seconds", fmt::format("{:.3f}", static_cast<double>(stopwatch.elapsed().ms) / 1e3)}});
  return taken;
}

std::unique_ptr<Ledger> ledger_before(const Snapshots& files, const ChainAt& chain_at,
                                      const serve::PastPoint& point) {
  const auto fits = [&point](const SnapshotHead& head) {
    if (point.position && head.sequence > *point.position) return false;
    return !point.at || head.recorded_at <= *point.at;
  };
  auto loaded =
      files.load({.chain_at = chain_at, .fits = fits, .begin_notices = {}, .refused = {}});
  return loaded ? std::move(loaded->ledger) : std::make_unique<Ledger>();
}

}  // namespace packledger
