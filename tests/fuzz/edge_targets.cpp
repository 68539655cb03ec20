// What a connection says: HTTP through the real session, heads and targets, frames both ways.
#include "packledger/ledger/utf8.hpp"
#include "serve/client_frames.hpp"
#include "serve/frames.hpp"
#include "serve/http_head.hpp"
#include "serve/target.hpp"
#include "serve/watch_message.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/serve/session_under_test.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace packledger::fuzz {
namespace {

// Cut at up to seven places that the first bytes choose; what is left is what is said.
std::vector<std::string_view> pieces_of(std::string_view bytes) {
  Reader reader(bytes);
  std::vector<std::size_t> cuts(reader.byte() % 8U);
  for (std::size_t& cut : cuts) cut = reader.number(2);
  const std::string_view said = reader.rest();
  for (std::size_t& cut : cuts) cut %= said.size() + 1;
  std::ranges::sort(cuts);
  std::vector<std::string_view> pieces;
  std::size_t from = 0;
  for (const std::size_t cut : cuts) {
    if (cut > from) pieces.push_back(said.substr(from, cut - from));
    from = std::max(from, cut);
  }
  pieces.push_back(said.substr(from));
  return pieces;
}

// Of the answers: whether one may continue is only said to who waits; and what a WebSocket tells
// goes by a clock.
std::string comparable(std::string heard) {
  constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  for (std::size_t at = heard.find(go_on); at != std::string::npos; at = heard.find(go_on))
    heard.erase(at, go_on.size());
  const std::size_t upgraded = heard.find("HTTP/1.1 101 ");
  std::size_t events = heard.find("\r\nContent-Type: text/event-stream\r\n");
  if (events != std::string::npos) events = heard.rfind("HTTP/1.1 ", events);
  return heard.substr(0, std::min(upgraded, events));
}

void run_http(std::string_view bytes) {
  constexpr std::size_t said_max = 16'384;  // far below the limit of a buffer
  bytes = bytes.substr(0, said_max);
  const std::vector<std::string_view> pieces = pieces_of(bytes);
  std::string whole;
  for (const std::string_view piece : pieces) whole += piece;
  const std::string heard = comparable(serve::answers_to({whole}));
  must(comparable(serve::answers_to(pieces)) == heard, "answers do not depend on the cuts");
  const auto statuses = serve::statuses_of(heard);
  must(statuses.has_value(), "answers are whole and end where they close");
  for (const unsigned status : *statuses) must(status != 500, "no answer is a defect of ours");
}

void run_head(std::string_view bytes) {
  using namespace serve;
  const std::size_t size = head_bytes(bytes);
  must(size <= bytes.size(), "a head ends within its bytes");
  if (size > 0) {
    const auto problem = wrong_head(bytes.substr(0, size), 4'096);
    if (problem) must(status_of(*problem) >= 400, "a problem has a status");
  }
  const auto target = parse_target(bytes);
  if (target) {
    for (const std::string& segment : target->segments) {
      must(!segment.empty() && segment != "." && segment != "..", "segments are names");
      must(!segment.contains('/') && !segment.contains('\0'), "a segment is one");
      must(utf8_valid_bytes(segment) == segment.size(), "a segment is UTF-8");
    }
  }
  const std::size_t half = bytes.size() / 2;
  const std::vector<std::string> listed{"https://console.example"};
  (void)origin_of(bytes.substr(0, half), bytes.substr(half), listed);
  (void)media_type_of(bytes);
}

// All that is read of frames that come so; what is wrong as its code.
std::string frames_told(const std::vector<std::string_view>& pieces) {
  constexpr std::size_t bytes_max = 300;
  FrameReader reader{bytes_max};
  std::string told;
  for (const std::string_view piece : pieces) {
    reader.came(piece);
    for (;;) {
      const auto message = reader.next();
      if (!message) return told + std::to_string(static_cast<unsigned>(message.error().code));
      if (!*message) break;
      must((*message)->payload.size() <= bytes_max, "a message is no larger than it may be");
      told += std::to_string(static_cast<unsigned>((*message)->kind)) + ":";
      told.append((*message)->payload).append(";");
    }
  }
  return told;
}

void run_frames(std::string_view bytes) {
  const std::vector<std::string_view> pieces = pieces_of(bytes);
  std::string whole;
  for (const std::string_view piece : pieces) whole += piece;
  must(frames_told(pieces) == frames_told({whole}), "messages do not depend on the cuts");
}

std::string client_told(const std::vector<std::string_view>& pieces, bool frames) {
  ClientReader reader{300};
  std::string told;
  for (const std::string_view piece : pieces) {
    const auto room = reader.room(piece.size());
    std::ranges::copy(piece, room.begin());
    reader.came(piece.size());
    for (;;) {
      if (frames) {
        const auto message = reader.next_message();
        if (!message) return told + "!";
        if (!*message) break;
        told.append((*message)->payload).append(";");
      } else {
        const auto answer = reader.next_answer();
        if (!answer) return told + "!";
        if (!*answer) break;
        told.append(std::to_string((*answer)->status)).append((*answer)->body).append(";");
        if ((*answer)->status == 101) return told;  // frames follow
      }
    }
  }
  return told;
}

void run_client(std::string_view bytes) {
  const bool frames = !bytes.empty() && (static_cast<std::uint8_t>(bytes.front()) & 0x80U) != 0;
  const std::vector<std::string_view> pieces = pieces_of(bytes);
  std::string whole;
  for (const std::string_view piece : pieces) whole += piece;
  must(client_told(pieces, frames) == client_told({whole}, frames),
       "what a client reads does not depend on the cuts");
}

void run_watch(std::string_view bytes) {
  constexpr std::size_t accounts_max = 8;
  const auto asked = serve::read_watch(bytes, accounts_max);
  if (asked) {
    must(asked->accounts.size() <= accounts_max, "no more accounts than may be");
    for (const std::string& account : asked->accounts) must(is_name(account), "accounts are names");
  } else {
    must(!asked.error().code.empty(), "a refusal has a code");
  }
}

constexpr std::array targets{Target{"http", run_http}, Target{"head", run_head},
                             Target{"frames", run_frames}, Target{"client", run_client},
                             Target{"watch", run_watch}};

}  // namespace

std::span<const Target> edge_targets() { return targets; }

}  // namespace packledger::fuzz
