// The compiler as one function: a script's text in, a Program out, with messages and dumps on the way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "builtins/base/result.h"
#include "compiler/diag/message.h"
#include "compiler/place/place.h"
#include "compiler/program/kernel_facts.h"
#include "compiler/program/program.h"
#include "compiler/sema/outline.h"
#include "compiler/source/source.h"

namespace probevue {

// `-d`: the stages whose output can be shown, in the order of the pipeline.
enum class Stage : uint8_t { tokens, ast, types, ir, place, merge, ebpf, cbpf, program };
std::optional<Stage> find_stage(std::string_view name);
std::string stage_names();  // "tokens, ast, ..."

// The words of the language that are no names.
std::vector<std::string> language_keywords();

struct CompileInput {
    std::string name;  // as shown in messages
    std::string text;
    std::vector<std::pair<std::string, std::string>> headers;  // -I: name and text
    ShellValues shell;
};

struct CompileOptions {
    bool replay = false;
    // A script that prints nothing tells its variables at its end, and how often clauses without contents were run for.
    bool tell_at_end = false;
    // With tell_at_end: the program that it makes, but for the clause that tells. Both have the same variables.
    bool keep_silent = false;
    // A script tells at its end what it has and does not print, whether or not it prints by itself.
    bool tell_unprinted = false;
    bool may_lack_clauses = false;  // declarations alone are a script: in an interactive session clauses follow
    // -w: all that the probes see has to reach user space, so no clause and no predicate runs in the kernel.
    bool record = false;
    // --state-out of a live session: what intervals use is told at each of them, and begins anew here.
    bool by_window = false;
    std::vector<std::string> interfaces;  // -i: of packet probes that leave theirs out; empty: `any`
    HomeChoice home = HomeChoice::automatic;
    std::vector<Stage> dumps;
    bool color = false;
    bool outline = false;  // the names of the script are wanted
    // Of the kernel that clauses on its events are compiled for; null: for no kernel, such clauses run on recorded
    // events only.
    const KernelFacts* kernel = nullptr;
    // Where arguments of tracepoints have their types from. Asked only by scripts that reach into one; null: `kernel`.
    const KernelFacts* types = nullptr;
    std::optional<Rung> rung;         // --hook
    std::optional<uint32_t> network;  // --netns: events of sockets in this network namespace (inode) only
};

struct Compiled {
    std::optional<Program> program;  // none when there were errors
    std::string messages;            // errors, warnings and notes, rendered; for standard error
    std::vector<Message> said;       // the same as data
    std::string dumps;               // for standard output
    std::optional<Outline> outline;  // when it was asked for; of a script with errors what could be understood
    std::optional<Source> source;    // what messages of later stages point into
};

Compiled compile(CompileInput input, const CompileOptions& options);

struct Formatted {
    std::optional<std::string> text;  // none when the script has errors in its syntax
    std::string messages;             // rendered; for standard error
};

// The script in the house style: the same words and comments, laid out anew. Shell elements stay as they are, so the
// values of `input` are not asked. What is checked behind the syntax is not looked at.
Formatted format_source(CompileInput input, bool color);

// An error of a later stage about the tuple at a place of the script, in the form of the compiler's messages.
std::string render(const Error& error, const Program& program, SourcePosition at, const Source& source, bool color);

}  // namespace probevue
