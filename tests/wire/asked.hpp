// What a body asked of the ledger, for tests of requests. One thread.
#pragma once

#include "packledger/ledger/input.hpp"
#include "wire/requests.hpp"

#include <gtest/gtest.h>

#include <variant>

namespace packledger::wire_tests {

// What was asked; fails the test and gives a default where the body was refused.
template <class T> T asked(const Result<What, RequestFault>& read) {
  if (!read) {
    ADD_FAILURE() << read.error().code << ": " << read.error().detail;
    return {};
  }
  const T* what = std::get_if<T>(&*read);
  if (what == nullptr) ADD_FAILURE() << "another kind: " << kind_text(*read);
  return what == nullptr ? T{} : *what;
}

}  // namespace packledger::wire_tests
