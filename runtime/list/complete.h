// Completion from the tables: tuples field by field, built-ins and their members by probe, functions, constants,
// variables, and files behind commands.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/probe.h"

namespace probevue {

// What may stand where the cursor is.
struct Completion {
    size_t begin = 0;  // byte of the text at which the candidates begin
    std::vector<std::string> candidates;
};

// What only the session, or the editor's script, knows.
struct CompletionWords {
    std::vector<std::string> commands;         // with their dot
    std::vector<std::string> file_commands;    // those that take a file
    std::vector<std::string> script_commands;  // those that take a script: a file, or a name
    std::vector<std::string> name_commands;    // those that take the name of a built-in
    std::vector<std::string> variables;
    std::vector<std::string> keywords;
    // Members of what the members in `path` lead to from an argument of a tracepoint.
    std::function<std::vector<std::string>(std::string_view tracepoint, uint32_t argument,
                                           std::span<const std::string_view> path)>
        members = {};
};

Completion complete(std::string_view text, size_t cursor, const CompletionWords& words);

// The probe points that a tuple (`@@net:tcp:r`) may be; what is not written yet may be anything. `whole`: nothing is to
// follow, so that their number of fields counts.
std::vector<const ProbePointRow*> points_of_tuple(std::string_view tuple, bool whole);

}  // namespace probevue
