#include "app/cli/import_source.hpp"

#include <algorithm>
#include <istream>
#include <utility>

namespace packledger::cli {
namespace {

constexpr std::size_t piece_bytes = 64 * std::size_t{1024};

std::unexpected<ExportFault> refuse(std::string detail) {
  return std::unexpected{ExportFault{"", std::move(detail)}};
}

}  // namespace

Result<std::optional<ExportedEntry>, ExportFault> ImportSource::next() {
  return form_ == ImportForm::ndjson ? next_line() : next_message();
}

std::optional<ExportFault> ImportSource::contradiction(const ExportedEntry& exported,
                                                       const Names& names) const {
  if (form_ != ImportForm::ndjson) return std::nullopt;
  return packledger::contradiction(bytes_, exported, names);
}

std::string ImportSource::place() const {
  return (form_ == ImportForm::ndjson ? "line " : "message ") + std::to_string(number_);
}

// Without its newline; false at the end. What is longer than any line is left in two.
bool ImportSource::read_line() {
  bytes_.clear();
  for (int c = in_.get(); c != std::istream::traits_type::eof(); c = in_.get()) {
    if (c == '\n') return true;
    bytes_.push_back(static_cast<char>(c));
    if (bytes_.size() > line_bytes_max) return true;
  }
  return !bytes_.empty();
}

Result<std::optional<ExportedEntry>, ExportFault> ImportSource::next_line() {
  do {
    if (!read_line()) return std::nullopt;
    ++number_;
    if (bytes_.size() > line_bytes_max) return refuse("is longer than any line that export writes");
    if (bytes_.ends_with('\r')) bytes_.pop_back();
  } while (bytes_.find_first_not_of(" \t") == std::string::npos);
  auto exported = read_exported_line(bytes_);
  if (!exported) return std::unexpected{std::move(exported.error())};
  return std::optional{*std::move(exported)};
}

Result<std::optional<ExportedEntry>, ExportFault> ImportSource::next_message() {
  if (in_.peek() == std::istream::traits_type::eof()) return std::nullopt;
  ++number_;
  std::uint64_t size = 0;
  for (unsigned shift = 0;; shift += 7) {
    const int c = in_.get();
    if (c == std::istream::traits_type::eof() || shift > 28)
      return refuse("expected the length of a message");
    size |= static_cast<std::uint64_t>(c & 0x7F) << shift;
    if ((c & 0x80) == 0) break;
  }
  if (size > exported_message_bytes_max) return refuse("is longer than any message");
  // In pieces: a length that is wrong takes no memory for what is not there.
  bytes_.clear();
  while (bytes_.size() < size) {
    const std::size_t before = bytes_.size();
    const std::size_t piece = std::min<std::size_t>(piece_bytes, size - before);
    bytes_.resize(before + piece);
    in_.read(bytes_.data() + before, static_cast<std::streamsize>(piece));
    if (in_.gcount() != static_cast<std::streamsize>(piece))
      return refuse("ends in the middle of a message");
  }
  auto exported = read_exported_message(bytes_);
  if (!exported) return std::unexpected{std::move(exported.error())};
  return std::optional{*std::move(exported)};
}

}  // namespace packledger::cli
