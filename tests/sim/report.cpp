#include "tests/sim/report.hpp"

#include "tests/sim/promises.hpp"
#include "wire/json_fields.hpp"
#include "wire/json_writer.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <limits>
#include <map>
#include <utility>

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

// What all campaigns have looked at of one invariant, under the name it has here.
struct Looked {
  std::string name;
  std::uint64_t checked = 0;
  std::uint64_t violations = 0;
  std::string by;  // their names
};

std::map<int, Looked> looked_at(std::span<const Report> reports) {
  std::map<int, Looked> all;
  for (const Report& report : reports) {
    for (const Invariant& invariant : report.invariants) {
      const auto number = static_cast<std::size_t>(invariant.number);
      Looked& looked = all[invariant.number];
      looked.name = number < promises ? promise_names[number] : invariant.name;
      looked.checked += invariant.checked;
      looked.violations += invariant.violations;
      looked.by += (looked.by.empty() ? "" : ", ") + report.name;
    }
  }
  return all;
}

constexpr IntegerBounds counts{.min = 0};

std::uint64_t count(JsonFields& fields, std::string_view key) {
  return static_cast<std::uint64_t>(fields.required_integer(key, counts));
}

// Each element of the array by `read`, which is given its fields.
std::optional<FieldFault> read_each(std::span<const Json> array, std::string_view path,
                                    auto&& read) {
  for (std::size_t at = 0; at < array.size(); ++at) {
    JsonFields fields{array[at], JsonPlace{path, at}};
    read(fields);
    if (auto fault = fields.finish()) return fault;
  }
  return std::nullopt;
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

std::string table_of(std::span<const Report> reports) {
  std::string text = row("invariant", "checked", "violations");
  for (const auto& [number, looked] : looked_at(reports)) {
    std::string line = row(std::to_string(number) + " " + looked.name, grouped(looked.checked),
                           grouped(looked.violations));
    line.insert(line.size() - 1, "  " + looked.by);
    text += line;
  }
  for (const Report& report : reports) {
    text += "\n" + report.name + ", " + grouped(report.seconds) +
            " s: " + (report.passed() ? "nothing found" : "VIOLATED") + "\n";
    for (const Figure& figure : report.figures) text += row(figure.name, grouped(figure.value), "");
    for (const std::string& failure : report.failures) text += "FAILED " + failure + "\n";
  }
  return text;
}

Result<Report, std::string> report_of(std::string_view json) {
  const auto document = parse_json(json);
  if (!document) return std::unexpected{document.error().detail};
  JsonFields fields{document->root()};
  Report report;
  report.name = fields.required_text("name");
  report.seconds = count(fields, "seconds");
  auto fault = read_each(fields.required_array("invariants"), "invariants", [&](JsonFields& each) {
    const auto number =
        each.required_integer("number", {.min = 0, .max = std::numeric_limits<int>::max()});
    report.invariants.push_back({.number = static_cast<int>(number),
                                 .name = std::string{each.required_text("name")},
                                 .checked = count(each, "checked"),
                                 .violations = count(each, "violations")});
  });
  if (fault) return std::unexpected{describe(*fault)};
  fault = read_each(fields.required_array("figures"), "figures", [&](JsonFields& each) {
    report.figures.push_back(
        {.name = std::string{each.required_text("name")}, .value = count(each, "value")});
  });
  if (fault) return std::unexpected{describe(*fault)};
  for (const Json& failure : fields.required_array("failures"))
    report.failures.emplace_back(failure.text().value_or("a failure without words"));
  if (fault = fields.finish(); fault) return std::unexpected{describe(*fault)};
  return report;
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
