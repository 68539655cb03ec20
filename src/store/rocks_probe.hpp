// The look at a store before it is opened for writing: is all there that its watermark promises?
// A store that is opened for writing drops what it cannot read, and its name with it; so this one
// only reads.
//
// Owner: RocksJournal, at open. Pure but for the files that it reads.
#pragma once

#include "store/record.hpp"
#include "store/watermark.hpp"

#include <string>

namespace rocksdb {
class Env;
}

namespace packledger {

struct StorePlace {
  std::string directory;  // holds the watermark
  std::string records;    // directory of RocksDB within it
};

struct Probed {
  bool fresh = false;   // there is no store yet, and never was
  bool marked = false;  // there is a watermark
  ChainLink end;
};

// Refuses, with what is wrong, where, and what to do, unless the store is fresh or holds everything
// up to its watermark in an unbroken chain to its end. Changes nothing.
[[nodiscard]] Result<Probed, Fault> probe_store(rocksdb::Env& env, const StorePlace& place);

}  // namespace packledger
