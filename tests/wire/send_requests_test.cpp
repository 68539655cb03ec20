// Bodies of sends: what reaches the engine, what is refused before, and in which shape.
#include "wire/send_requests.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger {
namespace {

constexpr std::string_view good =
    R"({"account":"acme","send":"m-1","units":3,"occurred_at":"2024-05-10T00:00:00+08:00",)"
    R"("destination":"TH","template":"verification","billable":true})";

std::string send_with(std::string_view content) {
  return R"({"account":"acme","send":"m-1","destination":"CN","template":"notification",)" +
         std::string{content} + "}";
}

// One word for each element: its units where it goes on, its code and field where not.
std::string told(std::string_view body, SendsMedia media = SendsMedia::json) {
  const auto read = read_sends(body, media);
  if (!read) return "fault " + read.error().code + " " + read.error().field;
  std::string line = read->shape == SendsShape::object  ? "object"
                     : read->shape == SendsShape::array ? "array"
                                                        : "lines";
  std::size_t refused = 0;
  for (std::size_t i = 0; i < read->count(); ++i) {
    line += ' ';
    if (refused < read->refused.size() && read->refused[refused].index == i) {
      const SendRefused& one = read->refused[refused++];
      line += one.fault.code + ":" + one.fault.field + "(" + one.account + "/" + one.send + ")";
    } else {
      line += std::to_string(read->sends[i - refused].send.units.value);
    }
  }
  return line;
}

TEST(SendRequests, ReadEveryMember) {
  const auto read = read_sends(good, SendsMedia::json);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->sends.size(), 1U);
  EXPECT_EQ(read->sends[0].account, "acme");
  EXPECT_EQ(read->sends[0].send, (SendRecorded{.send = "m-1",
                                               .units = Units{3},
                                               .occurred_at = Instant{1'715'270'400'000},
                                               .destination = {{'T', 'H'}},
                                               .type = TemplateType::verification,
                                               .billable = true}));
}

TEST(SendRequests, DefaultToNowAndBillable) {
  const auto read = read_sends(send_with(R"("units":1)"), SendsMedia::json);
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->sends[0].send.occurred_at);
  EXPECT_TRUE(read->sends[0].send.billable);
}

TEST(SendRequests, KeepTheShapeOfTheBody) {
  const std::string one{good};
  EXPECT_EQ(told(one), "object 3");
  EXPECT_EQ(told("[" + one + "]"), "array 3");
  EXPECT_EQ(told("[" + one + "," + one + "]"), "array 3 3");
  EXPECT_EQ(told("[]"), "array");
  EXPECT_EQ(told(one, SendsMedia::lines), "lines 3");
  EXPECT_EQ(told(one + "\n", SendsMedia::lines), "lines 3");
  EXPECT_EQ(told(one + "\r\n\r\n" + one + "\n\n", SendsMedia::lines), "lines 3 3");
  EXPECT_EQ(told("", SendsMedia::lines), "fault invalid_body ");
  EXPECT_EQ(told("\n \n", SendsMedia::lines), "fault invalid_body ");
}

// The table of what a text costs: units from the text alone, or beside a number that agrees.
TEST(SendRequests, CountTheText) {
  const auto many = [](std::string_view character, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += character;
    return text;
  };
  const auto text = [&](const std::string& words) {
    return send_with(R"("text":")" + words + R"(")");
  };
  const std::vector<std::pair<std::string, std::string>> table = {
      {text(many("好", 70)), "object 1"},
      {text(many("好", 71)), "object 2"},
      {text(many("好", 134)), "object 2"},
      {text(many("好", 135)), "object 3"},
      {text(""), "object 1"},
      {send_with(R"("text":"您的验证码是 1234","units":1)"), "object 1"},
      {send_with(R"("signature":"【华为云】","text":")" + many("好", 65) + R"(")"), "object 1"},
      {send_with(R"("signature":"华为云","text":")" + many("好", 66) + R"(")"), "object 2"},
      {text(many("好", 500)), "object 8"},
      {text(many("好", 501)), "object invalid_text:text(acme/m-1)"},
      {send_with(R"("text":"hello","units":2)"), "object units_mismatch:units(acme/m-1)"},
      {send_with(R"("text":"hello","units":0)"), "object units_mismatch:units(acme/m-1)"},
  };
  for (const auto& [body, line] : table) EXPECT_EQ(told(body), line) << body;
}

