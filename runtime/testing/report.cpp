#include "runtime/testing/report.h"

#include <fmt/format.h>

#include <string_view>

#include "builtins/base/shown.h"
#include "builtins/base/text.h"
#include "runtime/sinks/json_line.h"

namespace probevue {
namespace {

class TextReport final : public TestReport {
public:
    TextReport(bool colored, bool all) : colored_(colored), all_(all) {}

    std::string result(const TestResult& result) const override {
        std::string out;
        for (const std::string& file : result.written) out += fmt::format("wrote {}\n", shown(file));
        const std::string name = shown(result.name);
        if (result.passed()) return all_ ? out + fmt::format("pass {} ({:.3f} s)\n", name, result.seconds) : out;
        out += fmt::format("{} {}{}{}\n", in("1;31", "FAIL"), name, result.about.empty() ? "" : ": ",
                           escape(result.about));
        for (const std::string& reason : result.reasons) out += fmt::format("  {}\n", shown(reason));
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
            out += fmt::format("coverage: {}: {} of {} clauses fired\n", shown(script), some, of_script.size());
            for (const auto& [at, clause] : of_script) {
                if (clause.matched != 0) continue;
                out += fmt::format("  {}:{}:{}: {} {}\n", shown(script), at.first, at.second, shown(clause.probe),
                                   why(clause));
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
            line.objects("clauses", of_script, [](JsonObject& to, const auto& clause) {
                to.number("line", clause.first.first);
                to.number("column", clause.first.second);
                to.string("probe", clause.second.probe);
                to.number("events", clause.second.events);
                to.number("matched", clause.second.matched);
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
