#include "store/signed_head.hpp"

#include "store/record.hpp"
#include "wire/json.hpp"
#include "wire/json_writer.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

namespace packledger {
namespace {

constexpr std::string_view format = "packledger-head-1";
constexpr std::string_view key_format = "packledger-key-1 ";
constexpr std::size_t key_bytes = 32;
constexpr std::size_t signature_bytes = 64;

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

std::optional<std::string> bytes_of(std::string_view hex, std::size_t size) {
  if (hex.size() != 2 * size) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    std::uint8_t byte = 0;
    const auto [end, error] = std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
    if (error != std::errc{} || end != hex.data() + i + 2) return std::nullopt;
    bytes.push_back(static_cast<char>(byte));
  }
  return bytes;
}

const unsigned char* raw(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* raw(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

std::string signed_text(const LedgerHead& head) {
  std::string text{format};
  text += "\nposition " + std::to_string(head.position.value);
  text += "\nrecorded_at " + std::to_string(head.recorded_at.ms);
  text += "\nchain " + head.chain + "\ndigest " + head.digest + "\n";
  return text;
}

std::string public_half(const EVP_PKEY* key) {
  std::string bytes(key_bytes, '\0');
  std::size_t size = bytes.size();
  const bool told = EVP_PKEY_get_raw_public_key(key, raw(bytes), &size) == 1;
  ENSURE(told && size == key_bytes, "an Ed25519 key has a public half of 32 bytes");
  return hex(bytes);
}

Result<Key, std::string> read_key(const std::filesystem::path& path) {
  std::ifstream file{path};
  std::string line;
  std::getline(file, line);
  const auto secret = line.starts_with(key_format)
                          ? bytes_of(std::string_view{line}.substr(key_format.size()), key_bytes)
                          : std::nullopt;
  if (!secret) return std::unexpected{path.string() + " holds no key: make one with --make-key"};
  Key key{EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, raw(*secret), key_bytes),
          &EVP_PKEY_free};
  if (key == nullptr) return std::unexpected{path.string() + " holds no key of Ed25519"};
  return key;
}

}  // namespace

Result<std::string, std::string> make_signing_key(const std::filesystem::path& file) {
  const Key key{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), &EVP_PKEY_free};
  if (key == nullptr) return std::unexpected{std::string{"OpenSSL could not make a key"}};
  std::string secret(key_bytes, '\0');
  std::size_t size = secret.size();
  const bool told = EVP_PKEY_get_raw_private_key(key.get(), raw(secret), &size) == 1;
  ENSURE(told && size == key_bytes, "an Ed25519 key has 32 bytes");
  const std::string line = std::string{key_format} + hex(secret) + "\n";
  const int made = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made < 0)
    return std::unexpected{"cannot make " + file.string() + ": " +
                           std::generic_category().message(errno)};
  const bool written =
      ::write(made, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
      ::fsync(made) == 0;
  if (::close(made) != 0 || !written) return std::unexpected{"cannot write " + file.string()};
  return public_half(key.get());
}

Result<SignedHead, std::string> sign_head(const LedgerHead& head,
                                          const std::filesystem::path& key_file) {
  const auto key = read_key(key_file);
  if (!key) return std::unexpected{key.error()};
  const std::string text = signed_text(head);
  std::string signature(signature_bytes, '\0');
  std::size_t size = signature.size();
  const Context context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
  const bool made =
      context != nullptr &&
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key->get()) == 1 &&
      EVP_DigestSign(context.get(), raw(signature), &size, raw(text), text.size()) == 1;
  if (!made || size != signature_bytes)
    return std::unexpected{std::string{"OpenSSL could not sign the head"}};
  return SignedHead{head, public_half(key->get()), hex(signature)};
}

bool is_signed_by_its_key(const SignedHead& head) {
  const auto bytes = bytes_of(head.public_key, key_bytes);
  const auto signature = bytes_of(head.signature, signature_bytes);
  if (!bytes || !signature) return false;
  const Key key{EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(*bytes), key_bytes),
                &EVP_PKEY_free};
  const Context context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
  const std::string text = signed_text(head.head);
  return key != nullptr && context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), raw(*signature), signature->size(), raw(text),
                          text.size()) == 1;
}

std::string signed_head_json(const SignedHead& head) {
  std::string out;
  JsonWriter json{out};
  json.begin_object().member("format", format).member("position", head.head.position.value);
  json.member("recorded_at", instant_text(head.head.recorded_at));
  json.member("chain", head.head.chain).member("digest", head.head.digest);
  json.member("public_key", head.public_key).member("signature", head.signature).end_object();
  return out;
}

Result<SignedHead, std::string> read_signed_head(std::string_view text) {
  const auto document = parse_json(text);
  if (!document) return std::unexpected{"is not JSON: " + document.error().detail};
  const Json& root = document->root();
  std::string fault;
  const auto text_of = [&](std::string_view name) {
    const Json* const member = root.find(name);
    const auto value = member == nullptr ? std::nullopt : member->text();
    if (!value && fault.empty()) fault = "has no text \"" + std::string{name} + "\"";
    return std::string{value.value_or("")};
  };
  if (text_of("format") != format)
    return std::unexpected{"is no head: \"format\" must be \"" + std::string{format} + "\""};
  SignedHead head;
  const auto recorded_at = parse_instant(text_of("recorded_at"));
  const Json* const position = root.find("position");
  const auto number = position == nullptr ? std::nullopt : position->integer();
  head.head.chain = text_of("chain");
  head.head.digest = text_of("digest");
  head.public_key = text_of("public_key");
  head.signature = text_of("signature");
  if (!number || *number < 0) fault = "has no number \"position\"";
  if (!recorded_at) fault = "has no time \"recorded_at\"";
  if (!fault.empty()) return std::unexpected{fault};
  head.head.position = Sequence{static_cast<std::uint64_t>(*number)};
  head.head.recorded_at = *recorded_at;
  return head;
}

}  // namespace packledger
