// `-d ast`: the syntax tree as s-expressions, one statement a line. Golden tests compare it, so it holds no positions.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "builtins/base/text.h"
#include "compiler/syntax/syntax.h"

namespace probevue {

std::string_view ast::spelling(BinaryOp op) {
    static constexpr std::string_view texts[] = {
#define ARITHMETIC(id, text, ...) text,
#define COMPARISON(id, text, ...) text,
#define LOGICAL(id, text, ...) text,
#include "builtins/operators.def"
#undef ARITHMETIC
#undef COMPARISON
#undef LOGICAL
    };
    return texts[static_cast<size_t>(op)];
}

namespace {

using namespace ast;

std::string_view spelling(UnaryOp op) {
    switch (op) {
        case UnaryOp::plus:
            return "+";
        case UnaryOp::minus:
            return "-";
        case UnaryOp::logical_not:
            return "!";
        case UnaryOp::bit_not:
            return "~";
        case UnaryOp::dereference:
            return "deref";
        case UnaryOp::address_of:
            return "address";
        case UnaryOp::pre_increment:
            return "pre++";
        case UnaryOp::pre_decrement:
            return "pre--";
        case UnaryOp::post_increment:
            return "post++";
        case UnaryOp::post_decrement:
            return "post--";
    }
    return "?";
}

std::string_view spelling(StorageClass storage) {
    switch (storage) {
        case StorageClass::none:
            return "";
        case StorageClass::automatic:
            return "auto";
        case StorageClass::thread:
            return "thread";
        case StorageClass::global:
            return "global";
        case StorageClass::kernel:
            return "kernel";
    }
    return "?";
}

class Dumper {
public:
    std::string take() { return std::move(out_); }

    void item(const Declaration& node) {
        line();
        declaration(node);
    }

    void item(const Clause& node) {
        line();
        out_ += "(clause";
        ++depth_;
        for (const ProbeTuple& tuple : node.tuples) {
            line();
            out_ += "(probe";
            for (const TupleField& field : tuple.fields) {
                out_ +=
                    field.quoted ? fmt::format(" \"{}\"", escape(field.text)) : fmt::format(" {}", escape(field.text));
            }
            out_ += ')';
        }
        if (node.predicate != nullptr) {
            line();
            out_ += "(when ";
            expr(node.predicate.get());
            out_ += ')';
        }
        for (const Stmt& stmt : node.body.statements) statement(stmt);
        --depth_;
        out_ += ')';
    }

private:
    void line() {
        if (!out_.empty()) out_ += '\n';
        out_.append(2 * depth_, ' ');
    }

    // ------------------------------------------------------------------------------------------------------ statements

    void statement(const Stmt& node) {
        line();
        std::visit([this](const auto& one) { stmt(one); }, node.node);
    }

    void stmt(const ExprStmt& node) {
        if (node.expr == nullptr) {
            out_ += "(empty)";
        } else {
            expr(node.expr.get());
        }
    }
    void stmt(const ReturnStmt&) { out_ += "(return)"; }
    void stmt(const DeclStmt& node) { declaration(node.declaration); }
    void stmt(const Block& node) {
        out_ += "(block";
        ++depth_;
        for (const Stmt& one : node.statements) statement(one);
        --depth_;
        out_ += ')';
    }
    void stmt(const IfStmt& node) {
        out_ += "(if ";
        expr(node.condition.get());
        ++depth_;
        if (node.then != nullptr) statement(*node.then);
        if (node.otherwise != nullptr) {
            --depth_;
            line();
            out_ += " else";
            ++depth_;
            statement(*node.otherwise);
        }
        --depth_;
        out_ += ')';
    }

    // ---------------------------------------------------------------------------------------------------- declarations

    void declaration(const Declaration& node) {
        out_ += node.is_typedef ? "(typedef" : "(declare";
        if (node.storage != StorageClass::none) out_ += fmt::format(" :{}", spelling(node.storage));
        for (const std::string& word : node.ignored) out_ += fmt::format(" :ignored {}", word);
        out_ += ' ';
        type(node.type);
        for (const Declarator& one : node.declarators) {
            out_ += ' ';
            declarator(one);
        }
        out_ += ')';
    }

