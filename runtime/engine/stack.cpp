#include "runtime/engine/stack.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "runtime/engine/proc_file.h"

namespace probevue {

namespace {

// The last kernel symbol at or below each address; "" where the system does not tell.
std::vector<std::string> kernel_symbols(const std::vector<uint64_t>& addresses) {
    struct Best {
        uint64_t address = 0;
        std::string_view name;
    };
    std::vector<Best> best(addresses.size());
    const std::optional<std::string> all = addresses.empty() ? std::nullopt : read_file("/proc/kallsyms");
    if (all) {
        for (const std::string_view line : lines_of(*all)) {
            const std::vector<std::string_view> words = words_of(line);  // address, type, name
            if (words.size() < 3) continue;
            const auto address = static_cast<uint64_t>(number_of(words[0], 16));
            for (size_t i = 0; i < addresses.size(); ++i) {
                // Unprivileged readers see zeros for addresses.
                if (address != 0 && address <= addresses[i] && address > best[i].address) best[i] = {address, words[2]};
            }
        }
    }
    std::vector<std::string> out;
    for (size_t i = 0; i < addresses.size(); ++i) {
        out.push_back(best[i].name.empty() ? std::string()
                                           : fmt::format(" {}+{:#x}", best[i].name, addresses[i] - best[i].address));
    }
    return out;
}

// The file mapped at each address of a process and the offset in it.
std::vector<std::string> user_places(int64_t pid, const std::vector<uint64_t>& addresses) {
    std::vector<std::string> out(addresses.size());
    const std::optional<std::string> maps = pid == 0 ? std::nullopt : read_file(fmt::format("/proc/{}/maps", pid));
    if (!maps) return out;
    for (const std::string_view line : lines_of(*maps)) {
        const std::vector<std::string_view> words = words_of(line);  // begin-end rights offset device inode path
        if (words.size() < 6) continue;
        const auto begin = static_cast<uint64_t>(number_of(words[0].substr(0, words[0].find('-')), 16));
        const auto end = static_cast<uint64_t>(number_of(words[0].substr(words[0].find('-') + 1), 16));
        for (size_t i = 0; i < addresses.size(); ++i) {
            if (addresses[i] < begin || addresses[i] >= end) continue;
            const std::string_view path = words[5];
            const uint64_t offset = addresses[i] - begin + static_cast<uint64_t>(number_of(words[2], 16));
            out[i] = fmt::format(" {}+{:#x}", path.substr(path.rfind('/') + 1), offset);
        }
    }
    return out;
}

}  // namespace

StackTrace cut_stack(const StackTrace& stack, int64_t levels) {
    StackTrace out = stack;
    if (levels < 0) return out;
    const auto most = static_cast<size_t>(levels);
    out.kernel.resize(std::min(out.kernel.size(), most));
    out.user.resize(std::min(out.user.size(), most - out.kernel.size()));
    if (out.user.empty()) out.pid = 0;
    return out;
}

std::string stack_text(const StackTrace& stack, bool symbols) {
    std::vector<std::string> places(stack.kernel.size() + stack.user.size());
    if (symbols) {
        places = kernel_symbols(stack.kernel);
        for (std::string& place : user_places(stack.pid, stack.user)) places.push_back(std::move(place));
    }
    std::string out;
    for (size_t i = 0; i < places.size(); ++i) {
        const uint64_t address = i < stack.kernel.size() ? stack.kernel[i] : stack.user[i - stack.kernel.size()];
        out += fmt::format("{:#x}{}\n", address, places[i]);
    }
    return out;
}

}  // namespace probevue
