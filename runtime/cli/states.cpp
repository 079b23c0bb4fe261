#include "runtime/cli/states.h"

#include <fmt/format.h>
#include <glob.h>
#include <unistd.h>
#include <uuid/uuid.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "runtime/state/writer.h"

namespace probevue {
namespace {

std::string new_uuid() {
    uuid_t bytes;
    uuid_generate_random(bytes);
    std::array<char, UUID_STR_LEN> text;
    uuid_unparse_lower(bytes, text.data());
    return text.data();
}

std::string host_name() {
    std::array<char, 256> name{};
    return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

struct FreeGlob {
    glob_t found{};
    FreeGlob() = default;
    FreeGlob(const FreeGlob&) = delete;
    FreeGlob& operator=(const FreeGlob&) = delete;
    ~FreeGlob() { globfree(&found); }
};

// The files that a pattern of the shell stands for, in the order of their names.
Result<std::vector<std::string>> files_of(const std::string& pattern) {
    if (pattern == "-") return std::vector<std::string>{"-"};
    FreeGlob names;
    const int got = glob(pattern.c_str(), 0, nullptr, &names.found);
    if (got != 0)
        return fail(fmt::format("--merge: there is no file `{}`", pattern),
                    "a pattern of the shell in quotes names many: --merge 'DIR/*.pvs'", ExitStatus::usage);
    return std::vector<std::string>(names.found.gl_pathv, names.found.gl_pathv + names.found.gl_pathc);
}

}  // namespace

Result<SessionOptions::StateOut> state_out(const Options& options, const Program& program, std::string_view text) {
    const MergeObstacle reason = program.merge.reason();
    if (reason.merge_class == MergeClass::serial)
        return fail(fmt::format("{}:{}:{}: what the script gathers cannot be put together: {}", program.script_name,
                                reason.position.line, reason.position.column, reason.reason),
                    "one process answers it, over all captures: leave out --state-out; -d merge explains",
                    ExitStatus::usage);
    if (const std::string obstacle = state_obstacle(program); !obstacle.empty())
        return fail(fmt::format("what the script gathers cannot be written down: {}", obstacle),
                    "one process answers it, over all captures: leave out --state-out", ExitStatus::usage);
    const std::string directory = std::filesystem::path(options.state_out).parent_path().string();
    if (options.state_out != "-" && access(directory.empty() ? "." : directory.c_str(), W_OK) != 0)
        return fail(fmt::format("--state-out: cannot write into `{}`: {}", directory.empty() ? "." : directory,
                                std::strerror(errno)),
                    "name a file in a directory that is there and can be written", ExitStatus::usage);
    SessionOptions::StateOut out;
    out.path = options.state_out;
    out.head.program = program_hash(program, text);
    out.head.script = program.script_name;
    out.head.arguments = options.script_arguments;
    const Shard shard = options.shard.value_or(Shard());
    out.head.parts = {{host_name(), new_uuid(), 0, stream_hash(options.replay), shard.number, shard.count}};
    return out;
}

Result<ChosenStates> states_to_merge(const Options& options, const Program& program, std::string_view text) {
    std::vector<StateText> states;
    for (const std::string& pattern : options.merge) {
        const Result<std::vector<std::string>> files = files_of(pattern);
        if (!files) return files.error();
        for (const std::string& file : *files) {
            Result<std::vector<StateText>> read = read_states(file);
            if (!read) return read.error();
            for (StateText& state : *read) states.push_back(std::move(state));
        }
    }
    const bool tables = program.merge.merge_class() > MergeClass::window;
    return choose_states(std::move(states),
                         {program_hash(program, text), options.script_arguments, tables, !options.state_out.empty()});
}

}  // namespace probevue
