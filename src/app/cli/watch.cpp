// packledger watch: balances or entries, live: on a terminal the balances as a table that is drawn
// anew, else a line for each message. A connection that breaks is opened again, from the
// last position that was shown: nothing is missed and nothing is shown twice.
#include "app/cli/command.hpp"
#include "app/cli/entry_text.hpp"
#include "app/cli/watch_live.hpp"
#include "wire/json_writer.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <ostream>
#include <thread>

namespace packledger::cli {
namespace {

constexpr std::chrono::seconds patience{60};  // the daemon pings more often
constexpr std::chrono::seconds retry_delay_max{10};

std::string balance_text(const Json& message) {
  std::string text{text_in(message, "account")};
  text += "  " + grouped(text_in(message, "balance")) + " " +
          std::string(text_in(message, "currency")) + "  " +
          std::string(text_in(message, "status"));
  for (const Json& pool : value_in(message, "pools").elements()) {
    text += "  " + std::string(text_in(pool, "pool")) + " " +
            grouped(integer_in(pool, "remaining")) + "/" + grouped(integer_in(pool, "quota"));
  }
  return text;
}

class Watch final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("accounts", accounts_, "Whom to watch.")->required();
    app.add_flag("--entries", entries_, "Every entry instead of the balances.");
    app.add_option("--from", from_, "Only what comes after this position.")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--count", count_, "End after so many lines; 0 goes on for ever.")
        ->check(CLI::NonNegativeNumber);
  }

  ExitCode run(Session& session) override {
    const bool terminal = session.look.blocks && !session.options.json;
    if (terminal && !entries_ && count_ == 0) return watch_live(session, request(), accounts_);
    std::chrono::seconds delay{1};
    for (bool first = true;; first = false) {
      WatchClient client{session.options.server, session.client_options()};
      const std::int64_t shown_before = shown_;
      auto connected = client.connect();
      if (connected) connected = client.send(request());
      if (!connected && first) {
        return session.complain(ExitCode::unreachable, connected.error().detail);
      }
      const ExitCode code = connected ? follow(session, client) : ExitCode::unreachable;
      if (code != ExitCode::unreachable) return code;
      if (shown_ != shown_before) delay = std::chrono::seconds{1};
      session.err() << "packledger: the connection broke; trying again in " << delay.count()
                    << " s\n";
      std::this_thread::sleep_for(delay);
      delay = std::min(delay * 2, retry_delay_max);
    }
  }

 private:
  [[nodiscard]] std::string request() const {
    std::string text;
    JsonWriter json{text};
    json.begin_object().member("watch", entries_ ? "entries" : "balances");
    json.key("accounts").begin_array();
    for (const std::string& account : accounts_) json.value(account);
    json.end_array();
    if (from_) json.member("from", *from_);
    json.end_object();
    return text;
  }

  ExitCode follow(Session& session, WatchClient& client) {
    while (count_ == 0 || shown_ < count_) {
      const auto message = client.next(patience);
      if (!message) return ExitCode::unreachable;
      if (!*message) continue;
      if (const ExitCode code = take(session, **message); code != ExitCode::ok) return code;
    }
    return ExitCode::ok;
  }

  ExitCode take(Session& session, const std::string& text) {
    const auto document = parse_json(text);
    if (!document) {
      return session.complain(ExitCode::unexpected, "a message that is not JSON: " + text);
    }
    const Json& message = document->root();
    const std::string_view type = text_in(message, "type");
    if (type == "error") {
      return session.complain(
          ExitCode::refused, "the daemon refused: " + std::string(text_in(message, "code")) + ": " +
                                 std::string(text_in(message, "detail")));
    }
    const std::int64_t position = integer_in(message, "position");
    if (type == "entry") {
      if (from_ && position <= *from_) return ExitCode::ok;  // shown before the break
      tell(session, text, entry_text(message, Zone{}));
    } else if (type == "snapshot" || type == "change") {
      tell(session, text, std::to_string(position) + "  " + balance_text(message));
    } else {
      if (session.options.json) session.out() << text << std::endl;
      return ExitCode::ok;
    }
    from_ = std::max(from_.value_or(0), position);
    if (value_in(message, "gap").flag().value_or(false)) {
      session.err() << "packledger: entries before this one can no longer be shown\n";
    }
    return ExitCode::ok;
  }

  void tell(Session& session, const std::string& json, const std::string& text) {
    session.out() << (session.options.json ? json : text) << std::endl;
    ++shown_;
  }

  std::vector<std::string> accounts_;
  bool entries_ = false;
  std::optional<std::int64_t> from_;
  std::int64_t count_ = 0;
  std::int64_t shown_ = 0;
};

}  // namespace

void add_watch_command(CommandTree& tree) {
  tree.add(tree.root(), "watch", "Show balances, or entries, as they change.",
           std::make_unique<Watch>());
}

}  // namespace packledger::cli
