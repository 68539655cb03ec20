// Alarms, renewals, contacts, holds, invoices, notices and statements on the command line, against
// a real daemon; and every write tried first.
#include "tests/cli/cli_daemon.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

namespace packledger::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class CliRules : public CliDaemon {
 protected:
  // acme with 40 CNY and 1,000 units for the mainland.
  void supply() {
    open_account("acme");
    said({"buy", "acme", "cn", "--quota", "1000", "--order", "o"});
  }
};

TEST_F(CliRules, ContactsAreAddedChangedAndRemoved) {
  open_account("acme");
  EXPECT_EQ(said({"contacts", "show", "acme"}), "acme has no contacts: nobody is told\n");
  said({"contacts", "set", "acme", "ops", "--sms", "+8613800000000", "--email", "ops@example.com"});
  EXPECT_EQ(said({"contacts", "set", "acme", "boss", "--internal", "--topics", "renewal,account"}),
            "CONTACT  CHANNEL                IS TOLD ABOUT\n"
            "boss     internal               renewal, account\n"
            "ops      sms +8613800000000     alarm, reminder, renewal, account\n"
            "         email ops@example.com\n"
            "set at position 5\n");
  said({"contacts", "set", "acme", "ops", "--webhook", "https://example.com/hook"});
  EXPECT_THAT(said({"contacts", "show", "acme"}),
              AllOf(HasSubstr("webhook https://example.com/hook"), Not(HasSubstr("sms")),
                    HasSubstr("boss")));
  said({"contacts", "remove", "acme", "boss"});
  EXPECT_THAT(said({"contacts", "show", "acme"}), Not(HasSubstr("boss")));
  EXPECT_EQ(run({"contacts", "remove", "acme", "boss"}).code, ExitCode::usage);
  const std::string file = directory_.path() / "contacts.json";
  std::ofstream{file} << R"({"contacts":[{"contact":"a","channels":[{"channel":"internal"}]}]})";
  EXPECT_THAT(said({"contacts", "set", "acme", "--file", file}),
              StartsWith("CONTACT  CHANNEL   IS TOLD ABOUT\na        internal  alarm"));
  const Ran wrong = run({"contacts", "set", "acme", "a", "--email", "nobody"});
  EXPECT_EQ(wrong.code, ExitCode::refused);
  EXPECT_THAT(wrong.err, HasSubstr("address"));
}

TEST_F(CliRules, AnAlarmIsSetFiresAndIsRemoved) {
  supply();
  said({"contacts", "set", "acme", "ops", "--internal"});
  EXPECT_EQ(said({"alarm", "list", "acme"}),
            "acme has no alarms\nas of position 5, times in +08:00\n");
  EXPECT_EQ(said({"alarm", "set", "acme", "low", "--units", "900", "--contacts", "ops",
                  "--cooldown", "24h"}),
            "low: fires when the total of CN is below 900 units, tells ops, then silent for PT24H\n"
            "set at position 6\n");
  EXPECT_THAT(said({"alarm", "set", "acme", "each", "--percent", "20", "--package", "o.1=300"}),
              StartsWith("each: fires when a package of CN is at or below 20 %; o.1 300 units, "
                         "tells all contacts\n"));
  EXPECT_THAT(said({"alarm", "set", "acme", "money", "--amount", "12.5", "--when", "at_or_below"}),
              StartsWith("money: fires when the balance is at or below 12.5 CNY, tells all"));
  EXPECT_THAT(said({"alarm", "show", "acme", "low"}), HasSubstr("armed, never fired\n"));
  said({"hold", "place", "acme", "--units", "200", "--to", "CN", "--hold", "h"});
  EXPECT_EQ(said({"alarm", "list", "acme"}),
            "ALARM  OF               FIRES                            TELLS  STATE  FIRINGS  LAST "
            "FIRED\n"
            "each   a package of CN  at or below 20 %; o.1 300 units  all    armed        0  -\n"
            "low    the total of CN  below 900 units                  ops    fired        1  "
            "2024-04-30 00:00\n"
            "money  the balance      at or below 12.5 CNY             all    armed        0  -\n"
            "as of position 10, times in +08:00\n");
  EXPECT_THAT(said({"alarm", "show", "acme", "low"}),
              HasSubstr("fired, fired 1 time, last at 2024-04-30 00:00\n"));
  EXPECT_THAT(said({"notices", "acme"}), HasSubstr("alarm_raised, told ops (internal)"));
  EXPECT_EQ(said({"notices", "acme", "--topic", "renewal"}), "acme has no such notices\n");
  EXPECT_EQ(said({"alarm", "remove", "acme", "low"}), "removed low at position 11\n");
  const Ran gone = run({"alarm", "show", "acme", "low"});
  EXPECT_EQ(gone.code, ExitCode::refused);
  EXPECT_THAT(gone.err, HasSubstr("unknown_alarm"));
  const Ran unknown = run({"alarm", "set", "acme", "x", "--units", "1", "--contacts", "nobody"});
  EXPECT_EQ(unknown.code, ExitCode::refused);
  EXPECT_THAT(unknown.err, HasSubstr("unknown_contact"));
}

