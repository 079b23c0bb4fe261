// HTML reports: what is escaped, where axes have their marks, and what a page holds when there is too much.
#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <span>
#include <string>

#include "runtime/sinks/html_sink.h"
#include "runtime/sinks/html_text.h"
#include "runtime/sinks/report_files.h"
#include "tests/unit/sinks_build.h"

using namespace sinks_test;

namespace {

class HtmlCapture {
public:
    explicit HtmlCapture(ReportLimits limits = {}) {
        ReportHead head;
        auto output = std::make_unique<MemoryOutput>();
        memory_ = output.get();
        head.script_name = "test.e";
        sink_ = std::make_unique<HtmlSink>(std::move(output), SinkOptions{}, std::move(head), limits);
    }
    Sink& sink() { return *sink_; }
    const std::string& page(std::span<const Statistic> figures = {}) {
        CHECK(sink_->flush());
        CHECK(memory_->data.empty());
        sink_->end(figures);
        return memory_->data;
    }
    const std::string& errors() const { return memory_->error; }

private:
    MemoryOutput* memory_ = nullptr;
    std::unique_ptr<HtmlSink> sink_;
};

constexpr uint64_t second = 1'000'000'000;
constexpr uint64_t start = 1'781'013'807 * second;
RecordOrigin at(uint64_t seconds, std::string_view probe = "@@interval:*:clock:1000") {
    return {.time_ns = start + seconds * second, .pid = 0, .tid = 0, .probe = probe};
}

bool has(const std::string& page, std::string_view text) { return page.find(text) != std::string::npos; }

size_t times(const std::string& page, std::string_view text) {
    size_t count = 0;
    for (size_t found = page.find(text); found != std::string::npos; found = page.find(text, found + 1)) ++count;
    return count;
}

Array counts(std::string name = "n") {
    return Array(std::move(name), {field_of(FieldKind::integer)}, field_of(FieldKind::integer));
}

}  // namespace

TEST_CASE("sinks: HTML escapes marks, control characters, what turns the direction of writing, and what is no UTF-8") {
    CHECK(html("<script>alert('x') & \"y\"</script>") ==
          "&lt;script&gt;alert(&#39;x&#39;) &amp; &quot;y&quot;&lt;/script&gt;");
    CHECK(html("a\tb\nc") == "a\tb\nc");
    CHECK(html(std::string_view("\0\x1b[31m\r\x7f", 8)) == "\xe2\x90\x80\xe2\x90\x9b[31m\xe2\x90\x8d\xe2\x90\xa1");
    CHECK(html("\xff<\xe2\x82") == "\xef\xbf\xbd&lt;\xef\xbf\xbd");
    CHECK(html("\xe2\x80\xaegpj.exe\xc2\x85") == "\\u202egpj.exe\\u0085");
    CHECK(html("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80") == "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80");
}

