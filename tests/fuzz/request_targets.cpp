// What is in a request: every decoder of JSON, sends in JSON beside the same in protobuf, sends in
// protobuf beside generated code, price books, and the configuration.
#include "app/config.hpp"
#include "packledger/ledger/utf8.hpp"
#include "packledger/v1/publish.pb.h"
#include "tests/fuzz/target.hpp"
#include "tests/wire/bad_requests.hpp"
#include "wire/price_book_json.hpp"
#include "wire/price_book_view.hpp"
#include "wire/publish_codec.hpp"
#include "wire/send_requests.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

namespace packledger::fuzz {
namespace {

bool is_told_well(const RequestFault& fault) {
  return !fault.code.empty() && utf8_valid_bytes(fault.field) == fault.field.size() &&
         utf8_valid_bytes(fault.detail) == fault.detail.size();
}

// The first byte chooses the request.
void run_json(std::string_view bytes) {
  using wire_tests::Route;
  Reader reader(bytes);
  const auto route =
      static_cast<Route>(reader.byte() % (static_cast<unsigned>(Route::invoice) + 1U));
  const auto fault = wire_tests::fault_of(route, reader.rest());
  if (fault) must(is_told_well(*fault), "a refusal has a code and is text");
}

bool same(const SendAsked& a, const SendAsked& b) {
  return a.account.view() == b.account.view() && a.send == b.send;
}

// What JSON is understood as is, said in protobuf, understood as the same.
void run_sends(std::string_view bytes) {
  constexpr std::array media{SendsMedia::json, SendsMedia::lines, SendsMedia::cloud_event,
                             SendsMedia::cloud_events_batch};
  Reader reader(bytes);
  const SendsMedia form = media[reader.byte() % media.size()];
  const auto read = read_sends(reader.rest(), form);
  if (!read) return must(is_told_well(read.error()), "a refusal has a code and is text");
  for (const SendRefused& refused : read->refused)
    must(is_told_well(refused.fault), "a refusal of a send, too");
  std::vector<SendAsked> sends;
  for (const SendAsked& send : read->sends)
    if (send.send.units > Units{0}) sends.push_back(send);  // others are the law's to refuse
  std::string message;
  write_send_batch(7, sends, message);
  SendsRead again;
  must(read_send_batch(message, again).has_value(), "a batch that we wrote is a batch");
  must(again.refused.empty() && again.sends.size() == sends.size(), "all of it is taken");
  for (std::size_t i = 0; i < sends.size(); ++i)
    must(same(sends[i], again.sends[i]), "JSON and protobuf say the same send");
}

// Takes and refuses what generated code does, with the same values.
void run_batch(std::string_view bytes) {
  v1::SendBatch message;
  const bool good = message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  SendsRead read;
  const auto ours = read_send_batch(bytes, read);
  if (!good) {
    must(!ours && ours.error().code == "invalid_protobuf", "what is no message is refused");
    return;
  }
  must(ours || ours.error().code != "invalid_protobuf", "what is a message is read");
  must(read.batch == message.batch() || (!ours && ours.error().code == "too_large"),
       "the number of the batch is the same");
  if (!ours) return;
  must(read.count() == static_cast<std::size_t>(message.sends_size()), "so are its sends");
  std::size_t refused = 0;
  std::size_t kept = 0;
  for (int i = 0; i < message.sends_size(); ++i) {
    const v1::Send& send = message.sends(i);
    if (refused < read.refused.size() &&
        read.refused[refused].index == static_cast<std::size_t>(i)) {
      ++refused;
      continue;
    }
    must(kept < read.sends.size(), "every send is taken or refused");
    const SendAsked& asked = read.sends[kept++];
    must(asked.account.view() == send.account(), "the account is the same");
    must(asked.send.units.value == static_cast<std::int64_t>(send.units()), "so are the units");
    must(asked.send.billable != send.not_billable(), "and whether it is billed");
    must(asked.send.occurred_at.has_value() == send.has_occurred_at(), "and the time");
    if (send.has_occurred_at())
      must(asked.send.occurred_at->ms == send.occurred_at(), "to the millisecond");
    if (!send.send().empty()) must(asked.send.send == send.send(), "and the name");
  }
}

void run_results(std::string_view bytes) {
  v1::SendResults message;
  const bool good = message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  SendResultsRead read;
  const auto ours = read_send_results(bytes, read);
  if (!good) must(!ours, "what is no message is refused");
  if (good && ours) {
    must(read.batch == message.batch(), "the number of the batch is the same");
    must(read.results.size() == static_cast<std::size_t>(message.results_size()),
         "so is the number of results");
  }
}

void run_price_book(std::string_view bytes) {
  const auto zone = [](std::string_view) -> std::optional<Zone> { return std::nullopt; };
  const auto book = read_price_book(bytes, zone);
  if (!book) return must(is_told_well(book.error()), "a refusal has a code and is text");
  const auto again = read_price_book(price_book_json(*book), zone);
  must(again && *again == *book, "a book that is told is read again as it was");
}

void run_config(std::string_view bytes) {
  const auto config = parse_config(bytes, "packledger.toml");
  if (!config) {
    must(!config.error().empty(), "what is refused has a reason");
    for (const ConfigFault& fault : config.error()) must(!describe(fault).empty(), "in words");
    return;
  }
  const std::string printed = print_config(*config);
  const auto again = parse_config(printed, "packledger.toml");
  must(again && print_config(*again) == printed, "what is printed is read as it was");
}

constexpr std::array targets{Target{"json", run_json},       Target{"sends", run_sends},
                             Target{"batch", run_batch},     Target{"results", run_results},
                             Target{"book", run_price_book}, Target{"config", run_config}};

}  // namespace

std::span<const Target> request_targets() { return targets; }

}  // namespace packledger::fuzz
