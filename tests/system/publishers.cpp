#include "tests/system/publishers.hpp"

#include "serve/client.hpp"
#include "wire/json.hpp"

#include <optional>
#include <utility>

namespace packledger {
namespace {

constexpr unsigned busy = 503;

// How far back a send lies that is said again.
constexpr std::uint64_t again_before = 7;

// Before a daemon is asked again that had no room, or could not be reached.
constexpr std::chrono::milliseconds rest{5};

}  // namespace

struct Publishers::Batch {
  std::uint64_t number = 0;                                 // on the fast lane
  BatchHead head;                                           // there, too
  std::string producer;                                     // of the head
  std::string body;                                         // in JSON
  std::vector<SendAsked> asked;                             // on the fast lane
  std::vector<std::pair<std::string, Acknowledged>> sends;  // by name; not acknowledged yet
};

Publishers::Publishers(PublisherOptions options) : options_{std::move(options)} {
  for (int number = 0; number < options_.threads; ++number) {
    threads_.emplace_back([this, number](const std::stop_token& stop) {
      options_.by == PublishBy::json ? publish_json(number, stop) : publish_fast(number, stop);
    });
  }
}

void Publishers::send_to(const std::string& url) {
  {
    const std::lock_guard lock{mutex_};
    url_ = url;
  }
  changed_.notify_all();
}

void Publishers::pause() { send_to({}); }

void Publishers::stop() {
  for (std::jthread& thread : threads_) thread.request_stop();
  threads_.clear();  // joins
}

bool Publishers::wait_at_rest() {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, deadline,
                           [&] { return url_.empty() && resting_ == options_.threads; });
}

bool Publishers::wait_for(std::size_t acknowledged) {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, deadline, [&] { return acknowledged_.size() >= acknowledged; });
}

std::map<std::string, Acknowledged> Publishers::acknowledged() const {
  const std::lock_guard lock{mutex_};
  return acknowledged_;
}

std::map<std::string, Acknowledged> Publishers::take_news() {
  const std::lock_guard lock{mutex_};
  return std::exchange(news_, {});
}

std::size_t Publishers::count() const {
  const std::lock_guard lock{mutex_};
  return acknowledged_.size();
}

std::vector<std::string> Publishers::complaints() const {
  const std::lock_guard lock{mutex_};
  return complaints_;
}

std::size_t Publishers::repeats() const {
  const std::lock_guard lock{mutex_};
  return repeats_;
}

std::size_t Publishers::unknown_outcomes() const {
  const std::lock_guard lock{mutex_};
  return unknown_outcomes_;
}

void Publishers::complain(std::string what) {
  const std::lock_guard lock{mutex_};
  complaints_.push_back(std::move(what));
}

std::string Publishers::next_url(const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  ++resting_;
  changed_.notify_all();
  changed_.wait(lock, stop, [&] { return !url_.empty(); });
  --resting_;
  return stop.stop_requested() ? std::string{} : url_;
}

Publishers::Batch Publishers::make_batch(int number, std::uint64_t& made) const {
  Batch batch;
  batch.number = made;
  batch.head.batch = made;
  const bool numbered = options_.by == PublishBy::producers;
  if (numbered) {
    batch.producer = producer_of(number);
    const auto sends = static_cast<std::uint64_t>(options_.sends_per_batch);
    batch.head.number = {.epoch = 1, .number = made / sends + 1};
  }
  for (int i = 0; i < options_.sends_per_batch; ++i) {
    const std::uint64_t own = made++;
    const bool again = !numbered && options_.again_every != 0 && own >= again_before &&
                       own % options_.again_every == 0;
    const std::uint64_t n = again ? own - again_before : own;
    std::string name = options_.prefix + std::to_string(number) + "-" + std::to_string(n);
    if (numbered)
      name = ":" + batch.producer + ":1:" + std::to_string(batch.head.number.number) + ":" +
             std::to_string(i);
    const std::string& account = options_.accounts[n % options_.accounts.size()];
    const auto units = static_cast<std::int64_t>(1 + n % 3);
    batch.body += (i == 0 ? "[" : ",") + std::string{R"({"account":")"} + account +
                  R"(","send":")" + name + R"(","units":)" + std::to_string(units) +
                  R"(,"destination":"CN","template":"notification"})";
    batch.asked.push_back({account,
                           {.send = numbered ? Name{} : Name{name},
                            .units = Units{units},
                            .occurred_at = std::nullopt,
                            .destination = mainland,
                            .type = TemplateType::notification,
                            .billable = true}});
    batch.sends.push_back({name, {.position = 0, .units = units, .account = account}});
  }
  batch.body += "]";
  return batch;
}

void Publishers::publish_json(int number, const std::stop_token& stop) {
  std::uint64_t made = 0;
  std::string url = next_url(stop);
  std::optional<HttpClient> http{url};
  while (!stop.stop_requested()) {
    const Batch batch = make_batch(number, made);
    for (bool done = false; !done && !stop.stop_requested();) {
      const std::string now = next_url(stop);
      if (stop.stop_requested()) return;
      if (now != url) http.emplace(url = now);
      const auto answer = http->call("POST", "/v1/sends", batch.body);
      if (!answer) {
        const std::lock_guard lock{mutex_};
        unknown_outcomes_ += answer.error().code == ClientFaultCode::unreachable ? 0 : 1;
      } else if (answer->status == 200) {
        done = take_answer(batch, answer->body);
      } else if (answer->status == busy) {
        std::this_thread::sleep_for(rest);
      } else {
        return complain("status " + std::to_string(answer->status) + ": " + answer->body);
      }
    }
  }
}

