// The pass over the raw text that comes before anything is parsed: `#` lines, shell elements, typographic quotes, bytes
// that are no text.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <set>

#include "builtins/base/text.h"
#include "compiler/source/messages.h"
#include "compiler/source/source.h"
#include "compiler/source/utf8.h"

namespace probevue {

namespace {

// Text after substitution may be larger than a script, but not without bound.
constexpr size_t max_substituted_bytes = 4 * Source::max_bytes;
// A text with more stray bytes than this is no script.
constexpr size_t max_stray_bytes = 20;

constexpr std::string_view left_double = "\xe2\x80\x9c";
constexpr std::string_view right_double = "\xe2\x80\x9d";
constexpr std::string_view left_single = "\xe2\x80\x98";
constexpr std::string_view right_single = "\xe2\x80\x99";
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name(char c) { return is_name_start(c) || is_digit(c); }

}  // namespace

class Source::Preparation {
public:
    Preparation(Source& source, const ShellValues& shell, Diagnostics& diagnostics)
        : source_(source), raw_(source.raw_), shell_(shell), diagnostics_(diagnostics) {}

    void run() {
        if (!check_bytes()) return;
        begin_segment();
        while (at_ < raw_.size() && !stopped_) step();
        if (quotes_ != 0) {
            const std::string count = quotes_ == 1 ? std::string{} : fmt::format(" ({} of them)", quotes_);
            diagnostics_.warning(first_quote_, fmt::format("typographic quote taken as a plain one{}", count),
                                 "write strings in plain double quotes");
        }
    }

private:
    bool check_bytes() {
        const size_t nul = raw_.find('\0');
        if (nul != std::string_view::npos) {
            identity_segment();
            diagnostics_.error(span_here(nul, nul + 1), fmt::format("NUL byte at offset {}: this is not a script", nul),
                               "a script is text; `-X PROGRAM` starts a program, `-r FILE` reads a capture");
            source_.text_.clear();
            return false;
        }
        return true;
    }

    void step() {
        const char c = raw_[at_];
        if (line_begins_ && c == '#') return hash_line();
        if (c == '\n') {
            line_begins_ = true;
            return copy(1);
        }
        if (c != ' ' && c != '\t' && c != '\r') line_begins_ = false;
        if (here("/*")) return comment();
        if (here("//")) return copy(to_line_end());
        if (c == '"') return plain_quoted('"');
        if (c == '\'') return plain_quoted('\'');
        if (c == '$') return shell_element();
        if (static_cast<unsigned char>(c) < 0x80) return copy(1);
        if (curly(at_) != '\0') return curly_quoted();
        const size_t size = utf8::length(raw_, at_);
        if (size == 0) return stray_byte();
        copy(size);
    }

    bool here(std::string_view word) const { return raw_.substr(at_).starts_with(word); }

    size_t to_line_end() const { return std::min(raw_.find('\n', at_), raw_.size()) - at_; }

    // ----------------------------------------------------------------------------------------------- copying and
    // mapping

    void begin_segment() {
        const auto text = static_cast<uint32_t>(source_.text_.size());
        const auto raw = static_cast<uint32_t>(at_);
        source_.segments_.push_back({text, raw, static_cast<uint32_t>(raw_.size()), false, false});
    }

    // Until then positions in the text are positions in the raw text.
    void identity_segment() { source_.segments_ = {{0, 0, static_cast<uint32_t>(raw_.size()), false, false}}; }

    void copy(size_t count) {
        source_.text_.append(raw_.substr(at_, count));
        at_ += std::min(count, raw_.size() - at_);
    }

    void blank(size_t count) {
        for (size_t i = 0; i < count; ++i) source_.text_.push_back(raw_[at_ + i] == '\n' ? '\n' : ' ');
        at_ += count;
    }

    // Puts `value` in the place of the next `count` raw bytes.
    void replace(size_t count, std::string_view value, bool substituted) {
        if (source_.text_.size() + value.size() > max_substituted_bytes) {
            diagnostics_.error(span_ahead(),
                               fmt::format("script is larger than {} KiB after substitution of shell elements",
                                           max_substituted_bytes / 1024));
            stopped_ = true;
            return;
        }
        const auto text = static_cast<uint32_t>(source_.text_.size());
        const auto raw = static_cast<uint32_t>(at_);
        if (!value.empty())
            source_.segments_.push_back({text, raw, raw + static_cast<uint32_t>(count), true, substituted});
        source_.text_.append(value);
        at_ += count;
        begin_segment();
    }