TEST_F(CliRules, AnAlarmOfTheEndIsSet) {
  supply();
  EXPECT_EQ(said({"alarm", "set", "acme", "soon", "--within", "3d"}),
            "soon: fires when the end of CN is within 3 days, tells all contacts\n"
            "set at position 5\n");
  EXPECT_THAT(
      said({"alarm", "set", "acme", "th", "--within", "12h", "--pool", "TH", "--when", "below"}),
      StartsWith("th: fires when the end of TH is in less than 12 h, tells all contacts\n"));
  EXPECT_THAT(said({"alarm", "show", "acme", "soon"}), HasSubstr("armed, never fired\n"));
  EXPECT_EQ(run({"alarm", "set", "acme", "x", "--within", "soon"}).code, ExitCode::usage);
  EXPECT_EQ(run({"alarm", "set", "acme", "x", "--within", "3d", "--units", "1"}).code,
            ExitCode::usage);
  const Ran brief = run({"alarm", "set", "acme", "x", "--within", "PT1M"});
  EXPECT_EQ(brief.code, ExitCode::refused);
  EXPECT_THAT(brief.err, HasSubstr("invalid_within"));
}

TEST_F(CliRules, AnAlarmThatAlwaysFiresIsWarnedOf) {
  supply();
  EXPECT_THAT(said({"alarm", "set", "acme", "low", "--percent", "100", "--when", "at_or_below"}),
              AllOf(HasSubstr("warning: fires_after_every_purchase: "),
                    HasSubstr("  -> alarm_raised          low: 1,000 of 1,000 units left, told "
                              "nobody\n")));
}

TEST_F(CliRules, ARenewalIsSetShownSwitchedAndRemoved) {
  supply();
  EXPECT_EQ(said({"renewal", "set", "acme", "--quantity", "1000", "--threshold", "500",
                  "--pre-expiry", "--max-per-day", "2", "--off"}),
            "acme: would renew, but it is off: 1,000 units of cn when 500 or fewer are left, and "
            "before the last package ends, at most 2 a day\nset at position 5\n");
  EXPECT_THAT(said({"renewal", "on", "acme"}), StartsWith("acme: renews 1,000 units of cn"));
  EXPECT_EQ(said({"renewal", "show", "acme"}),
            "acme: on, 1,000 units of cn when 500 or fewer are left, and before the last package "
            "ends, at most 2 a day\n"
            "it would cost 10 CNY, the balance is 40 CNY, 1,000 units are left\n"
            "renewed today: 0\n"
            "next, before the end of o.1: 2025-04-21 00:00\n");
  const std::vector<std::string> send{"send", "acme", "--send",  "m",
                                      "--to", "CN",   "--units", "500"};
  std::vector<std::string> tried = send;
  tried.emplace_back("--dry-run");
  EXPECT_THAT(said(tried), HasSubstr("; nothing was recorded\n  -> package_renewed       "));
  EXPECT_THAT(said(send), HasSubstr(", position 7\n  -> package_renewed       renewal-8: 1,000 "
                                    "units for 10 CNY"));
  EXPECT_THAT(said({"renewal", "show", "acme"}),
              AllOf(HasSubstr("the balance is 30 CNY, 1,500 units"), HasSubstr("today: 1\n")));
  EXPECT_THAT(said({"renewal", "off", "acme"}), HasSubstr("but it is off"));
  EXPECT_THAT(said({"renewal", "remove", "acme"}), StartsWith("acme: the renewal is removed"));
  for (const char* what : {"show", "on", "off", "remove"}) {
    const Ran gone = run({"renewal", what, "acme"});
    EXPECT_EQ(gone.code, ExitCode::refused);
    EXPECT_THAT(gone.err, HasSubstr("unknown_renewal"));
  }
}

