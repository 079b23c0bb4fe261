// Arguments of tracepoints, and structures, by the type information of a kernel of our own invention.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "compiler/compile.h"
#include "runtime/probes/tracepoint_types.h"
#include "tests/unit/fake_kernel.h"
#include "tests/unit/program_for.h"

namespace probevue {
namespace {

using Kind = KernelType::Kind;

// One tracepoint, `packet_seen(struct packet *p, int why, const char *text)`, and what is reached from it.
class TypedKernel final : public FakeKernel {
public:
    enum : KernelTypeId {
        int_ = 1,
        u32,
        u16,
        char_,
        s8,
        u64,
        packet,
        device,
        bits,
        to_packet,
        to_device,
        name,
        to_char,
        named,
        back,
        opaque,
        to_opaque,
        verdict,
        words
    };

    TypedKernel() {
        types_ = {
            {int_, {Kind::integer, "", 4, true}},
            {u32, {Kind::integer, "", 4, false}},
            {u16, {Kind::integer, "", 2, false}},
            {char_, {Kind::integer, "", 1, false}},
            {s8, {Kind::integer, "", 1, true}},
            {u64, {Kind::integer, "", 8, false}},
            {verdict, {Kind::integer, "verdict", 4, false}},
            {to_packet, {Kind::pointer, "", 8, false, false, packet}},
            {to_device, {Kind::pointer, "", 8, false, false, device}},
            {to_char, {Kind::pointer, "", 8, false, false, char_}},
            {to_opaque, {Kind::pointer, "", 8, false, false, opaque}},
            {opaque, {Kind::opaque, "secret", 0}},
            {name, {Kind::array, "", 16, false, false, char_, 16}},
            {words, {Kind::array, "", 12, false, false, u32, 3}},
            {bits, {Kind::structure, "", 4, false, true, 0, 0, {{"hash", u32, 0, 0}, {"half", u16, 16, 0}}}},
            {back, {Kind::structure, "", 16, false, false, 0, 0, {{"", bits, 0, 0}, {"owner", to_packet, 64, 0}}}},
            {device,
             {Kind::structure,
              "device",
              40,
              false,
              false,
              0,
              0,
              {{"name", name, 0, 0}, {"index", int_, 128, 0}, {"gain", s8, 160, 0}, {"", back, 192, 0}}}},
            {packet,
             {Kind::structure,
              "packet",
              48,
              false,
              false,
              0,
              0,
              {{"dev", to_device, 0, 0},
               {"len", u32, 64, 0},
               {"kind", u32, 96, 3},
               {"more", u32, 99, 5},
               {"why", verdict, 128, 0},
               {"mark", words, 160, 0},
               {"hidden", to_opaque, 256, 0},
               {"next", to_packet, 320, 0}}}},
        };
        Prototype prototype{301, {"packet", "", ""}, {{}, {4, true}, {}}};
        prototype.types = {to_packet, int_, to_char};
        tracepoints_["packet_seen"] = prototype;
    }

    bool has_types() const override { return has_types_; }
    std::vector<std::string> argument_names(std::string_view tracepoint) const override {
        return tracepoint == "packet_seen" ? std::vector<std::string>{"p", "why", "text"} : std::vector<std::string>();
    }
    std::optional<KernelType> type(KernelTypeId id) const override {
        const auto at = types_.find(id);
        return at == types_.end() ? std::nullopt : std::optional(at->second);
    }
    std::optional<KernelTypeId> structure(std::string_view wanted, bool is_union) const override {
        for (const auto& [id, type] : types_) {
            if (type.kind == Kind::structure && type.name == wanted && type.is_union == is_union) return id;
        }
        return std::nullopt;
    }

