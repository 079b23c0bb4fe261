// Formats, and the records that they emit.
#include <doctest/doctest.h>

#include "compiler/sema/format.h"
#include "tests/unit/sema_support.h"

using namespace probevue;
using namespace probevue::sema;

namespace {

const RecordLayout& record_of(const Checked& checked) {
    REQUIRE(checked.all() == "");
    REQUIRE(checked.script.records.size() == 1);
    return checked.script.records.front();
}

uint8_t bytes_printed(const std::string& conversion, const std::string& declared) {
    const Checked checked(declared + " x; @@BEGIN { printf(\"" + conversion + "\", x); }");
    return record_of(checked).pieces.front().bytes;
}

}  // namespace

TEST_CASE("flags, width and precision") {
    const Format format = parse_format("a%-+ #05.3lld|%%|%s%.7s\n");
    CHECK(format.faults.empty());
    REQUIRE(format.conversions.size() == 3);
    const FormatPiece& first = format.conversions[0].piece;
    CHECK(first.literal == "a");
    CHECK(first.conversion == 'd');
    CHECK(first.left);
    CHECK(first.plus);
    CHECK(first.space);
    CHECK(first.alternate);
    CHECK(first.zero);
    CHECK(first.width == 5);
    CHECK(first.precision == 3);
    CHECK(format.conversions[0].modifier == Modifier::ll);
    CHECK(format.conversions[0].at == 1);
    CHECK(format.conversions[0].length == 12);
    CHECK(format.conversions[1].piece.literal == "|%|");
    CHECK(format.conversions[2].piece.precision == 7);
    CHECK(format.conversions[2].piece.width == -1);
    CHECK(format.tail == "\n");
}

TEST_CASE("a number of a value stands in formats of tables alone") {
    const Format format = parse_format("%12$-5d %2$s|%3d", true);
    CHECK(format.faults.empty());
    REQUIRE(format.conversions.size() == 3);
    CHECK(format.conversions[0].value == 12);
    CHECK(format.conversions[0].piece.left);
    CHECK(format.conversions[0].piece.width == 5);
    CHECK(format.conversions[0].length == 7);
    CHECK(format.conversions[1].value == 2);
    CHECK(format.conversions[2].value == 0);
    CHECK(format.conversions[2].piece.width == 3);
    CHECK(parse_format("%2$s").faults.size() == 1);
    CHECK(parse_format("%0$d", true).faults.size() == 1);
    CHECK(parse_format("%1$", true).faults.size() == 1);
}

TEST_CASE("%i is %d, and modifiers of other systems are understood") {
    const Format format = parse_format("%i %hhx %hu %lu %qd %jd %zu %Lf");
    CHECK(format.faults.empty());
    REQUIRE(format.conversions.size() == 8);
    CHECK(format.conversions[0].piece.conversion == 'd');
    CHECK(format.conversions[1].modifier == Modifier::hh);
    CHECK(format.conversions[2].modifier == Modifier::h);
    CHECK(format.conversions[3].modifier == Modifier::l);
    CHECK(format.conversions[4].modifier == Modifier::ll);
    CHECK(format.conversions[5].modifier == Modifier::ll);
    CHECK(format.conversions[6].modifier == Modifier::l);
    CHECK(format.conversions[7].piece.conversion == 'f');
}

TEST_CASE("integers are printed with the size of the modifier or of the argument, whichever is larger") {
    CHECK(bytes_printed("%d", "char") == 4);
    CHECK(bytes_printed("%d", "int") == 4);
    CHECK(bytes_printed("%d", "long") == 8);
    CHECK(bytes_printed("%x", "unsigned long long") == 8);
    CHECK(bytes_printed("%lld", "int") == 8);
    CHECK(bytes_printed("%ld", "short") == 8);
    CHECK(bytes_printed("%hd", "long") == 2);
    CHECK(bytes_printed("%hhx", "int") == 1);
    CHECK(bytes_printed("%c", "int") == 1);
    CHECK(bytes_printed("%X", "char *") == 8);
    CHECK(bytes_printed("%lld", "probev_timestamp_t") == 8);
}

