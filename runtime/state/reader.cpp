// Lines come from files that anybody may have written: nothing is believed before it has been looked at.
#include "runtime/state/reader.h"

#include <fmt/format.h>
#include <simdjson.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "builtins/base/shown.h"
#include "runtime/engine/machine.h"
#include "runtime/sources/byte_stream.h"
#include "runtime/sources/shard.h"
#include "runtime/state/value_json.h"

namespace probevue {
namespace {

namespace dom = simdjson::dom;

Error no_state(const std::string& name, const std::string& why) {
    return fail(fmt::format("{}: {}", name, why), "states are what --state-out writes (docs/state-format.md)");
}

Error cut(const std::string& name) {
    return fail(fmt::format("{}: the state is cut off or has been changed", name),
                "write it again, or leave it out: what it holds is not counted");
}

template <typename T>
bool get(const dom::object& object, const char* name, T& out) {
    return object.at_key(name).get(out) == simdjson::SUCCESS;
}

bool get(const dom::object& object, const char* name, std::string& out) {
    std::string_view text;
    if (!get(object, name, text)) return false;
    out = text;
    return true;
}

bool get(const dom::object& object, const char* name, uint32_t& out) {
    uint64_t number = 0;
    if (!get(object, name, number) || number > UINT32_MAX) return false;
    out = static_cast<uint32_t>(number);
    return true;
}

// One line at a time; values are valid until the next. simdjson's tree, not its iteration on demand: that one leaves
// off at the first mistake, and all that is asked behind it is undefined.
class LineParser {
public:
    // `line` lies in memory with SIMDJSON_PADDING bytes behind it.
    bool parse(std::string_view line) {
        return parser_.parse(line.data(), line.size(), false).get(object) == simdjson::SUCCESS;
    }
    dom::object object;

private:
    dom::parser parser_;
};

// The lines of a text, without their ends.
class Lines {
public:
    explicit Lines(std::string_view text) : rest_(text) {}
    bool next(std::string_view& line) {
        const size_t end = rest_.find('\n');
        if (end == std::string_view::npos) return false;
        line = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return true;
    }
    std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
};

bool read_head(LineParser& parser, std::string_view line, StateHead& head, uint64_t& version) {
    if (!parser.parse(line) || !get(parser.object, "probevue_state", version)) return false;
    if (version != state_version) return true;
    dom::array arguments;
    if (!get(parser.object, "program", head.program) || !get(parser.object, "script", head.script) ||
        !get(parser.object, "arguments", arguments))
        return false;
    for (const dom::element one : arguments) {
        std::string_view text;
        if (one.get(text) != simdjson::SUCCESS) return false;
        head.arguments.emplace_back(text);
    }
    dom::array parts;
    if (!get(parser.object, "begin", head.begin_ns) || !get(parser.object, "parts", parts)) return false;
    for (const dom::element one : parts) {
        dom::object members;
        StatePart& part = head.parts.emplace_back();
        const bool whole = one.get(members) == simdjson::SUCCESS && get(members, "host", part.host) &&
                           get(members, "run", part.run) && get(members, "sequence", part.sequence) &&
                           get(members, "stream", part.stream) && get(members, "shard", part.shard) &&
                           get(members, "shards", part.shards) && part.shard >= 1 && part.shard <= part.shards &&
                           part.shards <= most_shards;
        if (!whole) return false;
    }
    return !head.parts.empty();
}

bool read_end(LineParser& parser, std::string_view line, uint64_t lines, std::string_view before,
              StateFigures& figures) {
    uint64_t counted = 0;
    std::string_view hash;
    dom::object members;
    dom::array clauses;
    if (!parser.parse(line) || !get(parser.object, "end", counted) || counted != lines ||
        !get(parser.object, "hash", hash) || hash != fmt::format("{:016x}", XXH64(before.data(), before.size(), 0)) ||
        !get(parser.object, "figures", members))
        return false;
    // Not there: 0.
    static_cast<void>(get(parser.object, "next_after", figures.next_after_ns));
    static_cast<void>(get(parser.object, "started", figures.started_ns));
    for (const auto& [name, member] : members) {
        uint64_t value = 0;
        if (member.get(value) != simdjson::SUCCESS) return false;
        figures.figures.emplace_back(name, value);
    }
    if (!get(parser.object, "clauses", clauses)) return false;
    for (const dom::element one : clauses) {
        dom::array pair;
        std::array<uint64_t, 2> numbers{};
        size_t at = 0;
        if (one.get(pair) != simdjson::SUCCESS) return false;
        for (const dom::element number : pair) {
            if (at == numbers.size() || number.get(numbers[at++]) != simdjson::SUCCESS) return false;
        }
        if (at != numbers.size()) return false;
        figures.clauses.emplace_back(numbers[0], numbers[1]);
    }
    return true;
}

// All bytes of a file, decompressed.
Result<std::string> read_all(const std::string& path) {
    Result<std::unique_ptr<ByteStream>> stream = open_file(path);
    if (!stream) return stream.error();
    ByteWindow window(std::move(*stream));
    if (Status opened = window.decompress(); !opened)
        return fail(fmt::format("{}: {}", path, opened.error().message), opened.error().hint);
    std::string out;
    // Memory that is not touched is none, and growing would hold all of it twice.
    constexpr uint64_t most_reserved = uint64_t{64} << 20;
    out.reserve(std::min(most_state_text(window.progress().size), most_reserved));
    while (window.need(1)) {
        const uint64_t most = most_state_text(window.progress().read);
        if (out.size() + window.available() > most)
            return no_state(path,
                            fmt::format("it makes more than {} MB of text, and no state of its size does", most >> 20));
        out.append(reinterpret_cast<const char*>(window.data()), window.available());
        window.skip(window.available());
    }
    if (!window.status()) return cut(path);
    return out;
}

bool read_window(LineParser& parser, std::string_view line, bool last, StateWindow& out) {
    dom::array due;
    if (!parser.parse(line) || !get(parser.object, last ? "last" : "window", due)) return false;
    for (const dom::element one : due) {
        dom::array pair;
        if (one.get(pair) != simdjson::SUCCESS) return false;
        StateDue& made = out.due.emplace_back();
        size_t at = 0;
        uint64_t tuple = 0;
        for (const dom::element part : pair) {
            if (at > 1 || part.get(at == 0 ? made.time_ns : tuple) != simdjson::SUCCESS) return false;
            ++at;
        }
        if (at != 2 || tuple > UINT32_MAX) return false;
        made.tuple = static_cast<uint32_t>(tuple);
    }
    return out.due.empty() == last && get(parser.object, "position", out.position) &&
           get(parser.object, "reached", out.reached_ns);
}

// Where values of a section go.
class Values {
public:
    Values(const StateText& state, Machine& machine) : state_(state), machine_(machine) {}

