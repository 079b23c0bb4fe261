#include "runtime/sinks/text_sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "builtins/base/shown.h"
#include "runtime/sinks/array_order.h"
#include "runtime/sinks/array_text.h"
#include "runtime/sinks/folded_text.h"
#include "runtime/sinks/printf_text.h"

namespace probevue {

void TextSink::record(const RecordLayout& layout, const std::byte* payload, const RecordOrigin& origin) {
    if (!accept(origin)) return;
    const bool is_error = layout.kind == RecordKind::error_text;
    TextBuffer& to = sections_.open(is_error ? Stream::error : Stream::data);
    // By record: one of the two streams may be a terminal, and the other a file.
    context_.on_terminal = is_error ? options_.errors_on_terminal : options_.data_on_terminal;
    // A printf without a line end before it has begun this line already.
    if (prefixes() && sections_.at_line_start()) append_prefix(to, origin);
    if (layout.kind == RecordKind::trace) {
        for (const RecordField& field : layout.fields) append_trace(to, field, payload + field.offset, context_);
        to.push('\n');
    } else {
        append_record(to, layout, payload, context_);
    }
    sections_.close();
}

void TextSink::array(const ArrayLayout& layout, std::span<const ElementView> elements, const ArrayPrintOptions& options,
                     const RecordOrigin& origin) {
    if (!accept(origin)) return;
    TextBuffer& to = sections_.open(Stream::data);
    context_.on_terminal = options_.data_on_terminal;
    std::function<void(TextBuffer&)> prefix;
    if (prefixes()) prefix = [&](TextBuffer& buffer) { append_prefix(buffer, origin); };
    if (options.folded)
        append_folded(to, layout, elements, options, context_);
    else
        append_array(to, layout, elements, options, context_, prefix, options_.look);
    sections_.close();
}

void TextSink::table(const TableLayout& layout, std::span<const std::byte* const> rows, const RecordOrigin& origin) {
    if (!accept(origin)) return;
    TextBuffer& to = sections_.open(Stream::data);
    context_.on_terminal = options_.data_on_terminal;
    if (!layout.header.empty()) {
        if (prefixes()) append_prefix(to, origin);
        append_header(to, layout);
    }
    for (const std::byte* row : ordered_rows(layout, rows, context_.names)) {
        if (prefixes()) append_prefix(to, origin);
        append_record(to, layout.row, row, context_);
    }
    sections_.close();
}

void TextSink::append_header(TextBuffer& to, const TableLayout& layout) const {
    if (!options_.look.color) return append_labels(to, layout.row, layout.header);
    TextBuffer labels;
    append_labels(labels, layout.row, layout.header);
    std::string_view line = labels.view();
    const bool ends = line.ends_with('\n');
    if (ends) line.remove_suffix(1);
    to.append("\x1b[1m");
    to.append(line);
    to.append(ends ? "\x1b[0m\n" : "\x1b[0m");
}

void TextSink::text(std::string_view text, const RecordOrigin& origin) {
    if (!accept(origin)) return;
    TextBuffer& to = sections_.open(Stream::data);
    if (prefixes() && sections_.at_line_start()) append_prefix(to, origin);
    to.append(text);
    sections_.close();
}

void TextSink::append_prefix(TextBuffer& to, const RecordOrigin& origin) {
    switch (options_.time_prefix) {
        case TimePrefix::none:
            break;
        case TimePrefix::since_start:
            append_seconds(to, origin.time_ns, context_.start_ns);
            break;
        case TimePrefix::date:
            prefix_date_.append(to, origin.time_ns);
            append_digits(to, origin.time_ns % nanoseconds_a_second / 1000, 6);
            break;
        case TimePrefix::raw:
            append_unsigned(to, origin.time_ns);
            break;
    }
    if (options_.time_prefix != TimePrefix::none) to.push(' ');
    if (options_.thread_prefix) {
        to.push('[');
        append_signed(to, origin.tid);
        to.append("] ");
    }
}

// Whatever names it quotes: one line, and one with a hint.
void TextSink::message(MessageKind kind, std::string_view text) {
    constexpr std::string_view hint = "\nhint: ";
    if (text.ends_with('\n')) text.remove_suffix(1);
    // The last one: what is quoted before it may hold the same words.
    const size_t hint_at = std::min(text.rfind(hint), text.size());
    std::string said = shown(text.substr(0, hint_at));
    if (hint_at != text.size()) said += std::string(hint) + shown(text.substr(hint_at + hint.size()));
    if (!options_.color)
        return sections_.write_now(Stream::error, fmt::format("probevue: {}: {}\n", name_of(kind), said));
    const std::string_view paint = kind == MessageKind::error ? "1;31" : kind == MessageKind::warning ? "1;35" : "1;36";
    sections_.write_now(Stream::error, fmt::format("probevue: \x1b[{}m{}:\x1b[0m {}\n", paint, name_of(kind), said));
}

void TextSink::statistics(std::span<const Statistic> figures) {
    std::string lines;
    for (const Statistic& figure : figures) {
        lines += fmt::format("{}: {}{}{}\n", figure.name, figure.value, figure.unit.empty() ? "" : " ", figure.unit);
    }
    sections_.write_now(Stream::error, lines);
}

std::unique_ptr<Sink> make_text_sink(int data_fd, int error_fd, SinkOptions options) {
    auto output = std::make_unique<DescriptorOutput>(data_fd, error_fd, options.output_name);
    return std::make_unique<TextSink>(std::move(output), std::move(options));
}

}  // namespace probevue
