// The command line (docs/command.md): what each flag says, with AIX's own where they mean something on Linux.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "builtins/base/result.h"
#include "compiler/compile.h"
#include "runtime/engine/engine.h"
#include "runtime/sinks/options.h"
#include "runtime/sinks/rotation.h"
#include "runtime/sources/shard.h"

namespace probevue {

// What is for people: colours, columns. `automatic`: where a terminal shows it.
enum class TerminalChoice : uint8_t { automatic, always, never };
enum class OutputFormat : uint8_t { text, json, csv, html };
enum class Information : uint8_t { none, normal, detail };  // -q info=

// As given, with nothing opened or looked up yet. Sizes are KB of 1,024 bytes.
struct Options {
    // What to do.
    bool help = false;
    bool version = false;
    bool list = false;
    std::string list_pattern;
    bool scripts = false;           // --scripts
    std::string scripts_word;       // what its lines must have; empty: all
    std::string show;               // --show; empty: nothing
    std::vector<std::string> test;  // --test: folders and files NAME.test; empty: none
    bool fmt = false;               // --fmt
    std::vector<std::string> scripts_to_format;
    bool update = false;  // --update
    bool check_only = false;
    bool lsp = false;          // --lsp
    bool interactive = false;  // -i without a number

    // The script.
    std::optional<std::string> program_text;  // -e
    std::string script;  // a file or the name of a script; "-" is standard input; empty when there is none
    std::vector<std::string> script_arguments;
    std::vector<std::string> headers;  // -I

    // Input and output.
    std::vector<std::string> replay;  // -r
    std::optional<Shard> shard;       // --shard
    uint32_t split = 0;               // --split; 0: no files are split
    std::string state_out;            // --state-out; empty: no state is written
    uint64_t every_ns = 0;            // --every: so often a state, or with --merge an answer; 0: at the end alone
    std::vector<std::string> merge;   // --merge: files and patterns; empty: events come from elsewhere
    // Events come from the kernel and interfaces of this system.
    bool is_live() const { return replay.empty() && merge.empty(); }
    std::string record;                   // -w; empty: nothing is recorded
    Rotation rotation;                    // -C, -G, -W
    bool record_for_wireshark = false;    // --wireshark
    std::vector<std::string> interfaces;  // -i IF; empty: none given
    std::string output;                   // -o
    OutputFormat format = OutputFormat::text;
    SinkOptions sink;
    Information information = Information::normal;
    TerminalChoice color = TerminalChoice::automatic;
    TerminalChoice columns = TerminalChoice::automatic;
    bool top = false;               // --top: the live screen
    uint64_t top_rows = 0;          // of a table on it; 0: as many as there is room for
    std::string metrics_address;    // --metrics; empty: no endpoint
    std::string metrics_directory;  // --textfile; empty: no file
    std::string metrics_url;        // --push; empty: nothing is sent
    uint64_t max_series = 0;        // --max-series; 0: the default
    std::optional<uint64_t> jobs;   // -j: threads of a replay; 0: as many as there are processors
    bool statistics = false;
    bool fail_on_loss = false;
    uint64_t for_ns = 0;            // --for; 0: no end is set
    uint64_t end_after_events = 0;  // -c N; 0: no end is set
    bool skip_bad = false;
    bool verbose = false;

    // Compiling and running.
    std::vector<Stage> dumps;
    bool keep_going = false;
    HomeChoice home = HomeChoice::automatic;
    std::optional<EngineKind> engine;
    std::string network;            // --netns; empty: the default
    std::string hook;               // --hook: the one rung of the ladder to take; for tests
    uint32_t buffer_kb = 0;         // -s; 0: the default
    uint32_t read_interval_ms = 0;  // -t; 0: the default
    uint64_t array_memory_kb = 0;   // -c abs_mem_for_dvars
    uint64_t max_threads = 0;       // -c num_threads_traced
    bool profile = false;           // -T
    bool profile_micro = false;     // -f micro
    bool profile_unit_given = false;

    // The program of -X.
    std::string child;
    std::string child_arguments;     // -A
    std::string child_library_path;  // -L
    std::string child_user;          // --child-user: a name or a number; empty: the user behind sudo

    std::vector<std::string> notes;  // one a flag that is accepted and means nothing here
};

// Parses argv[1..]. Errors have ExitStatus::usage.
Result<Options> parse_options(const std::vector<std::string>& arguments);

// Flags that a script brings along (#VUE_CMD_ARGS) hold when the command line has none of its own, likewise its
// arguments.
Status apply_embedded(Options& options, const EmbeddedArguments& embedded, bool command_line_has_flags);

// What --help prints, with the ends of lines.
std::string help_text();

}  // namespace probevue
