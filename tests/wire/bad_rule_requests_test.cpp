// What wrong requests about rules, contacts, holds and invoices are told.
#include "tests/wire/bad_requests.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

namespace packledger::wire_tests {
namespace {

using enum Route;
using Row = BadRequest;

constexpr std::array alarms{
    Row{alarm, "", "invalid_json", ""},
    Row{alarm, "[]", "invalid_body", ""},
    Row{alarm, R"({})", "invalid_threshold", "threshold"},
    Row{alarm, R"({"threshold":1000})", "invalid_threshold", "threshold"},
    Row{alarm, R"({"threshold":null})", "invalid_threshold", "threshold"},
    Row{alarm, R"({"threshold":{}})", "invalid_threshold", "threshold"},
    Row{alarm, R"({"threshold":{"units":1,"percent":1}})", "invalid_threshold", "threshold"},
    Row{alarm, R"({"threshold":{"units":1,"amount":"1"}})", "invalid_threshold", "threshold"},
    Row{alarm, R"({"threshold":{"amount":"1"}})", "invalid_threshold", "threshold"},
    Row{alarm, R"({"threshold":{"per_package":{"P":1}}})", "invalid_threshold", "threshold"},
    Row{alarm, R"({"threshold":{"units":1,"per_package":{"P":1}}})", "invalid_threshold",
        "threshold"},
    Row{alarm, R"({"kind":"per_package","threshold":{}})", "invalid_threshold", "threshold"},
    Row{alarm, R"({"kind":"per_package","threshold":{"units":1,"percent":1}})", "invalid_threshold",
        "threshold"},
    Row{alarm, R"({"kind":"per_package","threshold":{"amount":"1"}})", "invalid_threshold",
        "threshold"},
    Row{alarm, R"({"kind":"per_package","threshold":{"percent":1,"amount":"1"}})",
        "invalid_threshold", "threshold"},
    Row{alarm,
        R"({"kind":"per_package","threshold":{"units":1,"percent":1,"per_package":{"P":1}}})",
        "invalid_threshold", "threshold"},
    Row{alarm, R"({"kind":"balance","threshold":{}})", "invalid_threshold", "threshold"},
    Row{alarm, R"({"kind":"balance","threshold":{"units":1}})", "invalid_threshold", "threshold"},
    Row{alarm, R"({"kind":"balance","threshold":{"amount":"1","percent":1}})", "invalid_threshold",
        "threshold"},
    Row{alarm, R"({"kind":"balance","threshold":{"amount":"1","per_package":{"P":1}}})",
        "invalid_threshold", "threshold"},
    Row{alarm, R"({"threshold":{"within":"P3D"}})", "invalid_threshold", "threshold"},
    Row{alarm, R"({"kind":"runs_out_within","threshold":{}})", "invalid_threshold", "threshold"},
    Row{alarm, R"({"kind":"runs_out_within","threshold":{"units":1}})", "invalid_threshold",
        "threshold"},
    Row{alarm, R"({"kind":"runs_out_within","threshold":{"within":"P3D","units":1}})",
        "invalid_threshold", "threshold"},
    Row{alarm, R"({"kind":"runs_out_within","threshold":{"within":"P3D","amount":"1"}})",
        "invalid_threshold", "threshold"},
    Row{alarm, R"({"kind":"runs_out_within","threshold":{"within":"P3D","per_package":{"P":1}}})",
        "invalid_threshold", "threshold"},
    Row{alarm, R"({"kind":"runs_out_within","threshold":{"within":"PT59M"}})", "invalid_within",
        "threshold.within"},
    Row{alarm, R"({"kind":"runs_out_within","threshold":{"within":"P365DT1S"}})", "invalid_within",
        "threshold.within"},
    Row{alarm, R"({"kind":"runs_out_within","threshold":{"within":3}})", "invalid_within",
        "threshold.within"},
    Row{alarm, R"({"threshold":{"units":-1}})", "invalid_units", "threshold.units"},
    Row{alarm, R"({"threshold":{"units":"1"}})", "invalid_units", "threshold.units"},
    Row{alarm, R"({"threshold":{"units":1.0}})", "invalid_units", "threshold.units"},
    Row{alarm, R"({"threshold":{"units":9223372036854775808}})", "invalid_units",
        "threshold.units"},
    Row{alarm, R"({"threshold":{"percent":0}})", "invalid_percent", "threshold.percent"},
    Row{alarm, R"({"threshold":{"percent":101}})", "invalid_percent", "threshold.percent"},
    Row{alarm, R"({"threshold":{"percent":0.5}})", "invalid_percent", "threshold.percent"},
    Row{alarm, R"({"threshold":{"percent":4294967297}})", "invalid_percent", "threshold.percent"},
    Row{alarm, R"({"kind":"balance","threshold":{"amount":100}})", "invalid_amount",
        "threshold.amount"},
    Row{alarm, R"({"kind":"balance","threshold":{"amount":"1e3"}})", "invalid_amount",
        "threshold.amount"},
    Row{alarm, R"({"kind":"per_package","threshold":{"per_package":{}}})", "invalid_per_package",
        "threshold.per_package"},
    Row{alarm, R"({"kind":"per_package","threshold":{"per_package":["P"]}})", "invalid_per_package",
        "threshold.per_package"},
    Row{alarm, R"({"kind":"per_package","threshold":{"per_package":{"P":-1}}})",
        "invalid_per_package", "threshold.per_package"},
    Row{alarm, R"({"kind":"per_package","threshold":{"per_package":{"P":"1"}}})",
        "invalid_per_package", "threshold.per_package"},
    Row{alarm, R"({"kind":"per_package","threshold":{"per_package":{"":1}}})",
        "invalid_per_package", "threshold.per_package"},
    Row{alarm, R"({"kind":"per_package","threshold":{"per_package":{"<65>":1}}})",
        "invalid_per_package", "threshold.per_package"},
    Row{alarm, R"({"kind":"per_package","threshold":{"per_package":{"a b":1}}})",
        "invalid_per_package", "threshold.per_package"},
    Row{alarm, R"({"kind":"per_package","threshold":{"per_package":{"P":1,"P":2}}})",
        "invalid_json", "threshold.per_package.P"},
    Row{alarm, R"({"threshold":{"units":1,"quota":2}})", "unknown_field", "threshold.quota"},
    Row{alarm, R"({"kind":"Total","threshold":{"units":1}})", "invalid_kind", "kind"},
    Row{alarm, R"({"kind":1,"threshold":{"units":1}})", "invalid_kind", "kind"},
    Row{alarm, R"({"pool":"cn","threshold":{"units":1}})", "invalid_pool", "pool"},
    Row{alarm, R"({"pool":"TH+ID","threshold":{"units":1}})", "invalid_pool", "pool"},
    Row{alarm, R"({"pool":null,"threshold":{"units":1}})", "invalid_pool", "pool"},
    Row{alarm, R"({"kind":"balance","pool":"CN","threshold":{"amount":"1"}})", "invalid_pool",
        "pool"},
    Row{alarm, R"({"threshold":{"units":1},"when":"above"})", "invalid_when", "when"},
    Row{alarm, R"({"threshold":{"units":1},"when":true})", "invalid_when", "when"},
    Row{alarm, R"({"threshold":{"units":1},"contacts":"ops"})", "invalid_contacts", "contacts"},
    Row{alarm, R"({"threshold":{"units":1},"contacts":[1]})", "invalid_contacts", "contacts"},
    Row{alarm, R"({"threshold":{"units":1},"contacts":["a b"]})", "invalid_contacts", "contacts"},
    Row{alarm, R"({"threshold":{"units":1},"contacts":["ops","ops"]})", "invalid_contacts",
        "contacts"},
    Row{alarm,
        R"({"threshold":{"units":1},"contacts":["a","b","c","d","e","f","g","h","i","j","k",)"
        R"("l","m","n","o","p","q"]})",
        "invalid_contacts", "contacts"},
    Row{alarm, R"({"threshold":{"units":1},"cooldown":"-PT1H"})", "invalid_cooldown", "cooldown"},
    Row{alarm, R"({"threshold":{"units":1},"cooldown":"P31DT1S"})", "invalid_cooldown", "cooldown"},
    Row{alarm, R"({"threshold":{"units":1},"cooldown":86400})", "invalid_cooldown", "cooldown"},
    Row{alarm, R"({"threshold":{"units":1},"alarm":"low"})", "unknown_field", "alarm"},
    Row{alarm, R"({"threshold":{"units":1},"Kind":"total"})", "unknown_field", "Kind"},
};

constexpr std::array renewals{
    Row{renewal, "", "invalid_json", ""},
    Row{renewal, R"({})", "invalid_enabled", "enabled"},
    Row{renewal, R"({"enabled":1})", "invalid_enabled", "enabled"},
    Row{renewal, R"({"enabled":true})", "invalid_quantity", "quantity"},
    Row{renewal, R"({"enabled":true,"quantity":"10000"})", "invalid_quantity", "quantity"},
    Row{renewal, R"({"enabled":true,"quantity":10000.0})", "invalid_quantity", "quantity"},
    Row{renewal, R"({"enabled":true,"quantity":9223372036854775808})", "invalid_quantity",
        "quantity"},
    Row{renewal, R"({"enabled":true,"quantity":10000,"threshold":-1})", "invalid_threshold",
        "threshold"},
    Row{renewal, R"({"enabled":true,"quantity":10000,"threshold":{"units":1}})",
        "invalid_threshold", "threshold"},
    Row{renewal, R"({"enabled":true,"quantity":10000,"threshold":null})", "invalid_threshold",
        "threshold"},
    Row{renewal, R"({"enabled":true,"quantity":10000,"pre_expiry":"P10D"})", "invalid_pre_expiry",
        "pre_expiry"},
    Row{renewal, R"({"enabled":true,"quantity":10000,"product":""})", "invalid_product", "product"},
    Row{renewal, R"({"enabled":true,"quantity":10000,"product":"a b"})", "invalid_product",
        "product"},
    Row{renewal, R"({"enabled":true,"quantity":10000,"max_per_day":0})", "invalid_max_per_day",
        "max_per_day"},
    Row{renewal, R"({"enabled":true,"quantity":10000,"max_per_day":11})", "invalid_max_per_day",
        "max_per_day"},
    Row{renewal, R"({"enabled":true,"quantity":10000,"max_per_day":4294967297})",
        "invalid_max_per_day", "max_per_day"},
    Row{renewal, R"({"enabled":true,"quantity":10000,"pool":"china"})", "invalid_pool", "pool"},
    Row{renewal, R"({"enabled":true,"quantity":10000,"lead":"P10D"})", "unknown_field", "lead"},
};

constexpr std::array contact_lists{
    Row{contacts, "", "invalid_json", ""},
    Row{contacts, "[]", "invalid_body", ""},
    Row{contacts, R"({})", "invalid_contacts", "contacts"},
    Row{contacts, R"({"contacts":{"ops":[]}})", "invalid_contacts", "contacts"},
    Row{contacts, R"({"contacts":["ops"]})", "invalid_contacts", "contacts[0]"},
    Row{contacts, R"({"contacts":[{}]})", "invalid_contact", "contacts[0].contact"},
    Row{contacts, R"({"contacts":[{"contact":"a\r\nb"}]})", "invalid_contact",
        "contacts[0].contact"},
    Row{contacts, R"({"contacts":[{"contact":"<65>"}]})", "invalid_contact", "contacts[0].contact"},
    Row{contacts, R"({"contacts":[{"contact":"ops"}]})", "invalid_channels",
        "contacts[0].channels"},
    Row{contacts, R"({"contacts":[{"contact":"ops","channels":[]}]})", "invalid_channels",
        "contacts[0].channels"},
    Row{contacts, R"({"contacts":[{"contact":"ops","channels":"sms"}]})", "invalid_channels",
        "contacts[0].channels"},
    Row{contacts, R"({"contacts":[{"contact":"ops","channels":["internal"]}]})", "invalid_channels",
        "contacts[0].channels[0]"},
    Row{contacts, R"({"contacts":[{"contact":"ops","channels":[{}]}]})", "invalid_channel",
        "contacts[0].channels[0].channel"},
    Row{contacts, R"({"contacts":[{"contact":"ops","channels":[{"channel":"fax"}]}]})",
        "invalid_channel", "contacts[0].channels[0].channel"},
    Row{contacts, R"({"contacts":[{"contact":"ops","channels":[{"channel":"sms"}]}]})",
        "invalid_address", "contacts[0].channels[0].address"},
    Row{contacts,
        R"({"contacts":[{"contact":"ops","channels":[{"channel":"internal"},)"
        R"({"channel":"sms","address":13800138000}]}]})",
        "invalid_address", "contacts[0].channels[1].address"},
    Row{contacts,
        R"({"contacts":[{"contact":"ops","channels":[{"channel":"internal","address":""}]}]})",
        "invalid_address", "contacts[0].channels[0].address"},
    Row{contacts,
        R"({"contacts":[{"contact":"ops","channels":[{"channel":"internal"},)"
        R"({"channel":"internal"}]}]})",
        "invalid_channels", "contacts[0].channels"},
    Row{contacts,
        R"({"contacts":[{"contact":"ops","channels":[{"channel":"internal","to":"x"}]}]})",
        "unknown_field", "contacts[0].channels[0].to"},
    Row{contacts,
        R"({"contacts":[{"contact":"ops","channels":[{"channel":"internal"}],)"
        R"("topics":[]}]})",
        "invalid_topics", "contacts[0].topics"},
    Row{contacts,
        R"({"contacts":[{"contact":"ops","channels":[{"channel":"internal"}],)"
        R"("topics":"alarm"}]})",
        "invalid_topics", "contacts[0].topics"},
    Row{contacts,
        R"({"contacts":[{"contact":"ops","channels":[{"channel":"internal"}],)"
        R"("topics":["money"]}]})",
        "invalid_topics", "contacts[0].topics"},
    Row{contacts,
        R"({"contacts":[{"contact":"ops","channels":[{"channel":"internal"}],)"
        R"("topics":["alarm","alarm"]}]})",
        "invalid_topics", "contacts[0].topics"},
    Row{contacts,
        R"({"contacts":[{"contact":"ops","channels":[{"channel":"internal"}],)"
        R"("phone":"1"}]})",
        "unknown_field", "contacts[0].phone"},
    Row{contacts,
        R"({"contacts":[{"contact":"ops","channels":[{"channel":"internal"}]},)"
        R"({"contact":"ops","channels":[{"channel":"internal"}]}]})",
        "invalid_contacts", "contacts"},
    Row{contacts, R"({"contacts":[],"account":"acme"})", "unknown_field", "account"},
};

constexpr std::array holds_and_invoices{
    Row{hold, R"({})", "invalid_hold", "hold"},
    Row{hold, R"({"hold":"a b"})", "invalid_hold", "hold"},
    Row{hold, R"({"hold":"h1"})", "invalid_units", "units"},
    Row{hold, R"({"hold":"h1","units":"5"})", "invalid_units", "units"},
    Row{hold, R"({"hold":"h1","units":5.0})", "invalid_units", "units"},
    Row{hold, R"({"hold":"h1","units":5})", "invalid_destination", "destination"},
    Row{hold, R"({"hold":"h1","units":5,"destination":"*"})", "invalid_destination", "destination"},
    Row{hold, R"({"hold":"h1","units":5,"destination":"TH"})", "invalid_template", "template"},
    Row{hold, R"({"hold":"h1","units":5,"destination":"TH","template":"otp"})", "invalid_template",
        "template"},
    Row{hold, R"({"hold":"h1","units":5,"destination":"TH","template":"promotion","ttl":"PT0S"})",
        "invalid_ttl", "ttl"},
    Row{hold, R"({"hold":"h1","units":5,"destination":"TH","template":"promotion","ttl":"P7DT1S"})",
        "invalid_ttl", "ttl"},
    Row{hold, R"({"hold":"h1","units":5,"destination":"TH","template":"promotion","ttl":60})",
        "invalid_ttl", "ttl"},
    Row{hold,
        R"({"hold":"h1","units":5,"destination":"TH","template":"promotion","billable":true})",
        "unknown_field", "billable"},
    Row{capture, "", "invalid_json", ""},
    Row{capture, R"({})", "invalid_units", "units"},
    Row{capture, R"({"units":null})", "invalid_units", "units"},
    Row{capture, R"({"units":1,"hold":"h1"})", "unknown_field", "hold"},
    Row{release, R"([])", "invalid_body", ""},
    Row{release, R"({"units":1})", "unknown_field", "units"},
    Row{invoice, R"([])", "invalid_body", ""},
    Row{invoice, R"({"note":7})", "invalid_note", "note"},
    Row{invoice, R"({"note":"<257>"})", "invalid_note", "note"},
    Row{invoice, R"({"note":"a\nb"})", "invalid_note", "note"},
    Row{invoice, R"({"note":"a\u007fb"})", "invalid_note", "note"},
    Row{invoice, R"({"note":"a\u0085b"})", "invalid_note", "note"},
    Row{invoice, R"({"note":"a\u2028b"})", "invalid_note", "note"},
    Row{invoice, R"({"lines":[]})", "unknown_field", "lines"},
};

TEST(BadRequests, SetAnAlarm) { check(alarms); }
TEST(BadRequests, SetTheRenewal) { check(renewals); }
TEST(BadRequests, SetTheContacts) { check(contact_lists); }
TEST(BadRequests, HoldUnitsOrAskForAnInvoice) { check(holds_and_invoices); }

// ---- one table per channel: addresses that are none ----

std::string contact_with(std::string_view channel, std::string_view address) {
  return R"({"contacts":[{"contact":"ops","channels":[{"channel":")" + std::string{channel} +
         R"(","address":")" + std::string{address} + R"("}]}]})";
}