    bool has_types_ = true;

private:
    std::map<KernelTypeId, KernelType> types_;
};

Compiled compiled(const std::string& text, const TypedKernel& kernel, HomeChoice home = HomeChoice::automatic,
                  bool record = false, std::vector<Stage> dumps = {}) {
    CompileOptions options;
    options.kernel = &kernel;
    options.home = home;
    options.record = record;
    options.dumps = std::move(dumps);
    return compile_for(text, options);
}

// The first message and hint of a clause on the tracepoint that evaluates an expression.
std::string message(const std::string& text, const TypedKernel& kernel = {}, bool record = false) {
    const Compiled out = compiled(text, kernel, HomeChoice::automatic, record);
    std::string found = out.messages.substr(0, out.messages.find('\n'));
    const size_t hint = out.messages.find("  hint: ");
    if (hint != std::string::npos)
        found += "; " + out.messages.substr(hint + 8, out.messages.find('\n', hint) - hint - 8);
    const size_t severity = found.find(": ");
    return found.empty() ? found : found.substr(severity + 2);
}
std::string of(const std::string& expression) {
    return message("@@systrace:*:packet_seen { printf(\"%d\\n\", " + expression + "); }");
}

// What the clause reads of the kernel's memory: "offset:bytes", as the instructions have it.
std::string reads(const std::string& expression, const char* conversion = "%lld") {
    const TypedKernel kernel;
    const Compiled out =
        compiled(fmt::format("@@systrace:*:packet_seen {{ printf(\"{}\\n\", {}); }}", conversion, expression), kernel,
                 HomeChoice::engine, false, {Stage::ir});
    INFO(out.messages);
    REQUIRE(out.program.has_value());
    return out.dumps;
}

}  // namespace

TEST_CASE("members of what a tracepoint hands over need no declaration") {
    for (const HomeChoice home : {HomeChoice::engine, HomeChoice::kernel}) {
        const TypedKernel kernel;
        const Compiled out = compiled(
            "@@systrace:*:packet_seen when (__arg1->dev->name == \"lo\" and __arg1->dev->hash > 3 and __arg2 < 0)"
            "{ bytes[__arg1->dev->name] += __arg1->len; "
            "by[__arg1->kind][__arg1->next->more][__arg1->dev->owner->why]++;"
            "  marks[__arg1->mark[2]]++; }",
            kernel, home);
        CAPTURE(out.messages);
        REQUIRE(out.program.has_value());
        CHECK(out.messages.empty());
        CHECK(out.program->kernel_refusals.empty());
        REQUIRE(out.program->kernel_programs.size() == 1);
        CHECK((out.program->clauses[0].home == Home::kernel) == (home == HomeChoice::kernel));
    }
}

TEST_CASE("members are read where the kernel's types say, in their size and sign, and nothing besides") {
    const std::string index = reads("__arg1->dev->index");
    CHECK(index.find("kernel_copy") != std::string::npos);
    const auto all = [](const std::string& dump, std::string_view what) {
        size_t count = 0;
        for (size_t at = dump.find(what); at != std::string::npos; at = dump.find(what, at + 1)) ++count;
        return count;
    };
    CHECK(all(index, "kernel_copy") == 2);
    const std::string nested = reads("__arg1->dev->owner->len");
    CHECK(all(nested, "kernel_copy") == 3);
    CHECK(all(reads("__arg1->mark[1]"), "kernel_copy") == 1);
    CHECK(all(reads("__arg1->dev->name", "%s"), "kernel_copy") == 2);
    CHECK(all(reads("__arg3", "%s"), "kernel_string") == 1);
    const TypedKernel kernel;
    const auto type = [&](const std::string& expression) {
        const Compiled out = compiled("@@systrace:*:packet_seen { x = " + expression + "; }", kernel,
                                      HomeChoice::engine, false, {Stage::types});
        INFO(out.messages);
        REQUIRE(out.program.has_value());
        const size_t at = out.dumps.find(" x");
        return out.dumps.substr(0, at == std::string::npos ? 0 : out.dumps.find('\n', at));
    };
    CHECK(type("__arg1->dev->index").find("int") != std::string::npos);
    CHECK(type("__arg1->dev->gain").find("signed char") != std::string::npos);
    CHECK(type("__arg1->dev->half").find("unsigned short") != std::string::npos);
    CHECK(type("__arg1->dev").find("struct device *") != std::string::npos);
    // By itself an argument is a number, as it is on recorded events.
    CHECK(type("__arg1").find("long") != std::string::npos);
}

TEST_CASE("structures that a cast names are the kernel's, too") {
    CHECK(of("((struct device *)__arg1)->index").empty());
    CHECK(of("((struct devise *)__arg1)->index") ==
          "error: `struct devise` has no members here: it was never defined; define it, or read its header with -I");
}

TEST_CASE("what is not there is one error") {
    CHECK(of("__arg1->dev->nmae") == "error: `struct device` has no member `nmae`; did you mean `name`?");
    CHECK(of("__arg4->len") ==
          "error: `__arg4` does not exist: the tracepoint `packet_seen` has 3 arguments; `probevue -l -v "
          "@@systrace:*:packet_seen` shows them with their types");
    CHECK(of("__arg2->len") == "error: `long` has no members");
    CHECK(of("__arg1->hidden->x") ==
          "error: `struct secret` has no members here: the kernel's type information does not say more of it");
    CHECK(message("@@systrace:*:packet_sen { printf(\"%d\\n\", __arg1->len); }") ==
          "error: `__arg1` has no type: the kernel has no tracepoint `packet_sen`; did you mean `packet_seen`?");
    TypedKernel bare;
    bare.has_types_ = false;
    CHECK(message("@@systrace:*:packet_seen { printf(\"%d\\n\", __arg1->len); }", bare) ==
          "error: `__arg1` has no type: the running kernel has no type information (/sys/kernel/btf/vmlinux); declare "
          "its "
          "structure and a prototype of `packet_seen`");
    CHECK(
        message("@@systrace:*:packet_seen { printf(\"%d\\n\", __arg1->len); }", {}, true) ==
        "error: `__arg1` has no type here: recordings do not hold the types of the kernel; declare its structure and a "
        "prototype of `packet_seen`");
    CompileInput input;
    input.text = "@@systrace:*:packet_seen { x = __arg1->len; }";
    CHECK(compile(std::move(input), {}).messages.find("`__arg1` has no type: there is no kernel to ask for it") !=
          std::string::npos);
}

TEST_CASE("a declaration that does not say what the kernel says is an error that names both") {
    const auto with = [](const std::string& members) {
        return message("struct packet { " + members +
                       " }; void packet_seen(struct packet *p); @@systrace:*:packet_seen { x = __arg1->len; }");
    };
    const std::string hint = "; leave its declaration out: the kernel's own structures are known";
    CHECK(with("char filler[8]; unsigned int len; unsigned int kind:3; unsigned int more:5;").empty());
    CHECK(with("unsigned int len;") ==
          "error: `struct packet` does not fit this kernel: `len` is at byte 8 there, at byte 0 here" + hint);
    CHECK(with("char filler[8]; int len;") ==
          "error: `struct packet` does not fit this kernel: `len` is `unsigned int` there, `int` here" + hint);
    CHECK(with("char filler[8]; unsigned int len; unsigned int kind:4;") ==
          "error: `struct packet` does not fit this kernel: `kind` is 3 bits of `unsigned int` there, 4 bits of "
          "`unsigned "
          "int` here" +
              hint);
    CHECK(with("char filler[8]; unsigned int len; unsigned int more:5;") ==
          "error: `struct packet` does not fit this kernel: `more` is at bit 3 of byte 12 there, at bit 0 of byte 12 "
          "here" +
              hint);
    CHECK(
        with("char filler[8]; unsigned int len; unsigned int pad:1; unsigned int more:5;").find("`pad` is not there") !=
        std::string::npos);
    CHECK(with("struct packet *dev; unsigned int len;") ==
          "error: `struct packet` does not fit this kernel: `dev` is `struct device *` there, `struct packet *` here" +
              hint);
    CHECK(message("struct packet { int len; }; @@systrace:*:packet_seen { x = ((struct packet *)__arg1)->len; }") ==
          "error: `struct packet` does not fit this kernel: `len` is at byte 8 there, at byte 0 here" + hint);

    const auto prototype = [](const std::string& parameters) {
        return message("struct device { char name[16]; }; void packet_seen(" + parameters +
                       "); @@systrace:*:packet_seen { x = __arg1; }");
    };
    const std::string other = "; leave the prototype out: the types of the arguments are known";
    CHECK(prototype("void *p, int why").empty());
    CHECK(prototype("long p").empty());
    CHECK(prototype("int p") ==
          "error: the prototype of `packet_seen` does not fit this kernel: argument 1 is `struct packet *` there, "
          "`int` here" +
              other);
    CHECK(prototype("struct device *p") ==
          "error: the prototype of `packet_seen` does not fit this kernel: argument 1 is `struct packet *` there, "
          "`struct "
          "device *` here" +
              other);
    CHECK(prototype("void *p, int why, char *text, int more") ==
          "error: the prototype of `packet_seen` does not fit this kernel: 4 parameters here, 3 there" + other);
}

TEST_CASE("arguments of tracepoints and their members, as listings and completion show them") {
    const TypedKernel kernel;
    using List = std::vector<std::string>;
    CHECK(tracepoint_arguments(kernel, "packet_seen") ==
          List{"__arg1 struct packet *p", "__arg2 int why", "__arg3 char *text"});
    CHECK(tracepoint_arguments(kernel, "packet_sen").empty());
    const std::vector<std::string_view> path = {"dev"};
    CHECK(tracepoint_members(kernel, "packet_seen", 1, path) == List{"name", "index", "gain", "hash", "half", "owner"});
    CHECK(tracepoint_members(kernel, "packet_seen", 2, {}).empty());
    CHECK(tracepoint_members(kernel, "packet_seen", 4, {}).empty());
}

}  // namespace probevue
