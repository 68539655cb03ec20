#include "packledger/engine/redecision.hpp"

#include "engine/following.hpp"

#include <utility>
#include <variant>

namespace packledger {
namespace {

bool is_consequence(const What& what) {
  return std::visit([](const auto& each) { return requires { each.at; }; }, what);
}

// Reversals of before it was kept do not say which entry their send is.
bool is_same(const Decision& kept, Decision& decided) {
  const auto* const before = std::get_if<ReversalDecision>(&kept);
  auto* const now = std::get_if<ReversalDecision>(&decided);
  if (before != nullptr && now != nullptr && before->send == Sequence{}) now->send = {};
  return kept == decided;
}

}  // namespace

std::string_view difference_text(Difference difference) {
  switch (difference) {
    case Difference::misplaced: return "misplaced";
    case Difference::left_out: return "left_out";
    case Difference::not_asked: return "not_asked";
    case Difference::refused: return "refused";
    case Difference::decided_otherwise: return "decided_otherwise";
  }
  return "";
}

std::optional<Differs> Redecision::take(const Entry& entry) {
  const bool follows =
      entry.sequence == next(ledger_.last()) && entry.recorded_at >= ledger_.recorded_at();
  if (!follows) return Differs{.what = Difference::misplaced, .expected = {}, .refusal = {}};
  if (auto differs = compare_turn(entry)) return differs;
  if (auto differs = compare_decision(entry)) return differs;
  apply(entry);
  return std::nullopt;
}

std::optional<Differs> Redecision::end() {
  const Input* const input = asked();
  if (input == nullptr) return std::nullopt;
  return other(Difference::left_out, *input, ledger_.recorded_at());
}

// The consequence whose turn it is; nothing where there is none.
const Input* Redecision::asked() {
  if (answered_ == asked_.size()) {
    asked_ = ledger_.consequences();
    answered_ = 0;
  }
  return answered_ == asked_.size() ? nullptr : &asked_[answered_];
}

// Whether it is the turn of this entry.
std::optional<Differs> Redecision::compare_turn(const Entry& entry) {
  const Instant at = entry.recorded_at;
  const What& what = entry.input.what;
  if (const Input* const input = asked()) {
    if (entry.input == *input && entry.caused_by == ledger_.cause()) return std::nullopt;
    return other(Difference::left_out, *input, at);
  }
  const Differs unasked{.what = Difference::not_asked, .expected = {}, .refusal = {}};
  if (entry.caused_by != Sequence{} || is_consequence(what)) return unasked;
  const auto due = ledger_.due_input(at);
  if (is_timer(what)) {
    if (!due) return unasked;
    if (entry.input == *due) return std::nullopt;
    return other(Difference::left_out, *due, at);
  }
  if (!due || (send_came_last_ && goes_on_with_a_batch(entry, ledger_))) return std::nullopt;
  return other(Difference::left_out, *due, at);
}

std::optional<Differs> Redecision::compare_decision(const Entry& entry) const {
  const auto refused = [](const Refusal& refusal) {
    return Differs{.what = Difference::refused, .expected = {}, .refusal = refusal};
  };
  const auto otherwise = [&entry](Decision decision) {
    Differs differs{.what = Difference::decided_otherwise, .expected = entry, .refusal = {}};
    differs.expected->decision = std::move(decision);
    return differs;
  };
  const Input& input = entry.input;
  const auto* const send = std::get_if<SendRecorded>(&input.what);
  if (send != nullptr && input.key.empty()) {  // most entries; without a copy of the input
    auto decided = ledger_.decide(input.account, *send, entry.recorded_at);
    if (!decided) return refused(decided.error());
    const auto* const kept = std::get_if<SendDecision>(&entry.decision);
    if (kept != nullptr && *kept == *decided) return std::nullopt;
    return otherwise(*std::move(decided));
  }
  auto decided = ledger_.decide(input, entry.recorded_at);
  if (!decided) return refused(decided.error());
  if (is_same(entry.decision, *decided)) return std::nullopt;
  return otherwise(*std::move(decided));
}

// What the ledger asks for instead, decided.
Differs Redecision::other(Difference what, const Input& input, Instant at) const {
  const Sequence cause = is_consequence(input.what) ? ledger_.cause() : Sequence{};
  return {.what = what,
          .expected = entry_of(ledger_, input, own_decision(ledger_, input, at), at, cause),
          .refusal = {}};
}

void Redecision::apply(const Entry& entry) {
  if (answered_ < asked_.size()) {
    ++answered_;
  } else {
    send_came_last_ = std::holds_alternative<SendRecorded>(entry.input.what);
  }
  ledger_.apply(entry);
}

}  // namespace packledger
