// Whole clauses through Engine, in every engine.
#include <doctest/doctest.h>

#include "tests/unit/engine_support.h"

namespace probevue::test {
namespace {

constexpr uint32_t globals = 0;
constexpr uint32_t rodata = 1;
constexpr uint32_t counts = 3;  // an array of an integer by an integer

Program make_program() {
    Program program;
    program.script_name = "test.e";
    program.maps.resize(4);
    program.maps[globals].kind = MapKind::globals;
    program.maps[globals].value_size = 64;
    program.maps[rodata].kind = MapKind::rodata;
    program.maps[rodata].contents = {'a', 'b', 'c', 0, 0, 0, 0, 0};
    program.maps[rodata].value_size = 8;
    program.maps[2].kind = MapKind::threads;
    program.maps[2].value_size = 16;
    program.maps[counts].kind = MapKind::array;
    program.maps[counts].layout.name = "counts";
    program.maps[counts].layout.keys = {RecordField{}};
    program.maps[counts].layout.key_size = 8;
    RecordLayout record;
    record.size = 2;
    program.records.push_back(record);
    program.print_options.resize(2);
    program.sites = {{"division by zero", {3, 7}, Fault::division_by_zero}, {"buffer", {1, 1}}, {"@@BEGIN", {1, 1}}};
    return program;
}

void add_clause(Program& program, std::vector<bpf_insn> code) {
    ClauseCode& clause = program.clauses.emplace_back();
    clause.code = std::move(code);
    clause.position = {5, 1};
}

struct Run {
    Run(const Program& program, EngineKind kind, uint64_t max_elements = 100) {
        EngineOptions options;
        options.kind = kind;
        options.max_elements = max_elements;
        auto made = Engine::create(program, options, sink);
        REQUIRE_MESSAGE(made.has_value(), made.error().message);
        engine = std::move(*made);
    }
    bool operator()(size_t clause) { return engine->run(clause, context, origin); }

