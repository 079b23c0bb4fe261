#include "runtime/sources/recording.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

#include "builtins/base/address.h"
#include "builtins/unknown.h"
#include "compiler/program/program.h"

namespace probevue {

using recording::BlockType;
using recording::ClockMark;
using recording::FieldType;
using recording::Widening;

namespace {

template <typename T>
T swapped(T value) {
    if constexpr (sizeof(T) == 2) return static_cast<T>(__builtin_bswap16(static_cast<uint16_t>(value)));
    if constexpr (sizeof(T) == 4) return static_cast<T>(__builtin_bswap32(static_cast<uint32_t>(value)));
    if constexpr (sizeof(T) == 8) return static_cast<T>(__builtin_bswap64(static_cast<uint64_t>(value)));
    return value;
}

bool is_integer(FieldType type) { return type == FieldType::unsigned_ || type == FieldType::signed_; }

// Can values of the file's type be kept in a field of the frame?
bool fits(FieldType type, ValueKind kind) {
    switch (kind) {
        case ValueKind::string:
            return type == FieldType::string;
        case ValueKind::ip:
            return type == FieldType::ip_address;
        case ValueKind::mac:
            return type == FieldType::hardware;
        default:
            return is_integer(type);
    }
}

// How compiled code expects values of this kind in 64 bits.
Widening widening_of(ValueKind kind) {
    switch (kind) {
        case ValueKind::u8:
            return {1, false};
        case ValueKind::s8:
            return {1, true};
        case ValueKind::u16:
            return {2, false};
        case ValueKind::s16:
            return {2, true};
        case ValueKind::u32:
            return {4, false};
        case ValueKind::s32:
            return {4, true};
        default:
            return {8, false};
    }
}

// Writes what was read as it lies in memory here. False: that is not known, or it is of a kind that is not known.
bool convert(CapturedKind kind, std::span<const uint8_t> bytes, bool swap, std::span<std::byte> to) {
    if (kind == CapturedKind::descriptor && bytes.size() != sizeof(CapturedDescriptor)) return false;
    if (kind > CapturedKind::packet) return false;
    if (!bytes.empty()) std::memcpy(to.data(), bytes.data(), bytes.size());
    if (!swap || kind == CapturedKind::user_text || kind == CapturedKind::kernel_text || kind == CapturedKind::packet)
        return true;
    const auto turn = [&](size_t offset, auto value) {
        std::memcpy(&value, to.data() + offset, sizeof value);
        value = swapped(value);
        std::memcpy(to.data() + offset, &value, sizeof value);
    };
    switch (kind) {
        case CapturedKind::kernel_stack:
        case CapturedKind::user_stack:
            for (size_t at = 0; at + 8 <= bytes.size(); at += 8) turn(at, uint64_t{0});
            return true;
        case CapturedKind::descriptor:
            for (const size_t at : {offsetof(CapturedDescriptor, mode), offsetof(CapturedDescriptor, inode),
                                    offsetof(CapturedDescriptor, file_system),
                                    offsetof(CapturedDescriptor, local_address) + offsetof(IpAddress, family),
                                    offsetof(CapturedDescriptor, remote_address) + offsetof(IpAddress, family),
                                    offsetof(CapturedDescriptor, round_trip_us)})
                turn(at, uint64_t{0});
            for (const size_t at :
                 {offsetof(CapturedDescriptor, local_port), offsetof(CapturedDescriptor, remote_port)})
                turn(at, uint32_t{0});
            return true;
        default:
            return false;  // numbers of a program: only it knows how wide they are
    }
}

// Texts of the file in messages: short, and without what a terminal would obey.
std::string quoted(std::string_view text) {
    constexpr size_t longest = 64;
    std::string out;
    for (const char c : text.substr(0, longest)) out += c >= ' ' && c < 0x7f ? c : '?';
    return "`" + out + (text.size() > longest ? "..." : "") + "`";
}

}  // namespace

std::string event_target(const ProbeRequest& request) {
    if (request.kind == ProbeKind::interval_pid) return fmt::format("{} ms", request.interval_ms());
    if (const auto* of_user = request.as<UserFunctionProbe>())
        return fmt::format("{}:{}:{}", of_user->program, of_user->module, of_user->name);
    return request.name();
}

// Reads on, and remembers when there was not enough.
class RecordingReader::Cursor {
public:
    explicit Cursor(std::span<const uint8_t> data) : data_(data) {}

