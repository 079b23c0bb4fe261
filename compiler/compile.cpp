// The pipeline. Read from top to bottom: text, tokens, tree, checked tree, representation, places, instructions.
#include "compiler/compile.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <set>

#include "compiler/diag/diag.h"
#include "compiler/hooks/capture.h"
#include "compiler/ir/build.h"
#include "compiler/ir/simplify.h"
#include "compiler/lower/lower.h"
#include "compiler/merge/merge.h"
#include "compiler/program/dump.h"
#include "compiler/sema/at_end.h"
#include "compiler/sema/sema.h"
#include "compiler/syntax/syntax.h"

namespace probevue {
namespace {

constexpr std::array<std::pair<std::string_view, Stage>, 9> stages = {{
    {"tokens", Stage::tokens},
    {"ast", Stage::ast},
    {"types", Stage::types},
    {"ir", Stage::ir},
    {"place", Stage::place},
    {"merge", Stage::merge},
    {"ebpf", Stage::ebpf},
    {"cbpf", Stage::cbpf},
    {"program", Stage::program},
}};

struct Headers {
    std::vector<std::vector<ast::Declaration>> declarations;
    std::vector<std::string> type_names;  // typedefs: the parser of what follows must know them
    std::string messages;
    std::vector<Message> said;
    bool failed = false;
};

void add(std::vector<Message> more, std::vector<Message>& to) {
    to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

// Each header has a source, and hence messages, of its own.
Headers parse_headers(std::vector<std::pair<std::string, std::string>> texts, bool color) {
    Headers out;
    for (auto& [name, text] : texts) {
        Diagnostics diagnostics;
        const Source source = Source::prepare(name, std::move(text), {}, diagnostics);
        out.declarations.push_back(parse_header(source, diagnostics, out.type_names));
        for (const ast::Declaration& declaration : out.declarations.back()) {
            if (!declaration.is_typedef) continue;
            for (const ast::Declarator& declarator : declaration.declarators) out.type_names.push_back(declarator.name);
        }
        out.messages += render(diagnostics, source, {.color = color});
        add(gather(diagnostics, source), out.said);
        out.failed = out.failed || diagnostics.has_errors();
    }
    return out;
}

// Lowers every clause; what is too large becomes an error on the clause.
void lower_clauses(ir::Module& module, const checked::Script& script, Diagnostics& diagnostics) {
    for (size_t i = 0; i < module.functions.size(); ++i) {
        const std::string broken = ir::verify(module.functions[i]);
        if (!broken.empty()) {
            diagnostics.error(script.clauses[i].span, fmt::format("internal error: {}", broken),
                              "please report this script");
            continue;
        }
        if (module.program.clauses[i].home == Home::kernel) continue;
        Lowered lowered = lower(module.functions[i], {});
        if (!lowered.problem.empty()) {
            diagnostics.error(script.clauses[i].span, fmt::format("the clause {}", lowered.problem),
                              "split it into several clauses");
            continue;
        }
        ClauseCode& clause = module.program.clauses[i];
        clause.code = std::move(lowered.code);
        clause.lines = std::move(lowered.lines);
        clause.frame_size = lowered.frame_size;
    }
}

Lowered lower_for_kernel(const ir::Function& function) {
    constexpr Target kernel{.sign_extending_moves = false, .shared_memory = true, .max_frame = 512};
    const std::string broken = ir::verify(function);
    if (broken.empty()) return lower(function, kernel);
    Lowered wrong;
    wrong.problem = "is wrong: " + broken;
    return wrong;
}

// The same for the programs of the kernel. One that is too large goes without the predicates: the engine evaluates them
// anyhow. One that is too large all the same gives back the clauses that run in it: true, and `denied` says why. Of a
// long one with clauses the kernel's check takes seconds, and in the end it may find that jumps no longer reach once it
// has put instructions of its own in place of calls.
bool lower_kernel(ir::Module& module, const checked::Script& script, HomeChoice choice,
                  std::vector<std::string>& denied, Diagnostics& diagnostics) {
    // Of a program in which clauses run.
    const size_t most_instructions = choice == HomeChoice::kernel ? 16'384 : 4'096;
    for (size_t i = 0; i < module.kernel.size(); ++i) {
        KernelProgram& program = module.program.kernel_programs[i];
        const bool holds_clauses = std::any_of(
            program.tuples.begin(), program.tuples.end(),
            [&](const TupleIndex& tuple) { return module.program.clauses[tuple.clause].home == Home::kernel; });
        Lowered code = lower_for_kernel(module.kernel[i].whole);
        if (holds_clauses && code.problem.empty() && code.code.size() > most_instructions)
            code.problem = fmt::format("has {} instructions, {} are the limit", code.code.size(), most_instructions);
        if (!code.problem.empty() && module.kernel[i].plain) code = lower_for_kernel(*module.kernel[i].plain);
        bool given_back = false;
        for (const TupleIndex& tuple : program.tuples) {
            if (code.problem.empty() || module.program.clauses[tuple.clause].home != Home::kernel) continue;
            denied[tuple.clause] = fmt::format("makes a program that {}", code.problem);
            given_back = true;
        }
        if (given_back) return true;
        if (!code.problem.empty()) {
            diagnostics.error(script.clauses[program.tuples.front().clause].span,
                              fmt::format("the kernel program for `{}` {}", program.target.name, code.problem),
                              "read fewer fields of the event");
            continue;
        }
        program.code = std::move(code.code);
        program.lines = std::move(code.lines);
        if (!module.kernel[i].entry) continue;
        Lowered entry = lower_for_kernel(*module.kernel[i].entry);
        if (!entry.problem.empty())
            diagnostics.error(script.clauses[program.tuples.front().clause].span,
                              fmt::format("the kernel program for `{}` {}", program.target.name, entry.problem),
                              "read fewer fields of the event");
        program.entry_code = std::move(entry.code);
    }
    return false;
}

// Small ones, which are the same for all scripts.
template <typename Noting>
void lower_noting(const std::vector<ir::Function>& functions, std::vector<Noting>& programs, Diagnostics& diagnostics) {
    for (size_t i = 0; i < functions.size(); ++i) {
        Lowered code = lower_for_kernel(functions[i]);
        if (!code.problem.empty())
            diagnostics.error({}, fmt::format("internal error: {} {}", functions[i].name, code.problem),
                              "please report this script");
        programs[i].code = std::move(code.code);
    }
}

CheckOptions how_to_check(const CompileOptions& options, const Headers& headers, bool incomplete) {
    CheckOptions out;
    out.replay = options.replay;
    out.record = options.record;
    out.interfaces = options.interfaces;
    out.for_kernel = options.kernel != nullptr;
    out.types = options.types != nullptr ? options.types : options.kernel;
    out.may_lack_clauses = options.may_lack_clauses;
    for (const auto& declarations : headers.declarations) out.headers.push_back(&declarations);
    out.incomplete = incomplete;
    return out;
}

// The script without anything added, and the clause that tells its variables. Empty: it has errors, prints by itself,
// or has nothing to tell.
struct Told {
    checked::Script script;
    std::string clause;
};
std::optional<Told> told_at_end(const CompileInput& input, const CompileOptions& options, const Headers& headers) {
    Diagnostics diagnostics;
    const Source source = Source::prepare(input.name, input.text, input.shell, diagnostics);
    const ast::Script tree = parse_script(source, diagnostics, headers.type_names);
    if (diagnostics.has_errors() || headers.failed) return std::nullopt;
    Told out{check(tree, source, how_to_check(options, headers, false), diagnostics), {}};
    if (diagnostics.has_errors()) return std::nullopt;
    out.clause = end_clause(tree, out.script, source, options.tell_unprinted);
    return out.clause.empty() ? std::nullopt : std::optional(std::move(out));
}

class Pipeline {
public:
    Pipeline(const CompileOptions& options, Source source, Diagnostics diagnostics)
        : options_(options), source_(std::move(source)), diagnostics_(std::move(diagnostics)) {}

    // `told`: the script without the clause that tells its variables, checked; null when nothing is told.
    Compiled run(const Headers& headers, const checked::Script* told) {
        if (wants(Stage::tokens)) dump(Stage::tokens, dump_tokens(source_, diagnostics_));
        const bool text_is_whole = !diagnostics_.has_errors();
        ast::Script tree = parse_script(source_, diagnostics_, headers.type_names);
        if (told != nullptr) count_empty_clauses(tree, *told);
        if (wants(Stage::ast)) dump(Stage::ast, dump_ast(tree));
        const CheckOptions check_options = how_to_check(options_, headers, diagnostics_.has_errors());
        // Where a shell element has no value, anything that stands in its place would be an error of its own.
        if (text_is_whole && !headers.failed) {
            const checked::Script script = check(tree, source_, check_options, diagnostics_);
            if (options_.outline) out_.outline = make_outline(tree, script, source_);
            if (!diagnostics_.has_errors()) generate(script, told != nullptr);
        } else if (options_.outline) {
            Diagnostics unsaid;
            out_.outline = make_outline(tree, check(tree, source_, check_options, unsaid), source_);
        }
        out_.messages = headers.messages + render(diagnostics_, source_, {.color = options_.color});
        out_.said = headers.said;
        add(gather(diagnostics_, source_), out_.said);
        out_.source = std::move(source_);
        return std::move(out_);
    }

private:
    bool wants(Stage stage) const {
        return std::find(options_.dumps.begin(), options_.dumps.end(), stage) != options_.dumps.end();
    }

    void dump(Stage stage, const std::string& text) {
        if (options_.dumps.size() > 1) out_.dumps += fmt::format("== {}\n", stages[static_cast<size_t>(stage)].first);
        out_.dumps += text;
    }

    // Kernel variables that the kernel does not have.
    void check_symbols(const Program& program, const checked::Script& script) {
        for (const checked::Variable& variable : script.variables) {
            if (variable.storage != checked::VariableClass::kernel) continue;
            for (const KernelSymbol& symbol : program.kernel_symbols) {
                const std::vector<uint8_t>& rodata = program.maps[1].contents;
                const auto at = rodata.begin() + symbol.offset;
                if (symbol.name != variable.name || std::any_of(at, at + 8, [](uint8_t byte) { return byte != 0; }))
                    continue;
                diagnostics_.error(variable.declared, fmt::format("the kernel has no variable `{}`", symbol.name),
                                   "/proc/kallsyms lists them, with addresses for those who may see them (CAP_SYSLOG)");
            }
        }
    }

    // Hooks on packets have no stack to be read.
    void check_stacks(const Program& program, const checked::Script& script) {
        std::set<uint32_t> warned;  // clauses; one may have a hook for each version of IP
        for (const KernelProgram& one : program.kernel_programs) {
            const bool lacks = std::any_of(one.reads.begin(), one.reads.end(), [](const CapturedRead& read) {
                return read.kind == CapturedKind::kernel_stack && read.capacity == 0;
            });
            if (!lacks || one.hook == nullptr || is_user(one.hook->point)) continue;
            for (const TupleIndex& tuple : one.tuples) {
                if (!warned.insert(tuple.clause).second) continue;
                diagnostics_.warning(script.clauses[tuple.clause].span,
                                     fmt::format("no stack can be had where {}: it is empty", one.hook->doc));
            }
        }
    }

    // `told`: the last clause is the one that tells.
    void generate(const checked::Script& script, bool told) {
        if (wants(Stage::types)) dump(Stage::types, dump_types(script));
        ir::Module module = ir::build(script, source_);
        if (wants(Stage::ir)) dump(Stage::ir, ir::dump(module));
        for (ir::Function& function : module.functions) ir::simplify(function);
        place_clauses(module, script);
        if (options_.kernel != nullptr) check_symbols(module.program, script);
        check_stacks(module.program, script);
        if (wants(Stage::place)) dump(Stage::place, dump_places(module));
        module.program.merge = plan_merging(script, source_);
        if (wants(Stage::merge)) dump(Stage::merge, dump_merging(module.program.merge));
        lower_clauses(module, script, diagnostics_);
        if (diagnostics_.has_errors()) return;
        if (wants(Stage::ebpf)) dump(Stage::ebpf, dump_ebpf(module.program));
        if (wants(Stage::cbpf)) dump(Stage::cbpf, dump_cbpf(module.program));
        if (wants(Stage::program)) dump(Stage::program, dump_program(module.program));
        if (told && options_.keep_silent) module.program.clauses.pop_back();
        out_.program = std::move(module.program);
    }

    // A clause that makes its program too large goes back to the engine, and the others are placed anew.
    void place_clauses(ir::Module& module, const checked::Script& script) {
        PlaceOptions options{options_.home,   options_.kernel,    options_.rung,
                             options_.record, options_.by_window, std::vector<std::string>(module.functions.size())};
        for (;;) {
            const auto refused = place(module, options);
            if (options_.kernel == nullptr) return;
            capture(module, *options_.kernel, {options_.rung, options_.record, options_.network});
            if (lower_kernel(module, script, options.choice, options.denied, diagnostics_)) continue;
            lower_noting(module.owners, module.program.owner_programs, diagnostics_);
            lower_noting(module.steps, module.program.step_programs, diagnostics_);
            for (const auto& [clause, why] : refused) {
                diagnostics_.error(script.clauses[clause].span,
                                   fmt::format("this clause cannot run in the kernel: it {}", why),
                                   "leave the choice to the compiler with --home auto");
            }
            return;
        }
    }

    const CompileOptions& options_;
    Source source_;
    Diagnostics diagnostics_;
    Compiled out_;
};

}  // namespace

std::optional<Stage> find_stage(std::string_view name) {
    for (const auto& [stage_name, stage] : stages) {
        if (stage_name == name) return stage;
    }
    return std::nullopt;
}

std::string stage_names() {
    std::string out;
    for (const auto& [name, stage] : stages) out += (out.empty() ? "" : ", ") + std::string(name);
    return out;
}

std::vector<std::string> language_keywords() { return keywords(); }

Compiled compile(CompileInput input, const CompileOptions& options) {
    const Headers headers = parse_headers(std::move(input.headers), options.color);
    std::optional<Told> told;
    if (options.tell_at_end || options.tell_unprinted) told = told_at_end(input, options, headers);
    if (told) input.text += told->clause;
    Diagnostics diagnostics;
    Source source = Source::prepare(std::move(input.name), std::move(input.text), input.shell, diagnostics);
    return Pipeline(options, std::move(source), std::move(diagnostics)).run(headers, told ? &told->script : nullptr);
}

Formatted format_source(CompileInput input, bool color) {
    const Headers headers = parse_headers(std::move(input.headers), color);
    Formatted out;
    out.messages = headers.messages;
    if (headers.failed) return out;
    ShellValues any;
    any.any = true;
    Diagnostics diagnostics;
    const Source source = Source::prepare(input.name, std::move(input.text), any, diagnostics);
    out.text = diagnostics.has_errors() ? std::nullopt : format_script(source, diagnostics, headers.type_names);
    if (out.text) {
        Diagnostics again;
        // What would not be the same script is nobody's to keep.
        if (!same_words(source, Source::prepare(input.name, *out.text, any, again))) {
            diagnostics.error({}, "internal error: written out anew it would be another script",
                              "please report this script");
            out.text.reset();
        }
    }
    if (!out.text) out.messages += render(diagnostics, source, {.color = color});
    return out;
}

std::string render(const Error& error, const Program& program, SourcePosition at, const Source& source, bool color) {
    size_t length = 1;
    for (const ClauseCode& clause : program.clauses) {
        for (const ProbeRequest& probe : clause.probes) {
            if (probe.position.line == at.line && probe.position.column == at.column) length = probe.text.size();
        }
    }
    return render(error, source, Location{at.line, at.column}, length, {.color = color});
}

}  // namespace probevue
