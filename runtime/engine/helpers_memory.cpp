// Our own memory, and that of the probed context: the packet, the process, the kernel.
#include <algorithm>
#include <array>
#include <cstring>

#include "runtime/engine/helpers.h"

namespace probevue::helpers {

namespace {

// The bytes of the current packet from `address` on; none when it lies outside.
std::string_view packet_at(const Machine& machine, uint64_t address) {
    const EngineContext& context = *machine.context;
    if (context.packet == 0 || address < context.packet || address - context.packet >= context.captured) return {};
    return {reinterpret_cast<const char*>(address), context.captured - (address - context.packet)};
}

// Fills `size` bytes with what there is of `bytes`, counting what is missing.
void fill(Machine& machine, uint64_t to, uint64_t size, std::string_view bytes) {
    if (bytes.size() < size) ++machine.counters.unreadable;
    const size_t have = std::min<size_t>(size, bytes.size());
    if (have != 0) std::memcpy(pointer(to), bytes.data(), have);
    if (have < size) std::memset(pointer(to) + have, 0, size - have);
}

// Most bytes that a String of `to_size` takes from a text of `length` bytes (negative: up to its NUL).
uint64_t wanted(uint64_t to_size, uint64_t length) {
    return static_cast<int64_t>(length) < 0 ? to_size : std::min(to_size, length);
}

// As much as is wanted of a text that was read when the event happened.
std::string_view text_of(const CapturedBytes& read, uint64_t want) {
    return {reinterpret_cast<const char*>(read.bytes), std::min<size_t>(read.size, want)};
}

std::string_view until_nul(std::string_view bytes) { return bytes.substr(0, bytes.find('\0')); }

}  // namespace

uint64_t memory_copy(Machine&, uint64_t to, uint64_t from, uint64_t size, uint64_t, uint64_t) {
    std::memmove(pointer(to), pointer(from), size);
    return 0;
}

uint64_t memory_zero(Machine&, uint64_t to, uint64_t size, uint64_t, uint64_t, uint64_t) {
    std::memset(pointer(to), 0, size);
    return 0;
}

uint64_t memory_reverse(Machine&, uint64_t at, uint64_t size, uint64_t count, uint64_t stride, uint64_t) {
    for (uint64_t i = 0; i < count; ++i) {
        std::byte* number = pointer(at + i * stride);
        std::reverse(number, number + size);
    }
    return 0;
}

uint64_t packet_copy(Machine& machine, uint64_t to, uint64_t address, uint64_t size, uint64_t, uint64_t) {
    fill(machine, to, size, packet_at(machine, address));
    return 0;
}

uint64_t packet_extent(Machine& machine, uint64_t address, uint64_t length, uint64_t, uint64_t, uint64_t) {
    const uint64_t there = packet_at(machine, address).size();
    const bool all = static_cast<int64_t>(length) < 0;
    if (!all && length > there) ++machine.counters.unreadable;
    return std::min(there, length);
}

uint64_t packet_dump(Machine& machine, uint64_t address, uint64_t size, uint64_t, uint64_t, uint64_t) {
    if (size == 0) return 0;
    const std::string_view bytes = packet_at(machine, address).substr(0, size);  // of a negative length all
    if (bytes.empty()) ++machine.counters.unreadable;
    return hex_dump(machine, address_of(bytes.data()), bytes.size(), 0, 0, 0);
}

// Scripts written for AIX use copy_kdata() on the packet, too.
uint64_t kernel_copy(Machine& machine, uint64_t to, uint64_t address, uint64_t size, uint64_t, uint64_t) {
    if (const CapturedBytes* read = machine.captured(CapturedKind::kernel_memory, address, size)) {
        std::memcpy(pointer(to), read->bytes, size);
        return 0;
    }
    // Not read when the event happened: it is of the packet, or lies in the kernel's memory as that is now.
    const std::string_view bytes = packet_at(machine, address);
    KernelReader* memory = machine.kernel_reader();
    if (bytes.empty() && memory != nullptr && memory->read(address, pointer(to), size)) return 0;
    fill(machine, to, size, bytes);
    return 0;
}

uint64_t kernel_string(Machine& machine, uint64_t to, uint64_t to_size, uint64_t address, uint64_t length, uint64_t) {
    const uint64_t want = wanted(to_size, length);
    if (const CapturedBytes* read = machine.captured(CapturedKind::kernel_text, address, want)) {
        put_text(to, to_size, text_of(*read, want));
        return 0;
    }
    std::string_view bytes = packet_at(machine, address);
    std::string copied;
    if (KernelReader* memory = machine.kernel_reader(); bytes.empty() && memory != nullptr) {
        copied.resize(want);
        copied.resize(memory->read_text(address, copied));
        bytes = copied;
    }
    if (bytes.empty()) ++machine.counters.unreadable;
    put_text(to, to_size, until_nul(bytes.substr(0, want)));
    return 0;
}

// What was not read when the event happened (its address follows from variables, the page was not in memory) is read
// now, from the process as it is.
uint64_t user_copy(Machine& machine, uint64_t to, uint64_t address, uint64_t size, uint64_t, uint64_t) {
    if (const CapturedBytes* read = machine.captured(CapturedKind::user_memory, address, size)) {
        std::memcpy(pointer(to), read->bytes, size);
        return 0;
    }
    const int64_t pid = machine.live_process();
    const size_t have = pid == 0 ? 0 : machine.processes.read_memory(pid, address, pointer(to), size);
    if (have < size) {
        ++machine.counters.unreadable;
        std::memset(pointer(to) + have, 0, size - have);
    }
    return 0;
}

// A text that runs into memory that cannot be read is empty (spec 5.4).
uint64_t user_string(Machine& machine, uint64_t to, uint64_t to_size, uint64_t address, uint64_t length, uint64_t) {
    constexpr size_t step = 256;  // texts are short: few need a second look
    const int64_t pid = machine.live_process();
    const uint64_t want = wanted(to_size, length);
    if (const CapturedBytes* read = machine.captured(CapturedKind::user_text, address, want)) {
        put_text(to, to_size, text_of(*read, want));
        return 0;
    }
    uint64_t have = 0;
    bool ended = false;
    while (pid != 0 && have < want && !ended) {
        // Up to a multiple of the step, so never across a page: the one behind the text need not be there.
        const size_t ask = std::min<uint64_t>(step - ((address + have) % step), want - have);
        const size_t got = machine.processes.read_memory(pid, address + have, pointer(to + have), ask);
        const std::string_view part(reinterpret_cast<const char*>(to + have), got);
        ended = part.find('\0') != std::string_view::npos;
        have += ended ? part.find('\0') : got;
        if (got < ask) break;
    }
    if (!ended && have < want) {
        ++machine.counters.unreadable;
        have = 0;
    }
    std::memset(pointer(to + have), 0, to_size - have);
    return 0;
}

}  // namespace probevue::helpers
