// A session: one run of the command line. It knows where the daemon is and how to speak to the
// person: questions, answers as text or as the daemon's own JSON, and what goes wrong as one plain
// sentence with its exit code.
//
// Owner: main, or a test with streams of its own; one thread.
#pragma once

#include "app/cli/figures.hpp"
#include "packledger/ledger/result.hpp"
#include "serve/client.hpp"
#include "wire/json.hpp"

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::cli {

// Part of the contract with scripts; listed in --help.
enum class ExitCode : std::uint8_t {
  ok = 0,
  unexpected = 1,   // what came back makes no sense, or a check of ours failed
  usage = 2,        // the command line or a file named on it is wrong
  refused = 3,      // the daemon said no
  unreachable = 4,  // the daemon did not answer
  wrong = 5,        // a store, a head or a backup is not what it must be
  interrupted = 6,  // told to stop; what was done until then was said
};

inline constexpr std::string_view server_default = "http://127.0.0.1:7180";

struct GlobalOptions {
  std::string server{server_default};
  bool server_given = false;  // by option or variable
  std::string key;
  bool json = false;
  bool plain = false;
  std::string version = "unknown";  // of this program
};

struct Question {
  std::string method = "GET";
  std::string target = {};
  std::string body = {};
  std::vector<HttpHeader> headers = {};
};

// A whole answer of status 2xx.
class Answer {
 public:
  Answer(HttpAnswer http, JsonDocument document)
      : http_{std::move(http)}, document_{std::move(document)} {}
  [[nodiscard]] const Json& json() const { return document_.root(); }
  [[nodiscard]] const HttpAnswer& http() const { return http_; }

 private:
  HttpAnswer http_;
  JsonDocument document_;
};

// Members of an object, where they are of that kind; else empty, 0 or null.
[[nodiscard]] std::string_view text_in(const Json& object, std::string_view key);
[[nodiscard]] std::int64_t integer_in(const Json& object, std::string_view key);
[[nodiscard]] const Json& value_in(const Json& object, std::string_view key);
[[nodiscard]] std::optional<Instant> instant_in(const Json& object, std::string_view key);

// Percent-encodes what has no place in a path or in the value of a query.
[[nodiscard]] std::string escaped(std::string_view text);
// "/v1/accounts/acme"
[[nodiscard]] std::string account_path(std::string_view account);
// Appends ?key=value or &key=value; nothing where the value is empty.
void add_query(std::string& target, std::string_view key, std::string_view value);

// A name that nobody has used before on this machine: "order-1716796800000-4242".
[[nodiscard]] std::string fresh_name(std::string_view what);

class Session {
 public:
  Session(std::ostream& out, std::ostream& err) : out_{out}, err_{err} {}

  GlobalOptions options;
  Look look;

  // Where the person types; null where there is nobody to ask.
  std::istream* answers = nullptr;

  [[nodiscard]] std::ostream& out() { return out_; }
  [[nodiscard]] std::ostream& err() { return err_; }

  // Asks; that nobody answers is told to the person here. "busy" is asked again a few times.
  [[nodiscard]] Result<HttpAnswer, ExitCode> ask_any(const Question& question);
  // The same, and what the daemon refuses is told too: the status is 2xx.
  [[nodiscard]] Result<HttpAnswer, ExitCode> ask_raw(const Question& question);
  // The same, of an answer that is one JSON value.
  [[nodiscard]] Result<Answer, ExitCode> ask(const Question& question);
  // Asks, then prints the daemon's JSON where that is wanted, else lets `tell` say it.
  [[nodiscard]] ExitCode show(const Question& question,
                              const std::function<void(const Json&)>& tell);
  // The same, of an answer whose times are told in the zone of this account.
  [[nodiscard]] ExitCode show_local(std::string_view account, const Question& question,
                                    const std::function<void(const Json&, const Zone&)>& tell);

  // Asks the person: yes or no; nothing where there is nobody to ask.
  [[nodiscard]] std::optional<bool> agree(std::string_view question);

  // "packledger: ..." to the error stream; gives the code back.
  ExitCode complain(ExitCode code, std::string_view sentence);
  // Of an account, for display; +08:00 where it cannot be had.
  [[nodiscard]] Result<Zone, ExitCode> zone_of(std::string_view account);

  [[nodiscard]] ClientOptions client_options() const;

 private:
  [[nodiscard]] HttpClient& client();
  [[nodiscard]] ExitCode tell_refusal(const HttpAnswer& answer);

  std::ostream& out_;
  std::ostream& err_;
  std::optional<HttpClient> client_;
};

}  // namespace packledger::cli