    // A span in the text for a place that is about to be copied.
    Span span_ahead(size_t length = 1) const {
        const auto begin = static_cast<uint32_t>(source_.text_.size());
        return {begin, begin + static_cast<uint32_t>(length)};
    }
    static Span span_here(size_t begin, size_t end) {
        return {static_cast<uint32_t>(begin), static_cast<uint32_t>(end)};
    }

    // --------------------------------------------------------------------------------------------------------- `#`
    // lines

    // AIX: probevue_con_elements says that all lines that begin with `#` are ignored; leading blanks are allowed here.
    void hash_line() {
        const std::string_view line = trim(raw_.substr(at_, to_line_end()));
        if (line.starts_with("##C++")) return cxx_section();
        pragma(line);
        static constexpr std::array preprocessor = {"#include", "#define", "#undef", "#ifdef", "#ifndef"};
        for (std::string_view word : preprocessor) {
            if (!line.starts_with(word) || (line.size() > word.size() && is_name(line[word.size()]))) continue;
            diagnostics_.warning(span_ahead(line.size()),
                                 fmt::format("`{}` is ignored: lines that begin with `#` are comments", word),
                                 word == "#include" ? "give a preprocessed C header with `-I`"
                                                    : "macros are not expanded: write what they stand for");
        }
        blank(to_line_end());
    }

    // `#pragma pack` is obeyed. Of the others a few change the layout of structures as well.
    void pragma(std::string_view line) {
        std::vector<std::string_view> words = words_of(line.substr(1));
        if (words.size() < 2 || words[0] != "pragma") return;
        static constexpr std::array laying_out = {"align", "ms_struct", "options", "scalar_storage_order"};
        if (words[1] == "pack") {
            words.erase(words.begin(), words.begin() + 2);
            if (!pack(words)) {
                diagnostics_.error(
                    span_ahead(line.size()), fmt::format("`{}` is not understood", line),
                    "its forms are pack(n), pack(), pack(push), pack(push, n) and pack(pop), n is 1, 2, 4, "
                    "8 or 16");
            }
        } else if (std::find(laying_out.begin(), laying_out.end(), words[1]) != laying_out.end()) {
            diagnostics_.error(span_ahead(line.size()), fmt::format("`#pragma {}` is not supported", words[1]),
                               "write the layout with `#pragma pack` or `__attribute__((packed))`");
        }
    }

    // Names, numbers, and each other character by itself.
    static std::vector<std::string_view> words_of(std::string_view text) {
        std::vector<std::string_view> words;
        for (size_t i = 0; i < text.size();) {
            size_t end = i + 1;
            while (is_name(text[i]) && end < text.size() && is_name(text[end])) ++end;
            if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r') words.push_back(text.substr(i, end - i));
            i = end;
        }
        return words;
    }

    // What stands behind `#pragma pack`; false when it is none of its forms.
    bool pack(const std::vector<std::string_view>& words) {
        if (words.size() < 2 || words.front() != "(" || words.back() != ")") return false;
        std::vector<std::string_view> arguments;  // of which names other than push and pop tell pairs apart
        for (size_t i = 1; i + 1 < words.size(); i += 2) {
            if (i + 2 < words.size() && words[i + 1] != ",") return false;
            arguments.push_back(words[i]);
        }
        uint32_t bytes = packing_;
        std::string_view label;
        const bool push = !arguments.empty() && arguments[0] == "push";
        const bool pop = !arguments.empty() && arguments[0] == "pop";
        if (arguments.empty()) bytes = 0;
        for (size_t i = push || pop ? 1 : 0; i < arguments.size(); ++i) {
            if ((push || pop) && is_name_start(arguments[i][0])) {
                label = arguments[i];
            } else if (!read_packing(arguments[i], bytes)) {
                return false;
            }
        }
        const bool given = arguments.size() > (label.empty() ? 1u : 2u);
        if (push) packings_.push_back({label, packing_});
        if (pop) {
            const uint32_t restored = pop_packing(label);
            if (!given) bytes = restored;
        }
        packing_ = bytes;
        source_.packings_.push_back({static_cast<uint32_t>(source_.text_.size()), bytes});
        return true;
    }

