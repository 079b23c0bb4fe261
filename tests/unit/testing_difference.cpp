// The difference that failing tests of scripts show: applied to what was expected, it gives what was printed.
#include <doctest/doctest.h>

#include <charconv>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/base/text.h"
#include "runtime/testing/difference.h"

using namespace probevue;

namespace {

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return lines;
}

size_t number(std::string_view text) {
    size_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// As patch(1) does, without any leeway; how many lines it took away and added.
std::string patched(const std::string& text, const std::string& difference, size_t& changes) {
    const std::vector<std::string> old_lines = lines_of(text);
    std::string out;
    size_t at = 0;
    for (const std::string& line : lines_of(difference)) {
        if (line.starts_with("@@ -")) {
            const std::string_view range = std::string_view(line).substr(4, line.find(' ', 4) - 4);
            const size_t count =
                range.find(',') == std::string_view::npos ? 1 : number(range.substr(range.find(',') + 1));
            const size_t from = number(range) - (count == 0 ? 0 : 1);
            while (at < from) out += old_lines.at(at++);
        } else if (line[0] == '\\') {
            if (out.ends_with('\n')) out.pop_back();
        } else {
            if (line[0] != '+') {
                const std::string& before = old_lines.at(at++);
                REQUIRE(before.substr(0, before.find('\n')) == line.substr(1, line.size() - 2));
            }
            if (line[0] != '-') out += line.substr(1);
            changes += line[0] == ' ' ? 0 : 1;
        }
    }
    while (at < old_lines.size()) out += old_lines[at++];
    return out;
}

// Lines that both have in their order, at most: the plain way.
size_t common(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    std::vector<std::vector<size_t>> best(a.size() + 1, std::vector<size_t>(b.size() + 1));
    for (size_t i = 1; i <= a.size(); ++i) {
        for (size_t j = 1; j <= b.size(); ++j)
            best[i][j] = a[i - 1] == b[j - 1] ? best[i - 1][j - 1] + 1 : std::max(best[i - 1][j], best[i][j - 1]);
    }
    return best[a.size()][b.size()];
}

}  // namespace

TEST_CASE("a difference gives what was printed, with the fewest changes") {
    std::mt19937 random(1);
    for (int round = 0; round < 3000; ++round) {
        const auto text = [&] {
            std::string out;
            for (size_t lines = random() % 30; lines > 0; --lines) out += "line " + std::to_string(random() % 4) + "\n";
            return out;
        };
        std::string before = text();
        std::string after = before;
        if (round % 2 == 0) {
            after = text();
        } else if (!before.empty()) {
            after.erase(random() % before.size(), 7);
            if (!after.empty() && after.back() != '\n') after += '\n';
        }
        CAPTURE(before);
        CAPTURE(after);
        size_t changes = 0;
        const std::string difference = unified_difference(before, after);
        CAPTURE(difference);
        CHECK(patched(before, difference, changes) == after);
        const std::vector<std::string> a = lines_of(before);
        const std::vector<std::string> b = lines_of(after);
        CHECK(changes == a.size() + b.size() - 2 * common(a, b));
    }
}

TEST_CASE("the form of a difference is that of diff -u") {
    CHECK(unified_difference("a\n", "a\n").empty());
    CHECK(unified_difference("", "a\n") == "@@ -0,0 +1 @@\n+a\n");
    CHECK(unified_difference("a\n", "") == "@@ -1 +0,0 @@\n-a\n");
    CHECK(unified_difference("1\n2\n3\n4\n5\n6\n", "1\n2\n3\n4\nx\n6\n") ==
          "@@ -2,5 +2,5 @@\n 2\n 3\n 4\n-5\n+x\n 6\n");
    CHECK(unified_difference("a", "a\n") == "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
}

TEST_CASE("no byte that a terminal obeys is in a difference") {
    CHECK(unified_difference("", "\033[2J\r\x9b\xc2\x9b\xff\tё\n") ==
          "@@ -0,0 +1 @@\n+\\x1b[2J\\r\\x9b\\xc2\\x9b\\xff\tё\n");
}

TEST_CASE("large differences are cut, and told of") {
    std::string before;
    std::string after;
    for (int i = 0; i < 1'000'000; ++i) {
        before += "a" + std::to_string(i) + "\n";
        after += "b" + std::to_string(i) + "\n";
    }
    const std::string difference = unified_difference(before, after);
    CHECK(difference.size() < 10'000);
    CHECK(difference.find(" more lines\n... what lies beyond 4 MB from there was not compared\n") != std::string::npos);
    // Where both are cut off says nothing.
    std::string same;
    for (int i = 0; i < 1'000'000; ++i) same += "line " + std::to_string(i) + "\n";
    CHECK(unified_difference("a much longer line\n" + same, "x\n" + same + "y\n") ==
          "@@ -1,4 +1,4 @@\n-a much longer line\n+x\n line 0\n line 1\n line 2\n... what lies beyond 4 MB from there "
          "was not compared\n");
    const std::string long_line = unified_difference(std::string(5'000, 'x'), std::string(6'000'000, 'x'));
    CHECK(long_line.find("... (5000 bytes)") != std::string::npos);
    CHECK(long_line.size() < 3'000);
}