TEST_F(CliRules, ARenewalThatCannotBePaidWaits) {
  supply();
  said({"account", "fund", "acme", "-35"});
  const std::string set =
      said({"renewal", "set", "acme", "--quantity", "2000", "--threshold", "1000"});
  EXPECT_THAT(set, HasSubstr("  -> renewal_failed        insufficient_balance: 20 needed, balance "
                             "5 CNY, tried again at "));
  EXPECT_THAT(said({"renewal", "show", "acme"}),
              HasSubstr("waits to be paid, since position 6; tried again when money comes in, and "
                        "at 2024-04-30 03:00\n"));
  EXPECT_THAT(said({"account", "fund", "acme", "20"}),
              HasSubstr("  -> package_renewed       renewal-9: 2,000 units for 20 CNY until "));
}

TEST_F(CliRules, UnitsAreHeldUsedAndGivenBack) {
  supply();
  EXPECT_EQ(
      said({"hold", "place", "acme", "--units", "7", "--to", "CN", "--hold", "h", "--ttl", "6h"}),
      "h: 7 units set aside: o.1 7, until 2024-04-29T22:00:00.000Z, position 5\n");
  EXPECT_EQ(said({"hold", "show", "acme", "h"}),
            "h: held, 7 units to CN, verification: o.1 7\n"
            "placed 2024-04-30 00:00, held until 2024-04-30 06:00\n");
  EXPECT_EQ(said({"hold", "list", "acme"}),
            "HOLD  UNITS  TO  TEMPLATE      FROM PACKAGES  PLACED            HELD UNTIL\n"
            "h         7  CN  verification  o.1 7          2024-04-30 00:00  2024-04-30 06:00\n");
  EXPECT_THAT(said({"packages", "acme"}), HasSubstr("HELD"));
  const Ran more = run({"hold", "capture", "acme", "h", "8"});
  EXPECT_EQ(more.code, ExitCode::refused);
  EXPECT_THAT(more.err, HasSubstr("over_capture (units)"));
  EXPECT_EQ(said({"hold", "capture", "acme", "h", "5"}),
            "h: 5 units used: o.1 5, given back: o.1 2, position 6\n");
  EXPECT_THAT(said({"hold", "show", "acme", "h"}), HasSubstr("h: captured"));
  EXPECT_EQ(said({"hold", "list", "acme"}), "acme has no open holds\n");
  EXPECT_THAT(run({"hold", "release", "acme", "h"}).err, HasSubstr("hold_captured"));
  said({"hold", "place", "acme", "--units", "3", "--to", "CN", "--hold", "h2"});
  EXPECT_EQ(said({"hold", "release", "acme", "h2"}), "h2: given back: o.1 3, position 8\n");
  EXPECT_THAT(run({"hold", "place", "acme", "--units", "2000", "--to", "CN"}).err,
              HasSubstr("quota_exhausted"));
  EXPECT_THAT(run({"hold", "show", "acme", "h9"}).err, HasSubstr("unknown_hold"));
}

TEST_F(CliRules, AnInvoiceIsMadeListedAndPrinted) {
  supply();
  EXPECT_EQ(said({"invoice", "list", "acme"}), "acme has no invoices\n");
  EXPECT_EQ(said({"invoice", "request", "acme", "--note", "PO <7>", "--once", "k"}),
            "invoice 1 of acme: 10.00 CNY, 1 line, position 5\n");
  EXPECT_EQ(said({"invoice", "request", "acme", "--note", "PO <7>", "--once", "k"}),
            "invoice 1 of acme: 10.00 CNY, 1 line, position 5\n");  // the same one
  EXPECT_EQ(said({"invoice", "list", "acme"}),
            "INVOICE  ISSUED            LINES      TOTAL  NOTE\n"
            "      1  2024-04-30 00:00      1  10.00 CNY  PO <7>\n");
  EXPECT_EQ(said({"invoice", "show", "acme", "1"}),
            "invoice 1 of acme, issued 2024-04-30 00:00: PO <7>\n"
            "WHAT   NAME  PRODUCT  UNITS  PAID                 AMOUNT\n"
            "order  o     cn       1,000  2024-04-30 00:00         10\n"
            "--------------------------------------------------------\n"
            "total                                          10.00 CNY\n");
  const std::string page = directory_.path() / "invoice.html";
  said({"invoice", "show", "acme", "1", "--html", page});
  std::ifstream file{page};
  const std::string html{std::istreambuf_iterator<char>{file}, {}};
  EXPECT_THAT(html,
              AllOf(HasSubstr("<html"), HasSubstr("PO &lt;7&gt;"), Not(HasSubstr("<script"))));
  EXPECT_EQ(said({"invoice", "show", "acme", "1", "--html", "-"}), html);
  EXPECT_EQ(run({"invoice", "show", "acme", "1", "--html", "/nowhere/at/all"}).code,
            ExitCode::usage);
  EXPECT_THAT(run({"invoice", "request", "acme"}).err, HasSubstr("nothing_to_invoice"));
  EXPECT_THAT(run({"invoice", "show", "acme", "2"}).err, HasSubstr("unknown_invoice"));
}