void refuse_all(std::string_view channel, std::span<const std::string_view> addresses) {
  for (const std::string_view address : addresses) {
    const auto fault = fault_of(contacts, contact_with(channel, address));
    ASSERT_TRUE(fault.has_value()) << address;
    EXPECT_EQ(fault->code, "invalid_address") << address;
    EXPECT_EQ(fault->field, "contacts[0].channels[0].address") << address;
    const bool telling = address.size() > 2;
    EXPECT_FALSE(telling && fault->detail.contains(address)) << "repeats what the client sent";
  }
}

TEST(BadRequests, NameNoPhone) {
  constexpr std::array<std::string_view, 11> phones{"",
                                                    "+",
                                                    "8613912345678",
                                                    "+12345",
                                                    "+1234567890123456",
                                                    "+013800138000",
                                                    "+86 13800138000",
                                                    "+86-138001380",
                                                    "+8613800138000\\r\\n",
                                                    "+8613800１３８",
                                                    "++8613800138"};
  refuse_all("sms", phones);
}

TEST(BadRequests, NameNoMailbox) {
  constexpr std::array<std::string_view, 14> mailboxes{"",
                                                       "ops",
                                                       "@",
                                                       "ops@",
                                                       "@acme.example",
                                                       "a@b@c",
                                                       "ops @acme.example",
                                                       "ops@acme.example\\r\\nBcc: all",
                                                       "ops@acme.example\\t",
                                                       "ops\\u00a0@acme.example",
                                                       "ops\\u202e@acme.example",
                                                       "ops@acme.example,x",
                                                       "Ops<ops@acme.example>",
                                                       "ops@acme.example\\u0085"};
  refuse_all("email", mailboxes);
  EXPECT_TRUE(fault_of(contacts, contact_with("email", std::string(250, 'a') + "@b.cn")));
  EXPECT_FALSE(fault_of(contacts, contact_with("email", std::string(249, 'a') + "@b.cn")));
}

