#include "runtime/testing/difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "builtins/base/utf8.h"

namespace probevue {
namespace {

constexpr int most_changes = 1000;
constexpr size_t context = 3;
constexpr size_t most_lines = 200;
constexpr size_t longest_line = 1000;  // bytes

constexpr size_t most_bytes = 4'000'000;

using Lines = std::vector<std::string_view>;  // with their ends

struct Step {
    char sign;  // ' ', '-', '+'
    std::string_view line;
};

Lines lines_of(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const size_t length = std::min(text.find('\n'), text.size() - 1) + 1;
        lines.push_back(text.substr(0, length));
        text.remove_prefix(length);
    }
    return lines;
}

// The greedy algorithm of Myers (1986): how far each diagonal reaches with d changes, for d from 0 on; kept, so that
// the way can be walked back. Empty: more changes than are looked for.
std::vector<std::vector<int>> reaches(const Lines& a, const Lines& b) {
    const int n = static_cast<int>(a.size());
    const int m = static_cast<int>(b.size());
    std::vector<std::vector<int>> all;
    std::vector<int> before = {0, 0, 0};  // of d - 1, for the diagonals -d .. d
    for (int d = 0; d <= std::min(n + m, most_changes); ++d) {
        std::vector<int> now(static_cast<size_t>(2 * d + 1));
        for (int k = -d; k <= d; k += 2) {
            // `before` has the diagonals -(d - 1) .. d - 1.
            const auto reach = [&](int diagonal) { return before[static_cast<size_t>(diagonal + d - 1)]; };
            int x = 0;
            if (d > 0) x = k == -d || (k != d && reach(k - 1) < reach(k + 1)) ? reach(k + 1) : reach(k - 1) + 1;
            while (x < n && x - k < m && a[static_cast<size_t>(x)] == b[static_cast<size_t>(x - k)]) ++x;
            now[static_cast<size_t>(k + d)] = x;
            if (x < n || x - k < m) continue;
            all.push_back(std::move(now));
            return all;
        }
        all.push_back(now);
        before = std::move(now);
    }
    return {};
}

// As much of a text as is compared, in whole lines where it has any.
std::string_view first_lines(std::string_view text) {
    if (text.size() <= most_bytes) return text;
    text = text.substr(0, most_bytes);
    const size_t end = text.rfind('\n');
    return end == std::string_view::npos ? text : text.substr(0, end + 1);
}

std::vector<Step> smallest(const Lines& a, const Lines& b) {
    const std::vector<std::vector<int>> all = reaches(a, b);
    std::vector<Step> steps;
    if (all.empty()) {
        for (std::string_view line : a) steps.push_back({'-', line});
        for (std::string_view line : b) steps.push_back({'+', line});
        return steps;
    }
    int x = static_cast<int>(a.size());
    int y = static_cast<int>(b.size());
    for (int d = static_cast<int>(all.size()) - 1; d >= 0; --d) {
        int from_x = 0;
        int from_y = 0;
        bool inserted = false;
        if (d > 0) {
            const std::vector<int>& before = all[static_cast<size_t>(d - 1)];
            const auto reach = [&](int diagonal) { return before[static_cast<size_t>(diagonal + d - 1)]; };
            const int k = x - y;
            inserted = k == -d || (k != d && reach(k - 1) < reach(k + 1));
            from_x = reach(inserted ? k + 1 : k - 1);
            from_y = from_x - (inserted ? k + 1 : k - 1);
        }
        const int begin_x = d == 0 ? 0 : from_x + (inserted ? 0 : 1);
        for (; x > begin_x; --x, --y) steps.push_back({' ', a[static_cast<size_t>(x - 1)]});
        if (d > 0)
            steps.push_back(inserted ? Step{'+', b[static_cast<size_t>(from_y)]}
                                     : Step{'-', a[static_cast<size_t>(from_x)]});
        x = from_x;
        y = from_y;
    }
    std::reverse(steps.begin(), steps.end());
    return steps;
}

// A line without its end, as a terminal may see it.
std::string shown(std::string_view line) {
    const bool cut = line.size() > longest_line;
    const size_t whole = line.size();
    if (cut) line = line.substr(0, longest_line);
    std::string out;
    while (!line.empty()) {
        const Utf8Sequence next = utf8_sequence_at(line);
        const auto byte = static_cast<unsigned char>(line.front());
        const bool control = (byte < 0x20 && byte != '\t') || byte == 0x7f ||
                             (byte == 0xc2 && next.valid && static_cast<unsigned char>(line[1]) < 0xa0);
        if (next.valid && !control) {
            out += line.substr(0, next.size);
        } else if (byte == '\r') {
            out += "\\r";
        } else {
            for (char c : line.substr(0, next.size)) out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        }
        line.remove_prefix(next.size);
    }
    return cut ? out + fmt::format(" ... ({} bytes)", whole) : out;
}

// Writes steps as hunks.
class Hunks {
public:
    // `line`: from 1 on, of the first step in both texts.
    Hunks(const std::vector<Step>& steps, size_t line) : steps_(steps), old_line_(line), new_line_(line) {}

