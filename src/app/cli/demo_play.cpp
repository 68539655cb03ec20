#include "app/cli/demo_play.hpp"

#include "wire/json_writer.hpp"

#include <array>

namespace packledger::cli {
namespace {

constexpr auto careful = DemoCustomer::careful;
constexpr auto busy = DemoCustomer::busy;

constexpr std::array steps{
    DemoStep{"04-30T23:59:59.999",
             careful,
             DemoAct::send,
             1,
             {0, 0, 1},
             {0, 0},
             "There is no package yet, so the balance pays, and what is bought later will not "
             "change that."},
    DemoStep{"05-01T00:00:00.000",
             careful,
             DemoAct::buy_a,
             0,
             {},
             {10'000, 0},
             "A starts at once and lasts a month: until the first instant of June 1."},
    DemoStep{"05-01T00:00:00.000",
             careful,
             DemoAct::send,
             1,
             {1, 0, 0},
             {9'999, 0},
             "The very instant in which a package starts belongs to it."},
    DemoStep{"05-01T00:00:00.000",
             busy,
             DemoAct::buy_a,
             0,
             {},
             {10'000, 0},
             "The second customer buys the same."},
    DemoStep{"05-05T12:00:00.000",
             careful,
             DemoAct::send,
             4'996,
             {4'996, 0, 0},
             {5'003, 0},
             "Only A is there, and it has enough."},
    DemoStep{"05-05T12:00:00.000",
             busy,
             DemoAct::send,
             9'999,
             {9'999, 0, 0},
             {1, 0},
             "All of A but one unit goes."},
    DemoStep{"05-09T23:59:59.999",
             busy,
             DemoAct::send,
             3,
             {1, 0, 2},
             {0, 0},
             "One unit is left in A and B is not bought yet: the rest is paid per use."},
    DemoStep{"05-09T23:59:59.999",
             busy,
             DemoAct::reverse,
             3,
             {1, 0, 2},
             {1, 0},
             "The operator could not deliver it: first the money comes back, then A's unit."},
    DemoStep{"05-10T00:00:00.000",
             busy,
             DemoAct::buy_b,
             0,
             {},
             {1, 50'000},
             "B starts while A still runs."},
    DemoStep{"05-10T00:00:00.000",
             busy,
             DemoAct::send,
             3,
             {1, 2, 0},
             {0, 49'998},
             "The same three parts one millisecond later: A gives its last unit, B the rest."},
    DemoStep{"05-10T00:00:00.000",
             careful,
             DemoAct::buy_b,
             0,
             {},
             {5'003, 50'000},
             "The careful customer buys B as well."},
    DemoStep{"05-10T00:00:00.000",
             careful,
             DemoAct::send,
             1,
             {1, 0, 0},
             {5'002, 50'000},
             "Both could pay; the one that started first does, and B is not touched."},
    DemoStep{"05-20T12:00:00.000",
             busy,
             DemoAct::send,
             19'998,
             {0, 19'998, 0},
             {0, 30'000},
             "A is used up, so B pays alone; it has paid 20,000 now."},
    DemoStep{"05-31T00:00:00.000",
             careful,
             DemoAct::send,
             1,
             {1, 0, 0},
             {5'001, 50'000},
             "May 31 is still a day of A."},
    DemoStep{"05-31T23:59:59.999",
             careful,
             DemoAct::send,
             1,
             {1, 0, 0},
             {5'000, 50'000},
             "So is its last millisecond."},
    DemoStep{"06-01T00:00:00.000",
             careful,
             DemoAct::send,
             1,
             {0, 1, 0},
             {0, 49'999},
             "A has just ended; its 5,000 units are forfeited, and B pays."},
    DemoStep{"06-05T12:00:00.000",
             busy,
             DemoAct::send,
             29'999,
             {0, 29'999, 0},
             {0, 1},
             "In June B pays what May has left of it, 30,000, not another 50,000."},
    DemoStep{"06-09T23:59:59.999",
             busy,
             DemoAct::send,
             2,
             {0, 1, 1},
             {0, 0},
             "B gives its last unit in its last millisecond; the balance pays the other."},
    DemoStep{"06-09T23:59:59.999",
             careful,
             DemoAct::send,
             99,
             {0, 99, 0},
             {0, 49'900},
             "The careful customer still has plenty of B."},
    DemoStep{"06-10T00:00:00.000",
             careful,
             DemoAct::send,
             1,
             {0, 0, 1},
             {0, 0},
             "B has just ended and forfeited 49,900 units: from now on the balance pays."},
    DemoStep{"06-11T00:00:00.000",
             busy,
             DemoAct::send,
             1,
             {0, 0, 1},
             {0, 0},
             "Both packages are over for good."},
};

constexpr std::string_view book_body =
    R"("products":[)"
    R"({"product":"th-10k-1m","destinations":["TH"],"quota":10000,"price":"1100",)"
    R"("validity":"P1M","expiry":"start_of_day"},)"
    R"({"product":"th-50k-1m","destinations":["TH"],"quota":50000,"price":"4750",)"
    R"("validity":"P1M","expiry":"start_of_day"},)"
    R"({"product":"cn-custom","destinations":["CN"],"quota":{"min":1000,"max":1000000},)"
    R"("price_bands":[{"from":1000,"unit_price":"0.05"}],"validity":"P24M"}],)"
    R"("payg":[{"destinations":["TH"],"prices":[{"price":"0.132"}]},)"
    R"({"destinations":["CN"],"prices":[{"price":"0.055"}]}],)"
    R"("renewal":{"product":"cn-custom"}})";

}  // namespace

std::string_view name_of(DemoCustomer customer) {
  switch (customer) {
    case DemoCustomer::careful: return "careful";
    case DemoCustomer::busy: return "busy";
  }
  return "";
}

std::span<const DemoStep> demo_steps() { return steps; }

DemoEnd demo_end(DemoCustomer customer) {
  if (customer == careful) return {.used = {5'000, 100, 2}, .forfeited = {5'000, 49'900}};
  return {.used = {10'000, 50'000, 2}, .forfeited = {0, 0}};
}

Instant demo_instant(std::int64_t year, std::string_view when) {
  std::string text = std::to_string(year);
  text.insert(0, text.size() < 4 ? 4 - text.size() : 0, '0');
  text += '-';
  text += when;
  text += demo_zone;
  const auto instant = parse_instant(text);
  ENSURE(instant.has_value(), "the steps of the demo are written as times");
  return *instant;
}

std::int64_t demo_year(Instant now) {
  const std::string text = instant_text(now);
  std::int64_t year = 0;
  for (const char digit : text.substr(0, text.find('-', 1))) year = year * 10 + (digit - '0');
  return demo_instant(year, steps.front().when) >= now ? year : year + 1;
}

std::string demo_price_book(Instant effective_from) {
  std::string out;
  JsonWriter json{out};
  json.begin_object()
      .member("version", "demo")
      .member("effective_from", instant_text(effective_from))
      .member("currency", "CNY")
      .member("zone", demo_zone)
      .end_object();
  out.back() = ',';
  out += book_body;
  return out;
}

}  // namespace packledger::cli
