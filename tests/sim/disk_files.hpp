// The files of a Disk as RocksDB opens them. Owner: whoever opened them; the Disk outlives them.
// One thread, as RocksDB promises, but for reading.
#pragma once

#include "tests/sim/disk.hpp"

#include <memory>

namespace packledger::sim {

std::unique_ptr<rocksdb::FSSequentialFile> sequential_file(Disk& disk, Disk::Handle handle);
std::unique_ptr<rocksdb::FSRandomAccessFile> random_access_file(Disk& disk, Disk::Handle handle,
                                                                bool direct);
std::unique_ptr<rocksdb::FSWritableFile> writable_file(Disk& disk, Disk::Handle handle,
                                                       bool direct);
std::unique_ptr<rocksdb::FSRandomRWFile> placed_file(Disk& disk, Disk::Handle handle);
std::unique_ptr<rocksdb::FSDirectory> folder(Disk& disk, Disk::Handle handle);

}  // namespace packledger::sim
