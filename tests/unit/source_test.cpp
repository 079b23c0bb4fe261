#include "compiler/source/source.h"

#include <doctest/doctest.h>

#include "compiler/source/messages.h"
#include "compiler/source/utf8.h"

using namespace probevue;

namespace {

struct Prepared {
    Diagnostics diagnostics;
    Source source;

    explicit Prepared(std::string raw, const ShellValues& shell = {})
        : source(Source::prepare("t.e", std::move(raw), shell, diagnostics)) {}

    std::string first() const { return diagnostics.all().empty() ? "" : diagnostics.all().front().text; }
};

ShellValues values() { return {{"4711", "\"/etc/passwd\""}, {{"NAME", "value"}, {"__CPID", "99"}}}; }

}  // namespace

TEST_CASE("shell elements are replaced outside strings and comments") {
    const Prepared made("$1 \"$1\" /* $1 */ '$1' ${NAME} $2 $__CPID // $1\n$NAME.x", values());
    CHECK(made.source.text() == "4711 \"$1\" /* $1 */ '$1' value \"/etc/passwd\" 99 // $1\nvalue.x");
    CHECK(made.diagnostics.all().empty());
}

TEST_CASE("positions point into what the user wrote") {
    const Prepared made("a $NAME b\n  $1;x", values());
    const std::string& text = made.source.text();
    const auto b = static_cast<uint32_t>(text.find('b'));
    CHECK(made.source.raw_offset(b) == 8);
    const auto value = static_cast<uint32_t>(text.find("value"));
    CHECK(made.source.raw_offset(value + 3) == 2);
    CHECK(made.source.raw_end(value + 5) == 7);
    CHECK(made.source.substituted_from(value + 2) == "$NAME");
    CHECK(made.source.substituted_text(value + 2) == "value");
    CHECK(made.source.substituted_from(b).empty());
    const Location at = made.source.location(static_cast<uint32_t>(text.find(";x")));
    CHECK(at.line == 2);
    CHECK(at.column == 5);
    CHECK(made.source.line(2) == "  $1;x");
}

TEST_CASE("columns count characters") {
    const Prepared made("/* \xc3\xa4\xe2\x82\xac */ x");
    CHECK(made.source.location(static_cast<uint32_t>(made.source.text().find('x'))).column == 10);
}

TEST_CASE("columns far into a long line count characters too") {
    std::string raw = "y;\n/* ";
    for (int i = 0; i < 5000; i++) raw += "\xe2\x82\xac";
    raw += " */ x\nz";
    const Prepared made(raw);
    const Location x = made.source.location(static_cast<uint32_t>(made.source.text().find('x')));
    CHECK(x.line == 2);
    CHECK(x.column == 3 + 5000 + 5);
    const Location z = made.source.location(static_cast<uint32_t>(made.source.text().find('z')));
    CHECK(z.line == 3);
    CHECK(z.column == 1);
}

TEST_CASE("missing values are errors with a hint") {
    const Prepared argument("x = $3;", values());
    CHECK(argument.first() == "argument `$3` is missing: 2 given");
    CHECK(!argument.diagnostics.all().front().hint.empty());
    const Prepared variable("x = $NAMEE;", values());
    CHECK(variable.first() == "environment variable `NAMEE` is not set");
    CHECK(variable.diagnostics.all().front().hint == "did you mean `NAME`?");
    CHECK(Prepared("$__CPNAME").diagnostics.all().front().hint.find("-X") != std::string::npos);
}

TEST_CASE("other shell elements are refused") {
    for (const char* text : {"$#", "$*", "$0", "$$", "$@", "$?", "$!", "$-"}) {
        CAPTURE(text);
        CHECK(Prepared(std::string("x = ") + text + ";").first() ==
              "shell element `" + std::string(text) + "` is not supported");
    }
    CHECK(Prepared("${NAME").first() == "expected `${NAME}`");
    CHECK(Prepared("@@uft:1:*:/foo$/:entry {}").diagnostics.all().empty());
}

TEST_CASE("substitution is bounded") {
    ShellValues shell;
    shell.variables["A"] = std::string(100000, 'a');
    std::string raw;
    for (int i = 0; i < 1000; ++i) raw += "$A ";
    CHECK(Prepared(raw, shell).first().find("after substitution") != std::string::npos);
}

