// Texts from outside on a terminal: what is left as it is, what is escaped. Expected values by the Unicode tables.
#include <doctest/doctest.h>

#include "builtins/base/shown.h"

using namespace probevue;

TEST_CASE("what steers a terminal is escaped, all else stands") {
    CHECK(shown("plain \\ \"text\" \xc3\xa9 \xf0\x9f\x98\x80") == "plain \\ \"text\" \xc3\xa9 \xf0\x9f\x98\x80");
    CHECK(shown("\x1b[2J\x07\x7f") == "\\x1b[2J\\x07\\x7f");
    CHECK(shown("a\nb\tc\rd") == "a\\nb\\tc\\rd");
    CHECK(shown_lines("a\nb\tc\rd") == "a\nb\tc\\rd");
    CHECK(shown("\xc2\x9b"
                "1m") == "\\xc2\\x9b1m");                 // CSI in 8 bits
    CHECK(shown("\xc2\xa0") == "\xc2\xa0");               // the first behind them
    CHECK(shown("\x9b\xff\xc3(") == "\\x9b\\xff\\xc3(");  // no UTF-8
    CHECK(shown("\xe2\x80\xae"
                "abc") == "\\xe2\\x80\\xaeabc");  // right to left
    CHECK(shown(std::string_view("\0x", 2)) == "\\x00x");
    CHECK(is_shown_plain("\xc3\xa9"));
    CHECK_FALSE(is_shown_plain("\xc3"));
}
