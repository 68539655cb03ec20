#include "store/send_file.hpp"

#include "ledger/packed_send.hpp"
#include "wire/crc32c.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <system_error>
#include <utility>

namespace packledger {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers lie in files as in memory");

constexpr std::string_view magic = "PLG1";        // the digit rises with what a reader must know
constexpr std::size_t head_bytes_min = 12;        // magic, length, checksum
constexpr std::size_t head_bytes_max = 1 << 20U;  // 61 days have 1,464 hours of at most 40 bytes
constexpr std::size_t block_head_bytes = 8;       // length, checksum
constexpr std::size_t block_bytes = 4'096;        // a block is closed when it has so many
constexpr std::size_t page_bytes = 4'096;
constexpr std::size_t page_head_bytes = 8;  // checksum, number of entries
constexpr std::size_t entries_at = 4;
struct IndexEntry {
  std::uint64_t hash = 0;
  std::uint64_t block = 0;  // where it begins in the file
  friend auto operator<=>(const IndexEntry&, const IndexEntry&) = default;
};
constexpr std::size_t entries_per_page = (page_bytes - page_head_bytes) / sizeof(IndexEntry);

template <class Number> void put(std::string& out, Number number) {
  out.append(reinterpret_cast<const char*>(&number), sizeof(number));
}

template <class Number> Number number_at(std::string_view bytes, std::size_t at) {
  Number number = 0;
  std::memcpy(&number, bytes.data() + at, sizeof(number));
  return number;
}

// With where it stands, so that no part is taken for another.
std::uint32_t checksum_of(std::string_view bytes, std::uint64_t offset) {
  std::string place;
  put(place, offset);
  return crc32c(bytes, crc32c(place));
}

std::string why(int error) { return std::system_category().message(error); }

std::string head_of(const SendGeneration& generation, std::uint64_t data_bytes,
                    std::uint64_t pages) {
  std::string body;
  put(body, data_bytes);
  put(body, pages);
  pack(generation, body);
  std::string head{magic};
  put(head, static_cast<std::uint32_t>(body.size()));
  head += body;
  put(head, crc32c(head));
  return head;
}

// Gathers a file in memory portion by portion.
class Writer {
 public:
  Writer(OpenFile& file, std::uint64_t begins) : file_(file), offset_(begins) {}

  // One packed record with its length.
  bool record(std::uint64_t hash, std::string_view bytes) {
    index_.push_back({.hash = hash, .block = offset_ + out_.size()});
    block_ += bytes;
    return block_.size() < block_bytes || close_block();
  }
  bool close_block() {
    if (block_.empty()) return true;
    const std::uint64_t offset = offset_ + out_.size();
    put(out_, static_cast<std::uint32_t>(block_.size()));
    put(out_, checksum_of(block_, offset));
    out_ += block_;
    block_.clear();
    return out_.size() < out_bytes || flush();
  }
  // Behind all records. How many pages, or 0.
  std::size_t write_index() {
    std::ranges::sort(index_);
    std::size_t pages = 0;
    for (std::size_t at = 0; at < index_.size(); at += entries_per_page, ++pages) {
      const std::size_t entries = std::min(entries_per_page, index_.size() - at);
      std::string page;
      put(page, static_cast<std::uint32_t>(entries));
      page.append(reinterpret_cast<const char*>(&index_[at]), entries * sizeof(IndexEntry));
      page.resize(page_bytes - sizeof(std::uint32_t));
      put(out_, checksum_of(page, offset()));
      out_ += page;
      if (out_.size() >= out_bytes && !flush()) return 0;
    }
    return flush() ? pages : 0;
  }
  [[nodiscard]] std::uint64_t offset() const { return offset_ + out_.size(); }
  [[nodiscard]] int error() const { return error_; }

 private:
  static constexpr std::size_t out_bytes = std::size_t{1} << 20U;
  bool flush() {
    error_ = file_.write(offset_, out_);
    if (error_ != 0) return false;
    // The disk begins at once, so that the sync at the end does not hold up those of the journal.
    file_.sync_soon(offset_, out_.size());
    offset_ += out_.size();
    out_.clear();
    return true;
  }