    Status add(std::string_view line) {
        if (!parser_.parse(line)) return wrong("a line is no JSON");
        if (line.starts_with("{\"k\"")) return element();
        std::string_view name;
        if (get(parser_.object, "array", name)) return array(name);
        if (get(parser_.object, "variable", name)) return variable(name);
        return wrong("a line says nothing that is known");
    }

private:
    Error wrong(const std::string& what) const { return no_state(state_.name, what); }

    Status array(std::string_view name) {
        for (size_t i = 0; i < machine_.maps.size(); ++i) {
            if (machine_.maps[i].kind != MapKind::array || machine_.program.maps[i].layout.name != name) continue;
            array_ = &machine_.maps[i];
            const MergeVariable* planned = machine_.program.merge.find(name, true);
            rule_ = planned == nullptr ? MergeRule::none : planned->rule;
            key_.assign(array_->layout->key_size / sizeof(uint64_t), 0);
            if (rule_ != MergeRule::none) return {};
        }
        return wrong(fmt::format("the script has no array `{}` that can be put together", name));
    }

    Status variable(std::string_view name) {
        const MergeVariable* planned = machine_.program.merge.find(name, false);
        for (const VariableDescription& one : machine_.program.maps.front().variables) {
            dom::element value;
            if (one.name != name || planned == nullptr || planned->rule != MergeRule::sum) continue;
            if (!get(parser_.object, "v", value) ||
                !add_state_value(value, machine_, one.value, machine_.maps.front().bytes() + one.value.offset))
                return wrong(fmt::format("the value of `{}` does not fit", name));
            return {};
        }
        return wrong(fmt::format("the script has no variable `{}` that can be put together", name));
    }

    Status element() {
        if (array_ == nullptr) return wrong("an element belongs to no array");
        const ArrayLayout& layout = *array_->layout;
        std::fill(key_.begin(), key_.end(), 0);
        auto* const key = reinterpret_cast<std::byte*>(key_.data());
        dom::array parts;
        size_t number = 0;
        if (!get(parser_.object, "k", parts)) return misfit();
        for (const dom::element part : parts) {
            if (number == layout.keys.size() ||
                !read_state_value(part, machine_, layout.keys[number], key + layout.keys[number].offset))
                return misfit();
            ++number;
        }
        dom::element value;
        if (number != layout.keys.size() || !get(parser_.object, "v", value)) return misfit();
        const bool there = rule_ == MergeRule::table && array_->array->find(key) != nullptr;
        if (there)
            return fail(fmt::format("{}: an element of `{}` is in two states", state_.name, layout.name),
                        "the parts are not split by the connection: use --shard or --split");
        std::byte* const at = array_->array->ref(key);
        if (at == nullptr) {
            ++machine_.counters.array_full;
            return {};
        }
        const bool sum = rule_ == MergeRule::sum || is_handle(layout.value.kind);
        return (sum ? add_state_value(value, machine_, layout.value, at)
                    : read_state_value(value, machine_, layout.value, at))
                   ? Status()
                   : Status(misfit());
    }

    Error misfit() const { return wrong(fmt::format("an element of `{}` does not fit", array_->layout->name)); }

