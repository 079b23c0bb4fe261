// Places of a text in the protocol of editors.
#include <doctest/doctest.h>

#include <string>

#include "runtime/lsp/document.h"
#include "runtime/lsp/lines.h"

using namespace probevue;
using namespace probevue::lsp;

namespace {

bool is(Position position, uint32_t line, uint32_t character) {
    return position.line == line && position.character == character;
}

}  // namespace

TEST_CASE("lines end with a line feed, a carriage return, or both") {
    const std::string text = "ab\ncd\r\nef\rgh";
    const Lines lines(text, Encoding::utf16);
    const size_t begins[] = {0, 3, 7, 10};
    for (uint32_t line = 0; line < 4; ++line) {
        CAPTURE(line);
        CHECK(lines.offset(text, {line, 0}) == begins[line]);
        CHECK(lines.offset(text, {line, 99}) == begins[line] + 2);
        CHECK(is(lines.position(text, begins[line] + 1), line, 1));
    }
    CHECK(lines.offset(text, {4, 0}) == text.size());
    CHECK(is(lines.position(text, 6), 1, 2));  // within the end of a line
    CHECK(is(lines.position(text, 99), 3, 2));
    CHECK(is(Lines("", Encoding::utf16).position("", 0), 0, 0));
}

TEST_CASE("characters are counted in units of UTF-16, or in bytes") {
    const std::string text = "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80x\xff.";  // 2, 3 and 4 bytes, `x`, no UTF-8, a dot
    const size_t begins[] = {0, 2, 5, 9, 10, 11};
    const uint32_t units[] = {0, 1, 2, 4, 5, 6};
    const Lines wide(text, Encoding::utf16);
    const Lines bytes(text, Encoding::utf8);
    for (size_t i = 0; i < 6; ++i) {
        CAPTURE(i);
        CHECK(wide.offset(text, {0, units[i]}) == begins[i]);
        CHECK(is(wide.position(text, begins[i]), 0, units[i]));
        CHECK(bytes.offset(text, {0, static_cast<uint32_t>(begins[i])}) == begins[i]);
        CHECK(is(bytes.position(text, begins[i]), 0, static_cast<uint32_t>(begins[i])));
    }
    CHECK(wide.offset(text, {0, 3}) == 5);   // the second half of a pair
    CHECK(bytes.offset(text, {0, 7}) == 5);  // within a character
}

TEST_CASE("the path of a URI") {
    CHECK(path_of("file:///home/me/x.e") == "/home/me/x.e");
    CHECK(path_of("file:///a%20b/%C3%A4%25.e") == "/a b/\xc3\xa4%.e");
    CHECK(path_of("file://host/x.e") == "/x.e");
    CHECK(path_of("file:///%zz%2") == "/%zz%2");
    CHECK(path_of("untitled:Untitled-1") == "untitled:Untitled-1");
    CHECK(path_of("file://") == "");
}

TEST_CASE("places of long lines") {
    std::string text = "// \n";
    for (int i = 0; i < 5000; ++i) text += "a\xf0\x9f\x98\x80";
    text += "\nend";
    const Lines lines(text, Encoding::utf16);
    for (const uint32_t i : {0u, 1u, 204u, 205u, 1024u, 4999u, 5000u}) {
        CAPTURE(i);
        CHECK(lines.offset(text, {1, 3 * i}) == 4 + 5 * i);
        CHECK(is(lines.position(text, 4 + 5 * i), 1, 3 * i));
    }
    CHECK(is(lines.position(text, text.size()), 2, 3));
    CHECK(lines.offset(text, {2, 2}) == text.size() - 1);
}
