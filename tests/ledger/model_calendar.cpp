#include "tests/ledger/model_values.hpp"

#include <algorithm>
#include <array>

namespace packledger::model {
namespace {

constexpr Ms zone = 8 * hour;

struct Date {
  int year = 1970;
  int month = 1;
  int day = 1;
};

int days_in(int year, int month) {
  constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : days[static_cast<std::size_t>(month - 1)];
}

void to_next_month(Date& date) {
  if (++date.month > 12) {
    date.month = 1;
    ++date.year;
  }
}

void to_month_before(Date& date) {
  if (--date.month < 1) {
    date.month = 12;
    --date.year;
  }
}

// Walks month by month, from where it was the last time.
Date date_of(Count days) {
  thread_local Count first = 0;
  thread_local Date month;
  for (; days < first; first -= days_in(month.year, month.month)) to_month_before(month);
  for (; days >= first + days_in(month.year, month.month); to_next_month(month))
    first += days_in(month.year, month.month);
  return {month.year, month.month, 1 + static_cast<int>(days - first)};
}

Count days_of(const Date& date) {
  Count days = date.day - 1;
  for (int year = 1970; year < date.year; ++year) days += 337 + days_in(year, 2);
  for (int month = 1; month < date.month; ++month) days += days_in(date.year, month);
  return days;
}

}  // namespace

std::string money(Count micros) {
  std::string text = micros < 0 ? "-" : "";
  const Count size = micros < 0 ? -micros : micros;
  text += std::to_string(size / 1'000'000);
  std::string decimals = std::to_string(1'000'000 + size % 1'000'000).substr(1);
  while (!decimals.empty() && decimals.back() == '0') decimals.pop_back();
  return decimals.empty() ? text : text + "." + decimals;
}

std::string_view state_text(State state) {
  constexpr std::array<std::string_view, 9> texts{
      "pending_payment",   "scheduled", "active",    "used_up", "expired_grace",
      "expired_retention", "released",  "cancelled", "refunded"};
  return texts[static_cast<std::size_t>(state)];
}

std::string text_of(const Look& look) {
  std::string text(state_text(look.state));
  char before = ' ';
  for (const Count units : {look.remaining, look.held, look.used, look.forfeited, look.refunded}) {
    text += before + std::to_string(units);
    before = '+';
  }
  return text;
}

std::string piece(const std::string& text, const std::string& next) {
  return text.empty() ? next : text + "+" + next;
}

std::string month_of(Ms t) {
  const Date date = date_of((t + zone) / day);
  std::string text = std::to_string(date.year);
  text += date.month < 10 ? "-0" : "-";
  return text += std::to_string(date.month);
}

Ms end_of_month(Ms t) {
  Date date = date_of((t + zone) / day);
  date.day = 1;
  to_next_month(date);
  return days_of(date) * day - zone;
}

Count day_of(Ms t) { return (t + zone) / day; }
Ms start_of_day(Ms t) { return day_of(t) * day - zone; }

Ms next_time(Ms t, Count minute_of_day) {
  const Ms today = start_of_day(t) + minute_of_day * minute;
  return today > t ? today : today + day;
}

Ms end_of(Ms from, int months, Ms rest, Ends ends) {
  const Ms local = from + zone;
  Date date = date_of(local / day);
  for (int i = 0; i < months; ++i) to_next_month(date);
  date.day = std::min(date.day, days_in(date.year, date.month));
  const Ms exact = days_of(date) * day + local % day + rest;
  if (ends == Ends::exact) return exact - zone;
  return exact / day * day + (ends == Ends::end_of_day ? day : 0) - zone;
}

}  // namespace packledger::model