TEST_F(CliRules, AStatementTellsEveryMove) {
  supply();
  said({"send", "acme", "--send", "m", "--to", "TH", "--units", "10"});
  EXPECT_EQ(said({"statement", "acme", "--kind", "order_placed"}),
            "POSITION  AT                AMOUNT  BALANCE  PACKAGES        WHAT\n"
            "       4  2024-04-30 00:00     -10       40  o.1 0 -> 1,000  Order o of cn: 1 package "
            "of 1,000 units for 10 CNY.\n"
            "amounts in CNY, times in +08:00\n");
  EXPECT_THAT(said({"statement", "acme"}), HasSubstr("-1.32    38.68"));
  EXPECT_THAT(said({"statement", "acme", "--limit", "1"}),
              HasSubstr("... and more: --limit 0 shows all\n"));
  EXPECT_THAT(said({"statement", "acme", "--from", "2025-01-01T00:00:00Z"}),
              StartsWith("acme has no such lines\n"));
  EXPECT_THAT(said({"statement", "acme", "--json"}), StartsWith(R"({"account":"acme",)"));
}

TEST_F(CliRules, FiguresAreExplained) {
  supply();
  said({"send", "acme", "--send", "m", "--to", "TH", "--units", "10"});
  said({"send", "acme", "--send", "n", "--to", "CN", "--units", "990"});
  const std::string all = said({"explain", "acme"});
  EXPECT_THAT(all, StartsWith("Balance: 38.68 CNY  the ledger says the same\n"
                              "  ENTRIES OF KIND  COUNT  AMOUNT  POSITIONS\n"
                              "  funds_credited       1     +50  3\n"));
  EXPECT_THAT(all, HasSubstr("Package o.1 of 1,000 units  the ledger says the same\n"));
  EXPECT_THAT(all, HasSubstr("send_recorded        1       -990     0  +990"));
  EXPECT_THAT(said({"explain", "acme", "--package", "o.1"}),
              HasSubstr("Send n of 990 units to CN: 990 units from packages.\n"
                        "    o.1 1,000 -> 10\n"));
  EXPECT_THAT(said({"explain", "acme", "--balance"}), HasSubstr("    balance 50 -> 40, o.1"));
  EXPECT_THAT(said({"explain", "acme", "--send", "n"}), HasSubstr("o.1        990  paid\n"));
  EXPECT_THAT(said({"explain", "acme", "--send", "m"}), HasSubstr("o.1          0  destination\n"));
  EXPECT_THAT(said({"explain", "acme", "--entry", "4"}), HasSubstr("4  2024-04-30 00:00  Order o"));
  EXPECT_THAT(run({"explain", "acme", "--package", "x"}).err, HasSubstr("unknown_package"));
  EXPECT_THAT(run({"explain", "acme", "--alarm", "x"}).err, HasSubstr("unknown_alarm"));
  EXPECT_THAT(said({"explain", "acme", "--json"}), StartsWith(R"({"account":"acme",)"));
}

TEST_F(CliRules, AnAccountBelowZeroIsSuspendedAndSaysSo) {
  open_account("acme");
  const std::string fined = said({"account", "fund", "acme", "-60"});
  EXPECT_THAT(fined, AllOf(HasSubstr("  -> account_overdue       balance -10 CNY"),
                           HasSubstr("  -> account_suspended     balance -10 CNY\n")));
  EXPECT_THAT(said({"account", "show", "acme"}),
              AllOf(StartsWith("acme: suspended, balance -10 CNY\n"),
                    HasSubstr("suspended since 2024-04-30 00:00\n")));
  EXPECT_THAT(run({"buy", "acme", "th"}).err, HasSubstr("account_suspended"));
  EXPECT_THAT(said({"account", "fund", "acme", "10"}), HasSubstr("  -> account_resumed"));
}