    std::string text() {
        for (size_t at = 0; at < steps_.size();) {
            size_t change = at;
            while (change < steps_.size() && steps_[change].sign == ' ') ++change;
            if (change == steps_.size()) break;
            const size_t begin = change - std::min(change - at, context);
            pass(at, begin);
            const size_t end = end_of_hunk(change);
            hunk(begin, end);
            at = end;
        }
        if (left_out_ != 0) out_ += fmt::format("... {} more {}\n", left_out_, left_out_ == 1 ? "line" : "lines");
        return std::move(out_);
    }

private:
    void pass(size_t from, size_t to) {
        for (size_t i = from; i < to; ++i) {
            old_line_ += steps_[i].sign != '+' ? 1 : 0;
            new_line_ += steps_[i].sign != '-' ? 1 : 0;
        }
    }

    // Changes with at most two contexts between them are of one hunk.
    size_t end_of_hunk(size_t change) const {
        size_t last = change;
        for (size_t i = change; i < steps_.size() && i - last <= 2 * context; ++i) {
            if (steps_[i].sign != ' ') last = i;
        }
        return std::min(last + 1 + context, steps_.size());
    }

    void hunk(size_t begin, size_t end) {
        const size_t old_begin = old_line_;
        const size_t new_begin = new_line_;
        pass(begin, end);
        const auto range = [](size_t from, size_t to) {
            if (to - from == 1) return fmt::format("{}", from);
            return fmt::format("{},{}", from == to ? from - 1 : from, to - from);
        };
        line(fmt::format("@@ -{} +{} @@", range(old_begin, old_line_), range(new_begin, new_line_)));
        for (size_t i = begin; i < end; ++i) {
            std::string_view text = steps_[i].line;
            const bool ended = text.ends_with('\n');
            if (ended) text.remove_suffix(1);
            if (written_ >= most_lines) {
                ++left_out_;
                continue;
            }
            line(steps_[i].sign + shown(text));
            if (!ended) out_ += "\\ No newline at end of file\n";
        }
    }

    void line(const std::string& text) {
        if (written_ >= most_lines) return;
        ++written_;
        out_ += text;
        out_ += '\n';
    }

    const std::vector<Step>& steps_;
    size_t old_line_;
    size_t new_line_;
    size_t written_ = 0;
    size_t left_out_ = 0;
    std::string out_;
};

}  // namespace

std::string unified_difference(std::string_view expected, std::string_view got) {
    if (expected == got) return {};
    // What is the same at the beginning, but for the context.
    auto begin = static_cast<size_t>(std::mismatch(expected.begin(), expected.end(), got.begin(), got.end()).first -
                                     expected.begin());
    for (size_t lines = 0; begin > 0 && lines <= context;) {
        if (expected[begin - 1] == '\n' && lines++ == context) break;
        --begin;
    }
    const auto line =
        static_cast<size_t>(std::count(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(begin), '\n')) +
        1;
    expected.remove_prefix(begin);
    got.remove_prefix(begin);
    const bool cut = std::max(expected.size(), got.size()) > most_bytes;
    Lines a = lines_of(first_lines(expected));
    Lines b = lines_of(first_lines(got));
    // What is the same at the end, likewise.
    size_t same = 0;
    while (same < std::min(a.size(), b.size()) && a[a.size() - 1 - same] == b[b.size() - 1 - same]) ++same;
    const size_t left_out = same - std::min(same, context);
    a.resize(a.size() - left_out);
    b.resize(b.size() - left_out);
    std::vector<Step> steps = smallest(a, b);
    if (cut) {
        // Behind the last line that both have, one may only have been cut off earlier than the other.
        const auto last = std::find_if(steps.rbegin(), steps.rend(), [](const Step& step) { return step.sign == ' '; });
        if (last != steps.rend()) steps.erase(last.base(), steps.end());
    }
    std::string out = Hunks(steps, line).text();
    if (cut) out += fmt::format("... what lies beyond {} MB from there was not compared\n", most_bytes / 1'000'000);
    return out;
}

}  // namespace probevue
