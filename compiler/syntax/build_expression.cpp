#include <fmt/format.h>

#include "compiler/syntax/build.h"
#include "compiler/syntax/literals.h"

namespace probevue::syntax {

namespace {

using antlrcpp::Any;
using ast::BinaryOp;
using ast::UnaryOp;

std::optional<BinaryOp> binary_operator(size_t kind) {
    switch (kind) {
        case Lexer::Star: case Lexer::MultiplySet: return BinaryOp::mul;
        case Lexer::Slash: case Lexer::DivideSet: return BinaryOp::div;
        case Lexer::Percent: case Lexer::ModuloSet: return BinaryOp::mod;
        case Lexer::Plus: case Lexer::AddSet: return BinaryOp::add;
        case Lexer::Minus: case Lexer::SubtractSet: return BinaryOp::sub;
        case Lexer::ShiftLeft: case Lexer::ShiftLeftSet: return BinaryOp::shl;
        case Lexer::ShiftRight: case Lexer::ShiftRightSet: return BinaryOp::shr;
        case Lexer::Less: return BinaryOp::lt;
        case Lexer::LessEqual: return BinaryOp::le;
        case Lexer::Greater: return BinaryOp::gt;
        case Lexer::GreaterEqual: return BinaryOp::ge;
        case Lexer::Equal: return BinaryOp::eq;
        case Lexer::NotEqual: return BinaryOp::ne;
        case Lexer::Ampersand: case Lexer::AndSet: return BinaryOp::bit_and;
        case Lexer::Caret: case Lexer::XorSet: return BinaryOp::bit_xor;
        case Lexer::Bar: case Lexer::OrSet: return BinaryOp::bit_or;
        case Lexer::LogicalAnd: return BinaryOp::logical_and;
        case Lexer::LogicalOr: return BinaryOp::logical_or;
        default: return std::nullopt;
    }
}

std::optional<UnaryOp> prefix_operator(size_t kind) {
    switch (kind) {
        case Lexer::Increment: return UnaryOp::pre_increment;
        case Lexer::Decrement: return UnaryOp::pre_decrement;
        case Lexer::Plus: return UnaryOp::plus;
        case Lexer::Minus: return UnaryOp::minus;
        case Lexer::LogicalNot: return UnaryOp::logical_not;
        case Lexer::Tilde: return UnaryOp::bit_not;
        case Lexer::Star: return UnaryOp::dereference;
        case Lexer::Ampersand: return UnaryOp::address_of;
        default: return std::nullopt;
    }
}

// AIX: probevue_var; `__k` was seen in use.
ast::StorageClass prefix_class(std::string_view prefix) {
    if (prefix.find("auto") != std::string_view::npos) return ast::StorageClass::automatic;
    if (prefix.find("thread") != std::string_view::npos) return ast::StorageClass::thread;
    if (prefix.find("global") != std::string_view::npos) return ast::StorageClass::global;
    return ast::StorageClass::kernel;
}

const antlr4::Token* first_token(const antlr4::ParserRuleContext* tree) {
    for (antlr4::tree::ParseTree* child : tree->children) {
        if (auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(child)) return terminal->getSymbol();
    }
    return nullptr;
}

}  // namespace

// One `visit` a labelled alternative of the rule `expression`; the answer is in `result`, null when parts are missing.
class Builder::ExpressionVisitor : public Visitor {
public:
    ExpressionVisitor(Builder& builder, Parser::ExpressionContext* tree) : builder_(builder), span_(builder.span(tree)) {}

    ast::ExprPtr result;

    Any visitInteger(Parser::IntegerContext* tree) override {
        return set(integer_value(builder_.text(tree), span_, builder_.diagnostics_));
    }

    Any visitFloating(Parser::FloatingContext* tree) override { return set(floating_value(builder_.text(tree))); }

    Any visitCharacter(Parser::CharacterContext* tree) override {
        return set(character_value(builder_.text(tree), span_, builder_.diagnostics_));
    }

    Any visitString(Parser::StringContext* tree) override {
        const auto literals = tree->StringLiteral();
        if (literals.empty()) return {};
        if (literals.size() > 1) {
            builder_.diagnostics_.error(span(literals[1]->getSymbol()), "strings behind each other are not joined", "join them with `+`");
        }
        const antlr4::Token* token = literals[0]->getSymbol();
        return set(ast::StringLiteral{string_value(builder_.text(token), span(token), builder_.diagnostics_)});
    }

    Any visitName(Parser::NameContext* tree) override {
        if (tree->Identifier() == nullptr) return {};
        ast::Name name;
        name.text = builder_.text(tree->Identifier());
        if (tree->ClassPrefix() != nullptr) name.storage = prefix_class(builder_.text(tree->ClassPrefix()));
        if (name.text.empty()) return {};
        return set(std::move(name));
    }

    Any visitParenthesized(Parser::ParenthesizedContext* tree) override {
        result = builder_.single(tree->expressions(), "");
        if (result == nullptr) return {};
        result->parenthesized = true;
        result->span = span_;
        return {};
    }

    Any visitCall(Parser::CallContext* tree) override {
        auto* callee = dynamic_cast<Parser::NameContext*>(tree->expression());
        if (callee == nullptr || callee->Identifier() == nullptr || callee->ClassPrefix() != nullptr) {
            if (whole(tree->expression())) report_callee(tree->expression());
            return {};
        }
        ast::Call call;
        call.function = builder_.text(callee->Identifier());
        call.function_span = builder_.span(callee);
        if (tree->expressionList() != nullptr) {
            for (Parser::ExpressionContext* argument : tree->expressionList()->expression()) {
                ast::ExprPtr built = builder_.expression(argument);
                if (built == nullptr) return {};
                call.arguments.push_back(std::move(built));
            }
        }
        return set(std::move(call));
    }