    void set_swapped(bool value) { swapped_ = value; }
    template <typename T>
    T get() {
        T value{};
        const std::span<const uint8_t> bytes = take(sizeof value);
        if (bytes.size() != sizeof value) return 0;
        std::memcpy(&value, bytes.data(), sizeof value);
        return swapped_ ? swapped(value) : value;
    }
    uint64_t integer(size_t size) {
        switch (size) {
            case 1:
                return get<uint8_t>();
            case 2:
                return get<uint16_t>();
            case 4:
                return get<uint32_t>();
            default:
                return get<uint64_t>();
        }
    }
    std::span<const uint8_t> take(size_t size) {
        if (size > data_.size()) {
            short_ = true;
            data_ = {};
            return {};
        }
        const std::span<const uint8_t> bytes = data_.first(size);
        data_ = data_.subspan(size);
        return bytes;
    }
    std::string_view text(size_t size) {
        const std::span<const uint8_t> bytes = take(size);
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
    void pad(size_t size) { take((4 - size % 4) % 4); }
    size_t left() const { return data_.size(); }
    bool is_swapped() const { return swapped_; }
    bool ran_short() const { return short_; }

private:
    std::span<const uint8_t> data_;
    bool swapped_ = false;
    bool short_ = false;
};

size_t RecordingReader::Described::bytes() const {
    constexpr size_t kept_beside = 128;  // by who asks for shapes
    return sizeof *this + kept_beside + shape.target.size() + shape.fields.size() * sizeof shape.fields.front() +
           entries.size() * sizeof entries.front();
}

bool RecordingReader::Described::operator==(const Described& other) const {
    return known == other.known && session == other.session && entries == other.entries &&
           shape.kind == other.shape.kind && shape.skipped == other.shape.skipped && shape.target == other.shape.target;
}

RecordingReader::RecordingReader() : frame_(event_frame_size()), unknown_(frame_) {
    event_.is_packet = false;
    for (const EventFieldRow& row : event_fields()) {
        const int64_t value = value_when_unknown(row.field);
        if (value != 0) std::memcpy(unknown_.data() + row.offset, &value, sizeof value);
    }
}

Result<RecordingReader::Item> RecordingReader::read(uint32_t enterprise, std::span<const uint8_t> data) {
    if (enterprise != recording::enterprise || data.size() < recording::head_size) return Item::nothing;
    Cursor in(data);
    const auto magic = in.get<uint32_t>();
    if (magic != recording::magic && magic != swapped(recording::magic)) return Item::nothing;
    in.set_swapped(magic != recording::magic);
    recording_ = true;
    const auto version = in.get<uint8_t>();
    const auto type = static_cast<BlockType>(in.get<uint8_t>());
    in.get<uint16_t>();
    if (version != recording::version) {
        if (foreign_version_ != 0) return Item::nothing;
        foreign_version_ = version == 0 ? 256 : version;
        return Item::foreign;
    }
    switch (type) {
        case BlockType::shape:
            return read_shape(in);
        case BlockType::event:
            return read_event(in);
        case BlockType::clock:
            return read_clock(in);
        case BlockType::end:
            return read_end(in);
    }
    return Item::nothing;
}

Result<RecordingReader::Item> RecordingReader::read_shape(Cursor& in) {
    if (shapes_.size() == recording::most_shapes)
        return fail(fmt::format("more than {} kinds of events", recording::most_shapes));
    Described described;
    const auto number = in.get<uint32_t>();
    const auto fields = in.get<uint16_t>();
    const auto kind_size = in.get<uint16_t>();
    const auto target_size = in.get<uint16_t>();
    described.shape.skipped = in.get<uint16_t>();
    const std::string_view kind = in.text(kind_size);
    described.shape.target = in.text(target_size);
    in.pad(size_t{kind_size} + target_size);
    if (in.ran_short()) return fail("a description of events that ends too early");
    if (fields > recording::most_fields) return fail(fmt::format("a description of events with {} fields", fields));
    described.session = kind == recording::session_kind;
    if (const ProbeKindRow* row = find_recorded_kind(kind); row != nullptr) {
        described.shape.kind = row->kind;
        described.known = true;
    }
    for (uint16_t i = 0; i < fields; ++i) {
        if (Status status = read_field(in, described); !status) return status.error();
    }
    // That goes with the kind, and takes no bytes of a file.
    const std::vector<EventShape::Field>& held = described.shape.fields;
    const bool named = std::any_of(held.begin(), held.end(),
                                   [](const EventShape::Field& field) { return field.field == EventField::call_name; });
    if (described.known && contains(socket_call_probes, described.shape.kind) && !named)
        described.shape.fields.push_back({EventField::call_name, true});
    Described*& kept = by_number_[number];
    if (kept != nullptr && *kept == described) {  // recordings that were put one behind the other
        shape_ = &kept->shape;
        return Item::nothing;
    }
    described_ += described.bytes();
    if (described_ > recording::most_described)
        return fail(fmt::format("descriptions of events that take more than {} MB", recording::most_described >> 20));
    kept = &shapes_.emplace_back(std::move(described));
    shape_ = &kept->shape;
    return kept->known ? Item::shape : Item::nothing;
}

Status RecordingReader::read_field(Cursor& in, Described& described) {
    Entry entry;
    entry.type = static_cast<FieldType>(in.get<uint8_t>());
    in.get<uint8_t>();
    entry.size = in.get<uint16_t>();
    const auto name_size = in.get<uint16_t>();
    in.get<uint16_t>();
    const std::string_view name = in.text(name_size);
    in.pad(name_size);
    if (in.ran_short()) return fail("a description of events that ends too early");
    if (entry.type > FieldType::hardware)
        return fail(fmt::format("the field {} is of the type {}, which is not known", quoted(name),
                                static_cast<unsigned>(entry.type)));
    const bool odd = entry.size != 1 && entry.size != 2 && entry.size != 4 && entry.size != 8;
    if (is_integer(entry.type) && odd)
        return fail(fmt::format("the field {} is a number of {} bytes", quoted(name), entry.size));
    if (is_integer(entry.type)) entry.in_file = {entry.size, entry.type == FieldType::signed_};
    const EventFieldRow* row = find_event_field(name);
    if (row != nullptr && (entry.type == FieldType::absent || fits(entry.type, row->type.kind))) {
        entry.row = row;
        entry.in_frame = widening_of(row->type.kind);
        described.shape.fields.push_back({row->field, entry.type == FieldType::absent});
    }
    described.entries.push_back(entry);
    return {};
}

// Most values are integers: they are read here, without a call. False: a value is no value of its type.
bool RecordingReader::read_values(Cursor& in, const std::vector<Entry>& entries) {
    for (const Entry& entry : entries) {
        if (!is_integer(entry.type)) {
            if (!read_value(in, entry)) return false;
            continue;
        }
        const uint64_t value = entry.in_frame(entry.in_file(in.integer(entry.size)));
        if (entry.row != nullptr) std::memcpy(frame_.data() + entry.row->offset, &value, sizeof value);
    }
    return true;
}

// One that is no integer.
bool RecordingReader::read_value(Cursor& in, const Entry& entry) {
    std::byte* const to = entry.row == nullptr ? nullptr : frame_.data() + entry.row->offset;
    switch (entry.type) {
        case FieldType::absent:
            return true;
        case FieldType::string: {
            const auto size = in.get<uint16_t>();
            if (size > entry.size) return false;
            const std::string_view text = in.text(size);
            if (to == nullptr) return true;
            const size_t room = entry.row->type.size;
            std::memset(to, 0, room);
            if (!text.empty()) std::memcpy(to, text.data(), std::min(text.size(), room));
            return true;
        }
        case FieldType::ip_address: {
            const auto family = in.get<uint8_t>();
            if (family != 4 && family != 6) return false;
            IpAddress address;
            const std::span<const uint8_t> bytes = in.take(family == 4 ? 4 : 16);
            std::copy(bytes.begin(), bytes.end(), address.bytes.begin());
            address.family = family == 4 ? IpAddress::v4 : IpAddress::v6;
            if (to != nullptr) std::memcpy(to, &address, sizeof address);
            return true;
        }
        case FieldType::hardware: {
            uint64_t value = 0;
            for (const uint8_t byte : in.take(6)) value = value << 8 | byte;
            if (to != nullptr) std::memcpy(to, &value, sizeof value);
            return true;
        }
        case FieldType::unsigned_:
        case FieldType::signed_:
            break;
    }
    return false;
}

void RecordingReader::clear_frame(ProbeKind kind) {
    std::copy(unknown_.begin(), unknown_.end(), frame_.begin());
    if (!contains(socket_call_probes, kind)) return;
    const std::string name = tapset_name(kind);
    const EventFieldRow& row = event_field(EventField::call_name);
    std::memcpy(frame_.data() + row.offset, name.data(), std::min<size_t>(name.size(), row.type.size));
}

Result<RecordingReader::Item> RecordingReader::read_event(Cursor& in) {
    const auto number = in.get<uint32_t>();
    const auto at = by_number_.find(number);
    if (at == by_number_.end()) return fail("an event of a kind that was not described");
    const Described& described = *at->second;
    event_.cpu = in.get<uint32_t>();
    event_.time_ns = in.get<uint64_t>();
    time_ns_ = event_.time_ns;
    if (!described.known && !described.session) return Item::nothing;
    // Fields that this shape has are written over, those that the one before had are not.
    if (event_.shape != &described.shape) clear_frame(described.shape.kind);
    event_.shape = &described.shape;
    const bool good = read_values(in, described.entries);
    if (in.ran_short()) return fail("an event that ends too early");
    if (!good) return fail("an event with a value that its type cannot have");
    if (Status status = read_reads(in); !status) return status.error();
    const auto number_of = [&](EventField field) {
        int64_t value = 0;
        std::memcpy(&value, frame_.data() + event_field(field).offset, sizeof value);
        return value;
    };
    event_.pid = number_of(EventField::pid);
    event_.tid = number_of(EventField::tid);
    event_.fields = frame_.data();
    if (described.session) {
        session_pid_ = event_.pid;
    }
    std::memcpy(frame_.data() + event_field(EventField::session_pid).offset, &session_pid_, sizeof session_pid_);
    return described.session ? Item::begin : Item::event;
}

// What was read for clauses at the moment of the event stands behind the values, if anything does but padding.
Status RecordingReader::read_reads(Cursor& in) {
    reads_.clear();
    words_.clear();
    event_.reads = {};
    constexpr size_t least = 4;
    if (in.left() < least) return {};
    const auto count = in.get<uint32_t>();
    if (count > recording::most_reads) return fail(fmt::format("an event with {} reads", count));
    std::vector<size_t> places;
    for (uint32_t i = 0; i < count; ++i) {
        CapturedBytes read;
        read.kind = static_cast<CapturedKind>(in.get<uint8_t>());
        read.ended = in.get<uint8_t>() != 0;
        in.get<uint16_t>();
        read.size = in.get<uint32_t>();
        read.key = in.get<uint64_t>();
        const std::span<const uint8_t> bytes = in.take(read.size);
        if (in.ran_short()) return fail("an event that ends too early");
        const size_t place = words_.size();
        words_.resize(place + (read.size + 7) / 8);
        if (!convert(read.kind, bytes, in.is_swapped(), std::as_writable_bytes(std::span(words_).subspan(place)))) {
            words_.resize(place);
            continue;
        }
        reads_.push_back(read);
        places.push_back(place);
    }
    for (size_t i = 0; i < reads_.size(); ++i)
        reads_[i].bytes = reinterpret_cast<const std::byte*>(words_.data() + places[i]);
    event_.reads = reads_;
    return {};
}

Result<RecordingReader::Item> RecordingReader::read_clock(Cursor& in) {
    const auto mark = static_cast<ClockMark>(in.get<uint32_t>());
    in.get<uint32_t>();
    time_ns_ = in.get<uint64_t>();
    shift_ns_ = static_cast<int64_t>(in.get<uint64_t>());
    if (in.ran_short()) return fail("a mark of the clock that ends too early");
    switch (mark) {
        case ClockMark::timers:
            return Item::timers;
        case ClockMark::reached:
            return Item::reached;
        case ClockMark::shifted:
            return Item::shifted;
    }
    return Item::nothing;
}

Result<RecordingReader::Item> RecordingReader::read_end(Cursor& in) {
    time_ns_ = in.get<uint64_t>();
    losses_.events = in.get<uint64_t>();
    losses_.packets = in.get<uint64_t>();
    losses_.interface_drops = in.get<uint64_t>();
    if (in.ran_short()) return fail("an end of a recording that ends too early");
    return Item::end;
}

}  // namespace probevue
