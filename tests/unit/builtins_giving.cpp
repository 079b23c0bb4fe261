// What scripts may read at a probe point against what its hooks give: each pair of a built-in and a point, by
// compiling.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "builtins/describe.h"
#include "builtins/giving.h"
#include "compiler/compile.h"
#include "compiler/hooks/hook.h"
#include "compiler/program/hook_choice.h"
#include "tests/unit/fake_kernel.h"
#include "tests/unit/tuple_text.h"

namespace probevue {
namespace {

// Has every tracepoint and function, with arguments for all that is asked of them, or with few.
class WillingKernel final : public KernelFacts {
public:
    explicit WillingKernel(size_t arguments) : most_(arguments) {}

    std::optional<Prototype> tracepoint(std::string_view name) const override {
        return cut(known_.tracepoint(name).value_or(any_));
    }
    std::optional<Prototype> function(std::string_view name) const override {
        return cut(known_.function(name).value_or(any_));
    }
    std::optional<ResolvedPath> resolve(std::string_view path) const override { return known_.resolve(path); }
    std::optional<uint32_t> struct_size(std::string_view name) const override { return known_.struct_size(name); }
    std::optional<int64_t> enumerator(std::string_view, std::string_view) const override { return 7; }
    std::optional<uint64_t> symbol(std::string_view) const override { return std::nullopt; }
    std::string refusal(Rung) const override { return {}; }
    int64_t own_process() const override { return 4242; }
    uint64_t boot_time_ns() const override { return 0; }
    std::vector<std::string> tracepoints() const override { return known_.tracepoints(); }
    const Processor& processor() const override { return known_.processor(); }

private:
    Prototype cut(Prototype prototype) const {
        prototype.arguments.resize(std::min(prototype.arguments.size(), most_));
        return prototype;
    }

