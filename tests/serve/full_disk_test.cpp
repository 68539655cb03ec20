// What the front says while the disk of the journal is nearly full.
#include "tests/serve/daemon_under_test.hpp"
#include "tests/serve/publish_socket.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace packledger::serve {
namespace {

SendAsked send_of(std::string name) {
  return {.account = "acme",
          .send = {.send = std::move(name),
                   .units = Units{1},
                   .occurred_at = std::nullopt,
                   .destination = {{'T', 'H'}},
                   .type = TemplateType::verification,
                   .billable = true}};
}

TEST(FullDisk, RefusesWritesAndNothingElse) {
  Daemon daemon;
  HttpClient client = daemon.client();
  open_acme(client);
  PublishSocket socket(daemon.port());
  ASSERT_NE(socket.hear_results(), nullptr);  // the greeting
  const std::vector<SendAsked> sends(1, send_of("m-1"));
  daemon.fill_disk(true);
  socket.say_batch(1, sends);
  const SendResultsRead* results = socket.hear_results();
  ASSERT_NE(results, nullptr);
  EXPECT_EQ(results->batch, 1U);
  EXPECT_EQ(results->refused, "storage_full");
  EXPECT_TRUE(results->results.empty());
  socket.say_batch(BatchHead{.batch = 2, .producer = "gw-1"}, {});  // only asks
  results = socket.hear_results();
  ASSERT_NE(results, nullptr);
  EXPECT_EQ(results->next, 1U);

  const std::string send = sends_of("acme", "n-", 1);
  const HttpAnswer refused = expect(client, 503, "POST", "/v1/sends", send);
  EXPECT_EQ(member(refused.body, "code"), "storage_full");
  EXPECT_EQ(refused.header("Retry-After"), "1");
  const std::string_view fund = R"({"amount":"1"})";
  EXPECT_EQ(member(expect(client, 503, "POST", "/v1/accounts/acme/funds", fund).body, "code"),
            "storage_full");
  expect(client, 200, "POST", "/v1/accounts/acme/funds?dry_run=true", fund);
  expect(client, 200, "POST", "/v1/sends?dry_run=true", send);
  EXPECT_EQ(member(expect(client, 200, "GET", "/v1/accounts/acme").body, "position"), "3");

  daemon.fill_disk(false);
  socket.say_batch(3, sends);
  results = socket.hear_results();
  ASSERT_NE(results, nullptr);
  ASSERT_EQ(results->results.size(), 1U);
  EXPECT_EQ(results->results[0].outcome, SendOutcome::recorded);
  expect(client, 200, "POST", "/v1/accounts/acme/funds", fund);
}

}  // namespace
}  // namespace packledger::serve
