#include "tests/sim/player.hpp"

#include <algorithm>
#include <utility>

namespace packledger::sim {
namespace {

// Shorter than anything is remembered for.
constexpr Duration again_within = hours(12);

Reply replies_of(const CommandAnswer& answer) {
  if (!answer) return {};
  return {.first = answer->entries.front().sequence, .repeated = answer->replayed};
}

std::vector<Reply> replies_of(const SendsAnswered& answered) {
  std::vector<Reply> all;
  for (const SendAnswer& answer : answered.answers) {
    const bool none = answer.refusal() != nullptr && !answer.repeats();
    const bool again = answered.numbered && answered.numbered->repeats();
    all.push_back(
        {.first = none ? Sequence{} : answer.sequence, .repeated = again || answer.repeats()});
  }
  return all;
}

// Only the sends that left an entry: the others may be decided otherwise now.
Wanted recorded_of(const Wanted& wanted, const std::vector<Reply>& told) {
  const auto* sends = std::get_if<SendsWanted>(&wanted);
  if (sends == nullptr || sends->numbered) return wanted;
  SendsWanted recorded;
  for (std::size_t i = 0; i < told.size(); ++i) {
    if (told[i].first.value != 0) recorded.sends.push_back(sends->sends[i]);
  }
  return recorded;
}

std::vector<Sequence> firsts_of(const std::vector<Reply>& told) {
  std::vector<Sequence> firsts;
  for (const Reply& one : told) {
    if (one.first.value != 0) firsts.push_back(one.first);
  }
  return firsts;
}

bool left_an_entry(const std::vector<Reply>& told) {
  return std::ranges::any_of(told, [](const Reply& one) { return one.first.value != 0; });
}

}  // namespace

std::size_t wants_before(const Workload& workload, std::size_t act) {
  std::size_t wants = 0;
  for (std::size_t i = 0; i < act; ++i) wants += workload.acts[i].wanted.size();
  return wants;
}

Player::Player(const Workload& workload, std::shared_ptr<Disk> disk)
    : workload_(workload), disk_(std::move(disk)) {}

bool Player::start(std::size_t act) {
  act_ = act;
  steps_before_ = disk_->steps();
  const auto told = [this](const Batch& batch) {
    known_.acknowledged_before = known_.acknowledged;
    known_.acknowledged = batch.entries.back().sequence.value;
    known_.chain = process_->journal().end().hash;
    if (look_) look_(*this);
  };
  const auto submitted = [this](const Batch& batch) {
    known_.submitted.resize(batch.entries.front().sequence.value - 1);
    known_.submitted.insert(known_.submitted.end(), batch.entries.begin(), batch.entries.end());
    known_.ends.push_back(known_.submitted.size());
  };
  auto started = Process::start(disk_, workload_.settings, workload_.acts[act].at,
                                {.submitted = submitted, .told = told});
  if (!started) {
    why_ = started.error();
    return false;
  }
  process_ = *std::move(started);
  why_.clear();
  known_.submitted = entries();
  if (!why_.empty()) return false;  // the power went meanwhile, or it is damaged
  known_.acknowledged = known_.acknowledged_before = known_.submitted.size();
  known_.ends.push_back(known_.acknowledged);
  known_.chain = process_->journal().end().hash;
  return true;
}

std::vector<Entry> Player::entries() {
  std::vector<Entry> all;
  const auto read = process_->journal().read(Sequence{1}, [&](const Entry& entry) {
    all.push_back(entry);
    return true;
  });
  if (!read) why_ = read.error().detail;
  return all;
}

void Player::put(const Wanted& wanted, Tell tell) {
  if (const auto* asked = std::get_if<CommandWanted>(&wanted)) {
    process_->put(Command{.account = asked->account,
                          .input = {.account = {}, .key = asked->key, .what = asked->what},
                          .dry_run = false,
                          .reply = [tell = std::move(tell)](const CommandAnswer& answer) {
                            tell({replies_of(answer)});
                          }});
    return;
  }
  const auto& asked = std::get<SendsWanted>(wanted);
  process_->put(SendBatch{.sends = asked.sends,
                          .dry_run = false,
                          .numbered = asked.numbered,
                          .reply = [tell = std::move(tell)](const SendsAnswered& answered) {
                            tell(replies_of(answered));
                          }});
}

bool Player::rest() {
  if (process_->run()) return true;
  why_ = process_->stopped();
  return false;
}

bool Player::follow(const Act& act) {
  switch (act.then) {
    case Act::Then::go_on: return true;
    case Act::Then::snapshot: snapshots_ += process_->write_snapshot() ? 1 : 0; return true;
    case Act::Then::restart: process_.reset(); break;
    case Act::Then::power_cut:
      disk_->cut_power();
      process_.reset();
      disk_->lose_power(act.loss);
      disk_->restore_power();
      break;
  }
  return start(act_);
}

bool Player::play(std::size_t act, std::size_t wants_answered) {
  for (act_ = act; act_ < workload_.acts.size(); ++act_) {
    const Act& playing = workload_.acts[act_];
    process_->set_clock(playing.at);
    std::size_t want = wants_before(workload_, act_);
    for (const Wanted& wanted : playing.wanted) {
      if (want++ < wants_answered) continue;
      put(wanted, [this](std::vector<Reply> told) { known_.answers.push_back(std::move(told)); });
    }
    if (!rest() || !follow(playing)) return false;
  }
  act_ = workload_.acts.size() - 1;
  return true;
}

std::string Player::ask_again(std::span<const std::vector<Reply>> answers, std::size_t act) {
  std::string wrong;
  std::size_t want = 0;
  const Instant now = workload_.acts[act].at;
  if (!rest()) return "it stopped: " + why_;  // what fell due meanwhile comes first
  const std::uint64_t before = process_->ledger().last().value;
  for (std::size_t i = 0; i <= act; ++i) {
    for (const Wanted& wanted : workload_.acts[i].wanted) {
      if (want == answers.size()) break;
      const std::vector<Reply>& first = answers[want++];
      if (workload_.acts[i].at + again_within < now || !left_an_entry(first)) continue;
      put(recorded_of(wanted, first), [&wrong, &first, want](const std::vector<Reply>& again) {
        const bool same = firsts_of(again) == firsts_of(first) &&
                          std::ranges::all_of(again, [](const Reply& one) {
                            return one.repeated || one.first.value == 0;
                          });
        if (!same && wrong.empty())
          wrong = "want " + std::to_string(want) + " was answered otherwise when it came again";
      });
    }
  }
  if (!rest()) return "it stopped: " + why_;
  if (wrong.empty() && process_->ledger().last().value != before)
    wrong = "what was asked again left " +
            std::to_string(process_->ledger().last().value - before) + " entries more";
  return wrong;
}

}  // namespace packledger::sim
