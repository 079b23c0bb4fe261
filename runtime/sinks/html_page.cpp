#include "runtime/sinks/html_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "runtime/sinks/base_sink.h"
#include "runtime/sinks/html_array.h"
#include "runtime/sinks/html_text.h"
#include "runtime/sinks/report_files.h"

namespace probevue {
namespace {

// Sections with their places for the list of contents.
class Page {
public:
    Page(const ReportHead& head, const ReportData& data, const ReportLimits& limits)
        : head_(head), data_(data), limits_(limits), sections_(limits, data.start_ns) {}

    std::string text() {
        variables();
        for (const ReportNumbers& numbers : data_.numbers) {
            if (numbers.times.size() < 3) continue;  // fewer are read more easily than a line
            std::string names;
            for (const std::string& name : numbers.names) names += (names.empty() ? "" : ", ") + name;
            section(names, sections_.numbers(numbers));
        }
        for (const ReportArray& array : data_.arrays) section(title_of(array.last), sections_.array(array));
        printed();
        script();
        figures();
        return fmt::format(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{}'; script-src "
            "'{}'; "
            "base-uri 'none'; form-action 'none'\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"generator\" "
            "content=\"probevue\">\n<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n{}<main>\n{}</main>\n{}"
            "<script>{}</script>\n</body>\n</html>\n",
            report_style_hash, report_script_hash, html(title()), report_style, header() + contents(), body_,
            messages(), report_script);
    }

private:
    // The script's name without its folder.
    std::string name() const { return head_.script_name.substr(head_.script_name.rfind('/') + 1); }
    std::string title() const { return name() + " · probevue"; }

    // An array that several clauses print, or in several ways, has a section for each.
    std::string title_of(const ReportPrint& print) const {
        const auto others = std::count_if(data_.arrays.begin(), data_.arrays.end(),
                                          [&](const ReportArray& one) { return one.last.name == print.name; });
        return others == 1 ? print.name : fmt::format("{} · {} of {}", print.name, print.how, print.probe);
    }

    void section(std::string_view name, std::string_view contents) {
        ++number_;
        body_ +=
            fmt::format("<section id=\"s{0}\" aria-labelledby=\"s{0}h\">\n<h2 id=\"s{0}h\">{1}</h2>\n{2}</section>\n",
                        number_, html(name), contents);
        links_ += fmt::format("<li><a href=\"#s{}\">{}</a></li>", number_, html(name));
    }

    std::string contents() const {
        return number_ < 2 ? "" : fmt::format("<nav aria-label=\"Contents\"><ul>{}</ul></nav>\n", links_);
    }

    std::string header() const {
        std::string out = fmt::format("<header>\n<h1>{}</h1>\n<dl>\n", html(name()));
        const auto fact = [&](std::string_view name, std::string_view value) {
            out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, value);
        };
        if (name() != head_.script_name) fact("Script", fmt::format("<code>{}</code>", html(head_.script_name)));
        std::string arguments;
        for (const std::string& argument : head_.arguments)
            arguments += fmt::format("{}<code>{}</code>", arguments.empty() ? "" : " ", html(argument));
        if (!arguments.empty()) fact("Arguments", arguments);
        const auto list = [](const std::vector<std::string>& files) {
            std::string names;
            for (const std::string& file : files)
                names += fmt::format("{}<code>{}</code>", names.empty() ? "" : ", ", html(file));
            return names;
        };
        if (!head_.merged.empty())
            fact("Source", "states " + list(head_.merged));
        else
            fact("Source", head_.replayed.empty() ? "live" : "replay of " + list(head_.replayed));
        if (data_.start_ns != 0) {
            fact("From", utc_text(data_.start_ns));
            fact("To", utc_text(data_.end_ns));
        }
        fact("Losses",
             data_.lost == 0 ? "none" : fmt::format("<strong class=\"bad\">{}</strong>", grouped(data_.lost)));
        return out + "</dl>\n</header>\n";
    }

    void variables() {
        if (data_.variables.empty()) return;
        std::string rows;
        for (const auto& [name, value] : data_.variables)
            rows += fmt::format("<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td></tr>\n", html(name), html(value));
        section(
            "Variables at the end",
            fmt::format("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Variables at the end\">"
                        "<table><caption>What no clause printed</caption><thead><tr><th scope=\"col\">name</th>"
                        "<th scope=\"col\" class=\"n\">value</th></tr></thead>\n<tbody>\n{}</tbody></table></div>\n",
                        rows));
    }

    void printed() {
        if (data_.lines == 0) return;
        std::string text;
        for (const std::string& line : data_.first_lines) text += html(line) + '\n';
        const uint64_t kept = data_.first_lines.size() + data_.last_lines.size();
        if (data_.lines > kept)
            text +=
                fmt::format("</pre>\n<p class=\"soft\">{} lines are not shown here; then:</p>\n<pre tabindex=\"0\">",
                            grouped(data_.lines - kept));
        for (const std::string& line : data_.last_lines) text += html(line) + '\n';
        section("Printed text", fmt::format("<p class=\"soft\">{} line{}</p>\n<pre tabindex=\"0\">{}</pre>\n",
                                            grouped(data_.lines), data_.lines == 1 ? "" : "s", text));
    }

    void script() {
        const std::string_view text = std::string_view(head_.script_text).substr(0, limits_.script_bytes);
        std::string out = fmt::format("<pre tabindex=\"0\"><code>{}</code></pre>\n", html(text));
        if (text.size() < head_.script_text.size())
            out +=
                fmt::format("<p class=\"soft\">{} bytes more</p>\n", grouped(head_.script_text.size() - text.size()));
        section("Script", out);
    }

    void figures() {
        if (data_.figures.empty()) return;
        std::string rows;
        for (const auto& [name, value] : data_.figures)
            rows += fmt::format("<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td></tr>\n", html(name), html(value));
        section(
            "Figures",
            fmt::format("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Figures of the session\">"
                        "<table><caption>Figures of the session</caption><thead><tr><th scope=\"col\">figure</th>"
                        "<th scope=\"col\" class=\"n\">value</th></tr></thead>\n<tbody>\n{}</tbody></table></div>\n",
                        rows));
    }

    std::string messages() const {
        if (data_.messages.empty()) return "";
        std::string out = "<footer>\n<h2>Messages</h2>\n<ul>\n";
        for (const auto& [kind, text] : data_.messages)
            out += fmt::format("<li class=\"{}\">{}: {}</li>\n",
                               kind == MessageKind::error     ? "bad"
                               : kind == MessageKind::warning ? "warn"
                                                              : "soft",
                               name_of(kind), html(text));
        if (data_.more_messages != 0) out += fmt::format("<li>{} more</li>\n", grouped(data_.more_messages));
        return out + "</ul>\n</footer>\n";
    }

    const ReportHead& head_;
    const ReportData& data_;
    const ReportLimits& limits_;
    HtmlSections sections_;
    std::string body_;
    std::string links_;
    unsigned number_ = 0;
};

}  // namespace

std::string report_page(const ReportHead& head, const ReportData& data, const ReportLimits& limits) {
    return Page(head, data, limits).text();
}

}  // namespace probevue