TEST_CASE("fields lie on multiples of 8 and have the sizes of their types") {
    const Checked checked(
        "String s[13]; ip_addr_t a; char c; double d; mac_addr_t m; char buffer[5];"
        "@@BEGIN { printf(\"%s %I %d %f %M %s %A %H end\", s, a, c, d, m, buffer, timestamp(), a); }");
    const RecordLayout& record = record_of(checked);
    REQUIRE(record.fields.size() == 8);
    const struct {
        FieldKind kind;
        uint32_t offset;
        uint32_t size;
    } wanted[] = {{FieldKind::string, 0, 13},    {FieldKind::ip, 16, 24}, {FieldKind::integer, 40, 8},
                  {FieldKind::floating, 48, 8},  {FieldKind::mac, 56, 8}, {FieldKind::string, 64, 5},
                  {FieldKind::timestamp, 72, 8}, {FieldKind::ip, 80, 24}};
    for (size_t i = 0; i < record.fields.size(); ++i) {
        CAPTURE(i);
        CHECK(record.fields[i].kind == wanted[i].kind);
        CHECK(record.fields[i].offset == wanted[i].offset);
        CHECK(record.fields[i].size == wanted[i].size);
        CHECK(record.pieces[i].field == i);
    }
    CHECK(record.size == 104);
    CHECK(record.fields[2].width == 1);
    CHECK_FALSE(record.fields[2].is_signed);
    CHECK(record.pieces.size() == 9);
    CHECK(record.pieces.back().conversion == 0);
    CHECK(record.pieces.back().literal == " end");
}

TEST_CASE("where a record stands in the script") {
    const Checked checked("@@BEGIN {\n    eprintf(\"x\");\n}");
    const RecordLayout& record = record_of(checked);
    CHECK(record.kind == RecordKind::error_text);
    CHECK(record.position.line == 2);
    CHECK(record.position.column == 5);
    CHECK(record.size == 0);
}

TEST_CASE("trace takes any value") {
    const Checked checked(
        "struct s { int a[5]; }; struct s v; __list l;"
        "@@BEGIN { trace(v); trace(\"abc\"); trace((short)5); trace(l); }");
    CHECK(checked.all() == "");
    REQUIRE(checked.script.records.size() == 4);
    CHECK(checked.script.records[0].kind == RecordKind::trace);
    CHECK(checked.script.records[0].fields[0].kind == FieldKind::bytes);
    CHECK(checked.script.records[0].fields[0].size == 20);
    CHECK(checked.script.records[1].fields[0].kind == FieldKind::string);
    CHECK(checked.script.records[2].fields[0].width == 2);
    CHECK(checked.script.records[3].fields[0].kind == FieldKind::list);
}

TEST_CASE("what the scripts of AIX users print") {
    CHECK(Checked("@@BEGIN { printf(\"%ld %lld %d\\n\", __pid, 5, __pid); }").all() == "");
    CHECK(Checked("@@BEGIN { printf(\"%A %A\\n\", timestamp(), (probev_timestamp_t)5); }").all() == "");
    CHECK(Checked("long long t; @@BEGIN { t = timestamp(); printf(\"%A\\n\", t); }").all() == "");
    CHECK(Checked("@@BEGIN { printf(\"%s\\n\", 1 ? \"kernel\" : \"user\"); }").all() == "");
    CHECK(Checked("@@net:bpf:eth0:*:\"\" { printf(\"%X %s\\n\", __mdata, __mdata); }").all() == "");
    CHECK(Checked("@@syscall:*:read:exit { s = get_stktrace(-1); printf(\"%t%T%p\\n\", s, s, fd_path(1)); }").all() ==
          "");
}
