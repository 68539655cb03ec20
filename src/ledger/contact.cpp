#include "packledger/ledger/contact.hpp"

namespace packledger {

std::string_view channel_text(Channel channel) {
  switch (channel) {
    case Channel::sms: return "sms";
    case Channel::email: return "email";
    case Channel::internal: return "internal";
    case Channel::webhook: return "webhook";
    case Channel::dingtalk_robot: return "dingtalk_robot";
  }
  return "";
}

std::string_view topic_text(Topic topic) {
  switch (topic) {
    case Topic::alarm: return "alarm";
    case Topic::reminder: return "reminder";
    case Topic::renewal: return "renewal";
    case Topic::account: return "account";
  }
  return "";
}

}  // namespace packledger
