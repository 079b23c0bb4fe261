#include <fmt/format.h>

#include "compiler/syntax/build.h"
#include "compiler/syntax/literals.h"

namespace probevue::syntax {

namespace {

using ast::BinaryOp;
using ast::UnaryOp;

std::optional<BinaryOp> binary_operator(size_t kind) {
    switch (kind) {
#define ARITHMETIC(id, text, token, assigning, ...) \
    case Lexer::token:                              \
    case Lexer::assigning:                          \
        return BinaryOp::id;
#define COMPARISON(id, text, token, ...) \
    case Lexer::token:                   \
        return BinaryOp::id;
#define LOGICAL(id, text, token, ...) \
    case Lexer::token:                \
        return BinaryOp::id;
#include "builtins/operators.def"
#undef ARITHMETIC
#undef COMPARISON
#undef LOGICAL
        default:
            return std::nullopt;
    }
}

std::optional<UnaryOp> prefix_operator(size_t kind) {
    switch (kind) {
        case Lexer::Increment:
            return UnaryOp::pre_increment;
        case Lexer::Decrement:
            return UnaryOp::pre_decrement;
        case Lexer::Plus:
            return UnaryOp::plus;
        case Lexer::Minus:
            return UnaryOp::minus;
        case Lexer::LogicalNot:
            return UnaryOp::logical_not;
        case Lexer::Tilde:
            return UnaryOp::bit_not;
        case Lexer::Star:
            return UnaryOp::dereference;
        case Lexer::Ampersand:
            return UnaryOp::address_of;
        default:
            return std::nullopt;
    }
}

// AIX: probevue_var; `__k` was seen in use.
ast::StorageClass prefix_class(std::string_view prefix) {
    if (prefix.find("auto") != std::string_view::npos) return ast::StorageClass::automatic;
    if (prefix.find("thread") != std::string_view::npos) return ast::StorageClass::thread;
    if (prefix.find("global") != std::string_view::npos) return ast::StorageClass::global;
    return ast::StorageClass::kernel;
}

int binding(BinaryOp op) {
    static constexpr int bindings[] = {
#define ARITHMETIC(id, text, token, assigning, binding, ...) binding,
#define COMPARISON(id, text, token, binding, ...) binding,
#define LOGICAL(id, text, token, binding) binding,
#include "builtins/operators.def"
#undef ARITHMETIC
#undef COMPARISON
#undef LOGICAL
    };
    return bindings[static_cast<size_t>(op)];
}

template <typename Node>
ast::ExprPtr make(Node node, Span span) {
    return std::make_unique<ast::Expr>(ast::Expr{std::move(node), span});
}

// Brings a flat list of operands and operators into the order in which they bind.
// The grammar has one rule for all binary operators; which bind more tightly is in builtins/operators.def alone.
class OperatorStack {
public:
    void push(ast::ExprPtr operand) { operands_.push_back(std::move(operand)); }

    void push(BinaryOp op, Span span) {
        // Of equals the left one first: all binary operators of C group from left to right.
        while (!pending_.empty() && binding(pending_.back().op) >= binding(op)) combine();
        pending_.push_back({op, span});
    }

    ast::ExprPtr finish() {
        while (!pending_.empty()) combine();
        return std::move(operands_.back());
    }

private:
    struct Pending {
        BinaryOp op;
        Span span;
    };

    void combine() {
        const Pending top = pending_.back();
        pending_.pop_back();
        ast::ExprPtr right = std::move(operands_.back());
        operands_.pop_back();
        ast::ExprPtr& left = operands_.back();
        const Span span{left->span.begin, right->span.end};
        left = make(ast::Binary{top.op, std::move(left), std::move(right), top.span}, span);
    }

