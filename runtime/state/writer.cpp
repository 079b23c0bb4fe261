#include "runtime/state/writer.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "runtime/engine/machine.h"
#include "runtime/sinks/json_line.h"
#include "runtime/sinks/written_file.h"
#include "runtime/state/value_json.h"
#include "runtime/values/narrow.h"

namespace probevue {
namespace {

// One line by itself would hardly be made smaller, and the text of a whole state may be large.
constexpr size_t compressed_at = 256 * 1024;  // bytes of text

const char* type_name(const RecordField& field) {
    switch (field.kind) {
        case FieldKind::integer:
            return field.is_signed ? "int" : "uint";
        case FieldKind::floating:
            return "double";
        case FieldKind::string:
            return "String";
        case FieldKind::mac:
            return "mac";
        case FieldKind::ip:
            return "ip";
        case FieldKind::timestamp:
            return "timestamp";
        case FieldKind::path:
            return "path";
        case FieldKind::stack:
            return "stack";
        case FieldKind::bytes:
            return "bytes";
        case FieldKind::list:
            return "list";
        case FieldKind::range:
            return "range";
        case FieldKind::dist:
            return "dist";
        case FieldKind::distinct:
            return "distinct";
    }
    return "";
}

// Lines of the state itself; the braces are written here.
template <typename Write>
void object(TextBuffer& to, Write&& write) {
    to.push('{');
    JsonObject members(to);
    write(members);
    to.push('}');
}

bool holds_stack(const RecordField& field) { return field.kind == FieldKind::stack; }

}  // namespace

StateWriter::StateWriter(const Program& program, const StateHead& head)
    : program_(program), of_host_(head.of_host()), context_(ZSTD_createCCtx()), hash_(XXH64_createState()) {
    // Damage shows when it is decompressed already, also to `zstd -t`.
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
    XXH64_reset(hash_.get(), 0);
    object(text_, [&](JsonObject& line) {
        line.number("probevue_state", state_version);
        line.string("program", head.program);
        line.string("script", head.script);
        line.strings("arguments", head.arguments);
        line.number("begin", head.begin_ns);
        line.objects("parts", head.parts, [](JsonObject& members, const StatePart& part) {
            members.string("host", part.host);
            members.string("run", part.run);
            members.number("sequence", part.sequence);
            members.string("stream", part.stream);
            members.number("shard", part.shard);
            members.number("shards", part.shards);
        });
    });
    end_line();
}

void StateWriter::end_line() {
    text_.push('\n');
    ++lines_;
    if (text_.size() >= compressed_at) compress(ZSTD_e_continue);
}

void StateWriter::compress(ZSTD_EndDirective how) {
    // Of the text, not of what zstd makes of it, which differs from version to version.
    XXH64_update(hash_.get(), text_.view().data(), text_.size());
    ZSTD_inBuffer in{text_.view().data(), text_.size(), 0};
    size_t left = 0;
    do {
        const size_t had = out_.size();
        out_.resize(had + ZSTD_CStreamOutSize());
        ZSTD_outBuffer out{out_.data() + had, out_.size() - had, 0};
        left = ZSTD_compressStream2(context_.get(), &out, &in, how);  // fails for want of memory only
        out_.resize(had + out.pos);
        if (ZSTD_isError(left)) throw std::bad_alloc();
    } while (in.pos < in.size || (how == ZSTD_e_end && left != 0));
    text_.clear();
}

void StateWriter::line(const Machine& machine, const StateLine& line) {
    object(text_, [&](JsonObject& object) {
        object.number("p", line.position);
        object.number("t", line.origin.time_ns);
        if (line.origin.pid != 0) object.number("pid", line.origin.pid);
        if (line.origin.tid != 0) object.number("tid", line.origin.tid);
        object.string("probe", line.origin.probe);
        if (line.section) {
            object.number("section", static_cast<int>(*line.section));
            object.string("id", line.text);
        } else if (line.layout == nullptr) {
            object.string("text", line.text);
        } else {
            object.number("record", line.layout - program_.records.data());
            object.key("v");
            text_.push('[');
            append_all(text_, line.layout->fields, [&](const RecordField& field) {
                append_state_value(text_, machine, field, line.payload + field.offset);
            });
        }
    });
    end_line();
}

void StateWriter::line(std::string_view json, uint64_t position) {
    // Each line begins with its position (see the one above): what stands before the first comma is replaced, and the
    // rest goes over as it is.
    const size_t end = json.find(',');
    text_.append(fmt::format("{{\"p\":{}", position));
    text_.append(json.substr(std::min(end, json.size())));
    end_line();
}

void StateWriter::window(const Machine& machine, const StateWindow& window) {
    const bool last = window.due.empty();
    // Readers take the values in as they come: the line behind them says that the window is whole.
    variables(machine, last);
    object(text_, [&](JsonObject& line) {
        line.key(last ? "last" : "window");
        text_.push('[');
        append_all(text_, window.due,
                   [&](const StateDue& due) { text_.append(fmt::format("[{},{}]", due.time_ns, due.tuple)); });
        line.number("position", window.position);
        line.number("reached", window.reached_ns);
    });
    end_line();
}

bool StateWriter::tells(const MergeVariable* planned, bool last) const {
    if (planned == nullptr) return false;
    // What a host adds up outside of windows goes on growing: its last value holds those before. Its tables are its
    // own.
    if (planned->rule == MergeRule::sum) return last || !of_host_ || planned->merge_class == MergeClass::window;
    return planned->rule == MergeRule::table && last && !of_host_;
}

void StateWriter::variables(const Machine& machine, bool last) {
    for (uint32_t i = 0; i < program_.maps.size(); ++i) {
        const MapDescription& map = program_.maps[i];
        if (map.kind == MapKind::globals) {
            for (const VariableDescription& one : map.variables) variable(machine, one, last);
        } else if (map.kind == MapKind::array) {
            if (tells(program_.merge.find(map.layout.name, true), last)) array(machine, i);
        }
    }
}

void StateWriter::variable(const Machine& machine, const VariableDescription& variable, bool last) {
    const MergeVariable* planned = program_.merge.find(variable.name, false);
    if (!tells(planned, last)) return;
    object(text_, [&](JsonObject& line) {
        line.string("variable", variable.name);
        line.string("class", to_string(planned->merge_class));
        line.string("type", type_name(variable.value));
        line.key("v");
        // Globals are the first map. A narrow one has the bytes of its type alone, without the sign above them.
        uint64_t word;
        const std::byte* at = machine.maps.front().bytes() + variable.value.offset;
        if (variable.value.kind == FieldKind::integer) {
            std::memcpy(&word, at, sizeof word);
            narrow(reinterpret_cast<std::byte*>(&word), variable.value);
            at = reinterpret_cast<const std::byte*>(&word);
        }
        append_state_value(text_, machine, variable.value, at);
    });
    end_line();
}

void StateWriter::array(const Machine& machine, uint32_t map) {
    const ArrayLayout& layout = program_.maps[map].layout;
    const MergeVariable& planned = *program_.merge.find(layout.name, true);
    object(text_, [&](JsonObject& line) {
        line.string("array", layout.name);
        line.string("class", to_string(planned.merge_class));
        line.objects("keys", layout.keys, [&](JsonObject& members, const RecordField& key) {
            const auto number = static_cast<size_t>(&key - layout.keys.data());
            members.string("name", number < layout.key_names.size() ? layout.key_names[number] : std::string());
            members.string("type", type_name(key));
        });
        line.string("type", type_name(layout.value));
        line.number("elements", machine.maps[map].array->size());
    });
    end_line();
    machine.maps[map].array->for_each([&](const std::byte* key, const std::byte* value) {
        text_.append("{\"k\":[");
        append_all(text_, layout.keys,
                   [&](const RecordField& field) { append_state_value(text_, machine, field, key + field.offset); });
        text_.append(",\"v\":");
        append_state_value(text_, machine, layout.value, value);
        text_.push('}');
        end_line();
    });
}

std::string StateWriter::finish(const StateFigures& figures) {
    // The hash is of all lines before this one: they have to go through it first.
    compress(ZSTD_e_continue);
    const uint64_t hash = XXH64_digest(hash_.get());
    object(text_, [&](JsonObject& line) {
        line.number("end", lines_);
        line.string("hash", fmt::format("{:016x}", hash));
        if (figures.next_after_ns != 0) line.number("next_after", figures.next_after_ns);
        if (figures.started_ns != 0) line.number("started", figures.started_ns);
        line.key("figures");
        object(text_, [&](JsonObject& members) {
            for (const auto& [name, value] : figures.figures) members.number(name, value);
        });
        line.key("clauses");
        text_.push('[');
        append_all(text_, figures.clauses,
                   [&](const auto& clause) { text_.append(fmt::format("[{},{}]", clause.first, clause.second)); });
    });
    text_.push('\n');
    compress(ZSTD_e_end);
    return std::move(out_);
}

Result<bool> write_state_file(const std::string& path, std::string_view bytes) {
    constexpr const char* what_to_do = "--state-out takes a file in a directory that can be written";
    if (path == "-") {
        if (write_bytes(STDOUT_FILENO, bytes)) return true;
        // No error: the reader may have ended first.
        if (errno == EPIPE) return false;
        return fail(fmt::format("cannot write the state to `standard output`: {}", std::strerror(errno)), what_to_do);
    }
    const auto failed = [&](const Error& why) {
        return fail(fmt::format("cannot write the state to `{}`: {}", path, why.message),
                    why.hint.empty() ? what_to_do : why.hint);
    };
    // As with any file that a program writes, the umask says who may read it.
    Result<WholeFile> file = WholeFile::begin(path, 0666);
    if (!file) return failed(file.error());
    if (Status written = file->write(bytes); !written) return failed(written.error());
    // Synced: it may take the place of an earlier state, and after a crash one of the two has to be there.
    if (Status finished = file->finish(true); !finished) return failed(finished.error());
    return true;
}

std::string state_obstacle(const Program& program) {
    for (const MapDescription& map : program.maps) {
        if (map.kind != MapKind::array) continue;
        const ArrayLayout& layout = map.layout;
        if (std::any_of(layout.keys.begin(), layout.keys.end(), holds_stack) || holds_stack(layout.value))
            return fmt::format("`{}` holds stacks, which mean something on their own machine only", layout.name);
    }
    for (const RecordLayout& record : program.records) {
        if (std::any_of(record.fields.begin(), record.fields.end(), holds_stack))
            return "a printf prints stacks, which mean something on their own machine only";
    }
    return {};
}

}  // namespace probevue
