#include "runtime/cli/top.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "runtime/options/shell.h"
#include "runtime/repl/watch.h"

namespace probevue {
namespace {

std::string name_of(const Options& options) {
    return options.program_text ? "-e" : std::filesystem::path(options.script).filename().string();
}

}  // namespace

Status check_top(const Options& options) {
    if (!options.program_text && options.script.empty())
        return fail("--top shows what a script counts, and there is none",
                    "name a script, or give a program with -e; .watch shows the values of an interactive session",
                    ExitStatus::usage);
    const bool reads_input = (!options.program_text && options.script == "-") ||
                             std::find(options.replay.begin(), options.replay.end(), "-") != options.replay.end();
    if (reads_input)
        return fail("--top reads keys from standard input, and the script or the capture comes from there",
                    "put it into a file", ExitStatus::usage);
    return check_screen_terminal("--top");
}

void hold_output(const TopRun& run) { run.kept->hold(); }

Status show_top(const Program& program, Session& session, const Options& options, const TopRun& run) {
    const bool is_replay = !options.replay.empty();
    LiveScreenOptions screen_options;
    screen_options.what = name_of(options);
    screen_options.most_rows = options.top_rows;
    screen_options.is_replay = is_replay;
    if (is_replay) screen_options.print_time = [&session] { return session.reached_ns(); };
    LiveScreen screen(program, session.engine(), run.kept, std::move(screen_options));
    WakeUp wake(STDIN_FILENO);
    ScreenHost host;
    host.replay = is_replay ? &session : nullptr;
    host.color = screen_colored(options.color);
    host.stays = is_replay;
    const Result<ScreenEnd> ended = show_session(screen, session, std::move(host), wake, *run.kept, *run.sink);
    if (!ended) return ended.error();
    if (*ended != ScreenEnd::over) session.request_stop();
    return {};
}

}  // namespace probevue
