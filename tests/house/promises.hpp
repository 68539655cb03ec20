// What one file promises and another must keep: rejects are documented, stored inputs have golden
// bytes, sources are built.
#pragma once

#include "tests/house/finding.hpp"
#include "tests/house/source.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::house {

// The names inside `enum class <name>`, in order.
std::vector<std::string> enumerators_of(const Source& source, std::string_view name);

// The message types inside `oneof <name>` of a .proto file, in order.
std::vector<std::string> messages_of_oneof(const Source& proto, std::string_view name);

std::string snake_case(std::string_view pascal_case);

// Every enumerator of Reject stands in one of the documents, between backticks: some of them are
// words that prose uses anyway.
Findings check_rejects(const Source& reject_header, std::span<const Source> documents);

// Every message of `oneof input` has tests/wire/golden/<name>.hex among `paths`.
Findings check_golden(const Source& entry_proto, std::span<const std::string> paths);

// Every .cpp is named by the CMakeLists.txt of its folder or of a folder above.
Findings check_built(std::span<const Source> sources, std::span<const Source> cmake_lists);

}  // namespace packledger::house
