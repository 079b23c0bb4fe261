// The CSV sink: quotes, columns, and headers where the table changes.
#include <doctest/doctest.h>

#include <limits>
#include <memory>
#include <string>

#include "runtime/sinks/csv_sink.h"
#include "tests/unit/sinks_build.h"

using namespace sinks_test;

namespace {

class CsvCapture {
public:
    explicit CsvCapture(SinkOptions options = {}) {
        auto output = std::make_unique<MemoryOutput>();
        memory_ = output.get();
        sink_ = std::make_unique<CsvSink>(std::move(output), std::move(options));
    }
    Sink& sink() { return *sink_; }
    const std::string& text() {
        CHECK(sink_->flush());
        return memory_->data;
    }
    const std::string& errors() {
        CHECK(sink_->flush());
        return memory_->error;
    }

private:
    MemoryOutput* memory_ = nullptr;
    std::unique_ptr<CsvSink> sink_;
};

constexpr RecordOrigin origin{.time_ns = 1'781'013'807'000'000'001, .pid = 7, .tid = 8, .probe = "@@END"};
const std::string when = "2026-06-09T14:03:27.000000001Z";

std::string field_text(std::string_view text) {
    TextBuffer out;
    append_csv_field(out, text);
    return std::string(out.view());
}

Record numbered(int64_t value, std::string name, uint32_t line) {
    Record record;
    record.integer(value).conversion('d');
    record.layout.names = {std::move(name)};
    record.layout.position = {line, 2};
    return record;
}

}  // namespace

TEST_CASE("sinks: CSV quotes what RFC 4180 wants quoted, and no more") {
    CHECK(field_text("plain text; 'x'") == "plain text; 'x'");
    CHECK(field_text("") == R"("")");
    CHECK(field_text("a,b") == R"("a,b")");
    CHECK(field_text("say \"no\"") == R"("say ""no""")");
    CHECK(field_text("\"") == "\"\"\"\"");
    CHECK(field_text("a\r\nb\tc") == "\"a\r\nb\tc\"");
    CHECK(field_text(" a") == R"(" a")");
    CHECK(field_text("a ") == R"("a ")");
    CHECK(field_text("=1+1") == "=1+1");
    CHECK(field_text("\xc3\xa4\xff,\xe2\x82") == "\"\xc3\xa4\xef\xbf\xbd,\xef\xbf\xbd\"");
}

TEST_CASE("sinks: a header of CSV stands where the table changes, in tentative output always") {
    CsvCapture csv;
    const Record first = numbered(1, "n", 3);
    const Record second = numbered(2, "a, b", 4);
    first.print(csv.sink(), origin);
    first.print(csv.sink(), origin);
    second.print(csv.sink(), origin);
    const std::string header = "table,time,n\r\n";
    const std::string row = "printf:3:2," + when + ",1\r\n";
    std::string wanted = header + row + row + "table,time,\"a, b\"\r\nprintf:4:2," + when + ",2\r\n";
    CHECK(csv.text() == wanted);
    csv.sink().section(SectionStep::tentative_start, "t");
    first.print(csv.sink(), origin);
    csv.sink().section(SectionStep::tentative_end, "t");
    csv.sink().section(SectionStep::end_of_clause, "");
    csv.sink().section(SectionStep::tentative_discard, "t");
    first.print(csv.sink(), origin);
    wanted += header + row;
    CHECK(csv.text() == wanted);
}

TEST_CASE("sinks: columns of CSV have different names, and -c thread=on one for the thread") {
    SinkOptions options;
    options.thread_prefix = true;
    CsvCapture csv(options);
    Record record;
    record.integer(-1).conversion('d');
    record.string("x").conversion('s');
    record.integer(3).conversion('d');
    record.layout.names = {"time", "n", "n"};
    record.print(csv.sink(), origin);
    CHECK(csv.text() == "table,time,tid,time 2,n,n 2\r\nprintf:0:0," + when + ",8,-1,x,3\r\n");
}

TEST_CASE("sinks: arrays of lists, ranges and distributions as columns and rows of CSV") {
    TableResolver resolver;
    resolver.ranges[1] = {{"0 - 10", 2}, {"Others", 0}};
    Room room(size_t{1} << 20);
    CHECK(resolver.distributions[2].add(5, room));
    CHECK(resolver.distributions[2].add(-7, room));
    CsvCapture csv;
    csv.sink().set_resolver(&resolver);
    Array lists("sizes", {field_of(FieldKind::integer)}, field_of(FieldKind::list, 32));
    lists.add(Bytes().add(int64_t{1}), Bytes().add(ListValue{.count = 2, .sum = 6, .min = 1, .max = 5}));
    lists.print(csv.sink(), {}, origin);
    ArrayPrintOptions some;
    some.list_values = ArrayPrintOptions::list_sum | ArrayPrintOptions::list_max;
    lists.print(csv.sink(), some, origin);
    Array ranges("r", {field_of(FieldKind::integer)}, field_of(FieldKind::range));
    ranges.add(4, 1);
    ranges.print(csv.sink(), {}, origin);
    Array distributions("d", {field_of(FieldKind::integer)}, field_of(FieldKind::dist));
    distributions.add(4, 2);
    distributions.print(csv.sink(), {}, origin);
    ArrayPrintOptions bars;
    bars.form = ArrayPrintOptions::Form::linear_bars;
    distributions.print(csv.sink(), bars, origin);
    Array("none", {field_of(FieldKind::integer)}, field_of(FieldKind::integer)).print(csv.sink(), {}, origin);
    CHECK(csv.text() == "table,time,key1,count,sum,avg,min,max\r\nsizes," + when + ",1,2,6,3,1,5\r\n" +
                            "table,time,key1,sum,max\r\nsizes," + when + ",1,6,5\r\n" +
                            "table,time,key1,slot,count\r\nr," + when + ",4,0 - 10,2\r\nr," + when + ",4,Others,0\r\n" +
                            "table,time,key1,count,min,p50,p90,p99,max,sum\r\nd," + when + ",4,2,-7,-7,5,5,5,-2\r\n" +
                            "table,time,key1,from,to,count\r\nd," + when + ",4,-7,-7,1\r\nd," + when + ",4,5,5,1\r\n");
}

TEST_CASE("sinks: texts without values are a column, those for standard error stay there") {
    CsvCapture csv;
    print_text(csv.sink(), "a \"line\"\n", origin);
    csv.sink().text("one\ntwo\n", origin);
    eprint_text(csv.sink(), "problem\n");
    csv.sink().message(MessageKind::note, "a message");
    CHECK(csv.text() == "table,time,text\r\nprintf:0:0," + when + ",\"a \"\"line\"\"\"\r\n" +
                            "table,time,text\r\ntext," + when + ",\"one\ntwo\"\r\n");
    CHECK(csv.errors() == "problem\nprobevue: note: a message\n");
}

TEST_CASE("sinks: numbers of CSV are exact, and what is no number has a name") {
    CsvCapture csv;
    Record record;
    record.integer(-1, 8, false).conversion('u');
    for (const double value : {1e300, -0.1, std::numeric_limits<double>::infinity(),
                               -std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::quiet_NaN()})
        record.floating(value).conversion('f');
    record.layout.names = {"a", "b", "c", "d", "e", "f"};
    record.print(csv.sink(), origin);
    CHECK(csv.text().ends_with(",18446744073709551615,1e+300,-0.1,inf,-inf,nan\r\n"));
}