    static bool read_packing(std::string_view word, uint32_t& bytes) {
        static constexpr std::array<std::string_view, 6> known = {"0", "1", "2", "4", "8", "16"};
        const auto found = std::find(known.begin(), known.end(), word);
        if (found == known.end()) return false;
        const auto index = static_cast<uint32_t>(found - known.begin());
        bytes = index == 0 ? 0 : 1u << (index - 1);
        return true;
    }

    // What the partner of this `pop` has kept.
    uint32_t pop_packing(std::string_view label) {
        for (size_t i = packings_.size(); i-- > 0;) {
            if (!label.empty() && packings_[i].label != label) continue;
            const uint32_t bytes = packings_[i].bytes;
            packings_.resize(i);
            return bytes;
        }
        diagnostics_.warning(span_ahead(7), "`#pragma pack(pop)` without a `#pragma pack(push)` before it");
        return packing_;
    }

    // `##C++` to `##Vue` holds C++ headers (AIX: probevue_header_file), which need IBM's compiler.
    void cxx_section() {
        const size_t end = raw_.find("##Vue", at_);
        if (end == std::string_view::npos) {
            diagnostics_.error(span_ahead(5), "`##C++` without `##Vue`");
            return blank(to_line_end());
        }
        diagnostics_.warning(span_ahead(5), "C++ headers are not supported: ignored up to `##Vue`",
                             "give a preprocessed C header with `-I`");
        blank(end - at_);
        blank(to_line_end());
    }

    // ---------------------------------------------------------------------------------------------- comments and
    // quotes

    void comment() {
        const size_t end = raw_.find("*/", at_ + 2);
        copy((end == std::string_view::npos ? raw_.size() : end + 2) - at_);
    }

    // From a quote to its partner on the same line; nothing inside is touched.
    void plain_quoted(char quote) {
        const size_t end = closing_quote(at_ + 1, quote, false);
        if (end < raw_.size() && raw_[end] == quote) return copy(end + 1 - at_);
        const size_t mixed = closing_quote(at_ + 1, quote, true);
        copy(mixed - at_);
        if (curly(at_) == quote) replace_quote(quote);
    }

    void curly_quoted() {
        const char quote = curly(at_);
        replace_quote(quote);
        const size_t end = closing_quote(at_, quote, true);
        copy(end - at_);
        if (curly(at_) == quote) {
            replace_quote(quote);
        } else if (at_ < raw_.size() && raw_[at_] == quote) {
            copy(1);
        }
    }

    // Where the partner stands, or the end of the line.
    size_t closing_quote(size_t from, char quote, bool accept_curly) const {
        size_t i = from;
        while (i < raw_.size() && raw_[i] != '\n') {
            if (raw_[i] == '\\') {
                i += i + 1 < raw_.size() && raw_[i + 1] == '\r' ? 3 : 2;
                continue;
            }
            if (raw_[i] == quote || (accept_curly && curly(i) == quote)) return i;
            ++i;
        }
        return std::min(i, raw_.size());
    }

    // The plain quote that a typographic one at `at` stands for, else NUL.
    char curly(size_t at) const {
        const std::string_view rest = raw_.substr(std::min(at, raw_.size()), 3);
        if (rest == left_double || rest == right_double) return '"';
        if (rest == left_single || rest == right_single) return '\'';
        return '\0';
    }

    void replace_quote(char quote) {
        if (quotes_++ == 0) first_quote_ = span_ahead();
        replace(left_double.size(), std::string_view(&quote, 1), false);
    }

    void stray_byte() {
        if (++stray_ == 1) {
            diagnostics_.error(span_ahead(),
                               fmt::format("byte 0x{:02x} is not UTF-8 text", static_cast<unsigned char>(raw_[at_])),
                               "save the script as UTF-8");
        }
        stopped_ = stray_ > max_stray_bytes;
        blank(1);
    }

    // ---------------------------------------------------------------------------------------------------- shell
    // elements

