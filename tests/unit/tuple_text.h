// Tuples for tests that go through all probe points.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "builtins/probe.h"

namespace probevue {

// A tuple of the point: its form, filled in. `protocol` is of packets, `name` of a tracepoint or a function of the
// kernel.
inline std::string filled_in(const ProbePointRow& point, std::string_view protocol, std::string_view name) {
    // Longer forms before those that they contain.
    const std::vector<std::pair<std::string_view, std::string_view>> words{
        {"<interface>[|<interface>...]", "eth0"},
        {"<filter>", ""},
        {"<pid|tid|*>", "*"},
        {"<*|cpu|first-last>[|...]", "*"},
        {"<pid|*>", "*"},
        {"<name|*>", "read"},
        {"<name>", "read"},
        {"<milliseconds>", "100"},
        {"<pid|program>", "4711"},
        {"<pid>", "4711"},
        {"<module|*>", "*"},
        {"<function|/ERE/>", "f"},
        {"<tracepoint>", name},
        {"<function|pattern>", name},
        {"<protocol|*>", protocol},
    };
    std::string text(point.form);
    for (const auto& [form, word] : words) {
        for (size_t at = text.find(form); at != std::string::npos; at = text.find(form))
            text.replace(at, form.size(), word);
    }
    return text;
}

}  // namespace probevue
