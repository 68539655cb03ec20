#include "tests/sim/report.hpp"

#include "wire/json_writer.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>

namespace packledger::sim {
namespace {

// "1,234,567"
std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string padded(const std::string& text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

std::string row(const std::string& name, const std::string& first, const std::string& second) {
  constexpr std::size_t name_width = 44;
  constexpr std::size_t number_width = 18;
  std::string line = "  " + name;
  if (line.size() < name_width) line.append(name_width - line.size(), ' ');
  return line + padded(first, number_width) + padded(second, number_width) + "\n";
}

}  // namespace

bool Report::passed() const {
  return failures.empty() && std::ranges::all_of(invariants, [](const Invariant& invariant) {
           return invariant.violations == 0;
         });
}

std::string table_of(const Report& report) {
  std::string text = report.name + ", " + grouped(report.seconds) +
                     " s: " + (report.passed() ? "nothing found" : "VIOLATED") + "\n";
  if (!report.invariants.empty()) text += row("invariant", "checked", "violations");
  for (const Invariant& invariant : report.invariants) {
    text += row(std::to_string(invariant.number) + " " + invariant.name, grouped(invariant.checked),
                grouped(invariant.violations));
  }
  for (const Figure& figure : report.figures) text += row(figure.name, grouped(figure.value), "");
  for (const std::string& failure : report.failures) text += "FAILED " + failure + "\n";
  return text;
}

std::string json_of(const Report& report) {
  std::string text;
  JsonWriter json{text};
  json.begin_object().member("name", report.name).member("seconds", report.seconds);
  json.key("invariants").begin_array();
  for (const Invariant& invariant : report.invariants) {
    json.begin_object()
        .member("number", invariant.number)
        .member("name", invariant.name)
        .member("checked", invariant.checked)
        .member("violations", invariant.violations)
        .end_object();
  }
  json.end_array().key("figures").begin_array();
  for (const Figure& figure : report.figures)
    json.begin_object().member("name", figure.name).member("value", figure.value).end_object();
  json.end_array().key("failures").begin_array();
  for (const std::string& failure : report.failures) json.value(failure);
  json.end_array().end_object();
  return text;
}

int finish(const Report& report, const std::string& file) {
  std::cout << table_of(report) << std::flush;
  if (!file.empty()) {
    std::ofstream out(file);
    out << json_of(report) << "\n";
    out.flush();
    if (!out) {
      std::cerr << "packledger_sim: cannot write " << file << "\n";
      return 1;
    }
  }
  return report.passed() ? 0 : 1;
}

}  // namespace packledger::sim
