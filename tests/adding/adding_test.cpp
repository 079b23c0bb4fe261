// A compiler and an engine whose tables have further rows (tables.sh): those of docs/architecture.md, and many more.
// What a row adds can be read by scripts at once, and nothing has a room for so many rows only.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "builtins/event.h"
#include "builtins/probe.h"
#include "compiler/compile.h"
#include "runtime/engine/engine.h"
#include "tests/unit/fake_kernel.h"
#include "tests/unit/record_sink.h"

using namespace probevue;

namespace {

constexpr size_t generated_events = 100;
constexpr size_t generated_fields = 300;
constexpr size_t fields_an_event = generated_fields / generated_events;

// Has the tracepoints of the rows on the page.
class Kernel final : public FakeKernel {
public:
    Kernel() {
        tracepoints_["tcp_receive_reset"] = {112, {"sock"}};
        tracepoints_["netif_receive_skb"] = {113, {"sk_buff"}};
    }
};

Compiled compiled(std::string text, HomeChoice home = HomeChoice::engine) {
    const Kernel kernel;
    CompileInput input;
    input.name = "test.e";
    input.text = std::move(text);
    CompileOptions options;
    options.kernel = &kernel;
    options.home = home;
    return compile(std::move(input), options);
}

Program program_of(std::string text, HomeChoice home = HomeChoice::engine) {
    Compiled out = compiled(std::move(text), home);
    INFO(out.messages);
    REQUIRE(out.program.has_value());
    CHECK(out.messages.empty());
    CHECK(out.program->kernel_refusals.empty());
    return std::move(*out.program);
}

bool captures(const KernelProgram& program, std::string_view field) {
    return std::any_of(program.fields.begin(), program.fields.end(),
                       [&](const CapturedField& one) { return event_field(one.field).name == field; });
}

// Keeps the integers of what clauses print.
class ValueSink final : public RecordSink {
public:
    void record(const RecordLayout& layout, const std::byte* payload, const RecordOrigin&) override {
        for (const RecordField& field : layout.fields) {
            int64_t value = 0;
            std::memcpy(&value, payload + field.offset, sizeof value);
            values.push_back(value);
        }
    }

    std::vector<int64_t> values;
};

// Runs clauses, for an event with a frame and a packet.
class Runner {
public:
    explicit Runner(const Program& program) : program_(program), frame_(event_frame_size()) {
        auto made = Engine::create(program_, {}, sink_);
        REQUIRE(made.has_value());
        engine_ = std::move(*made);
    }

    void set(std::string_view field, int64_t value) {
        const EventFieldRow* row = find_event_field(field);
        REQUIRE(row != nullptr);
        REQUIRE(row->offset + sizeof value <= frame_.size());
        std::memcpy(frame_.data() + row->offset, &value, sizeof value);
    }
    void set_tcp_header(size_t offset, uint8_t value) { header_[offset] = value; }

    void run(size_t clause) {
        EngineContext context;
        for (uint64_t& layer : context.layers) layer = reinterpret_cast<uintptr_t>(header_.data());
        context.fields = reinterpret_cast<uintptr_t>(frame_.data());
        CHECK(engine_->run(clause, context, {}));
    }
    const std::vector<int64_t>& printed() const { return sink_.values; }

private:
    const Program& program_;
    ValueSink sink_;
    std::unique_ptr<Engine> engine_;
    std::vector<std::byte> frame_;
    std::array<uint8_t, zero_layer_size> header_{};
};

}  // namespace

TEST_CASE("the event of the page is an event, with what its hook's socket gives") {
    const Program program = program_of(
        "@@net:tcp:page_event { printf(\"%H %d\\n\", __proto_info->remote_addr, __proto_info->local_port); }");
    REQUIRE(program.kernel_programs.size() == 1);
    CHECK(program.kernel_programs[0].target.name == "tcp_receive_reset");
    CHECK(captures(program.kernel_programs[0], "remote_addr"));
    CHECK(captures(program.kernel_programs[0], "local_port"));
    CHECK_FALSE(captures(program.kernel_programs[0], "remote_port"));  // nobody reads it
}

