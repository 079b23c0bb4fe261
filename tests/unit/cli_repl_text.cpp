// What is typed at the prompt of an interactive session, as text.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "runtime/list/complete.h"
#include "runtime/list/script_text.h"
#include "runtime/repl/script.h"

using namespace probevue;

TEST_CASE("an entry is complete when nothing is open") {
    for (const char* text : {"x", "a[1", "@@BEGIN { }", "@@BEGIN { x = \"}\"; }", "struct s { int a; };", "struct s x;",
                             "@@BEGIN; x", "}", "int x;", "@@BEGIN { } // {", "struct s *p = 0", "\"open"}) {
        CAPTURE(text);
        CHECK(is_complete(text) == (std::string_view(text) != "a[1"));
    }
    for (const char* text :
         {"@@BEGIN", "@@BEGIN {", "@@BEGIN { /* }", "@@BEGIN { // }", "(1 +", "struct s", "typedef struct s",
          "@@BEGIN { \"}\"", "@@net:bpf:any:*:\"\"\nwhen (1)", "enum", "@@BEGIN { } union u"}) {
        CAPTURE(text);
        CHECK_FALSE(is_complete(text));
    }
}

TEST_CASE("a pasted text is divided into its entries") {
    const std::vector<std::string> wanted = {
        "int x;",  "@@BEGIN\n{\n  x = 1;\n}", ".read it's", "x + 1", "struct s\n{ int a; };",
        "// note", "@@BEGIN { } @@END {\n}",  "@@BEGIN {"};
    std::string text;
    for (const std::string& entry : wanted) text += entry + "\n\n";
    CHECK(split_entries(text) == wanted);
    CHECK(split_entries(" \n\n").empty());
    CHECK(split_entries("x") == std::vector<std::string>{"x"});
}

TEST_CASE("clauses, and what stands between them") {
    const std::vector<TextPart> parts = split_clauses("int x; @@BEGIN { x = 1; }\n/* of the end */ @@END { }\nlong y;");
    REQUIRE(parts.size() == 4);
    CHECK(parts[0].text == "int x;");
    CHECK_FALSE(parts[0].clause);
    CHECK(parts[1].text == "@@BEGIN { x = 1; }");
    CHECK(parts[1].clause);
    CHECK(parts[2].text == "/* of the end */ @@END { }");
    CHECK(parts[3].text == "long y;");
}

TEST_CASE("places in messages are those that the user knows") {
    std::vector<Entry> entries(2);
    entries[0].number = 3;
    entries[0].clause = true;
    entries[0].text = "@@BEGIN {\n  a = 1; }";
    entries[1].number = 7;
    entries[1].text = "int a;";
    // Declarations come first: line 1 is entry 7, lines 2 and 3 are entry 3.
    const ScriptText script(entries, "@@BEGIN { trace(\na + 1\n); }", 1);
    CHECK(script.entry_at(1) == 7);
    CHECK(script.entry_at(3) == 3);
    CHECK(script.localise("<session>:3:5: error: x\n", {3}) == "input:2:5: error: x\n");
    CHECK(script.localise("<session>:3:5: error: x\n", {}) == "clause 3:2:5: error: x\n");
    CHECK(script.localise("<session>:5:5: error: x\n  hint: see <session>:1:1\n", {}) ==
          "input:1:5: error: x\n  hint: see clause 7:1:1\n");
    CHECK(script.localise("<session>:1:1: warning: told before\n  int a;\n", {}).empty());
    CHECK(script.localise("<session>:2:9: loss at <session>:5:2, <session>") ==
          "clause 3:1:9: loss at input:1:2, <session>");
    CHECK(script.localise("<session>:4:11: of the wrapping") == "input:1:1: of the wrapping");
}

TEST_CASE("completion knows where the cursor is") {
    CompletionWords words;
    words.commands = {".read", ".resume"};
    words.file_commands = {".read"};
    words.variables = {"seen"};
    words.keywords = {"when"};
    const auto candidates = [&](std::string_view text) { return complete(text, text.size(), words).candidates; };
    using Words = std::vector<std::string>;
    CHECK(candidates(".re") == Words{".read", ".resume"});
    CHECK(candidates("@@net:") == Words{"bpf:", "ip:", "netdev:", "skb:", "tcp:", "udp:"});
    CHECK(candidates("@@net:tcp:retr") == Words{"retransmit"});
    CHECK(candidates("@@net:bpf:lo:icmp") == Words{"icmp4:", "icmp6:"});
    CHECK(candidates("@@net:bpf:lo:tcp:") == Words{"\""});
    CHECK(candidates("@@net:bpf:lo:tcp:\"port").empty());
    CHECK(candidates("@@net:bpf:lo:tcp:\"\" wh") == Words{"when"});
    CHECK(candidates("@@net:bpf:lo:tcp:\"\" { __tcphdr->src") == Words{"src_port"});
    CHECK(candidates("@@net:bpf:lo:tcp:\"\" { __nth").empty());
    CHECK(candidates("@@net:skb:drop:") == Words{"\""});
    CHECK(candidates("@@net:skb:drop:\"tcp\" { __drop->loc") == Words{"location"});
    CHECK(candidates("@@net:tcp:connect:").empty());
    CHECK(candidates("@@net:tcp:retransmit { __nth") == Words{"__nth_retransmit"});
    CHECK(candidates("se") == Words{"seen", "set_aso_print_options(", "set_date_format(", "set_range("});
    CHECK(candidates("") == Words{".read", ".resume", "@@"});
    CHECK(complete("x + se + 1", 6, words).begin == 4);
}

TEST_CASE("the clause around the end of a text") {
    const auto around = [](std::string_view text) { return std::string(text.substr(clause_around(text))); };
    CHECK(around("int n; @@BEGIN { n") == "int n; @@BEGIN { n");
    CHECK(around("@@BEGIN { n++; } @@END { if (n) { n = 1; } else { n") == " @@END { if (n) { n = 1; } else { n");
    CHECK(around("@@BEGIN { } @@E") == " @@E");
    CHECK(around("@@BEGIN { \"}\"; /* } */ n") == "@@BEGIN { \"}\"; /* } */ n");
    CHECK(around("} n") == " n");
    CHECK(around("") == "");
}

TEST_CASE("the end of a text is in a comment, or in quotes") {
    for (const char* text : {"// a", "n; /* a", "/* a\n * b", "#VUE", "//"}) {
        CAPTURE(text);
        CHECK(ends_in_comment(text));
        CHECK_FALSE(ends_in_quotes(text));
    }
    for (const char* text : {"\"a", "f(\"a\\\"", "n = 'a", "\""}) {
        CAPTURE(text);
        CHECK(ends_in_quotes(text));
        CHECK_FALSE(ends_in_comment(text));
    }
    for (const char* text : {"", "n", "// a\n", "/* a */", "\"a\"", "\"a\nb"}) {
        CAPTURE(text);
        CHECK_FALSE(ends_in_comment(text));
        CHECK_FALSE(ends_in_quotes(text));
    }
}

TEST_CASE("the probe points that a tuple may be") {
    CHECK(points_of_tuple("@@net:tcp:retransmit", true).size() == 1);
    CHECK(points_of_tuple("@@net:bpf:any:tcp:\"port 80 and tcp[0:2] = 5\"", true).size() == 1);
    CHECK(points_of_tuple("@@net:tcp", true).empty());
    CHECK(points_of_tuple("@@net:tcp", false).size() > 10);
    CHECK(points_of_tuple("@@nothing", false).empty());
    CHECK(points_of_tuple("@@", true).empty());
}
