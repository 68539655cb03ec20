#include "app/cli/replay_state.hpp"

#include "wire/json.hpp"
#include "wire/json_writer.hpp"
#include "wire/snapshot_codec.hpp"

#include <array>
#include <fstream>
#include <system_error>
#include <utility>

namespace packledger::cli {
namespace {

namespace fs = std::filesystem;

// The state is what this file says; it is written last.
constexpr const char* rows_name = "tallies.ndjson";
constexpr std::array snapshot_names{"as_decided.snapshot", "otherwise.snapshot"};
constexpr std::size_t tally_numbers = 13;

// Its members, as numbers, in an order that is written and read alike.
void each_number(auto& tally, auto&& visit) {
  for (auto* const money : {&tally.charged.micros, &tally.refunded.micros, &tally.purchased.micros,
                            &tally.credited.micros, &tally.package_units.value,
                            &tally.charged_units.value, &tally.forfeited.value})
    visit(*money);
  for (auto* const count : {&tally.sends, &tally.alarms, &tally.renewals, &tally.renewals_failed,
                            &tally.suspensions, &tally.refused})
    visit(*count);
}

bool write_ledger(const fs::path& path, const Ledger& ledger) {
  std::ofstream file{path, std::ios::binary | std::ios::trunc};
  const bool written = write_snapshot(
      {.sequence = ledger.last(),
       .recorded_at = ledger.recorded_at(),
       .journal = {},
       .noticed = {}},
      ledger, [](const PieceVisit&) {},
      [&file](std::string_view bytes) {
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        return file.good();
      });
  file.close();
  return written && file.good();
}

std::unique_ptr<Ledger> read_ledger(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  auto ledger = std::make_unique<Ledger>();
  const auto read = read_snapshot(
      [&file](char* into, std::size_t bytes) {
        file.read(into, static_cast<std::streamsize>(bytes));
        return static_cast<std::size_t>(file.gcount());
      },
      *ledger, [](std::string_view) { return true; });
  return read ? std::move(ledger) : nullptr;
}

std::string head_line(const ReplayPlace& place, const WhatIf::State& state) {
  std::string line;
  JsonWriter json{line};
  json.begin_object().member("position", place.position.value).member("chain", place.chain);
  json.member("policy", place.policy).member("rows", state.rows.size());
  json.key("refused").begin_array();
  for (const auto& [reject, count] : state.refused)
    json.begin_array().value(std::to_underlying(reject)).value(count).end_array();
  json.end_array().end_object();
  return line;
}

std::string row_line(const WhatIf::Row& row) {
  std::string line;
  JsonWriter json{line};
  json.begin_array();
  each_number(row.as_decided, [&](auto number) { json.value(number); });
  each_number(row.otherwise, [&](auto number) { json.value(number); });
  json.end_array();
  return line;
}

std::uint64_t natural_in(const Json& object, std::string_view key) {
  const Json* const member = object.find(key);
  return static_cast<std::uint64_t>(member == nullptr ? 0 : member->integer().value_or(0));
}

std::string text_in(const Json& object, std::string_view key) {
  const Json* const member = object.find(key);
  return std::string{member == nullptr ? "" : member->text().value_or("")};
}

bool read_head(std::string_view line, SavedReplay& saved) {
  const auto document = parse_json(line);
  if (!document || !document->root().is_object()) return false;
  const Json& root = document->root();
  saved.place = {.position = Sequence{natural_in(root, "position")},
                 .chain = text_in(root, "chain"),
                 .policy = text_in(root, "policy")};
  saved.state.rows.resize(natural_in(root, "rows"));
  const Json* const refused = root.find("refused");
  if (refused == nullptr) return false;
  for (const Json& pair : refused->elements()) {
    if (pair.elements().size() != 2) return false;
    const auto reject = static_cast<Reject>(pair.elements()[0].integer().value_or(0));
    saved.state.refused[reject] =
        static_cast<std::uint64_t>(pair.elements()[1].integer().value_or(0));
  }
  return saved.place.position.value != 0;
}

bool read_row(std::string_view line, WhatIf::Row& row) {
  const auto document = parse_json(line);
  if (!document) return false;
  const auto numbers = document->root().elements();
  if (numbers.size() != 2 * tally_numbers) return false;
  std::size_t at = 0;
  const auto take = [&]<class Number>(Number& number) {
    number = static_cast<Number>(numbers[at++].integer().value_or(0));
  };
  each_number(row.as_decided, take);
  each_number(row.otherwise, take);
  return true;
}

}  // namespace

bool holds_replay_state(const fs::path& directory) {
  std::error_code ignored;
  return fs::exists(directory / rows_name, ignored);
}

Result<void, std::string> save_replay(const fs::path& directory, const ReplayPlace& place,
                                      const WhatIf::State& state) {
  std::error_code error;
  fs::create_directories(directory, error);
  fs::remove(directory / rows_name, error);
  const auto failed = [&] { return std::unexpected{"cannot write to " + directory.string()}; };
  if (!write_ledger(directory / snapshot_names[0], *state.as_decided)) return failed();
  if (!write_ledger(directory / snapshot_names[1], *state.otherwise)) return failed();
  const fs::path unfinished = directory / "tallies.new";
  std::ofstream file{unfinished, std::ios::trunc};
  file << head_line(place, state) << '\n';
  for (const WhatIf::Row& row : state.rows) file << row_line(row) << '\n';
  file.close();
  if (!file.good()) return failed();
  fs::rename(unfinished, directory / rows_name, error);
  if (error) return failed();
  return {};
}

Result<SavedReplay, std::string> load_replay(const fs::path& directory) {
  const auto failed = [&](const std::string& name) {
    return std::unexpected{(directory / name).string() + " cannot be read: begin anew without it"};
  };
  std::ifstream file{directory / rows_name};
  SavedReplay saved;
  std::string line;
  if (!std::getline(file, line) || !read_head(line, saved)) return failed(rows_name);
  for (WhatIf::Row& row : saved.state.rows) {
    if (!std::getline(file, line) || !read_row(line, row)) return failed(rows_name);
  }
  saved.state.as_decided = read_ledger(directory / snapshot_names[0]);
  saved.state.otherwise = read_ledger(directory / snapshot_names[1]);
  if (saved.state.as_decided == nullptr) return failed(snapshot_names[0]);
  if (saved.state.otherwise == nullptr) return failed(snapshot_names[1]);
  if (saved.state.as_decided->last() != saved.place.position) return failed(snapshot_names[0]);
  return saved;
}

}  // namespace packledger::cli