TEST(SendRequests, CountTheTextByTheProfileOfTheDestination) {
  const std::string body(160, 'a');
  const auto to = [&](std::string_view country) {
    return R"({"account":"a","send":"m","template":"promotion","destination":")" +
           std::string{country} + R"(","text":")" + body + R"("})";
  };
  EXPECT_EQ(told(to("TH")), "object 1");  // 160 septets
  EXPECT_EQ(told(to("CN")), "object 3");  // 160 characters: 67 + 67 + 26
}

TEST(SendRequests, NeverTellTheText) {
  const auto read =
      read_sends(send_with(R"("text":"the code is 271828","units":9)"), SendsMedia::json);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->refused.size(), 1U);
  EXPECT_EQ(read->refused[0].fault.detail, "units: expected 1, which the text takes");
}

TEST(SendRequests, LeaveUnitsThatAreNotPositiveToTheLaw) {
  EXPECT_EQ(told(send_with(R"("units":0)")), "object 0");
  EXPECT_EQ(told(send_with(R"("units":-1)")), "object -1");
  EXPECT_EQ(told(send_with(R"("units":-0)")), "object 0");
  EXPECT_EQ(told(send_with(R"("units":9223372036854775807)")), "object 9223372036854775807");
}

TEST(SendRequests, RefuseOneElementAndGoOn) {
  const std::string one{good};
  EXPECT_EQ(told("[" + one + R"(,{"account":"acme","send":"m-2","units":"3"},)" + one + "]"),
            "array 3 invalid_units:units(acme/m-2) 3");
  EXPECT_EQ(told(R"([{"account":"no good","send":"m-2","units":1},7,null,[],{"account":"a"}])"),
            "array invalid_account:account(/m-2) invalid_body:(/) invalid_body:(/) "
            "invalid_body:(/) invalid_send:send(a/)");
  EXPECT_EQ(told("[" + send_with(R"("units":1,"unit":1)") + "," + one + "]"),
            "array unknown_field:unit(acme/m-1) 3");
}

TEST(SendRequests, RefuseOneLineAndGoOn) {
  const std::string one{good};
  EXPECT_EQ(told(one + "\n{\"account\":\n[" + one + "]\n" + R"({"account":"acme","account":"b"})" +
                     "\n" + one,
                 SendsMedia::lines),
            "lines 3 invalid_json:account(/) invalid_body:(/) invalid_json:account(/) 3");
  EXPECT_EQ(told("\xFF\n" + one, SendsMedia::lines), "lines invalid_json:(/) 3");
}

TEST(SendRequests, RefuseAWholeArrayThatIsNoJson) {
  EXPECT_EQ(told("[" + std::string{good} + ",]"), "fault invalid_json [1]");
  EXPECT_EQ(told("[" + std::string{good}), "fault invalid_json [1]");
}

TEST(SendRequests, TakeABatchOfTheLargestSizeAndNotOneMore) {
  std::string array = "[";
  std::string lines;
  for (std::size_t i = 0; i < sends_per_batch_max; ++i) {
    array += good;
    array += ',';
    lines += good;
    lines += '\n';
  }
  array.back() = ']';
  const auto read = read_sends(array, SendsMedia::json);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->count(), sends_per_batch_max);
  EXPECT_EQ(read_sends(lines, SendsMedia::lines)->count(), sends_per_batch_max);
  array.back() = ',';
  EXPECT_EQ(told(array + std::string{good} + "]"), "fault too_large ");
  EXPECT_EQ(told(lines + std::string{good}, SendsMedia::lines), "fault too_large ");
}