  OpenFile& file_;
  int error_ = 0;
  std::uint64_t offset_;  // of what lies in out_
  std::string out_;
  std::string block_;
  std::vector<IndexEntry> index_;
};

bool write_records(Writer& out, std::span<const std::string_view> chunks) {
  for (std::string_view chunk : chunks) {
    while (!chunk.empty()) {
      const auto packed = packed_body(chunk);
      const auto head = packed ? packed_head(packed->body) : std::nullopt;
      ENSURE(head.has_value(), "what is remembered is whole");
      if (!out.record(send_key(head->account, head->send).hash, chunk.substr(0, packed->bytes)))
        return false;
      chunk.remove_prefix(packed->bytes);
    }
  }
  return out.close_block();
}

// The whole file under a name that no reader looks for. 0, or the number of the system's error.
int write_file(OpenFile& file, const SendGeneration& generation,
               std::span<const std::string_view> chunks) {
  // The head has the same size whatever it says of them.
  const std::uint64_t begins = head_of(generation, 0, 0).size();
  Writer out(file, begins);
  if (!write_records(out, chunks)) return out.error();
  const std::uint64_t data_bytes = out.offset() - begins;
  const std::size_t pages = out.write_index();
  if (pages == 0) return out.error();
  const int error = file.write(0, head_of(generation, data_bytes, pages));
  return error != 0 ? error : file.sync();
}

}  // namespace

Result<std::unique_ptr<SendFile>, std::string> SendFile::write(
    Files& files, const std::string& path, const SendGeneration& generation,
    std::span<const std::string_view> chunks, SendFilter& all) {
  const std::string unfinished = path + ".new";
  auto file = files.create(unfinished, Files::New::replaced);
  if (!file) return std::unexpected{unfinished + ": " + why(file.error())};
  int error = write_file(**file, generation, chunks);
  if (error == 0) error = files.rename(unfinished, path);
  // A snapshot may need it from now on.
  if (error == 0) error = files.sync_folder(path.substr(0, path.rfind('/')));
  if (error != 0) {
    [[maybe_unused]] const int ignored = files.remove(unfinished);  // or at the next start
    return std::unexpected{unfinished + ": " + why(error)};
  }
  file->reset();
  auto written = open(files, path);
  if (!written) return written;
  if (auto loaded = (*written)->load(all); !loaded) return std::unexpected{loaded.error()};
  return written;
}

Result<std::unique_ptr<SendFile>, std::string> SendFile::open(Files& files,
                                                              const std::string& path) {
  std::unique_ptr<SendFile> opened{new SendFile(path)};
  auto file = files.open(path);
  if (!file) return std::unexpected{path + ": " + why(file.error())};
  opened->file_ = *std::move(file);
  opened->size_ = opened->file_->size();
  if (auto read = opened->read_head(); !read) return std::unexpected{read.error()};
  return opened;
}

std::unexpected<std::string> SendFile::damaged(std::string_view what, std::uint64_t offset) const {
  return std::unexpected{path_ + ": " + std::string{what} + " at byte " + std::to_string(offset)};
}

bool SendFile::read(std::uint64_t offset, std::size_t size, std::string& bytes) const {
  if (offset > size_ || size > size_ - offset) return false;
  bytes.resize(size);
  return file_->read(offset, bytes.data(), size) == size;
}

Result<void, std::string> SendFile::read_head() {
  std::string start;
  if (!read(0, head_bytes_min, start) || !start.starts_with(magic))
    return damaged("no head of this format", 0);
  const std::size_t body_bytes = number_at<std::uint32_t>(start, magic.size());
  std::string head;
  if (body_bytes < 2 * sizeof(std::uint64_t) || body_bytes > head_bytes_max ||
      !read(0, head_bytes_min + body_bytes, head))
    return damaged("a head that ends too early", 0);
  const std::size_t end = head.size() - sizeof(std::uint32_t);
  if (number_at<std::uint32_t>(head, end) != crc32c(std::string_view{head}.substr(0, end)))
    return damaged("a head with a wrong checksum", 0);
  const std::string_view body = std::string_view{head}.substr(8, body_bytes);
  const auto data_bytes = number_at<std::uint64_t>(body, 0);
  const auto pages = number_at<std::uint64_t>(body, 8);
  auto generation = unpacked_generation(body.substr(16));
  const bool fits = generation && data_bytes <= size_ && pages <= size_ / page_bytes &&
                    head.size() + data_bytes + pages * page_bytes == size_;
  if (!fits) return damaged("a head that does not fit the file", 0);
  generation_ = *std::move(generation);
  index_at_ = head.size() + data_bytes;
  pages_ = pages;
  return {};
}