TEST_CASE("the field of the page is had at events that hand over a packet buffer, and at no other") {
    const Program program = program_of("@@net:netdev:receive { printf(\"%u\\n\", __netdev->page_field); }");
    REQUIRE(program.kernel_programs.size() == 1);
    CHECK(captures(program.kernel_programs[0], "page_field"));
    Runner runner(program);
    runner.set("page_field", 4711);
    runner.run(0);
    CHECK(runner.printed() == std::vector<int64_t>{4711});
    const Compiled refused = compiled("@@net:tcp:page_event { printf(\"%u\\n\", __netdev->page_field); }");
    CHECK_FALSE(refused.program.has_value());
    CHECK(refused.messages.find("`__netdev->page_field` has no meaning in @@net:tcp:page_event") != std::string::npos);
}

TEST_CASE("the member of the page is read from the header") {
    const Program program = program_of("@@net:bpf:lo:tcp:\"tcp\" { printf(\"%d\\n\", __tcphdr->page_window); }");
    Runner runner(program);
    runner.set_tcp_header(14, 0x12);  // RFC 9293, section 3.1: the window is at octet 14
    runner.set_tcp_header(15, 0x34);
    runner.run(0);
    CHECK(runner.printed() == std::vector<int64_t>{0x1234});
}

TEST_CASE("a script over a hundred further events and three hundred further fields compiles and runs") {
    REQUIRE(static_cast<size_t>(ProbeKind::count) > generated_events);
    REQUIRE(event_frame_size() > generated_fields * sizeof(uint64_t));
    std::string text;
    for (size_t i = 0; i < generated_events; ++i) {
        text += fmt::format("@@net:generated:event_{} {{ events++; printf(\"", i);
        for (size_t j = 0; j < fields_an_event; ++j) text += "%lld ";
        text += "\"";
        for (size_t j = 0; j < fields_an_event; ++j)
            text += fmt::format(", __generated->field_{}", i * fields_an_event + j);
        text += "); }\n";
    }
    text += "@@END { printf(\"%d\\n\", events); }";
    const Program program = program_of(text);
    REQUIRE(program.kernel_programs.size() == generated_events);
    Runner runner(program);
    std::vector<int64_t> expected;
    for (size_t i = 0; i < generated_events; ++i) {
        for (size_t j = 0; j < fields_an_event; ++j) {
            const size_t number = i * fields_an_event + j;
            CHECK(captures(program.kernel_programs[i], fmt::format("generated_field_{}", number)));
            expected.push_back(static_cast<int64_t>(1'000'000 + 7 * number));
            runner.set(fmt::format("generated_field_{}", number), expected.back());
        }
        CHECK(program.kernel_programs[i].record_size >= sizeof(KernelRecord) + fields_an_event * sizeof(uint64_t));
    }
    for (size_t i = 0; i <= generated_events; ++i) runner.run(i);
    expected.push_back(generated_events);
    CHECK(runner.printed() == expected);
}

TEST_CASE("a clause of all further events runs in the kernel, and is one for all of them") {
    std::string tuples;
    for (size_t i = 0; i < generated_events; ++i)
        tuples += fmt::format("{}@@net:generated:event_{}", i == 0 ? "" : ", ", i);
    const Program program = program_of(tuples + " { n[__generated->field_299]++; }", HomeChoice::automatic);
    REQUIRE(program.kernel_programs.size() == generated_events);
    CHECK(program.clauses[0].home == Home::kernel);
    for (const KernelProgram& one : program.kernel_programs) CHECK_FALSE(one.code.empty());
}

TEST_CASE("what has no room on the kernel's stack is refused by its size") {
    std::string text = "@@net:generated:event_0 { printf(\"x\"); s = __generated->field_0";
    for (size_t i = 1; i < generated_fields; ++i) text += fmt::format(" + __generated->field_{}", i);
    const Compiled out = compiled(text + "; }");
    CHECK_FALSE(out.program.has_value());
    CHECK(out.messages.find("bytes of memory for its values, 512 are the limit") != std::string::npos);
}

TEST_CASE("more values at a time than the engine's frame has room for are refused by their number") {
    constexpr size_t variables = 5000;
    std::string declared;
    std::string set;
    std::string used;
    for (size_t i = 0; i < variables; ++i) {
        declared += fmt::format("__auto int v{}; ", i);
        set += fmt::format("v{} = x++; ", i);
        used += fmt::format("x += v{}; ", i);
    }
    const Compiled out = compiled("int x; @@BEGIN { " + declared + set + used + "exit(); }");
    CHECK_FALSE(out.program.has_value());
    CHECK(out.messages.find(" values at a time, 4096 are the limit") != std::string::npos);
    CHECK(out.messages.find("split it into several clauses") != std::string::npos);
}
