#include <fmt/format.h>

#include "compiler/syntax/build.h"

namespace probevue::syntax {

using antlrcpp::Any;

// One `visit` a labelled alternative of the rule `statement`; no `result` when the statement is to be left out.
class Builder::StatementVisitor : public Visitor {
public:
    StatementVisitor(Builder& builder, Parser::StatementContext* tree) : builder_(builder), span_(builder.span(tree)) {}

    std::optional<ast::Stmt> result;

    Any visitBlockStatement(Parser::BlockStatementContext* tree) override {
        if (tree->block() == nullptr) return {};
        return set(builder_.block(tree->block()));
    }

    Any visitIfStatement(Parser::IfStatementContext* tree) override {
        ast::IfStmt made;
        made.condition = builder_.single(tree->expressions(), "write `&&` or `||`");
        if (made.condition == nullptr) return {};
        made.then = builder_.body(tree->statement(0));
        if (tree->Else() != nullptr) made.otherwise = builder_.body(tree->statement(1));
        return set(std::move(made));
    }

    // AIX: probevue_con_elements; an action block has no value.
    Any visitReturnStatement(Parser::ReturnStatementContext* tree) override {
        if (whole(tree->expressions())) {
            builder_.diagnostics_.error(builder_.span(tree->expressions()),
                                        "`return` takes no value: an action block has none", "write `return;`");
        }
        return set(ast::ReturnStmt{});
    }

    Any visitExpressionStatement(Parser::ExpressionStatementContext* tree) override {
        ast::ExprPtr expr = builder_.single(tree->expressions(), "write two statements");
        if (expr == nullptr) return {};
        return set(ast::ExprStmt{std::move(expr)});
    }

    Any visitEmptyStatement(Parser::EmptyStatementContext* /*tree*/) override { return set(ast::ExprStmt{}); }

    Any visitLoopStatement(Parser::LoopStatementContext* tree) override {
        return refuse(tree, "Vue has no loops, so that a probe always ends",
                      "a clause is the loop: it runs for every event; `@@interval` repeats one by the clock, `print()` "
                      "shows a whole array");
    }

    Any visitSwitchStatement(Parser::SwitchStatementContext* tree) override {
        return refuse(tree, fmt::format("Vue has no {}", word(tree)), "write `if` and `else if`");
    }

    Any visitJumpStatement(Parser::JumpStatementContext* tree) override {
        return refuse(tree, fmt::format("Vue has no {}", word(tree)), "`return;` ends the action block");
    }

private:
    template <typename Node>
    Any set(Node node) {
        result.emplace(ast::Stmt{std::move(node), span_});
        return {};
    }

    std::string word(antlr4::ParserRuleContext* tree) const { return ticked(builder_.text(tree->getStart())); }

    // The keyword is what the message points to; what it governs is not looked into.
    Any refuse(antlr4::ParserRuleContext* tree, std::string message, std::string hint) {
        builder_.diagnostics_.error(span(tree->getStart()), std::move(message), std::move(hint));
        return {};
    }

    Builder& builder_;
    Span span_;
};

std::optional<ast::Stmt> Builder::statement(Parser::StatementContext* tree) {
    // A context that is of no labelled alternative is what ANTLR leaves behind after an error.
    if (!whole(tree) || typeid(*tree) == typeid(Parser::StatementContext)) return std::nullopt;
    StatementVisitor visitor(*this, tree);
    tree->accept(&visitor);
    return std::move(visitor.result);
}

// The statement behind `if (...)` or `else`; the empty one where it has errors.
std::unique_ptr<ast::Stmt> Builder::body(Parser::StatementContext* tree) {
    std::optional<ast::Stmt> made = statement(tree);
    if (!made) made.emplace(ast::Stmt{ast::ExprStmt{}, tree == nullptr ? Span{} : span(tree)});
    return std::make_unique<ast::Stmt>(std::move(*made));
}

ast::Block Builder::block(Parser::BlockContext* tree) {
    ast::Block made;
    made.span = span(tree);
    for (Parser::BlockItemContext* item : tree->blockItem()) {
        if (auto stmt = statement(item->statement())) {
            made.statements.push_back(std::move(*stmt));
        } else if (auto declared = declaration(item->declaration())) {
            const Span where = declared->span;
            made.statements.push_back(ast::Stmt{ast::DeclStmt{std::move(*declared)}, where});
        }
    }
    return made;
}

}  // namespace probevue::syntax
