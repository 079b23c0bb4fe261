// The JSON sink: escapes, exact numbers, and every kind of line against docs/json-schema.json.
#include <doctest/doctest.h>

#include <fstream>
#include <limits>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "runtime/sinks/json_sink.h"
#include "tests/json/schema.h"
#include "tests/unit/sinks_build.h"

using namespace sinks_test;
using json_test::Json;
using json_test::Reader;
using json_test::Schema;

namespace {

const Schema& schema() {
    static const Schema loaded = [] {
        std::ifstream file("docs/json-schema.json");
        if (!file)
            file.open(std::string(__FILE__).substr(0, std::string(__FILE__).rfind("tests/")) + "docs/json-schema.json");
        std::stringstream text;
        text << file.rdbuf();
        return Schema(Reader::read(text.str()));
    }();
    return loaded;
}

// A JSON sink into memory; every line that it gives is checked.
class JsonCapture {
public:
    explicit JsonCapture(SinkOptions options = {}) {
        auto output = std::make_unique<MemoryOutput>();
        memory_ = output.get();
        sink_ = std::make_unique<JsonSink>(std::move(output), std::move(options));
    }
    Sink& sink() { return *sink_; }

    std::vector<std::string> lines() {
        CHECK(sink_->flush());
        std::vector<std::string> lines;
        std::stringstream stream(memory_->data);
        for (std::string line; std::getline(stream, line);) {
            CHECK_MESSAGE(schema().check(Reader::read(line)) == "", line);
            lines.push_back(line);
        }
        CHECK((memory_->data.empty() || memory_->data.ends_with('\n')));
        CHECK(memory_->error.empty());
        return lines;
    }
    std::string line() {
        const std::vector<std::string> all = lines();
        REQUIRE(all.size() == 1);
        return all.front();
    }

private:
    MemoryOutput* memory_ = nullptr;
    std::unique_ptr<JsonSink> sink_;
};

constexpr RecordOrigin origin{
    .time_ns = 1'781'013'807'000'000'001, .pid = 0, .tid = 0, .probe = "@@net:tcp:retransmit"};
const std::string head = R"("time":"2026-06-09T14:03:27.000000001Z","probe":"@@net:tcp:retransmit")";

std::string escaped(std::string_view text) {
    TextBuffer out;
    append_json_string(out, text);
    return std::string(out.view());
}

}  // namespace

TEST_CASE("sinks: JSON strings escape what must be, and replace what is no UTF-8") {
    CHECK(escaped("plain /\x7f") == R"("plain /\u007f")");
    CHECK(escaped("\"\\\n\t\r") == R"("\"\\\n\t\r")");
    CHECK(escaped(std::string_view("\0\x01\x1f", 3)) == R"("\u0000\u0001\u001f")");
    CHECK(escaped("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80") == "\"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80\"");
    CHECK(escaped("\xff") == R"("\ufffd")");
    CHECK(escaped("a\x80z") == R"("a\ufffdz")");
    CHECK(escaped("\xc0\xaf") == R"("\ufffd\ufffd")");                      // overlong
    CHECK(escaped("\xed\xa0\x80") == R"("\ufffd\ufffd\ufffd")");            // surrogate
    CHECK(escaped("\xf4\x90\x80\x80") == R"("\ufffd\ufffd\ufffd\ufffd")");  // above U+10FFFF
    CHECK(escaped("\xe2\x82") == R"("\ufffd")");                            // cut off
    CHECK(escaped("\xf0\x9f\x98|") == R"("\ufffd|")");
    CHECK(escaped("\xe2\x28\xa1") == R"("\ufffd(\ufffd")");
}

TEST_CASE("sinks: a JSON printf has its text and typed values") {
    JsonCapture json;
    Record record;
    record.ip("2001:db8::1").conversion('I');
    record.literal(":").integer(443, 4).conversion('d', 4);
    record.literal(" ").word(FieldKind::mac, 0x0242ac110002).conversion('M');
    record.literal(" ").string("a\"b\xff").conversion('s');
    record.literal(" ").floating(0.5).conversion('g');
    record.literal(" ").word(FieldKind::timestamp, origin.time_ns).conversion('W');
    record.literal("\n");
    record.print(json.sink(), origin);
    CHECK(json.line() == "{\"type\":\"printf\"," + head +
                             R"(,"text":"2001:db8::1:443 02:42:ac:11:00:02 a\"b\ufffd 0.5 0.000000\n",)"
                             R"("values":["2001:db8::1",443,"02:42:ac:11:00:02","a\"b\ufffd",0.5,)"
                             R"("2026-06-09T14:03:27.000000001Z"]})");
}