// ---- --dry-run ----

TEST_F(CliRules, EveryWriteCanBeTriedFirst) {
  supply();
  said({"buy", "acme", "th", "--order", "waiting", "--external"});
  said({"send", "acme", "--send", "m", "--to", "CN", "--units", "5"});
  said({"alarm", "set", "acme", "old", "--units", "5"});
  said({"renewal", "set", "acme", "--quantity", "1000", "--threshold", "5"});
  said({"contacts", "set", "acme", "old", "--internal"});
  said({"hold", "place", "acme", "--units", "5", "--to", "CN", "--hold", "h"});
  const std::string digest = said({"digest"});
  const std::string book = directory_.path() / "book.json";
  const std::vector<std::pair<std::vector<std::string>, std::string>> writes{
      {{"price-book", "publish", book}, "price_book_published  1: 2 products in CNY"},
      {{"account", "open", "beta", "--currency", "CNY"}, "account_opened        in CNY"},
      {{"account", "set", "acme", "--order", "expiry_first", "--mode", "CN=stop_before_excess"},
       "account_settings_set  order=expiry_first\n  service_mode_set      "},
      {{"account", "fund", "acme", "-100"},
       "funds_adjusted        -100 CNY, balance -60\n  -> account_overdue       balance -60 CNY"},
      {{"buy", "acme", "th", "--order", "x"}, "order_placed          x: 1 x th for 12 CNY"},
      {{"order", "pay", "acme", "waiting"}, "order_paid            waiting: paid elsewhere"},
      {{"order", "cancel", "acme", "waiting"}, "order_cancelled       waiting\n"},
      {{"grant", "acme", "gift", "--quota", "7", "--to", "TH", "--validity", "P1M"},
       "package_granted       gift: 7 units until 2024-05-29T16:00:00.000Z"},
      {{"reverse", "acme", "m", "2"}, "send_reversed         m: 2 units given back: o.1 2"},
      {{"hold", "place", "acme", "--units", "990", "--to", "CN", "--hold", "big"},
       "hold_placed           big: 990 units to CN, verification: o.1 990 set aside until "
       "2024-04-30T16:00:00.000Z\n"
       "  -> alarm_raised          old: 0 of 1,000 units left, told old (internal)\n"
       "  -> package_renewed       renewal-13: 1,000 units for 10 CNY"},
      {{"hold", "capture", "acme", "h", "1"}, "hold_captured         h: used o.1 1, given back "},
      {{"hold", "release", "acme", "h"}, "hold_released         h: given back o.1 5"},
      {{"alarm", "set", "acme", "low", "--units", "2000"},
       "alarm_rule_set        low: the total of CN below 2,000 units\n"
       "  -> alarm_raised          low: 990 of 1,000 units left, told old (internal)"},
      {{"alarm", "remove", "acme", "old"}, "alarm_rule_removed    old"},
      {{"renewal", "set", "acme", "--quantity", "1000", "--threshold", "995"},
       "renewal_rule_set      on: 1,000 units when 995 or fewer are left, product cn\n"
       "  -> package_renewed       renewal-12: 1,000 units for 10 CNY"},
      {{"renewal", "off", "acme"}, "renewal_rule_set      off: 1,000 units of cn"},
      {{"renewal", "on", "acme"}, "renewal_rule_set      on: 1,000 units of cn"},
      {{"renewal", "remove", "acme"}, "renewal_rule_removed\n"},
      {{"contacts", "set", "acme", "new", "--internal"}, "contacts_set          new, old"},
      {{"contacts", "remove", "acme", "old"}, "contacts_set          none"},
      {{"invoice", "request", "acme"}, "invoice_requested     number 1: 1 line, 10.00 CNY"},
  };
  for (const auto& [words, entered] : writes) {
    std::vector<std::string> tried = words;
    tried.emplace_back("--dry-run");
    const std::string told = said(tried);
    EXPECT_THAT(told, HasSubstr("dry run: nothing was kept; this would be entered:\n  " + entered))
        << testing::PrintToString(words);
    tried.emplace_back("--json");
    EXPECT_THAT(said(tried), StartsWith(R"({"dry_run":true)"));
    EXPECT_EQ(said({"digest"}), digest) << testing::PrintToString(words);
  }
}

}  // namespace
}  // namespace packledger::cli