// ---- on the fast lane ----

bool Publishers::is_paused() const {
  const std::lock_guard lock{mutex_};
  return url_.empty();
}

void Publishers::publish_fast(int number, const std::stop_token& stop) {
  std::uint64_t made = 0;
  std::deque<Batch> waiting;  // made and not acknowledged
  const auto next = [&] { return make_batch(number, made); };
  while (true) {
    const std::string url = next_url(stop);
    if (stop.stop_requested()) return;
    const std::string port = url.substr(url.rfind(':') + 1);
    serve::PublishSocket socket{static_cast<std::uint16_t>(std::stoul(port))};
    if (!socket.opened() || socket.hear_results() == nullptr) continue;
    if (options_.by == PublishBy::producers &&
        !ask_how_far(socket, waiting, producer_of(number), made))
      continue;
    publish_on(socket, waiting, next);
    const std::lock_guard lock{mutex_};
    unknown_outcomes_ += waiting.size();
  }
}

void Publishers::publish_on(serve::PublishSocket& socket, std::deque<Batch>& waiting,
                            const std::function<Batch()>& next) {
  const auto say = [&socket](const Batch& batch) {
    BatchHead head = batch.head;
    head.producer = batch.producer;
    return socket.say_batch(head, batch.asked);
  };
  for (const Batch& batch : waiting) {
    if (!say(batch)) return;
  }
  while (true) {
    while (waiting.size() < options_.in_flight && !is_paused()) {
      const Batch& batch = waiting.emplace_back(next());
      if (!say(batch)) return;
    }
    if (waiting.empty()) return;
    const SendResultsRead* results = socket.hear_results();
    if (results == nullptr) return;
    if (results->refused == "storage_full") return std::this_thread::sleep_for(rest);
    take_results(waiting.front(), *results);
    waiting.pop_front();
  }
}

bool Publishers::ask_how_far(serve::PublishSocket& socket, const std::deque<Batch>& waiting,
                             const std::string& producer, std::uint64_t made) {
  constexpr std::uint64_t question = 1'000'000'000;
  if (!socket.say_batch({.batch = question, .producer = producer}, {})) return false;
  const SendResultsRead* told = socket.hear_results();
  if (told == nullptr) return false;
  const std::uint64_t sent = made / static_cast<std::uint64_t>(options_.sends_per_batch);
  const std::uint64_t answered = sent - waiting.size();
  if (told->batch != question || told->next < answered + 1 || told->next > sent + 1)
    complain(producer + " is expected to send " + std::to_string(told->next) + ", sent " +
             std::to_string(sent) + " and was answered " + std::to_string(answered));
  return true;
}

void Publishers::take_results(const Batch& batch, const SendResultsRead& results) {
  if (results.batch != batch.number || results.results.size() != batch.sends.size()) {
    return complain("batch " + std::to_string(results.batch) + " was answered in place of " +
                    std::to_string(batch.number) + " " + std::string{results.refused});
  }
  const std::lock_guard lock{mutex_};
  if (results.repeated) ++repeats_;
  for (std::size_t i = 0; i < results.results.size(); ++i) {
    const SendResultRead& result = results.results[i];
    const auto& [name, asked] = batch.sends[i];
    if (result.outcome == SendOutcome::rejected || result.position == Sequence{0}) {
      complaints_.push_back("of " + name + " it said " + std::string{result.code});
      continue;
    }
    Acknowledged told = asked;
    told.position = result.position.value;
    acknowledge(name, told);
  }
  changed_.notify_all();
}

void Publishers::acknowledge(const std::string& name, const Acknowledged& told) {
  const auto [known, is_new] = acknowledged_.insert({name, told});
  if (is_new) news_.insert({name, told});
  if (known->second.position != told.position)
    complaints_.push_back(name + " stands at two positions");
}

// ---- by JSON ----

bool Publishers::take_answer(const Batch& batch, std::string_view body) {
  const auto document = parse_json(body);
  const auto results = document ? document->root().elements() : std::span<const Json>{};
  if (results.size() != batch.sends.size()) {
    complain("not one result for each send: " + std::string{body.substr(0, 200)});
    return true;
  }
  const std::lock_guard lock{mutex_};
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto& [name, asked] = batch.sends[i];
    const auto text = [&](std::string_view key) {
      const Json* member = results[i].find(key);
      return member == nullptr ? std::string{} : std::string{member->text().value_or("")};
    };
    const Json* position = results[i].find("position");
    const std::string result = text("result");
    if (text("send") != name || position == nullptr ||
        (result != "recorded" && result != "duplicate")) {
      complaints_.push_back("of " + name + " it said " + result + " " + text("code"));
      continue;
    }
    Acknowledged told = asked;
    told.position = static_cast<std::uint64_t>(position->integer().value_or(0));
    acknowledge(name, told);
  }
  changed_.notify_all();
  return true;
}

}  // namespace packledger
