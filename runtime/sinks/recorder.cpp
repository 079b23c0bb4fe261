#include "runtime/sinks/recorder.h"

#include <fmt/format.h>
#include <pcap/dlt.h>
#include <unistd.h>

#include <cstring>
#include <ctime>

#include "builtins/base/address.h"
#include "builtins/hooks.h"
#include "runtime/sinks/written_file.h"

namespace probevue {

using recording::BlockType;
using recording::ClockMark;
using recording::FieldType;

namespace {

// Of a field in the file.
struct FieldForm {
    FieldType type = FieldType::unsigned_;
    uint16_t size = 8;  // bytes
};

FieldForm form_of(ValueType type) {
    switch (type.kind) {
        case ValueKind::u8:
            return {FieldType::unsigned_, 1};
        case ValueKind::s8:
            return {FieldType::signed_, 1};
        case ValueKind::u16:
            return {FieldType::unsigned_, 2};
        case ValueKind::s16:
            return {FieldType::signed_, 2};
        case ValueKind::u32:
            return {FieldType::unsigned_, 4};
        case ValueKind::s32:
            return {FieldType::signed_, 4};
        case ValueKind::s64:
            return {FieldType::signed_, 8};
        case ValueKind::string:
            return {FieldType::string, type.size};
        case ValueKind::ip:
            return {FieldType::ip_address, 16};
        case ValueKind::mac:
            return {FieldType::hardware, 6};
        default:
            return {FieldType::unsigned_, 8};
    }
}

// What own_event_frame() of the dispatcher fills.
EventShape process_shape() {
    EventShape shape;
    for (const EventField field : session_fields()) shape.fields.push_back({field, false});
    return shape;
}

// Our file says that their numbers are in the order of this machine.
Error other_byte_order(const PacketInterface& interface) {
    return fail(fmt::format("cannot record packets of link type {}: their headers are in the byte order of another "
                            "machine",
                            link_type_name(interface.link_type)),
                header_order(interface.link_type) == HeaderOrder::turned
                    ? "`tcpdump -r FILE -w NEW` turns them round: replay and record NEW"
                    : "record on a machine of that byte order");
}

// "curl(4711), user 1000"
std::string owner_text(const PacketOwner& owner) {
    const std::string_view name(owner.name.data(), strnlen(owner.name.data(), owner.name.size()));
    const std::string user = owner.uid < 0 ? "" : fmt::format(", user {}", owner.uid);
    return fmt::format("{}({}){}", name.empty() ? "process" : name, owner.pid, user);
}

}  // namespace

Result<std::unique_ptr<Recorder>> Recorder::open(const std::string& path, RecordForm form) {
    int fd = STDOUT_FILENO;
    if (path != "-") {
        // What went over the wire is for nobody else to read.
        Result<Handle> file = open_written(path, 0600, Existing::kept);
        if (!file) {
            const Error& why = file.error();
            return fail(fmt::format("cannot record to `{}`: {}", path, why.message),
                        why.hint.empty()
                            ? "give -w the name of a file, in a folder that exists and that you may write to"
                            : why.hint,
                        ExitStatus::usage);
        }
        fd = file->release();
    }
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    const auto salt = static_cast<uint16_t>(now.tv_nsec / 1'000 ^ now.tv_sec ^ getpid());
    const bool piped = path == "-";
    auto writer = std::make_unique<PcapngWriter>(fd, piped ? "to standard output" : fmt::format("`{}`", path),
                                                 PcapngWriter::Section{.replaces = !piped});
    return std::make_unique<Recorder>(std::move(writer), salt, form);
}

Recorder::Recorder(std::unique_ptr<PcapngWriter> writer, uint16_t salt, RecordForm form)
    : writer_(std::move(writer)), form_(form), next_shape_(uint32_t{salt} << 16), process_(process_shape()) {
    events_.name = recording::exported::interface_name;
    events_.link_type = recording::exported::link_type;
}

void Recorder::head(BlockType type) {
    writer_->begin_custom(recording::enterprise);
    writer_->put(recording::magic);
    writer_->put(recording::version);
    writer_->put(static_cast<uint8_t>(type));
    writer_->put(uint16_t{0});
}

Status Recorder::flush() {
    Status status = writer_->flush();
    if (closed()) return {};
    return status ? refused_ : status;
}

// Ends a block of ours; `time_ns` is that of its packet, where it becomes one.
void Recorder::finish(uint64_t time_ns) {
    if (form_ == RecordForm::blocks) return writer_->end_block();
    exported(time_ns, {}, writer_->take_custom());
}

// The same of an event; `shape`: the number of what describes it.
void Recorder::finish_described(uint64_t time_ns, uint32_t shape) {
    if (form_ == RecordForm::blocks) return writer_->end_block();
    exported(time_ns, descriptions_[shape], writer_->take_custom());
}

void Recorder::exported(uint64_t time_ns, std::span<const std::byte> description, std::span<const std::byte> block) {
    constexpr std::string_view tags = recording::exported::tags;
    const auto* first = reinterpret_cast<const std::byte*>(tags.data());
    std::vector<std::byte> data(first, first + tags.size());
    data.insert(data.end(), description.begin(), description.end());
    data.insert(data.end(), block.begin(), block.end());
    PacketView packet;
    packet.time_ns = time_ns;
    packet.data = reinterpret_cast<const uint8_t*>(data.data());
    packet.captured = packet.wire_length = static_cast<uint32_t>(data.size());
    writer_->packet(known(events_).number, packet);
}

Recorder::Written& Recorder::known(const PacketInterface& interface) {
    const auto [at, added] = interfaces_.try_emplace(&interface);
    if (added) at->second.number = writer_->interface(interface);
    return at->second;
}

uint32_t Recorder::known(const EventShape& shape, std::string_view kind) {
    const auto [at, added] = shapes_.try_emplace(&shape, next_shape_);
    if (!added) return at->second;
    ++next_shape_;
    head(BlockType::shape);
    writer_->put(at->second);
    writer_->put(static_cast<uint16_t>(shape.fields.size()));
    writer_->put(static_cast<uint16_t>(kind.size()));
    writer_->put(static_cast<uint16_t>(shape.target.size()));
    writer_->put(shape.skipped);
    writer_->put_bytes(kind.data(), kind.size());
    writer_->put_bytes(shape.target.data(), shape.target.size());
    writer_->pad();
    for (const EventShape::Field& field : shape.fields) {
        const EventFieldRow& row = event_field(field.field);
        const FieldForm form = field.absent ? FieldForm{FieldType::absent, 0} : form_of(row.type);
        writer_->put(static_cast<uint8_t>(form.type));
        writer_->put(uint8_t{0});
        writer_->put(form.size);
        writer_->put(static_cast<uint16_t>(row.name.size()));
        writer_->put(uint16_t{0});
        writer_->put_bytes(row.name.data(), row.name.size());
        writer_->pad();
    }
    if (form_ == RecordForm::packets) {
        descriptions_[at->second] = writer_->take_custom();
    } else {
        writer_->end_block();
    }
    return at->second;
}

void Recorder::values(const EventShape& shape, const Event& event) {
    for (const EventShape::Field& field : shape.fields) {
        if (field.absent) continue;
        const EventFieldRow& row = event_field(field.field);
        const std::byte* const at = event.fields + row.offset;
        const FieldForm form = form_of(row.type);
        switch (form.type) {
            case FieldType::string: {
                const auto size = static_cast<uint16_t>(strnlen(reinterpret_cast<const char*>(at), form.size));
                writer_->put(size);
                writer_->put_bytes(at, size);
                break;
            }
            case FieldType::ip_address: {
                IpAddress address;
                std::memcpy(&address, at, sizeof address);
                const bool four = address.family == IpAddress::v4;
                writer_->put(static_cast<uint8_t>(four ? 4 : 6));
                writer_->put_bytes(address.bytes.data(), four ? 4 : 16);
                break;
            }
            case FieldType::hardware: {
                uint64_t value = 0;
                std::memcpy(&value, at, sizeof value);
                for (unsigned shift = 48; shift > 0; shift -= 8)
                    writer_->put(static_cast<uint8_t>(value >> (shift - 8)));
                break;
            }
            default: {
                uint64_t value = 0;
                std::memcpy(&value, at, sizeof value);
                switch (form.size) {
                    case 1:
                        writer_->put(static_cast<uint8_t>(value));
                        break;
                    case 2:
                        writer_->put(static_cast<uint16_t>(value));
                        break;
                    case 4:
                        writer_->put(static_cast<uint32_t>(value));
                        break;
                    default:
                        writer_->put(value);
                        break;
                }
            }
        }
    }
}

void Recorder::interface(const PacketInterface& interface) { known(interface); }

void Recorder::shape(const EventShape& shape) {
    if (const std::string_view kind = recorded_name(shape.kind); !kind.empty()) known(shape, kind);
}

void Recorder::begin(uint64_t time_ns, const std::byte* process) {
    Event event;
    event.time_ns = time_ns;
    event.fields = process;
    const uint32_t number = known(process_, recording::session_kind);
    head(BlockType::event);
    writer_->put(number);
    writer_->put(event.cpu);
    writer_->put(time_ns);
    values(process_, event);
    finish_described(time_ns, number);
}

void Recorder::clock(ClockMark mark, uint64_t time_ns, int64_t shift) {
    if (form_ == RecordForm::packets && mark != ClockMark::shifted) return;  // for replays
    head(BlockType::clock);
    writer_->put(static_cast<uint32_t>(mark));
    writer_->put(uint32_t{0});
    writer_->put(time_ns);
    writer_->put(static_cast<uint64_t>(shift));
    finish(time_ns);
}

void Recorder::timers(uint64_t time_ns) { clock(ClockMark::timers, time_ns, 0); }

void Recorder::shifted(uint64_t time_ns, int64_t by_ns) { clock(ClockMark::shifted, time_ns, by_ns); }

// An interval fired before something older showed up: a replay would see them the other way round.
void Recorder::catch_up(uint64_t time_ns) {
    if (time_ns < reached_) clock(ClockMark::reached, reached_, 0);
    reached_ = 0;
}

void Recorder::packet(const PacketView& packet, const PacketInterface& interface) {
    // Of BSD's loopback the link type of the file says it (PcapngWriter::interface()).
    if (interface.swapped && interface.link_type != DLT_NULL &&
        header_order(interface.link_type) != HeaderOrder::network) {
        if (refused_) refused_ = other_byte_order(interface);
        return;
    }
    if (reached_ != 0) catch_up(packet.time_ns);
    Written& written = known(interface);
    written.packets++;
    // Who reads the file counts its packets: what they come to need not be said.
    const uint64_t id = packet.number == ++packets_ ? 0 : recording::packet_id(written.number, packet.number);
    if (packet.owner != nullptr && form_ == RecordForm::packets)
        return writer_->packet(written.number, packet, id, owner_text(*packet.owner));
    if (packet.owner != nullptr) {
        const auto [at, added] = owners_.try_emplace(packet.owner->pid, *packet.owner);
        if (added || at->second != *packet.owner) writer_->process(*packet.owner);
        at->second = *packet.owner;
    }
    writer_->packet(written.number, packet, id);
}

void Recorder::event(const Event& event) {
    const std::string_view kind = recorded_name(event.shape->kind);
    if (kind.empty()) return;
    if (reached_ != 0) catch_up(event.time_ns);
    const uint32_t number = known(*event.shape, kind);
    head(BlockType::event);
    writer_->put(number);
    writer_->put(event.cpu);
    writer_->put(event.time_ns);
    values(*event.shape, event);
    if (!event.reads.empty()) reads(event.reads);
    finish_described(event.time_ns, number);
}

// As they lie in memory: the byte order is that of the file, but for what memory held, of which nobody knows it.
void Recorder::reads(std::span<const CapturedBytes> reads) {
    writer_->put(static_cast<uint32_t>(reads.size()));
    for (const CapturedBytes& read : reads) {
        writer_->put(static_cast<uint8_t>(read.kind));
        writer_->put(static_cast<uint8_t>(read.ended));
        writer_->put(uint16_t{0});
        writer_->put(static_cast<uint32_t>(read.size));
        writer_->put(read.key);
        writer_->put_bytes(read.bytes, read.size);
    }
}

void Recorder::end(uint64_t time_ns, std::span<const SourceEnd> sources) {
    uint64_t events = 0;
    uint64_t packets = 0;
    uint64_t drops = 0;
    for (const SourceEnd& source : sources) {
        if (source.interface == nullptr) {
            events += source.losses.buffer_full + source.losses.nested + source.losses.calls +
                      source.losses.calls_32bit + source.losses.filters;
            continue;
        }
        packets += source.losses.buffer_full;
        drops += source.losses.interface_drops;
        const Written& written = known(*source.interface);
        writer_->statistics(written.number, time_ns, written.packets, source.losses.buffer_full,
                            source.losses.interface_drops);
    }
    head(BlockType::end);
    for (const uint64_t value : {time_ns, events, packets, drops}) writer_->put(value);
    finish(time_ns);
}

}  // namespace probevue
