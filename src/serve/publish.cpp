// Publishing: sends, one or many, and their reversals.
#include "serve/asking.hpp"
#include "serve/routes.hpp"
#include "serve/service.hpp"
#include "wire/publish_codec.hpp"
#include "wire/requests.hpp"
#include "wire/send_answers.hpp"
#include "wire/send_requests.hpp"
#include "wire/send_view.hpp"

#include <array>

namespace packledger::serve {
namespace asio = boost::asio;
namespace {

asio::awaitable<HttpResponse> publish(Service& service, const HttpRequest& request) {
  const auto media = sends_media(request.media_type);
  if (!media) co_return refused(service, Problem{.code = "unsupported_media_type"});
  const auto dry = flag_parameter(request.query, "dry_run");
  if (!dry) co_return refused(service, dry.error());
  auto read = read_sends(request.body, *media);
  if (!read) co_return refused(service, problem_of(read.error()));
  SendsAnswered answered;
  if (!read->sends.empty() || read->numbered) {
    SendBatch batch;
    batch.numbered = read->numbered;
    batch.sends = std::move(read->sends);
    batch.dry_run = *dry;
    auto reply = co_await ask(service, std::move(batch));
    if (!reply) co_return busy(service);
    answered = std::move(*reply);
  }
  if (!*dry) count_sends(service.metrics, read->refused.size(), answered);
  const SendsKept kept = *dry ? SendsKept::dry_run : SendsKept::kept;
  HttpResponse response;
  if (read->shape == SendsShape::protobuf) {
    const auto& numbered = answered.numbered;
    if (numbered && numbered->refusal && !numbered->repeats())
      co_return refused(service, problem_of(refusal_of(*numbered)));
    response.media_type = "application/x-protobuf";
    write_batch_answer(
        {.batch = read->batch, .refused = read->refused, .answered = answered, .kept = kept},
        response.body);
    co_return response;
  }
  const SendsTold told{.shape = read->shape,
                       .refused = read->refused,
                       .asked = answered.sends,
                       .answers = answered.answers,
                       .batch = answered.batch.get(),
                       .kept = kept};
  if (read->shape == SendsShape::lines) response.media_type = "application/x-ndjson";
  response.body = sends_answer(told, service.directory);
  co_return response;
}

asio::awaitable<HttpResponse> look_at_send(Service& service, const HttpRequest& request) {
  return read_account(
      service, request,
      [name = request.names[1]](const Account& account,
                                const Ledger& ledger) -> Result<std::string, Problem> {
        const auto send = ledger.sends().find(account.id, name, ledger.recorded_at());
        if (!send) return std::unexpected(not_there(Reject::unknown_send));
        return send_view(account, *send, ledger.last());
      });
}

asio::awaitable<HttpResponse> reverse_send(Service& service, const HttpRequest& request) {
  if (!is_name(request.names[1]))
    co_return refused(service, Problem{.code{reject_text(Reject::unknown_send)}});
  co_return co_await write(service, request, read_reversal(request.names[1], request.body),
                           {.account = request.names[0], .status = 201});
}

asio::awaitable<HttpResponse> refuse_plain_publish(Service& service, const HttpRequest&) {
  co_return refused(service, Problem{.code = "upgrade_required",
                                     .detail = "open a WebSocket here, from a page of this host "
                                               "or from no page"});
}

constexpr std::array routes{
    Route{Method::get, "/v1/publish", Body::none, "", refuse_plain_publish},
    Route{Method::post, "/v1/sends", Body::sends, write_parameters, publish},
    Route{Method::get, "/v1/accounts/{account}/sends/{send}", Body::none, read_parameters,
          look_at_send},
    Route{Method::post, "/v1/accounts/{account}/sends/{send}/reversals", Body::json,
          write_parameters, reverse_send},
};

}  // namespace

std::span<const Route> publish_routes() { return routes; }

}  // namespace packledger::serve