bool SendFile::read_page(std::size_t page, std::string& bytes) const {
  const std::uint64_t offset = index_at_ + page * page_bytes;
  if (!read(offset, page_bytes, bytes)) return false;
  const auto entries = number_at<std::uint32_t>(bytes, entries_at);
  return entries >= 1 && entries <= entries_per_page &&
         number_at<std::uint32_t>(bytes, 0) ==
             checksum_of(std::string_view{bytes}.substr(entries_at), offset);
}

Result<void, std::string> SendFile::load(SendFilter& all) {
  SendFilter filter(generation_.records);
  std::vector<std::uint64_t> first;
  std::uint64_t entries = 0;
  std::uint64_t before = 0;
  std::string bytes;
  for (std::size_t page = 0; page < pages_; ++page) {
    const std::uint64_t offset = index_at_ + page * page_bytes;
    if (!read_page(page, bytes)) return damaged("a damaged page of the index", offset);
    const auto count = number_at<std::uint32_t>(bytes, entries_at);
    entries += count;
    for (std::size_t i = 0; i < count; ++i) {
      const auto hash = number_at<std::uint64_t>(bytes, page_head_bytes + i * sizeof(IndexEntry));
      if (hash < before) return damaged("an index that does not rise", offset);
      if (i == 0) first.push_back(hash);
      filter.add(before = hash);
      all.add(hash);
    }
  }
  if (entries != generation_.records) return damaged("an index of other records", index_at_);
  filter_ = std::move(filter);
  first_ = std::move(first);
  return {};
}

std::size_t SendFile::memory() const {
  return filter_.memory() + first_.size() * sizeof(std::uint64_t);
}

Result<bool, std::string> SendFile::find(const SendKey& key, std::string_view send,
                                         std::string& body) const {
  // The hash may begin in the page before the first one that begins with it.
  const auto from = std::ranges::lower_bound(first_, key.hash);
  auto page = static_cast<std::size_t>(from - first_.begin());
  if (page > 0) --page;
  bool found = false;
  std::string bytes;
  for (; page < first_.size() && first_[page] <= key.hash; ++page) {
    if (!read_page(page, bytes))
      return damaged("a damaged page of the index", index_at_ + page * page_bytes);
    const auto count = number_at<std::uint32_t>(bytes, entries_at);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t at = page_head_bytes + i * sizeof(IndexEntry);
      if (number_at<std::uint64_t>(bytes, at) != key.hash) continue;
      // Blocks of one hash rise: the last one that has the name has its newest record.
      const auto in_block = find_in_block(number_at<std::uint64_t>(bytes, at + 8), key, send, body);
      if (!in_block) return in_block;
      found = found || *in_block;
    }
  }
  return found;
}

Result<bool, std::string> SendFile::find_in_block(std::uint64_t offset, const SendKey& key,
                                                  std::string_view send, std::string& body) const {
  std::string head;
  std::string bytes;
  if (offset >= index_at_ || !read(offset, block_head_bytes, head) ||
      !read(offset + block_head_bytes, number_at<std::uint32_t>(head, 0), bytes) ||
      number_at<std::uint32_t>(head, 4) != checksum_of(bytes, offset))
    return damaged("a damaged block", offset);
  bool found = false;
  for (std::string_view rest = bytes; !rest.empty();) {
    const auto packed = packed_body(rest);
    const auto record = packed ? packed_head(packed->body) : std::nullopt;
    if (!record) return damaged("a record that is none", offset);
    if (record->account == key.account && record->send == send) {
      body = packed->body;
      found = true;
    }
    rest.remove_prefix(packed->bytes);
  }
  return found;
}

}  // namespace packledger
