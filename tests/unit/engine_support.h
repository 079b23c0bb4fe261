// For tests of the engine: an assembler of single instructions, and a sink that keeps what reaches it.
#pragma once

#include <linux/bpf.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/engine/engine.h"
#include "runtime/engine/load.h"
#include "runtime/engine/machine.h"
#include "runtime/jit/jit.h"

namespace probevue::test {

inline bpf_insn make_insn(unsigned code, unsigned dst, unsigned src, int off, int64_t imm) {
    bpf_insn insn{};
    insn.code = static_cast<uint8_t>(code);
    insn.dst_reg = static_cast<uint8_t>(dst & 15);
    insn.src_reg = static_cast<uint8_t>(src & 15);
    insn.off = static_cast<int16_t>(off);
    insn.imm = static_cast<int32_t>(imm);
    return insn;
}

inline bpf_insn mov64_k(unsigned dst, int64_t imm) { return make_insn(BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, imm); }
inline bpf_insn mov64_x(unsigned dst, unsigned src) { return make_insn(BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0); }
inline bpf_insn add64_k(unsigned dst, int64_t imm) { return make_insn(BPF_ALU64 | BPF_ADD | BPF_K, dst, 0, 0, imm); }
inline bpf_insn load(unsigned size, unsigned dst, unsigned src, int off) {
    return make_insn(BPF_LDX | BPF_MEM | size, dst, src, off, 0);
}
inline bpf_insn store_x(unsigned size, unsigned dst, unsigned src, int off) {
    return make_insn(BPF_STX | BPF_MEM | size, dst, src, off, 0);
}
inline bpf_insn store_k(unsigned size, unsigned dst, int off, int64_t imm) {
    return make_insn(BPF_ST | BPF_MEM | size, dst, 0, off, imm);
}
inline bpf_insn call(Helper helper) { return make_insn(BPF_JMP | BPF_CALL, 0, 0, 0, static_cast<int32_t>(helper)); }
inline bpf_insn leave() { return make_insn(BPF_JMP | BPF_EXIT, 0, 0, 0, 0); }

// The two instructions of a 64-bit immediate.
inline void add_wide(std::vector<bpf_insn>& code, unsigned dst, uint64_t value, unsigned src = 0) {
    code.push_back(make_insn(BPF_LD | BPF_IMM | BPF_DW, dst, src, 0, static_cast<int32_t>(value)));
    code.push_back(make_insn(0, 0, 0, 0, static_cast<int32_t>(value >> 32)));
}
inline void add_map(std::vector<bpf_insn>& code, unsigned dst, uint32_t map) {
    add_wide(code, dst, map, BPF_PSEUDO_MAP_FD);
}
inline void add_map_value(std::vector<bpf_insn>& code, unsigned dst, uint32_t map, uint32_t offset) {
    add_wide(code, dst, uint64_t{offset} << 32 | map, BPF_PSEUDO_MAP_VALUE);
}

// Keeps calls as lines of text.
class LogSink final : public Sink {
public:
    void record(const RecordLayout& layout, const std::byte* payload, const RecordOrigin& origin) override {
        std::string line = "record " + std::to_string(layout.size) + " at " + std::to_string(origin.time_ns) + ":";
        for (uint32_t i = 0; i < layout.size; ++i) line += " " + std::to_string(std::to_integer<int>(payload[i]));
        lines.push_back(line);
    }
    void array(const ArrayLayout& layout, std::span<const ElementView> elements, const ArrayPrintOptions& options,
               const RecordOrigin&) override {
        lines.push_back("array " + layout.name);
        for (const ElementView& element : elements) {
            lines.push_back(std::to_string(load_word(element.key)) + "=" + std::to_string(load_word(element.value)));
        }
        last_options = options;
    }
    void table(const TableLayout& layout, std::span<const std::byte* const> rows, const RecordOrigin&) override {
        for (const std::byte* row : rows) {
            std::string line = "row";
            for (const RecordField& field : layout.row.fields)
                line += " " + std::to_string(load_word(row + field.offset));
            lines.push_back(line);
        }
    }
    void text(std::string_view text, const RecordOrigin&) override { lines.push_back("text " + std::string(text)); }
    void message(MessageKind kind, std::string_view text) override {
        lines.push_back((kind == MessageKind::warning ? "warning " : "note ") + std::string(text));
    }
    void set_date_format(std::string_view format) override { lines.push_back("date " + std::string(format)); }
    void section(SectionStep step, std::string_view id) override {
        constexpr const char* texts[] = {"group start", "group end", "start ",       "end ",
                                         "commit ",     "discard ",  "end of clause"};
        lines.push_back(texts[static_cast<size_t>(step)] + std::string(id));
    }
    Status flush() override { return {}; }
    bool closed() const override { return false; }

    std::vector<std::string> lines;
    ArrayPrintOptions last_options;
};

// The engines of this build.
inline std::vector<EngineKind> engine_kinds() {
    std::vector<EngineKind> kinds{EngineKind::interpreter};
    if (jit_available()) kinds.push_back(EngineKind::jit);
    return kinds;
}

// Runs code without maps and helper functions in one engine; r1 is `context`. Nothing when it is refused (`error` says
// why).
inline std::optional<uint64_t> run_code(const std::vector<bpf_insn>& code, EngineKind kind, void* context = nullptr,
                                        std::string* error = nullptr) {
    alignas(16) std::byte frame[512] = {};
    EngineKind got = kind;
    const auto executable = load_code(code, CodeScope{nullptr, sizeof frame}, got);
    if (!executable || got != kind) {
        if (error != nullptr) *error = executable ? "other engine" : executable.error().message;
        return std::nullopt;
    }
    return (*executable)->run(context, frame + sizeof frame, nullptr);
}

}  // namespace probevue::test