TEST(SendRequests, TellFarTooManySendsFromTextThatIsNoJson) {
  std::string body = "[0";
  for (int i = 0; i < 300'000; ++i) body += ",0";
  EXPECT_EQ(told(body + "]"), "fault too_large ");
}

std::string event_with(std::string_view attributes, std::string_view data) {
  return R"({"specversion":"1.0","id":"m-1","source":"/gateway/7","type":"sms.submitted",)"
         R"("subject":"acme",)" +
         std::string{attributes} + R"("data":{)" + std::string{data} + "}}";
}

constexpr std::string_view thai_data =
    R"("units":3,"destination":"TH","template":"verification","billable":false)";

TEST(SendRequests, ReadACloudEvent) {
  const auto read = read_sends(
      event_with(R"("time":"2024-05-10T00:00:00+08:00","datacontenttype":"application/json",)"
                 R"("traceparent":"00-1",)",
                 thai_data),
      SendsMedia::cloud_event);
  ASSERT_TRUE(read) << read.error().detail;
  ASSERT_EQ(read->sends.size(), 1U);
  EXPECT_EQ(read->sends[0].account, "acme");
  EXPECT_EQ(read->sends[0].send, (SendRecorded{.send = "m-1",
                                               .units = Units{3},
                                               .occurred_at = Instant{1'715'270'400'000},
                                               .destination = {{'T', 'H'}},
                                               .type = TemplateType::verification,
                                               .billable = false}));
}

TEST(SendRequests, RefuseWrongCloudEvents) {
  const auto one = [](std::string_view body) { return told(body, SendsMedia::cloud_event); };
  const auto many = [](std::string_view body) {
    return told(body, SendsMedia::cloud_events_batch);
  };
  const std::string good_event = event_with("", thai_data);
  EXPECT_EQ(one(good_event), "object 3");
  EXPECT_EQ(many("[" + good_event + "," + good_event + "]"), "array 3 3");
  EXPECT_EQ(one("[" + good_event + "]"), "fault invalid_body ");
  EXPECT_EQ(many(good_event), "fault invalid_body ");
  EXPECT_EQ(one(R"({"specversion":"1.0"})"), "fault invalid_subject subject");
  EXPECT_EQ(one(R"({"specversion":"0.3","subject":"a","id":"m"})"),
            "fault invalid_specversion specversion");
  EXPECT_EQ(one(R"({"specversion":"1.0","subject":"a","id":"m","type":"t"})"),
            "fault invalid_source source");
  EXPECT_EQ(one(event_with(R"("time":"now",)", thai_data)), "fault invalid_time time");
  EXPECT_EQ(one(event_with(R"("datacontenttype":"text/xml",)", thai_data)),
            "fault invalid_datacontenttype datacontenttype");
  EXPECT_EQ(one(event_with(R"("data_base64":"eA==",)", thai_data)),
            "fault unknown_field data_base64");
  EXPECT_EQ(one(event_with("", R"("units":"3")")), "fault invalid_units data.units");
  EXPECT_EQ(one(event_with("", std::string{thai_data} + R"(,"occurred_at":"x")")),
            "fault unknown_field data.occurred_at");
  EXPECT_EQ(many("[" + event_with("", R"("units":1)") + "," + good_event + "]"),
            "array invalid_destination:data.destination(acme/m-1) 3");
}

TEST(SendRequests, KnowTheirMediaTypes) {
  EXPECT_EQ(sends_media(""), SendsMedia::json);
  EXPECT_EQ(sends_media("application/json"), SendsMedia::json);
  EXPECT_EQ(sends_media("Application/JSON ; charset=utf-8"), SendsMedia::json);
  EXPECT_EQ(sends_media("application/x-ndjson"), SendsMedia::lines);
  EXPECT_EQ(sends_media("application/cloudevents+json; charset=UTF-8"), SendsMedia::cloud_event);
  EXPECT_EQ(sends_media("application/cloudevents-batch+json"), SendsMedia::cloud_events_batch);
  EXPECT_EQ(sends_media("text/plain"), std::nullopt);
  EXPECT_EQ(sends_media("application/jsonx"), std::nullopt);
}

}  // namespace
}  // namespace packledger
