#include "compiler/diag/diag.h"

#include <doctest/doctest.h>

#include "compiler/diag/excerpt.h"

using namespace probevue;

namespace {

struct Page {
    Diagnostics diagnostics;
    Source source;

    explicit Page(std::string raw, const ShellValues& shell = {})
        : source(Source::prepare("t.e", std::move(raw), shell, diagnostics)) {}

    Span at(std::string_view word) const {
        const auto begin = static_cast<uint32_t>(source.text().find(word));
        return {begin, begin + static_cast<uint32_t>(word.size())};
    }
    std::string shown(const RenderOptions& options = {}) const { return render(diagnostics, source, options); }
};

}  // namespace

TEST_CASE("a message has a place, the line, carets and a hint") {
    Page page("int x;\n  foo = 1;\n");
    page.diagnostics.error(page.at("foo"), "unknown name `foo`", "did you mean `bar`?");
    CHECK(page.shown() ==
          "t.e:2:3: error: unknown name `foo`\n"
          "    foo = 1;\n"
          "    ^~~\n"
          "  hint: did you mean `bar`?\n");
}

TEST_CASE("messages are sorted, notes stay behind theirs, repetitions go") {
    Page page("a b c");
    page.diagnostics.error(page.at("c"), "third");
    page.diagnostics.note(page.at("a"), "see here");
    page.diagnostics.warning(page.at("a"), "first");
    page.diagnostics.error(page.at("c"), "third");
    const std::string shown = page.shown();
    CHECK(shown.find("first") < shown.find("third"));
    CHECK(shown.find("third") < shown.find("see here"));
    CHECK(shown.find("third") == shown.rfind("third"));
    CHECK(page.diagnostics.error_count() == 2);
}

TEST_CASE("at most fifty errors, the rest is counted") {
    Page page(std::string(100, 'x'));
    for (uint32_t i = 0; i < 60; ++i) page.diagnostics.error({i, i + 1}, "wrong");
    const std::string shown = page.shown();
    CHECK(shown.ends_with("t.e: 10 more errors\n"));
    CHECK(shown.find(":1:50: error") != std::string::npos);
    CHECK(shown.find(":1:51: error") == std::string::npos);
}

TEST_CASE("a value from the shell is shown") {
    Page page("x = $1;", ShellValues{{"4711"}, {}});
    page.diagnostics.error(page.at("4711"), "wrong");
    CHECK(page.shown() ==
          "t.e:1:5: error: wrong\n"
          "  x = $1;\n"
          "      ^~\n"
          "  note: `$1` stands for `4711`\n");
}

TEST_CASE("tabs, wide characters and what cannot be printed") {
    const Excerpt tab = make_excerpt("\tx", 1, 2, 120);
    CHECK(tab.line == "        x");
    CHECK(tab.carets == "        ^");
    const Excerpt wide = make_excerpt("\xe4\xb8\xad\xcc\x81x", 5, 6, 120);
    CHECK(wide.carets == "  ^");
    CHECK(make_excerpt("a\x1b\xff", 0, 1, 120).line == "a??");
}

TEST_CASE("long lines are shortened round the caret") {
    const std::string line = std::string(500, 'a') + "X" + std::string(1000000, 'b');
    const Excerpt made = make_excerpt(line, 500, 501, 40);
    CHECK(made.line.size() == 40);
    CHECK(made.line.starts_with("..."));
    CHECK(made.line.ends_with("..."));
    CHECK(made.line[made.carets.size() - 1] == 'X');
    const Excerpt start = make_excerpt(line, 2, 3, 40);
    CHECK(start.line.starts_with("aaa"));
    CHECK(start.carets == "  ^");
}

TEST_CASE("a span never leaves its line") {
    CHECK(make_excerpt("abc", 2, 900, 120).carets == "  ^");
    CHECK(make_excerpt("abc", 3, 3, 120).carets == "   ^");
    CHECK(make_excerpt("", 5, 9, 120).carets == "^");
    Page page("ab\ncd");
    page.diagnostics.error({1, 5}, "wrong");
    CHECK(page.shown() == "t.e:1:2: error: wrong\n  ab\n   ^\n");
}

TEST_CASE("colours only when asked for") {
    Page page("x");
    page.diagnostics.error({0, 1}, "wrong");
    CHECK(page.shown().find('\x1b') == std::string::npos);
    CHECK(page.shown({true, 120}).find("\x1b[1;31m") != std::string::npos);
}
