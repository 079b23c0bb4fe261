#include "runtime/kernel/own_frames.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace probevue {
namespace {

// Functions between an event and the program on it: of tracepoints, of trampolines, and programs themselves.
constexpr std::array<std::string_view, 6> own_names = {"bpf_prog_",    "bpf_trampoline_", "bpf_trace_run",
                                                       "__bpf_trace_", "__traceiter_",    "__bpf_prog_enter"};

bool has_own_name(std::string_view name) {
    return std::any_of(own_names.begin(), own_names.end(), [&](std::string_view own) { return name.starts_with(own); });
}

}  // namespace

// Lines are `ADDRESS TYPE NAME [MODULE]`, not sorted: a function ends where the next address begins.
void OwnFrames::read_symbols() {
    looked_ = true;
    std::ifstream in("/proc/kallsyms", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    std::vector<std::pair<uint64_t, bool>> symbols;
    for (size_t begin = 0; begin < text.size();) {
        const size_t end = std::min(text.find('\n', begin), text.size());
        const std::string_view line = std::string_view(text).substr(begin, end - begin);
        begin = end + 1;
        uint64_t address = 0;
        const auto parsed = std::from_chars(line.data(), line.data() + line.size(), address, 16);
        const auto name = static_cast<size_t>(parsed.ptr - line.data()) + 3;
        if (parsed.ec != std::errc() || address == 0 || name >= line.size()) continue;
        symbols.emplace_back(address, has_own_name(line.substr(name)));
    }
    std::sort(symbols.begin(), symbols.end());
    for (size_t i = 0; i < symbols.size(); ++i) {
        if (!symbols[i].second) continue;
        size_t next = i + 1;
        while (next < symbols.size() && symbols[next].first == symbols[i].first) ++next;
        constexpr uint64_t page = 4096;  // the last of all may be as long as that
        ranges_.emplace_back(symbols[i].first, next < symbols.size() ? symbols[next].first : symbols[i].first + page);
    }
}

bool OwnFrames::is_own(uint64_t address) const {
    const auto behind =
        std::upper_bound(ranges_.begin(), ranges_.end(), std::pair<uint64_t, uint64_t>{address, UINT64_MAX});
    return behind != ranges_.begin() && address < std::prev(behind)->second;
}

size_t OwnFrames::leading_bytes(const std::byte* frames, size_t size) {
    if (!looked_) read_symbols();
    size_t at = 0;
    for (uint64_t address = 0; at + sizeof address <= size; at += sizeof address) {
        std::memcpy(&address, frames + at, sizeof address);
        // It is the address behind a call.
        if (!is_own(address - 1)) break;
    }
    return at;
}

}  // namespace probevue