TEST_CASE("lines that begin with # are blanked") {
    const Prepared made("#!/usr/bin/probevue\na\n  # b $9 \"\nc # d\n/*\n# e */ f\n");
    CHECK(made.source.text() == "                   \na\n          \nc # d\n/*\n# e */ f\n");
    CHECK(made.diagnostics.all().empty());
    CHECK(Prepared("#include <x.h>\n").first().starts_with("`#include` is ignored"));
    CHECK(Prepared("#included\n").diagnostics.all().empty());
}

TEST_CASE("C++ sections are left out") {
    const Prepared made("##C++\n#include <x.h>\nclass A;\n##Vue\nint x;");
    CHECK(!made.diagnostics.has_errors());
    CHECK(made.source.text().find("class") == std::string::npos);
    CHECK(made.source.text().ends_with("\nint x;"));
    CHECK(Prepared("##C++\n").first() == "`##C++` without `##Vue`");
}

TEST_CASE("typographic quotes are taken as plain ones") {
    const Prepared made(
        "x = \xe2\x80\x9d"
        "a\xe2\x80\x99s\xe2\x80\x9c; y = \xe2\x80\x98"
        "b\xe2\x80\x99;\nz");
    CHECK(made.source.text() == "x = \"a\xe2\x80\x99s\"; y = 'b';\nz");
    REQUIRE(made.diagnostics.all().size() == 1);
    CHECK(made.diagnostics.all().front().severity == Severity::warning);
    CHECK(made.first() == "typographic quote taken as a plain one (4 of them)");
    const auto z = static_cast<uint32_t>(made.source.text().size() - 1);
    CHECK(made.source.location(z).line == 2);
    CHECK(made.source.location(z).column == 1);
    // Inside plain quotes they are text; a plain opening quote may be closed by one.
    CHECK(Prepared("\"a \xe2\x80\x9c"
                   "b\"")
              .diagnostics.all()
              .empty());
    CHECK(Prepared("\"a\xe2\x80\x9d;").source.text() == "\"a\";");
}

TEST_CASE("what is no text is refused") {
    const Prepared nul(std::string("ab\0c", 4));
    CHECK(nul.first() == "NUL byte at offset 2: this is not a script");
    CHECK(nul.source.text().empty());
    const Prepared stray("a \xff b");
    CHECK(stray.first() == "byte 0xff is not UTF-8 text");
    CHECK(stray.source.text() == "a   b");
    CHECK(Prepared("\"\xff\" /* \xfe */ // \xfd").diagnostics.all().empty());
    CHECK(Prepared(std::string(1000, '\x80')).diagnostics.error_count() == 1);
    CHECK(Prepared(std::string(Source::max_bytes + 1, ' ')).first() == "script is larger than 1024 KiB");
    CHECK(Prepared("\xef\xbb\xbfx").source.text() == "x");
}

TEST_CASE("files that cannot be read") {
    CHECK(!Source::read_file("/nonexistent/x.e"));
    CHECK(!Source::read_file("/"));
    CHECK(!Source::read_file("/dev/zero"));
    const auto empty = Source::read_file("/dev/null");
    REQUIRE(empty.has_value());
    CHECK(empty->empty());
}

TEST_CASE("arguments inside the script") {
    const EmbeddedArguments found = Source::embedded_arguments(
        "#!/usr/bin/probevue\n#VUE_CMD_ARGS    -c timestamp=1 -s 2048\n  #VUE_SCRIPT_ARGS 4711 \"a b\" 'c' "
        "\\\"d\\\"\n#VUE_CMD_ARGSX y\n");
    CHECK(found.command == std::vector<std::string>{"-c", "timestamp=1", "-s", "2048"});
    CHECK(found.script == std::vector<std::string>{"4711", "a b", "c", "\"d\""});
}

TEST_CASE("UTF-8") {
    CHECK(utf8::length("a", 0) == 1);
    CHECK(utf8::length("\xe2\x82\xac", 0) == 3);
    CHECK(utf8::length("\xe2\x82", 0) == 0);
    CHECK(utf8::length("\xc0\x80", 0) == 0);
    CHECK(utf8::length("\xed\xa0\x80", 0) == 0);
    CHECK(utf8::length("\xf4\x90\x80\x80", 0) == 0);
    CHECK(utf8::count("a\xc3\xa4\xff") == 3);
    CHECK(utf8::columns("\xe4\xb8\xad", 0, 3) == 2);
    CHECK(utf8::columns("\xcc\x81", 0, 2) == 0);
}