    FakeKernel known_;
    Prototype any_{900, {"sock", "sk_buff", "sock", "sk_buff", "", "", "", "", "", "", "", ""}};
    size_t most_;
};

constexpr std::string_view any_name = "any_name";  // the kernels here have all

std::string tuple_of(const ProbePointRow& point, std::string_view protocol) {
    return filled_in(point, protocol, any_name);
}

// Calls `use` for each point and each rung on which the kernel has its hooks.
template <typename Use>
void each_rung(const KernelFacts& kernel, const Use& use) {
    for (const ProbePointRow& point : probe_points()) {
        if (!point.unavailable.empty()) continue;
        const bool sysproc = point.kind == ProbeKind::sysproc;
        const HookRequest request{point.kind, sysproc ? point.fields.front().text : any_name};
        for (const RungRow& rung : rungs()) {
            std::string tried;
            if (!choose_hooks(request, kernel, rung.rung, tried).empty()) use(point, rung);
        }
    }
}

Compiled compile_text(std::string text, const KernelFacts* kernel, std::optional<Rung> rung = std::nullopt,
                      HomeChoice home = HomeChoice::automatic) {
    CompileInput input;
    input.name = "t.e";
    input.text = std::move(text);
    CompileOptions options;
    options.kernel = kernel;
    options.rung = rung;
    options.home = home;
    return compile(std::move(input), options);
}

// A protocol that fills the built-in, for packets.
std::string_view protocol_for(const BuiltinRow& row) {
    for (const ProtocolRow& protocol : protocols()) {
        if (row.protocols == 0 || (row.protocols & static_cast<ProtocolSet>(protocol.protocol)) != 0)
            return protocol.name;
    }
    return "*";
}

std::vector<const BuiltinRow*> rows_to_read() {
    std::vector<const BuiltinRow*> rows;
    for (const BuiltinRow& row : builtin_rows()) {
        if (row.unavailable.empty() && row.right.empty()) rows.push_back(&row);
    }
    return rows;
}

// What no hook gives makes a refusal that says so.
std::string refusals(const Program& program) {
    std::string out;
    for (const KernelRefusal& refusal : program.kernel_refusals) out += refusal.tried + "\n";
    return out;
}

// Whose a socket is only some programs can ask, of which the kernel knows that it is one: no breakpoints.
bool is_withheld(const BuiltinRow& row, const ProbePointRow& point, const RungRow& rung) {
    const auto* field = std::get_if<EventField>(&row.from);
    return field != nullptr && is_of_owner(*field) &&
           std::any_of(hook_rows().begin(), hook_rows().end(), [&](const HookRow& hook) {
               return hook.kind == point.kind && hook.rung == rung.rung && hook.only_for == EventField::count &&
                      giving(hook, *field) != Giving::given;
           });
}

const ProbePointRow& point(std::string_view form_begin) {
    for (const ProbePointRow& row : probe_points()) {
        if (row.form.starts_with(form_begin)) return row;
    }
    FAIL("no such point");
    return probe_points().front();
}

bool visible(std::string_view name, std::string_view member, std::string_view at) {
    return is_visible(*find_builtin(name, member), point(at));
}

bool nobodys(std::string_view name, std::string_view at) { return is_nobodys(*find_builtin(name, {}), point(at)); }

}  // namespace

TEST_CASE("what the checker refuses at a probe point is what it does not give, and nothing else") {
    for (const ProbePointRow& point : probe_points()) {
        if (!point.unavailable.empty()) continue;
        for (const BuiltinRow* row : rows_to_read()) {
            const std::string tuple = tuple_of(point, protocol_for(*row));
            const Compiled out = compile_text(fmt::format("{} {{ trace({}); }}\n", tuple, spelled(*row)), nullptr);
            CAPTURE(tuple);
            CAPTURE(spelled(*row));
            CAPTURE(out.messages);
            CHECK(out.program.has_value() == is_visible(*row, point));
            const bool refused = out.messages.find("has no meaning in") != std::string::npos;
            CHECK(refused == !is_visible(*row, point));
            // What is nobody's is said, and only there.
            const bool warned = out.messages.find("no process is known in") != std::string::npos;
            CHECK(warned == is_nobodys(*row, point));
        }
    }
}

TEST_CASE("what is visible is given: by every hook, on every rung, on kernels with more and with fewer arguments") {
    for (const size_t most : {size_t{12}, size_t{3}, size_t{2}, size_t{1}}) {
        const WillingKernel kernel(most);
        size_t compiled = 0;
        each_rung(kernel, [&](const ProbePointRow& point, const RungRow& rung) {
            for (const BuiltinRow* row : rows_to_read()) {
                if (!is_visible(*row, point)) continue;
                const std::string tuple = tuple_of(point, protocol_for(*row));
                CAPTURE(std::string(rung.name));
                CAPTURE(tuple);
                CAPTURE(spelled(*row));
                for (const char* form : {"{} {{ trace({}); }}\n", "{} {{ seen[{}]++; }}\n"}) {
                    const Compiled out =
                        compile_text(fmt::format(fmt::runtime(form), tuple, spelled(*row)), &kernel, rung.rung);
                    CAPTURE(out.messages);
                    REQUIRE(out.program.has_value());
                    const std::string refused = refusals(*out.program);
                    if (is_withheld(*row, point, rung)) {
                        CHECK(refused.ends_with(" does not tell whose the socket is\n"));
                    } else {
                        CHECK(refused == "");
                    }
                    ++compiled;
                }
            }
        });
        CHECK(compiled > 300);
    }
}

TEST_CASE("what recordings hold besides is given at every hook, on every rung") {
    const WillingKernel kernel(12);
    each_rung(kernel, [&](const ProbePointRow& point, const RungRow& rung) {
        const std::string tuple = tuple_of(point, "tcp");
        CAPTURE(std::string(rung.name));
        CAPTURE(tuple);
        CompileInput input;
        input.name = "t.e";
        input.text = fmt::format("{} {{ n++; }}\n", tuple);
        CompileOptions options;
        options.kernel = &kernel;
        options.rung = rung.rung;
        options.record = true;
        const Compiled out = compile(std::move(input), options);
        CAPTURE(out.messages);
        REQUIRE(out.program.has_value());
        CHECK(refusals(*out.program) == "");
    });
}

TEST_CASE("every event of the network tells of which network namespace it is, on every rung") {
    const WillingKernel kernel(12);
    for (const ProbeKindRow& row : probe_kinds()) {
        if (!contains(net_event_probes, row.kind)) continue;
        for (const HookRow& hook : hook_rows()) {
            CAPTURE(std::string(row.name));
            CAPTURE(std::string(hook.target));
            if (hook.kind == row.kind) CHECK(giving(hook, EventField::netns) == Giving::given);
        }
    }
}

TEST_CASE("functions ask for nothing that the probe point does not give") {
    const WillingKernel kernel(12);
    for (const ProbePointRow& point : probe_points()) {
        if (!point.unavailable.empty()) continue;
        for (const char* call : {"trace(get_function());", "trace(get_location_point());", "print_args();",
                                 "stktrace(0, 5);", "ptree();", "trace(get_probe());", "trace(timestamp());"}) {
            const std::string tuple = tuple_of(point, "tcp");
            CAPTURE(tuple);
            CAPTURE(call);
            const Compiled out = compile_text(fmt::format("{} {{ {} }}\n", tuple, call), &kernel);
            CAPTURE(out.messages);
            if (out.program) CHECK(refusals(*out.program) == "");
            if (!out.program) CHECK(out.messages.find("cannot be called in") != std::string::npos);
        }
    }
}

TEST_CASE("the table of what code of hooks computes is what it computes") {
    const WillingKernel kernel(12);
    for (const HookRow& row : hook_rows()) {
        std::vector<KernelMap> maps;
        Hook hook(kernel, row, row.target, KernelMaps(maps));
        hook.set_rejected(hook.code().label());
        for (const Root& root : row.roots) hook.set_thing(root.view, {hook.code().argument(0, 8), 0});
        for (const EventField field : code_fields(row.code)) hook.wanted.insert(field);
        write_condition(hook);
        std::set<EventField> computed;
        for (const auto& [field, value] : hook.values) computed.insert(field);
        for (const auto& [field, slot] : hook.slots) computed.insert(field);
        const std::vector<EventField> told = code_fields(row.code);
        CAPTURE(std::string(row.target));
        CHECK(computed == std::set<EventField>(told.begin(), told.end()));
    }
}

TEST_CASE("no built-in claims kinds of probes that do not give it") {
    for (const BuiltinRow* row : rows_to_read()) {
        CAPTURE(spelled(*row));
        ProbeSet had;
        for (const ProbePointRow* point : points_of(*row)) had = had | point->kind;
        CHECK_FALSE(had.empty());
        if (row->probes != all_probes) CHECK(had.contains(row->probes));
    }
}

TEST_CASE("members of events of processes are had at their events, processes where one is") {
    CHECK(visible("__sigsendinfo", "signo", "@@sysproc:sendsig"));
    CHECK_FALSE(visible("__sigsendinfo", "signo", "@@sysproc:execpass"));
    CHECK_FALSE(visible("__sigsendinfo", "signo", "@@sysproc:exit"));
    CHECK(visible("__exitinfo", "returnval", "@@sysproc:exit"));
    CHECK_FALSE(visible("__exitinfo", "returnval", "@@sysproc:execpass"));
    CHECK_FALSE(visible("__exitinfo", "signo", "@@sysproc:sendsig"));
    CHECK_FALSE(visible("__threadcreateinfo", "tid", "@@sysproc:sendsig"));
    CHECK_FALSE(visible("__execpassinfo", "cmdname", "@@sysproc:exit"));
    CHECK(visible("__r8", "", "@@syscall:"));
    CHECK_FALSE(visible("__r9", "", "@@syscall:"));
    CHECK(visible("__r10", "", "@@uft:"));
    CHECK(visible("__pid", "", "@@BEGIN"));
    CHECK_FALSE(nobodys("__pid", "@@BEGIN"));
    CHECK_FALSE(nobodys("__pname", "@@interval:*"));
    CHECK_FALSE(nobodys("__pid", "@@net:tcp:state_change"));
    CHECK_FALSE(nobodys("__pid", "@@net:tcp:send_buf_full"));
    CHECK(nobodys("__pid", "@@net:tcp:retransmit"));
    CHECK(nobodys("__uid", "@@net:tcp:recv_buf_full"));
    CHECK(nobodys("__pname", "@@net:tcp:listen_q_full"));
    CHECK(nobodys("__pname", "@@net:udp:sock_recv_buf_overflow"));
    CHECK(nobodys("__pname", "@@net:bpf"));
    CHECK_FALSE(nobodys("__trcid", "@@net:bpf"));
}

TEST_CASE("a predicate on what only the reader of a record finds out is left to the engine") {
    const WillingKernel kernel(12);
    // Number of conditional jumps: none may come from comparing something that is not known yet.
    const auto jumps = [&](const std::string& predicate) {
        const Compiled out = compile_text(fmt::format("int flag;\n@@sysproc:sendsig:* {} {{ trace(1); }}\n", predicate),
                                          &kernel, std::nullopt, HomeChoice::engine);
        REQUIRE(out.program.has_value());
        REQUIRE(out.program->kernel_programs.size() == 1);
        const std::vector<bpf_insn>& code = out.program->kernel_programs[0].code;
        return std::count_if(code.begin(), code.end(), [](const bpf_insn& insn) {
            return (BPF_CLASS(insn.code) == BPF_JMP || BPF_CLASS(insn.code) == BPF_JMP32) &&
                   BPF_OP(insn.code) != BPF_CALL && BPF_OP(insn.code) != BPF_JA && BPF_OP(insn.code) != BPF_EXIT;
        });
    };
    const auto plain = jumps("when (flag == 1)");  // variables are the engine's
    CHECK(jumps("when (__curproc->cwd == \"/tmp\")") == plain);
    CHECK(jumps("when (__pid == __trcid)") == plain);
    CHECK(jumps("when (__pid == 4711)") > plain);
}

}  // namespace probevue
