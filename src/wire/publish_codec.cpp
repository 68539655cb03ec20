#include "wire/publish_codec.hpp"

#include "packledger/ledger/reject.hpp"
#include "packledger/ledger/utf8.hpp"
#include "wire/numbered_batch.hpp"
#include "wire/scalar_codec.hpp"
#include "wire/wire_cursor.hpp"

#include <array>
#include <cstring>
#include <optional>
#include <utility>

namespace packledger {

namespace {

// How many messages the one that is read is inside of.
constexpr std::size_t inside_none = 0;
constexpr std::size_t inside_one = 1;

RequestFault malformed(std::string_view name) {
  return {"invalid_protobuf", "", "expected a valid " + std::string(name)};
}

// Which characters names are made of. A table, because a name is looked at a byte at a time.
const std::array<bool, 256> name_characters = [] {
  std::array<bool, 256> allowed{};
  for (std::size_t i = 0; i < allowed.size(); ++i) {
    const char character = static_cast<char>(i);
    allowed[i] = is_name({&character, 1});
  }
  return allowed;
}();

bool is_name_by_table(std::string_view text) {
  if (text.empty() || text.size() > name_bytes_max) return false;
  bool allowed = true;
  for (const char c : text) allowed &= name_characters[static_cast<std::uint8_t>(c)];
  return allowed;
}

bool is_utf8(std::string_view text) { return utf8_valid_bytes(text) == text.size(); }

// ---- one send ----

// The fields of one Send as they stand in the message: absent ones as protobuf has them.
struct Fields {
  std::string_view account;
  std::string_view send;
  std::uint64_t units = 0;
  std::optional<std::int64_t> occurred_at;
  std::string_view destination;
  std::int32_t type = 0;
  bool not_billable = false;
  bool account_is_name = false;
  bool send_is_name = false;
  bool send_is_ours = false;  // the daemon named it
};

// A text that is no name may still be one of protobuf.
bool take_name(WireCursor& in, std::string_view& name, bool& valid) {
  if (!in.take_bytes(name)) return false;
  valid = is_name_by_table(name);
  return valid || is_utf8(name);
}

bool take_text(WireCursor& in, std::string_view& text) {
  return in.take_bytes(text) && is_utf8(text);
}

bool read_fields(WireCursor in, Fields& fields) {
  std::uint64_t value = 0;
  while (!in.at_end()) {
    std::uint32_t tag = 0;
    if (!in.take_tag(tag)) return false;
    bool good = false;
    switch (tag) {
      case WireCursor::text(1): good = take_name(in, fields.account, fields.account_is_name); break;
      case WireCursor::text(2): good = take_name(in, fields.send, fields.send_is_name); break;
      case WireCursor::number(3): good = in.take_varint(fields.units); break;
      case WireCursor::number(4):
        good = in.take_varint(value);
        fields.occurred_at = unzigzag(value);
        break;
      case WireCursor::text(5): good = take_text(in, fields.destination); break;
      case WireCursor::number(6):
        good = in.take_varint(value);
        fields.type = static_cast<std::int32_t>(value);  // as protobuf does: the lower half
        break;
      case WireCursor::number(7):
        good = in.take_varint(value);
        fields.not_billable = value != 0;
        break;
      default: good = in.skip(tag, inside_one); break;
    }
    if (!good) return false;
  }
  return true;
}

bool is_instant(std::int64_t ms) { return ms >= instant_min.ms && ms < instant_max.ms; }

// The member that is wrong, in the order in which JSON looks at them; empty where none is.
std::string_view wrong_member(const Fields& fields, std::optional<Country> country) {
  if (!fields.account_is_name) return "account";
  if (!fields.send_is_name) return "send";
  if (!std::in_range<std::int64_t>(fields.units)) return "units";
  if (fields.occurred_at && !is_instant(*fields.occurred_at)) return "occurred_at";
  if (!country) return "destination";
  TemplateType type{};
  const auto number = static_cast<std::uint64_t>(static_cast<std::uint32_t>(fields.type));
  return Scalar<TemplateType>::read(number, type) ? "" : "template";
}

// All that a send says, as it stands in the message, whether it is right or wrong.
void add(const Fields& fields, BatchDigest& digest) {
  digest.text(fields.account);
  digest.text(fields.send);
  digest.word(fields.units);
  digest.word(static_cast<std::uint64_t>(fields.occurred_at.value_or(0)));
  digest.text(fields.destination);
  digest.word(static_cast<std::uint64_t>(static_cast<std::uint32_t>(fields.type)) |
              (fields.not_billable ? std::uint64_t{1} << 32U : 0) |
              (fields.occurred_at ? std::uint64_t{1} << 33U : 0));
}

void keep(const Fields& fields, Country country, SendAsked& asked) {
  asked.account.assign(fields.account);
  asked.send.send.assign(fields.send);
  asked.send.units = Units{static_cast<std::int64_t>(fields.units)};
  asked.send.occurred_at.reset();
  if (fields.occurred_at) asked.send.occurred_at = Instant{*fields.occurred_at};
  asked.send.destination = country;
  asked.send.type = static_cast<TemplateType>(fields.type);
  asked.send.billable = !fields.not_billable;
}

// ---- a batch ----

class BatchReader {
 public:
  explicit BatchReader(SendsRead& read) : read_(read) {
    read_.refused.clear();
    read_.batch = 0;
    read_.numbered.reset();
  }

