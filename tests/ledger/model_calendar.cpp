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

// Walks the months from 1970 on.
Date date_of(Count days) {
  Date date;
  while (days >= days_in(date.year, date.month)) {
    days -= days_in(date.year, date.month);
    to_next_month(date);
  }
  date.day += static_cast<int>(days);
  return date;
}

Count days_of(const Date& date) {
  Count days = date.day - 1;
  for (Date at; at.year != date.year || at.month != date.month; to_next_month(at))
    days += days_in(at.year, at.month);
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

std::string piece(const std::string& text, const std::string& next) {
  return text.empty() ? next : text + "+" + next;
}

std::string month_of(Ms t) {
  const Date date = date_of((t + zone) / day);
  const std::string month = std::to_string(date.month);
  return std::to_string(date.year) + (date.month < 10 ? "-0" : "-") + month;
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
