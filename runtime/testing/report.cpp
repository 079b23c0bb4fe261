#include "runtime/testing/report.h"

#include <fmt/format.h>

#include <string_view>

#include "builtins/base/text.h"
#include "runtime/sinks/json_text.h"
#include "runtime/sinks/text_buffer.h"

namespace probevue {
namespace {

class TextReport final : public TestReport {
public:
    TextReport(bool colored, bool all) : colored_(colored), all_(all) {}

    std::string result(const TestResult& result) const override {
        std::string out;
        for (const std::string& file : result.written) out += fmt::format("wrote {}\n", file);
        if (result.passed()) return all_ ? out + fmt::format("pass {} ({:.3f} s)\n", result.name, result.seconds) : out;
        out += fmt::format("{} {}{}{}\n", in("1;31", "FAIL"), result.name, result.about.empty() ? "" : ": ",
                           escape(result.about));
        for (const std::string& reason : result.reasons) out += fmt::format("  {}\n", reason);
        return out + lines(result.difference);
    }

    std::string coverage(const Coverage& coverage) const override {
        std::string out;
        size_t clauses = 0;
        size_t all_fired = 0;
        for (const auto& [script, of_script] : coverage.scripts()) {
            const size_t some = fired(of_script);
            clauses += of_script.size();
            all_fired += some;
            if (some == of_script.size() && !all_) continue;
            out += fmt::format("coverage: {}: {} of {} clauses fired\n", script, some, of_script.size());
            for (const auto& [at, clause] : of_script) {
                if (clause.matched != 0) continue;
                out += fmt::format("  {}:{}:{}: {} {}\n", script, at.first, at.second, clause.probe, why(clause));
            }
        }
        if (clauses == 0) return out;
        return out + fmt::format("coverage: {} of {} clauses fired, {} {}\n", all_fired, clauses,
                                 coverage.scripts().size(), coverage.scripts().size() == 1 ? "script" : "scripts");
    }

    std::string totals(const TestTotals& totals) const override {
        return fmt::format("{} passed, {} failed{}\n", totals.passed, totals.failed,
                           totals.written == 0 ? ""
                                               : fmt::format(", {} {} written", totals.written,
                                                             totals.written == 1 ? "file" : "files"));
    }

private:
    static std::string why(const ClauseCoverage& clause) {
        if (clause.events == 0) return "never fired: no event";
        return fmt::format("never fired: its predicate held for none of {} events", clause.events);
    }

    std::string in(std::string_view color, std::string_view text) const {
        return colored_ ? fmt::format("\033[{}m{}\033[0m", color, text) : std::string(text);
    }

    // A difference, coloured.
    std::string lines(std::string_view difference) const {
        if (!colored_) return std::string(difference);
        std::string out;
        for (std::string_view line : split(difference, '\n')) {
            if (line.empty()) continue;
            const char sign = line.front();
            out += sign == '-'   ? in("31", line)
                   : sign == '+' ? in("32", line)
                   : sign == '@' ? in("36", line)
                                 : std::string(line);
            out += '\n';
        }
        return out;
    }

    bool colored_;
    bool all_;
};

// An object of JSON on a line of its own.
class JsonLine {
public:
    explicit JsonLine(std::string_view type) {
        text_.push('{');
        string("type", type);
    }

    void key(std::string_view name) {
        if (text_.size() > 1) text_.push(',');
        append_json_string(text_, name);
        text_.push(':');
    }
    void string(std::string_view name, std::string_view value) {
        key(name);
        append_json_string(text_, value);
    }
    template <typename Number>
    void number(std::string_view name, Number value) {
        key(name);
        text_.append(fmt::format("{}", value));
    }
    template <typename Strings>
    void strings(std::string_view name, const Strings& values) {
        key(name);
        text_.push('[');
        append_all(text_, values, [&](const std::string& value) { append_json_string(text_, value); });
    }
    TextBuffer& buffer() { return text_; }

    std::string take() {
        text_.append("}\n");
        return std::string(text_.view());
    }

private:
    TextBuffer text_;
};

class JsonReport final : public TestReport {
public:
    std::string result(const TestResult& result) const override {
        JsonLine line("test");
        line.string("name", result.name);
        line.string("status", result.passed() ? "passed" : "failed");
        line.key("seconds");
        line.buffer().append(fmt::format("{:.6f}", result.seconds));
        line.strings("reasons", result.reasons);
        line.string("difference", result.difference);
        line.strings("written", result.written);
        return line.take();
    }

    std::string coverage(const Coverage& coverage) const override {
        std::string out;
        for (const auto& [script, of_script] : coverage.scripts()) {
            JsonLine line("coverage");
            line.string("script", script);
            line.number("fired", fired(of_script));
            line.key("clauses");
            line.buffer().push('[');
            append_all(line.buffer(), of_script, [&](const auto& clause) {
                TextBuffer& to = line.buffer();
                to.append(
                    fmt::format("{{\"line\":{},\"column\":{},\"probe\":", clause.first.first, clause.first.second));
                append_json_string(to, clause.second.probe);
                to.append(fmt::format(",\"events\":{},\"matched\":{}}}", clause.second.events, clause.second.matched));
            });
            out += line.take();
        }
        return out;
    }

    std::string totals(const TestTotals& totals) const override {
        JsonLine line("tests");
        line.number("passed", totals.passed);
        line.number("failed", totals.failed);
        line.number("written", totals.written);
        return line.take();
    }
};

}  // namespace

std::unique_ptr<TestReport> text_report(bool colored, bool all) { return std::make_unique<TextReport>(colored, all); }
std::unique_ptr<TestReport> json_report() { return std::make_unique<JsonReport>(); }

}  // namespace probevue
