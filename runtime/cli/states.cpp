#include "runtime/cli/states.h"

#include <fmt/format.h>
#include <glob.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "runtime/state/writer.h"

namespace probevue {
namespace {

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

}  // namespace

Result<std::vector<std::string>> files_of(const std::string& pattern) {
    if (pattern == "-") return std::vector<std::string>{"-"};
    FreeGlob names;
    const int got = glob(pattern.c_str(), 0, nullptr, &names.found);
    if (got != 0)
        return fail(fmt::format("--merge: there is no file `{}`", pattern),
                    "a pattern of the shell in quotes names many: --merge 'DIR/*.pvs'", ExitStatus::usage);
    return std::vector<std::string>(names.found.gl_pathv, names.found.gl_pathv + names.found.gl_pathc);
}

Result<SessionOptions::StateOut> state_out(const Options& options, const Program& program, std::string_view text) {
    const bool live = options.is_live();
    const MergeObstacle reason = live ? program.merge.reason_of_hosts() : program.merge.reason();
    if (reason.merge_class == MergeClass::serial)
        return fail(fmt::format("{}:{}:{}: what the script gathers cannot be put together: {}", program.script_name,
                                reason.position.line, reason.position.column, reason.reason),
                    live ? "each host answers by itself: leave out --state-out; -d merge explains"
                         : "one process answers it, over all captures: leave out --state-out; -d merge explains",
                    ExitStatus::usage);
    // Each state in a file would take the place of the one before, with what that has of its own.
    const bool window = reason.merge_class == MergeClass::window;
    if (live && options.every_ns != 0 && options.state_out != "-" && program.merge.tells_in_pieces())
        return fail(fmt::format("--every writes each state over the one before, and of this script each has {} of its "
                                "own",
                                window ? "windows" : "lines"),
                    "--state-out - writes them one behind the other; without --every there is one at the end",
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
    out.every_ns = options.every_ns;
    const Shard shard = options.shard.value_or(Shard());
    out.head.parts = {
        {host_name(), new_uuid(), 0, live ? std::string() : stream_hash(options.replay), shard.number, shard.count}};
    return out;
}

namespace {

// All that comes by streams, until they end; or until the first state of a live session has come: `live` then. Of live
// sessions those that cannot be read are told later, of captures each is wanted: the first error.
Status read_streams(StateStreams& streams, std::vector<StateStreams::News>& out, bool& live) {
    Status failed;
    bool any = false;
    while (!streams.ended()) {
        for (StateStreams::News& news : streams.read()) {
            if (!news.status && failed) failed = news.status;
            if (!any && !news.states.empty()) live = news.states.front().head.of_host();
            any = any || !news.states.empty();
            out.push_back(std::move(news));
        }
        if (live) return {};
        if (!failed && any) return failed;
        std::vector<pollfd> descriptors;
        streams.add_to(descriptors);
        if (!descriptors.empty()) poll(descriptors.data(), descriptors.size(), -1);
    }
    if (!failed) return failed;
    return any ? Status() : fail("no state has come", "is there a session that writes them (--state-out -)?");
}

Status can_be_live(const Options& options) {
    if (!options.state_out.empty())
        return fail("states of live sessions are answered as they come, not written into another state",
                    "leave out --state-out; files of such states can be put together", ExitStatus::usage);
    if (options.format == OutputFormat::html && options.every_ns != 0)
        return fail("an html page is drawn once, at the end", "leave out --every, or --format html", ExitStatus::usage);
    return {};
}

}  // namespace

Result<StatesToMerge> states_to_merge(const Options& options, const Program& program, std::string_view text,
                                      SessionOptions& session) {
    StatesToMerge out;
    const bool tables = program.merge.merge_class() > MergeClass::window;
    const ChooseOptions of{program_hash(program, text), options.script_arguments, tables, !options.state_out.empty(),
                           program.merge.tells_in_pieces()};
    session.answer_every_ns = options.every_ns;
    session.is_same_program = [of](const StateText& state) { return is_same_program(state, of); };
    std::vector<std::string> files;
    for (const std::string& pattern : options.merge) {
        const Result<std::vector<std::string>> found = files_of(pattern);
        if (!found) return found.error();
        files.insert(files.end(), found->begin(), found->end());
    }
    std::vector<StateText> states;
    if (std::any_of(files.begin(), files.end(), is_stream)) {
        Result<std::unique_ptr<StateStreams>> streams = StateStreams::open(files);
        if (!streams) return streams.error();
        bool live = false;
        if (Status read = read_streams(**streams, out.given.news, live); !read) return read.error();
        if (live) {
            if (Status can = can_be_live(options); !can) return can.error();
            for (const StateStreams::News& news : out.given.news) {
                if (news.states.empty()) continue;
                if (Status same = is_same_program(news.states.front(), of); !same) return same.error();
                break;
            }
            out.given.streams = std::move(*streams);
            return out;
        }
        for (StateStreams::News& news : out.given.news)
            states.insert(states.end(), std::move_iterator(news.states.begin()), std::move_iterator(news.states.end()));
    } else {
        for (const std::string& file : files) {
            Result<std::vector<StateText>> read = read_states(file);
            if (!read) return read.error();
            for (StateText& state : *read) states.push_back(std::move(state));
        }
    }
    if (options.every_ns != 0)
        return fail("--every with --merge is for states that come while sessions go on, by pipes; these are all there",
                    "leave out --every", ExitStatus::usage);
    Result<ChosenStates> chosen = choose_states(std::move(states), of);
    if (!chosen) return chosen.error();
    out.given.states = std::move(chosen->states);
    out.given.older = std::move(chosen->older);
    out.given.lost_states = chosen->missing;
    out.notes = std::move(chosen->notes);
    return out;
}

}  // namespace probevue