    LogSink sink;
    EngineContext context;
    RecordOrigin origin{1000, 1, 1, "@@BEGIN"};
    std::unique_ptr<Engine> engine;
};

// counts[r6]++, r6 being the packet's length
std::vector<bpf_insn> count_code() {
    std::vector<bpf_insn> code{load(BPF_DW, 6, 1, offsetof(EngineContext, wire_length)), store_x(BPF_DW, 10, 6, -8)};
    add_map(code, 1, counts);
    code.insert(code.end(), {mov64_x(2, 10), add64_k(2, -8), call(Helper::array_ref),
                             make_insn(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3, 0), load(BPF_DW, 3, 0, 0), add64_k(3, 1),
                             store_x(BPF_DW, 0, 3, 0), mov64_k(0, 1), leave()});
    return code;
}

std::vector<bpf_insn> print_code(int32_t options) {
    std::vector<bpf_insn> code;
    add_map(code, 1, counts);
    code.insert(code.end(), {mov64_k(2, options), call(Helper::array_print), mov64_k(0, 1), leave()});
    return code;
}

TEST_CASE("counting into an array, and printing it") {
    Program program = make_program();
    add_clause(program, count_code());
    add_clause(program, print_code(0));
    for (const EngineKind kind : engine_kinds()) {
        Run run(program, kind, 2);
        for (const uint64_t length : {60u, 1500u, 60u, 60u, 9000u}) {
            run.context.wire_length = length;
            CHECK(run(0));
        }
        CHECK(run(1));
        CHECK(run.sink.lines == std::vector<std::string>{"array counts", "60=3", "1500=1"});
        CHECK(run.engine->counters().array_full == 1);
    }
}

TEST_CASE("globals, constants and predicates") {
    Program program = make_program();
    std::vector<bpf_insn> code;
    add_map_value(code, 6, globals, 8);
    add_map_value(code, 7, rodata, 1);
    code.insert(code.end(),
                {load(BPF_DW, 0, 6, 0), load(BPF_B, 3, 7, 0), make_insn(BPF_ALU64 | BPF_ADD | BPF_X, 0, 3, 0, 0),
                 store_x(BPF_DW, 6, 0, 0), make_insn(BPF_ALU64 | BPF_MOD | BPF_K, 0, 0, 0, 2), leave()});
    add_clause(program, code);  // adds 'b', 98, three times: 98, 196, 294; then even
    add_clause(program, {mov64_k(0, 3), leave()});
    program.clauses[1].home = Home::kernel;
    for (const EngineKind kind : engine_kinds()) {
        Run run(program, kind);
        CHECK_FALSE(run(0));
        CHECK_FALSE(run(0));
        CHECK_FALSE(run(1));  // not ours
    }
    program.maps[rodata].contents[1] = 'a';
    for (const EngineKind kind : engine_kinds()) {
        Run run(program, kind);
        CHECK(run(0));
        CHECK_FALSE(run(0));
        CHECK(run(0));
    }
}

TEST_CASE("records, groups, tentative sections") {
    Program program = make_program();
    add_clause(program, {store_k(BPF_H, 10, -8, 0x0201), mov64_k(1, 0), mov64_x(2, 10), add64_k(2, -8),
                         call(Helper::emit), mov64_k(0, 0), leave()});
    add_clause(program, {call(Helper::group_start), mov64_k(1, 1), call(Helper::tentative_start), mov64_k(1, 1),
                         call(Helper::tentative_commit), mov64_k(0, 1), leave()});
    for (const EngineKind kind : engine_kinds()) {
        Run run(program, kind);
        CHECK_FALSE(run(0));
        CHECK(run.sink.lines == std::vector<std::string>{"record 2 at 1000: 1 2"});
        run.sink.lines.clear();
        CHECK(run(1));
        CHECK_FALSE(run(0));
        CHECK(run.sink.lines == std::vector<std::string>{"group start", "start buffer", "commit buffer",
                                                         "end of clause", "record 2 at 1000: 1 2"});
    }
}

TEST_CASE("a warning is printed once, exit() is remembered") {
    Program program = make_program();
    add_clause(program, {mov64_k(1, 0), call(Helper::warn), call(Helper::exit), mov64_k(0, 1), leave()});
    for (const EngineKind kind : engine_kinds()) {
        Run run(program, kind);
        CHECK_FALSE(run.engine->exit_requested());
        run(0);
        run(0);
        CHECK(run.engine->exit_requested());
        CHECK(run.sink.lines == std::vector<std::string>{"warning test.e:3:7: division by zero"});
        CHECK(run.engine->counters().divisions_by_zero == 2);
    }
}

TEST_CASE("registers r6 to r9 and all arguments survive calls as the convention says") {
    Program program = make_program();
    std::vector<bpf_insn> code;
    for (unsigned reg = 6; reg < 10; ++reg) code.push_back(mov64_k(reg, static_cast<int>(reg)));
    // string_concat(to, 8, a, b, sizes) takes five arguments
    add_map_value(code, 1, globals, 16);
    code.push_back(mov64_k(2, 8));
    add_map_value(code, 3, rodata, 0);
    add_map_value(code, 4, rodata, 1);
    add_wide(code, 5, uint64_t{8} << 32 | 8);
    code.push_back(call(Helper::string_concat));
    add_map_value(code, 1, globals, 16);
    code.push_back(load(BPF_DW, 0, 1, 0));
    uint64_t text = 0;
    std::memcpy(&text, "abcbc", 5);
    add_wide(code, 2, text);
    code.push_back(make_insn(BPF_ALU64 | BPF_XOR | BPF_X, 0, 2, 0, 0));
    for (unsigned reg = 6; reg < 10; ++reg) {
        code.push_back(make_insn(BPF_ALU64 | BPF_LSH | BPF_K, 0, 0, 0, 4));
        code.push_back(make_insn(BPF_ALU64 | BPF_OR | BPF_X, 0, reg, 0, 0));
    }
    code.push_back(make_insn(BPF_ALU64 | BPF_SUB | BPF_K, 0, 0, 0, 0x6789));
    code.push_back(leave());
    add_clause(program, code);
    for (const EngineKind kind : engine_kinds()) {
        Run run(program, kind);
        CHECK_FALSE(run(0));  // zero only if all was as expected
    }
}

TEST_CASE("defaults of set_aso_print_options") {
    Program program = make_program();
    program.print_options[0].limit = 5;
    program.print_options[0].limit_set = true;
    program.print_options[1].by_value = true;
    program.print_options[1].descending = true;
    program.print_options[1].sort_set = true;
    program.print_options[1].limit = 9;
    program.print_options[1].limit_set = true;
    add_clause(program, print_code(0));
    add_clause(program, {mov64_k(1, 1), call(Helper::array_defaults), mov64_k(0, 1), leave()});
    for (const EngineKind kind : engine_kinds()) {
        Run run(program, kind);
        run(0);
        CHECK_FALSE(run.sink.last_options.by_value);
        run(1);
        run(0);
        CHECK(run.sink.last_options.by_value);
        CHECK(run.sink.last_options.descending);
        CHECK(run.sink.last_options.limit == 5);  // the call's own wins
    }
}

TEST_CASE("programs that are refused") {
    LogSink sink;
    Program program = make_program();
    add_clause(program, {call(static_cast<Helper>(helper_base - 1)), leave()});
    const auto refused = Engine::create(program, {}, sink);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message == "test.e:5:1: code of the clause: instruction 0: calls an unknown helper function");

    program.clauses.clear();
    program.maps[counts].layout.key_size = 12;
    const auto array = Engine::create(program, {}, sink);
    REQUIRE_FALSE(array.has_value());
    CHECK(array.error().message == "array `counts`: keys and values must be whole 64-bit words");

    program = make_program();
    std::vector<bpf_insn> code;
    add_map_value(code, 1, globals, 64);
    code.push_back(leave());
    add_clause(program, code);
    const auto outside = Engine::create(program, {}, sink);
    REQUIRE_FALSE(outside.has_value());
    CHECK(outside.error().message ==
          "test.e:5:1: code of the clause: instruction 0: takes an address outside of the map's memory");
}

TEST_CASE("stack traces") {
    Program program = make_program();
    for (const EngineKind kind : engine_kinds()) {
        Run run(program, kind);
        const std::vector<uint64_t> kernel{0xffffffff81000000, 0xffffffff81000010};
        const std::vector<uint64_t> user{0x401000};
        const uint64_t stack = run.engine->add_stack(1, kernel, user);
        CHECK(stack != 0);
        CHECK(run.engine->add_stack(1, kernel, user) == stack);
        CHECK(run.engine->resolver().stack(stack, false) == "0xffffffff81000000\n0xffffffff81000010\n0x401000\n");
        CHECK(run.engine->resolver().stack(0, false).empty());
    }
}

}  // namespace
}  // namespace probevue::test
