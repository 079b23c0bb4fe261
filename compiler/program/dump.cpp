#include "compiler/program/dump.h"

#include <fmt/format.h>

#include <array>

#include "compiler/program/filter.h"
#include "compiler/program/helper_table.h"

namespace probevue {
namespace {

// By the four bits of an instruction that say what is done (BPF_OP, linux/bpf_common.h and linux/bpf.h).
constexpr std::array<const char*, 16> alu_operators = {
    "+=", "-=", "*=", "/=", "|=", "&=", "<<=", ">>=", "neg", "%=", "^=", "=", "s>>=", "end", "?", "?"};
constexpr std::array<const char*, 16> jump_operators = {
    "goto", "==", ">", ">=", "&", "!=", "s>", "s>=", "call", "exit", "<", "<=", "s<", "s<=", "?", "?"};

const char* size_name(uint8_t code) {
    switch (BPF_SIZE(code)) {
        case BPF_B:
            return "u8";
        case BPF_H:
            return "u16";
        case BPF_W:
            return "u32";
        default:
            return "u64";
    }
}

std::string operand(const bpf_insn& insn) {
    return BPF_SRC(insn.code) == BPF_X ? fmt::format("r{}", +insn.src_reg) : fmt::format("{}", insn.imm);
}

std::string alu_text(const bpf_insn& insn) {
    const uint8_t op = BPF_OP(insn.code);
    const char* suffix = BPF_CLASS(insn.code) == BPF_ALU ? " (32)" : "";
    if (op == BPF_NEG) return fmt::format("r{} = -r{}{}", +insn.dst_reg, +insn.dst_reg, suffix);
    if (op == BPF_END) return fmt::format("r{} = be{} r{}", +insn.dst_reg, insn.imm, +insn.dst_reg);
    if (op == BPF_MOV && insn.off != 0) return fmt::format("r{} = (s{}) r{}", +insn.dst_reg, insn.off, +insn.src_reg);
    const char* sign = insn.off == 1 ? "s" : "";
    return fmt::format("r{} {}{} {}{}", +insn.dst_reg, sign, alu_operators[op >> 4], operand(insn), suffix);
}

std::string jump_text(const bpf_insn& insn, size_t at) {
    const uint8_t op = BPF_OP(insn.code);
    // Never negative: our jumps go forward only.
    const size_t target = at + 1 + static_cast<size_t>(insn.off);
    if (op == BPF_EXIT) return "exit";
    if (op == BPF_CALL) {
        if (insn.src_reg == BPF_PSEUDO_KFUNC_CALL) return fmt::format("call kernel function {}", insn.imm);
        return insn.imm >= helper_base ? fmt::format("call {}", helper_name(insn.imm))
                                       : fmt::format("call kernel helper {}", insn.imm);
    }
    if (op == BPF_JA) return fmt::format("goto {}", target);
    return fmt::format("if r{} {} {} goto {}", +insn.dst_reg, jump_operators[op >> 4], operand(insn), target);
}

std::string memory_text(const bpf_insn& insn) {
    const char* size = size_name(insn.code);
    switch (BPF_CLASS(insn.code)) {
        case BPF_LDX:
            return fmt::format("r{} = *({}{} *)(r{} {:+})", +insn.dst_reg,
                               BPF_MODE(insn.code) == BPF_MEM ? "" : "signed ", size, +insn.src_reg, insn.off);
        case BPF_ST:
            return fmt::format("*({} *)(r{} {:+}) = {}", size, +insn.dst_reg, insn.off, insn.imm);
        default:
            return fmt::format("*({} *)(r{} {:+}) = r{}", size, +insn.dst_reg, insn.off, +insn.src_reg);
    }
}

std::string wide_text(const bpf_insn& insn, const bpf_insn& second) {
    if (insn.src_reg == BPF_PSEUDO_MAP_FD) return fmt::format("r{} = map{}", +insn.dst_reg, insn.imm);
    if (insn.src_reg == BPF_PSEUDO_MAP_VALUE)
        return fmt::format("r{} = map{} value {:+}", +insn.dst_reg, insn.imm, second.imm);
    const uint64_t value = uint64_t{static_cast<uint32_t>(second.imm)} << 32 | static_cast<uint32_t>(insn.imm);
    return fmt::format("r{} = {:#x}", +insn.dst_reg, value);
}

const char* kind_name(FieldKind kind) {
    switch (kind) {
        case FieldKind::integer:
            return "integer";
        case FieldKind::floating:
            return "floating";
        case FieldKind::string:
            return "string";
        case FieldKind::mac:
            return "mac";
        case FieldKind::ip:
            return "ip";
        case FieldKind::timestamp:
            return "timestamp";
        case FieldKind::path:
            return "path";
        case FieldKind::stack:
            return "stack";
        case FieldKind::bytes:
            return "bytes";
        case FieldKind::list:
            return "list";
        case FieldKind::range:
            return "range";
        case FieldKind::dist:
            return "dist";
        case FieldKind::distinct:
            return "distinct";
    }
    return "";
}

std::string field_text(const RecordField& field) {
    if (field.kind == FieldKind::integer)
        return fmt::format("{}{}@{}", field.is_signed ? "s" : "u", field.width * 8, field.offset);
    return fmt::format("{}[{}]@{}", kind_name(field.kind), field.size, field.offset);
}

std::string fields_text(const std::vector<RecordField>& fields) {
    std::string out;
    for (const RecordField& field : fields) out += (out.empty() ? "" : " ") + field_text(field);
    return out;
}

std::string map_text(const MapDescription& map, size_t index) {
    constexpr std::array<const char*, 4> kinds = {"globals", "rodata", "threads", "array"};
    std::string out = fmt::format("map{} {} key {} value {}", index, kinds[static_cast<size_t>(map.kind)], map.key_size,
                                  map.value_size);
    if (map.kind == MapKind::array) {
        out += fmt::format(" {}[{}] = {}", map.layout.name, fields_text(map.layout.keys), field_text(map.layout.value));
    }
    return out + "\n";
}

std::string code_text(const std::vector<bpf_insn>& code, const std::vector<SourcePosition>& lines) {
    std::string out;
    uint32_t line = 0;
    for (size_t i = 0; i < code.size(); ++i) {
        if (i < lines.size() && lines[i].line != line) {
            line = lines[i].line;
            out += fmt::format("  ; line {}\n", line);
        }
        const bpf_insn& insn = code[i];
        std::string text;
        const uint8_t kind = BPF_CLASS(insn.code);
        if (insn.code == (BPF_LD | BPF_DW | BPF_IMM) && i + 1 < code.size()) {
            out += fmt::format("  {:>4}: {}\n", i, wide_text(insn, code[i + 1]));
            ++i;
            continue;
        }
        if (kind == BPF_ALU || kind == BPF_ALU64) text = alu_text(insn);
        if (kind == BPF_JMP || kind == BPF_JMP32) text = jump_text(insn, i);
        if (kind == BPF_LDX || kind == BPF_ST || kind == BPF_STX) text = memory_text(insn);
        out += fmt::format("  {:>4}: {}\n", i, text);
    }
    return out;
}

const char* read_name(CapturedKind kind) {
    switch (kind) {
        case CapturedKind::user_memory:
            return "user memory";
        case CapturedKind::kernel_memory:
            return "kernel memory";
        case CapturedKind::user_text:
            return "user text";
        case CapturedKind::kernel_text:
            return "kernel text";
        case CapturedKind::descriptor:
            return "descriptor";
        case CapturedKind::kernel_stack:
            return "kernel stack";
        case CapturedKind::user_stack:
            return "user stack";
        case CapturedKind::packet:
            return "packet";
    }
    return "";
}

std::string kernel_text(const KernelProgram& kernel, size_t index) {
    std::string out =
        fmt::format("kernel{} {} {}, {} instructions, record {}\n", index, rung_row(kernel.hook->rung).name,
                    kernel.target.name, kernel.code.size(), kernel.record_size);
    for (const CapturedField& field : kernel.fields)
        out += fmt::format("  field {} [{}]@{}\n", event_field(field.field).name, field.size, field.offset);
    for (const CapturedRead& read : kernel.reads) {
        if (read.capacity != 0)
            out += fmt::format("  read {} [{}]@{}\n", read_name(read.kind), read.capacity, read.offset);
    }
    for (const TupleIndex& tuple : kernel.tuples)
        out += fmt::format("  for clause{} tuple {}\n", tuple.clause, tuple.tuple);
    return out;
}

std::string filter_text(const std::vector<sock_filter>& code) {
    std::string out;
    for (size_t i = 0; i < code.size(); ++i) out += describe_filter_instruction(code[i], static_cast<int>(i)) + "\n";
    return out;
}

}  // namespace

std::string dump_ebpf(const Program& program) {
    std::string out;
    for (const ClauseCode& clause : program.clauses) {
        for (const ProbeRequest& probe : clause.probes) out += probe.text + "\n";
        out += code_text(clause.code, clause.lines) + "\n";
    }
    for (const KernelProgram& kernel : program.kernel_programs) {
        out += fmt::format("kernel: {} {}\n", rung_row(kernel.hook->rung).name, kernel.target.name);
        if (!kernel.entry_code.empty()) out += "  ; entry\n" + code_text(kernel.entry_code, {}) + "  ; exit\n";
        out += code_text(kernel.code, kernel.lines) + "\n";
    }
    for (const OwnerProgram& owners : program.owner_programs)
        out += fmt::format("owners: {}\n{}\n", describe(*owners.use), code_text(owners.code, {}));
    for (const StepProgram& packets : program.step_programs)
        out += fmt::format("packets: {}\n{}\n", describe(*packets.step), code_text(packets.code, {}));
    return out;
}

std::string dump_cbpf(const Program& program) {
    std::string out;
    for (const ClauseCode& clause : program.clauses) {
        for (const ProbeRequest& probe : clause.probes) {
            if (const auto* filter = probe.as<EventFilter>()) {
                out += probe.text + "\n; with an Ethernet header\n" + filter_text(filter->ethernet);
                out += filter->raw.empty() ? "; without one no packet matches\n"
                                           : "; without one, from the header of IP on\n" + filter_text(filter->raw);
            }
            if (probe.kind != ProbeKind::bpf) continue;
            out += probe.text + "\n";
            FilterError error;
            const std::vector<sock_filter> code = compile_filter(probe.packets().filter, {}, error);
            if (code.empty()) out += fmt::format("; on Ethernet: {}\n", error.message);
            out += filter_text(code);
        }
    }
    return out;
}

std::string dump_program(const Program& program) {
    std::string out = fmt::format("script {}\n", program.script_name);
    for (size_t i = 0; i < program.maps.size(); ++i) out += map_text(program.maps[i], i);
    for (size_t i = 0; i < program.ranges.size(); ++i) out += fmt::format("range{} {}\n", i, program.ranges[i].name);
    for (size_t i = 0; i < program.records.size(); ++i) {
        const RecordLayout& record = program.records[i];
        out += fmt::format("record{} line {} size {} {}\n", i, record.position.line, record.size,
                           fields_text(record.fields));
    }
    for (size_t i = 0; i < program.tables.size(); ++i) {
        const TableLayout& table = program.tables[i];
        out += fmt::format("table{} line {} size {} keys {} {}", i, table.row.position.line, table.row.size, table.keys,
                           fields_text(table.row.fields));
        for (const TableColumn& column : table.columns) out += fmt::format(" {}=map{}", column.name, column.map);
        out += "\n";
    }
    for (size_t i = 0; i < program.sites.size(); ++i) out += fmt::format("site{} {}\n", i, program.sites[i].text);
    for (size_t i = 0; i < program.clauses.size(); ++i) {
        const ClauseCode& clause = program.clauses[i];
        out += fmt::format("clause{} line {} {} instructions, frame {}, home {}\n", i, clause.position.line,
                           clause.code.size(), clause.frame_size, clause.home == Home::engine ? "engine" : "kernel");
        for (const ProbeRequest& probe : clause.probes) out += fmt::format("  probe {}\n", probe.text);
    }
    for (size_t i = 0; i < program.kernel_programs.size(); ++i) out += kernel_text(program.kernel_programs[i], i);
    for (const OwnerProgram& owners : program.owner_programs)
        out += fmt::format("owners {}, {} instructions\n", describe(*owners.use), owners.code.size());
    for (const StepProgram& packets : program.step_programs)
        out += fmt::format("packets {}, {} instructions\n", describe(*packets.step), packets.code.size());
    for (size_t i = 0; i < program.kernel_maps.size(); ++i) {
        const KernelMap& map = program.kernel_maps[i];
        out += fmt::format("kernelmap{} {} key {} value {}\n", i, map.name, map.key_size, map.value_size);
    }
    return out;
}

}  // namespace probevue
