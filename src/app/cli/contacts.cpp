// packledger contacts show|set|remove: who is told about an account, and how.
#include "app/cli/command.hpp"
#include "app/cli/table.hpp"
#include "app/cli/writing.hpp"
#include "wire/json_writer.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <fstream>
#include <iterator>
#include <ostream>

namespace packledger::cli {
namespace {

std::string contacts_path(const std::string& account) {
  return account_path(account) + "/contacts";
}

std::string channel_text(const Json& channel) {
  const std::string name{text_in(channel, "channel")};
  const std::string_view address = text_in(channel, "address");
  return address.empty() ? name : name + " " + std::string(address);
}

// A line for each channel of each contact.
void tell_contacts(Session& session, const std::string& account, const Json& answer) {
  Table table{{{"CONTACT"}, {"CHANNEL"}, {"IS TOLD ABOUT"}}};
  for (const Json& contact : value_in(answer, "contacts").elements()) {
    std::string name{text_in(contact, "contact")};
    std::string topics;
    for (const Json& topic : value_in(contact, "topics").elements()) {
      topics += (topics.empty() ? "" : ", ") + std::string(topic.text().value_or("?"));
    }
    for (const Json& channel : value_in(contact, "channels").elements()) {
      table.add({{std::exchange(name, {}), Color::bold},
                 {channel_text(channel)},
                 {std::exchange(topics, {})}});
    }
  }
  if (table.empty()) {
    session.out() << account << " has no contacts: nobody is told\n";
  } else {
    session.out() << table.text(session.look);
  }
}

// A contact of the daemon's answer, as a request has it.
void write_again(JsonWriter& json, const Json& contact) {
  json.begin_object().member("contact", text_in(contact, "contact")).key("channels").begin_array();
  for (const Json& channel : value_in(contact, "channels").elements()) {
    json.begin_object().member("channel", text_in(channel, "channel"));
    const std::string_view address = text_in(channel, "address");
    if (!address.empty()) json.member("address", address);
    json.end_object();
  }
  json.end_array().key("topics").begin_array();
  for (const Json& topic : value_in(contact, "topics").elements()) {
    json.value(topic.text().value_or(""));
  }
  json.end_array().end_object();
}

class ContactsShow final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "Whose contacts.")->required();
  }

  ExitCode run(Session& session) override {
    return session.show({.target = contacts_path(account_)},
                        [&](const Json& answer) { tell_contacts(session, account_, answer); });
  }

 private:
  std::string account_;
};

// What set and remove share: all contacts but one are read and written again, because the daemon
// takes them only together.
class ContactCommand : public Command {
 protected:
  void declare_common(CLI::App& app) { writing_.declare(app); }

  template <class Write>
  [[nodiscard]] ExitCode replace(Session& session, const std::string& account,
                                 const std::string& contact, Write write) const {
    const auto stands = session.ask({.target = contacts_path(account)});
    if (!stands) return stands.error();
    std::string body;
    JsonWriter json{body};
    json.begin_object().key("contacts").begin_array();
    bool known = false;
    for (const Json& each : value_in(stands->json(), "contacts").elements()) {
      const bool named = text_in(each, "contact") == contact;
      known = known || named;
      if (!named) write_again(json, each);
    }
    if (!write(json, known)) {
      return session.complain(ExitCode::usage, account + " has no contact " + contact);
    }
    json.end_array().end_object();
    return put(session, account, body);
  }

  [[nodiscard]] ExitCode put(Session& session, const std::string& account,
                             const std::string& body) const {
    const Question question{.method = "PUT", .target = contacts_path(account), .body = body};
    return writing_.ask(session, question, [&](const Json& answer) {
      tell_contacts(session, account, answer);
      session.out() << "set at position " << grouped(integer_in(answer, "position")) << '\n';
    });
  }

 private:
  Writing writing_;
};

class ContactsSet final : public ContactCommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "Whose contact.")->required();
    auto* const contact = app.add_option("contact", contact_, "Its name, by which alarms choose.");
    app.add_option("--sms", channels_[0].address, "A phone number: +8613800000000.");
    app.add_option("--email", channels_[1].address, "An address.");
    app.add_option("--webhook", channels_[2].address, "An https URL.");
    app.add_option("--dingtalk-robot", channels_[3].address, "The https URL of a robot.");
    app.add_flag("--internal", internal_, "Listed by `notices` only.");
    app.add_option("--topics", topics_, "What it is told about; everything unless said.")
        ->delimiter(',')
        ->check(CLI::IsMember({"alarm", "reminder", "renewal", "account"}));
    app.add_option("--file", file_, "All contacts at once, as JSON; others are removed.")
        ->type_name("FILE")
        ->excludes(contact);
    declare_common(app);
  }

  ExitCode run(Session& session) override {
    if (!file_.empty()) return set_all(session);
    bool reachable = internal_;
    for (const Channel& each : channels_) reachable = reachable || !each.address.empty();
    if (contact_.empty() || !reachable) {
      return session.complain(ExitCode::usage,
                              "say who and how: packledger contacts set ACCOUNT CONTACT --sms "
                              "NUMBER, --email ADDRESS, ..., or give a --file");
    }
    return replace(session, account_, contact_, [&](JsonWriter& json, bool) {
      write(json);
      return true;
    });
  }

 private:
  struct Channel {
    std::string_view name;
    std::string address = {};
  };

  ExitCode set_all(Session& session) const {
    std::ifstream file{file_};
    if (!file) return session.complain(ExitCode::usage, "cannot read " + file_);
    return put(session, account_, std::string{std::istreambuf_iterator<char>{file}, {}});
  }

  void write(JsonWriter& json) const {
    json.begin_object().member("contact", contact_).key("channels").begin_array();
    for (const Channel& each : channels_) {
      if (each.address.empty()) continue;
      json.begin_object().member("channel", each.name).member("address", each.address).end_object();
    }
    if (internal_) json.begin_object().member("channel", "internal").end_object();
    json.end_array();
    if (!topics_.empty()) {
      json.key("topics").begin_array();
      for (const std::string& each : topics_) json.value(each);
      json.end_array();
    }
    json.end_object();
  }

  std::string account_;
  std::string contact_;
  std::array<Channel, 4> channels_{{{"sms"}, {"email"}, {"webhook"}, {"dingtalk_robot"}}};
  bool internal_ = false;
  std::vector<std::string> topics_;
  std::string file_;
};

class ContactsRemove final : public ContactCommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "Whose contact.")->required();
    app.add_option("contact", contact_, "Its name.")->required();
    declare_common(app);
  }

  ExitCode run(Session& session) override {
    return replace(session, account_, contact_, [](JsonWriter&, bool known) { return known; });
  }

 private:
  std::string account_;
  std::string contact_;
};

}  // namespace

void add_contacts_commands(CommandTree& tree) {
  CLI::App& group = tree.group("contacts", "Who is told about an account, and how.");
  tree.add(group, "show", "Show all contacts.", std::make_unique<ContactsShow>());
  tree.add(group, "set", "Add a contact, or change it.", std::make_unique<ContactsSet>());
  tree.add(group, "remove", "Remove a contact.", std::make_unique<ContactsRemove>());
}

}  // namespace packledger::cli
