#include "runtime/session/recorded_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <tuple>
#include <utility>

#include "builtins/describe.h"
#include "builtins/unknown.h"

namespace probevue {

void RecordedFile::stop(const Error& what, uint64_t offset) {
    head_ = Head::none;
    status_ = fail(fmt::format("{}: damaged at byte {}: {}", reader_->name(), offset, what.message),
                   "what lies before was read; the rest cannot be trusted");
}

bool RecordedFile::counts_apart(ProbeKind kind) const {
    return std::any_of(shapes_.begin(), shapes_.end(),
                       [&](const EventShape* shape) { return shape->kind == kind && shape->skipped != 0; });
}

// The next item that the session has to see; the reader has come to `item`.
void RecordedFile::find_head(CaptureReader::Item item) {
    while (item == CaptureReader::Item::custom) {
        if (take_custom(reader_->custom())) return;
        item = reader_->next(packet_);
        head_ = Head::packet;
    }
    if (item == CaptureReader::Item::packet) return;
    head_ = Head::none;
    if (!reader_->status())
        status_ = reader_->status();
    else if (has_stream_end() && !std::exchange(stream_ended_, true))
        head_ = Head::stream_end;
}

// Whether the session has to see it.
bool RecordedFile::take_custom(const CustomBlock& block) {
    const Result<RecordingReader::Item> item = recording_.read(block.enterprise, block.data);
    if (!item) {
        stop(item.error(), block.offset);
        return true;
    }
    switch (*item) {
        case RecordingReader::Item::nothing:
            return false;
        case RecordingReader::Item::foreign:
            problem_ = fail(
                fmt::format(
                    "{}: at byte {}: events are recorded in version {} of the format, this probevue reads version {}",
                    reader_->name(), block.offset, recording_.foreign_version() & 0xff, recording::version),
                "packets are read, events are left out; a newer probevue reads them");
            return false;
        case RecordingReader::Item::shape:
            shapes_.push_back(&recording_.shape());
            return false;
        case RecordingReader::Item::begin:
            head_ = Head::begin;
            return true;
        case RecordingReader::Item::event:
            head_ = Head::event;
            return true;
        case RecordingReader::Item::timers:
            head_ = Head::timers;
            return true;
        case RecordingReader::Item::reached:
            head_ = Head::reached;
            return true;
        case RecordingReader::Item::shifted:
            head_ = Head::shifted;
            return true;
        case RecordingReader::Item::end:
            head_ = Head::end;
            has_end_ = true;
            losses_.events += recording_.losses().events;
            losses_.packets += recording_.losses().packets;
            losses_.interface_drops += recording_.losses().interface_drops;
            return true;
    }
    return false;
}

namespace {

// Do such events have the arguments that a script counts for this call?
bool has_arguments_of(const RecordedFile& file, const EventShape& shape, const SystemCall& call) {
    return shape.skipped == call.skipped || (shape.skipped == 0 && !file.counts_apart(shape.kind));
}

bool serves(const RecordedFile& file, const EventShape& shape, const ProbeRequest& request) {
    if (shape.kind != request.kind) return false;
    if (request.calls().empty() && shape.skipped != 0) return false;
    if (!request.calls().empty() &&
        std::none_of(request.calls().begin(), request.calls().end(),
                     [&](const SystemCall& call) { return has_arguments_of(file, shape, call); }))
        return false;
    const std::string target = event_target(request);
    return target.empty() || request.name() == "*" || shape.target == "*" || shape.target == target;
}

// As the script writes the built-in that reads the field.
std::string name_of(EventField field, ProbeKind kind) {
    for (const BuiltinRow& row : builtin_rows()) {
        const auto* from = std::get_if<EventField>(&row.from);
        if (from != nullptr && *from == field && row.unavailable.empty() && row.right.empty() &&
            contains(row.probes, kind)) {
            return spelled(row);
        }
    }
    return std::string(event_field(field).name);
}

// Fields that every session gives its events.
bool is_always_there(EventField field) {
    return field == EventField::pid || field == EventField::tid || field == EventField::session_pid;
}

// A field that a clause reads and the files do not hold.
Problem without(const FieldRead& read, ProbeKind kind, const std::string& files) {
    const bool text = event_field(read.field).type.kind == ValueKind::string;
    const std::string value = text ? "empty" : std::to_string(value_when_unknown(read.field));
    return {read.position,
            fail(fmt::format("`{}` is {} here: it was not recorded in {}", name_of(read.field, kind), value, files),
                 "record with a script that reads it")};
}

std::string names(const std::vector<RecordedFile>& files, bool recordings) {
    std::string out;
    for (const RecordedFile& file : files) {
        if (recordings && !file.recording().is_recording()) continue;
        out += (out.empty() ? "" : ", ") + file.reader().name();
    }
    return out;
}

}  // namespace

std::vector<uint32_t> tuples_of(const RecordedFile& file, const EventShape& shape,
                                const std::vector<BoundProbe>& probes, const std::vector<uint32_t>& among) {
    std::vector<uint32_t> out;
    for (const uint32_t tuple : among) {
        if (serves(file, shape, *probes[tuple].request)) out.push_back(tuple);
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::vector<Problem> not_recorded(const std::vector<BoundProbe>& probes, const std::vector<uint32_t>& tuples,
                                  const std::vector<RecordedFile>& files) {
    std::vector<Problem> problems;
    std::set<std::tuple<EventField, uint32_t, uint32_t>> told;
    const std::string recordings = names(files, true);
    for (const uint32_t tuple : tuples) {
        const ProbeRequest& request = *probes[tuple].request;
        std::set<EventField> held;
        std::vector<std::pair<const RecordedFile*, const EventShape*>> serving;
        for (const RecordedFile& file : files) {
            for (const EventShape* shape : file.shapes()) {
                if (!serves(file, *shape, request)) continue;
                serving.emplace_back(&file, shape);
                for (const EventShape::Field& field : shape->fields) held.insert(field.field);
            }
        }
        if (serving.empty()) {
            problems.push_back(
                {request.position,
                 recordings.empty()
                     ? fail(fmt::format("{} never fires: {} holds packets only", request.text, names(files, false)),
                            "record events with -w")
                     : fail(fmt::format("{} never fires: it was not enabled when {} was recorded", request.text,
                                        recordings),
                            "record with a script that has it")});
            continue;
        }
        for (const SystemCall& call : request.calls()) {
            if (std::any_of(serving.begin(), serving.end(),
                            [&](const auto& one) { return has_arguments_of(*one.first, *one.second, call); }))
                continue;
            problems.push_back(
                {request.position, fail(fmt::format("{} leaves out the calls of `{}`: they were not "
                                                    "recorded for it in {}",
                                                    request.text, system_call_name(call.number), recordings),
                                        "record with a script that has it")});
        }
        for (const FieldRead& read : probes[tuple].clause->reads) {
            if (held.contains(read.field) || is_always_there(read.field)) continue;
            if (!told.emplace(read.field, read.position.line, read.position.column).second) continue;
            problems.push_back(without(read, request.kind, recordings));
        }
    }
    return problems;
}

std::vector<Problem> owners_not_recorded(const std::vector<BoundProbe>& probes, const std::vector<uint32_t>& tuples,
                                         const std::vector<RecordedFile>& files) {
    std::vector<Problem> problems;
    if (std::any_of(files.begin(), files.end(), [](const RecordedFile& file) { return file.reader().tells_owners(); }))
        return problems;
    std::set<const ClauseCode*> told;
    for (const uint32_t tuple : tuples) {
        if (!told.insert(probes[tuple].clause).second) continue;
        for (const FieldRead& read : probes[tuple].clause->reads) {
            if (is_of_owner(read.field)) problems.push_back(without(read, ProbeKind::bpf, names(files, false)));
        }
    }
    return problems;
}

}  // namespace probevue