  Result<void, RequestFault> run(std::string_view bytes) {
    const bool good = read_head(WireCursor(bytes)) && read_sends(WireCursor(bytes));
    read_.sends.resize(kept_);
    if (!good) return std::unexpected{malformed("SendBatch")};
    if (too_many_) return std::unexpected{too_many_sends()};
    if (!is_numbered()) return {};
    if (auto wrong = wrong_number(producer_, number_, sends_))
      return std::unexpected{*std::move(wrong)};
    read_.numbered->digest = digest_.value();
    return {};
  }

 private:
  [[nodiscard]] bool is_numbered() const { return !producer_.empty() || number_ != BatchNumber{}; }

  // The fields around the sends, which may stand behind them: what the sends are called needs them.
  bool read_head(WireCursor in) {
    while (!in.at_end()) {
      std::uint32_t tag = 0;
      if (!in.take_tag(tag)) return false;
      bool good = false;
      std::string_view inside;
      switch (tag) {
        case WireCursor::number(1): good = in.take_varint(read_.batch); break;
        case WireCursor::text(2):
          good = in.take_bytes(inside);
          ++sends_;
          break;
        case WireCursor::text(3): good = take_text(in, producer_); break;
        case WireCursor::number(4): good = in.take_varint(number_.epoch); break;
        case WireCursor::number(5): good = in.take_varint(number_.number); break;
        default: good = in.skip(tag, inside_none); break;
      }
      if (!good) return false;
    }
    if (is_numbered() && !wrong_number(producer_, number_, sends_)) {
      read_.numbered = NumberedBatch{.producer = producer_, .at = number_};
      names_ = NumberedNames(*read_.numbered);
    }
    return true;
  }

  // The fields were walked over before.
  bool read_sends(WireCursor in) {
    while (!in.at_end()) {
      std::uint32_t tag = 0;
      std::string_view inside;
      if (!in.take_tag(tag)) return false;
      const bool good = tag == WireCursor::text(2) ? in.take_bytes(inside) && take_send(inside)
                                                   : in.skip(tag, inside_none);
      if (!good) return false;
    }
    return true;
  }

  bool take_send(std::string_view inside) {
    Fields fields;
    if (!read_fields(WireCursor(inside), fields)) return false;
    const std::size_t index = kept_ + read_.refused.size();
    too_many_ = too_many_ || index == sends_per_batch_max;
    if (too_many_) return true;  // nothing more is kept, but the rest must be a message too
    if (read_.numbered) {
      add(fields, digest_);
      if (fields.send.empty()) {
        fields.send = names_.name(index);
        fields.send_is_name = true;
        fields.send_is_ours = true;
      }
    }
    const std::optional<Country> country = parse_country(fields.destination);
    const std::string_view wrong = wrong_member(fields, country);
    if (!wrong.empty()) {
      RequestFault fault{"invalid_" + std::string(wrong), std::string(wrong), ""};
      read_.refused.push_back({index, "", "", std::move(fault)});
      return true;
    }
    if (is_numbered_name(fields.send) && !fields.send_is_ours) {
      read_.refused.push_back({index, "", "", reserved_send_name()});
      return true;
    }
    if (kept_ == read_.sends.size()) read_.sends.emplace_back();
    keep(fields, *country, read_.sends[kept_++]);
    return true;
  }

