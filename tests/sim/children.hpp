// Children: work in processes of their own, so that a broken invariant, which aborts, ends one of
// them and is told, with the seed that it was at.
//
// Owner: the campaign; one thread.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <string>
#include <type_traits>

namespace packledger::sim {

// Zeros, until the program ends; seen by its children and by it.
[[nodiscard]] void* shared_bytes(std::size_t size);

template <class T> [[nodiscard]] T& shared() {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
  return *new (shared_bytes(sizeof(T))) T{};
}

// Begins the work in a child; the child ends with the exit code that the work gives.
[[nodiscard]] ::pid_t begin(const std::function<int()>& work);

// In a child: says nothing more on its standard error.
void be_quiet();

// Waits for it. Empty where it ended with 0; else how: "exit code 1", "signal 6 (Aborted)".
[[nodiscard]] std::string end_of(::pid_t child);

}  // namespace packledger::sim
