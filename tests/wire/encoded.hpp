// Entries as bytes, read and written by us and by the code that protoc made of entry.proto.
#pragma once

#include "packledger/v1/entry.pb.h"
#include "tests/wire/entry_examples.hpp"
#include "wire/entry_codec.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace packledger::wire_tests {

inline std::string bytes_of(const Entry& entry) {
  std::string bytes;
  encode_entry(entry, bytes);
  return bytes;
}

inline Result<Entry, WireFault> decode(std::string_view bytes, const Entry& like) {
  return decode_entry(bytes, like.sequence, like.recorded_at);
}

inline v1::Entry generated(std::string_view bytes) {
  v1::Entry message;
  EXPECT_TRUE(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  return message;
}

inline v1::Entry generated_example(std::string_view kind) {
  return generated(bytes_of(entry_example(kind)));
}

// Why these bytes are not read; "none" where they are.
inline std::string fault_in(const std::string& bytes, const Entry& like = common_send()) {
  const auto entry = decode(bytes, like);
  return entry ? "none" : entry.error().detail;
}
inline std::string fault_in(const v1::Entry& message) {
  return fault_in(message.SerializeAsString());
}

}  // namespace packledger::wire_tests
