// Result and ENSURE: the two ways in which a function below the purity line says that something is
// wrong. A Result is an expected "no"; ENSURE stops the process, in every build, because the
// program itself is broken and its numbers can no longer be trusted. No state, any thread.
#pragma once

#include <expected>

namespace packledger {

template <class T, class E> using Result = std::expected<T, E>;

// Prints the broken promise with its place to standard error and aborts. Never returns.
[[noreturn]] void broken_invariant(const char* condition, const char* message, const char* file,
                                   int line);

}  // namespace packledger

#define ENSURE(condition, message)                                             \
  do {                                                                         \
    if (!(condition)) [[unlikely]]                                             \
      ::packledger::broken_invariant(#condition, message, __FILE__, __LINE__); \
  } while (false)