    // AIX: probevue_var_shell. What follows a `$` decides; a lone `$` is left for the lexer.
    void shell_element() {
        const char next = at_ + 1 < raw_.size() ? raw_[at_ + 1] : '\0';
        if (next == '{') return braced_element();
        size_t end = at_ + 1;
        if (is_digit(next)) {
            while (end < raw_.size() && is_digit(raw_[end])) ++end;
        } else if (is_name_start(next)) {
            while (end < raw_.size() && is_name(raw_[end])) ++end;
        } else if (next != '\0' && std::strchr("#*$@?!-", next) != nullptr) {
            refuse(2);
            return;
        } else {
            return copy(1);
        }
        substitute(end - at_, raw_.substr(at_ + 1, end - at_ - 1));
    }

    void braced_element() {
        size_t end = at_ + 2;
        while (end < raw_.size() && is_name(raw_[end])) ++end;
        if (end >= raw_.size() || raw_[end] != '}' || end == at_ + 2) {
            diagnostics_.error(span_ahead(end - at_), "expected `${NAME}`");
            return replace(end - at_, "0", true);
        }
        substitute(end + 1 - at_, raw_.substr(at_ + 2, end - at_ - 2));
    }

    void refuse(size_t length) {
        diagnostics_.error(span_ahead(length),
                           fmt::format("shell element `{}` is not supported", raw_.substr(at_, length)),
                           "`$1`, `$2` ... are the arguments of the script, `$NAME` is an environment variable");
        replace(length, "0", true);
    }

    void substitute(size_t length, std::string_view name) {
        if (is_digit(name.front())) return substitute_argument(length, name);
        if (shell_.any) return replace(length, name, true);
        const auto found = shell_.variables.find(std::string(name));
        if (found != shell_.variables.end()) return replace(length, found->second, true);
        std::vector<std::string_view> names;
        for (const auto& [known, value] : shell_.variables) names.push_back(known);
        std::string hint = did_you_mean(name, names);
        if (hint.empty())
            hint = fmt::format("set it for this run: {}=VALUE probevue ...; variables of scripts have no `$`", name);
        if (name == "__CPID" || name == "__CPNAME") hint = "it is known only with `-X PROGRAM`";
        diagnostics_.error(span_ahead(1), fmt::format("environment variable `{}` is not set", name), hint);
        replace(length, "0", true);
    }

    void substitute_argument(size_t length, std::string_view digits) {
        size_t number = 0;
        for (char digit : digits) number = std::min<size_t>(number * 10 + static_cast<size_t>(digit - '0'), 100000);
        if (number == 0) return refuse(length);
        if (shell_.any) return replace(length, fmt::format("argument_{}", digits), true);
        if (number <= shell_.arguments.size()) return replace(length, shell_.arguments[number - 1], true);
        const size_t given = shell_.arguments.size();
        if (missing_.insert(number).second)
            diagnostics_.error(span_ahead(1), fmt::format("argument `${}` is missing: {} given", number, given),
                               "arguments stand behind the name of the script");
        replace(length, "0", true);
    }

    Source& source_;
    std::string_view raw_;
    const ShellValues& shell_;
    Diagnostics& diagnostics_;
    size_t at_ = 0;
    bool line_begins_ = true;
    bool stopped_ = false;
    size_t stray_ = 0;
    std::set<size_t> missing_;  // arguments that have been told of: one message each
    size_t quotes_ = 0;
    struct PushedPacking {
        std::string_view label;
        uint32_t bytes;
    };
    std::vector<PushedPacking> packings_;
    uint32_t packing_ = 0;
    Span first_quote_;
};

Source Source::prepare(std::string name, std::string raw, const ShellValues& shell, Diagnostics& diagnostics) {
    Source source;
    source.name_ = std::move(name);
    source.raw_ = std::move(raw);
    if (source.raw_.starts_with(byte_order_mark)) {
        source.raw_.erase(0, byte_order_mark.size());
        source.mark_ = static_cast<uint32_t>(byte_order_mark.size());
    }
    source.index_lines();
    if (source.raw_.size() > max_bytes) {
        source.segments_ = {{0, 0, static_cast<uint32_t>(source.raw_.size()), false, false}};
        diagnostics.error({}, fmt::format("script is larger than {} KiB", max_bytes / 1024));
        return source;
    }
    Preparation(source, shell, diagnostics).run();
    return source;
}

}  // namespace probevue
