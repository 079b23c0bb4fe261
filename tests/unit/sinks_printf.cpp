// printf of the sinks against the C library's.
#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <string>

#include "runtime/sinks/capture_sink.h"
#include "tests/unit/sinks_build.h"

using namespace sinks_test;

namespace {

// What ours prints for one conversion.
std::string ours(CaptureSink& sink, Record& record, FormatPiece piece) {
    piece.field = 0;
    record.layout.pieces = {piece};
    sink.clear();
    record.print(sink);
    return sink.output();
}

template <typename... T>
std::string c_library(const std::string& format, T... value) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
    const int size = snprintf(nullptr, 0, format.c_str(), value...);
    std::string text(static_cast<size_t>(size) + 1, '\0');
    snprintf(text.data(), text.size(), format.c_str(), value...);
#pragma GCC diagnostic pop
    text.pop_back();
    return text;
}

// All combinations of flags, widths and precisions, with the C format up to its size modifier.
template <typename Body>
void for_each_piece(unsigned flag_mask, Body&& body) {
    for (unsigned flags = 0; flags < 32; ++flags) {
        if ((flags & ~flag_mask) != 0) continue;
        for (int width : {-1, 0, 1, 2, 6, 25}) {
            for (int precision : {-1, 0, 1, 3, 12}) {
                FormatPiece piece;
                piece.left = (flags & 1) != 0;
                piece.plus = (flags & 2) != 0;
                piece.space = (flags & 4) != 0;
                piece.alternate = (flags & 8) != 0;
                piece.zero = (flags & 16) != 0;
                piece.width = width;
                piece.precision = precision;
                std::string format = "%";
                if (piece.left) format += '-';
                if (piece.plus) format += '+';
                if (piece.space) format += ' ';
                if (piece.alternate) format += '#';
                if (piece.zero) format += '0';
                if (width >= 0 && !(width == 0 && piece.zero)) format += width == 0 ? "" : std::to_string(width);
                if (precision >= 0) format += "." + std::to_string(precision);
                body(piece, format);
            }
        }
    }
}

constexpr unsigned all_flags = 31;
constexpr unsigned text_flags = 1;  // the others are not defined for %s and %c

const int64_t integers[] = {0,
                            1,
                            -1,
                            7,
                            9,
                            10,
                            99,
                            100,
                            -100,
                            12345,
                            65535,
                            1'000'000,
                            4294967295,
                            4294967296,
                            -2147483648,
                            9'007'199'254'740'993,
                            std::numeric_limits<int64_t>::max(),
                            std::numeric_limits<int64_t>::min()};

}  // namespace

