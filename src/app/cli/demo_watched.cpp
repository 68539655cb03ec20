#include "app/cli/demo_watched.hpp"

#include "app/cli/demo_play.hpp"
#include "app/cli/entry_words.hpp"
#include "app/cli/packages_view.hpp"
#include "app/cli/send_text.hpp"
#include "packledger/ledger/money.hpp"
#include "wire/json_writer.hpp"

#include <algorithm>
#include <vector>

namespace packledger::cli {
namespace {

// 1,200 units; 300 held leave 900, below the alarm's 1,000. 250 of them are used and 50 given
// back: 950. A send of 450 leaves 500, at which the renewal buys 1,000: 1,500.
constexpr std::int64_t gift_units = 1'200;
constexpr std::int64_t alarm_units = 1'000;
constexpr std::int64_t held_units = 300;
constexpr std::int64_t captured_units = 250;
constexpr std::int64_t sent_units = 450;
constexpr std::int64_t renewal_at_units = 500;
constexpr std::int64_t renewal_quantity = 1'000;
constexpr Money funds{1'000'000'000};  // 1,000

class Watched {
 public:
  Watched(Session& session, const WatchedDemo& demo)
      : session_{session}, demo_{demo}, path_{account_path(demo.account)} {}

  ExitCode play() {
    demo_.say("");
    demo_.say(colored("What happens by itself", Color::bold, session_.look));
    for (const auto part : {&Watched::open, &Watched::set_rules, &Watched::hold, &Watched::send,
                            &Watched::show, &Watched::show_notices}) {
      if (const ExitCode code = (this->*part)(); code != ExitCode::ok) return code;
    }
    return ExitCode::ok;
  }

 private:
  [[nodiscard]] Result<Answer, ExitCode> ask(std::string method, const std::string& under,
                                             std::string body) {
    return session_.ask(
        {.method = std::move(method), .target = path_ + under, .body = std::move(body)});
  }

  void expect(bool holds, const std::string& what) const {
    if (!holds) demo_.differ(demo_.account + ": " + what);
  }

  ExitCode open() {
    std::string body;
    JsonWriter{body}
        .begin_object()
        .member("account", demo_.account)
        .member("currency", "CNY")
        .member("zone", demo_zone)
        .end_object();
    auto answer = session_.ask({.method = "POST", .target = "/v1/accounts", .body = body});
    if (!answer) return answer.error();
    body.clear();
    JsonWriter{body}.begin_object().member("amount", money_text(funds)).end_object();
    answer = ask("POST", "/funds", body);
    if (!answer) return answer.error();
    body.clear();
    JsonWriter json{body};
    json.begin_object().member("package", "gift").member("quota", gift_units);
    json.key("destinations").begin_array().value("CN").end_array();
    json.member("validity", "P1M").end_object();
    answer = ask("POST", "/packages", body);
    if (!answer) return answer.error();
    demo_.say("  Account " + demo_.account + " has " + grouped(money_text(funds)) +
              " CNY and a gift of " + units_text(gift_units) + " for the mainland.");
    return ExitCode::ok;
  }

  ExitCode set_rules() {
    auto answer = ask("PUT", "/contacts",
                      R"({"contacts":[{"contact":"ops","channels":[{"channel":"internal"}]}]})");
    if (!answer) return answer.error();
    std::string body;
    JsonWriter json{body};
    json.begin_object().key("threshold").begin_object().member("units", alarm_units).end_object();
    json.end_object();
    answer = ask("PUT", "/alarms/low", body);
    if (!answer) return answer.error();
    demo_.say("  The alarm low tells ops when the total is " + condition_text(answer->json()) +
              ".");
    return set_renewal();
  }

  // A book without terms for renewals is no fault of the daemon's: then nothing is renewed.
  ExitCode set_renewal() {
    const auto book = session_.ask({.target = "/v1/price-book"});
    if (!book) return book.error();
    if (!value_in(book->json(), "renewal").is_object()) {
      demo_.say("  The price book in force has no terms for renewals, so there is none.");
      return ExitCode::ok;
    }
    std::string body;
    JsonWriter{body}
        .begin_object()
        .member("enabled", true)
        .member("threshold", renewal_at_units)
        .member("quantity", renewal_quantity)
        .end_object();
    auto answer = ask("PUT", "/renewal", body);
    if (!answer) return answer.error();
    demo_.say("  The renewal buys " + renewal_text(answer->json()) + ".");
    answer = ask("GET", "/renewal", "");
    if (!answer) return answer.error();
    price_ = parse_money(text_in(answer->json(), "price"));
    expect(price_.has_value(), "the renewal has a price");
    return ExitCode::ok;
  }

  ExitCode hold() {
    std::string body;
    JsonWriter{body}
        .begin_object()
        .member("hold", "campaign")
        .member("units", held_units)
        .member("destination", "CN")
        .member("template", "notification")
        .end_object();
    auto answer = ask("POST", "/holds", body);
    if (!answer) return answer.error();
    demo_.say("  The hold campaign sets " + lines_text(value_in(answer->json(), "lines")) +
              " aside: " + grouped(gift_units - held_units) + " are left, and the alarm fires.");
    body.clear();
    JsonWriter{body}.begin_object().member("units", captured_units).end_object();
    answer = ask("POST", "/holds/campaign/capture", body);
    if (!answer) return answer.error();
    const std::string back = lines_text(value_in(answer->json(), "given_back"));
    expect(back == "gift 50", "the capture gives back " + back);
    demo_.say("  Of these " + units_text(captured_units) + " are used and " + back +
              " given back; the alarm does not fire again.");
    return ExitCode::ok;
  }

  ExitCode send() {
    std::string body;
    JsonWriter{body}
        .begin_object()
        .member("account", demo_.account)
        .member("send", "reminder")
        .member("units", sent_units)
        .member("destination", "CN")
        .member("template", "notification")
        .end_object();
    const auto answer = session_.ask({.method = "POST", .target = "/v1/sends", .body = body});
    if (!answer) return answer.error();
    const std::string paid = paid_text(answer->json());
    expect(paid == "gift 450", "the send is paid by " + paid);
    demo_.say("  A send of " + units_text(sent_units) + " leaves " + grouped(renewal_at_units) +
              (price_ ? ": a new package is bought for " + grouped(money_text(*price_)) +
                            " CNY, and the alarm is armed again."
                      : "."));
    return ExitCode::ok;
  }

  ExitCode show() {
    const auto account = ask("GET", "", "");
    if (!account) return account.error();
    const Money balance = funds - price_.value_or(Money{});
    const std::string_view has = text_in(account->json(), "balance");
    expect(parse_money(has) == balance,
           "should have " + money_text(balance) + " CNY but has " + std::string(has));
    const auto packages = ask("GET", "/packages", "");
    if (!packages) return packages.error();
    std::vector<PackageRow> rows;
    std::int64_t remaining = 0;
    std::int64_t used = 0;
    for (const Json& package : value_in(packages->json(), "packages").elements()) {
      rows.push_back(package_row(package));
      remaining += rows.back().remaining;
      used += rows.back().used;
    }
    expect(used == captured_units + sent_units, "used " + grouped(used));
    const std::int64_t expected = renewal_at_units + (price_ ? renewal_quantity : 0);
    expect(remaining == expected, "has " + grouped(remaining) + " units left");
    std::string table = packages_table(rows, *fixed_zone(demo_zone), session_.look);
    while (!table.empty()) {
      const std::size_t end = table.find('\n');
      demo_.say("  " + table.substr(0, end));
      table.erase(0, end + 1);
    }
    const auto alarm = ask("GET", "/alarms/low", "");
    if (!alarm) return alarm.error();
    const std::string_view state = text_in(alarm->json(), "state");
    expect(state == (price_ ? "armed" : "fired"), "the alarm is " + std::string(state));
    expect(integer_in(alarm->json(), "firings") == 1, "the alarm fired once");
    return ExitCode::ok;
  }

  ExitCode show_notices() {
    const auto answer = ask("GET", "/notices", "");
    if (!answer) return answer.error();
    const auto notices = value_in(answer->json(), "notices").elements();
    for (const Json& notice : notices) {
      demo_.say("  " + told_text(value_in(notice, "told")) + ": " +
                std::string(text_in(notice, "text")));
    }
    const auto kinds = [&](std::string_view kind) {
      return std::ranges::count_if(notices,
                                   [&](const Json& each) { return text_in(each, "kind") == kind; });
    };
    expect(kinds("alarm_raised") == 1, "one notice of the alarm");
    expect(kinds("package_renewed") == (price_ ? 1 : 0), "one notice of the renewal");
    expect(kinds("alarm_cleared") == (price_ ? 1 : 0), "one notice that the alarm is over");
    return ExitCode::ok;
  }

  Session& session_;
  const WatchedDemo& demo_;
  std::string path_;
  std::optional<Money> price_;  // of a renewal; absent where the book has no terms for it
};

}  // namespace

ExitCode play_watched(Session& session, const WatchedDemo& demo) {
  return Watched{session, demo}.play();
}

}  // namespace packledger::cli
