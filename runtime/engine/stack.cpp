#include "runtime/engine/stack.h"

#include <fmt/format.h>

#include <algorithm>

namespace probevue {

StackTrace cut_stack(const StackTrace& stack, int64_t levels) {
    StackTrace out = stack;
    if (levels < 0) return out;
    const auto most = static_cast<size_t>(levels);
    out.kernel.resize(std::min(out.kernel.size(), most));
    // What the kernel's frames leave; these stand first, and have just been cut.
    out.user.resize(std::min(out.user.size(), most - out.kernel.size()));
    // So that the same frames of the kernel are one key of an array, whichever process was running.
    if (out.user.empty()) out.pid = 0;
    return out;
}

StackTrace stack_of_functions(const StackTrace& stack, Symbolizer& symbolizer) {
    StackTrace out = stack;
    for (uint64_t& address : out.kernel) address = symbolizer.start_in_kernel(address);
    if (stack.pid == 0) return out;
    symbolizer.look_at(stack.pid, stack.user);
    for (uint64_t& address : out.user) address = symbolizer.start(stack.pid, address);
    return out;
}

std::string folded_stack(const StackTrace& stack, Symbolizer& symbolizer) {
    std::string out;
    const auto add = [&](std::string name, std::string_view suffix) {
        // `;` would end the frame.
        std::replace(name.begin(), name.end(), ';', ':');
        out += (out.empty() ? "" : ";") + name;
        out += suffix;
    };
    if (stack.pid != 0) symbolizer.look_at(stack.pid, stack.user);
    // Outermost first: a process calls into the kernel, never the other way round.
    for (auto at = stack.user.rbegin(); at != stack.user.rend(); ++at) add(symbolizer.name(stack.pid, *at), "");
    for (auto at = stack.kernel.rbegin(); at != stack.kernel.rend(); ++at) add(symbolizer.name_in_kernel(*at), "_[k]");
    return out;
}

std::string stack_text(const StackTrace& stack, bool symbols, Symbolizer& symbolizer) {
    std::vector<std::string> places(stack.kernel.size() + stack.user.size());
    if (symbols) {
        for (size_t i = 0; i < stack.kernel.size(); ++i) places[i] = symbolizer.describe_kernel(stack.kernel[i]);
        if (stack.pid != 0) symbolizer.look_at(stack.pid, stack.user);
        for (size_t i = 0; i < stack.user.size() && stack.pid != 0; ++i)
            places[stack.kernel.size() + i] = symbolizer.describe(stack.pid, stack.user[i]);
    }
    std::string out;
    for (size_t i = 0; i < places.size(); ++i) {
        const uint64_t address = i < stack.kernel.size() ? stack.kernel[i] : stack.user[i - stack.kernel.size()];
        out += fmt::format("{:#x}{}{}\n", address, places[i].empty() ? "" : " ", places[i]);
    }
    return out;
}

}  // namespace probevue
