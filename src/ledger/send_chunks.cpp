#include "packledger/ledger/send_chunks.hpp"

#include "packledger/ledger/result.hpp"

#include <algorithm>
#include <utility>

namespace packledger {
namespace {

// 64 MiB of chunks of 1 MiB: seconds of sends at two million a second.
constexpr std::size_t spare_max = 64;

}  // namespace

char* SendChunks::room(std::size_t bytes) {
  ENSURE(bytes <= bytes_max, "a send is not that large");
  if (chunks_.empty() || cut_ || chunks_.back().size - chunks_.back().used < bytes) {
    cut_ = false;
    if (!spare_.empty() && bytes <= chunk_bytes_) {
      chunks_.push_back(std::move(spare_.back()));
      spare_.pop_back();
      chunks_.back().used = 0;
    } else {
      const std::size_t size = std::max(chunk_bytes_, bytes);
      chunks_.push_back(
          {.bytes = std::make_unique_for_overwrite<char[]>(size), .size = size, .used = 0});
      memory_ += size;
    }
  }
  return chunks_.back().bytes.get() + chunks_.back().used;
}

std::uint64_t SendChunks::keep(std::size_t bytes) {
  Chunk& chunk = chunks_.back();
  const std::uint64_t place = (gone_ + chunks_.size()) << offset_bits | chunk.used;
  chunk.used += bytes;
  return place;
}

std::uint64_t SendChunks::cut() {
  cut_ = true;
  return (gone_ + chunks_.size() + 1) << offset_bits;
}

void SendChunks::drop(std::uint64_t before) {
  while (!chunks_.empty() && first() < before) {
    if (chunks_.front().size == chunk_bytes_) {
      spare_.push_back(std::move(chunks_.front()));
    } else {
      memory_ -= chunks_.front().size;
    }
    chunks_.pop_front();
    ++gone_;
  }
}

void SendChunks::give_back() {
  if (spare_.size() <= spare_max) return;
  memory_ -= spare_.back().size;
  spare_.pop_back();
}

}  // namespace packledger
