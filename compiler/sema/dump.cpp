// `-d types`: the checked program as text.
#include <fmt/format.h>

#include <iterator>

#include "builtins/base/text.h"
#include "compiler/sema/sema.h"

namespace probevue {

namespace {

using checked::ExprPtr;

std::string_view word(checked::VariableClass storage) {
    switch (storage) {
        case checked::VariableClass::automatic:
            return "automatic";
        case checked::VariableClass::thread:
            return "thread";
        case checked::VariableClass::global:
            return "global";
        case checked::VariableClass::kernel:
            return "kernel";
    }
    return "global";
}

std::string_view word(checked::BinaryOp op) {
    static constexpr std::string_view texts[] = {
#define ARITHMETIC(id, text, ...) text,
#define COMPARISON(...)
#define LOGICAL(...)
#include "builtins/operators.def"
#undef ARITHMETIC
#undef COMPARISON
#undef LOGICAL
    };
    return texts[static_cast<size_t>(op)];
}

std::string_view word(checked::CompareOp op) {
    static constexpr std::string_view texts[] = {
#define ARITHMETIC(...)
#define COMPARISON(id, text, ...) text,
#define LOGICAL(...)
#include "builtins/operators.def"
#undef ARITHMETIC
#undef COMPARISON
#undef LOGICAL
    };
    return texts[static_cast<size_t>(op)];
}

std::string_view word(AddressSpace space) {
    switch (space) {
        case AddressSpace::packet:
            return "packet ";
        case AddressSpace::kernel:
            return "kernel ";
        case AddressSpace::user:
            return "user ";
        case AddressSpace::none:
            break;
    }
    return "";
}

std::string type_text(TypeRef type) {
    if (type == nullptr) return "<error>";
    return std::string(type->kind == TypeKind::pointer ? word(type->space) : "") + type->name;
}

// One expression as `(type operator operand ...)`; leaves are `type:value`.
class ExprText {
public:
    explicit ExprText(const checked::Script& script) : script_(script) {}

    std::string text(const ExprPtr& expr) const {
        if (expr == nullptr) return "ANY";
        const TypeRef type = expr->type;
        return std::visit([&](const auto& node) { return node_text(node, type_text(type)); }, expr->node);
    }

private:
    template <typename... Parts>
    std::string list(const std::string& type, std::string_view head, const Parts&... parts) const {
        std::string out = fmt::format("({} {}", head, type);
        ((out += ' ', out += text(parts)), ...);
        return out + ')';
    }
    std::string list(const std::string& type, std::string_view head, const std::vector<ExprPtr>& parts) const {
        std::string out = fmt::format("({} {}", head, type);
        for (const ExprPtr& part : parts) out += ' ' + text(part);
        return out + ')';
    }

