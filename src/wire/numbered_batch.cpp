#include "wire/numbered_batch.hpp"

#include "wire/publish_codec.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <string>

namespace packledger {
namespace {

RequestFault wrong(std::string_view member, std::string_view expected) {
  return {"invalid_" + std::string(member), std::string(member),
          std::string(member) + ": expected " + std::string(expected)};
}

ProducerTold next_of(const NumberedAnswer& numbered) {
  return {.epoch = numbered.producer.epoch, .next = numbered.producer.number + 1};
}

std::uint64_t little_endian(const char* bytes, std::size_t count) {
  std::array<char, sizeof(std::uint64_t)> padded{};
  std::memcpy(padded.data(), bytes, count);
  const auto word = std::bit_cast<std::uint64_t>(padded);
  return std::endian::native == std::endian::little ? word : std::byteswap(word);
}

}  // namespace

std::optional<RequestFault> wrong_number(std::string_view producer, BatchNumber number,
                                         std::size_t sends) {
  if (!is_producer(producer)) return wrong("producer", "1 to 24 characters of A-Z a-z 0-9 . _ -");
  const bool asks = number.number == 0;
  if (number.epoch > producer_number_max || (number.epoch == 0 && !asks))
    return wrong("epoch", "1 to 2^53");
  if (number.number > producer_number_max) return wrong("number", "1 to 2^53, or 0 to ask");
  if (asks && sends > 0) return wrong("number", "1 to 2^53, for there are sends");
  return std::nullopt;
}

RequestFault refusal_of(const NumberedAnswer& numbered) {
  const Refusal& refusal = *numbered.refusal;
  RequestFault fault{std::string(reject_text(refusal.reject)), std::string(refusal.field), ""};
  const auto expected = [&](const std::string& what) {
    fault.detail = fault.field + ": expected " + what;
  };
  if (refusal.reject == Reject::stale_epoch) {
    expected("the epoch " + std::to_string(numbered.producer.epoch) + " or a higher one");
  } else if (refusal.reject == Reject::gap) {
    expected("the number " + std::to_string(next_of(numbered).next) + " in epoch " +
             std::to_string(next_of(numbered).epoch) + ", or 1 in a higher one");
  } else if (refusal.reject == Reject::too_old) {
    expected("one of the last " + std::to_string(producer_batches_max) + " batches, or the next");
  } else if (refusal.reject == Reject::conflict) {
    expected("those that came first under this number");
  } else {
    fault.detail = "as many producers are known as may be";
  }
  return fault;
}

void write_batch_answer(const BatchTold& told, std::string& out) {
  const auto& numbered = told.answered.numbered;
  if (numbered && numbered->asks) return write_producer(told.batch, next_of(*numbered), out);
  const bool repeats = numbered && numbered->repeats();
  if (numbered && numbered->refusal && !repeats)
    return write_batch_refusal(told.batch, refusal_of(*numbered), out, next_of(*numbered));
  write_send_results({.batch = told.batch,
                      .credit = 0,
                      .sends = {.shape = SendsShape::protobuf,
                                .refused = told.refused,
                                .asked = told.answered.sends,
                                .answers = told.answered.answers,
                                .batch = told.answered.batch.get(),
                                .kept = told.kept},
                      .repeated = repeats},
                     out);
}

NumberedNames::NumberedNames(const NumberedBatch& batch) {
  char* at = bytes_.data();
  const auto put_number = [&](std::uint64_t number) {
    at = std::to_chars(at, bytes_.data() + bytes_.size(), number).ptr;
    *at++ = numbered_name_mark;
  };
  *at++ = numbered_name_mark;
  at = std::ranges::copy(batch.producer.view(), at).out;
  *at++ = numbered_name_mark;
  put_number(batch.at.epoch);
  put_number(batch.at.number);
  prefix_ = static_cast<std::size_t>(at - bytes_.data());
}

std::string_view NumberedNames::name(std::size_t index) {
  const auto end = std::to_chars(bytes_.data() + prefix_, bytes_.data() + bytes_.size(), index);
  return {bytes_.data(), end.ptr};
}

void BatchDigest::text(std::string_view value) {
  word(value.size());
  for (; value.size() >= sizeof(std::uint64_t); value.remove_prefix(sizeof(std::uint64_t)))
    word(little_endian(value.data(), sizeof(std::uint64_t)));
  if (!value.empty()) word(little_endian(value.data(), value.size()));
}

}  // namespace packledger