  SendsRead& read_;
  std::size_t kept_ = 0;  // of read_.sends; what is behind is of an earlier batch
  bool too_many_ = false;
  std::size_t sends_ = 0;  // all of them
  std::string_view producer_;
  BatchNumber number_;
  NumberedNames names_;
  BatchDigest digest_;
};

// ---- a result ----

bool read_result(WireCursor in, SendResultRead& result) {
  std::uint64_t outcome = 0;
  while (!in.at_end()) {
    std::uint32_t tag = 0;
    if (!in.take_tag(tag)) return false;
    bool good = false;
    switch (tag) {
      case WireCursor::number(1): good = in.take_varint(outcome); break;
      case WireCursor::number(2): good = in.take_varint(result.position.value); break;
      case WireCursor::text(3): good = take_text(in, result.code); break;
      case WireCursor::text(4): good = take_text(in, result.field); break;
      case WireCursor::number(5): good = in.take_varint(result.first_position.value); break;
      default: good = in.skip(tag, inside_one); break;
    }
    if (!good) return false;
  }
  const auto lower_half = static_cast<std::uint32_t>(outcome);  // as protobuf does
  result.outcome = static_cast<SendOutcome>(lower_half);
  return lower_half >= 1 && lower_half <= static_cast<std::uint32_t>(SendOutcome::rejected);
}

bool read_results(WireCursor in, SendResultsRead& read) {
  std::uint64_t value = 0;
  while (!in.at_end()) {
    std::uint32_t tag = 0;
    if (!in.take_tag(tag)) return false;
    bool good = false;
    std::string_view inside;
    switch (tag) {
      case WireCursor::number(1): good = in.take_varint(read.batch); break;
      case WireCursor::text(2):
        good =
            in.take_bytes(inside) && read_result(WireCursor(inside), read.results.emplace_back());
        break;
      case WireCursor::number(3):
        good = in.take_varint(value);
        read.credit = static_cast<std::uint32_t>(value);
        break;
      case WireCursor::text(4): good = take_text(in, read.refused); break;
      case WireCursor::text(5): good = take_text(in, read.detail); break;
      case WireCursor::number(6): good = in.take_varint(read.epoch); break;
      case WireCursor::number(7): good = in.take_varint(read.next); break;
      case WireCursor::number(8):
        good = in.take_varint(value);
        read.repeated = value != 0;
        break;
      default: good = in.skip(tag, inside_none); break;
    }
    if (!good) return false;
  }
  return true;
}

// ---- writing ----

// Writes into room that was made before: what is the most that a field takes is known.
class FieldsOut {
 public:
  explicit FieldsOut(char* at) : at_(at) {}