TEST_CASE("sinks: JSON integers are exact, whatever the format cuts") {
    JsonCapture json;
    Record record;
    record.integer(std::numeric_limits<int64_t>::min()).conversion('d', 4);
    record.integer(-1, 8, false).conversion('x');
    record.integer(9'007'199'254'740'993).conversion('d');
    record.print(json.sink(), origin);
    const Json line = Reader::read(json.line());
    REQUIRE(line["values"].items.size() == 3);
    CHECK(line["values"].items[0].text == "-9223372036854775808");
    CHECK(line["values"].items[1].text == "18446744073709551615");
    CHECK(line["values"].items[2].text == "9007199254740993");
    CHECK(line["text"].text == "0ffffffffffffffff9007199254740993");
}

TEST_CASE("sinks: JSON has numbers for finite doubles and strings for the others") {
    JsonCapture json;
    Record record;
    const double infinity = std::numeric_limits<double>::infinity();
    for (double value : {1e300, -0.1, 3.0, infinity, -infinity, std::numeric_limits<double>::quiet_NaN()}) {
        record.floating(value).conversion('g');
    }
    record.print(json.sink(), origin);
    CHECK(json.line().ends_with(R"("values":[1e+300,-0.1,3,"inf","-inf","nan"]})"));
}

TEST_CASE("sinks: JSON arrays are sorted and typed") {
    TableResolver resolver;
    resolver.ranges[1] = {{.label = "0 - 10", .count = 4}, {.label = "Others", .count = 0}};
    resolver.paths[3] = "/tmp";
    const RecordField number = field_of(FieldKind::integer);

    JsonCapture plain;
    Array array("a", {number, field_of(FieldKind::path)}, number);
    array.add(Bytes().add(int64_t{10}).add(int64_t{3}), Bytes().add(int64_t{1}));
    array.add(Bytes().add(int64_t{9}).add(int64_t{3}), Bytes().add(int64_t{2}));
    plain.sink().set_resolver(&resolver);
    array.print(plain.sink(), {}, origin);
    Array("empty", {number}, number).print(plain.sink(), {}, origin);
    CHECK(plain.line() ==
          "{\"type\":\"print\"," + head +
              R"(,"name":"a","elements":[{"key":[9,"/tmp"],"value":2},{"key":[10,"/tmp"],"value":1}]})");

    JsonCapture ranges;
    ranges.sink().set_resolver(&resolver);
    ArrayPrintOptions options;
    options.form = ArrayPrintOptions::Form::linear_bars;
    Array("r", {number}, field_of(FieldKind::range)).add(5, 1).print(ranges.sink(), options, origin);
    const std::string slots =
        R"([{"key":[5],"value":{"slots":[{"label":"0 - 10","count":4},{"label":"Others","count":0}]}}]})";
    CHECK(ranges.line() == "{\"type\":\"quantize\"," + head + R"(,"name":"r","elements":)" + slots);

    JsonCapture lists;
    options.form = ArrayPrintOptions::Form::logarithmic_bars;
    Array list("l", {field_of(FieldKind::stack)}, field_of(FieldKind::list, 32));
    list.add(Bytes().add(int64_t{1}), Bytes().add(ListValue{.count = 3, .sum = 12, .min = 1, .max = 9}));
    lists.sink().set_resolver(&resolver);
    list.print(lists.sink(), options, origin);
    CHECK(lists.line() == "{\"type\":\"lquantize\"," + head +
                              R"(,"name":"l","elements":[{"key":[["0x10 work+0x3c","0x20 main+0x1c"]],)"
                              R"("value":{"count":3,"sum":12,"avg":4,"min":1,"max":9}}]})");
}

TEST_CASE("sinks: a table as JSON, with its keys and values, also without rows") {
    const RecordField number = field_of(FieldKind::integer);
    Table table({number, field_of(FieldKind::ip, 24), number, field_of(FieldKind::string, 16)}, 2, "dIds");
    table.layout.columns = {{.name = "n"}, {.name = "names"}};
    JsonCapture empty;
    table.print(empty.sink(), origin);
    const std::string columns = "\"columns\":[\"n\",\"names\"],\"rows\":[";
    CHECK(empty.line() == "{\"type\":\"print_table\"," + head + "," + columns + "]}");
    table.add(Bytes().add(int64_t{80}).add(*parse_ip("192.0.2.1")).add(int64_t{1}).string("a\"", 16));
    table.add(Bytes().add(int64_t{81}).add(*parse_ip("2001:db8::1")).add(int64_t{5}).string("", 16));
    table.layout.header = {"PORT", "ADDRESS", "N", "NAME"};
    JsonCapture full;
    table.print(full.sink(), origin);
    CHECK(full.line() == "{\"type\":\"print_table\"," + head + ",\"header\":[\"PORT\",\"ADDRESS\",\"N\",\"NAME\"]," +
                             columns +
                             R"({"key":[81,"2001:db8::1"],"values":[5,""]},)"
                             R"({"key":[80,"192.0.2.1"],"values":[1,"a\""]}]})");
}