    std::string node_text(const checked::IntegerConstant& node, const std::string& type) const {
        return type.starts_with("unsigned") ? fmt::format("{}:{}", type, static_cast<uint64_t>(node.value))
                                            : fmt::format("{}:{}", type, node.value);
    }
    std::string node_text(const checked::FloatingConstant& node, const std::string& type) const {
        return fmt::format("{}:{}", type, node.value);
    }
    std::string node_text(const checked::StringConstant& node, const std::string& type) const {
        return fmt::format("{}:\"{}\"", type, escape(node.value));
    }
    std::string node_text(const checked::IpConstant& node, const std::string& type) const {
        return fmt::format("{}:{}", type, to_string(node.value));
    }
    std::string node_text(const checked::VariableRef& node, const std::string& type) const {
        return fmt::format("{}:{}", type, script_.variables[node.id].name);
    }
    std::string node_text(const checked::BuiltinRef& node, const std::string& type) const {
        return fmt::format("{}:{}{}{}", type, node.row->name, node.row->member.empty() ? "" : "->", node.row->member);
    }
    std::string node_text(const checked::ListRef& node, const std::string& type) const {
        return fmt::format("{}:{}", type, script_.lists[node.id].name);
    }
    std::string node_text(const checked::RangeRef& node, const std::string& type) const {
        return fmt::format("{}:{}", type, script_.ranges[node.id].name);
    }
    std::string node_text(const checked::ArgumentRef& node, const std::string& type) const {
        return fmt::format("{}:__arg{}", type, node.number);
    }
    std::string node_text(const checked::ReturnValueRef&, const std::string& type) const { return type + ":__rv"; }
    std::string node_text(const checked::ElementRef& node, const std::string& type) const {
        return list(type, "element " + script_.arrays[node.array].name, node.keys);
    }
    std::string node_text(const checked::FieldRef& node, const std::string& type) const {
        return list(type, "member " + node.field->name, node.base);
    }
    std::string node_text(const checked::ArrayIndex& node, const std::string& type) const {
        return list(type, "index", node.base, node.index);
    }
    std::string node_text(const checked::Dereference& node, const std::string& type) const {
        return list(type, "dereference", node.pointer);
    }
    std::string node_text(const checked::Convert& node, const std::string& type) const {
        return list(type, "convert", node.operand);
    }
    std::string node_text(const checked::Unary& node, const std::string& type) const {
        const char* op = node.op == checked::Unary::Op::negate    ? "-"
                         : node.op == checked::Unary::Op::bit_not ? "~"
                                                                  : "!";
        return list(type, op, node.operand);
    }
    std::string node_text(const checked::Binary& node, const std::string& type) const {
        return list(type, word(node.op), node.left, node.right);
    }
    std::string node_text(const checked::Compare& node, const std::string& type) const {
        return list(type, word(node.op), node.left, node.right);
    }
    std::string node_text(const checked::IpAnyOf& node, const std::string& type) const {
        std::string out = fmt::format("({} {} {}", node.negated ? "none-of" : "any-of", type, text(node.address));
        for (const IpAddress& value : node.values) out += ' ' + to_string(value);
        return out + ')';
    }
    std::string node_text(const checked::Logical& node, const std::string& type) const {
        return list(type, node.is_and ? "&&" : "||", node.left, node.right);
    }
    std::string node_text(const checked::Conditional& node, const std::string& type) const {
        return list(type, "?:", node.condition, node.then, node.otherwise);
    }
    std::string node_text(const checked::Concatenate& node, const std::string& type) const {
        return list(type, "concatenate", node.left, node.right);
    }
    std::string node_text(const checked::Assign& node, const std::string& type) const {
        return list(type, "=", node.target, node.value);
    }
    std::string node_text(const checked::CompoundAssign& node, const std::string& type) const {
        return list(type, fmt::format("{}= in {}", word(node.op), type_text(node.computed)), node.target, node.value);
    }
    std::string node_text(const checked::IncDec& node, const std::string& type) const {
        return list(type, fmt::format("{} {:+}", node.is_prefix ? "step-before" : "step-after", node.delta),
                    node.target);
    }
    std::string node_text(const checked::Call& node, const std::string& type) const {
        return list(type, "call " + std::string(node.function->name), node.arguments);
    }
    std::string node_text(const checked::Print& node, const std::string& type) const {
        return list(type, fmt::format("print record {}", node.record), node.arguments);
    }
    std::string node_text(const checked::ElementCall& node, const std::string& type) const {
        return list(type, fmt::format("call {} {}", function(node.function).name, script_.arrays[node.array].name),
                    node.keys);
    }
    std::string node_text(const checked::ArrayCall& node, const std::string&) const {
        std::string out = fmt::format("(call {}", function(node.function).name);
        if (node.function != FunctionId::set_aso_print_options) out += ' ' + script_.arrays[node.array].name;
        const ArrayPrintOptions& options = node.options;
        if (options.limit_set) out += fmt::format(" limit {}", options.limit);
        if (options.sort_set)
            out += fmt::format(" by {} {}", options.by_value ? "value" : "key",
                               options.descending ? "descending" : "ascending");
        if (options.list_values_set) out += fmt::format(" list-values {}", options.list_values);
        return out + ')';
    }

    std::string node_text(const checked::TableCall& node, const std::string&) const {
        return fmt::format("(call print_table table {})", node.table);
    }

    const checked::Script& script_;
};

class ScriptText {
public:
    explicit ScriptText(const checked::Script& script) : script_(script), exprs_(script) {}