  void number(std::uint32_t field, std::uint64_t value) {
    if (value == 0) return;
    put(WireCursor::number(field));
    put(value);
  }
  void text(std::uint32_t field, std::string_view text) {
    if (text.empty()) return;
    put(WireCursor::text(field));
    put(text.size());
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  // A message: `inside` is called with it, and again behind where it turns out to be long.
  template <class Inside> void message(std::uint32_t field, const Inside& inside) {
    put(WireCursor::text(field));
    char* const start = at_++;
    inside(*this);
    const auto size = static_cast<std::size_t>(at_ - start - 1);
    if (size < 0x80) {
      *start = static_cast<char>(size);
      return;
    }
    at_ = start;
    put(size);
    inside(*this);
  }
  void put(std::uint64_t value) {
    while (value >= 0x80) {
      *at_++ = static_cast<char>(value | 0x80);
      value >>= 7U;
    }
    *at_++ = static_cast<char>(value);
  }
  [[nodiscard]] char* end() const { return at_; }

 private:
  char* at_;
};

constexpr std::size_t number_bytes_max = 1 + 10;    // a tag and a varint
constexpr std::size_t text_bytes_more_max = 1 + 5;  // a tag and a length, without the text
constexpr std::size_t message_bytes_more_max = 1 + 5;

// Appends what `write` writes, which is at most so much.
template <class Write> void append(std::string& out, std::size_t bytes_max, const Write& write) {
  const std::size_t before = out.size();
  out.resize_and_overwrite(before + bytes_max, [&](char* bytes, std::size_t) {
    FieldsOut fields(bytes + before);
    write(fields);
    const auto written = static_cast<std::size_t>(fields.end() - bytes);
    ENSURE(written <= before + bytes_max, "there is room for what is written");
    return written;
  });
}

void write_rejected(FieldsOut& out, std::string_view code, std::string_view field, Sequence first) {
  out.message(2, [&](FieldsOut& inside) {
    inside.number(1, static_cast<std::uint64_t>(SendOutcome::rejected));
    inside.text(3, code);
    inside.text(4, field);
    inside.number(5, first.value);
  });
}

void write_result(FieldsOut& out, const SendAnswer& answer, SendsKept kept) {
  const bool again = answer.repeats();
  if (answer.refusal() != nullptr && !again) {
    const Refusal& refusal = *answer.refusal();
    const bool conflict = refusal.reject == Reject::conflict;
    write_rejected(out, reject_text(refusal.reject), refusal.field,
                   conflict ? refusal.first : Sequence{});
    return;
  }
  const SendOutcome outcome = again ? SendOutcome::duplicate : SendOutcome::recorded;
  // A duplicate stands in the journal, whoever asks; what is only tried out does not.
  const bool stands = again || kept == SendsKept::kept;
  out.message(2, [&](FieldsOut& inside) {
    inside.number(1, static_cast<std::uint64_t>(outcome));
    if (stands) inside.number(2, answer.sequence.value);
  });
}

// Room for the results: most of them are recorded.
std::size_t results_bytes_max(const SendsTold& told) {
  constexpr std::size_t recorded = message_bytes_more_max + 2 * number_bytes_max;
  constexpr std::size_t rejected = recorded + 2 * text_bytes_more_max;
  std::size_t bytes = told.answers.size() * recorded + told.refused.size() * rejected;
  for (const SendAnswer& answer : told.answers) {
    const Refusal* refusal = answer.refusal();
    if (refusal == nullptr) continue;
    bytes += 2 * text_bytes_more_max;
    bytes += reject_text(refusal->reject).size() + refusal->field.size();
  }
  for (const SendRefused& refused : told.refused)
    bytes += refused.fault.code.size() + refused.fault.field.size();
  return bytes;
}

}  // namespace

Result<void, RequestFault> read_send_batch(std::string_view bytes, SendsRead& read) {
  return BatchReader(read).run(bytes);
}

Result<void, RequestFault> read_send_results(std::string_view bytes, SendResultsRead& read) {
  read = {.results = std::move(read.results)};
  read.results.clear();
  if (read_results(WireCursor(bytes), read)) return {};
  return std::unexpected{malformed("SendResults")};
}

void write_send_results(const ResultsTold& told, std::string& out) {
  const SendsTold& sends = told.sends;
  append(out, 3 * number_bytes_max + results_bytes_max(sends), [&](FieldsOut& fields) {
    fields.number(1, told.batch);
    const std::size_t count = sends.answers.size() + sends.refused.size();
    std::size_t refused = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (refused < sends.refused.size() && sends.refused[refused].index == i) {
        const RequestFault& fault = sends.refused[refused++].fault;
        write_rejected(fields, fault.code, fault.field, {});
      } else {
        write_result(fields, sends.answers[i - refused], sends.kept);
      }
    }
    fields.number(3, told.credit);
    fields.number(8, told.repeated ? 1 : 0);
  });
}

void write_batch_refusal(std::uint64_t batch, const RequestFault& fault, std::string& out,
                         const ProducerTold& producer) {
  const std::size_t texts = fault.code.size() + fault.detail.size() + 2 * text_bytes_more_max;
  append(out, 3 * number_bytes_max + texts, [&](FieldsOut& fields) {
    fields.number(1, batch);
    fields.text(4, fault.code);
    fields.text(5, fault.detail);
    fields.number(6, producer.epoch);
    fields.number(7, producer.next);
  });
}

void write_producer(std::uint64_t batch, const ProducerTold& producer, std::string& out) {
  append(out, 3 * number_bytes_max, [&](FieldsOut& fields) {
    fields.number(1, batch);
    fields.number(6, producer.epoch);
    fields.number(7, producer.next);
  });
}

void write_send_batch(const BatchHead& head, std::span<const SendAsked> sends, std::string& out) {
  constexpr std::size_t rest = message_bytes_more_max + 4 * number_bytes_max +
                               2 * text_bytes_more_max + (text_bytes_more_max + 2);
  std::size_t bytes = 3 * number_bytes_max + text_bytes_more_max + head.producer.size();
  for (const SendAsked& asked : sends)
    bytes += rest + asked.account.size() + asked.send.send.size();
  append(out, bytes, [&](FieldsOut& fields) {
    fields.number(1, head.batch);
    for (const SendAsked& asked : sends) {
      const SendRecorded& send = asked.send;
      ENSURE(send.units >= Units{0}, "units on the wire have no sign");
      fields.message(2, [&](FieldsOut& inside) {
        inside.text(1, asked.account);
        inside.text(2, send.send);
        inside.number(3, static_cast<std::uint64_t>(send.units.value));
        if (send.occurred_at) {  // present where it is zero too
          inside.put(WireCursor::number(4));
          inside.put(zigzag(send.occurred_at->ms));
        }
        inside.text(5, {send.destination.code.data(), send.destination.code.size()});
        inside.number(6, static_cast<std::uint64_t>(send.type));
        inside.number(7, send.billable ? 0 : 1);
      });
    }
    fields.text(3, head.producer);
    fields.number(4, head.number.epoch);
    fields.number(5, head.number.number);
  });
}

}  // namespace packledger
