// SendChunks: packed sends one behind the other, in chunks that are given back whole. A place names
// a chunk, counted from 1 and never used again, and an offset in it; later places are greater. Part
// of SeenSends; engine thread. What is kept never changes until it is dropped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>
#include <vector>

namespace packledger {

class SendChunks {
 public:
  static constexpr unsigned offset_bits = 24;
  // A send that every package of its account pays for still fits into a chunk of its own.
  static constexpr std::size_t bytes_max = (std::size_t{1} << offset_bits) - 1;

  explicit SendChunks(std::size_t chunk_bytes) : chunk_bytes_(chunk_bytes) {}

  // Room for at most so many bytes, valid until the next call; keep() says how many were written.
  [[nodiscard]] char* room(std::size_t bytes);
  std::uint64_t keep(std::size_t bytes);  // their place
  // What is kept next begins a chunk, and this is its place.
  std::uint64_t cut();

  // The first place that is still there; beyond the last one where nothing is.
  [[nodiscard]] std::uint64_t first() const { return (gone_ + 1) << offset_bits; }
  // From a place to the end of its chunk.
  [[nodiscard]] std::string_view from(std::uint64_t place) const {
    const Chunk& chunk = chunks_[(place >> offset_bits) - 1 - gone_];
    const std::size_t offset = place & bytes_max;
    return {chunk.bytes.get() + offset, chunk.used - offset};
  }
  // Visits the kept bytes of every chunk before this place, in order.
  void each(std::uint64_t before, const auto& visit) const {
    for (std::size_t i = 0; i < chunks_.size() && place_of(i) < before; ++i)
      visit(std::string_view{chunks_[i].bytes.get(), chunks_[i].used});
  }

  // What lies before this place, the first of a chunk, is gone.
  void drop(std::uint64_t before);
  // Gives back one chunk that is gone and not needed again soon.
  void give_back();

  [[nodiscard]] std::size_t memory() const { return memory_; }  // bytes
  [[nodiscard]] std::size_t chunks() const { return chunks_.size(); }

 private:
  struct Chunk {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
    std::size_t used = 0;
  };

  [[nodiscard]] std::uint64_t place_of(std::size_t i) const {
    return (gone_ + i + 1) << offset_bits;
  }

  std::size_t chunk_bytes_;
  std::deque<Chunk> chunks_;
  std::vector<Chunk> spare_;  // gone; used again, because new memory costs more
  std::uint64_t gone_ = 0;    // from the front
  bool cut_ = false;
  std::size_t memory_ = 0;
};

}  // namespace packledger