TEST_CASE("sinks: numbers of axes are short and round") {
    CHECK(axis_number(0) == "0");
    CHECK(axis_number(0.25) == "0.25");
    CHECK(axis_number(1500) == "1,500");
    CHECK(axis_number(-1500) == "-1,500");
    CHECK(axis_number(20'000) == "20k");
    CHECK(axis_number(1.5e6) == "1.5M");
    CHECK(axis_number(9.2e18) == "9.2E");
    CHECK(grouped(1'234'567) == "1,234,567");
    CHECK(grouped(999) == "999");
    CHECK(number_axis(0, 20'986, 5, true).ticks == std::vector<double>{0, 5000, 10'000, 15'000, 20'000, 25'000});
    CHECK(number_axis(0, 3, 5, true).ticks == std::vector<double>{0, 1, 2, 3});
    CHECK(number_axis(0, 0, 5, true).ticks == std::vector<double>{0, 1});
    CHECK(number_axis(-7, 12, 4, true).ticks == std::vector<double>{-10, -5, 0, 5, 10, 15});
    const Axis fractions = number_axis(0, 0.7, 4, false);
    CHECK(fractions.high == doctest::Approx(0.8));
    CHECK(fractions.ticks.size() == 5);
    CHECK(time_axis(0.5, 5, 5).ticks == std::vector<double>{1, 2, 3, 4, 5});
    CHECK(time_axis(0, 600, 5).ticks == std::vector<double>{0, 120, 240, 360, 480, 600});
    CHECK(time_axis(0, 7 * 86'400.0, 5).ticks.size() == 4);
    CHECK(time_label(0.25) == "250 ms");
    CHECK(time_label(90) == "1.5 min");
    CHECK(time_label(7200) == "2 h");
    // Nothing that a script counts makes an axis without an end.
    for (const double high : {1e-300, 1.0, 1.8e19, 1e300}) {
        const Axis axis = number_axis(0, high, 5, false);
        CHECK(axis.high >= high * (1 - 1e-9));
        CHECK(axis.ticks.size() <= 7);
    }
}

TEST_CASE("sinks: a page has what was printed, escaped, and nothing that loads or runs but its own script") {
    HtmlCapture html;
    Array names("names", {field_of(FieldKind::string, 32)}, field_of(FieldKind::integer));
    names.add(Bytes().string("<img src=x>\x1b", 32), Bytes().add(int64_t{-3}));
    names.print(html.sink(), {}, at(0, "@@END"));
    print_text(html.sink(), "<b>text</b>\nno end", at(0));
    html.sink().message(MessageKind::warning, "a <message>");
    eprint_text(html.sink(), "to stderr\n");
    const std::string& page = html.page();
    CHECK(has(page, "&lt;img src=x&gt;"));
    CHECK(has(page, "<td class=\"n\">-3</td>"));
    CHECK(has(page, "&lt;b&gt;text&lt;/b&gt;\nno end"));
    CHECK(has(page, "warning: a &lt;message&gt;"));
    CHECK(!has(page, "<img"));
    CHECK(times(page, "<script>") == 1);
    CHECK(has(page, "script-src 'sha256-"));
    CHECK(!has(page, "http://"));
    CHECK(!has(page, "https://"));
    CHECK(!has(page, "url("));
    CHECK(!has(page, " style="));
    CHECK(html.errors() == "probevue: warning: a <message>\nto stderr\n");
}

TEST_CASE("sinks: of 100,000 keys a page has the greatest, and says how many more there are and what they count") {
    HtmlCapture html;
    Array array = counts();
    for (int64_t i = 1; i <= 100'000; ++i) array.add(i, i);
    array.print(html.sink(), {}, at(0, "@@END"));
    const std::string& page = html.page();
    CHECK(page.size() < 400'000);
    CHECK(has(page, "n: 100,000 elements"));
    CHECK(has(page, "<th scope=\"row\" class=\"n\">99001</th>"));
    CHECK(!has(page, "<th scope=\"row\" class=\"n\">99000</th>"));
    CHECK(has(page, "99,000 more rows are not shown; their values are 4900549500 in all"));
    CHECK(has(page, "and 99,985 smaller ones"));
}

TEST_CASE("sinks: many large arrays share a bound of rows, and text has its first and last lines") {
    HtmlCapture html;
    for (int number = 0; number < 20; ++number) {
        Array array = counts("a" + std::to_string(number));
        for (int64_t i = 1; i <= 2000; ++i) array.add(i, i);
        array.print(html.sink(), {}, at(0, "@@END"));
    }
    for (int i = 0; i < 5000; ++i) print_text(html.sink(), "line " + std::to_string(i) + "\n", at(1, "@@END"));
    print_text(html.sink(), std::string(100'000, 'x') + "\n", at(1, "@@END"));
    const std::string& page = html.page();
    CHECK(page.size() < 3'000'000);
    CHECK(has(page, "a19: 2,000 elements"));
    CHECK(has(page, "2,000 more rows are not shown<"));
    CHECK(has(page, "line 499\n"));
    CHECK(!has(page, "line 500\n"));
    CHECK(has(page, "4,001 lines are not shown here; then:</p>"));
    CHECK(has(page, "line 4999\n"));
}

TEST_CASE("sinks: an array that is cleared each second is a time series, with 0 where a key is not in it") {
    HtmlCapture html;
    html.sink().set_start(start);
    counts().add(1, 5).print(html.sink(), {}, at(1));
    counts().add(1, 7).add(2, 4).print(html.sink(), {}, at(2));
    counts().print(html.sink(), {}, at(3));
    const std::string& page = html.page();
    CHECK(has(page, "Over time: values of 3 prints"));
    CHECK(has(page, "<td class=\"n\">5</td><td class=\"n\">0</td>"));
    CHECK(has(page, "<td class=\"n\">7</td><td class=\"n\">4</td>"));
    CHECK(has(page, "<td class=\"n\">0</td><td class=\"n\">0</td>"));
    CHECK(has(page, "<title>1</title>"));
    CHECK(has(page, "2026-06-09 14:03:30.000 UTC"));
}

TEST_CASE("sinks: tentative output that is thrown away is on no page, what is committed stands in its order") {
    HtmlCapture html;
    html.sink().section(SectionStep::tentative_start, "kept");
    print_text(html.sink(), "first\n", at(0));
    html.sink().section(SectionStep::tentative_end, "kept");
    html.sink().section(SectionStep::tentative_start, "not");
    counts("gone").add(1, 1).print(html.sink(), {}, at(0));
    html.sink().section(SectionStep::tentative_end, "not");
    html.sink().section(SectionStep::tentative_commit, "kept");
    html.sink().section(SectionStep::tentative_discard, "not");
    html.sink().section(SectionStep::end_of_clause, "");
    print_text(html.sink(), "second\n", at(0));
    const std::string& page = html.page();
    CHECK(has(page, "first\nsecond\n"));
    CHECK(!has(page, "gone"));
}

TEST_CASE("sinks: distributions printed at intervals are heat maps, numbers of printf lines") {
    TableResolver resolver;
    Room room(size_t{1} << 20);
    HtmlCapture html;
    html.sink().set_resolver(&resolver);
    html.sink().set_start(start);
    Record record;
    record.integer(12).conversion('d');
    record.literal(" packets\n");
    record.layout.names = {"packets"};
    record.layout.position = {1, 2};
    Array array("lengths", {field_of(FieldKind::integer)}, field_of(FieldKind::dist));
    array.add(4, 2);
    for (uint64_t i = 1; i <= 3; ++i) {
        CHECK(resolver.distributions[2].add(static_cast<int64_t>(i * 100), room));
        array.print(html.sink(), {}, at(i));
        record.print(html.sink(), at(i));
    }
    const std::string& page = html.page();
    CHECK(has(page, "Heat map of 4"));
    CHECK(has(page, "Histogram of 4"));
    CHECK(has(page, "packets over time"));
    CHECK(has(page, "12 packets\n12 packets\n12 packets\n"));
}

TEST_CASE("sinks: numbers at the ends of their range, and no number at all, draw no broken picture") {
    HtmlCapture html;
    Array array("f", {field_of(FieldKind::integer)}, field_of(FieldKind::floating));
    array.add(Bytes().add(int64_t{1}), Bytes().add(std::nan("")));
    array.add(Bytes().add(int64_t{2}), Bytes().add(HUGE_VAL));
    array.add(Bytes().add(int64_t{3}), Bytes().add(2.5));
    for (uint64_t i = 0; i < 3; ++i) array.print(html.sink(), {}, at(i));
    counts().add(1, INT64_MAX).add(2, INT64_MIN).print(html.sink(), {}, at(0, "@@END"));
    const std::string& page = html.page();
    CHECK(has(page, "9223372036854775807"));
    CHECK(!has(page, "\"nan"));
    CHECK(!has(page, "\"inf"));
    CHECK(!has(page, "nan%"));
    CHECK(!has(page, "Lnan"));
}

TEST_CASE("sinks: a page says what it leaves out") {
    TableResolver resolver;
    resolver.ranges[1] = {{"0 - 10", 2}, {"Others", 0}};
    Room room(size_t{1} << 20);
    CHECK(resolver.distributions[2].add(5, room));
    ReportLimits limits;
    limits.rows = 20;
    limits.pictures = 1;
    limits.messages = 1;
    limits.points = 1500;
    HtmlCapture html(limits);
    html.sink().set_resolver(&resolver);
    html.sink().set_start(start);
    Array ranges("ranges", {field_of(FieldKind::integer)}, field_of(FieldKind::range));
    ranges.add(1, 1).add(2, 1);
    ranges.print(html.sink(), {}, at(0, "@@END"));
    Array distributions("distributions", {field_of(FieldKind::integer)}, field_of(FieldKind::dist));
    distributions.add(1, 2).add(2, 2);
    Record record;
    record.integer(1).conversion('d');
    record.layout.names = {"n"};
    record.layout.position = {1, 1};
    const Array few = counts("few").add(1, 1);
    ArrayPrintOptions rates;
    rates.form = ArrayPrintOptions::Form::rates;
    Array by_second("by_second", {field_of(FieldKind::integer)}, field_of(FieldKind::floating));
    by_second.add(Bytes().add(int64_t{1}), Bytes().add(2.5));
    by_second.print(html.sink(), rates, at(0, "@@END"));
    by_second.layout.name = "speed";
    by_second.layout.value.unit = Unit::bytes;
    by_second.print(html.sink(), rates, at(0, "@@END"));
    Array keys = counts("keys");
    for (int64_t i = 0; i < 21; ++i) keys.add(i, i + 1);
    keys.print(html.sink(), {}, at(0, "@@END"));
    for (uint64_t i = 0; i < 130; ++i) distributions.print(html.sink(), {}, at(i));
    for (uint64_t i = 0; i < 700; ++i) record.print(html.sink(), at(i));
    for (uint64_t i = 0; i < 300; ++i) few.print(html.sink(), {}, at(i));
    counts("none").print(html.sink(), {}, at(0, "@@END"));
    html.sink().message(MessageKind::note, "one");
    html.sink().message(MessageKind::note, "two");
    const Statistic figures[] = {{"lost_sink", 3, ""}, {"elapsed", 5, "ns"}};
    const std::string& page = html.page(figures);
    for (const char* text :
         {"1 of them is", " drawn; all are in the table</p>",
          "<tfoot><tr><td colspan=\"2\">1 more row is not shown; their values are 1 in all", "per second", "2.5/s",
          "bytes per second", "2.5 B/s", "<p class=\"soft\">and 6 smaller ones",
          "Drawn are the 1 with the most values, of 2.", ", 2 added up in a column",
          " Each point is the mean of 2 prints.", "earlier prints are not shown",
          " after that lacked room and are not drawn.", "<p>Nothing was in it.</p>", "<li>1 more</li>",
          "<strong class=\"bad\">3</strong>", "<li class=\"soft\">note: one</li>", "5 ns"})
        CHECK_MESSAGE(has(page, text), text);
}

TEST_CASE("sinks: of numbers that printf prints, those that lacked room are counted") {
    ReportLimits limits;
    limits.points = 5;
    HtmlCapture html(limits);
    Record record;
    record.integer(1).conversion('d');
    record.layout.names = {"n"};
    record.layout.position = {1, 1};
    for (uint64_t i = 0; i < 7; ++i) record.print(html.sink(), at(i));
    CHECK(has(html.page(), " 2 prints more lacked room and are not drawn."));
}

TEST_CASE("sinks: the one print before the last that a table lacks") {
    ReportLimits limits;
    limits.rows = 3;
    HtmlCapture html(limits);
    for (uint64_t i = 0; i < 4; ++i) counts("n").add(1, 1).print(html.sink(), {}, at(i));
    CHECK(has(html.page(), "1 earlier print is not shown"));
}