    std::vector<ast::ExprPtr> operands_;
    std::vector<Pending> pending_;
};

}  // namespace

ast::ExprPtr Builder::expression(Parser::ExpressionContext* tree) {
    if (!whole(tree)) return nullptr;
    ast::ExprPtr first = operation(tree->operation());
    if (first == nullptr) return nullptr;
    const Span where = span(tree);
    if (tree->Question() != nullptr) {
        ast::Conditional node{std::move(first), single(tree->expressions(), ""), expression(tree->expression())};
        if (node.then == nullptr || node.otherwise == nullptr) return nullptr;
        return make(std::move(node), where);
    }
    if (tree->assignment() != nullptr) {
        if (!whole(tree->assignment())) return nullptr;
        const antlr4::Token* sign = tree->assignment()->getStart();
        ast::Assign node{binary_operator(sign->getType()), std::move(first), expression(tree->expression()),
                         span(sign)};
        if (node.value == nullptr) return nullptr;
        return make(std::move(node), where);
    }
    return first;
}

// AIX: probevue_con_elements has all operators of C but the comma.
ast::ExprPtr Builder::single(Parser::ExpressionsContext* tree, std::string_view hint) {
    if (!whole(tree)) return nullptr;
    if (!tree->Comma().empty()) {
        diagnostics_.error(span(tree->Comma(0)->getSymbol()), "the comma operator is not supported", std::string(hint));
    }
    return expression(tree->expression(0));
}

ast::ExprPtr Builder::operation(Parser::OperationContext* tree) {
    if (!whole(tree)) return nullptr;
    OperatorStack stack;
    bool expect_operand = true;
    for (antlr4::tree::ParseTree* child : tree->children) {
        if (auto* part = dynamic_cast<Parser::OperandContext*>(child); part != nullptr && expect_operand) {
            ast::ExprPtr made = operand(part);
            if (made == nullptr) return nullptr;
            stack.push(std::move(made));
            expect_operand = false;
        } else if (auto* sign = dynamic_cast<Parser::BinaryOperatorContext*>(child);
                   sign != nullptr && !expect_operand && whole(sign)) {
            const auto op = binary_operator(sign->getStart()->getType());
            if (!op) return nullptr;
            stack.push(*op, span(sign));
            expect_operand = true;
        } else {
            return nullptr;
        }
    }
    return expect_operand ? nullptr : stack.finish();
}

ast::ExprPtr Builder::operand(Parser::OperandContext* tree) {
    if (!whole(tree)) return nullptr;
    if (auto* prefixed = dynamic_cast<Parser::PrefixedContext*>(tree)) {
        const auto op = prefix_operator(prefixed->getStart()->getType());
        ast::ExprPtr inner = operand(prefixed->operand());
        if (!op || inner == nullptr) return nullptr;
        return make(ast::Unary{*op, std::move(inner)}, span(tree));
    }
    if (auto* parenthesized = dynamic_cast<Parser::ParenthesizedContext*>(tree))
        return this->parenthesized(parenthesized);
    if (auto* size = dynamic_cast<Parser::SizeofContext*>(tree)) {
        if (size->typeName() != nullptr) {
            ast::SizeofType node{type_name(size->typeName())};
            return node.type == nullptr ? nullptr : make(std::move(node), span(tree));
        }
        ast::SizeofExpr node{operand(size->operand())};
        return node.operand == nullptr ? nullptr : make(std::move(node), span(tree));
    }
    if (auto* align = dynamic_cast<Parser::AlignofContext*>(tree)) {
        ast::AlignofType node{type_name(align->typeName())};
        return node.type == nullptr ? nullptr : make(std::move(node), span(tree));
    }
    auto* suffixed = dynamic_cast<Parser::SuffixedContext*>(tree);
    return suffixed == nullptr ? nullptr : with_suffixes(primary(suffixed->primary()), suffixed->suffix());
}

ast::ExprPtr Builder::parenthesized(Parser::ParenthesizedContext* tree) {
    if (tree->typeName() != nullptr) {
        ast::Cast cast{type_name(tree->typeName()), operand(tree->operand())};
        if (cast.type == nullptr || cast.operand == nullptr) return nullptr;
        return make(std::move(cast), span(tree));
    }
    ast::ExprPtr inner = single(tree->expressions(), "");
    if (inner == nullptr) return nullptr;
    inner->parenthesized = true;
    const Span close = tree->RightParen() == nullptr ? inner->span : span(tree->RightParen()->getSymbol());
    inner->span = {span(tree).begin, close.end};
    return with_suffixes(std::move(inner), tree->suffix());
}

ast::ExprPtr Builder::primary(Parser::PrimaryContext* tree) {
    if (!whole(tree)) return nullptr;
    const Span where = span(tree);
    if (dynamic_cast<Parser::IntegerContext*>(tree) != nullptr)
        return make(integer_value(text(tree), where, diagnostics_), where);
    if (dynamic_cast<Parser::FloatingContext*>(tree) != nullptr)
        return make(floating_value(text(tree), where, diagnostics_), where);
    if (dynamic_cast<Parser::CharacterContext*>(tree) != nullptr)
        return make(character_value(text(tree), where, diagnostics_), where);
    if (auto* string = dynamic_cast<Parser::StringContext*>(tree)) {
        const auto literals = string->StringLiteral();
        if (literals.empty()) return nullptr;
        if (literals.size() > 1) {
            diagnostics_.error(span(literals[1]->getSymbol()), "strings behind each other are not joined",
                               "join them with `+`");
        }
        const antlr4::Token* token = literals[0]->getSymbol();
        return make(ast::StringLiteral{string_value(text(token), span(token), diagnostics_)}, where);
    }
    auto* named = dynamic_cast<Parser::NameContext*>(tree);
    if (named == nullptr || named->Identifier() == nullptr) return nullptr;
    ast::Name name;
    name.text = text(named->Identifier());
    if (named->ClassPrefix() != nullptr) name.storage = prefix_class(text(named->ClassPrefix()));
    return name.text.empty() ? nullptr : make(std::move(name), where);
}

ast::ExprPtr Builder::with_suffixes(ast::ExprPtr base, const std::vector<Parser::SuffixContext*>& suffixes) {
    for (Parser::SuffixContext* one : suffixes) {
        if (base == nullptr || !whole(one)) return nullptr;
        const Span where{base->span.begin, span(one).end};
        base = with_suffix(std::move(base), one, where);
    }
    return base;
}

ast::ExprPtr Builder::with_suffix(ast::ExprPtr base, Parser::SuffixContext* tree, Span where) {
    if (auto* step = dynamic_cast<Parser::StepContext*>(tree)) {
        const UnaryOp op = step->Increment() != nullptr ? UnaryOp::post_increment : UnaryOp::post_decrement;
        return make(ast::Unary{op, std::move(base)}, where);
    }
    if (auto* select = dynamic_cast<Parser::SelectContext*>(tree)) {
        if (!whole(select->anyName())) return nullptr;
        const Span name = span(select->anyName());
        return make(ast::Member{std::move(base), select->Arrow() != nullptr, text(select->anyName()), name}, where);
    }
    if (auto* index = dynamic_cast<Parser::IndexContext*>(tree)) {
        if (index->expressions() == nullptr) {
            diagnostics_.error(span(tree), "no key between `[` and `]`");
            return nullptr;
        }
        ast::ExprPtr key = single(index->expressions(), "each key has brackets of its own: `a[x][y]`");
        return key == nullptr ? nullptr : make(ast::Index{std::move(base), std::move(key)}, where);
    }
    auto* call = dynamic_cast<Parser::CallContext*>(tree);
    return call == nullptr ? nullptr : this->call(std::move(base), call, where);
}

ast::ExprPtr Builder::call(ast::ExprPtr callee, Parser::CallContext* tree, Span where) {
    const auto* name = std::get_if<ast::Name>(&callee->node);
    // `(u32)(x)` is parsed as a call where `u32` is no type that is known.
    if (name == nullptr || callee->parenthesized || name->storage != ast::StorageClass::none) {
        const std::string shown = ticked(text_of(source_, callee->span));
        diagnostics_.error(callee->span,
                           fmt::format("{} is no {}", shown, callee->parenthesized ? "type to cast to" : "function"),
                           callee->parenthesized ? "" : "only the functions of the library can be called");
        return nullptr;
    }
    ast::Call made;
    made.function = name->text;
    made.function_span = callee->span;
    if (tree->expressions() != nullptr) {
        for (Parser::ExpressionContext* argument : tree->expressions()->expression()) {
            ast::ExprPtr built = expression(argument);
            if (built == nullptr) return nullptr;
            made.arguments.push_back(std::move(built));
        }
    }
    return make(std::move(made), where);
}

}  // namespace probevue::syntax