TEST(BadRequests, NameNoUrl) {
  constexpr std::array<std::string_view, 20> urls{"",
                                                  "https://",
                                                  "http://acme.example/hook",
                                                  "HTTPS://acme.example/hook",
                                                  "https:/acme.example",
                                                  "https:///hook",
                                                  "https://?a",
                                                  "https://user:secret@acme.example/",
                                                  "https://acme..example/",
                                                  "https://.acme.example/",
                                                  "https://acme.example:0/",
                                                  "https://acme.example:65536/",
                                                  "https://acme.example:x/",
                                                  "https://acme.example:/",
                                                  "https://[::1/",
                                                  "https://acme.example/a b",
                                                  "https://acme.example/\\r\\nHost: x",
                                                  "https://acme.example/\\\"",
                                                  "https://acme.example/<script>",
                                                  "https://例え.example/"};
  refuse_all("webhook", urls);
  refuse_all("dingtalk_robot", urls);
  const std::string start = "https://acme.example/";
  EXPECT_TRUE(fault_of(contacts, contact_with("webhook", start + std::string(492, 'a'))));
  EXPECT_FALSE(fault_of(contacts, contact_with("webhook", start + std::string(491, 'a'))));
}

TEST(BadRequests, NameTooMuchAtOnce) {
  std::string many = R"({"contacts":[)";
  for (int n = 1; n <= 17; ++n) {
    many += (n == 1 ? "" : ",");
    many += R"({"contact":"c)" + std::to_string(n) + R"(","channels":[{"channel":"internal"}]})";
  }
  const auto contacts_fault = fault_of(contacts, many + "]}");
  ASSERT_TRUE(contacts_fault);
  EXPECT_EQ(contacts_fault->detail, "contacts: expected an array of at most 16 contacts");

  std::string thresholds = R"({"kind":"per_package","threshold":{"per_package":{"P0":0)";
  for (int n = 1; n < 1000; ++n) thresholds += ",\"P" + std::to_string(n) + "\":1";
  EXPECT_FALSE(fault_of(alarm, thresholds + "}}}"));
  const auto threshold_fault = fault_of(alarm, thresholds + R"(,"P1000":1}}})");
  ASSERT_TRUE(threshold_fault);
  EXPECT_EQ(threshold_fault->code, "invalid_per_package");
}

TEST(BadRequests, OfThresholdsAreToldWhatTheirKindTakes) {
  const auto detail = [](std::string_view kind) {
    const auto fault = fault_of(alarm, R"({"kind":")" + std::string{kind} + R"(","threshold":{}})");
    return fault ? fault->detail : std::string{"was understood"};
  };
  EXPECT_EQ(detail("total"), "threshold: expected an object with exactly one of units and percent");
  EXPECT_EQ(detail("per_package"),
            "threshold: expected an object with units or percent, or per_package, or one beside "
            "the other");
  EXPECT_EQ(detail("balance"), "threshold: expected an object with amount alone");
}

}  // namespace
}  // namespace packledger::wire_tests
