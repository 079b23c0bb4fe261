#include "tests/fuzz/replay.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "builtins/builtin.h"
#include "builtins/giving.h"
#include "builtins/packet.h"
#include "compiler/compile.h"
#include "runtime/jit/jit.h"
#include "runtime/session/session.h"
#include "runtime/sinks/csv_sink.h"
#include "runtime/sinks/html_sink.h"
#include "runtime/sinks/json_sink.h"
#include "runtime/sinks/output.h"
#include "runtime/sinks/text_sink.h"

namespace probevue::fuzz {

Program compiled(const std::string& name, const std::string& text) {
    CompileInput input;
    input.name = name;
    input.text = text;
    CompileOptions options;
    options.replay = true;
    options.tell_at_end = true;
    Compiled out = compile(std::move(input), options);
    if (!out.program) found("a program of the target does not compile", out.messages);
    return std::move(*out.program);
}

std::string program_text(const std::string& name) {
    std::ifstream file(fmt::format("{}/tests/fuzz/programs/{}.e", PROBEVUE_SOURCE_DIR, name), std::ios::binary);
    if (!file) found("there is no program", name);
    return {std::istreambuf_iterator<char>(file), {}};
}

namespace {

// Where a packet lies in memory is another place each time.
bool is_sound(const BuiltinRow& row) {
    return row.unavailable.empty() && row.right.empty() && row.type.kind != ValueKind::packet;
}

std::string spelled(const BuiltinRow& row) {
    return row.member.empty() ? std::string(row.name) : fmt::format("{}->{}", row.name, row.member);
}

std::string clause(std::string_view tuple, const std::vector<std::string>& names) {
    std::string out = fmt::format("{}\n{{\n", tuple);
    for (const std::string& name : names) out += fmt::format("    trace({});\n", name);
    return out + "}\n";
}

std::unique_ptr<Sink> make_sink(OutputFormat format, std::unique_ptr<Output> output) {
    SinkOptions options;
    options.resolve_names = false;
    switch (format) {
        case OutputFormat::html:
            return std::make_unique<HtmlSink>(std::move(output), options, ReportHead{"fuzz.e", "", {}, {}});
        case OutputFormat::json:
            return std::make_unique<JsonSink>(std::move(output), options);
        case OutputFormat::csv:
            return std::make_unique<CsvSink>(std::move(output), options);
        case OutputFormat::text:
            break;
    }
    return std::make_unique<TextSink>(std::move(output), options);
}

// Keeps what is written where it outlives the sink.
class KeptText final : public Output {
public:
    explicit KeptText(std::string& text) : text_(text) {}
    void write(Stream, std::string_view text) override { text_ += text; }
    Status status() const override { return {}; }
    bool closed() const override { return false; }
    bool joined() const override { return true; }

private:
    std::string& text_;
};

}  // namespace

std::string all_of_packets() {
    std::string out;
    std::set<std::string> traced;
    for (const ProtocolRow& protocol : protocols()) {
        std::vector<std::string> names;
        for (const BuiltinRow& row : builtin_rows()) {
            const bool is_filled = (row.protocols & static_cast<ProtocolSet>(protocol.protocol)) != 0;
            if (!is_sound(row) || !row.probes.contains(ProbeKind::bpf) || !is_filled) continue;
            // Once, where most packets come.
            if (traced.insert(spelled(row)).second) names.push_back(spelled(row));
        }
        if (!names.empty()) out += clause(fmt::format("@@net:bpf:any:{}:\"\"", protocol.name), names);
    }
    return out;
}

std::string all_of_events() {
    std::string out;
    for (const ProbeKindRow& kind : probe_kinds()) {
        // Those whose tuple is their name.
        if (kind.doc.empty()) continue;
        for (const ProbePointRow& point : probe_points()) {
            if (point.kind != kind.kind || !point.unavailable.empty()) continue;
            std::vector<std::string> names;
            for (const BuiltinRow& row : builtin_rows()) {
                if (is_sound(row) && is_visible(row, point) && !is_nobodys(row, point)) names.push_back(spelled(row));
            }
            if (!names.empty()) out += clause(fmt::format("@@{}", kind.name), names);
            break;
        }
    }
    return out;
}

std::string replayed(const Program& program, const std::string& path, EngineKind engine, OutputFormat format,
                     SessionTap* tap) {
    std::string out;
    SessionOptions options;
    options.replay = {path};
    options.engine.kind = engine;
    options.engine.max_elements = 4096;
    options.engine.max_threads = 256;
    options.engine.max_summaries = 1 << 20;
    // What bounds the time of an input: its packets, and the intervals that fire between them.
    options.end_after_events = 2'000;
    options.end_after_ns = 20'000'000'000;
    options.tap = tap;
    options.tap_matched = true;
    const std::unique_ptr<Sink> sink = make_sink(format, std::make_unique<KeptText>(out));
    std::vector<Problem> problems;
    const std::unique_ptr<Session> session = Session::create(program, std::move(options), *sink, problems);
    for (const auto& [position, error] : problems)
        sink->message(MessageKind::error, fmt::format("{}:{}: {}", position.line, position.column, error.message));
    if (session != nullptr) {
        const ExitStatus status = session->run();
        for (const std::string& remark : session->statistics().remarks()) sink->message(MessageKind::warning, remark);
        sink->message(MessageKind::note, fmt::format("status {}", static_cast<int>(status)));
    }
    sink->end({});
    static_cast<void>(sink->flush());
    return out;
}

std::string replay_on_engines(const Program& program, const std::string& path, OutputFormat format) {
    std::string interpreted = replayed(program, path, EngineKind::interpreter, format);
    if (!jit_available()) return interpreted;
    const std::string compiled = replayed(program, path, EngineKind::jit, format);
    if (interpreted == compiled) return interpreted;
    // A script may print where a packet lies in memory, which is another place each time: it does not say the same
    // twice on one engine either.
    for (const size_t size : {1'000, 100'000, 300'000}) {
        const auto elsewhere = std::make_unique<std::byte[]>(size);
        if (replayed(program, path, EngineKind::interpreter, format) != interpreted) return interpreted;
    }
    same("the engines differ", interpreted, compiled);
    return interpreted;
}

}  // namespace probevue::fuzz