TEST_CASE("sinks: integers print as with the C library") {
    CaptureSink sink;
    size_t compared = 0;
    for (int64_t value : integers) {
        Record record;
        record.integer(value);
        for (char letter : {'d', 'u', 'x', 'X', 'o'}) {
            const unsigned flags = letter == 'd' ? all_flags & ~8U : letter == 'u' ? 17U : 25U;
            for_each_piece(flags, [&](FormatPiece piece, const std::string& format) {
                piece.conversion = letter;
                piece.bytes = 8;
                REQUIRE_MESSAGE(ours(sink, record, piece) == c_library(format + "ll" + letter, value), format, letter,
                                value);
                piece.bytes = 4;
                const auto narrow = static_cast<int32_t>(value);
                REQUIRE_MESSAGE(ours(sink, record, piece) == c_library(format + letter, narrow), format, letter,
                                narrow);
                compared += 2;
            });
            FormatPiece piece;
            piece.conversion = letter;
            piece.bytes = 2;
            CHECK(ours(sink, record, piece) == c_library(std::string("%h") + letter, static_cast<int>(value)));
            piece.bytes = 1;
            CHECK(ours(sink, record, piece) == c_library(std::string("%hh") + letter, static_cast<int>(value)));
        }
    }
    CHECK(compared > 10'000);
}

TEST_CASE("sinks: floating point prints as with the C library") {
    CaptureSink sink;
    const double infinity = std::numeric_limits<double>::infinity();
    for (double value : {0.0, -0.0, 1.0, -1.5, 0.1, 2.5, 123456.789, 1e20, 1e-7, 1.7976931348623157e308, 5e-324,
                         infinity, -infinity, std::numeric_limits<double>::quiet_NaN()}) {
        Record record;
        record.floating(value);
        for (char letter : {'f', 'F', 'e', 'E', 'g', 'G'}) {
            for_each_piece(all_flags, [&](FormatPiece piece, const std::string& format) {
                piece.conversion = letter;
                REQUIRE_MESSAGE(ours(sink, record, piece) == c_library(format + letter, value), format, letter, value);
            });
        }
    }
}

TEST_CASE("sinks: strings and characters print as with the C library") {
    CaptureSink sink;
    for (const char* text : {"", "a", "eth0", "twelve chars", "\x01\xff raw \x7f"}) {
        Record record;
        record.string(text);
        for_each_piece(text_flags, [&](FormatPiece piece, const std::string& format) {
            piece.conversion = 's';
            REQUIRE_MESSAGE(ours(sink, record, piece) == c_library(format + 's', text), format, text);
        });
    }
    for (int c : {int{'a'}, 0, 255}) {
        Record record;
        record.integer(c, 1, false);
        for_each_piece(text_flags, [&](FormatPiece piece, const std::string& format) {
            if (piece.precision >= 0) return;  // not defined for %c
            piece.conversion = 'c';
            REQUIRE_MESSAGE(ours(sink, record, piece) == c_library(format + 'c', c), format, c);
        });
    }
}

TEST_CASE("sinks: a String that fills its field has no NUL at its end") {
    CaptureSink sink;
    Record record;
    record.string("12345678", 8).conversion('s');
    record.string("next", 8);
    record.print(sink);
    CHECK(sink.output() == "12345678");
}

TEST_CASE("sinks: addresses take width and precision as Strings do") {
    CaptureSink sink;
    Record record;
    record.ip("192.0.2.1").conversion('I');
    record.literal("|");
    FormatPiece& wide = record.conversion('I');
    wide.width = 12;
    record.literal("|");
    FormatPiece& left = record.conversion('I');
    left.width = 12;
    left.left = true;
    record.literal("|");
    record.conversion('I').precision = 3;
    record.literal("|");
    record.ip("2001:db8::1").conversion('I');
    record.literal("|");
    record.word(FieldKind::mac, 0x0242ac110002).conversion('M');
    record.literal("|").conversion('M').width = 19;
    record.print(sink);
    CHECK(sink.output() == "192.0.2.1|   192.0.2.1|192.0.2.1   |192|2001:db8::1|02:42:ac:11:00:02|  02:42:ac:11:00:02");
}

TEST_CASE("sinks: names, paths and stacks come from the resolver, later than the sink") {
    TableResolver resolver;
    resolver.paths[7] = "/etc/passwd";
    Record record;
    record.ip("192.0.2.1").conversion('H');
    record.literal(" ").word(FieldKind::path, 7).conversion('p');
    record.literal(" ").word(FieldKind::stack, 1).conversion('t');
    record.conversion('T');
    record.literal("\n");

    CaptureSink sink;
    record.print(sink);
    CHECK(sink.output() == "192.0.2.1 0x0000000000000007 0x0000000000000001\n0x0000000000000001\n\n");
    sink.clear();
    sink.set_resolver(&resolver);
    record.print(sink);
    CHECK(sink.output() == "host.example /etc/passwd 0x10 work+0x3c\n0x20 main+0x1c\n0x10\n0x20\n\n");

    CaptureSink numeric(SinkOptions{.resolve_names = false});
    numeric.set_resolver(&resolver);
    record.print(numeric);
    CHECK(numeric.output().starts_with("192.0.2.1 /etc/passwd "));
}

TEST_CASE("sinks: dates follow strftime, seconds count from the start") {
    setenv("TZ", "UTC", 1);
    tzset();
    constexpr uint64_t time = 1'781'013'807'123'456'789;  // date -u -d @1781013807
    Record record;
    record.word(FieldKind::timestamp, time).conversion('A');
    record.literal("|").conversion('W');
    record.literal("|").conversion('d');
    record.literal("\n");
    CaptureSink sink;
    sink.set_start(time - 2'000'001'000);
    record.print(sink);
    CHECK(sink.output() == "Tue Jun  9 14:03:27 2026 UTC|2.000001|1781013807123456789\n");
    sink.clear();
    sink.set_date_format("%H:%M");
    sink.set_start(time + 1'500'000'000);
    record.print(sink);
    CHECK(sink.output() == "14:03|-1.500000|1781013807123456789\n");
    sink.clear();
    sink.set_date_format("");
    record.print(sink);
    CHECK(sink.output().starts_with("|-1.5"));
}

TEST_CASE("sinks: trace shows hexadecimal of the size, Strings as text") {
    const auto traced = [](Record record) {
        CaptureSink sink;
        record.layout.kind = RecordKind::trace;
        record.print(sink);
        return sink.output();
    };
    CHECK(traced(Record().integer(42, 4)) == "0x0000002a\n");
    CHECK(traced(Record().integer(-1, 2)) == "0xffff\n");
    CHECK(traced(Record().integer(-2, 8)) == "0xfffffffffffffffe\n");
    CHECK(traced(Record().string("some text")) == "some text\n");
    CHECK(traced(Record().ip("10.0.0.1")) == "0x0a000001\n");
    CHECK(traced(Record().word(FieldKind::mac, 0x0242ac110002)) == "0x0242ac110002\n");
    Record bytes;
    bytes.field(field_of(FieldKind::bytes, 3)).payload.string("\x01\x02\xff", 3);
    CHECK(traced(bytes) == "0102ff\n");
}
