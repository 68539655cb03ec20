// The entries of an exported file, one after the other, and where each stands in it.
//
// Owner: the command import; one thread.
#pragma once

#include "wire/exported.hpp"

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>

namespace packledger::cli {

enum class ImportForm : std::uint8_t { ndjson, protobuf };

class ImportSource {
 public:
  // The largest record of a journal, as text.
  static constexpr std::size_t line_bytes_max = 2 * exported_message_bytes_max;

  ImportSource(std::istream& in, ImportForm form) : in_{in}, form_{form} {}

  // Nothing at the end.
  [[nodiscard]] Result<std::optional<ExportedEntry>, ExportFault> next();
  // Whether what people read of it says the same. The names have learnt the entry.
  [[nodiscard]] std::optional<ExportFault> contradiction(const ExportedEntry& exported,
                                                         const Names& names) const;
  // Of the last one: "line 17", "message 17".
  [[nodiscard]] std::string place() const;

 private:
  [[nodiscard]] Result<std::optional<ExportedEntry>, ExportFault> next_line();
  [[nodiscard]] Result<std::optional<ExportedEntry>, ExportFault> next_message();
  [[nodiscard]] bool read_line();

  std::istream& in_;
  ImportForm form_;
  std::uint64_t number_ = 0;
  std::string bytes_;
};

}  // namespace packledger::cli