    std::string run() {
        for (const checked::Variable& variable : script_.variables) {
            add("{} {}: {}, {} bytes", word(variable.storage), variable.name, type_text(variable.type),
                variable.type == nullptr ? 0 : variable.type->size);
            if (variable.storage == checked::VariableClass::automatic)
                out_ += fmt::format(", clause {}", variable.clause);
            out_ += '\n';
            if (variable.type != nullptr && variable.type->kind == TypeKind::structure) layout(*variable.type);
        }
        for (const checked::ListVariable& variable : script_.lists) add("list {}\n", variable.name);
        for (const checked::RangeVariable& variable : script_.ranges) add("range {}\n", variable.name);
        for (const checked::AssociativeArray& array : script_.arrays) {
            out_ += "array " + array.name;
            for (TypeRef key : array.keys) out_ += '[' + type_text(key) + ']';
            out_ += ": " + type_text(array.value) + '\n';
        }
        for (size_t i = 0; i < script_.records.size(); ++i) record(i);
        for (size_t i = 0; i < script_.tables.size(); ++i) table(i);
        for (size_t i = 0; i < script_.clauses.size(); ++i) clause(i);
        return std::move(out_);
    }

private:
    template <typename... Values>
    void add(fmt::format_string<Values...> format, Values&&... values) {
        fmt::format_to(std::back_inserter(out_), format, std::forward<Values>(values)...);
    }

    void layout(const Type& type) {
        for (const Field& field : type.fields) {
            add("    +{} {}: {}", field.offset, field.name, type_text(field.type));
            if (field.bit_width != 0) add(", bits {}..{}", field.bit_offset, field.bit_offset + field.bit_width - 1);
            out_ += '\n';
        }
    }

    void table(size_t index) {
        const TableLayout& layout = script_.tables[index].layout;
        add("table {}: {} key{}", index, layout.keys, layout.keys == 1 ? "" : "s");
        for (const TableColumn& column : layout.columns) add(", {}", column.name);
        add("; limit {}, by ", layout.limit);
        if (layout.by_key)
            out_ += "keys";
        else
            add("field {}", layout.sort_field);
        add(" {}\n", layout.descending ? "descending" : "ascending");
        for (const std::string& label : layout.header) add("    header {}\n", label);
        fields(layout.row);
    }

    void record(size_t index) {
        const RecordLayout& layout = script_.records[index];
        add("record {}: {} bytes\n", index, layout.size);
        fields(layout);
    }

    void fields(const RecordLayout& layout) {
        for (const RecordField& field : layout.fields) add("    +{} {} bytes\n", field.offset, field.size);
        for (const FormatPiece& piece : layout.pieces) {
            add("    \"{}\"", escape(piece.literal));
            if (piece.conversion != 0) add(" %{} field {}, {} bytes", piece.conversion, piece.field, piece.bytes);
            out_ += '\n';
        }
    }

    void clause(size_t index) {
        const checked::Clause& clause = script_.clauses[index];
        add("clause {}:", index);
        for (const ProbeRequest& probe : clause.probes) out_ += ' ' + probe.text;
        out_ += '\n';
        if (clause.predicate != nullptr) add("    when {}\n", exprs_.text(clause.predicate));
        for (const checked::VariableId id : clause.predicate_thread_locals)
            add("    needs thread {}\n", script_.variables[id].name);
        block(clause.body, 1);
    }

    void block(const checked::Block& block, size_t depth) {
        const std::string indent(depth * 4, ' ');
        for (const checked::Stmt& statement : block.statements) {
            if (const auto* expr = std::get_if<checked::ExprStmt>(&statement.node)) {
                add("{}{}\n", indent, exprs_.text(expr->expr));
            } else if (const auto* branch = std::get_if<checked::IfStmt>(&statement.node)) {
                add("{}if {}\n", indent, exprs_.text(branch->condition));
                this->block(branch->then, depth + 1);
                if (!branch->otherwise.statements.empty()) {
                    add("{}else\n", indent);
                    this->block(branch->otherwise, depth + 1);
                }
            } else if (const auto* inner = std::get_if<checked::Block>(&statement.node)) {
                add("{}block\n", indent);
                this->block(*inner, depth + 1);
            } else {
                add("{}return\n", indent);
            }
        }
    }

    const checked::Script& script_;
    ExprText exprs_;
    std::string out_;
};

}  // namespace

std::string dump_types(const checked::Script& script) { return ScriptText(script).run(); }

}  // namespace probevue