TEST_CASE("sinks: every other kind of line follows the schema too") {
    JsonCapture json;
    RecordOrigin process = origin;
    process.pid = 12;
    process.tid = 13;
    Record trace;
    trace.layout.kind = RecordKind::trace;
    trace.integer(42, 4).print(json.sink(), process);
    eprint_text(json.sink(), "problem\n");
    json.sink().text("frame\n", origin);
    json.sink().message(MessageKind::warning, "lost 12 records on cpu 1");
    const Statistic figures[] = {{.name = "packets", .value = 3}, {.name = "time", .value = 17, .unit = "ns"}};
    json.sink().statistics(figures);
    const std::vector<std::string> lines = json.lines();
    REQUIRE(lines.size() == 5);
    CHECK(lines[0] == "{\"type\":\"trace\"," + head + R"(,"pid":12,"tid":13,"text":"0x0000002a","values":[42]})");
    CHECK(lines[1] ==
          R"({"type":"eprintf","time":"1970-01-01T00:00:00.000000000Z","probe":"","text":"problem\n","values":[]})");
    CHECK(lines[2] == "{\"type\":\"text\"," + head + R"(,"text":"frame\n"})");
    CHECK(lines[3] == R"({"type":"message","kind":"warning","text":"lost 12 records on cpu 1"})");
    CHECK(lines[4] ==
          R"({"type":"stats","figures":[{"name":"packets","value":3},{"name":"time","value":17,"unit":"ns"}]})");
}

TEST_CASE("sinks: JSON lines are tentative as text is") {
    JsonCapture json;
    json.sink().section(SectionStep::tentative_start, "o");
    print_text(json.sink(), "held", origin);
    json.sink().section(SectionStep::end_of_clause, {});
    print_text(json.sink(), "free", origin);
    json.sink().section(SectionStep::tentative_commit, "o");
    json.sink().section(SectionStep::end_of_clause, {});
    const std::vector<std::string> lines = json.lines();
    REQUIRE(lines.size() == 2);
    CHECK(Reader::read(lines[0])["text"].text == "free");
    CHECK(Reader::read(lines[1])["text"].text == "held");
}

TEST_CASE("sinks: the schema refuses what it should") {
    const auto refused = [](std::string_view line) { return !schema().check(Reader::read(line)).empty(); };
    CHECK(!refused(R"({"type":"message","kind":"note","text":""})"));
    CHECK(refused(R"({"type":"message","kind":"other","text":""})"));
    CHECK(refused(R"({"type":"message","kind":"note"})"));
    CHECK(refused(R"({"type":"message","kind":"note","text":"","surplus":1})"));
    CHECK(refused(R"({"type":"unknown"})"));
    CHECK(refused(R"({"type":"text","time":"yesterday","probe":"","text":""})"));
    CHECK(refused(R"({"type":"stats","figures":[{"name":"x","value":1.5}]})"));
}