    void type(const TypeSpec& node) {
        switch (node.kind) {
            case TypeSpec::Kind::none:
                out_ += "(type)";
                return;
            case TypeSpec::Kind::words:
                out_ += fmt::format("(type {})", fmt::join(node.words, " "));
                return;
            case TypeSpec::Kind::named:
                out_ += fmt::format("(type {})", node.name);
                return;
            case TypeSpec::Kind::structure:
                out_ += "(struct";
                break;
            case TypeSpec::Kind::union_:
                out_ += "(union";
                break;
            case TypeSpec::Kind::enumeration:
                out_ += "(enum";
                break;
        }
        if (!node.name.empty()) out_ += fmt::format(" {}", node.name);
        if (node.has_body) out_ += " body";
        ++depth_;
        for (const Declaration& member : node.members) {
            line();
            declaration(member);
        }
        for (const Enumerator& one : node.enumerators) {
            out_ += fmt::format(" ({}", one.name);
            if (one.value != nullptr) out_ += ' ';
            expr(one.value.get());
            out_ += ')';
        }
        --depth_;
        out_ += ')';
    }

    void declarator(const Declarator& node) {
        out_ += '(';
        out_.append(node.pointers, '*');
        out_ += node.name.empty() ? "-" : node.name;
        for (const ExprPtr& size : node.dimensions) {
            out_ += " [";
            expr(size.get());
            out_ += ']';
        }
        if (node.is_function || node.is_function_pointer) {
            out_ += node.is_function ? " (function" : " (function-pointer";
            for (const Declaration& one : node.parameters) {
                out_ += ' ';
                declaration(one);
            }
            out_ += node.variadic ? " ...)" : ")";
        }
        if (node.bits != nullptr) {
            out_ += " :bits ";
            expr(node.bits.get());
        }
        if (node.initializer != nullptr) {
            out_ += " = ";
            expr(node.initializer.get());
        }
        out_ += ')';
    }

    // ----------------------------------------------------------------------------------------------------- expressions

    void expr(const Expr* node) {
        if (node == nullptr) return;
        std::visit([this](const auto& one) { value(one); }, node->node);
    }

    template <typename... Parts>
    void list(std::string_view head, const Parts&... parts) {
        out_ += fmt::format("({}", head);
        ((out_ += ' ', expr(parts.get())), ...);
        out_ += ')';
    }

    void value(const IntegerLiteral& node) {
        static constexpr std::string_view longs[] = {"", "L", "LL"};
        out_ += node.is_decimal ? fmt::format("{}", node.value) : fmt::format("0x{:x}", node.value);
        if (node.has_unsigned_suffix) out_ += 'U';
        out_ += longs[node.long_suffixes];
    }
    void value(const CharacterLiteral& node) { out_ += fmt::format("(char {})", node.value); }
    void value(const FloatingLiteral& node) {
        out_ += fmt::format("({} {})", node.is_float ? "float" : "double", node.value);
    }
    void value(const StringLiteral& node) { out_ += fmt::format("\"{}\"", escape(node.value)); }
    void value(const Name& node) {
        out_ +=
            node.storage == StorageClass::none ? node.text : fmt::format("{}:{}", spelling(node.storage), node.text);
    }
    void value(const Unary& node) { list(spelling(node.op), node.operand); }
    void value(const Binary& node) { list(spelling(node.op), node.left, node.right); }
    void value(const Assign& node) {
        list(node.op ? fmt::format("{}=", spelling(*node.op)) : "=", node.target, node.value);
    }
    void value(const Conditional& node) { list("?:", node.condition, node.then, node.otherwise); }
    void value(const Call& node) {
        out_ += fmt::format("(call {}", node.function);
        for (const ExprPtr& argument : node.arguments) {
            out_ += ' ';
            expr(argument.get());
        }
        out_ += ')';
    }
    void value(const Index& node) { list("index", node.base, node.index); }
    void value(const Member& node) {
        out_ += node.arrow ? "(-> " : "(. ";
        expr(node.base.get());
        out_ += fmt::format(" {})", node.name);
    }
    void value(const Cast& node) {
        out_ += "(cast ";
        declaration(*node.type);
        out_ += ' ';
        expr(node.operand.get());
        out_ += ')';
    }
    void value(const SizeofType& node) {
        out_ += "(sizeof ";
        declaration(*node.type);
        out_ += ')';
    }
    void value(const AlignofType& node) {
        out_ += "(alignof ";
        declaration(*node.type);
        out_ += ')';
    }
    void value(const SizeofExpr& node) { list("sizeof", node.operand); }

    std::string out_;
    size_t depth_ = 0;
};

}  // namespace

std::string dump_ast(const Script& script) {
    Dumper dumper;
    for (const auto& item : script.items) {
        std::visit([&](const auto& node) { dumper.item(node); }, item);
    }
    std::string out = dumper.take();
    if (!out.empty()) out += '\n';
    return out;
}

}  // namespace probevue
