// packledger invoice request|list|show: invoices of what was paid and not yet invoiced.
#include "app/cli/command.hpp"
#include "app/cli/table.hpp"
#include "app/cli/writing.hpp"
#include "packledger/ledger/money.hpp"
#include "wire/json_writer.hpp"

#include <CLI/CLI.hpp>

#include <fstream>
#include <ostream>

namespace packledger::cli {
namespace {

std::string invoices_path(const std::string& account) {
  return account_path(account) + "/invoices";
}

std::string total_text(const Json& invoice) {
  return grouped(text_in(invoice, "printed_total")) + " " +
         std::string(text_in(invoice, "currency"));
}

class InvoiceRequest final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "Whose payments.")->required();
    app.add_option("--note", note_, "Printed on it: an order number of the customer's.");
    app.add_option("--once", key_, "A key: the same one never makes two.")->type_name("KEY");
    writing_.declare(app);
  }

  ExitCode run(Session& session) override {
    std::string body;
    JsonWriter json{body};
    json.begin_object();
    if (!note_.empty()) json.member("note", note_);
    json.end_object();
    Question question{.method = "POST", .target = invoices_path(account_), .body = body};
    if (!key_.empty()) question.headers.push_back({"Idempotency-Key", key_});
    return writing_.ask(session, question, [&](const Json& answer) {
      const std::size_t lines = value_in(answer, "lines").elements().size();
      session.out() << "invoice " << integer_in(answer, "invoice") << " of " << account_ << ": "
                    << total_text(answer) << ", " << lines << (lines == 1 ? " line" : " lines")
                    << ", position " << grouped(integer_in(answer, "position")) << '\n';
      if (value_in(answer, "more").flag().value_or(false)) {
        session.out() << "more is to be invoiced: ask again\n";
      }
    });
  }

 private:
  std::string account_;
  std::string note_;
  std::string key_;
  Writing writing_;
};

class InvoiceList final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "Whose invoices.")->required();
  }

  ExitCode run(Session& session) override {
    const auto zone =
        session.options.json ? Result<Zone, ExitCode>{Zone{}} : session.zone_of(account_);
    if (!zone) return zone.error();
    Table table{{{"INVOICE", Align::right},
                 {"ISSUED"},
                 {"LINES", Align::right},
                 {"TOTAL", Align::right},
                 {"NOTE"}}};
    std::string cursor;
    do {
      std::string target = invoices_path(account_) + "?limit=1000";
      add_query(target, "cursor", cursor);
      const auto page = session.ask({.target = target});
      if (!page) return page.error();
      if (session.options.json) session.out() << page->http().body << '\n';
      add_rows(table, page->json(), *zone);
      cursor = text_in(page->json(), "next_cursor");
    } while (!cursor.empty());
    if (session.options.json) return ExitCode::ok;
    session.out() << (table.empty() ? account_ + " has no invoices\n" : table.text(session.look));
    return ExitCode::ok;
  }

 private:
  static void add_rows(Table& table, const Json& page, const Zone& zone) {
    const std::string currency{text_in(page, "currency")};
    for (const Json& invoice : value_in(page, "invoices").elements()) {
      const auto at = instant_in(invoice, "issued_at");
      table.add({{grouped(integer_in(invoice, "invoice")), Color::bold},
                 {at ? local_text(*at, zone) : "-"},
                 {grouped(integer_in(invoice, "lines"))},
                 {grouped(text_in(invoice, "printed_total")) + " " + currency},
                 {std::string(text_in(invoice, "note"))}});
    }
  }

  std::string account_;
};

class InvoiceShow final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "Whose invoice.")->required();
    app.add_option("invoice", number_, "Its number.")->required()->check(CLI::PositiveNumber);
    app.add_option("--html", html_, "Write it there as a page to be printed; - is the output.")
        ->type_name("FILE");
  }

  ExitCode run(Session& session) override {
    const std::string target = invoices_path(account_) + "/" + std::to_string(number_);
    if (!html_.empty()) return write_page(session, target + ".html");
    return session.show_local(
        account_, {.target = target},
        [&](const Json& answer, const Zone& zone) { tell(session, answer, zone); });
  }

 private:
  ExitCode write_page(Session& session, const std::string& target) const {
    const auto page = session.ask_raw({.target = target});
    if (!page) return page.error();
    if (html_ == "-") {
      session.out() << page->body;
      return ExitCode::ok;
    }
    std::ofstream file{html_, std::ios::binary};
    file << page->body;
    if (!file.flush()) return session.complain(ExitCode::usage, "cannot write " + html_);
    session.out() << "invoice " << number_ << " of " << account_ << " is in " << html_ << '\n';
    return ExitCode::ok;
  }

  void tell(Session& session, const Json& invoice, const Zone& zone) const {
    std::ostream& out = session.out();
    out << "invoice " << number_ << " of " << account_;
    if (const auto at = instant_in(invoice, "issued_at")) {
      out << ", issued " << local_text(*at, zone);
    }
    const std::string_view note = text_in(invoice, "note");
    if (!note.empty()) out << ": " << note;
    out << '\n';
    Table table{{{"WHAT"},
                 {"NAME"},
                 {"PRODUCT"},
                 {"UNITS", Align::right},
                 {"PAID"},
                 {"AMOUNT", Align::right}}};
    for (const Json& line : value_in(invoice, "lines").elements()) {
      const auto at = instant_in(line, "at");
      const bool counted = !value_in(line, "units").is_null();
      table.add({{std::string(text_in(line, "kind"))},
                 {std::string(text_in(line, "name")), Color::bold},
                 {std::string(text_in(line, "product"))},
                 {counted ? grouped(integer_in(line, "units")) : ""},
                 {at ? local_text(*at, zone) : "-"},
                 {grouped(text_in(line, "amount"))}});
    }
    table.add_total({{"total"}, {}, {}, {}, {}, {total_text(invoice), Color::bold}});
    out << table.text(session.look);
    const auto exact = parse_money(text_in(invoice, "total"));
    if (exact != parse_money(text_in(invoice, "printed_total"))) {
      out << "exactly " << grouped(text_in(invoice, "total")) << ' ' << text_in(invoice, "currency")
          << '\n';
    }
    if (value_in(invoice, "more").flag().value_or(false)) {
      out << "more was left for the next invoice\n";
    }
  }

  std::string account_;
  std::int64_t number_ = 0;
  std::string html_;
};

}  // namespace

void add_invoice_commands(CommandTree& tree) {
  CLI::App& group = tree.group("invoice", "Invoices of what was paid.");
  tree.add(group, "request", "Ask for an invoice of what is not yet invoiced.",
           std::make_unique<InvoiceRequest>());
  tree.add(group, "list", "Show all invoices.", std::make_unique<InvoiceList>());
  tree.add(group, "show", "Show an invoice, or print it.", std::make_unique<InvoiceShow>());
}

}  // namespace packledger::cli