    const StateText& state_;
    Machine& machine_;
    LineParser parser_;
    MapMemory* array_ = nullptr;
    MergeRule rule_ = MergeRule::none;
    std::vector<uint64_t> key_;
};

}  // namespace

Result<StateText> take_state(const std::string& name, std::string_view& text) {
    StateText out;
    out.name = name;
    LineParser parser;
    Lines lines(text);
    std::string_view line;
    std::string padded;
    const auto with_room = [&](std::string_view of) {
        padded.assign(of);
        padded.reserve(of.size() + simdjson::SIMDJSON_PADDING);
        return std::string_view(padded);
    };
    uint64_t version = 0;
    if (!lines.next(line) || !read_head(parser, with_room(line), out.head, version))
        return no_state(name, "this is no state");
    if (version != state_version)
        return no_state(name,
                        fmt::format("the state is of version {}, and this probevue reads {}", version, state_version));
    uint64_t number = 1;
    for (; lines.next(line); ++number) {
        if (!line.starts_with("{\"end\":")) continue;
        const auto before = static_cast<size_t>(line.data() - text.data());
        if (!read_end(parser, with_room(line), number, text.substr(0, before), out.figures)) return cut(name);
        out.size = before;
        out.text.reserve(before + simdjson::SIMDJSON_PADDING);
        out.text.assign(text.substr(0, before));
        text = lines.rest();
        return out;
    }
    return cut(name);
}

Result<std::vector<StateText>> read_states(const std::string& path) {
    Result<std::string> all = read_all(path);
    if (!all) return all.error();
    std::vector<StateText> out;
    std::string_view rest = *all;
    do {
        const std::string name = out.empty() ? path : fmt::format("{} (state {})", path, out.size() + 1);
        Result<StateText> state = take_state(name, rest);
        if (!state) return state.error();
        out.push_back(std::move(*state));
    } while (!rest.empty());
    return out;
}

Result<std::vector<StateSection>> sections_of(const StateText& state) {
    std::vector<StateSection> out(1);
    LineParser parser;
    Lines lines(state.text);
    std::string_view line;
    lines.next(line);  // the head
    bool ended = false;
    while (lines.next(line)) {
        if (ended) return no_state(state.name, "lines come behind the last window");
        if (line.starts_with("{\"p\":")) {
            PrintedLine printed{0, 0, line};
            if (!parser.parse(line) || !get(parser.object, "p", printed.position) ||
                !get(parser.object, "t", printed.time_ns))
                return no_state(state.name, "a printed line does not fit");
            out.back().printed.push_back(printed);
        } else if (const bool last = line.starts_with("{\"last\":"); last || line.starts_with("{\"window\":")) {
            if (!read_window(parser, line, last, out.back().end))
                return no_state(state.name, "the end of a window does not fit");
            ended = last;
            if (!last) out.emplace_back();
        } else {
            out.back().values.push_back(line);
        }
    }
    if (!ended) return no_state(state.name, "the last window has no end");
    return out;
}

Status add_values(const StateText& state, const StateSection& section, Machine& machine) {
    Values values(state, machine);
    for (const std::string_view line : section.values) {
        if (Status added = values.add(line); !added) return added;
    }
    return {};
}

struct LineReader::Parser {
    LineParser lines;
};

LineReader::LineReader() : parser_(std::make_unique<Parser>()) {}
LineReader::~LineReader() = default;

Status LineReader::read(const StateText& state, const PrintedLine& line, Machine& machine, ReadLine& out) {
    const auto wrong = [&] { return no_state(state.name, "a printed line does not fit"); };
    LineParser& parser = parser_->lines;
    out = {};
    if (!parser.parse(line.json) || !get(parser.object, "t", out.origin.time_ns)) return wrong();
    // Those that are not there are zero.
    static_cast<void>(get(parser.object, "pid", out.origin.pid));
    static_cast<void>(get(parser.object, "tid", out.origin.tid));
    if (!get(parser.object, "probe", out.probe)) return wrong();
    uint64_t number = 0;
    if (get(parser.object, "section", number)) {
        if (number > static_cast<uint64_t>(SectionStep::end_of_clause) || !get(parser.object, "id", out.text))
            return wrong();
        out.section = static_cast<SectionStep>(number);
        return {};
    }
    if (get(parser.object, "text", out.text)) {
        out.text = shown_lines(out.text);  // what clauses print so has no other characters
        return {};
    }
    dom::array fields;
    if (!get(parser.object, "record", number) || number >= machine.program.records.size() ||
        !get(parser.object, "v", fields))
        return wrong();
    out.layout = &machine.program.records[number];
    out.payload.assign((out.layout->size + 7) / 8, 0);
    auto* const payload = reinterpret_cast<std::byte*>(out.payload.data());
    size_t at = 0;
    for (const dom::element one : fields) {
        if (at == out.layout->fields.size() ||
            !read_state_value(one, machine, out.layout->fields[at], payload + out.layout->fields[at].offset))
            return wrong();
        ++at;
    }
    return at == out.layout->fields.size() ? Status() : Status(wrong());
}

}  // namespace probevue