    Any visitIndex(Parser::IndexContext* tree) override {
        if (tree->expressions() == nullptr) {
            if (whole(tree)) builder_.diagnostics_.error(span_, "no key between `[` and `]`");
            return {};
        }
        return set(ast::Index{builder_.expression(tree->expression()),
                              builder_.single(tree->expressions(), "each key has brackets of its own: `a[x][y]`")});
    }

    Any visitMember(Parser::MemberContext* tree) override {
        if (tree->anyName() == nullptr) return {};
        ast::Member member;
        member.base = builder_.expression(tree->expression());
        member.arrow = tree->Arrow() != nullptr;
        member.name = builder_.text(tree->anyName());
        member.name_span = builder_.span(tree->anyName());
        if (member.base == nullptr || member.name.empty()) return {};
        return set(std::move(member));
    }

    Any visitPostfix(Parser::PostfixContext* tree) override {
        const UnaryOp op = tree->Increment() != nullptr ? UnaryOp::post_increment : UnaryOp::post_decrement;
        return unary(op, tree->expression());
    }

    Any visitPrefix(Parser::PrefixContext* tree) override {
        const antlr4::Token* token = first_token(tree);
        const auto op = prefix_operator(token == nullptr ? 0 : token->getType());
        if (!op) return {};
        return unary(*op, tree->expression());
    }

    Any visitCast(Parser::CastContext* tree) override {
        ast::Cast cast{builder_.type_name(tree->typeName()), builder_.expression(tree->expression())};
        if (cast.type == nullptr || cast.operand == nullptr) return {};
        return set(std::move(cast));
    }

    Any visitSizeofType(Parser::SizeofTypeContext* tree) override {
        ast::SizeofType node{builder_.type_name(tree->typeName())};
        if (node.type == nullptr) return {};
        return set(std::move(node));
    }

    Any visitSizeofExpression(Parser::SizeofExpressionContext* tree) override {
        ast::SizeofExpr node{builder_.expression(tree->expression())};
        if (node.operand == nullptr) return {};
        return set(std::move(node));
    }

    Any visitBinary(Parser::BinaryContext* tree) override {
        const antlr4::Token* token = first_token(tree);
        const auto op = binary_operator(token == nullptr ? 0 : token->getType());
        if (!op) return {};
        ast::Binary binary{*op, builder_.expression(tree->expression(0)), builder_.expression(tree->expression(1)), span(token)};
        if (binary.left == nullptr || binary.right == nullptr) return {};
        return set(std::move(binary));
    }

    Any visitConditional(Parser::ConditionalContext* tree) override {
        ast::Conditional node{builder_.expression(tree->expression(0)), builder_.expression(tree->expression(1)),
                              builder_.expression(tree->expression(2))};
        if (node.condition == nullptr || node.then == nullptr || node.otherwise == nullptr) return {};
        return set(std::move(node));
    }

    Any visitAssign(Parser::AssignContext* tree) override {
        const antlr4::Token* token = tree->assignment() == nullptr ? nullptr : first_token(tree->assignment());
        if (token == nullptr) return {};
        ast::Assign node{binary_operator(token->getType()), builder_.expression(tree->expression(0)),
                         builder_.expression(tree->expression(1)), span(token)};
        if (node.target == nullptr || node.value == nullptr) return {};
        return set(std::move(node));
    }

private:
    template <typename Node>
    Any set(Node node) {
        result = std::make_unique<ast::Expr>(ast::Expr{std::move(node), span_});
        return {};
    }

    Any set(ast::Index node) {
        if (node.base == nullptr || node.index == nullptr) return {};
        result = std::make_unique<ast::Expr>(ast::Expr{std::move(node), span_});
        return {};
    }

    Any unary(UnaryOp op, Parser::ExpressionContext* tree) {
        ast::Unary node{op, builder_.expression(tree)};
        if (node.operand == nullptr) return {};
        return set(std::move(node));
    }

    void report_callee(Parser::ExpressionContext* tree) {
        const std::string text = ticked(builder_.text(tree));
        const bool cast = dynamic_cast<Parser::ParenthesizedContext*>(tree) != nullptr;
        builder_.diagnostics_.error(builder_.span(tree), cast ? fmt::format("{} is no type to cast to", text) : fmt::format("{} is no function", text),
                                    cast ? "" : "only the functions of the library can be called");
    }

    Builder& builder_;
    Span span_;
};

ast::ExprPtr Builder::expression(Parser::ExpressionContext* tree) {
    // Without a label nothing was recognised.
    if (!whole(tree) || typeid(*tree) == typeid(Parser::ExpressionContext)) return nullptr;
    ExpressionVisitor visitor(*this, tree);
    tree->accept(&visitor);
    return std::move(visitor.result);
}

// AIX: probevue_con_elements has all operators of C but the comma.
ast::ExprPtr Builder::single(Parser::ExpressionsContext* tree, std::string_view hint) {
    if (!whole(tree)) return nullptr;
    if (!tree->Comma().empty()) {
        diagnostics_.error(span(tree->Comma(0)->getSymbol()), "the comma operator is not supported", std::string(hint));
    }
    return expression(tree->expression(0));
}

}  // namespace probevue::syntax
