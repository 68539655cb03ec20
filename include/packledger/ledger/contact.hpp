// Contacts: who is told about an account, and by which channels (rules §11 R115 R116). Whom a
// notice is for is decided with the notice and kept with it; the addresses stay here, so that no
// notice holds one. Stored in the journal. Values, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

// Stored in the journal: never renumber, never reuse.
enum class Channel : std::uint8_t {
  sms = 1,
  email = 2,
  internal = 3,  // read where notices are read; has no address
  webhook = 4,
  dingtalk_robot = 5,
};
[[nodiscard]] std::string_view channel_text(Channel channel);

// A set of channels.
struct Channels {
  std::uint8_t bits = 0;  // bit n is Channel n
  friend bool operator==(Channels, Channels) = default;
  [[nodiscard]] bool holds(Channel channel) const {
    return (bits >> static_cast<unsigned>(channel) & 1U) != 0;
  }
  void add(Channel channel) {
    bits = static_cast<std::uint8_t>(bits | 1U << static_cast<unsigned>(channel));
  }
};

// What a notice is about, so that a contact may choose. Stored in the journal.
enum class Topic : std::uint8_t { alarm = 1, reminder = 2, renewal = 3, account = 4 };
[[nodiscard]] std::string_view topic_text(Topic topic);

struct Topics {
  std::uint8_t bits = 0b11110;  // bit n is Topic n; all at first
  friend bool operator==(Topics, Topics) = default;
  [[nodiscard]] bool holds(Topic topic) const {
    return (bits >> static_cast<unsigned>(topic) & 1U) != 0;
  }
};

struct ChannelAddress {
  Channel channel = Channel::internal;
  std::string address;  // empty for internal only
  friend bool operator==(const ChannelAddress&, const ChannelAddress&) = default;
};

struct Contact {
  std::string name;                      // by which alarms choose it; unique in its account
  std::vector<ChannelAddress> channels;  // at least one, each channel at most once, rising
  Topics topics;
  friend bool operator==(const Contact&, const Contact&) = default;
};

// One receiver of one notice: a contact and the channels it had when the notice was made.
struct Told {
  std::string contact;
  Channels channels;
  friend bool operator==(const Told&, const Told&) = default;
};

inline constexpr std::size_t contacts_per_account_max = 16;  // three times what vendors offer
inline constexpr std::size_t address_bytes_max = 512;        // a URL with its token

}  // namespace packledger
